//! Staff and their sessions.

use super::{from_name, to_name, to_time};
use crate::api::Staff;
use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;

type Row = (String, String, String, String, String, String);

fn staff((user, name, post, window, phone, role): Row) -> sqlx::Result<Staff> {
    Ok(Staff { user, name, post, window, phone, role: from_name(role)? })
}

/// `false` when there is one of that user name already.
pub async fn add(db: &mut SqliteConnection, staff: &Staff, password: &str) -> sqlx::Result<bool> {
    let sql = "INSERT INTO staff (user, name, post, window, phone, role, password) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
    let done = sqlx::query(sql)
        .bind(&staff.user)
        .bind(&staff.name)
        .bind(&staff.post)
        .bind(&staff.window)
        .bind(&staff.phone)
        .bind(to_name(&staff.role)?)
        .bind(password)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn get(db: &mut SqliteConnection, user: &str) -> sqlx::Result<Option<Staff>> {
    let row: Option<Row> =
        sqlx::query_as("SELECT user, name, post, window, phone, role FROM staff WHERE user = ?").bind(user).fetch_optional(db).await?;
    row.map(staff).transpose()
}

/// The password's hash.
pub async fn password(db: &mut SqliteConnection, user: &str) -> sqlx::Result<Option<String>> {
    let row: Option<(String,)> = sqlx::query_as("SELECT password FROM staff WHERE user = ?").bind(user).fetch_optional(db).await?;
    Ok(row.map(|(hash,)| hash))
}

pub async fn start_session(db: &mut SqliteConnection, hash: &str, user: &str, now: DateTime<Utc>) -> sqlx::Result<()> {
    let now = now.timestamp_millis();
    let sql = "INSERT INTO sessions (hash, user, started_at, seen_at) VALUES (?, ?, ?, ?)";
    sqlx::query(sql).bind(hash).bind(user).bind(now).bind(now).execute(db).await?;
    Ok(())
}

/// A session as kept.
pub struct Session {
    pub user: String,
    pub started_at: DateTime<Utc>,
    pub seen_at: DateTime<Utc>,
}

pub async fn session(db: &mut SqliteConnection, hash: &str) -> sqlx::Result<Option<Session>> {
    let row: Option<(String, i64, i64)> =
        sqlx::query_as("SELECT user, started_at, seen_at FROM sessions WHERE hash = ?").bind(hash).fetch_optional(db).await?;
    row.map(|(user, started, seen)| Ok(Session { user, started_at: to_time(started)?, seen_at: to_time(seen)? })).transpose()
}

pub async fn touch_session(db: &mut SqliteConnection, hash: &str, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query("UPDATE sessions SET seen_at = ? WHERE hash = ?").bind(now.timestamp_millis()).bind(hash).execute(db).await?;
    Ok(())
}

pub async fn end_session(db: &mut SqliteConnection, hash: &str) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM sessions WHERE hash = ?").bind(hash).execute(db).await?;
    Ok(())
}

/// Forgets sessions last seen before `idle` or begun before `old`.
pub async fn forget_sessions(db: &mut SqliteConnection, idle: DateTime<Utc>, old: DateTime<Utc>) -> sqlx::Result<()> {
    let sql = "DELETE FROM sessions WHERE seen_at < ? OR started_at < ?";
    sqlx::query(sql).bind(idle.timestamp_millis()).bind(old.timestamp_millis()).execute(db).await?;
    Ok(())
}
