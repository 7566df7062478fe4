//! The desk's own outbox: what it scanned, on its way to the hall. A scan made offline is recorded like any other; the
//! hall puts them in order by the time of each, and what it answers is kept, so that a later scan of the same receipt knows
//! of it without a network.
//!
//! A row a scan, under its receipt (`receipt/scan`), so that the scans of a receipt are found without looking at the others.
//! While the hall does not have it, a mark with the same key after a `!` stands before all rows.

use super::clock;
use super::database::{self, Change, Durability, Store, Stores};
use super::net::{self, Failure};
use crate::api::{Scan, ScanRecord, Scans};
use crate::kiosk::app::{self, App};
use crate::receipt::{Claims, Verdict};
use chrono::TimeDelta;
use indexed_db_futures::error::Error;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use uuid::Uuid;

/// How long a desk remembers what it scanned.
const REMEMBERED: TimeDelta = TimeDelta::days(30);
/// Scans sent in one request; the hall takes 64 KiB.
const BATCH: u32 = 100;
/// Rows of one receipt that are looked at.
const OF_A_RECEIPT: u32 = 100;
/// Sorts before every id.
const MARK: &str = "!";

#[derive(Clone, Serialize, Deserialize)]
struct Row {
    scan: Scan,
    standing: Standing,
    /// All scans of the receipt, as the hall told when it got this one.
    #[serde(default)]
    known: Vec<ScanRecord>,
    #[serde(default)]
    short_number: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Standing {
    Waiting,
    Sent,
    /// The hall does not want it; kept for the record, and in nobody's way.
    Refused,
}

impl Row {
    fn key(&self) -> String {
        format!("{}/{}", self.scan.receipt, self.scan.id)
    }

    /// The row as it is now, with its mark or without.
    fn store(&self) -> [Change; 2] {
        let (key, mark) = (self.key(), format!("{MARK}{}", self.key()));
        let mark = match self.standing {
            Standing::Waiting => Change::Put(Store::Scans, mark, database::row(&())),
            Standing::Sent | Standing::Refused => Change::Delete(Store::Scans, mark),
        };
        [Change::Put(Store::Scans, key, database::row(self)), mark]
    }
}

/// What is known of the other scans of a receipt.
#[derive(Clone)]
pub struct ScanSeen {
    /// The first, which keeps the case, first.
    pub earlier: Vec<ScanRecord>,
    /// The case, when the hall has received the submission.
    pub short_number: Option<String>,
    pub told: Told,
}

/// Who knows it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// This desk; the hall is being asked.
    Asking,
    Hall,
    /// This desk alone: the hall cannot be reached.
    Unreachable,
    /// This desk alone: the hall takes scans only from who is signed in.
    Nobody,
}

/// Records a scan on this desk, and then at the hall if it can be reached. `known` hears at once what this desk knows of
/// earlier ones, and again once the hall has answered or not.
pub async fn record_scan(app: App, claims: &Claims, verdict: Verdict, known: impl Fn(ScanSeen)) {
    let desk = app.device_name.get_untracked().unwrap_or_default();
    let digest = Some(claims.digest.clone());
    let scan = Scan { id: app::new_id(app.now()), receipt: claims.id, digest, at: app.now(), verdict, desk };
    let row = Row { scan, standing: Standing::Waiting, known: vec![], short_number: None };
    let recorded = database::change(Durability::Strict, &[Store::Scans], async |stores| {
        let before = of(&stores, claims.id).await?;
        Ok((row.store().into(), before))
    });
    let before = recorded.await.unwrap_or_else(|failure| {
        app.trouble.set(Some(failure.say()));
        vec![]
    });
    let own = |told| ScanSeen {
        earlier: others(&before, row.scan.id),
        short_number: claims.short_number.clone().or_else(|| before.iter().find_map(|row| row.short_number.clone())),
        told,
    };
    known(own(Told::Asking));
    known(match send(vec![row.clone()]).await {
        Ok(sent) => {
            // What this desk scanned offline may still be on its way to the hall.
            let all: Vec<Row> = before.iter().chain(&sent).cloned().collect();
            let short_number = sent.first().and_then(|row| row.short_number.clone());
            ScanSeen { earlier: others(&all, row.scan.id), short_number: short_number.or(own(Told::Hall).short_number), told: Told::Hall }
        }
        Err(failure) if is_nobody(&failure) => own(Told::Nobody),
        Err(failure) => {
            if failure == Failure::Unreachable {
                // Noticed here first: from now on it is looked for on every beat, and what waits goes as soon as it is back.
                app.online.set(false);
            }
            own(Told::Unreachable)
        }
    });
}

/// This desk's rows of a receipt.
async fn of(stores: &Stores<'_>, receipt: Uuid) -> Result<Vec<Row>, Error> {
    let receipt = receipt.to_string();
    let rows = stores.after(Store::Scans, &receipt, OF_A_RECEIPT).await?;
    Ok(rows.iter().take_while(|(key, _)| key.starts_with(&receipt)).filter_map(|(_, row)| database::content(row)).collect())
}

