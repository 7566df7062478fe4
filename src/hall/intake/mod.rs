//! A sealed submission comes in: is it authentic and whole? Then it becomes a case with a short number and the hall's own
//! receipt, all in one transaction ([`filing`]), and only then is it acknowledged. What is wrong with its *content* never
//! keeps it out (on a kiosk nobody is left to mend it): it is noted in the case.

mod filing;

use super::catalogue::Edition;
use super::problem::{self, Refusal};
use super::store::{self, cases};
use super::{Hall, trust};
use crate::api::{Acknowledgement, Resend, Wanted};
use crate::calendar::{Calendar, hall_date};
use crate::catalogue::bundle::in_force;
use crate::catalogue::{Applicant, Filing as Way, Item};
use crate::check::{Assessment, Outcome, assess};
use crate::receipt::claims::{Read, read};
use crate::receipt::{Claims, Kind, Reason, TrustList, Verdict, verify};
use crate::rules::Today;
use crate::signing::hex;
use crate::submission::{ATTACHMENTS, CHUNKS, Digest, Sealed, Submission, open};
use crate::words::{Text, identifier};
use chrono::{DateTime, SubsecRound, Utc};
use filing::Filing;
pub use filing::{DAYS, Queue};
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

/// Names of items and versions that a receipt can carry.
const LONGEST_NAME: usize = 32;

/// What became of a submission.
pub enum Taken {
    /// It is a case now.
    New(Acknowledgement),
    /// It was one already: the very same acknowledgement.
    Known(Acknowledgement),
    /// Attachments must come first.
    Wanting(Wanted),
}

/// Takes in an envelope. `from` is the address it came from; none when an operator brings it in a file.
pub async fn take(hall: &Hall, sealed: Sealed, from: Option<IpAddr>, now: DateTime<Utc>) -> Result<Taken, Refusal> {
    if let Some(known) = known(cases::by_id(&mut *hall.store.read().await?, &sealed.id).await?, &sealed)? {
        return Ok(Taken::Known(known));
    }
    hall.room(1)?;
    let now = now.trunc_subsecs(0);
    let sender = authenticate(hall, &sealed, now).await?;
    examine(hall, sealed, sender, from, now, None).await
}

/// Takes in once more what the hall has acknowledged and then lost, being put back from a backup. Its own receipt proves
/// that all was in order then: whether the device is still known, or was enrolled after the backup, does not matter.
pub async fn take_again(hall: &Hall, Resend { sealed, acknowledgement }: Resend, now: DateTime<Utc>) -> Result<Taken, Refusal> {
    if let Some(known) = known(cases::by_id(&mut *hall.store.read().await?, &sealed.id).await?, &sealed)? {
        return Ok(Taken::Known(known));
    }
    hall.room(1)?;
    let trust = trust::list(hall, now).await?;
    if !is_own(&acknowledgement, &sealed, &trust) {
        return Err(problem::ACKNOWLEDGEMENT.into());
    }
    let received_at = acknowledgement.received_at;
    let Read { claims, kid, .. } = addressed(hall, &sealed)?;
    let reasons = verify(&sealed.receipt, Some(&trust), received_at).reasons;
    // The acknowledgement does not say who sent it: a device's name on the case needs that device's own signature.
    if reasons.iter().any(|r| matches!(r, Reason::Unreadable { .. } | Reason::OtherHall { .. } | Reason::Signature | Reason::WrongSigner)) {
        return Err(problem::SIGNATURE.into());
    }
    let problems = reasons.iter().filter(|reason| !matches!(reason, Reason::OldTrustList { .. })).map(Reason::say).collect();
    let sender = Sender::new(claims, &kid, &trust, problems);
    examine(hall, sealed, sender, None, received_at, Some(acknowledgement)).await
}

/// From a known sender: is all of it here, and what does the hall's own check say of it? Then it is filed. `given` is what
/// the hall gave out for it before.
async fn examine(
    hall: &Hall,
    sealed: Sealed,
    sender: Sender,
    from: Option<IpAddr>,
    received_at: DateTime<Utc>,
    given: Option<Acknowledgement>,
) -> Result<Taken, Refusal> {
    let content = unseal(hall, &sealed)?;
    let missing = hall.store.chunks.missing(&content.chunks).await?;
    if !missing.is_empty() {
        return Ok(Taken::Wanting(Wanted { chunks: missing }));
    }
    if let (None, Some(from)) = (&sender.device, from) {
        hall.limits.self_issued(from, Instant::now()).map_err(|wait| problem::RATE.after(wait))?;
    }
    let check = recheck(hall, &content.submission, received_at).await?;
    filing::file(hall, Filing { sealed, content, sender, check, received_at, given }).await
}

