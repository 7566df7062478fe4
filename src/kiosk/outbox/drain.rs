//! Sending. One drainer across tabs; each row under a lease; a row goes only after the hall's acknowledgement has been
//! verified and stored. What may pass is tried again later, what may not waits for a person, and neither holds up others.

use super::row::{Acknowledged, Record, Row, State};
use super::{Push, changed};
use crate::api::{Acknowledgement, Wanted};
use crate::kiosk::app::{self, App};
use crate::kiosk::device::database::{self, Change, Store};
use crate::kiosk::device::net::{self, Failure};
use crate::kiosk::device::{clock, lock};
use crate::receipt::{self, Kind, Reason, Verdict};
use crate::signing::hex;
use crate::submission::{Digest, Sealed};
use crate::words::Text;
use js_sys::Uint8Array;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::Cell;
use uuid::Uuid;
use wasm_bindgen::JsCast;

/// The lock that tabs share.
const LOCK: &str = "mingbai-outbox";
/// How often the hall may ask for missing pieces of one submission in one go.
const ROUNDS: usize = 3;

thread_local! {
    /// What is asked for and not begun yet; one run at a time in this tab.
    static ASKED: Cell<Option<Push>> = const { Cell::new(None) };
    static RUNNING: Cell<bool> = const { Cell::new(false) };
}

/// Sends what is due, or everything. Comes back at once.
pub fn push(app: App, push: Push) {
    ASKED.set(ASKED.get().max(Some(push)));
    if RUNNING.replace(true) {
        return;
    }
    spawn_local(async move {
        while let Some(push) = ASKED.take() {
            lock::exclusively(LOCK, run(app, push)).await;
        }
        RUNNING.set(false);
    });
}

async fn run(app: App, push: Push) {
    let me = app::new_id(clock::now());
    let rows = match database::all(Store::Outbox).await {
        Ok(rows) => rows,
        Err(failure) => return app.trouble.set(Some(failure.say())),
    };
    for row in rows.iter().filter_map(database::content::<Row>) {
        if !row.is_due(clock::now(), lock::available(), push == Push::Asked) {
            continue;
        }
        match send_one(app, row.sealed.id, me, push).await {
            Ok(true) => {}
            // Out of reach: so are the others, until a probe succeeds.
            Ok(false) => break,
            Err(failure) => app.trouble.set(Some(failure.say())),
        }
    }
}

/// Leases, sends and settles one row; whether the hall was in reach. An error is the database's.
async fn send_one(app: App, id: Uuid, me: Uuid, push: Push) -> Result<bool, Failure> {
    let key = id.to_string();
    let now = clock::now();
    let leased = database::transact(&[], &[(Store::Outbox, &key)], |found| {
        let row = found.first().and_then(Option::as_ref).and_then(database::content::<Row>);
        let Some(mut row) = row.filter(|row| row.is_due(now, lock::available(), push == Push::Asked)) else { return (vec![], None) };
        row.lease(me, now);
        (vec![Change::Put(Store::Outbox, id.to_string(), database::row(&row))], Some(row))
    })
    .await?;
    let Some(row) = leased else { return Ok(true) };
    changed(app, id).await;
    let result = send(app, &row.sealed).await;
    // No answer for this row from a hall that does answer is the row's own trouble, and must not hold up the others.
    let reached = !matches!(result, Err(Wrong::Failed(Failure::Unreachable))) || net::reachable().await;
    match result {
        Ok(acknowledgement) => settle(&row.sealed, &acknowledgement).await?,
        Err(wrong) => {
            let chance = js_sys::Math::random();
            database::transact(&[], &[(Store::Outbox, &key)], |found| {
                let row = found.first().and_then(Option::as_ref).and_then(database::content::<Row>);
                // Whoever took over the lease meanwhile decides.
                let Some(mut row) = row.filter(|row| row.is_leased_to(me)) else { return (vec![], ()) };
                wrong.mark(&mut row, chance, reached);
                (vec![Change::Put(Store::Outbox, id.to_string(), database::row(&row))], ())
            })
            .await?;
        }
    }
    changed(app, id).await;
    if !reached {
        app.online.set(false);
    }
    Ok(reached)
}

/// Why a submission was not acknowledged.
enum Wrong {
    Failed(Failure),
    /// The hall wants a piece that this device does not have.
    Lost,
    /// The answer is not an acknowledgement that can be believed.
    Unproven,
}

impl From<Failure> for Wrong {
    fn from(failure: Failure) -> Wrong {
        Wrong::Failed(failure)
    }
}

