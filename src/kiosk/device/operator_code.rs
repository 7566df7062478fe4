//! The operator code of an enrolled machine: asked before anything of the operator's page is seen or done. It is chosen at
//! enrolment and checked here alone, so that it works with no network. What is kept is PBKDF2 over it, made slow enough
//! that a copy of the disk does not give it away at once; at the machine, wrong codes have to wait ever longer.

use super::clock;
use super::database::{self, Change, Store};
use super::keys::crypto;
use super::net::Failure;
use crate::kiosk::app::fill_random;
use crate::signing::{from_hex, hex};
use crate::words::Text;
use chrono::{DateTime, TimeDelta, Utc};
use js_sys::{Array, Object, Reflect, Uint8Array};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// How many digits a code has.
const SHORTEST: usize = 6;
const LONGEST: usize = 12;
/// OWASP's figure for PBKDF2 with SHA-256.
const ROUNDS: u32 = 600_000;
/// So many wrong codes cost nothing but themselves; each one after that doubles the wait.
const FREE: u32 = 4;
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(30);
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(1);

/// Keys in the settings.
const CODE: &str = "operator-code";
const WRONG: &str = "operator-wrong";

/// A code as it is kept.
#[derive(Serialize, Deserialize)]
pub struct Code {
    salt: String,
    rounds: u32,
    derived: String,
}

/// Wrong codes in a row, and until when no other is looked at.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
struct Wrong {
    times: u32,
    until: DateTime<Utc>,
}

/// What became of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    Right,
    Wrong,
    /// Too many were wrong: for so long none is looked at.
    Wait(TimeDelta),
}

/// What is wrong with a code that somebody chooses, if anything.
pub fn unfit(code: &str) -> Option<Text> {
    let digits = code.bytes().all(|b| b.is_ascii_digit());
    if !digits || !(SHORTEST..=LONGEST).contains(&code.len()) {
        return Some(Text::new(
            format!("运维码为 {SHORTEST} 至 {LONGEST} 位数字"),
            format!("An operator code is {SHORTEST} to {LONGEST} digits"),
        ));
    }
    let steps: Vec<i16> = code.as_bytes().windows(2).map(|pair| i16::from(pair[1]) - i16::from(pair[0])).collect();
    let row = [0, 1, -1].iter().any(|step| steps.iter().all(|s| s == step));
    row.then(|| Text::new("这个运维码太容易猜到,请换一个", "This operator code is too easy to guess; choose another"))
}

impl Code {
    pub async fn make(code: &str) -> Result<Code, Failure> {
        let mut salt = [0; 16];
        fill_random(&mut salt);
        Ok(Code { salt: hex(&salt), rounds: ROUNDS, derived: hex(&derive(code, &salt, ROUNDS).await?) })
    }

    /// The changes that set this code, and start counting afresh.
    pub fn store(&self) -> Vec<Change> {
        vec![Change::Put(Store::Settings, CODE.to_owned(), database::row(self)), forgiven()]
    }

    async fn fits(&self, code: &str) -> Result<bool, Failure> {
        let Some(salt) = from_hex::<16>(&self.salt) else { return Ok(false) };
        Ok(hex(&derive(code, &salt, self.rounds).await?) == self.derived)
    }
}

/// The changes that forget code and wrong tries.
pub fn forget() -> Vec<Change> {
    vec![Change::Delete(Store::Settings, CODE.to_owned()), forgiven()]
}

/// Whether this machine has a code. One that was enrolled before there were any has none until an operator sets it.
pub async fn is_set() -> Result<bool, Failure> {
    Ok(database::get(Store::Settings, CODE).await?.is_some())
}

/// How long no code is looked at, from now.
pub async fn wait() -> Result<Option<TimeDelta>, Failure> {
    let wrong: Option<Wrong> = database::get_row(Store::Settings, WRONG).await?;
    Ok(wrong.and_then(|wrong| wrong.left(clock::now())))
}

/// Tries a code. The try counts as wrong before it is looked at, so that neither a reload nor a second tab gets one free.
pub async fn attempt(code: &str) -> Result<Tried, Failure> {
    let now = clock::now();
    let counted = database::transact(&[], &[(Store::Settings, CODE), (Store::Settings, WRONG)], |found| {
        let [kept, wrong] = found.as_slice() else { return (vec![], Err(TimeDelta::zero())) };
        let before: Wrong = wrong.as_ref().and_then(database::content).unwrap_or_default();
        if let Some(left) = before.left(now) {
            return (vec![], Err(left));
        }
        let change = Change::Put(Store::Settings, WRONG.to_owned(), database::row(&before.once_more(now)));
        (vec![change], Ok(kept.as_ref().and_then(database::content::<Code>)))
    })
    .await?;
    match counted {
        Err(left) => Ok(Tried::Wait(left)),
        Ok(Some(kept)) if kept.fits(code).await? => {
            database::write(vec![forgiven()]).await?;
            Ok(Tried::Right)
        }
        Ok(_) => Ok(wait().await?.map_or(Tried::Wrong, Tried::Wait)),
    }
}

fn forgiven() -> Change {
    Change::Delete(Store::Settings, WRONG.to_owned())
}

impl Wrong {
    fn once_more(self, now: DateTime<Utc>) -> Wrong {
        let times = self.times.saturating_add(1);
        let until = match times.checked_sub(FREE + 1) {
            Some(doubled) => now + (FIRST_WAIT * 2_i32.pow(doubled.min(7))).min(LONGEST_WAIT),
            None => now,
        };
        Wrong { times, until }
    }

    /// A wait longer than the longest comes of a clock that was set back, and is no longer than the longest.
    fn left(self, now: DateTime<Utc>) -> Option<TimeDelta> {
        Some((self.until - now).min(LONGEST_WAIT)).filter(|left| *left > TimeDelta::zero())
    }
}

async fn derive(code: &str, salt: &[u8], rounds: u32) -> Result<Vec<u8>, Failure> {
    let crypto = crypto()?;
    let secret = Uint8Array::from(code.as_bytes());
    let uses = Array::of1(&"deriveBits".into());
    let key = crypto.import_key_with_str("raw", &secret, "PBKDF2", false, &uses).map_err(|_| unable())?;
    let key = JsFuture::from(key).await.map_err(|_| unable())?;
    let how = Object::new();
    let salt = Uint8Array::from(salt);
    let named: [(&str, JsValue); 4] =
        [("name", "PBKDF2".into()), ("hash", "SHA-256".into()), ("salt", salt.into()), ("iterations", rounds.into())];
    for (name, value) in named {
        // Setting a property of a fresh plain object cannot fail.
        let _ = Reflect::set(&how, &name.into(), &value);
    }
    let bits = crypto.derive_bits_with_object(&how, &key.into(), 256).map_err(|_| unable())?;
    Ok(Uint8Array::new(&JsFuture::from(bits).await.map_err(|_| unable())?).to_vec())
}

fn unable() -> Failure {
    Failure::Key(Text::new(
        "本浏览器不能核对运维码(PBKDF2)。请更新浏览器",
        "This browser cannot check the operator code (PBKDF2). Please update it",
    ))
}
