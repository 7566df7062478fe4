//! Every catalogue that was ever published, as its signed head, and the parts that heads name: a submission is checked
//! with the catalogue its device had.

use super::{from_json, to_json};
use crate::signing::Signed;
use chrono::{DateTime, Utc};
use sqlx::{FromRow, Row, SqliteConnection, sqlite::SqliteRow};

/// A publication.
pub struct Head {
    pub version: String,
    /// From 1; 0 for one of the time before there were parts, which holds everything itself.
    pub sequence: u64,
    pub signed: Signed,
}

impl FromRow<'_, SqliteRow> for Head {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Head> {
        let sequence: i64 = row.try_get("sequence")?;
        Ok(Head { version: row.try_get("version")?, sequence: sequence.unsigned_abs(), signed: from_json(row.try_get("signed")?)? })
    }
}

pub async fn latest(db: &mut SqliteConnection) -> sqlx::Result<Option<Head>> {
    sqlx::query_as("SELECT * FROM catalogues ORDER BY sequence DESC, published_at DESC, rowid DESC LIMIT 1").fetch_optional(db).await
}

/// The latest version, unless it was published after that time.
pub async fn version_at(db: &mut SqliteConnection, at: DateTime<Utc>) -> sqlx::Result<Option<String>> {
    let sql = "SELECT version, published_at FROM catalogues ORDER BY sequence DESC, published_at DESC, rowid DESC LIMIT 1";
    let row: Option<(String, i64)> = sqlx::query_as(sql).fetch_optional(db).await?;
    Ok(row.filter(|(_, published_at)| *published_at <= at.timestamp_millis()).map(|(version, _)| version))
}

pub async fn get(db: &mut SqliteConnection, version: &str) -> sqlx::Result<Option<Head>> {
    sqlx::query_as("SELECT * FROM catalogues WHERE version = ?").bind(version).fetch_optional(db).await
}

/// Version and time of every head whose items lie in parts, oldest first.
pub async fn all(db: &mut SqliteConnection) -> sqlx::Result<Vec<(String, DateTime<Utc>)>> {
    let rows: Vec<(String, i64)> =
        sqlx::query_as("SELECT version, published_at FROM catalogues WHERE sequence > 0 ORDER BY sequence").fetch_all(db).await?;
    rows.into_iter().map(|(version, at)| Ok((version, super::to_time(at)?))).collect()
}

/// Publishes a head; published again later, it is the latest again, under its new number.
pub async fn put(db: &mut SqliteConnection, head: &Head, at: DateTime<Utc>) -> sqlx::Result<()> {
    let sql = "INSERT INTO catalogues (version, sequence, published_at, signed) VALUES (?, ?, ?, ?) ON CONFLICT (version) \
               DO UPDATE SET sequence = excluded.sequence, published_at = excluded.published_at, signed = excluded.signed";
    let sequence = i64::try_from(head.sequence).map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
    sqlx::query(sql).bind(&head.version).bind(sequence).bind(at.timestamp_millis()).bind(to_json(&head.signed)?).execute(db).await?;
    Ok(())
}

pub async fn has_part(db: &mut SqliteConnection, sha256: &str) -> sqlx::Result<bool> {
    let found: Option<(i64,)> = sqlx::query_as("SELECT 1 FROM catalogue_parts WHERE sha256 = ?").bind(sha256).fetch_optional(db).await?;
    Ok(found.is_some())
}

/// A part, packed with brotli.
pub async fn part(db: &mut SqliteConnection, sha256: &str) -> sqlx::Result<Option<Vec<u8>>> {
    let row: Option<(Vec<u8>,)> =
        sqlx::query_as("SELECT packed FROM catalogue_parts WHERE sha256 = ?").bind(sha256).fetch_optional(db).await?;
    Ok(row.map(|(packed,)| packed))
}

/// Keeps a part; kept before, nothing changes.
pub async fn put_part(db: &mut SqliteConnection, sha256: &str, packed: &[u8]) -> sqlx::Result<()> {
    let sql = "INSERT INTO catalogue_parts (sha256, packed) VALUES (?, ?) ON CONFLICT DO NOTHING";
    sqlx::query(sql).bind(sha256).bind(packed).execute(db).await?;
    Ok(())
}
