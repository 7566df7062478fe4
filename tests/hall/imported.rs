//! The outbox of a kiosk that will never be online again, imported from a file beside the running server.

use crate::again::put_back;
use crate::world::*;
use mingbai::api::Acknowledgement;
use mingbai::api::export::{FORMAT, Head, LONGEST, chunk_line, end_line, sealed_line};
use mingbai::hall::import::{Imported, NotImported, import};
use mingbai::hall::keys::Unlock;
use mingbai::hall::lock::Lock;
use mingbai::hall::{Error, Hall};
use reqwest::StatusCode;
use std::os::unix::fs::{MetadataExt, lchown};
use std::path::{Path, PathBuf};

/// The lines of an export.
fn export(device: &Device, filings: &[&Filing]) -> Vec<String> {
    let chunks = filings.iter().map(|f| f.chunks.len()).sum();
    let head = Head {
        format: FORMAT.into(),
        hall: device.hall.code.clone(),
        device: Some(device.kid()),
        exported_at: now(),
        submissions: filings.len(),
        chunks,
    };
    let mut lines = vec![head.line().unwrap()];
    for filing in filings {
        lines.extend(filing.chunks.iter().map(|chunk| chunk_line(&chunk.digest, &chunk.bytes)));
        lines.push(sealed_line(&filing.sealed, None).unwrap());
    }
    lines.push(end_line().to_owned());
    lines
}

/// Imports, and gives one word for each result: a refusal's code, or what became of it.
async fn imported(world: &World, lines: &[String]) -> Result<Vec<String>, NotImported> {
    let hall = Hall::beside(world.data.path(), &Unlock::Beside).await.unwrap();
    let mut results = Vec::new();
    let tell = |imported: Imported| {
        results.push(match imported {
            Imported::Refused { code, .. } => code.to_owned(),
            Imported::Received { .. } => "received".into(),
            Imported::Known { .. } => "known".into(),
            Imported::Unreadable { .. } => "unreadable".into(),
            Imported::CutOff => "cut off".into(),
        });
    };
    let done = import(&hall, lines.concat().as_bytes(), tell).await;
    hall.close().await;
    done.map(|()| results)
}

#[tokio::test]
async fn an_outbox_is_imported_once_however_often() {
    let world = World::start().await;
    let (kiosk, clerk) = (world.kiosk().await, world.clerk().await);
    let photo = [&[0xff, 0xd8, 0xff][..], &vec![7; mingbai::submission::CHUNK]].concat();
    let (first, second, sent) = (kiosk.seal_with_photo(&photo), kiosk.seal(kiosk.prepare()), kiosk.seal(kiosk.prepare()));
    kiosk.client.submit(&sent.sealed).await;
    let lines = export(&kiosk, &[&first, &second, &sent]);
    assert_eq!(imported(&world, &lines).await.unwrap(), ["received", "received", "known"]);
    assert_eq!(imported(&world, &lines).await.unwrap(), ["known", "known", "known"]);
    // The kiosk comes back after all.
    assert_eq!(kiosk.client.submit(&first.sealed).await.status(), StatusCode::OK);
    assert_eq!(clerk.list("").await.len(), 3);
    let shown = clerk.0.get(&format!("/cases/{}/attachments/0", first.sealed.id)).await;
    assert_eq!(shown.bytes().await.unwrap(), photo);
}

/// The hall was put back from a backup, and the kiosk never reached it again.
#[tokio::test]
async fn what_the_hall_had_acknowledged_and_lost_comes_back_as_it_was() {
    let world = World::start().await;
    let mut lost = None;
    let world = put_back(world, async |world: &World| {
        let kiosk = world.kiosk().await;
        let (filing, acknowledgement) = kiosk.file().await;
        let mut lines = export(&kiosk, &[&filing]);
        let line = lines.iter_mut().find(|line| line.starts_with("{\"sealed\"")).unwrap();
        *line = sealed_line(&filing.sealed, Some(&acknowledgement)).unwrap();
        lost = Some((lines, filing.sealed, acknowledgement));
    })
    .await;
    let (lines, sealed, acknowledgement) = lost.unwrap();
    assert_eq!(imported(&world, &lines).await.unwrap(), ["received"]);
    assert_eq!(imported(&world, &lines).await.unwrap(), ["known"]);
    let case = world.clerk().await.case(&acknowledgement.short_number).await;
    assert_eq!((case.submission.id, case.received_at), (sealed.id, acknowledgement.received_at));
    let again = world.anonymous().send_again(&sealed, &acknowledgement).await;
    assert_eq!(read::<Acknowledgement>(again).await, acknowledgement);
}

