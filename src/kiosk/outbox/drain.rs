//! Sending. One drainer across tabs and windows; each row under a lease; a row goes only after the hall's acknowledgement has
//! been verified and stored. The oldest goes first. What may pass is tried again later, what may not waits for a person, and
//! neither holds up others.

use super::queue::{acknowledged, envelope, piece};
use super::record::Record;
use super::{Push, changed, copies, held, rows};
use crate::api::{Acknowledgement, Resend, Wanted};
use crate::kiosk::app::{self, App};
use crate::kiosk::device::database::{self, Change, Durability, Store};
use crate::kiosk::device::net::{self, Failure};
use crate::kiosk::device::{clock, lock};
use crate::receipt::{self, Kind, Reason, Verdict};
use crate::signing::hex;
use crate::submission::Sealed;
use crate::submission::queue::{self, Failed, Row};
use crate::words::Text;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::Cell;
use uuid::Uuid;

/// The lock that tabs share.
const LOCK: &str = "mingbai-outbox";
/// How often the hall may ask for missing pieces of one submission in one go.
const ROUNDS: usize = 3;
/// So many failures in a row are the hall's, not the rows': the next beat is soon enough.
const ENOUGH: usize = 3;

thread_local! {
    /// What is asked for and not begun yet; one run at a time in this tab.
    static ASKED: Cell<Option<Push>> = const { Cell::new(None) };
    static RUNNING: Cell<bool> = const { Cell::new(false) };
}

/// Sends what is due, or everything. Comes back at once. While another tab is sending this one waits for its turn, so that
/// nothing asked for is lost.
pub fn push(app: App, push: Push) {
    ASKED.set(ASKED.get().max(Some(push)));
    if RUNNING.replace(true) {
        return;
    }
    spawn_local(async move {
        // Where locks are refused the work is not done, and waits for the next beat.
        while let Some(push) = ASKED.take() {
            lock::exclusively(LOCK, run(app, push)).await;
        }
        RUNNING.set(false);
    });
}

async fn run(app: App, push: Push) {
    let me = app::new_id(clock::now());
    let due = match due(push).await {
        Ok(due) => due,
        Err(failure) => return app.trouble.set(Some(failure.say())),
    };
    let mut failed = 0;
    for id in due {
        match send_one(app, id, me, push).await {
            Ok(Went::On) => failed = 0,
            Ok(Went::Wrong) if failed + 1 < ENOUGH => failed += 1,
            // Out of reach, or unwell: so it is for the others, until a probe succeeds or the next beat.
            Ok(Went::Wrong | Went::Away) => break,
            // What was sent before makes room; the next beat goes on.
            Err(Failure::Full) if held::make_room(held::MARGIN).await.is_ok() => {}
            Err(failure) => app.trouble.set(Some(failure.say())),
        }
    }
    super::count(app).await;
}

/// Whose turn it is, the oldest first.
async fn due(push: Push) -> Result<Vec<Uuid>, Failure> {
    let (now, alone) = (clock::now(), lock::available());
    let mut due = Vec::new();
    rows(|row| {
        if row.is_due(now, alone, push == Push::Asked) {
            due.push((row.queued_at, row.id));
        }
    })
    .await?;
    due.sort_unstable();
    Ok(due.into_iter().map(|(_, id)| id).collect())
}

/// What came of one row, for those after it.
enum Went {
    /// Sent, refused, or no longer to be sent.
    On,
    /// A failure that may pass.
    Wrong,
    /// The hall is out of reach, or asks to be left alone.
    Away,
}

/// Leases, sends and settles one row. An error is the database's.
async fn send_one(app: App, id: Uuid, me: Uuid, push: Push) -> Result<Went, Failure> {
    let (now, alone) = (clock::now(), lock::available());
    // A lease that a power cut takes back was none.
    let leased = change(id, Durability::Relaxed, |row| row.is_due(now, alone, push == Push::Asked), |row| row.lease(me, now)).await?;
    if !leased {
        return Ok(Went::On);
    }
    changed(app, id).await;
    let went = match send(app, id).await {
        Ok((sealed, acknowledgement)) => {
            settle(&sealed, acknowledgement).await?;
            Went::On
        }
        Err(wrong) => {
            // No answer for this row from a hall that does answer is the row's own trouble, and must not hold up the others.
            let away = matches!(wrong, Wrong::Failed(Failure::Unreachable)) && !net::reachable().await;
            let failed = if away { Failed::Unreached } else { wrong.failed() };
            let went = match failed {
                Failed::Unreached | Failed::Passing(Some(_)) => Went::Away,
                Failed::Passing(None) => Went::Wrong,
                Failed::Standing { .. } => Went::On,
            };
            let (now, chance) = (clock::now(), js_sys::Math::random());
            // Whoever took over the lease meanwhile decides.
            change(id, Durability::Relaxed, |row| row.is_leased_to(me), |row| row.fail(failed, now, chance)).await?;
            if away {
                app.online.set(false);
            }
            went
        }
    };
    changed(app, id).await;
    Ok(went)
}

