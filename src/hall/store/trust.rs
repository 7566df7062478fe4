//! The hall's signing keys and the trust lists it has issued.

use super::{from_json, to_json, to_time};
use crate::receipt::HallKey;
use crate::signing::Signed;
use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;

/// Adds a signing key; one that is there already stays as it is.
pub async fn add_hall_key(db: &mut SqliteConnection, key: &HallKey) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO hall_keys (public, not_before, not_after) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
        .bind(&key.public)
        .bind(key.not_before.timestamp_millis())
        .bind(key.not_after.timestamp_millis())
        .execute(db)
        .await?;
    Ok(())
}

/// A key counts until then, if not shorter already.
pub async fn end_hall_key(db: &mut SqliteConnection, public: &str, not_after: DateTime<Utc>) -> sqlx::Result<()> {
    let sql = "UPDATE hall_keys SET not_after = MIN(not_after, ?) WHERE public = ?";
    sqlx::query(sql).bind(not_after.timestamp_millis()).bind(public).execute(db).await?;
    Ok(())
}

/// Nothing that a key signs from then on is believed.
pub async fn revoke_hall_key(db: &mut SqliteConnection, public: &str, at: DateTime<Utc>) -> sqlx::Result<()> {
    let sql = "UPDATE hall_keys SET revoked_at = MIN(COALESCE(revoked_at, ?1), ?1) WHERE public = ?2";
    sqlx::query(sql).bind(at.timestamp_millis()).bind(public).execute(db).await?;
    Ok(())
}

/// In the order in which they came.
pub async fn hall_keys(db: &mut SqliteConnection) -> sqlx::Result<Vec<HallKey>> {
    let sql = "SELECT public, not_before, not_after, revoked_at FROM hall_keys ORDER BY rowid";
    let rows: Vec<(String, i64, i64, Option<i64>)> = sqlx::query_as(sql).fetch_all(db).await?;
    rows.into_iter()
        .map(|(public, not_before, not_after, revoked_at)| {
            let revoked_at = revoked_at.map(to_time).transpose()?;
            Ok(HallKey { public, not_before: to_time(not_before)?, not_after: to_time(not_after)?, revoked_at })
        })
        .collect()
}

/// The latest trust list as issued.
pub struct Issued {
    pub sequence: u64,
    pub issued_at: DateTime<Utc>,
    pub hall: String,
    pub signed: Signed,
}

pub async fn latest(db: &mut SqliteConnection) -> sqlx::Result<Option<Issued>> {
    let sql = "SELECT sequence, issued_at, hall, signed FROM trust_lists ORDER BY sequence DESC LIMIT 1";
    let row: Option<(i64, i64, String, String)> = sqlx::query_as(sql).fetch_optional(db).await?;
    row.map(|(sequence, issued_at, hall, signed)| {
        Ok(Issued { sequence: sequence.unsigned_abs(), issued_at: to_time(issued_at)?, hall, signed: from_json(&signed)? })
    })
    .transpose()
}

/// Number and time of the latest list.
pub async fn newest(db: &mut SqliteConnection) -> sqlx::Result<Option<(u64, DateTime<Utc>)>> {
    let sql = "SELECT sequence, issued_at FROM trust_lists ORDER BY sequence DESC LIMIT 1";
    let row: Option<(i64, i64)> = sqlx::query_as(sql).fetch_optional(db).await?;
    row.map(|(sequence, issued_at)| Ok((sequence.unsigned_abs(), to_time(issued_at)?))).transpose()
}

/// The highest number of the lists that were there at that time.
pub async fn sequence_at(db: &mut SqliteConnection, at: DateTime<Utc>) -> sqlx::Result<Option<u64>> {
    let sql = "SELECT MAX(sequence) FROM trust_lists WHERE issued_at <= ?";
    let (sequence,): (Option<i64>,) = sqlx::query_as(sql).bind(at.timestamp_millis()).fetch_one(db).await?;
    Ok(sequence.map(i64::unsigned_abs))
}

pub async fn put(db: &mut SqliteConnection, issued: &Issued) -> sqlx::Result<()> {
    let sequence = i64::try_from(issued.sequence).map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
    sqlx::query("INSERT INTO trust_lists (sequence, issued_at, hall, signed) VALUES (?, ?, ?, ?)")
        .bind(sequence)
        .bind(issued.issued_at.timestamp_millis())
        .bind(&issued.hall)
        .bind(to_json(&issued.signed)?)
        .execute(db)
        .await?;
    Ok(())
}
