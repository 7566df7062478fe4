//! Where the hall keeps things: one SQLite database (WAL, every commit on disk before it is answered) and a folder of
//! sealed attachment chunks. Many readers, one writer; a change is one `BEGIN IMMEDIATE` transaction.
//!
//! A file per kind of thing; functions take the connection, so that a change spanning several is still one transaction.

pub mod cases;
pub mod catalogues;
pub mod chunks;
pub mod devices;
pub mod hall;
pub mod heartbeats;
pub mod scans;
pub mod staff;
pub mod trust;

use super::Error;
use super::lock::Lock;
use chrono::{DateTime, Utc};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, SqlSafeStr, Sqlite, SqliteConnection, SqlitePool, Transaction};
use std::path::Path;
use std::time::Duration;

/// Schema steps in order. They are included one by one because `sqlx::migrate!` would build SQLite a second time for
/// the compiler's own use. A step that has been released is never edited.
fn migrations() -> Migrator {
    let step = |version, name: &'static str, sql: &'static str| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(vec![
        step(1, "first", include_str!("migrations/0001_first.sql")),
        step(2, "parts", include_str!("migrations/0002_parts.sql")),
        step(3, "kept", include_str!("migrations/0003_kept.sql")),
    ])
}

/// The schema's version of today.
pub fn schema() -> Option<i64> {
    migrations().iter().map(|step| step.version).max()
}

/// How long a writer of another process (a command) is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
const READERS: u32 = 8;

pub struct Store {
    readers: SqlitePool,
    writer: SqlitePool,
    pub chunks: chunks::Chunks,
    /// Nobody puts another hall in this one's place meanwhile.
    _open: Lock,
}

impl Store {
    /// Opens the database of a data folder, making it when it is new and bringing it up to date when it is old.
    pub async fn open(data: &Path) -> Result<Store, Error> {
        let open = Lock::to_open(data)?;
        let file = SqliteConnectOptions::new()
            .filename(data.join("hall.db"))
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(PATIENCE);
        let writer = SqlitePoolOptions::new().max_connections(1).acquire_timeout(PATIENCE).connect_with(file.clone()).await?;
        migrations().run(&writer).await.map_err(outdated)?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(PATIENCE)
            .connect_with(file.pragma("query_only", "ON"))
            .await?;
        Ok(Store { readers, writer, chunks: chunks::Chunks::open(data)?, _open: open })
    }

    pub async fn read(&self) -> sqlx::Result<PoolConnection<Sqlite>> {
        self.readers.acquire().await
    }

    /// Begins a change. Dropped without a commit, it never happened.
    pub async fn begin(&self) -> sqlx::Result<Transaction<'static, Sqlite>> {
        self.writer.begin_with("BEGIN IMMEDIATE").await
    }

    pub async fn close(self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// A schema step that this program does not know is a newer program's.
fn outdated(error: MigrateError) -> Error {
    match error {
        MigrateError::VersionMissing(version) => Error::Newer(version),
        other => other.into(),
    }
}

/// A database file by itself, brought up to date: what goes into a backup, or comes out of one.
pub async fn alone(file: &Path) -> Result<SqliteConnection, Error> {
    let options = SqliteConnectOptions::new().filename(file).foreign_keys(true).journal_mode(SqliteJournalMode::Delete);
    let mut db = options.synchronous(SqliteSynchronous::Full).connect().await?;
    migrations().run(&mut db).await.map_err(outdated)?;
    Ok(db)
}

/// The database of a data folder as it is, to look at and never to change.
pub async fn look(data: &Path) -> sqlx::Result<SqliteConnection> {
    SqliteConnectOptions::new().filename(data.join("hall.db")).read_only(true).busy_timeout(PATIENCE).connect().await
}

fn to_time(milliseconds: i64) -> sqlx::Result<DateTime<Utc>> {
    DateTime::from_timestamp_millis(milliseconds).ok_or_else(|| sqlx::Error::Decode("a time out of range".into()))
}

fn to_json<T: Serialize>(value: &T) -> sqlx::Result<String> {
    serde_json::to_string(value).map_err(|e| sqlx::Error::Encode(Box::new(e)))
}

fn from_json<T: DeserializeOwned>(text: &str) -> sqlx::Result<T> {
    // The place only: serde's own words may quote the content, and errors are logged.
    let wrong = |e: serde_json::Error| sqlx::Error::Decode(format!("JSON of the wrong {:?}, column {}", e.classify(), e.column()).into());
    serde_json::from_str(text).map_err(wrong)
}

/// The name of a plain enum value, as JSON has it: `taken-in`.
pub fn to_name<T: Serialize>(value: &T) -> sqlx::Result<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => Ok(name),
        Ok(_) => Err(sqlx::Error::Encode("not a plain name".into())),
        Err(e) => Err(sqlx::Error::Encode(Box::new(e))),
    }
}

fn from_name<T: DeserializeOwned>(name: String) -> sqlx::Result<T> {
    serde_json::from_value(serde_json::Value::String(name)).map_err(|e| sqlx::Error::Decode(Box::new(e)))
}
