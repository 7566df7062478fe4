//! Cases and their events. The columns that lists and searches use say nothing about a person.

use super::{from_json, from_name, to_json, to_name, to_time};
use crate::api::Acknowledgement;
use crate::case::{Event, State};
use crate::check::{Assessment, Outcome};
use crate::submission::{Digest, Sealed};
use crate::words::Text;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqliteConnection};
use std::collections::HashMap;
use uuid::Uuid;

/// What the desk's list shows of a case.
#[derive(Clone)]
pub struct Listed {
    pub id: Uuid,
    pub short_number: String,
    pub received_at: DateTime<Utc>,
    pub item: String,
    /// Version of the catalogue that holds the item it was checked with, and of that item.
    pub catalogue: Option<String>,
    pub item_version: NaiveDate,
    pub outcome: Outcome,
    pub state: State,
}

/// A case, without its events.
pub struct Case {
    pub listed: Listed,
    pub digest: Digest,
    /// Key id of the enrolled device it came from.
    pub device: Option<String>,
    pub corrects: Option<String>,
    pub receipt: String,
    pub envelope: Sealed,
    pub recheck: Assessment,
    pub problems: Vec<Text>,
}

impl Case {
    pub fn acknowledgement(&self) -> Acknowledgement {
        Acknowledgement {
            id: self.listed.id,
            digest: self.digest,
            received_at: self.listed.received_at,
            short_number: self.listed.short_number.clone(),
            receipt: self.receipt.clone(),
        }
    }
}

fn decode<T: std::str::FromStr>(text: &str) -> sqlx::Result<T>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    text.parse().map_err(|e| sqlx::Error::Decode(Box::new(e)))
}

impl FromRow<'_, SqliteRow> for Listed {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Listed> {
        Ok(Listed {
            id: decode(row.try_get("id")?)?,
            short_number: row.try_get("short_number")?,
            received_at: to_time(row.try_get("received_at")?)?,
            item: row.try_get("item")?,
            catalogue: row.try_get("catalogue")?,
            item_version: decode(row.try_get("item_version")?)?,
            outcome: from_name(row.try_get("outcome")?)?,
            state: from_name(row.try_get("state")?)?,
        })
    }
}

impl FromRow<'_, SqliteRow> for Case {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Case> {
        Ok(Case {
            listed: Listed::from_row(row)?,
            digest: decode(row.try_get("digest")?)?,
            device: row.try_get("device")?,
            corrects: row.try_get("corrects")?,
            receipt: row.try_get("receipt")?,
            envelope: from_json(row.try_get("envelope")?)?,
            recheck: from_json(row.try_get("recheck")?)?,
            problems: from_json(row.try_get("problems")?)?,
        })
    }
}

pub async fn by_id(db: &mut SqliteConnection, id: &Uuid) -> sqlx::Result<Option<Case>> {
    sqlx::query_as("SELECT * FROM cases WHERE id = ?").bind(id.to_string()).fetch_optional(db).await
}

pub async fn by_number(db: &mut SqliteConnection, short_number: &str) -> sqlx::Result<Option<Case>> {
    sqlx::query_as("SELECT * FROM cases WHERE short_number = ?").bind(short_number).fetch_optional(db).await
}

/// Is this serial of a day taken?
pub async fn has_serial(db: &mut SqliteConnection, day: NaiveDate, serial: u32) -> sqlx::Result<bool> {
    let sql = "SELECT 1 FROM cases WHERE day = ? AND serial = ?";
    let found: Option<(i64,)> = sqlx::query_as(sql).bind(day.to_string()).bind(serial).fetch_optional(db).await?;
    Ok(found.is_some())
}

/// Adds a case with its first event and the chunks that it needs.
pub async fn add(
    db: &mut SqliteConnection,
    case: &Case,
    chunks: &[Digest],
    (day, serial): (NaiveDate, u32),
    first: &Event,
) -> sqlx::Result<()> {
    let listed = &case.listed;
    let sql = "INSERT INTO cases (id, digest, short_number, day, serial, received_at, item, catalogue, outcome, state, revision, \
               device, corrects, receipt, envelope, recheck, problems) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?)";
    sqlx::query(sql)
        .bind(listed.id.to_string())
        .bind(case.digest.to_string())
        .bind(&listed.short_number)
        .bind(day.to_string())
        .bind(serial)
        .bind(listed.received_at.timestamp_millis())
        .bind(&listed.item)
        .bind(&listed.catalogue)
        .bind(to_name(&listed.outcome)?)
        .bind(to_name(&listed.state)?)
        .bind(&case.device)
        .bind(&case.corrects)
        .bind(&case.receipt)
        .bind(to_json(&case.envelope)?)
        .bind(to_json(&case.recheck)?)
        .bind(to_json(&case.problems)?)
        .execute(&mut *db)
        .await?;
    if !chunks.is_empty() {
        let sql = "INSERT OR IGNORE INTO case_chunks (\"case\", sha256) SELECT ?, value FROM json_each(?)";
        sqlx::query(sql).bind(listed.id.to_string()).bind(to_json(&chunks)?).execute(&mut *db).await?;
    }
    add_event(db, &listed.id, 0, first).await
}

