//! Data of every released program under today's. tests/released/N holds what the program of schema N left behind: the data
//! folder of a hall of its own (with throw-away keys) after one case, and the databases of a phone and of a kiosk with a
//! submission waiting in each, as JSON packed with brotli. They were made by those programs themselves, through their
//! own pages, and are never made anew.

use crate::world::*;
use mingbai::api::{Acknowledgement, Role};
use mingbai::case::State;
use mingbai::hall::{self, catalogue::unpack};
use mingbai::receipt::Profile;
use mingbai::submission::{Digest, Sealed};
use serde_json::Value;
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use std::path::{Path, PathBuf};

const RELEASED: [&str; 2] = ["1", "2"];

fn place(release: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/released").join(release)
}

/// A copy to work with.
fn folder(release: &str) -> Data {
    let copy = Data::new();
    copy_folder(&place(release).join("hall"), copy.path());
    copy
}

/// What waits in a device's outbox: the envelope, and its chunks with their digests.
fn waiting(release: &str, device: &str) -> (Sealed, Vec<(Digest, Vec<u8>)>) {
    use base64::Engine as _;
    let packed = std::fs::read(place(release).join(format!("{device}.json.br"))).unwrap();
    let kept: Value = serde_json::from_slice(&unpack(&packed).unwrap()).unwrap();
    let stores = &kept["stores"];
    let row: Value = serde_json::from_str(stores["outbox"][0]["value"].as_str().unwrap()).unwrap();
    let chunk = |row: &Value| {
        let bytes = row["value"]["$bytes"].as_str().unwrap();
        (row["key"].as_str().unwrap().parse().unwrap(), base64::engine::general_purpose::STANDARD.decode(bytes).unwrap())
    };
    (serde_json::from_value(row["sealed"].clone()).unwrap(), stores["chunks"].as_array().unwrap().iter().map(chunk).collect())
}

#[tokio::test]
async fn a_hall_of_every_release_goes_on_under_this_one() {
    for release in RELEASED {
        let world = World::open(folder(release), |_| {}).await;
        let clerk = Clerk(world.staff("newcomer", Role::Clerk).await);
        let [case] = clerk.list("").await.try_into().unwrap();
        let view = clerk.case(&case.short_number).await;
        assert!(view.agrees && view.state == State::Received && view.submission.attachments.len() == 1, "release {release}: {view:?}");
        let photo = clerk.0.get(&format!("/cases/{}/attachments/0", case.short_number)).await;
        assert_eq!(photo.bytes().await.unwrap().len() as u64, view.submission.attachments[0].length, "release {release}");

        for (device, profile) in [("phone", None), ("kiosk", Some(Profile::Kiosk))] {
            let (sealed, chunks) = waiting(release, device);
            let client = world.anonymous();
            for (digest, bytes) in chunks {
                let request = client.request(reqwest::Method::PUT, &format!("/chunks/{digest}"));
                let sent = request.header("content-type", "application/octet-stream").body(bytes).send().await.unwrap();
                assert!(sent.status().is_success());
            }
            let acknowledgement: Acknowledgement = read(client.submit(&sealed).await).await;
            let view = clerk.case(&acknowledgement.short_number).await;
            assert_eq!(view.device.map(|(_, profile)| profile), profile, "release {release}, {device}");
            assert_eq!(acknowledgement.digest, sealed.digest);
        }
        assert_eq!(clerk.list("").await.len(), 3);
        // And once more, as a hall of today, whose keys are sealed.
        let names = std::fs::read_dir(world.data.path().join("keys")).unwrap().map(|entry| entry.unwrap().file_name());
        assert_eq!(names.collect::<Vec<_>>(), ["sealed.json"], "release {release}");
        let world = world.restart().await;
        assert_eq!(Clerk(world.staff("another", Role::Clerk).await).list("").await.len(), 3, "release {release}");
    }
}

#[tokio::test]
async fn a_hall_of_a_newer_release_is_left_as_it_is() {
    let data = folder("2");
    let file = data.path().join("hall.db");
    let mut database = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(&file)).await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (99, 'later', 1, x'00', 1)";
    sqlx::query(newer).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    let before = std::fs::read(&file).unwrap();
    let refused = unserved(config(data.path())).await;
    assert!(matches!(refused, hall::Error::Newer(99)), "{refused:?}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[tokio::test]
async fn a_database_without_its_keys_gets_no_new_ones() {
    let data = folder("2");
    std::fs::remove_dir_all(data.path().join("keys")).unwrap();
    let refused = unserved(config(data.path())).await;
    assert!(matches!(refused, hall::Error::LostKeys(_)), "{refused:?}");
    assert!(!data.path().join("keys").exists());
}