/// Changes a row if it is still there and as expected; whether it was.
async fn change(
    id: Uuid,
    durability: Durability,
    expected: impl FnOnce(&Row) -> bool,
    change: impl FnOnce(&mut Row),
) -> Result<bool, Failure> {
    let key = id.to_string();
    database::change(durability, &[Store::Outbox], async |stores| {
        let row: Option<Row> = stores.get_row(Store::Outbox, &key).await?;
        let Some(mut row) = row.filter(expected) else { return Ok((vec![], false)) };
        change(&mut row);
        Ok((vec![Change::Put(Store::Outbox, key.clone(), database::row(&row))], true))
    })
    .await
}

/// Why a submission was not acknowledged.
enum Wrong {
    Failed(Failure),
    /// The envelope, or a piece that the hall wants, is not on this device.
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
    fn failed(self) -> Failed {
        match self {
            Wrong::Failed(Failure::Problem(problem, asked)) => Failed::refused(problem.status, &problem.code, problem.title, asked),
            Wrong::Failed(Failure::Busy(asked)) => Failed::Passing(asked),
            Wrong::Failed(Failure::Key(why)) => Failed::Standing { kind: queue::Kind::Operator, why, code: "key".to_owned() },
            Wrong::Failed(Failure::Unreachable | Failure::Answer) | Wrong::Unproven => Failed::Passing(None),
            Wrong::Failed(Failure::Storage(_) | Failure::Silent | Failure::Full | Failure::Closed) => Failed::Passing(None),
            Wrong::Lost => Failed::Standing {
                kind: queue::Kind::Permanent,
                why: Text::new(
                    "本机缺少这次提交的一部分,无法上传。请凭回执到窗口,带上材料原件",
                    "Part of this submission is missing on this device, so it cannot be sent. \
                     Bring the receipt and the originals to the window",
                ),
                code: "lost".to_owned(),
            },
        }
    }
}

/// Sends the envelope, then the pieces that the hall asks for, until it acknowledges. What it had acknowledged before it was
/// put back from a backup goes together with that acknowledgement.
async fn send(app: App, id: Uuid) -> Result<(Sealed, Acknowledgement), Wrong> {
    let sealed = envelope(id).await?.ok_or(Wrong::Lost)?;
    let before = acknowledged(id).await?;
    let path = format!("/submissions/{id}");
    for _ in 0..ROUNDS {
        let answer = match &before {
            None => net::put(&path, &sealed).await?,
            Some(before) => {
                let again = Resend { sealed: sealed.clone(), acknowledgement: before.clone() };
                net::put(&format!("{path}/again"), &again).await?
            }
        };
        if answer.status != 202 {
            let acknowledgement: Acknowledgement = answer.json()?;
            return if proven(app, &sealed, &acknowledgement).await { Ok((sealed, acknowledgement)) } else { Err(Wrong::Unproven) };
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

/// The hall has it: one transaction keeps the proof and lets the row go. Envelope and pieces stay a while, should the hall
/// lose them.
async fn settle(sealed: &Sealed, acknowledgement: Acknowledgement) -> Result<(), Failure> {
    let key = sealed.id.to_string();
    database::change(Durability::Strict, &[Store::Outbox, Store::Acknowledged, Store::Records], async |stores| {
        if stores.get(Store::Outbox, &key).await?.is_none() {
            // Its owner has deleted everything meanwhile.
            return Ok((vec![], ()));
        }
        let mut changes = vec![
            Change::Put(Store::Acknowledged, key.clone(), database::row(&acknowledgement)),
            Change::Delete(Store::Outbox, key.clone()),
        ];
        // On a personal device the summary is still there, and gets the hall's receipt.
        if let Some(record) = stores.get_row::<Record>(Store::Records, &key).await? {
            let record = Record { acknowledgement: Some(acknowledgement), ..record };
            changes.push(Change::Put(Store::Records, key.clone(), database::row(&record)));
        }
        Ok((changes, ()))
    })
    .await?;
    copies::let_go(sealed.id, &sealed.chunks).await;
    Ok(())
}
