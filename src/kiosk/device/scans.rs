//! The desk's own outbox: what it scanned, on its way to the hall. A scan made offline is recorded like any other; the
//! hall puts them in order by the time of each.

use super::clock;
use super::database::{self, Change, Store};
use super::net::{self, Failure};
use crate::api::{Scan, ScanRecord, Scans};
use crate::kiosk::app::{self, App};
use crate::receipt::{Claims, Verdict};
use chrono::TimeDelta;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long a desk remembers what it scanned.
const REMEMBERED: TimeDelta = TimeDelta::days(30);

#[derive(Serialize, Deserialize)]
struct Row {
    scan: Scan,
    standing: Standing,
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Standing {
    Waiting,
    Sent,
    /// The hall does not want it; kept for the record, and in nobody's way.
    Refused,
}

/// What is known of earlier scans of a receipt.
#[derive(Clone)]
pub struct ScanSeen {
    /// The other scans, the first first.
    pub earlier: Vec<ScanRecord>,
    /// The case, when the hall has received the submission.
    pub short_number: Option<String>,
}

/// Records a scan on this desk, and then at the hall if it can be reached.
pub async fn record_scan(app: App, claims: &Claims, verdict: Verdict) -> ScanSeen {
    let desk = app.device_name.get_untracked().unwrap_or_default();
    let scan = Scan { id: app::new_id(app.now()), receipt: claims.id, at: app.now(), verdict, desk };
    let mut earlier = match database::all(Store::Scans).await {
        Ok(rows) => rows.iter().filter_map(database::content::<Row>).map(|row| row.scan).filter(|s| s.receipt == claims.id).collect(),
        Err(failure) => {
            app.trouble.set(Some(failure.say()));
            vec![]
        }
    };
    earlier.sort_by_key(|s: &Scan| s.at);
    if let Err(failure) = put(&scan, Standing::Waiting).await {
        app.trouble.set(Some(failure.say()));
    }
    let own = earlier.into_iter().map(|Scan { id, at, desk, .. }| ScanRecord { id, at, by: String::new(), window: String::new(), desk });
    match send(&scan).await {
        Ok(Scans { scans, short_number }) => {
            let mut earlier: Vec<ScanRecord> = scans.into_iter().filter(|s| s.id != scan.id).collect();
            // What this desk scanned offline may still be on its way to the hall.
            let unknown: Vec<ScanRecord> = own.filter(|o| earlier.iter().all(|s| s.id != o.id)).collect();
            earlier.extend(unknown);
            earlier.sort_by_key(|s| s.at);
            ScanSeen { earlier, short_number }
        }
        Err(_) => ScanSeen { earlier: own.collect(), short_number: claims.short_number.clone() },
    }
}

/// Sends every waiting scan; one that the hall refuses does not hold up the others. Forgets old ones.
pub async fn drain() -> Result<(), Failure> {
    let oldest = clock::now() - REMEMBERED;
    for row in database::all(Store::Scans).await?.iter().filter_map(database::content::<Row>) {
        if row.standing == Standing::Waiting {
            match send(&row.scan).await {
                // What holds this one up holds up all: no way to the hall, or nobody it takes scans from.
                Err(Failure::Unreachable) => return Err(Failure::Unreachable),
                Err(failure) if failure.passes() || is_nobody(&failure) => return Ok(()),
                // Sent, or refused and marked so.
                Ok(_) | Err(_) => {}
            }
        } else if row.scan.at < oldest {
            database::write(vec![Change::Delete(Store::Scans, key(row.scan.id))]).await?;
        }
    }
    Ok(())
}

/// How many scans the hall does not have yet.
pub async fn waiting() -> Result<usize, Failure> {
    let rows = database::all(Store::Scans).await?;
    Ok(rows.iter().filter_map(database::content::<Row>).filter(|row| row.standing == Standing::Waiting).count())
}

async fn send(scan: &Scan) -> Result<Scans, Failure> {
    let answer = net::post_json::<_, Scans>("/scans", scan).await;
    match &answer {
        Ok(_) => put(scan, Standing::Sent).await?,
        // A desk that nobody has signed in at keeps its scans until somebody has.
        Err(failure) if failure.passes() || is_nobody(failure) => {}
        Err(_) => put(scan, Standing::Refused).await?,
    }
    answer
}

fn is_nobody(failure: &Failure) -> bool {
    matches!(failure, Failure::Problem(problem, _) if matches!(problem.status, 401 | 403))
}

async fn put(scan: &Scan, standing: Standing) -> Result<(), Failure> {
    database::write(vec![Change::Put(Store::Scans, key(scan.id), database::row(&Row { scan: scan.clone(), standing }))]).await
}

fn key(id: Uuid) -> String {
    id.to_string()
}
