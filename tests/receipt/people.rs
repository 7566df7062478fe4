//! The people of these tests: a hall and its devices, whose secrets are known to everybody, the trust list that the hall has
//! signed, and what its receipts say.

use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::SigningKey;
use mingbai::check::Outcome;
use mingbai::receipt::verify::{Report, verify};
use mingbai::receipt::{Claims, DeviceKey, HallKey, Kind, MaterialMark, Profile, TrustList, identity, number};
use mingbai::signing::{hex, key_id};
use mingbai::submission::{SealingKey, public_of};
use uuid::Uuid;

/// Signs the trust list.
pub const ROOT: u8 = 0;
pub const HALL: u8 = 1;
pub const KIOSK: u8 = 2;
/// Enrolled, and revoked later.
pub const LOST: u8 = 3;
/// Enrolled; its certificate has run out.
pub const OLD: u8 = 4;
/// Enrolled after the receipts were issued.
pub const YOUNG: u8 = 5;
/// The hall's key before [`HALL`]: it signs no more, and what it signed still counts.
pub const HALL_BEFORE: u8 = 6;
/// A signing key that the hall has revoked.
pub const HALL_LOST: u8 = 7;
/// Known to nobody.
pub const STRANGER: u8 = 9;

/// Everybody's key, by name.
pub const EVERYBODY: [(&str, u8); 9] = [
    ("root", ROOT),
    ("hall", HALL),
    ("kiosk", KIOSK),
    ("lost kiosk", LOST),
    ("old kiosk", OLD),
    ("young kiosk", YOUNG),
    ("hall before", HALL_BEFORE),
    ("hall lost", HALL_LOST),
    ("stranger", STRANGER),
];

pub const BEGAN: &str = "2026-01-01T00:00:00Z";
pub const REVOKED: &str = "2026-11-24T06:00:00Z";
pub const RAN_OUT: &str = "2026-11-20T00:00:00Z";
pub const ENROLLED: &str = "2026-11-24T20:00:00Z";
pub const ID_NUMBER: &str = "11010519491231002X";

pub fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}
pub fn public(seed: u8) -> String {
    hex(&key(seed).verifying_key().to_bytes())
}
pub fn kid(seed: u8) -> [u8; 8] {
    key_id(&key(seed).verifying_key().to_bytes())
}
pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}
pub fn now() -> DateTime<Utc> {
    at("2026-11-25T02:00:00Z")
}

pub fn trust() -> TrustList {
    let until = at("2036-01-01T00:00:00Z");
    let hall = |seed: u8| HallKey { public: public(seed), not_before: at(BEGAN), not_after: until, revoked_at: None };
    let device = |seed: u8, name: &str| DeviceKey {
        public: public(seed),
        profile: Profile::Kiosk,
        name: name.into(),
        not_before: at(BEGAN),
        not_after: at("2027-01-01T00:00:00Z"),
        revoked_at: None,
    };
    let sealing = public_of(&[10; 32]).unwrap();
    TrustList {
        hall: "qinzhou".into(),
        sequence: 7,
        issued_at: at("2026-11-25T00:00:00Z"),
        sealing: SealingKey { kid: hex(&key_id(&sealing)), public: hex(&sealing) },
        hall_keys: vec![
            HallKey { not_after: at(RAN_OUT), ..hall(HALL_BEFORE) },
            HallKey { revoked_at: Some(at(REVOKED)), ..hall(HALL_LOST) },
            hall(HALL),
        ],
        devices: vec![
            device(KIOSK, "东门 2 号机"),
            DeviceKey { revoked_at: Some(at(REVOKED)), ..device(LOST, "西门 1 号机") },
            DeviceKey { not_after: at(RAN_OUT), ..device(OLD, "旧机") },
            DeviceKey { not_before: at(ENROLLED), ..device(YOUNG, "新机") },
        ],
    }
}

pub fn claims(kind: Kind) -> Claims {
    let issued_at = at("2026-11-24T08:15:30Z");
    let id = Uuid::parse_str("0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b").unwrap();
    Claims {
        hall: "qinzhou".into(),
        id,
        kind,
        issued_at,
        expires_at: issued_at + TimeDelta::days(180),
        item: "association-setup".into(),
        catalogue: "20261101-0a1b2c3d".into(),
        digest: "00112233445566778899aabbccddeeff".into(),
        outcome: Outcome::ReadyForPerson,
        materials: vec![MaterialMark::Original, MaterialMark::Copy, MaterialMark::Later],
        short_number: (kind == Kind::Received).then(|| number::make(issued_at.date_naive(), 137).unwrap()),
        self_issued: None,
        identity: identity::commit(&id, ID_NUMBER),
    }
}
pub fn queued() -> Claims {
    claims(Kind::Queued)
}
pub fn received() -> Claims {
    claims(Kind::Received)
}
pub fn self_issued(seed: u8) -> Claims {
    Claims { self_issued: Some(public(seed)), ..queued() }
}

/// One genuine receipt of each kind, and who signs it.
pub fn each_kind() -> [(Claims, u8); 3] {
    [(queued(), KIOSK), (received(), HALL), (self_issued(STRANGER), STRANGER)]
}

pub fn look(text: &str) -> Report {
    verify(text, Some(&trust()), now())
}
