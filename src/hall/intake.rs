//! A sealed submission comes in: is it authentic and whole? Then it becomes a case with a short number and the hall's own
//! receipt, all in one transaction, and only then is it acknowledged. What is wrong with its *content* never keeps it
//! out (on a kiosk nobody is left to mend it): it is noted in the case.

use super::problem::{self, Refusal};
use super::store::{self, cases};
use super::catalogue::Edition;
use super::{Hall, trust};
use crate::api::{Acknowledgement, Wanted};
use crate::calendar::{Calendar, hall_date};
use crate::case::{Act, Event, State};
use crate::catalogue::bundle::in_force;
use crate::catalogue::{Applicant, Filing, Item};
use crate::check::{Assessment, Outcome, assess};
use crate::receipt::claims::{read, sign};
use crate::receipt::{Claims, Kind, MaterialMark, Reason, number, verify};
use crate::rules::Today;
use crate::signing::hex;
use crate::submission::{ATTACHMENTS, CHUNKS, Sealed, Submission, open};
use crate::words::{Text, identifier};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use std::sync::Arc;
use std::time::Duration;

/// How long the hall's receipt is good for.
const RECEIPT_LIFE: TimeDelta = TimeDelta::days(730);
/// When a day's numbers are used up, a device tries again after this.
const NEXT_DAY: Duration = Duration::from_secs(3600);
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

