//! `hall receipt inspect`: the five verdicts, from a trust list in a file and from the hall's own folder.

use super::program::{Folder, hall, hall_in};
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::SigningKey;
use mingbai::check::Outcome;
use mingbai::receipt::claims::sign;
use mingbai::receipt::{Claims, DeviceKey, HallKey, Kind, MaterialMark, Profile, TrustList, identity, number};
use mingbai::signing::{Signed, TRUST_LIST, hex};
use mingbai::submission::SealingKey;

pub fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}
fn public(key: &SigningKey) -> String {
    hex(&key.verifying_key().to_bytes())
}
const ROOT: u8 = 1;
const HALL: u8 = 2;
const KIOSK: u8 = 3;
const LOST: u8 = 4;
const STRANGER: u8 = 9;

/// The program checks against the real clock, so these receipts are of just now.
fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(Utc::now().timestamp(), 0).unwrap()
}

pub fn claims(kind: Kind) -> Claims {
    let issued_at = now() - TimeDelta::hours(1);
    Claims {
        hall: "qinzhou".into(),
        id: uuid::Uuid::parse_str("0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b").unwrap(),
        kind,
        issued_at,
        expires_at: issued_at + TimeDelta::days(180),
        item: "association-setup".into(),
        catalogue: "20261101-0a1b2c3d".into(),
        digest: "00112233445566778899aabbccddeeff".into(),
        outcome: Outcome::Ready,
        materials: vec![MaterialMark::Original; 6],
        short_number: (kind == Kind::Received).then(|| number::make(issued_at.date_naive(), 42).unwrap()),
        self_issued: None,
        identity: None,
    }
}

/// A receipt of an enrolled kiosk.
pub fn queued() -> String {
    sign(&claims(Kind::Queued), &key(KIOSK)).unwrap()
}

/// A signed trust list, in a file, and the root key to check it with.
pub fn trust(folder: &Folder) -> (String, String) {
    let device = |seed: u8, revoked_at| DeviceKey {
        public: public(&key(seed)),
        profile: Profile::Kiosk,
        name: "east entrance 2".into(),
        not_before: now() - TimeDelta::days(365),
        not_after: now() + TimeDelta::days(365),
        revoked_at,
    };
    let list = TrustList {
        hall: "qinzhou".into(),
        sequence: 1,
        issued_at: now() - TimeDelta::hours(2),
        sealing: SealingKey { kid: "k1".into(), public: "00".repeat(32) },
        hall_keys: vec![HallKey {
            public: public(&key(HALL)),
            not_before: now() - TimeDelta::days(365),
            not_after: now() + TimeDelta::days(365),
            revoked_at: None,
        }],
        devices: vec![device(KIOSK, None), device(LOST, Some(now() - TimeDelta::hours(3)))],
    };
    let signed = Signed::sign(&list, TRUST_LIST, &key(ROOT)).unwrap();
    (folder.write("trust.json", serde_json::to_vec(&signed).unwrap()), public(&key(ROOT)))
}

#[test]
fn each_verdict_has_its_name_and_exit_code() {
    let folder = Folder::new();
    let (trust, root) = trust(&folder);
    let own = Claims { self_issued: Some(public(&key(STRANGER))), ..claims(Kind::Queued) };
    let old = Claims { issued_at: now() - TimeDelta::days(200), expires_at: now() - TimeDelta::days(20), ..claims(Kind::Queued) };
    let genuine = queued();
    let forged = format!("{}{}{}", &genuine[..40], if &genuine[40..41] == "0" { "1" } else { "0" }, &genuine[41..]);
    for (text, verdict, code, exit) in [
        (sign(&claims(Kind::Received), &key(HALL)).unwrap(), "received", None, 0),
        (genuine, "queued", None, 0),
        (sign(&own, &key(STRANGER)).unwrap(), "self-issued", None, 0),
        (sign(&claims(Kind::Queued), &key(STRANGER)).unwrap(), "cannot-tell", Some("unknown-key"), 1),
        (sign(&claims(Kind::Received), &key(KIOSK)).unwrap(), "not-genuine", Some("wrong-signer"), 1),
        (sign(&claims(Kind::Queued), &key(LOST)).unwrap(), "not-genuine", Some("revoked"), 1),
        (sign(&old, &key(KIOSK)).unwrap(), "not-genuine", Some("expired"), 1),
        (forged, "not-genuine", Some("unreadable"), 1),
        ("MB1:".into(), "not-genuine", Some("unreadable"), 1),
    ] {
        let ran = hall(["receipt", "inspect", "--trust", &trust, "--root", &root, "--json", &text]);
        let answer = ran.object();
        assert_eq!((ran.exit, answer["verdict"].as_str()), (exit, Some(verdict)), "{answer}");
        let reasons = answer["reasons"].as_array().unwrap();
        assert_eq!(reasons.first().map(|r| r["code"].as_str().unwrap()), code, "{answer}");
        assert!(reasons.iter().all(|r| r["zh"].is_string() && r["en"].is_string()));
        assert_eq!(answer["claims"].is_null(), code == Some("unreadable"));
        let said = hall(["receipt", "inspect", "--trust", &trust, "--root", &root, &text]);
        assert!(said.exit == exit && !said.out.is_empty(), "{said:?}");
    }
}

