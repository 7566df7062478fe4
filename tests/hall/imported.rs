//! The outbox of a kiosk that will never be online again, imported from a file beside the running server.

use crate::world::*;
use mingbai::hall::Hall;
use mingbai::hall::import::{Imported, NotImported, import};
use mingbai::submission::export::{FORMAT, Head, LONGEST, chunk_line, end_line, sealed_line};
use reqwest::StatusCode;

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
        lines.push(sealed_line(&filing.sealed).unwrap());
    }
    lines.push(end_line().to_owned());
    lines
}

/// Imports, and gives one word for each result: a refusal's code, or what became of it.
async fn imported(world: &World, lines: &[String]) -> Result<Vec<String>, NotImported> {
    let hall = Hall::beside(world.data.path()).await.unwrap();
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
        (|lines| { lines.truncate(4); let half = lines[3].len() / 2; lines[3].truncate(half) }, &["received", "unreadable", "cut off"]),
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
