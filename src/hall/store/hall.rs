//! What the hall knows of itself: when it was last put back from a backup, and which numbers may be taken since then.

use chrono::NaiveDate;
use sqlx::SqliteConnection;

/// Seconds since 1970; 0 when it never was.
pub async fn epoch(db: &mut SqliteConnection) -> sqlx::Result<i64> {
    let (epoch,) = sqlx::query_as("SELECT epoch FROM hall").fetch_one(db).await?;
    Ok(epoch)
}

/// Notes that this database took the place of one that may have known more.
pub async fn put_epoch(db: &mut SqliteConnection, epoch: i64) -> sqlx::Result<()> {
    sqlx::query("UPDATE hall SET epoch = ?").bind(epoch).execute(db).await?;
    Ok(())
}

/// The last serial of a day that is taken, or may be.
pub async fn last_serial(db: &mut SqliteConnection, day: NaiveDate) -> sqlx::Result<u32> {
    // Each is looked up at the end of its index: this is asked for every submission.
    let sql = "SELECT MAX(COALESCE((SELECT MAX(serial) FROM cases WHERE day = ?1), 0), \
               COALESCE((SELECT floor FROM serial_floors WHERE day = ?1), 0))";
    let (serial,): (u32,) = sqlx::query_as(sql).bind(day.to_string()).fetch_one(db).await?;
    Ok(serial)
}

/// Serials of `day` go on above `floor`.
pub async fn put_floor(db: &mut SqliteConnection, day: NaiveDate, floor: u32) -> sqlx::Result<()> {
    let sql = "INSERT INTO serial_floors (day, floor) VALUES (?, ?) ON CONFLICT (day) DO UPDATE SET floor = MAX(floor, excluded.floor)";
    sqlx::query(sql).bind(day.to_string()).bind(floor).execute(db).await?;
    Ok(())
}
