//! Cases at the window: lists, the whole of one, decisions, attachments, and what the holder of a receipt may know.
//! State, clock and notices come from the case floor; here is only what must be fetched, opened and kept for them.

use super::Hall;
use super::problem::{self, Refusal};
use super::store::{self, cases};
use crate::api::{CaseRow, CaseView, Decide, Progress, Scan, Scans, Staff};
use crate::calendar::hall_date;
use crate::case::{self, By, Clock, Event, Notice, State};
use crate::catalogue::Item;
use crate::receipt::number;
use crate::submission::{CHUNKS, Submission, media, open, open_chunk};
use crate::words::Text;
use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;
use std::str::FromStr;
use uuid::Uuid;

/// The longest list.
const LISTED: u32 = 500;
/// The longest name that a desk may give itself in a scan.
const DESK: usize = 60;

/// How a case is asked for: by its short number, or by the id on the receipt.
pub enum Which {
    Number(String),
    Receipt(Uuid),
}

impl FromStr for Which {
    type Err = ();
    fn from_str(text: &str) -> Result<Which, ()> {
        let receipt = || text.parse().ok().filter(|id: &Uuid| id.to_string() == text).map(Which::Receipt);
        number::parse(text).map(Which::Number).or_else(receipt).ok_or(())
    }
}

async fn find(db: &mut SqliteConnection, which: &Which) -> Result<cases::Case, Refusal> {
    let found = match which {
        Which::Number(number) => cases::by_number(db, number).await?,
        Which::Receipt(id) => cases::by_id(db, id).await?,
    };
    found.ok_or_else(|| problem::NOT_FOUND.into())
}

fn opened(hall: &Hall, case: &cases::Case) -> Result<Submission, Refusal> {
    let frozen = open(&case.envelope, hall.keys.sealing()).map_err(std::io::Error::other)?;
    Ok(serde_json::from_slice(&frozen.bytes)?)
}

/// The item that the case was checked with.
async fn item_of(hall: &Hall, case: &cases::Listed) -> Result<Option<Item>, Refusal> {
    let Some(catalogue) = &case.catalogue else { return Ok(None) };
    Ok(hall.catalogues.item(&hall.store, catalogue, &case.item, case.item_version).await?)
}

fn clock(hall: &Hall, events: &[Event], item: Option<&Item>, now: DateTime<Utc>) -> Clock {
    item.map(|item| case::clock(events, item, &hall.catalogues.current().bundle.calendar, hall_date(now))).unwrap_or_default()
}

/// The desk's list, newest first.
pub async fn list(hall: &Hall, state: Option<State>, now: DateTime<Utc>) -> Result<Vec<CaseRow>, Refusal> {
    let listed = cases::list(&mut *hall.store.read().await?, state, LISTED).await?;
    let mut rows = Vec::with_capacity(listed.len());
    for (case, events) in listed {
        let item = item_of(hall, &case).await?;
        rows.push(CaseRow {
            item_name: item.as_ref().map_or_else(|| Text::new(case.item.as_str(), case.item.as_str()), |i| i.name.clone()),
            clock: clock(hall, &events, item.as_ref(), now),
            short_number: case.short_number,
            item: case.item,
            received_at: case.received_at,
            state: case.state,
            outcome: case.outcome,
        });
    }
    Ok(rows)
}

/// Everything about one case.
pub async fn view(hall: &Hall, which: &Which, now: DateTime<Utc>) -> Result<CaseView, Refusal> {
    let mut db = hall.store.read().await?;
    let case = find(&mut db, which).await?;
    let events = cases::events(&mut db, &case.listed.id).await?;
    let scans = store::scans::of(&mut db, &case.listed.id).await?;
    let corrections = cases::corrections(&mut db, &case.listed.short_number).await?;
    let device = match &case.device {
        Some(kid) => store::devices::get(&mut db, kid).await?.map(|d| (d.name, d.profile)),
        None => None,
    };
    drop(db);
    let submission = opened(hall, &case)?;
    let item = item_of(hall, &case.listed).await?;
    let state = case::state(&events);
    let mut problems = case.problems;
    if let Some(number) = &case.corrects {
        let number = number::show(number);
        problems.push(Text { zh: format!("这是对办件 {number} 的补正"), en: format!("This is a correction of case {number}") });
    }
    problems.extend(corrections.iter().map(|other| {
        let other = number::show(other);
        Text { zh: format!("已收到对本办件的补正:{other}"), en: format!("A correction of this case has come in: {other}") }
    }));
    Ok(CaseView {
        notices: item.as_ref().map(|item| notices(hall, &case.listed.short_number, &events, &submission, item)).unwrap_or_default(),
        clock: clock(hall, &events, item.as_ref(), now),
        acts: if item.is_some() { case::acts(state) } else { vec![] },
        agrees: case.recheck == submission.assessment,
        revision: revision(&events),
        short_number: case.listed.short_number,
        received_at: case.listed.received_at,
        recheck: case.recheck,
        submission,
        device,
        problems,
        state,
        events,
        scans,
    })
}

fn revision(events: &[Event]) -> u32 {
    u32::try_from(events.len()).unwrap_or(u32::MAX)
}

