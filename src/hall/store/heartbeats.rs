//! The last heartbeat of each device.

use super::{from_json, to_json, to_time};
use crate::api::Heartbeat;
use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;
use std::collections::HashMap;

/// When the last one came, by the hall's clock.
pub async fn last(db: &mut SqliteConnection, kid: &str) -> sqlx::Result<Option<DateTime<Utc>>> {
    let row: Option<(i64,)> = sqlx::query_as("SELECT at FROM heartbeats WHERE kid = ?").bind(kid).fetch_optional(db).await?;
    row.map(|(at,)| to_time(at)).transpose()
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

/// By key id.
pub async fn all(db: &mut SqliteConnection) -> sqlx::Result<HashMap<String, (DateTime<Utc>, Heartbeat)>> {
    let rows: Vec<(String, i64, String)> = sqlx::query_as("SELECT kid, at, heartbeat FROM heartbeats").fetch_all(db).await?;
    rows.into_iter().map(|(kid, at, heartbeat)| Ok((kid, (to_time(at)?, from_json(&heartbeat)?)))).collect()
}
