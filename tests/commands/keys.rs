//! `hall key` and `hall device` from outside: what they say, what they refuse, and what they leave behind.

use crate::program::{Folder, Ran, hall, hall_with_env, serve_and_stop};
use mingbai::hall::store::{self, Store};
use mingbai::receipt::{DeviceKey, Profile};
use mingbai::signing::hex;
use serde_json::json;
use std::os::unix::fs::PermissionsExt;

const PASSPHRASE: &str = "six words that nobody will guess\n";

/// A hall that was served once.
fn served(folder: &Folder) -> String {
    let data = folder.path("data").display().to_string();
    serve_and_stop(["serve", "--data", &data, "--listen", "127.0.0.1:0", "--json"], "TERM");
    data
}

/// Said in both languages, and not done.
fn refused(ran: &Ran, exit: i32) {
    let chinese = ran.err.chars().any(|c| ('\u{4e00}'..'\u{9fff}').contains(&c));
    assert!(ran.exit == exit && ran.out.is_empty() && chinese && ran.err.lines().count() >= 2, "{ran:?}");
}

fn enrol(data: &str, seed: u8, name: &str) -> String {
    let key = ed25519_dalek::SigningKey::from_bytes(&[seed; 32]);
    let now = chrono::Utc::now();
    let device = DeviceKey {
        public: hex(&key.verifying_key().to_bytes()),
        profile: Profile::Kiosk,
        name: name.into(),
        not_before: now,
        not_after: now + chrono::TimeDelta::days(365),
        revoked_at: None,
    };
    let add = async {
        let store = Store::open(std::path::Path::new(data)).await.unwrap();
        let mut change = store.begin().await.unwrap();
        store::devices::add(&mut change, &device).await.unwrap();
        change.commit().await.unwrap();
        store.close().await;
    };
    tokio::runtime::Runtime::new().unwrap().block_on(add);
    store::devices::kid(&device)
}

#[test]
fn keys_are_listed_and_replaced() {
    let folder = Folder::new();
    let data = folder.path("data").display().to_string();
    assert_eq!(hall(["init", "--data", &data]).exit, 0);
    refused(&hall(["key", "rotate", "--data", &data]), 1);
    let data = served(&folder);
    let list = || hall(["key", "list", "--data", &data, "--json"]).object();
    let first = list();
    assert!(first["signing"].as_array().unwrap().len() == 1 && first["signing"][0]["current"] == true, "{first}");
    let said = hall(["key", "rotate", "--data", &data]);
    assert!(said.exit == 0 && said.out.contains("新密钥") && said.out.contains("one more day"), "{said:?}");
    let told = hall(["key", "rotate", "--revoke-old", "--data", &data, "--json"]);
    let last = list();
    let current: Vec<_> = last["signing"].as_array().unwrap().iter().map(|key| key["current"].as_bool().unwrap()).collect();
    assert_eq!((told.exit, current, &last["signing"][2]["kid"]), (0, vec![false, false, true], &told.object()["kid"]));
    assert_eq!((&last["root"], &last["sealing"]), (&first["root"], &first["sealing"]));
    assert!(last["signing"][1]["revoked_at"].is_string() && last["signing"][2]["revoked_at"].is_null(), "{last}");
    let said = hall(["key", "list", "--data", &data]);
    assert!(said.out.contains("根密钥 root key") && said.out.contains("现用 in use") && said.out.contains("已吊销 revoked"), "{said:?}");
    assert_eq!(hall(["verify", "--data", &data]).exit, 0);
}

