//! `hall receipt inspect` and `hall receipt scan`: what a desk would say of a receipt, from its text or from a picture; and
//! whether an ID number is that of the person it was made for.

use super::{DataFolder, Ended, Ending, Misuse, Unlocking, Voice, both, complain, misuse, read};
use crate::calendar::hall_date;
use crate::hall;
use crate::receipt::verify::{Reason, Report, Verdict, verify};
use crate::receipt::{Claims, TrustList, decode, identity};
use crate::signing::{Signed, TRUST_LIST, from_hex};
use crate::words::{Phrase, Text, identifier};
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use image::{DynamicImage, ImageReader, Limits};
use serde::Serialize;
use std::io::Cursor;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// Receipts: verify a text, or find and verify one in pictures.
#[derive(Subcommand)]
pub enum Receipt {
    Inspect(Inspect),
    Scan(Scan),
}

/// Verify the text of a receipt's QR code.
#[derive(Args)]
pub struct Inspect {
    #[arg(allow_hyphen_values = true)]
    text: String,
    /// The resident ID number of whoever shows the receipt, to be compared with the one that it was made for.
    #[arg(long, value_name = "NUMBER")]
    id_number: Option<String>,
    #[command(flatten)]
    trust: Trust,
}

/// Find the QR code in pictures (PNG, JPEG, WebP) and verify its text. One result a picture.
#[derive(Args)]
pub struct Scan {
    #[arg(required = true)]
    pictures: Vec<PathBuf>,
    #[command(flatten)]
    trust: Trust,
}

/// Whom to believe. By default the hall of the usual data folder, if there is one.
#[derive(Args)]
struct Trust {
    /// A trust list as the hall serves it at /api/v1/trust.
    #[arg(long, value_name = "FILE", requires = "root", conflicts_with = "data")]
    trust: Option<PathBuf>,
    /// The hall's root key, which signed the list, in hexadecimal.
    #[arg(long, value_name = "HEX", requires = "trust")]
    root: Option<String>,
    #[command(flatten)]
    data: DataFolder,
    #[command(flatten)]
    unlock: Unlocking,
}

impl Trust {
    fn list(&self) -> anyhow::Result<Option<TrustList>> {
        if let (Some(path), Some(root)) = (&self.trust, &self.root) {
            let unusable = |why: String| Misuse(format!("{}: {why}", path.display()));
            let root = from_hex::<32>(root).ok_or_else(|| Misuse("--root must be 64 hexadecimal digits".into()))?;
            let signed: Signed = serde_json::from_str(&read(path)?).map_err(|e| unusable(e.to_string()))?;
            return Ok(Some(signed.open(TRUST_LIST, &root).map_err(|e| unusable(e.to_string()))?));
        }
        let folder = self.data.path()?;
        match hall::keys::Keys::open(&folder, &self.unlock.unlock()?) {
            Err(hall::Error::NoKeys(_)) if self.data.data.is_none() => Ok(None),
            Err(error) => Err(error.into()),
            Ok(keys) => super::wait(async {
                let store = hall::store::Store::open(&folder).await?;
                let latest = hall::store::trust::latest(&mut *store.read().await?).await?;
                store.close().await;
                Ok(latest.map(|issued| issued.signed.open(TRUST_LIST, &keys.root_public())).transpose()?)
            }),
        }
    }
}

/// A reason with its sentence, as programs read it.
#[derive(Serialize)]
struct Said {
    code: String,
    #[serde(flatten)]
    text: Text,
}

impl Said {
    fn of(reason: &Reason) -> anyhow::Result<Said> {
        let code = serde_json::to_value(reason)?.get("reason").and_then(|r| r.as_str()).unwrap_or_default().to_owned();
        Ok(Said { code, text: reason.say() })
    }
}

/// What the receipt's two bytes say of the person who shows it.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Identity {
    Absent,
    /// They are there, and no number was given.
    NotCompared,
    Fits,
    Differs,
}

impl Identity {
    fn of(claims: &Claims, number: Option<&str>) -> Identity {
        match (&claims.identity, number.and_then(|number| identity::fits(claims, number))) {
            (None, _) => Identity::Absent,
            (_, None) => Identity::NotCompared,
            (_, Some(true)) => Identity::Fits,
            (_, Some(false)) => Identity::Differs,
        }
    }

    fn say(self) -> Phrase {
        match self {
            Identity::Absent => {
                Phrase::new("回执不含身份校验码,请当面核对证件", "no identity check in the receipt: compare the person's papers")
            }
            Identity::NotCompared => {
                Phrase::new("回执含身份校验码,可用 --id-number 核对", "the receipt carries an identity check: compare it with --id-number")
            }
            Identity::Fits => Phrase::new("与身份证号相符", "the ID number fits"),
            Identity::Differs => {
                Phrase::new("与身份证号不符:这不是此人的回执", "the ID number does not fit: this is somebody else's receipt")
            }
        }
    }
}

#[derive(Serialize)]
struct Inspected {
    verdict: Verdict,
    reasons: Vec<Said>,
    claims: Option<Claims>,
    /// Name of the device that issued it.
    device: Option<String>,
    /// When the trust list that was used was issued.
    trusted_at: Option<DateTime<Utc>>,
    /// Absent when nothing could be read.
    identity: Option<Identity>,
}

impl Inspected {
    fn of(report: Report, number: Option<&str>) -> anyhow::Result<Inspected> {
        let reasons = report.reasons.iter().map(Said::of).collect::<Result<_, _>>()?;
        let Report { verdict, claims, device, trusted_at, .. } = report;
        let identity = claims.as_ref().map(|claims| Identity::of(claims, number));
        Ok(Inspected { verdict, reasons, claims, device, trusted_at, identity })
    }

