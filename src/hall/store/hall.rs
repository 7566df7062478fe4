//! What the hall knows of itself: when it was last put back from a backup.

use sqlx::SqliteConnection;

/// Seconds since 1970; 0 when it never was.
pub async fn epoch(db: &mut SqliteConnection) -> sqlx::Result<i64> {
    let (epoch,) = sqlx::query_as("SELECT epoch FROM hall").fetch_one(db).await?;
    Ok(epoch)
}