async fn add_event(db: &mut SqliteConnection, id: &Uuid, seq: u32, event: &Event) -> sqlx::Result<()> {
    let by = event.by.as_ref().map(to_json).transpose()?;
    sqlx::query("INSERT INTO events (\"case\", seq, at, by, act) VALUES (?, ?, ?, ?, ?)")
        .bind(id.to_string())
        .bind(seq)
        .bind(event.at.timestamp_millis())
        .bind(by)
        .bind(to_json(&event.act)?)
        .execute(db)
        .await?;
    Ok(())
}

/// Appends an event at place `seq`, which must be the number of events so far, and notes the state that follows.
pub async fn append(db: &mut SqliteConnection, id: &Uuid, seq: u32, event: &Event, state: State) -> sqlx::Result<()> {
    add_event(db, id, seq, event).await?;
    sqlx::query("UPDATE cases SET state = ?, revision = ? WHERE id = ?")
        .bind(to_name(&state)?)
        .bind(seq + 1)
        .bind(id.to_string())
        .execute(db)
        .await?;
    Ok(())
}

type EventRow = (i64, Option<String>, String);

fn event((at, by, act): EventRow) -> sqlx::Result<Event> {
    Ok(Event { at: to_time(at)?, by: by.as_deref().map(from_json).transpose()?, act: from_json(&act)? })
}

/// The record of a case, in order. Its length is the case's revision.
pub async fn events(db: &mut SqliteConnection, id: &Uuid) -> sqlx::Result<Vec<Event>> {
    let rows: Vec<EventRow> =
        sqlx::query_as("SELECT at, by, act FROM events WHERE \"case\" = ? ORDER BY seq").bind(id.to_string()).fetch_all(db).await?;
    rows.into_iter().map(event).collect()
}

/// The newest cases, at most `limit`, of one state or of all.
pub async fn list(db: &mut SqliteConnection, state: Option<State>, limit: u32) -> sqlx::Result<Vec<(Listed, Vec<Event>)>> {
    let state = state.as_ref().map(to_name).transpose()?;
    let chosen = "SELECT id, short_number, received_at, item, catalogue, item_version, outcome, state FROM cases \
                  WHERE ?1 IS NULL OR state = ?1 ORDER BY received_at DESC, serial DESC LIMIT ?2";
    let cases: Vec<Listed> = sqlx::query_as(chosen).bind(&state).bind(limit).fetch_all(&mut *db).await?;
    let of_them = "SELECT \"case\", at, by, act FROM events WHERE \"case\" IN (SELECT id FROM cases \
                   WHERE ?1 IS NULL OR state = ?1 ORDER BY received_at DESC, serial DESC LIMIT ?2) ORDER BY seq";
    let rows: Vec<(String, i64, Option<String>, String)> = sqlx::query_as(of_them).bind(&state).bind(limit).fetch_all(db).await?;
    let mut events: HashMap<Uuid, Vec<Event>> = HashMap::new();
    for (id, at, by, act) in rows {
        events.entry(decode(&id)?).or_default().push(event((at, by, act))?);
    }
    Ok(cases.into_iter().map(|case| (case.clone(), events.remove(&case.id).unwrap_or_default())).collect())
}

/// Short numbers of the cases that correct this one.
pub async fn corrections(db: &mut SqliteConnection, short_number: &str) -> sqlx::Result<Vec<String>> {
    let sql = "SELECT short_number FROM cases WHERE corrects = ? ORDER BY received_at, serial";
    let rows: Vec<(String,)> = sqlx::query_as(sql).bind(short_number).fetch_all(db).await?;
    Ok(rows.into_iter().map(|(number,)| number).collect())
}

/// Those of `ids` that are no case.
pub async fn unknown(db: &mut SqliteConnection, ids: &[Uuid]) -> sqlx::Result<Vec<Uuid>> {
    let sql = "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT id FROM cases)";
    let rows: Vec<(String,)> = sqlx::query_as(sql).bind(to_json(&ids)?).fetch_all(db).await?;
    rows.iter().map(|(id,)| decode(id)).collect()
}

/// Those of `chunks` that no case needs.
pub async fn unneeded(db: &mut SqliteConnection, chunks: &[Digest]) -> sqlx::Result<Vec<Digest>> {
    let sql = "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT sha256 FROM case_chunks)";
    let rows: Vec<(String,)> = sqlx::query_as(sql).bind(to_json(&chunks)?).fetch_all(db).await?;
    rows.iter().map(|(digest,)| decode(digest)).collect()
}

/// How many cases nobody has taken up yet.
pub async fn waiting(db: &mut SqliteConnection) -> sqlx::Result<u32> {
    let (count,): (u32,) = sqlx::query_as("SELECT COUNT(*) FROM cases WHERE state = 'received'").fetch_one(db).await?;
    Ok(count)
}

/// How many cases there are, and when the last came in.
pub async fn extent(db: &mut SqliteConnection) -> sqlx::Result<(u32, Option<DateTime<Utc>>)> {
    let (count, latest): (u32, Option<i64>) = sqlx::query_as("SELECT COUNT(*), MAX(received_at) FROM cases").fetch_one(db).await?;
    Ok((count, latest.map(to_time).transpose()?))
}

/// Every chunk that a case needs, each once.
pub async fn needed(db: &mut SqliteConnection) -> sqlx::Result<Vec<Digest>> {
    let rows: Vec<(String,)> = sqlx::query_as("SELECT DISTINCT sha256 FROM case_chunks ORDER BY sha256").fetch_all(db).await?;
    rows.iter().map(|(digest,)| decode(digest)).collect()
}
