//! Collects chunks that nothing needs: uploads that nobody came back for, and what was left half written.
//!
//! A submission can never lose a chunk to this. It becomes a case, which needs its chunks from then on, inside the one write
//! transaction that a database has at a time, and looks there whether they are all still on the disk. Chunks are removed
//! inside such a transaction too, and only those that no case needs. So either they go first, and the submission is
//! answered that they are wanted; or the case comes first, and they stay. This holds between processes as well.

use super::Error;
use super::store::{Store, cases};
use std::time::Duration;
use tokio::task::spawn_blocking;

/// How long a chunk is kept for a submission that has not come.
pub const AGE: Duration = Duration::from_secs(7 * 24 * 3600);
/// The same when the disk is nearly full.
pub const TIGHT: Duration = Duration::from_secs(24 * 3600);
/// How many are looked at together: a transaction is over in milliseconds.
const TOGETHER: usize = 200;

/// Removes chunks that no case needs and that arrived longer than `age` ago; how many there were.
pub async fn sweep(store: &Store, age: Duration) -> Result<usize, Error> {
    let gone = |cause| Error::File { what: "collecting", path: "chunks".into(), cause };
    let chunks = store.chunks.clone();
    let old = spawn_blocking(move || chunks.older(age)).await.map_err(Error::Task)?.map_err(gone)?;
    for draft in &old.drafts {
        std::fs::remove_file(draft).map_err(gone)?;
    }
    let mut removed = 0;
    for some in old.chunks.chunks(TOGETHER) {
        // Mostly all are needed, which can be seen without keeping writers waiting.
        let some = cases::unneeded(&mut *store.read().await?, some).await?;
        if some.is_empty() {
            continue;
        }
        let mut change = store.begin().await?;
        let unneeded = cases::unneeded(&mut change, &some).await?;
        let chunks = store.chunks.clone();
        removed += spawn_blocking(move || chunks.remove(&unneeded, age)).await.map_err(Error::Task)?.map_err(gone)?;
        change.rollback().await?;
    }
    if removed > 0 {
        tracing::info!(removed, "chunks that nothing needed were collected");
    }
    Ok(removed)
}
