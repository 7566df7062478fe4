//! A submission that was found in order becomes a case. Many arrive at once when a hall's kiosks come back to the network,
//! and the disk is what takes the time: those that wait go into one transaction together, and none is acknowledged before
//! that transaction is on the disk.

use super::{Content, Recheck, Sender, Taken, known};
use crate::api::{Acknowledgement, Wanted};
use crate::calendar::hall_date;
use crate::case::{Act, Event, State};
use crate::hall::problem::{self, Refusal};
use crate::hall::store::{cases, hall};
use crate::hall::{Hall, trust};
use crate::receipt::claims::sign;
use crate::receipt::{Claims, Kind, MaterialMark, Unreadable, identity, number};
use crate::submission::Sealed;
use crate::words::Text;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sqlx::SqliteConnection;
use std::mem::take;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// How long the hall's receipt is good for.
const RECEIPT_LIFE: TimeDelta = TimeDelta::days(730);
/// A day has 9,999 numbers. Once they are used up, as by a kiosk that comes back with ten thousand submissions, those of
/// the days after it are taken: of this many days in all.
pub const DAYS: usize = 7;
/// When even those are used up, a device tries again after this.
const NEXT_DAY: Duration = Duration::from_secs(3600);

/// All that is known of a submission before it is a case.
pub struct Filing {
    pub sealed: Sealed,
    pub(super) content: Content,
    pub(super) sender: Sender,
    pub(super) check: Recheck,
    pub received_at: DateTime<Utc>,
    /// What the hall gave out for it before it was put back from a backup.
    pub given: Option<Acknowledgement>,
}

type Told = Result<Taken, Refusal>;

/// Submissions that wait for the disk.
#[derive(Default)]
pub struct Queue {
    waiting: Mutex<Vec<(Filing, oneshot::Sender<Told>)>>,
    turn: tokio::sync::Mutex<()>,
}

/// Makes the case, unless there is one already.
pub async fn file(hall: &Hall, filing: Filing) -> Told {
    let (tell, told) = oneshot::channel();
    hall.queue.waiting.lock().unwrap_or_else(PoisonError::into_inner).push((filing, tell));
    // A task of its own: whoever sent this one may hang up in the middle, and must not take the others along.
    tokio::spawn(commit(hall.clone()));
    told.await.map_err(|_| problem::INTERNAL)?
}

/// Files all that waits; each has asked for it, and the first whose turn comes does it for the others.
async fn commit(hall: Hall) {
    let _turn = hall.queue.turn.lock().await;
    let waiting = take(&mut *hall.queue.waiting.lock().unwrap_or_else(PoisonError::into_inner));
    let (filings, tell): (Vec<_>, Vec<_>) = waiting.into_iter().unzip();
    let told = match together(&hall, &filings).await {
        Ok(taken) => taken.into_iter().map(Ok).collect(),
        // One that cannot be filed takes nobody along.
        Err(_) if filings.len() > 1 => one_by_one(&hall, &filings).await,
        Err(refusal) => vec![Err(refusal)],
    };
    for (tell, told) in tell.into_iter().zip(told) {
        // Whoever hung up finds the case by sending again.
        let _ = tell.send(told);
    }
}

async fn one_by_one(hall: &Hall, filings: &[Filing]) -> Vec<Told> {
    let mut told = Vec::with_capacity(filings.len());
    for filing in filings {
        told.push(together(hall, std::slice::from_ref(filing)).await.and_then(|mut taken| Ok(taken.pop().ok_or(problem::INTERNAL)?)));
    }
    told
}

/// All of them in one transaction, or none.
async fn together(hall: &Hall, filings: &[Filing]) -> Result<Vec<Taken>, Refusal> {
    if filings.is_empty() {
        return Ok(vec![]);
    }
    let mut change = hall.store.begin().await?;
    let mut taken = Vec::with_capacity(filings.len());
    for filing in filings {
        taken.push(enter(&mut change, hall, filing).await?);
    }
    change.commit().await?;
    Ok(taken)
}