#[test]
fn exported_keys_open_the_hall_again_when_its_key_file_is_lost() {
    let folder = Folder::new();
    let data = served(&folder);
    let path = |name: &str| folder.path(name).display().to_string();
    let (secret, short) = (folder.write("passphrase", PASSPHRASE), folder.write("short", "short\n"));
    let file = path("escrow");
    let export = |to: &str, words: &str| hall(["key", "export", to, "--data", &data, "--passphrase-file", words]);
    refused(&export(&file, &short), 2);
    let done = export(&file, &secret);
    assert!(done.exit == 0 && done.out.contains("根密钥") && done.out.contains("root key"), "{done:?}");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let before = std::fs::read(&file).unwrap();
    refused(&export(&file, &secret), 2);
    assert_eq!(std::fs::read(&file).unwrap(), before);
    // It is good whatever the hall does later.
    assert_eq!(hall(["key", "rotate", "--data", &data]).exit, 0);

    std::fs::remove_file(folder.path("data.unlock")).unwrap();
    for args in [vec!["verify"], vec!["key", "list"], vec!["key", "rotate"], vec!["serve", "--listen", "127.0.0.1:0"]] {
        let ran = hall(args.into_iter().chain(["--data", &data]));
        refused(&ran, 1);
        assert!(ran.err.contains("data.unlock") && ran.err.contains("--key-file"), "{ran:?}");
    }
    let import = |from: &str, to: &str, words: &str| hall(["key", "import", from, "--data", to, "--passphrase-file", words]);
    refused(&import(&file, &data, &folder.write("wrong", "another passphrase\n")), 1);
    assert_eq!(import(&path("none"), &data, &secret).exit, 2);
    refused(&import(&folder.write("text", "no keys"), &data, &secret), 1);
    // Another hall's keys, the other way round, and a folder that has keys of its own.
    let other = path("other");
    assert_eq!(hall(["init", "--data", &other]).exit, 0);
    refused(&import(&file, &other, &secret), 1);
    assert_eq!(hall(["key", "export", &path("others"), "--data", &other, "--passphrase-file", &secret]).exit, 0);
    refused(&import(&path("others"), &data, &secret), 1);
    assert!(!folder.path("data.unlock").exists());

    assert_eq!(import(&file, &data, &secret).exit, 0);
    assert!(folder.path("data.unlock").exists());
    assert_eq!(hall(["verify", "--data", &data]).exit, 0);
    assert_eq!(hall(["key", "list", "--data", &data, "--json"]).object()["signing"].as_array().unwrap().len(), 2);
    assert_eq!(import(&file, &path("fresh"), &secret).exit, 0);
    // From now on under a passphrase.
    let words = [("MINGBAI_PASSPHRASE", "twelve letters")];
    let import = ["key", "import", &file, "--data", &data, "--passphrase-file", &secret];
    assert_eq!(hall_with_env(import, &words).exit, 0);
    refused(&hall(["verify", "--data", &data]), 1);
    assert_eq!(hall_with_env(["verify", "--data", &data], &words).exit, 0);
    let file = folder.write("words", "twelve letters\n");
    assert_eq!(hall(["verify", "--data", &data, "--passphrase-file", &file]).exit, 0);
}

#[test]
fn a_key_file_lies_where_the_operator_says() {
    let folder = Folder::new();
    let path = |name: &str| folder.path(name).display().to_string();
    let (data, key) = (path("data"), path("key"));
    refused(&hall(["init", "--data", &data, "--key-file", &path("data/key")]), 1);
    assert_eq!(hall(["init", "--data", &data, "--key-file", &key]).exit, 0);
    assert!(folder.path("key").exists() && !folder.path("data.unlock").exists());
    refused(&hall(["key", "list", "--data", &data]), 1);
    refused(&hall(["key", "list", "--data", &data, "--passphrase-file", &folder.write("words", PASSPHRASE)]), 1);
    assert_eq!(hall(["key", "list", "--data", &data, "--key-file", &key]).exit, 0);
    assert_eq!(hall_with_env(["key", "list", "--data", &data], &[("MINGBAI_KEY_FILE", &key)]).exit, 0);
    let both = [("MINGBAI_KEY_FILE", key.as_str()), ("MINGBAI_PASSPHRASE", "twelve letters")];
    refused(&hall_with_env(["key", "list", "--data", &data], &both), 2);
    // What needs no keys asks for none.
    assert_eq!(hall(["device", "code", "--profile", "desk", "--data", &data]).exit, 0);
}

#[test]
fn devices_are_listed_and_revoked() {
    let folder = Folder::new();
    let data = served(&folder);
    let none = hall(["device", "list", "--data", &data]);
    assert!(none.exit == 0 && none.out.contains("没有登记") && none.out.contains("no device"), "{none:?}");
    let kids = [enrol(&data, 1, "东门 1 号"), enrol(&data, 2, "西门"), enrol(&data, 3, "西门")];
    let listed = hall(["device", "list", "--data", &data, "--json"]).objects().unwrap();
    assert_eq!(listed.iter().map(|device| device["kid"].as_str().unwrap()).collect::<Vec<_>>(), kids);
    let revoke = |more: &[&str]| hall(["device", "revoke", "--data", &data].iter().chain(more));
    for (args, exit) in [(&["南门"][..], 1), (&["西门"], 1), (&["东门 1 号", "--at", "2099-01-01 12:00"], 2)] {
        refused(&revoke(args), exit);
    }
    assert_eq!(revoke(&["东门 1 号", "--at", "noon"]).exit, 2);
    let said = revoke(&["东门 1 号", "--at", "2026-11-29 12:00"]);
    assert!(said.exit == 0 && said.out.contains("已吊销:2026-11-29 12:00") && said.out.contains("is revoked"), "{said:?}");
    let told = revoke(&["东门 1 号", "--json"]).object();
    assert_eq!((&told["changed"], &told["revoked_at"], &told["kid"]), (&json!(false), &json!("2026-11-29T04:00:00Z"), &json!(kids[0])));
    assert_eq!(revoke(&["东门 1 号", "--at", "2026-11-28T09:00:00+08:00", "--json"]).object()["changed"], true);
    assert_eq!(revoke(&[&kids[2], "--json"]).object()["changed"], true);
    let said = hall(["device", "list", "--data", &data]);
    let lines: Vec<&str> = said.out.lines().collect();
    assert!(lines[0].contains("已吊销 revoked 2026-11-28 09:00") && lines[1].contains("有效至 until"), "{said:?}");
    assert_eq!(hall(["verify", "--data", &data]).exit, 0, "the list is that of the devices");
}