/// Each notice shows the clock as it stood with its decision.
fn notices(hall: &Hall, short_number: &str, events: &[Event], submission: &Submission, item: &Item) -> Vec<Notice> {
    let current = hall.catalogues.current();
    let one = |(at, event): (usize, &Event)| {
        let clock = clock(hall, &events[..=at], Some(item), event.at);
        case::notice(event, &case::notice::Case { short_number, submission, item, hall: &current.bundle.hall, clock })
    };
    events.iter().enumerate().filter_map(one).collect()
}

/// A decision at the window. It counts only if nobody acted since the clerk looked.
pub async fn decide(hall: &Hall, which: &Which, decide: Decide, staff: &Staff, now: DateTime<Utc>) -> Result<CaseView, Refusal> {
    let mut change = hall.store.begin().await?;
    let case = find(&mut change, which).await?;
    let events = cases::events(&mut change, &case.listed.id).await?;
    if decide.revision != revision(&events) {
        return Err(problem::REVISION.into());
    }
    let item = item_of(hall, &case.listed).await?.ok_or(problem::NO_ITEM)?;
    case::permit(&decide.act, case::state(&events), &item).map_err(|why| problem::ACT.because(why.to_string()))?;
    let Staff { user, name, post, window, phone, .. } = staff.clone();
    let event = Event { at: now, by: Some(By { user, name, post, window, phone }), act: decide.act };
    let state = case::state(std::slice::from_ref(&event));
    cases::append(&mut change, &case.listed.id, decide.revision, &event, state).await?;
    change.commit().await?;
    view(hall, &Which::Receipt(case.listed.id), now).await
}

/// An attachment, opened, and its type as its own first bytes say. Who opened which is noted in the log.
pub async fn attachment(hall: &Hall, which: &Which, place: usize, staff: &Staff) -> Result<(&'static str, Vec<u8>), Refusal> {
    let case = find(&mut *hall.store.read().await?, which).await?;
    let submission = opened(hall, &case)?;
    let attachment = submission.attachments.get(place).ok_or(problem::NOT_FOUND)?;
    let mut bytes = Vec::new();
    for chunk in attachment.chunks.iter().take(CHUNKS) {
        let sealed = hall.store.chunks.read(chunk).await?.ok_or(problem::ATTACHMENT)?;
        let plain = open_chunk(&sealed, &case.envelope.hall, &case.envelope.kid, hall.keys.sealing());
        bytes.extend(plain.map_err(|_| problem::ATTACHMENT)?);
    }
    if bytes.len() as u64 != attachment.length {
        return Err(problem::ATTACHMENT.into());
    }
    // Whatever a device may have claimed it to be.
    let kind = media::showable(&bytes).map_err(|wrong| problem::ATTACHMENT.because(wrong.to_string()))?;
    tracing::info!(user = staff.user, case = case.listed.short_number, place, "attachment opened");
    Ok((kind.media_type(), bytes))
}

/// What the holder of a receipt may know.
pub async fn progress(hall: &Hall, id: Uuid, now: DateTime<Utc>) -> Result<Progress, Refusal> {
    let mut db = hall.store.read().await?;
    let case = find(&mut db, &Which::Receipt(id)).await?;
    let events = cases::events(&mut db, &id).await?;
    drop(db);
    let item = item_of(hall, &case.listed).await?;
    let clock = clock(hall, &events, item.as_ref(), now);
    Ok(Progress {
        short_number: case.listed.short_number,
        item: case.listed.item,
        received_at: case.listed.received_at,
        state: case::state(&events),
        due: clock.due_promised.or(clock.due_statutory).or(clock.answer_by).map(|due| due.date),
    })
}

/// Records scans for whoever is signed in, all or none, and tells of each receipt all its scans. A desk keeps what it scanned
/// offline until somebody is signed in.
///
/// Which time counts: the one that the desk tells, which is the hall's clock as the desk last saw it, but never one after the
/// moment at which the hall hears of it. So a scan made offline comes before a later one that was made online, and a desk whose
/// clock runs ahead gains nothing. Every scan stays on record; the first by that time keeps the case, and of two at the same
/// moment the one with the smaller id, so that every desk is told the same.
pub async fn scans(hall: &Hall, scans: Vec<Scan>, staff: &Staff, now: DateTime<Utc>) -> Result<Vec<Scans>, Refusal> {
    if scans.iter().any(|scan| scan.desk.chars().count() > DESK) {
        return Err(problem::NAME.into());
    }
    let mut change = hall.store.begin().await?;
    let receipts: Vec<(Uuid, Option<String>)> = scans.iter().map(|scan| (scan.receipt, scan.digest.clone())).collect();
    for scan in scans {
        let scan = Scan { at: scan.at.min(now), ..scan };
        store::scans::add(&mut change, &scan, &staff.name, &staff.window).await?;
    }
    let mut told = Vec::with_capacity(receipts.len());
    for (receipt, digest) in receipts {
        let scans = store::scans::of(&mut change, &receipt).await?;
        told.push(Scans { scans, short_number: store::scans::case_of(&mut change, &receipt, digest.as_deref()).await? });
    }
    change.commit().await?;
    Ok(told)
}
