//! A QR text → one of five verdicts, with every check that failed or could not be made. Works with no network: all it
//! needs is the trust list the desk has kept, and it says how old that is.

use super::claims::{Claims, Kind, Read, Unreadable, read};
use super::trust::TrustList;
use crate::signing::{from_hex, hex, key_id};
use crate::words::Text;
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};

/// How far clocks may be apart: that of the device, of the hall and of the desk.
pub const TOLERANCE: TimeDelta = TimeDelta::minutes(10);
/// A trust list older than this is mentioned.
pub const FRESH: TimeDelta = TimeDelta::days(2);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Genuine, received by the hall.
    Received,
    /// Genuine, queued on an enrolled device.
    Queued,
    /// Signed by a citizen's own device: complete, but vouched for by nobody.
    SelfIssued,
    NotGenuine,
    CannotTell,
}

/// One thing that speaks against a receipt, or that could not be checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "reason")]
pub enum Reason {
    Unreadable(Unreadable),
    OtherHall {
        hall: String,
    },
    Signature,
    /// No key of that id is in the list, which may simply be too old.
    UnknownKey {
        kid: String,
    },
    NoTrustList,
    OldTrustList {
        days: i64,
    },
    Expired {
        at: DateTime<Utc>,
    },
    NotYetValid {
        at: DateTime<Utc>,
    },
    /// Issued before its key was: dated back, or by a device whose clock was far behind.
    KeyNotYetValid {
        at: DateTime<Utc>,
    },
    KeyExpired {
        at: DateTime<Utc>,
    },
    /// The key was revoked before the receipt was issued.
    Revoked {
        at: DateTime<Utc>,
    },
    /// The key was revoked later: this receipt is older and still counts.
    RevokedLater {
        at: DateTime<Utc>,
    },
    /// A device's key signed what only the hall may say, or the reverse.
    WrongSigner,
}

impl Reason {
    pub fn say(&self) -> Text {
        let moment = |at: &DateTime<Utc>| crate::calendar::moment(*at);
        match self {
            Reason::Unreadable(why) => {
                let Text { zh, en } = why.say();
                Text::new(format!("不是本系统的回执:{zh}"), format!("Not a receipt of this system: {en}"))
            }
            Reason::OtherHall { hall } => {
                Text::new(format!("这是另一个大厅的回执({hall})"), format!("This receipt is for another hall ({hall})"))
            }
            Reason::Signature => Text::new("签名不符:内容被改动过,或者是伪造的", "The signature does not fit: changed or forged"),
            Reason::UnknownKey { kid } => {
                Text::new(format!("信任清单里没有签发设备({kid})"), format!("The issuing device ({kid}) is not in the trust list"))
            }
            Reason::NoTrustList => Text::new("本机没有信任清单,请联网登录一次", "This desk has no trust list: connect and sign in once"),
            Reason::OldTrustList { days } => {
                Text::new(format!("信任清单已有 {days} 天未更新"), format!("The trust list is {days} days old"))
            }
            Reason::Expired { at } => Text::new(format!("已于 {} 过期", moment(at)), format!("Expired on {}", moment(at))),
            Reason::NotYetValid { at } => Text::new(
                format!("签发时间 {} 晚于本机时间,请核对时钟", moment(at)),
                format!("Issued at {}, later than this clock: check the clock", moment(at)),
            ),
            Reason::KeyNotYetValid { at } => Text::new(
                format!("签发时间早于签发设备的证书(自 {} 起有效),请核对那台设备的时钟", moment(at)),
                format!("Issued before the signer's certificate began on {}: check the clock of that device", moment(at)),
            ),
            Reason::KeyExpired { at } => {
                Text::new(format!("签发设备的证书已于 {} 到期", moment(at)), format!("The device's certificate ran out on {}", moment(at)))
            }
            Reason::Revoked { at } => {
                Text::new(format!("签发设备已于 {} 被吊销", moment(at)), format!("The device was revoked on {}", moment(at)))
            }
            Reason::RevokedLater { at } => {
                Text::new(format!("签发之后,设备于 {} 被吊销", moment(at)), format!("The device was revoked later, on {}", moment(at)))
            }
            Reason::WrongSigner => Text::new("签发者无权签发这种回执", "The signer may not issue this kind of receipt"),
        }
    }
}

/// What the desk shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub verdict: Verdict,
    pub reasons: Vec<Reason>,
    /// Absent when nothing could be read. On `NotGenuine` they are what the code says, not what is true.
    pub claims: Option<Claims>,
    /// Name of the device that issued it.
    pub device: Option<String>,
    /// When the trust list that was used was issued.
    pub trusted_at: Option<DateTime<Utc>>,
}