/// Is this the hall's own acknowledgement of this very envelope?
fn is_own(acknowledgement: &Acknowledgement, sealed: &Sealed, trust: &TrustList) -> bool {
    let Acknowledgement { id, digest, received_at, short_number, receipt } = acknowledgement;
    // As of its issue: the hall's clock may have been ahead then.
    let report = verify(receipt, Some(trust), *received_at);
    let Some(claims) = report.claims.filter(|_| report.verdict == Verdict::Received) else { return false };
    (*id, *digest) == (sealed.id, sealed.digest)
        && claims.id == *id
        && claims.item == sealed.item
        && claims.digest == hex(&digest.short())
        && claims.issued_at == *received_at
        && claims.short_number.as_ref() == Some(short_number)
}

/// The acknowledgement of the case that has this id already, if it is for the same content.
fn known(case: Option<cases::Case>, sealed: &Sealed) -> Result<Option<Acknowledgement>, Refusal> {
    match case {
        None => Ok(None),
        Some(case) if case.digest == sealed.digest => Ok(Some(case.acknowledgement())),
        Some(_) => Err(problem::CONFLICT.into()),
    }
}

/// Who sent it, as far as the receipt proves.
struct Sender {
    claims: Claims,
    /// Key id of an enrolled device.
    device: Option<String>,
    problems: Vec<Text>,
}

impl Sender {
    /// A self-issued receipt is nobody's, also when an enrolled device's key has signed it: that key's certificate was not asked.
    fn new(claims: Claims, kid: &[u8; 8], trust: &TrustList, problems: Vec<Text>) -> Sender {
        let device = trust.device(kid).filter(|_| claims.self_issued.is_none()).map(store::devices::kid);
        Sender { claims, device, problems }
    }
}

/// An envelope for this hall, with a device's receipt for this very content; who signed it is not looked at.
fn addressed(hall: &Hall, sealed: &Sealed) -> Result<Read, Refusal> {
    if sealed.hall != hall.code() {
        return Err(problem::OTHER_HALL.into());
    }
    if sealed.kid != hall.keys.sealing_public().kid {
        return Err(problem::SEALING_KEY.into());
    }
    if sealed.chunks.len() > ATTACHMENTS * CHUNKS {
        return Err(problem::TOO_MANY.into());
    }
    let receipt = read(&sealed.receipt).map_err(|wrong| problem::RECEIPT.because(wrong.to_string()))?;
    let claims = &receipt.claims;
    let fits = claims.kind == Kind::Queued
        && claims.id == sealed.id
        && claims.item == sealed.item
        && claims.hall == sealed.hall
        && claims.digest == hex(&sealed.digest.short())
        && claims.item.len() <= LONGEST_NAME
        && claims.catalogue.len() <= LONGEST_NAME;
    if fits { Ok(receipt) } else { Err(problem::RECEIPT.into()) }
}

/// The device's receipt must be genuine.
async fn authenticate(hall: &Hall, sealed: &Sealed, now: DateTime<Utc>) -> Result<Sender, Refusal> {
    let Read { claims, kid, .. } = addressed(hall, sealed)?;
    let trust = trust::list(hall, now).await?;
    let mut problems = Vec::new();
    for reason in verify(&sealed.receipt, Some(&trust), now).reasons {
        match reason {
            Reason::Unreadable { .. } => return Err(problem::RECEIPT.into()),
            Reason::OtherHall { .. } => return Err(problem::OTHER_HALL.into()),
            Reason::Signature | Reason::WrongSigner => return Err(problem::SIGNATURE.into()),
            Reason::UnknownKey { .. } => return Err(problem::UNKNOWN_DEVICE.into()),
            Reason::Revoked { .. } => return Err(problem::REVOKED.into()),
            // A wrong clock, or an old certificate, is nothing the applicant could mend.
            Reason::Expired { .. }
            | Reason::NotYetValid { .. }
            | Reason::KeyNotYetValid { .. }
            | Reason::KeyExpired { .. }
            | Reason::RevokedLater { .. } => {
                problems.push(reason.say());
            }
            Reason::NoTrustList | Reason::OldTrustList { .. } => {}
        }
    }
    Ok(Sender::new(claims, &kid, &trust, problems))
}

/// What was in the envelope.
struct Content {
    submission: Submission,
    /// All chunks that it needs, each once, in its order. The list outside is only for routing; what the sealed content names must be there too.
    chunks: Vec<Digest>,
}

/// Opens the envelope: the content must be what its digest and its labels promise.
fn unseal(hall: &Hall, sealed: &Sealed) -> Result<Content, Refusal> {
    let frozen = open(sealed, hall.keys.sealing()).map_err(|_| problem::ENVELOPE)?;
    let submission: Submission = serde_json::from_slice(&frozen.bytes).map_err(|_| problem::CONTENT)?;
    if submission.id != sealed.id || submission.item != sealed.item {
        return Err(problem::CONTENT.into());
    }
    let inside = submission.attachments.iter().flat_map(|a| &a.chunks);
    let mut seen = BTreeSet::new();
    let chunks = sealed.chunks.iter().chain(inside).filter(|chunk| seen.insert(**chunk)).copied().collect();
    Ok(Content { submission, chunks })
}