pub async fn take(hall: &Hall, sealed: Sealed, now: DateTime<Utc>) -> Result<Taken, Refusal> {
    if let Some(known) = known(cases::by_id(&mut *hall.store.read().await?, &sealed.id).await?, &sealed)? {
        return Ok(Taken::Known(known));
    }
    let now = now.trunc_subsecs(0);
    let sender = authenticate(hall, &sealed, now).await?;
    let submission = unseal(hall, &sealed)?;
    // The list outside is only for routing; what the sealed content names must be there too.
    let mut promised = sealed.chunks.clone();
    promised.extend(submission.attachments.iter().flat_map(|a| &a.chunks).filter(|chunk| !sealed.chunks.contains(chunk)));
    let missing = hall.store.chunks.missing(&promised).await?;
    if !missing.is_empty() {
        return Ok(Taken::Wanting(Wanted { chunks: missing }));
    }
    let check = recheck(hall, &submission, now).await?;
    file(hall, sealed, submission, sender, check, now).await
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

/// The device's receipt must be genuine and must be for this very envelope.
async fn authenticate(hall: &Hall, sealed: &Sealed, now: DateTime<Utc>) -> Result<Sender, Refusal> {
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
    let claims = receipt.claims;
    let fits = claims.kind == Kind::Queued
        && claims.id == sealed.id
        && claims.item == sealed.item
        && claims.hall == sealed.hall
        && claims.digest == hex(&sealed.digest.short())
        && claims.item.len() <= LONGEST_NAME
        && claims.catalogue.len() <= LONGEST_NAME;
    if !fits {
        return Err(problem::RECEIPT.into());
    }
    let trust = trust::list(&hall.store, &hall.keys, hall.code(), now).await?;
    let mut problems = Vec::new();
    for reason in verify(&sealed.receipt, Some(&trust), now).reasons {
        match reason {
            Reason::Unreadable { .. } => return Err(problem::RECEIPT.into()),
            Reason::OtherHall { .. } => return Err(problem::OTHER_HALL.into()),
            Reason::Signature | Reason::WrongSigner => return Err(problem::SIGNATURE.into()),
            Reason::UnknownKey { .. } => return Err(problem::UNKNOWN_DEVICE.into()),
            Reason::Revoked { .. } => return Err(problem::REVOKED.into()),
            // A wrong clock, or an old certificate, is nothing the applicant could mend.
            Reason::Expired { .. } | Reason::NotYetValid { .. } | Reason::KeyExpired { .. } | Reason::RevokedLater { .. } => {
                problems.push(reason.say());
            }
            Reason::NoTrustList | Reason::OldTrustList { .. } => {}
        }
    }
    let device = trust.device(&receipt.kid).map(store::devices::kid);
    Ok(Sender { claims, device, problems })
}

/// Opens the envelope: the content must be what its digest and its labels promise.
fn unseal(hall: &Hall, sealed: &Sealed) -> Result<Submission, Refusal> {
    let frozen = open(sealed, hall.keys.sealing()).map_err(|_| problem::ENVELOPE)?;
    let submission: Submission = serde_json::from_slice(&frozen.bytes).map_err(|_| problem::CONTENT)?;
    let fits = submission.id == sealed.id && submission.item == sealed.item;
    if fits { Ok(submission) } else { Err(problem::CONTENT.into()) }
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
    note(item.filing == Filing::PreCheckOnly, "该事项只能预检,须本人到场办理", "This item is for checking only: it must be done in person");
    note(
        attachments.len() > ATTACHMENTS || attachments.iter().any(|a| a.chunks.len() > CHUNKS || item.material(&a.material).is_none()),
        "附件过多,或者不属于任何材料",
        "There are too many attachments, or one belongs to no material",
    );
    problems
}

/// Makes the case, in one transaction with the check that there is none yet.
async fn file(hall: &Hall, sealed: Sealed, submission: Submission, sender: Sender, check: Recheck, now: DateTime<Utc>) -> Result<Taken, Refusal> {
    let Sender { claims: theirs, device, mut problems } = sender;
    problems.extend(check.problems);
    if theirs.outcome != submission.assessment.outcome || theirs.catalogue != submission.catalogue_version {
        problems.push(Text::new("回执上的自查结果与提交内容不一致", "The outcome on the receipt is not the one in the submission"));
    }
    let promised = |chunk: &_| sealed.chunks.contains(chunk);
    if !submission.attachments.iter().flat_map(|a| &a.chunks).all(promised) {
        problems.push(Text::new("有附件没有随提交送达", "An attachment did not come with the submission"));
    }
    let corrects = submission.corrects.as_deref().and_then(number::parse);
    let mut change = hall.store.begin().await?;
    if let Some(known) = known(cases::by_id(&mut change, &sealed.id).await?, &sealed)? {
        return Ok(Taken::Known(known));
    }
    if submission.corrects.is_some() {
        let corrected = match &corrects {
            Some(number) => cases::by_number(&mut change, number).await?,
            None => None,
        };
        if corrected.is_none_or(|c| c.listed.item != sealed.item) {
            problems.push(Text::new("要更正的办件不存在,或者不是同一事项", "The case that this corrects does not exist, or is of another item"));
        }
    }
    let day = hall_date(now);
    let serial = cases::next_serial(&mut change, day).await?;
    let short_number = number::make(day, serial).ok_or_else(|| problem::DAY_FULL.after(NEXT_DAY))?;
    let claims = Claims {
        kind: Kind::Received,
        issued_at: now,
        expires_at: now + RECEIPT_LIFE,
        outcome: check.assessment.outcome,
        materials: MaterialMark::all(&submission.application, &check.assessment),
        short_number: Some(short_number.clone()),
        self_issued: None,
        ..theirs
    };
    let case = cases::Case {
        listed: cases::Listed {
            id: sealed.id,
            short_number,
            received_at: now,
            item: sealed.item.clone(),
            catalogue: check.catalogue,
            item_version: check.assessment.version,
            outcome: check.assessment.outcome,
            state: State::Received,
        },
        digest: sealed.digest,
        device,
        corrects,
        receipt: sign(&claims, hall.keys.signing())?,
        envelope: sealed,
        recheck: check.assessment,
        problems,
    };
    let first = Event { at: now, by: None, act: Act::Receive { submission: case.listed.id } };
    cases::add(&mut change, &case, day, serial, &first).await?;
    change.commit().await?;
    Ok(Taken::New(case.acknowledgement()))
}
