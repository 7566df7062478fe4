//! Every catalogue bundle that was ever published: a submission is checked with the one its device had.

use super::{from_json, to_json};
use crate::signing::Signed;
use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;

pub async fn latest(db: &mut SqliteConnection) -> sqlx::Result<Option<(String, Signed)>> {
    let row: Option<(String, String)> =
        sqlx::query_as("SELECT version, signed FROM catalogues ORDER BY published_at DESC, rowid DESC LIMIT 1").fetch_optional(db).await?;
    row.map(|(version, signed)| Ok((version, from_json(&signed)?))).transpose()
}

pub async fn get(db: &mut SqliteConnection, version: &str) -> sqlx::Result<Option<Signed>> {
    let row: Option<(String,)> = sqlx::query_as("SELECT signed FROM catalogues WHERE version = ?").bind(version).fetch_optional(db).await?;
    row.map(|(signed,)| from_json(&signed)).transpose()
}

/// Publishes a bundle; published again later, it is the latest again.
pub async fn put(db: &mut SqliteConnection, version: &str, signed: &Signed, at: DateTime<Utc>) -> sqlx::Result<()> {
    let sql = "INSERT INTO catalogues (version, published_at, signed) VALUES (?, ?, ?) \
               ON CONFLICT (version) DO UPDATE SET published_at = excluded.published_at";
    sqlx::query(sql).bind(version).bind(at.timestamp_millis()).bind(to_json(signed)?).execute(db).await?;
    Ok(())
}