#[test]
fn an_id_number_is_compared_with_the_receipts() {
    let folder = Folder::new();
    let (trust, root) = trust(&folder);
    let without = claims(Kind::Queued);
    let with = Claims { identity: identity::commit(&without.id, "11010519491231002X"), ..without.clone() };
    for (claims, number, found, exit) in [
        (&with, None, Some("not-compared"), 0),
        (&with, Some("11010519491231002x"), Some("fits"), 0),
        (&with, Some("450702199001010012"), Some("differs"), 1),
        (&without, Some("11010519491231002X"), Some("absent"), 0),
        (&with, Some("110105194912310021"), None, 2),
    ] {
        let text = sign(claims, &key(KIOSK)).unwrap();
        let ask = |json: Option<&str>| {
            let usual = ["receipt", "inspect", "--trust", &trust, "--root", &root, &text];
            let number = number.into_iter().flat_map(|number| ["--id-number", number]);
            hall(usual.into_iter().chain(number).chain(json).collect::<Vec<_>>())
        };
        let (said, told) = (ask(None), ask(Some("--json")));
        assert_eq!((said.exit, told.exit), (exit, exit), "{said:?}");
        assert_eq!(found, (exit < 2).then(|| told.object()["identity"].as_str().unwrap().to_owned()).as_deref());
    }
}

#[test]
fn a_trust_list_is_believed_only_under_its_root_key() {
    let folder = Folder::new();
    let (trust, _) = trust(&folder);
    let other = hex(&key(STRANGER).verifying_key().to_bytes());
    let ran = hall(["receipt", "inspect", "--trust", &trust, "--root", &other, "--json", &queued()]);
    assert_eq!((ran.exit, ran.out.as_str()), (2, ""));
    let ran = hall(["receipt", "inspect", "--trust", &trust, "--json", &queued()]);
    assert_eq!(ran.exit, 2, "a list without a key to check it is misuse");
}

#[test]
fn without_a_trust_list_only_self_issued_receipts_can_be_told() {
    let home = Folder::new();
    let ran = hall_in(&home, ["receipt", "inspect", "--json", &queued()]);
    assert_eq!((ran.exit, ran.object()["verdict"].as_str()), (1, Some("cannot-tell")));
    assert_eq!(ran.object()["reasons"][0]["code"], "no-trust-list");
    let own = Claims { self_issued: Some(public(&key(STRANGER))), ..claims(Kind::Queued) };
    let ran = hall_in(&home, ["receipt", "inspect", "--json", &sign(&own, &key(STRANGER)).unwrap()]);
    assert_eq!((ran.exit, ran.object()["verdict"].as_str()), (0, Some("self-issued")));
}

#[test]
fn the_halls_own_folder_is_believed() {
    let home = Folder::new();
    let data = home.path("mingbai").display().to_string();
    let (ready, _) = super::program::serve_and_stop(["serve", "--data", &data, "--listen", "127.0.0.1:0", "--json"], "TERM");
    assert_eq!(ready["ready"], true);
    let keys = mingbai::hall::keys::Keys::open(&home.path("mingbai"), &Default::default()).unwrap();
    // Issued after the key was put into the list.
    let received = Claims { issued_at: now(), ..claims(Kind::Received) };
    let text = sign(&received, &keys.signing(0)).unwrap();
    let usual = hall_in(&home, ["receipt", "inspect", "--json", &text]);
    assert_eq!((usual.exit, usual.object()["verdict"].as_str()), (0, Some("received")), "{usual:?}");
    let named = hall(["receipt", "inspect", "--data", &data, "--json", &text]);
    assert_eq!((named.exit, named.object()["verdict"].as_str()), (0, Some("received")));
}
