//! The outbox as an operator sees it, and as it is exported: what waits and why, without anything readable about anybody.

use super::{Push, push};
use crate::api::Acknowledgement;
use crate::kiosk::app::App;
use crate::kiosk::device::clock;
use crate::kiosk::device::database::{self, Change, Store};
use crate::kiosk::device::net::Failure;
use crate::submission::queue::{Kind, Row, State};
use crate::submission::{Digest, Sealed};
use crate::words::Text;
use chrono::{DateTime, Utc};
use js_sys::Uint8Array;
use uuid::Uuid;
use wasm_bindgen::JsCast;

/// How many rows are shown.
const SHOWN: usize = 200;

/// A submission that waits.
#[derive(Clone, PartialEq)]
pub struct Queued {
    pub id: Uuid,
    /// Code of the item.
    pub item: String,
    pub queued_at: DateTime<Utc>,
    /// Of the envelope.
    pub bytes: usize,
    pub chunks: usize,
    pub standing: Waits,
    pub tries: u32,
    pub next_at: DateTime<Utc>,
}

/// Why it waits.
#[derive(Clone, PartialEq)]
pub enum Waits {
    Queued,
    Sending,
    /// An operator can mend the cause.
    Operator(Text),
    /// The hall will not take it as it is.
    Refused(Text),
}

/// The oldest that wait, and how many wait in all.
pub async fn queue() -> Result<(Vec<Queued>, usize), Failure> {
    let mut rows = Vec::new();
    super::rows(|row| rows.push(row)).await?;
    let all = rows.len();
    rows.sort_by_key(|row| (row.queued_at, row.id));
    rows.truncate(SHOWN);
    Ok((rows.into_iter().map(queued).collect(), all))
}

fn queued(row: Row) -> Queued {
    let Row { id, item, bytes, chunks, queued_at, state, tries, next_at, .. } = row;
    let standing = match state {
        State::Queued => Waits::Queued,
        State::Sending { .. } => Waits::Sending,
        State::Attention { kind: Kind::Operator, why, .. } => Waits::Operator(why),
        State::Attention { kind: Kind::Permanent, why, .. } => Waits::Refused(why),
    };
    Queued { id, item, queued_at, bytes, chunks, standing, tries, next_at }
}

/// Sends this one now, whatever it waits for.
pub async fn retry(app: App, id: Uuid) -> Result<(), Failure> {
    let key = id.to_string();
    database::transact(&[], &[(Store::Outbox, &key)], |found| {
        let row = found.first().and_then(Option::as_ref).and_then(database::content::<Row>);
        let Some(mut row) = row.filter(|row| !matches!(row.state, State::Sending { .. })) else { return (vec![], ()) };
        row.recall(clock::now());
        (vec![Change::Put(Store::Outbox, key.clone(), database::row(&row))], ())
    })
    .await?;
    push(app, Push::Due);
    Ok(())
}

/// Ids of all that wait, in no order, and of how many chunks they have in all.
pub async fn tally() -> Result<(Vec<Uuid>, usize), Failure> {
    let (mut ids, mut chunks) = (Vec::new(), 0);
    super::rows(|row| {
        ids.push(row.id);
        chunks += row.chunks;
    })
    .await?;
    Ok((ids, chunks))
}

pub async fn envelope(id: Uuid) -> Result<Option<Sealed>, Failure> {
    database::get_row(Store::Envelopes, &id.to_string()).await
}

/// What the hall had acknowledged of a submission that waits once more, since the hall has lost it.
pub async fn acknowledged(id: Uuid) -> Result<Option<Acknowledgement>, Failure> {
    database::get_row(Store::Acknowledged, &id.to_string()).await
}

/// A sealed piece of an attachment, if it is here and has the bytes that its name promises.
pub async fn piece(digest: &Digest) -> Result<Option<Vec<u8>>, Failure> {
    let stored = database::get(Store::Chunks, &digest.to_string()).await?;
    let bytes = stored.and_then(|stored| stored.dyn_into::<Uint8Array>().ok()).map(|bytes| bytes.to_vec());
    Ok(bytes.filter(|bytes| Digest::of(bytes) == *digest))
}