/// Enters one into the database. All that could have changed since it was looked at is looked at again.
async fn enter(change: &mut SqliteConnection, hall: &Hall, filing: &Filing) -> Result<Taken, Refusal> {
    let Filing { sealed, content, sender, check, received_at, given } = filing;
    if let Some(known) = known(cases::by_id(change, &sealed.id).await?, sealed)? {
        return Ok(Taken::Known(known));
    }
    // Nothing collects chunks while this transaction lasts, and from its end on the case needs them.
    let missing = hall.store.chunks.missing(&content.chunks).await?;
    if !missing.is_empty() {
        return Ok(Taken::Wanting(Wanted { chunks: missing }));
    }
    let mut problems = problems(filing);
    let corrects = content.submission.corrects.as_deref().and_then(number::parse);
    if content.submission.corrects.is_some() && !corrects_a_case(change, corrects.as_deref(), &sealed.item).await? {
        problems
            .push(Text::new("要更正的办件不存在,或者不是同一事项", "The case that this corrects does not exist, or is of another item"));
    }
    let given = match given {
        Some(given) => had(change, given).await?,
        None => None,
    };
    if given.is_none() && filing.given.is_some() {
        problems.push(Text::new(
            "恢复备份后,原办件短号已属于另一个办件,已换新号",
            "Since a backup was put back, its short number belongs to another case: it has a new one",
        ));
    }
    let (day, serial, short_number, receipt) = match given {
        Some(given) => given,
        None => {
            // A number of a past day may be another lost case's, which comes back with it.
            let first = if filing.given.is_some() { hall_date(crate::hall::now()) } else { hall_date(*received_at) };
            let (day, serial, short_number) = next_number(change, first).await?;
            let receipt = receipt(change, hall, claims(filing, &short_number)).await?;
            (day, serial, short_number, receipt)
        }
    };
    let case = cases::Case {
        listed: cases::Listed {
            id: sealed.id,
            short_number,
            received_at: *received_at,
            item: sealed.item.clone(),
            catalogue: check.catalogue.clone(),
            item_version: check.assessment.version,
            outcome: check.assessment.outcome,
            state: State::Received,
        },
        digest: sealed.digest,
        device: sender.device.clone(),
        corrects,
        receipt,
        envelope: sealed.clone(),
        recheck: check.assessment.clone(),
        problems,
    };
    let first = Event { at: *received_at, by: None, act: Act::Receive { submission: sealed.id } };
    cases::add(change, &case, &content.chunks, (day, serial), &first).await?;
    Ok(Taken::New(case.acknowledgement()))
}

/// What a clerk should know, as far as the database need not be asked.
fn problems(Filing { sealed, content, sender, check, .. }: &Filing) -> Vec<Text> {
    let submission = &content.submission;
    let mut problems = [&sender.problems[..], &check.problems].concat();
    if sender.claims.outcome != submission.assessment.outcome || sender.claims.catalogue != submission.catalogue_version {
        problems.push(Text::new("回执上的自查结果与提交内容不一致", "The outcome on the receipt is not the one in the submission"));
    }
    // Devices that have not been updated say nothing of it.
    if sender.claims.identity.is_some() && sender.claims.identity != applicant(content) {
        problems.push(Text::new(
            "回执上的身份校验码与申请人的身份证号不一致",
            "The identity check on the receipt is not that of the applicant's ID number",
        ));
    }
    if !content.chunks.iter().all(|chunk| sealed.chunks.contains(chunk)) {
        problems.push(Text::new("有附件没有列在信封上", "An attachment was not listed on the envelope"));
    }
    problems
}

async fn corrects_a_case(db: &mut SqliteConnection, number: Option<&str>, item: &str) -> sqlx::Result<bool> {
    let Some(number) = number else { return Ok(false) };
    Ok(cases::by_number(db, number).await?.is_some_and(|case| case.listed.item == item))
}

type Number = (NaiveDate, u32, String, String);

/// Day, serial, short number and receipt as they were, if the number is still free.
async fn had(db: &mut SqliteConnection, given: &Acknowledgement) -> sqlx::Result<Option<Number>> {
    let Some((day, serial)) = number::taken(&given.short_number) else { return Ok(None) };
    let free = !cases::has_serial(db, day, serial).await?;
    Ok(free.then(|| (day, serial, given.short_number.clone(), given.receipt.clone())))
}

/// The next free number of that day or of those after it.
async fn next_number(db: &mut SqliteConnection, first: NaiveDate) -> Result<(NaiveDate, u32, String), Refusal> {
    for day in first.iter_days().take(DAYS) {
        let serial = hall::last_serial(db, day).await? + 1;
        if let Some(short_number) = number::make(day, serial) {
            return Ok((day, serial, short_number));
        }
    }
    Err(problem::DAY_FULL.after(NEXT_DAY))
}

/// The two bytes of the applicant's own ID number, from what was sealed.
fn applicant(content: &Content) -> Option<String> {
    identity::commit(&content.submission.id, &content.submission.applicant.identifier)
}

/// The hall's own receipt. Names that a stranger has made long leave no room for the list of materials; the case has it.
async fn receipt(db: &mut SqliteConnection, hall: &Hall, claims: Claims) -> Result<String, Refusal> {
    let key = trust::signing(db, hall, claims.issued_at).await?;
    match sign(&claims, &key) {
        Err(Unreadable::Size) => Ok(sign(&Claims { materials: vec![], ..claims }, &key)?),
        signed => Ok(signed?),
    }
}

/// What the hall's receipt says.
fn claims(Filing { content, sender, check, received_at, .. }: &Filing, short_number: &str) -> Claims {
    Claims {
        kind: Kind::Received,
        issued_at: *received_at,
        expires_at: *received_at + RECEIPT_LIFE,
        outcome: check.assessment.outcome,
        materials: MaterialMark::all(&content.submission.application, &check.assessment),
        short_number: Some(short_number.to_owned()),
        self_issued: None,
        identity: applicant(content),
        ..sender.claims.clone()
    }
}