impl Wrong {
    fn mark(&self, row: &mut Row, chance: f64, reached: bool) {
        let now = clock::now();
        match self {
            // The hall may not have been tried at all: the next success of a probe is soon enough, and no reason to wait longer.
            Wrong::Failed(Failure::Unreachable) if !reached => row.state = State::Queued,
            Wrong::Failed(failure) if failure.passes() => {
                let asked = if let Failure::Problem(_, seconds) = failure { *seconds } else { None };
                row.put_off(now, chance, asked);
            }
            Wrong::Failed(failure) => row.state = State::Attention(failure.say()),
            Wrong::Lost => {
                row.state = State::Attention(Text::new(
                    "本机缺少这次提交的部分照片,无法上传。请凭回执到窗口,带上材料原件",
                    "Part of this submission's photos is missing on this device, so it cannot be sent. \
                     Bring the receipt and the originals to the window",
                ));
            }
            Wrong::Unproven => row.put_off(now, chance, Some(60)),
        }
    }
}

/// Sends the envelope, then the pieces that the hall asks for, until it acknowledges.
async fn send(app: App, sealed: &Sealed) -> Result<Acknowledgement, Wrong> {
    let path = format!("/submissions/{}", sealed.id);
    for _ in 0..ROUNDS {
        let answer = net::put(&path, sealed).await?;
        if answer.status != 202 {
            let acknowledgement: Acknowledgement = answer.json()?;
            return if proven(app, sealed, &acknowledgement).await { Ok(acknowledgement) } else { Err(Wrong::Unproven) };
        }
        for digest in answer.json::<Wanted>()?.chunks {
            if !sealed.chunks.contains(&digest) {
                return Err(Wrong::Unproven);
            }
            let bytes = piece(&digest).await?.ok_or(Wrong::Lost)?;
            net::put_bytes(&format!("/chunks/{digest}"), &bytes).await?;
        }
    }
    Err(Wrong::Unproven)
}

async fn piece(digest: &Digest) -> Result<Option<Vec<u8>>, Failure> {
    let stored = database::get(Store::Chunks, &digest.to_string()).await?;
    let bytes = stored.and_then(|stored| stored.dyn_into::<Uint8Array>().ok()).map(|bytes| bytes.to_vec());
    Ok(bytes.filter(|bytes| Digest::of(bytes) == *digest))
}

/// Whether the acknowledgement is the hall's, and for exactly this submission.
async fn proven(app: App, sealed: &Sealed, acknowledgement: &Acknowledgement) -> bool {
    if acknowledgement.id != sealed.id || acknowledgement.digest != sealed.digest {
        return false;
    }
    let judge = || app.trust.with_untracked(|trust| receipt::verify(&acknowledgement.receipt, trust.as_ref(), app.now()));
    let mut report = judge();
    // The hall may have a new key, and this clock may be wrong: both are put right by asking.
    let stale =
        |r: &Reason| matches!(r, Reason::UnknownKey { .. } | Reason::NoTrustList | Reason::NotYetValid { .. } | Reason::Expired { .. });
    if report.reasons.iter().any(stale) {
        app.refresh().await;
        report = judge();
    }
    report.verdict == Verdict::Received
        && report.claims.is_some_and(|claims| {
            claims.kind == Kind::Received
                && claims.id == sealed.id
                && claims.item == sealed.item
                && claims.digest == hex(&sealed.digest.short())
                && claims.short_number.as_ref() == Some(&acknowledgement.short_number)
        })
}

/// The hall has it: one transaction keeps the proof and lets the row and its pieces go.
async fn settle(sealed: &Sealed, acknowledgement: &Acknowledgement) -> Result<(), Failure> {
    let Acknowledgement { id, digest, received_at, .. } = acknowledgement.clone();
    let key = id.to_string();
    database::transact(&[Store::Outbox, Store::Chunks, Store::Acknowledged], &[(Store::Records, &key)], |found| {
        let proof = Change::Put(Store::Acknowledged, id.to_string(), database::row(&Acknowledged { id, digest, received_at }));
        let mut changes = vec![proof, Change::Delete(Store::Outbox, id.to_string())];
        changes.extend(sealed.chunks.iter().map(|digest| Change::Delete(Store::Chunks, digest.to_string())));
        // On a personal device the summary is still there, and gets the hall's receipt.
        if let Some(mut record) = found.first().and_then(Option::as_ref).and_then(database::content::<Record>) {
            record.acknowledgement = Some(acknowledgement.clone());
            changes.push(Change::Put(Store::Records, id.to_string(), database::row(&record)));
        }
        (changes, ())
    })
    .await?;
    super::received(acknowledgement);
    Ok(())
}