/// Every scan that the rows know of but one, the first first.
fn others(rows: &[Row], but: Uuid) -> Vec<ScanRecord> {
    let told = rows.iter().flat_map(|row| row.known.iter().cloned());
    let own = rows.iter().map(|Row { scan: Scan { id, at, desk, .. }, .. }| ScanRecord {
        id: *id,
        at: *at,
        by: String::new(),
        window: String::new(),
        desk: desk.clone(),
    });
    let mut others: Vec<ScanRecord> = Vec::new();
    // What the hall told comes first: it knows by whom.
    for scan in told.chain(own) {
        if scan.id != but && others.iter().all(|other| other.id != scan.id) {
            others.push(scan);
        }
    }
    others.sort_by_key(|scan| (scan.at, scan.id));
    others
}

/// A receipt that this desk scanned offline, and another desk before it.
#[derive(Clone, PartialEq)]
pub struct Late {
    pub receipt: Uuid,
    pub short_number: Option<String>,
    /// The scan that keeps the case.
    pub first: ScanRecord,
}

thread_local! {
    static LATE: RefCell<Option<ArcRwSignal<Vec<Late>>>> = const { RefCell::new(None) };
}

/// What turned out when scans made offline came together with those of other desks, since the page was loaded or the list
/// was put away.
pub fn late() -> ArcRwSignal<Vec<Late>> {
    LATE.with_borrow_mut(|late| late.get_or_insert_with(ArcRwSignal::default).clone())
}

/// Sends every waiting scan, many at a time.
pub async fn drain() -> Result<(), Failure> {
    loop {
        let rows = database::look(&[Store::Scans], async |stores| {
            let mut rows = Vec::new();
            for (key, _) in stores.after(Store::Scans, MARK, BATCH).await? {
                let Some(key) = key.strip_prefix(MARK) else { break };
                rows.extend(stores.get_row::<Row>(Store::Scans, key).await?);
            }
            Ok(rows)
        })
        .await?;
        if rows.is_empty() {
            return Ok(());
        }
        match send(rows).await {
            Ok(sent) => late().update(|late| {
                for row in sent {
                    let first = row.known.first().filter(|first| first.id != row.scan.id && first.desk != row.scan.desk);
                    let is_known = late.iter().any(|late| late.receipt == row.scan.receipt);
                    if let Some(first) = first.filter(|_| !is_known) {
                        late.push(Late { receipt: row.scan.receipt, short_number: row.short_number.clone(), first: first.clone() });
                    }
                }
            }),
            // What holds these up holds up all: no way to the hall, or nobody it takes scans from.
            Err(Failure::Unreachable) => return Err(Failure::Unreachable),
            Err(_) => return Ok(()),
        }
    }
}

/// Forgets old scans, and gives rows of earlier versions, which stood under their own id, their place.
pub async fn tidy() -> Result<(), Failure> {
    let oldest = clock::now() - REMEMBERED;
    let mut changes = Vec::new();
    let each = |key: &str, row: &_| {
        let Some(row) = database::content::<Row>(row) else { return };
        if row.standing != Standing::Waiting && row.scan.at < oldest {
            changes.push(Change::Delete(Store::Scans, key.to_owned()));
        } else if !key.contains('/') {
            changes.push(Change::Delete(Store::Scans, key.to_owned()));
            changes.extend(row.store());
        }
    };
    database::walk(Store::Scans, each).await?;
    if changes.is_empty() { Ok(()) } else { database::write(changes).await }
}

/// How many scans the hall does not have yet.
pub async fn waiting() -> Result<usize, Failure> {
    let keys = database::keys(Store::Scans).await?;
    Ok(keys.iter().take_while(|key| key.starts_with(MARK)).count())
}

/// Brings scans to the hall and notes what it says of each. One that it does not take is marked so, and does not hold up the
/// others. Fails when none could be brought, and another time may be better.
async fn send(rows: Vec<Row>) -> Result<Vec<Row>, Failure> {
    let scans: Vec<&Scan> = rows.iter().map(|row| &row.scan).collect();
    let answer = net::post_json::<_, Vec<Scans>>("/scans/batch", &scans).await;
    let settled: Vec<Row> = match answer {
        Ok(told) if told.len() != rows.len() => return Err(Failure::Answer),
        Ok(told) => {
            let told = rows.into_iter().zip(told);
            told.map(|(row, Scans { scans, short_number })| Row { standing: Standing::Sent, known: scans, short_number, ..row }).collect()
        }
        // A desk that nobody has signed in at keeps its scans until somebody has.
        Err(failure) if failure.passes() || is_nobody(&failure) => return Err(failure),
        Err(_) if rows.len() == 1 => rows.into_iter().map(|row| Row { standing: Standing::Refused, ..row }).collect(),
        Err(_) => {
            let mut settled = Vec::with_capacity(rows.len());
            for row in rows {
                settled.extend(Box::pin(send(vec![row])).await?);
            }
            return Ok(settled);
        }
    };
    // Should a power cut take the mark's end back, the scan is sent once more and recorded once.
    let changes: Vec<Change> = settled.iter().flat_map(Row::store).collect();
    database::change(Durability::Relaxed, &[Store::Scans], async |_| Ok((changes, ()))).await?;
    Ok(settled)
}

fn is_nobody(failure: &Failure) -> bool {
    matches!(failure, Failure::Problem(problem, _) if matches!(problem.status, 401 | 403))
}
