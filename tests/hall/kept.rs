//! What is kept: everything across a restart, nothing readable about a person.

use crate::world::*;
use mingbai::api::{Acknowledgement, Role};
use mingbai::case::{Act, State};
use mingbai::hall::{Config, Error};
use reqwest::StatusCode;
use std::path::Path;
use tempfile::TempDir;

#[tokio::test]
async fn a_restart_keeps_everything() {
    let world = World::start().await;
    let (kiosk, clerk) = (world.kiosk().await, world.clerk().await);
    let (filing, acknowledgement) = kiosk.file().await;
    let case = clerk.act(&acknowledgement.short_number, 1, Act::Accept).await;
    let (hall, trust) = (kiosk.client.hall().await, kiosk.client.trust().await);
    let cookie = clerk.0.cookie.clone();

    let world = world.restart().await;
    let mut client = world.anonymous();
    assert_eq!(client.hall().await.root, hall.root);
    assert_eq!(client.head().await, kiosk.catalogue.head);
    let after = client.trust().await;
    assert!(after.sequence > trust.sequence, "never goes back");
    assert_eq!((after.hall_keys, after.devices), (trust.hall_keys, trust.devices));
    let again = client.submit(&filing.sealed).await;
    assert_eq!(again.status(), StatusCode::OK);
    assert_eq!(read::<Acknowledgement>(again).await, acknowledgement);
    client.cookie = cookie;
    assert_eq!(Clerk(client).case(&acknowledgement.short_number).await, case);
}

#[tokio::test]
async fn submissions_of_an_earlier_catalogue_are_checked_with_it() {
    let world = World::start().await;
    let phone = world.phone().await;
    let early = phone.seal(phone.prepare());

    let folder = tempfile::tempdir().unwrap();
    let write = |withdraw: bool| {
        for source in mingbai::catalogue::author::sample() {
            let newer = source.text.replace("version = 2026-11-01", "version = 2026-11-02");
            let path = folder.path().join(&source.name);
            if withdraw && source.name == format!("{ITEM}.toml") {
                std::fs::remove_file(path).unwrap()
            } else {
                std::fs::write(path, newer).unwrap()
            }
        }
    };
    let add_catalogue = |config: &mut mingbai::hall::Config| config.catalogue = Some(folder.path().to_owned());
    write(false);
    let world = world.restart_with(add_catalogue).await;
    assert_ne!(world.anonymous().head().await.version, phone.catalogue.head.version);
    let clerk = world.clerk().await;
    let number = read::<Acknowledgement>(world.anonymous().submit(&early.sealed).await).await.short_number;
    let case = clerk.case(&number).await;
    assert_eq!(case.recheck.version, early.submission.item_version);
    assert!(case.agrees && case.problems.iter().any(|p| p.en.contains("newer version")), "{:?}", case.problems);

    let late = phone.seal(phone.prepare());
    write(true);
    let world = world.restart_with(add_catalogue).await;
    let clerk = Clerk(world.staff("another", Role::Clerk).await);
    let number = read::<Acknowledgement>(world.anonymous().submit(&late.sealed).await).await.short_number;
    let case = clerk.case(&number).await;
    assert!(case.agrees && case.problems.iter().any(|p| p.en.contains("withdrawn")), "{:?}", case.problems);
    assert_eq!(clerk.act(&number, 1, Act::Accept).await.state, State::Accepted);
}

#[tokio::test]
async fn nothing_readable_about_a_person_is_kept_or_logged() {
    let world = World::start().await;
    let (phone, clerk) = (world.phone().await, world.clerk().await);
    let filing = phone.seal_with_photo(format!("%PDF-1.7 {NAME} {IDENTIFIER}").as_bytes());
    for chunk in &filing.chunks {
        phone.client.send_chunk(chunk).await;
    }
    let number = read::<Acknowledgement>(phone.client.submit(&filing.sealed).await).await.short_number;
    assert_eq!(clerk.case(&number).await.submission.applicant.name, NAME);
    clerk.0.get(&format!("/cases/{number}/attachments/0")).await;
    clerk.act(&number, 1, Act::Accept).await;
    phone.client.post("/session", &serde_json::json!({ "user": NAME, "password": IDENTIFIER })).await;
    phone.client.get(&format!("/cases/{NAME}?x={PHONE}")).await;
    let metrics = reqwest::get(format!("{}/metrics", world.url)).await.unwrap().text().await.unwrap();
    let log = String::from_utf8(LOG.lock().unwrap().clone()).unwrap();
    for wanted in ["mingbai_submissions_total", "/api/v1/submissions/{id}", "mingbai_cases_waiting"] {
        assert!(metrics.contains(wanted), "{wanted}");
    }
    assert!(log.contains("/api/v1/cases/{case}") && log.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
    assert!(log.lines().any(|line| line.contains("attachment opened") && line.contains(&number)), "nobody knows who opened it");
    let secrets = [NAME, IDENTIFIER, PHONE, PASSWORD, &clerk.0.cookie.unwrap()["mingbai_session=".len()..]];
    for secret in secrets {
        assert!(!metrics.contains(secret) && !log.contains(secret), "{secret}");
        each_file(world.data.path(), &mut |path, bytes| {
            let found = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
            assert!(!found, "{secret} in {}", path.display());
        });
    }
}

fn each_file(folder: &Path, look: &mut impl FnMut(&Path, &[u8])) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { each_file(&path, look) } else { look(&path, &std::fs::read(&path).unwrap()) }
    }
}

/// The sample catalogue of a hall of another code.
fn of_hall(code: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for source in mingbai::catalogue::author::sample() {
        let text = source.text.replace("code = \"qinzhou\"", &format!("code = \"{code}\""));
        std::fs::write(folder.path().join(&source.name), text).unwrap();
    }
    folder
}

#[tokio::test]
async fn another_halls_catalogue_is_refused() {
    let (data, folder) = (World::start().await.stop().await, of_hall("other"));
    let refused = unserved(Config { catalogue: Some(folder.path().to_owned()), ..config(data.path()) }).await;
    assert!(matches!(refused, Error::OtherHall { .. }), "{refused:?}");
}

#[tokio::test]
async fn a_catalogue_whose_receipts_no_code_could_hold_is_refused() {
    let (data, folder) = (Data::new(), of_hall("qinzhou-municipal-service-hall"));
    let refused = unserved(Config { catalogue: Some(folder.path().to_owned()), ..config(data.path()) }).await;
    assert!(matches!(refused, Error::ReceiptTooLarge { .. }) && refused.to_string().contains("二维码"), "{refused:?}");
}
