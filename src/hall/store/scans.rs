//! Scans of receipts at desks. All are kept; the first by time of entry keeps the case.

use super::{to_name, to_time};
use crate::api::{Scan, ScanRecord};
use sqlx::SqliteConnection;
use uuid::Uuid;

/// Records a scan; one that is on record already stays as it was.
pub async fn add(db: &mut SqliteConnection, scan: &Scan, by: &str, window: &str) -> sqlx::Result<()> {
    let sql = "INSERT INTO scans (id, receipt, at, verdict, desk, by, window) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
    sqlx::query(sql)
        .bind(scan.id.to_string())
        .bind(scan.receipt.to_string())
        .bind(scan.at.timestamp_millis())
        .bind(to_name(&scan.verdict)?)
        .bind(&scan.desk)
        .bind(by)
        .bind(window)
        .execute(db)
        .await?;
    Ok(())
}

/// All scans of a receipt, the first first.
pub async fn of(db: &mut SqliteConnection, receipt: &Uuid) -> sqlx::Result<Vec<ScanRecord>> {
    let sql = "SELECT id, at, by, window, desk FROM scans WHERE receipt = ? ORDER BY at, id";
    let rows: Vec<(String, i64, String, String, String)> = sqlx::query_as(sql).bind(receipt.to_string()).fetch_all(db).await?;
    rows.into_iter()
        .map(|(id, at, by, window, desk)| {
            let id = id.parse().map_err(|e| sqlx::Error::Decode(Box::new(e)))?;
            Ok(ScanRecord { id, at: to_time(at)?, by, window, desk })
        })
        .collect()
}

/// The short number of the case that a receipt belongs to, once the hall has it. Whoever has seen the receipt's id may have
/// sent something else under it, so that the beginning of the content's digest counts too, where it is told.
pub async fn case_of(db: &mut SqliteConnection, receipt: &Uuid, digest: Option<&str>) -> sqlx::Result<Option<String>> {
    let sql = "SELECT short_number FROM cases WHERE id = ?1 AND (?2 IS NULL OR substr(digest, 1, length(?2)) = ?2)";
    sqlx::query_scalar(sql).bind(receipt.to_string()).bind(digest).fetch_optional(db).await
}
