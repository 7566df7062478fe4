//! Chunks on the disk: kept while anything needs them or may come back for them, collected afterwards, and never more of
//! them than the disk has room for.

use crate::world::*;
use mingbai::api::{Acknowledgement, Wanted};
use mingbai::hall::store::Store;
use mingbai::hall::sweep::{AGE, sweep};
use mingbai::submission::SealedChunk;
use reqwest::StatusCode;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

fn place(data: &Path, chunk: &SealedChunk) -> PathBuf {
    let name = chunk.digest.to_string();
    data.join("chunks").join(&name[..2]).join(name)
}

fn make_old(path: &Path, age: Duration) {
    std::fs::File::open(path).unwrap().set_modified(SystemTime::now() - age).unwrap();
}

const OLD: Duration = AGE.saturating_add(Duration::from_secs(60));

#[tokio::test]
async fn what_nothing_needs_and_nobody_came_back_for_goes() {
    let world = World::start().await;
    let phone = world.phone().await;
    let store = Store::open(world.data.path()).await.unwrap();
    let photo = || phone.seal_with_photo(&random::<40>());
    let (filed, waiting, recent, lost) = (photo(), photo(), photo(), photo());
    for filing in [&filed, &waiting, &recent, &lost] {
        assert_eq!(phone.client.send_chunk(&filing.chunks[0]).await.status(), StatusCode::CREATED);
    }
    assert_eq!(phone.client.submit(&filed.sealed).await.status(), StatusCode::CREATED);
    let draft = place(world.data.path(), &lost.chunks[0]).with_extension("0011.part");
    std::fs::write(&draft, "half").unwrap();
    assert_eq!(sweep(&store, AGE).await.unwrap(), 0);
    assert!(draft.exists(), "it may still be written");

    make_old(&draft, Duration::from_secs(7200));
    for filing in [&filed, &waiting, &lost] {
        make_old(&place(world.data.path(), &filing.chunks[0]), OLD);
    }
    // The device comes back for one of them.
    assert_eq!(phone.client.send_chunk(&waiting.chunks[0]).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(sweep(&store, AGE).await.unwrap(), 1);
    for (filing, there) in [(&filed, true), (&waiting, true), (&recent, true), (&lost, false)] {
        assert_eq!(place(world.data.path(), &filing.chunks[0]).exists(), there);
    }
    assert!(!draft.exists());
    // What went is asked for again, and nothing is lost.
    assert_eq!(read::<Wanted>(phone.client.submit(&lost.sealed).await).await.chunks, [lost.chunks[0].digest]);
    assert_eq!(phone.client.send_chunk(&lost.chunks[0]).await.status(), StatusCode::CREATED);
    assert_eq!(phone.client.submit(&lost.sealed).await.status(), StatusCode::CREATED);
}

/// Whoever comes first: a case always has its chunks.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn collecting_never_takes_a_chunk_from_a_case() {
    let world = World::start().await;
    let phone = world.phone().await;
    let store = Store::open(world.data.path()).await.unwrap();
    let (mut received, mut wanted) = (0, 0);
    for round in 0..60 {
        let filing = phone.seal_with_photo(&random::<40>());
        let path = place(world.data.path(), &filing.chunks[0]);
        phone.client.send_chunk(&filing.chunks[0]).await;
        make_old(&path, OLD);
        let after = Duration::from_micros(round * 100);
        let sweeping = async {
            tokio::time::sleep(after).await;
            sweep(&store, AGE).await.unwrap()
        };
        let (answer, _) = tokio::join!(phone.client.submit(&filing.sealed), sweeping);
        match answer.status() {
            StatusCode::CREATED => {
                assert!(path.exists());
                received += 1;
            }
            StatusCode::ACCEPTED => wanted += 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!(received + wanted, 60);
    assert!(received > 0, "some must come first");
}

#[tokio::test]
async fn a_disk_that_is_nearly_full_takes_nothing_new_and_loses_nothing() {
    let world = World::start().await;
    let phone = world.phone().await;
    let (filed, acknowledgement) = phone.file().await;
    let photo = phone.seal_with_photo(b"%PDF-1.7 x");
    phone.client.send_chunk(&photo.chunks[0]).await;
    let world = world.restart_with(|config| config.keep_free = u64::MAX).await;
    let client = world.anonymous();
    let more = phone.seal_with_photo(b"%PDF-1.7 y");
    for answer in [client.submit(&photo.sealed).await, client.send_chunk(&more.chunks[0]).await] {
        assert!(answer.headers()["retry-after"].to_str().unwrap().parse::<u32>().unwrap() >= 60);
        assert_eq!(refused(answer).await, (StatusCode::SERVICE_UNAVAILABLE, "no-room".into()));
    }
    assert_eq!(read::<Acknowledgement>(client.submit(&filed.sealed).await).await, acknowledgement, "what is there is told");
    assert_eq!(client.send_chunk(&photo.chunks[0]).await.status(), StatusCode::NO_CONTENT);
    let world = world.restart().await;
    assert_eq!(world.anonymous().submit(&photo.sealed).await.status(), StatusCode::CREATED);
}