/// The hall's own check.
struct Recheck {
    assessment: Assessment,
    /// Version of the catalogue whose item was used.
    catalogue: Option<String>,
    problems: Vec<Text>,
}

async fn recheck(hall: &Hall, submission: &Submission, now: DateTime<Utc>) -> Result<Recheck, Refusal> {
    let Submission { item: code, item_version, catalogue_version, .. } = submission;
    let theirs = hall.catalogues.edition(&hall.store, catalogue_version).await?;
    let had = hall.catalogues.item(&hall.store, catalogue_version, code, *item_version).await?;
    let (current, offered) = current_item(hall, code, now).await?;
    let mut problems = Vec::new();
    let (edition, item) = match (theirs, had, offered) {
        (Some(theirs), Some(had), offered) => {
            match offered {
                None => problems.push(Text::new("该事项提交时已经下架", "The item had been withdrawn when this came in")),
                Some(offered) if offered.version != had.version => {
                    problems.push(Text::new("提交所用的事项版本已有更新", "There is a newer version of the item than this was made with"));
                }
                Some(_) => {}
            }
            (theirs, had)
        }
        (_, _, Some(offered)) => {
            problems.push(Text::new(
                "提交所用的事项版本不是本大厅发布的,已按现行版本复核",
                "Made with a version of the item that this hall has not published; checked with the current one",
            ));
            (current, offered)
        }
        _ => {
            problems.push(Text::new("目录里没有这个事项,无法复核", "The catalogue has no such item: it cannot be checked"));
            return Ok(Recheck { assessment: unchecked(submission), catalogue: None, problems });
        }
    };
    problems.extend(plain_problems(submission, &item, now));
    let assessment = check(&item, submission, &edition.calendar, now);
    Ok(Recheck { assessment, catalogue: Some(edition.version.clone()), problems })
}

/// The catalogue of today, and the version of the item that it offers today.
async fn current_item(hall: &Hall, code: &str, now: DateTime<Utc>) -> Result<(Arc<Edition>, Option<Item>), Refusal> {
    let version = hall.catalogues.current().bundle.version.clone();
    let edition = hall.catalogues.edition(&hall.store, &version).await?.ok_or(problem::INTERNAL)?;
    let pack = hall.catalogues.pack(&hall.store, &edition, code).await?;
    let item = in_force(&pack, code, hall_date(now)).cloned();
    Ok((edition, item))
}

fn check(item: &Item, submission: &Submission, calendar: &Calendar, now: DateTime<Utc>) -> Assessment {
    assess(item, &submission.application, &Today { date: hall_date(now), calendar })
}

/// What is left to say when there is no item to check with.
fn unchecked(submission: &Submission) -> Assessment {
    Assessment {
        item: submission.item.clone(),
        version: submission.item_version,
        outcome: Outcome::Open,
        points: vec![],
        conditions: vec![],
        materials: vec![],
        open: vec![],
        undeclared: vec![],
        unusable: vec![],
    }
}

/// What a clerk should know besides the assessment. Says nothing that the applicant typed.
fn plain_problems(submission: &Submission, item: &Item, now: DateTime<Utc>) -> Vec<Text> {
    let mut problems = Vec::new();
    let mut note = |wrong: bool, zh: &str, en: &str| {
        if wrong {
            problems.push(Text::new(zh, en));
        }
    };
    let kinds: &[identifier::Kind] = match item.applicant {
        Applicant::Person => &[identifier::Kind::ResidentId, identifier::Kind::Passport],
        Applicant::Organisation => &[identifier::Kind::CreditCode],
    };
    let today = hall_date(now);
    let known = kinds.iter().any(|kind| identifier::check(*kind, &submission.applicant.identifier, today).is_ok());
    let attachments = &submission.attachments;
    note(!known, "申请人证件号码不符合编码规则", "The applicant's identifier is not a valid one");
    note(submission.applicant.name.trim().is_empty(), "没有填写申请人姓名或名称", "The applicant's name is missing");
    note(item.filing == Way::PreCheckOnly, "该事项只能预检,须本人到场办理", "This item is for checking only: it must be done in person");
    note(
        attachments.len() > ATTACHMENTS || attachments.iter().any(|a| a.chunks.len() > CHUNKS || item.material(&a.material).is_none()),
        "附件过多,或者不属于任何材料",
        "There are too many attachments, or one belongs to no material",
    );
    problems
}
