//! Enrolled devices, and the one-time codes that enrol them.

use super::{from_name, to_name, to_time};
use crate::receipt::{DeviceKey, Profile};
use crate::signing::{from_hex, hex, key_id};
use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;

type Row = (String, String, String, i64, i64, Option<i64>);

fn device((public, profile, name, not_before, not_after, revoked_at): Row) -> sqlx::Result<DeviceKey> {
    Ok(DeviceKey {
        public,
        profile: from_name(profile)?,
        name,
        not_before: to_time(not_before)?,
        not_after: to_time(not_after)?,
        revoked_at: revoked_at.map(to_time).transpose()?,
    })
}

/// The key id of a device, hex.
pub fn kid(device: &DeviceKey) -> String {
    from_hex::<32>(&device.public).map(|public| hex(&key_id(&public))).unwrap_or_default()
}

/// All of them, in the order of enrolment.
pub async fn all(db: &mut SqliteConnection) -> sqlx::Result<Vec<DeviceKey>> {
    let sql = "SELECT public, profile, name, not_before, not_after, revoked_at FROM devices ORDER BY not_before, rowid";
    let rows: Vec<Row> = sqlx::query_as(sql).fetch_all(db).await?;
    rows.into_iter().map(device).collect()
}

pub async fn get(db: &mut SqliteConnection, kid: &str) -> sqlx::Result<Option<DeviceKey>> {
    let sql = "SELECT public, profile, name, not_before, not_after, revoked_at FROM devices WHERE kid = ?";
    let row: Option<Row> = sqlx::query_as(sql).bind(kid).fetch_optional(db).await?;
    row.map(device).transpose()
}

pub async fn add(db: &mut SqliteConnection, device: &DeviceKey) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO devices (kid, public, profile, name, not_before, not_after) VALUES (?, ?, ?, ?, ?, ?)")
        .bind(kid(device))
        .bind(&device.public)
        .bind(to_name(&device.profile)?)
        .bind(&device.name)
        .bind(device.not_before.timestamp_millis())
        .bind(device.not_after.timestamp_millis())
        .execute(db)
        .await?;
    Ok(())
}

/// Revokes a device; one that is revoked already keeps its date, unless the new one is earlier. Was anything changed?
pub async fn revoke(db: &mut SqliteConnection, kid: &str, at: DateTime<Utc>) -> sqlx::Result<bool> {
    let sql = "UPDATE devices SET revoked_at = ?1 WHERE kid = ?2 AND (revoked_at IS NULL OR revoked_at > ?1)";
    Ok(sqlx::query(sql).bind(at.timestamp_millis()).bind(kid).execute(db).await?.rows_affected() > 0)
}

/// Makes a device's certificate longer, unless it was revoked. Was anything changed?
pub async fn extend(db: &mut SqliteConnection, kid: &str, not_after: DateTime<Utc>) -> sqlx::Result<bool> {
    let sql = "UPDATE devices SET not_after = ?1 WHERE kid = ?2 AND revoked_at IS NULL AND not_after < ?1";
    Ok(sqlx::query(sql).bind(not_after.timestamp_millis()).bind(kid).execute(db).await?.rows_affected() > 0)
}

/// A one-time code as kept.
pub struct Code {
    pub profile: Profile,
    pub expires_at: DateTime<Utc>,
    /// Key id of the device that used it.
    pub used_by: Option<String>,
}

/// Keeps a new code, and forgets those that ran out more than a day ago.
pub async fn add_code(
    db: &mut SqliteConnection,
    hash: &str,
    profile: Profile,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    let yesterday = (now - chrono::TimeDelta::days(1)).timestamp_millis();
    sqlx::query("DELETE FROM device_codes WHERE expires_at < ?").bind(yesterday).execute(&mut *db).await?;
    sqlx::query("INSERT INTO device_codes (hash, profile, expires_at) VALUES (?, ?, ?)")
        .bind(hash)
        .bind(to_name(&profile)?)
        .bind(expires_at.timestamp_millis())
        .execute(db)
        .await?;
    Ok(())
}

pub async fn code(db: &mut SqliteConnection, hash: &str) -> sqlx::Result<Option<Code>> {
    let sql = "SELECT profile, expires_at, used_by FROM device_codes WHERE hash = ?";
    let row: Option<(String, i64, Option<String>)> = sqlx::query_as(sql).bind(hash).fetch_optional(db).await?;
    row.map(|(profile, expires_at, used_by)| Ok(Code { profile: from_name(profile)?, expires_at: to_time(expires_at)?, used_by }))
        .transpose()
}

pub async fn use_code(db: &mut SqliteConnection, hash: &str, kid: &str) -> sqlx::Result<()> {
    sqlx::query("UPDATE device_codes SET used_by = ? WHERE hash = ?").bind(kid).bind(hash).execute(db).await?;
    Ok(())
}

/// Forgets the codes that nobody has used.
pub async fn forget_codes(db: &mut SqliteConnection) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM device_codes WHERE used_by IS NULL").execute(db).await?;
    Ok(())
}
