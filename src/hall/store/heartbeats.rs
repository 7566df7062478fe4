//! The last heartbeat of each device.

use super::{from_json, to_json, to_time};
use crate::api::Heartbeat;
use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;
use std::collections::HashMap;

/// When the last one came, by the hall's clock, and whether it was this very one.
pub async fn last(db: &mut SqliteConnection, kid: &str, this: &Heartbeat) -> sqlx::Result<Option<(DateTime<Utc>, bool)>> {
    let sql = "SELECT at, heartbeat FROM heartbeats WHERE kid = ?";
    let row: Option<(i64, String)> = sqlx::query_as(sql).bind(kid).fetch_optional(db).await?;
    row.map(|(at, last)| Ok((to_time(at)?, last == to_json(this)?))).transpose()
}

pub async fn put(db: &mut SqliteConnection, kid: &str, at: DateTime<Utc>, heartbeat: &Heartbeat) -> sqlx::Result<()> {
    sqlx::query("INSERT OR REPLACE INTO heartbeats (kid, at, heartbeat) VALUES (?, ?, ?)")
        .bind(kid)
        .bind(at.timestamp_millis())
        .bind(to_json(heartbeat)?)
        .execute(db)
        .await?;
    Ok(())
}

/// By key id. One of another version of this program that can no longer be read was none.
pub async fn all(db: &mut SqliteConnection) -> sqlx::Result<HashMap<String, (DateTime<Utc>, Heartbeat)>> {
    let rows: Vec<(String, i64, String)> = sqlx::query_as("SELECT kid, at, heartbeat FROM heartbeats").fetch_all(db).await?;
    Ok(rows.into_iter().filter_map(|(kid, at, heartbeat)| Some((kid, (to_time(at).ok()?, from_json(&heartbeat).ok()?)))).collect())
}