#[tokio::test]
async fn what_is_wrong_in_a_file_costs_only_what_it_belongs_to() {
    let world = World::start().await;
    let kiosk = world.kiosk().await;
    let fresh = || [kiosk.seal_with_photo(b"%PDF-1.7 one"), kiosk.seal(kiosk.prepare())];
    // Head 0, chunk 1, its envelope 2, another envelope 3, end 4.
    type Change = fn(&mut Vec<String>);
    let cases: [(Change, &[&str]); 9] = [
        (|lines| lines[1].insert(10, 'x'), &["unreadable", "chunks", "received"]),
        (|lines| lines.truncate(4), &["received", "received", "cut off"]),
        (|lines| lines.truncate(3), &["received", "cut off"]),
        (
            |lines| {
                lines.truncate(4);
                let half = lines[3].len() / 2;
                lines[3].truncate(half)
            },
            &["received", "unreadable", "cut off"],
        ),
        (|lines| lines.swap(1, 2), &["chunks", "received"]),
        (|lines| lines[3] = lines[3].replace("\"receipt\":\"MB1:", "\"receipt\":\"MB2:"), &["received", "receipt"]),
        (|lines| lines[3] = lines[3].replace("\"hall\":\"", "\"hall\":\"x"), &["received", "other-hall"]),
        (|lines| lines.insert(3, "x".repeat(2 * LONGEST + 5) + "\n"), &["received", "unreadable", "received"]),
        (|lines| lines.push(lines[3].clone()), &["received", "received", "unreadable"]),
    ];
    for (number, (change, expected)) in cases.into_iter().enumerate() {
        let [first, second] = fresh();
        let mut lines = export(&kiosk, &[&first, &second]);
        change(&mut lines);
        assert_eq!(imported(&world, &lines).await.unwrap(), expected, "{number}");
        // The whole file brings the rest.
        let lines = export(&kiosk, &[&first, &second]);
        assert!(imported(&world, &lines).await.unwrap().iter().all(|r| r == "received" || r == "known"), "{number}");
    }
    for file in ["", "{}\n", "{\"format\":\"mingbai-outbox/2\"}\n"] {
        assert!(matches!(imported(&world, &[file.to_owned()]).await, Err(NotImported::Format(_))), "{file}");
    }
}

/// The hall is put back from a backup at the same time: one of the two waits its turn outside.
#[tokio::test]
async fn nothing_is_imported_into_a_hall_that_is_being_replaced() {
    let data = World::start().await.stop().await;
    let restore = Lock::to_replace(data.path()).unwrap();
    assert!(matches!(Hall::beside(data.path(), &Unlock::Beside).await, Err(Error::Locked(_))));
    drop(restore);
    let hall = Hall::beside(data.path(), &Unlock::Beside).await.unwrap();
    assert!(matches!(Lock::to_replace(data.path()), Err(Error::Locked(_))));
    hall.close().await;
    Lock::to_replace(data.path()).unwrap();
}

/// An operator imports as root, the server runs as its own user.
#[tokio::test]
async fn what_is_imported_as_root_is_the_servers_own() {
    let world = World::start().await;
    let kiosk = world.kiosk().await;
    let lines = export(&kiosk, &[&kiosk.seal_with_photo(b"%PDF-1.7 one")]);
    let data = world.stop().await;
    let service = 12345;
    for path in all(data.path()) {
        if lchown(path, Some(service), Some(service)).is_err() {
            // Only root can play root.
            return;
        }
    }
    let hall = Hall::beside(data.path(), &Unlock::Beside).await.unwrap();
    import(&hall, lines.concat().as_bytes(), |imported| assert!(imported.good(), "{imported:?}")).await.unwrap();
    let made = all(data.path());
    assert!(made.iter().any(|path| path.starts_with(data.path().join("chunks")) && path.is_file()));
    for path in made {
        let about = path.symlink_metadata().unwrap();
        assert_eq!((about.uid(), about.gid()), (service, service), "{}", path.display());
    }
    hall.close().await;
}

/// The folder and all that is in it.
fn all(folder: &Path) -> Vec<PathBuf> {
    let mut paths = vec![folder.to_owned()];
    let mut at = 0;
    while let Some(path) = paths.get(at).cloned() {
        at += 1;
        if path.is_dir() {
            paths.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    paths
}