/// Checks a QR text against `trust` (already opened under the hall's root key) at `now`.
pub fn verify(text: &str, trust: Option<&TrustList>, now: DateTime<Utc>) -> Report {
    let mut report =
        Report { verdict: Verdict::NotGenuine, reasons: vec![], claims: None, device: None, trusted_at: trust.map(|t| t.issued_at) };
    let receipt = match read(text) {
        Ok(receipt) => receipt,
        Err(wrong) => {
            report.reasons.push(Reason::Unreadable(wrong));
            return report;
        }
    };
    report.claims = Some(receipt.claims.clone());
    let (verdict, reasons, device) = judge(&receipt, trust, now);
    report.verdict = verdict;
    report.reasons = reasons;
    report.device = device;
    report
}

fn judge(receipt: &Read, trust: Option<&TrustList>, now: DateTime<Utc>) -> (Verdict, Vec<Reason>, Option<String>) {
    let claims = &receipt.claims;
    let mut reasons = Vec::new();
    if let Some(public) = &claims.self_issued {
        // Its own key proves only that one device made all of it; nobody vouches for the device.
        let public = from_hex::<32>(public).filter(|p| key_id(p) == receipt.kid);
        let fits = claims.kind == Kind::Queued && public.is_some_and(|p| signature_fits(receipt, &p));
        if !fits {
            return (Verdict::NotGenuine, vec![Reason::Signature], None);
        }
        if trust.is_some_and(|t| t.hall != claims.hall) {
            return (Verdict::NotGenuine, vec![Reason::OtherHall { hall: claims.hall.clone() }], None);
        }
        return match times(claims, now) {
            Some(reason) => (Verdict::NotGenuine, vec![reason], None),
            None => (Verdict::SelfIssued, reasons, None),
        };
    }
    let Some(trust) = trust else { return (Verdict::CannotTell, vec![Reason::NoTrustList], None) };
    if now - trust.issued_at > FRESH {
        reasons.push(Reason::OldTrustList { days: (now - trust.issued_at).num_days() });
    }
    if claims.hall != trust.hall {
        return (Verdict::NotGenuine, vec![Reason::OtherHall { hall: claims.hall.clone() }], None);
    }
    let hall_key = trust.hall_key(&receipt.kid);
    let device_key = trust.device(&receipt.kid);
    let (public, not_before, not_after, revoked_at, name) = match (hall_key, device_key) {
        (Some(k), _) => (&k.public, k.not_before, k.not_after, k.revoked_at, None),
        (None, Some(d)) => (&d.public, d.not_before, d.not_after, d.revoked_at, Some(d.name.clone())),
        (None, None) => {
            reasons.insert(0, Reason::UnknownKey { kid: hex(&receipt.kid) });
            return (Verdict::CannotTell, reasons, None);
        }
    };
    if !from_hex::<32>(public).is_some_and(|p| signature_fits(receipt, &p)) {
        return (Verdict::NotGenuine, vec![Reason::Signature], name);
    }
    let may = if hall_key.is_some() { Kind::Received } else { Kind::Queued };
    if claims.kind != may {
        return (Verdict::NotGenuine, vec![Reason::WrongSigner], name);
    }
    if claims.issued_at < not_before - TOLERANCE {
        return (Verdict::NotGenuine, vec![Reason::KeyNotYetValid { at: not_before }], name);
    }
    if claims.issued_at > not_after {
        return (Verdict::NotGenuine, vec![Reason::KeyExpired { at: not_after }], name);
    }
    if let Some(at) = revoked_at {
        if claims.issued_at >= at {
            return (Verdict::NotGenuine, vec![Reason::Revoked { at }], name);
        }
        reasons.push(Reason::RevokedLater { at });
    }
    if let Some(reason) = times(claims, now) {
        return (Verdict::NotGenuine, vec![reason], name);
    }
    (if hall_key.is_some() { Verdict::Received } else { Verdict::Queued }, reasons, name)
}

fn times(claims: &Claims, now: DateTime<Utc>) -> Option<Reason> {
    if claims.issued_at > now + TOLERANCE {
        Some(Reason::NotYetValid { at: claims.issued_at })
    } else if claims.expires_at + TOLERANCE < now {
        Some(Reason::Expired { at: claims.expires_at })
    } else {
        None
    }
}

fn signature_fits(receipt: &Read, public: &[u8; 32]) -> bool {
    VerifyingKey::from_bytes(public)
        .is_ok_and(|key| key.verify_strict(&receipt.to_sign, &Signature::from_bytes(&receipt.signature)).is_ok())
}