    fn genuine(&self) -> bool {
        matches!(self.verdict, Verdict::Received | Verdict::Queued | Verdict::SelfIssued) && self.identity != Some(Identity::Differs)
    }

    fn sentence(&self) -> String {
        let mut said = both(&match self.verdict {
            Verdict::Received => Text::new("真实:大厅已收到", "genuine: received by the hall"),
            Verdict::Queued => Text::new("真实:已在登记设备上排队,大厅尚未收到", "genuine: queued on an enrolled device, not yet received"),
            Verdict::SelfIssued => Text::new("完整,但由个人设备自行签发", "complete, but issued by a personal device"),
            Verdict::NotGenuine => Text::new("不是真实回执", "not genuine"),
            Verdict::CannotTell => Text::new("无法判断", "cannot tell"),
        });
        for reason in &self.reasons {
            said += &format!("\n- {}\n  {}", reason.text.zh, reason.text.en);
        }
        if let Some(claims) = &self.claims {
            let number = claims.short_number.as_deref().map(crate::receipt::number::show).unwrap_or_else(|| "–".into());
            said += &format!("\n事项 item {}, 编号 id {}, 短号 number {number}", claims.item, claims.id);
        }
        if let Some(identity) = self.identity {
            said += &format!("\n{}", both(&identity.say().text()));
        }
        said
    }
}

/// What was found in one picture.
#[derive(Serialize)]
struct Scanned {
    file: String,
    text: Option<String>,
    #[serde(flatten)]
    inspected: Inspected,
    /// Why the picture could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Receipt {
    pub(super) fn run(self, voice: &Voice) -> Ended {
        match self {
            Receipt::Inspect(Inspect { text, id_number, trust }) => {
                if let Some(number) = &id_number {
                    id(number)?;
                }
                let inspected = Inspected::of(verify(&text, trust.list()?.as_ref(), hall::now()), id_number.as_deref())?;
                voice.tell(&inspected, || inspected.sentence())?;
                Ok(Ending::of(inspected.genuine()))
            }
            Receipt::Scan(Scan { pictures, trust }) => {
                let trust = trust.list()?;
                let mut genuine = true;
                for picture in &pictures {
                    let scanned = scan(picture, trust.as_ref())?;
                    genuine &= scanned.inspected.genuine();
                    match &scanned.error {
                        Some(why) if !voice.json => complain(&format!("{}: {why}", scanned.file)),
                        _ => voice.tell(&scanned, || match &scanned.text {
                            Some(text) => format!("{}: {text}\n{}", scanned.file, scanned.inspected.sentence()),
                            None => format!("{}: 图中没有找到二维码\nno QR code was found", scanned.file),
                        })?,
                    }
                }
                Ok(Ending::of(genuine))
            }
        }
    }
}

/// A mistyped ID number is nobody else's: it is said before anything is compared.
fn id(number: &str) -> anyhow::Result<()> {
    let valid = identifier::check(identifier::Kind::ResidentId, number, hall_date(hall::now()));
    valid.map(drop).or_else(|wrong| misuse(format!("--id-number: {}", both(&wrong.say()))))
}

/// One picture, whatever is wrong with it.
fn scan(picture: &Path, trust: Option<&TrustList>) -> anyhow::Result<Scanned> {
    let file = picture.display().to_string();
    let nothing = Inspected { verdict: Verdict::CannotTell, reasons: vec![], claims: None, device: None, trusted_at: None, identity: None };
    Ok(match quietly(|| texts(picture)) {
        Err(error) => Scanned { file, text: None, inspected: nothing, error: Some(format!("{error:#}")) },
        Ok(texts) => match texts.into_iter().next() {
            None => Scanned { file, text: None, inspected: nothing, error: None },
            Some(text) => {
                Scanned { file, inspected: Inspected::of(verify(&text, trust, hall::now()), None)?, text: Some(text), error: None }
            }
        },
    })
}

/// The largest picture file, side and decoded size that are looked at.
const FILE_LIMIT: u64 = 64 * 1024 * 1024;
const SIDE_LIMIT: u32 = 20_000;
const MEMORY_LIMIT: u64 = 512 * 1024 * 1024;

fn texts(picture: &Path) -> anyhow::Result<Vec<String>> {
    let about = std::fs::metadata(picture)?;
    if !about.is_file() || about.len() > FILE_LIMIT {
        return misuse(format!("this is not a file of at most {} MiB", FILE_LIMIT >> 20));
    }
    let mut reader = ImageReader::new(Cursor::new(std::fs::read(picture)?)).with_guessed_format()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_LIMIT);
    limits.max_image_height = Some(SIDE_LIMIT);
    limits.max_alloc = Some(MEMORY_LIMIT);
    reader.limits(limits);
    let (luma, width, height) = on_white(&reader.decode()?);
    Ok(decode::thorough(&luma, width, height).into_iter().map(|found| found.text).collect())
}

/// Grey pixels as seen on white paper: many codes are black on nothing.
fn on_white(picture: &DynamicImage) -> (Vec<u8>, u32, u32) {
    let luma = if picture.color().has_alpha() {
        let over = |grey: u8, alpha: u8| ((u32::from(grey) * u32::from(alpha) + 255 * (255 - u32::from(alpha))) / 255) as u8;
        picture.to_luma_alpha8().pixels().map(|p| over(p.0[0], p.0[1])).collect()
    } else {
        picture.to_luma8().into_raw()
    };
    (luma, picture.width(), picture.height())
}

/// Runs `work` on hostile pictures: a panic inside a decoder is an error of that picture, and is not printed.
fn quietly<T>(work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let done = catch_unwind(AssertUnwindSafe(work));
    panic::set_hook(usual);
    done.unwrap_or_else(|_| Err(anyhow::anyhow!("the picture cannot be decoded")))
}
