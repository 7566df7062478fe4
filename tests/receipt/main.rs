//! Receipts from outside: what is genuine verifies, whatever else a QR code may hold does not, and says why.
//!
//! The broken ones are assembled here by hand, byte by byte, from the description in `mingbai::receipt`, not with the
//! program's own writer.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../dice/mod.rs"]
mod dice;

use chrono::{DateTime, TimeDelta, Utc};
use coset::cbor::value::Value as Cbor;
use dice::Dice;
use ed25519_dalek::{Signer, SigningKey};
use mingbai::submission::SealingKey;
use mingbai::catalogue::author;
use mingbai::check::Outcome;
use mingbai::receipt::claims::{COSE_MAX, cose_size, sign};
use mingbai::receipt::verify::{Reason, Report, Verdict, verify};
use mingbai::receipt::{Claims, DeviceKey, HallKey, Kind, MaterialMark, OUTCOMES, PREFIX, Profile, TrustList, decode, number};
use mingbai::signing::{ACKNOWLEDGEMENT, RECEIPT, hex, key_id};
use uuid::Uuid;

// ── the people of these tests ──

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}
fn hall() -> SigningKey {
    key(1)
}
fn kiosk() -> SigningKey {
    key(2)
}
/// Enrolled, and revoked later.
fn lost() -> SigningKey {
    key(3)
}
/// Enrolled; its certificate has run out.
fn old() -> SigningKey {
    key(4)
}
/// Known to nobody.
fn stranger() -> SigningKey {
    key(9)
}

fn public(key: &SigningKey) -> String {
    hex(&key.verifying_key().to_bytes())
}
fn kid(key: &SigningKey) -> Vec<u8> {
    key_id(&key.verifying_key().to_bytes()).to_vec()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}
fn now() -> DateTime<Utc> {
    at("2026-11-25T02:00:00Z")
}
const REVOKED: &str = "2026-11-24T06:00:00Z";
const RAN_OUT: &str = "2026-11-20T00:00:00Z";

fn trust() -> TrustList {
    let device = |key: SigningKey, name: &str| DeviceKey {
        public: public(&key),
        profile: Profile::Kiosk,
        name: name.into(),
        not_before: at("2026-01-01T00:00:00Z"),
        not_after: at("2027-01-01T00:00:00Z"),
        revoked_at: None,
    };
    TrustList {
        hall: "qinzhou".into(),
        sequence: 7,
        issued_at: at("2026-11-25T00:00:00Z"),
        sealing: SealingKey { kid: "k1".into(), public: "00".repeat(32) },
        hall_keys: vec![HallKey {
            public: public(&hall()),
            not_before: at("2026-01-01T00:00:00Z"),
            not_after: at("2036-01-01T00:00:00Z"),
            revoked_at: None,
        }],
        devices: vec![
            device(kiosk(), "east entrance 2"),
            DeviceKey { revoked_at: Some(at(REVOKED)), ..device(lost(), "west entrance") },
            DeviceKey { not_after: at(RAN_OUT), ..device(old(), "old kiosk") },
        ],
    }
}

fn claims(kind: Kind) -> Claims {
    let issued_at = at("2026-11-24T08:15:30Z");
    Claims {
        hall: "qinzhou".into(),
        id: Uuid::parse_str("0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b").unwrap(),
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
    }
}
fn queued() -> Claims {
    claims(Kind::Queued)
}
fn self_issued(key: &SigningKey) -> Claims {
    Claims { self_issued: Some(public(key)), ..queued() }
}

fn look(text: &str) -> Report {
    verify(text, Some(&trust()), now())
}

// ── the format, by hand ──

fn pack(cose: &[u8]) -> String {
    format!("{PREFIX}{}", base45::encode(miniz_oxide::deflate::compress_to_vec_zlib(cose, 9)))
}
fn unpack(text: &str) -> Vec<u8> {
    miniz_oxide::inflate::decompress_to_vec_zlib(&base45::decode(text.strip_prefix(PREFIX).unwrap()).unwrap()).unwrap()
}
fn bytes(value: &Cbor) -> Vec<u8> {
    coset::CborSerializable::to_vec(value.clone()).unwrap()
}
fn map(entries: Vec<(i64, Cbor)>) -> Cbor {
    Cbor::Map(entries.into_iter().map(|(label, value)| (Cbor::from(label), value)).collect())
}
/// The payload of a receipt that the program has made.
fn payload(claims: &Claims) -> Vec<u8> {
    let cose: Cbor = coset::CborSerializable::from_slice(&unpack(&sign(claims, &kiosk()).unwrap())).unwrap();
    let Cbor::Tag(18, message) = cose else { panic!("no tag") };
    message.as_array().unwrap()[2].as_bytes().unwrap().clone()
}

/// A message to be made in every wrong way.
struct Forge {
    protected: Vec<u8>,
    unprotected: Cbor,
    payload: Vec<u8>,
    context: &'static str,
    key: SigningKey,
}

fn header(key: &SigningKey) -> Vec<(i64, Cbor)> {
    vec![(1, Cbor::from(-8)), (4, Cbor::Bytes(kid(key)))]
}

impl Forge {
    /// Genuine so far.
    fn of(claims: &Claims, key: SigningKey) -> Forge {
        let protected = bytes(&map(header(&key)));
        Forge { protected, unprotected: map(vec![]), payload: payload(claims), context: claims.kind.context(), key }
    }
    fn protected(self, entries: Vec<(i64, Cbor)>) -> Forge {
        Forge { protected: bytes(&map(entries)), ..self }
    }
    fn message(&self) -> Cbor {
        let to_sign = Cbor::Array(vec![
            Cbor::from("Signature1"),
            Cbor::Bytes(self.protected.clone()),
            Cbor::Bytes(self.context.as_bytes().to_vec()),
            Cbor::Bytes(self.payload.clone()),
        ]);
        let signature = self.key.sign(&bytes(&to_sign)).to_bytes();
        Cbor::Array(vec![
            Cbor::Bytes(self.protected.clone()),
            self.unprotected.clone(),
            Cbor::Bytes(self.payload.clone()),
            Cbor::Bytes(signature.to_vec()),
        ])
    }
    fn cose(&self) -> Vec<u8> {
        bytes(&Cbor::Tag(18, Box::new(self.message())))
    }
    fn text(&self) -> String {
        pack(&self.cose())
    }
}

// ── genuine ones ──

#[test]
fn what_is_signed_is_read_back_and_believed() {
    for outcome in OUTCOMES {
        let (queued, received) = (Claims { outcome, ..queued() }, Claims { outcome, ..claims(Kind::Received) });
        let own = Claims { outcome, ..self_issued(&stranger()) };
        for (claims, key, verdict) in
            [(queued, kiosk(), Verdict::Queued), (received, hall(), Verdict::Received), (own, stranger(), Verdict::SelfIssued)]
        {
            let text = sign(&claims, &key).unwrap();
            let report = look(&text);
            assert_eq!((report.verdict, report.reasons.as_slice()), (verdict, [].as_slice()));
            assert_eq!(report.claims, Some(claims));
            assert!(text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase() || b" $%*+-./:".contains(&b)), "{text}");
        }
    }
    assert_eq!(look(&sign(&queued(), &kiosk()).unwrap()).device.as_deref(), Some("east entrance 2"));
}

#[test]
fn the_program_writes_what_its_description_says() {
    for (claims, key) in [(queued(), kiosk()), (claims(Kind::Received), hall()), (self_issued(&stranger()), stranger())] {
        assert_eq!(sign(&claims, &key).unwrap(), Forge::of(&claims, key).text());
    }
}

#[test]
fn every_material_mark_survives() {
    use MaterialMark::*;
    let claims = Claims { materials: vec![Missing, Original, Copy, Electronic, Later, NotNeeded], ..queued() };
    assert_eq!(look(&sign(&claims, &kiosk()).unwrap()).claims, Some(claims));
}

#[test]
fn receipts_of_every_item_are_small_enough_to_print() {
    let catalogue = author::compile(&author::sample()).unwrap_or_else(|f| panic!("{}", f[0]));
    for item in &catalogue.items {
        for (kind, own) in [(Kind::Queued, false), (Kind::Received, false), (Kind::Queued, true)] {
            let own = own.then(|| public(&stranger()));
            let claims = Claims {
                hall: catalogue.hall.code.clone(),
                item: item.code.clone(),
                materials: vec![MaterialMark::Original; item.materials.len()],
                self_issued: own,
                ..claims(kind)
            };
            let text = sign(&claims, &stranger()).unwrap();
            let size = cose_size(&text).unwrap();
            assert!(size <= COSE_MAX, "{}: {size} bytes", item.code);
            let code = qrcode::QrCode::with_error_correction_level(&text, qrcode::EcLevel::M).unwrap();
            assert!(matches!(code.version(), qrcode::Version::Normal(1..=13)), "{}: {:?}", item.code, code.version());
        }
    }
    let long = Claims { item: "x".repeat(200), ..queued() };
    assert!(sign(&long, &kiosk()).is_err(), "a receipt that is too large is refused when it is made");
}

#[test]
fn a_camera_reads_the_very_text() {
    let text = sign(&queued(), &kiosk()).unwrap();
    let code = qrcode::QrCode::with_error_correction_level(&text, qrcode::EcLevel::M).unwrap();
    let (modules, scale, quiet) = (code.width(), 4, 4);
    let side = (modules + 2 * quiet) * scale;
    let dark = |place: usize| place.checked_sub(quiet * scale).map(|p| p / scale).filter(|m| *m < modules);
    let pixel = |n: usize| match (dark(n % side), dark(n / side)) {
        (Some(x), Some(y)) if code[(x, y)] == qrcode::Color::Dark => 0,
        _ => 255,
    };
    let luma: Vec<u8> = (0..side * side).map(pixel).collect();
    let size = u32::try_from(side).unwrap();
    assert_eq!(decode::quick(&luma, size, size), std::slice::from_ref(&text));
    assert_eq!(decode::thorough(&luma, size, size), [text]);
    assert!(decode::quick(&luma, size, size - 1).is_empty(), "a frame of another size than its pixels is no frame");
    assert!(decode::thorough(&[], 0, 0).is_empty());
}

// ── broken ones ──

/// What the first reason must be.
enum Why {
    Unreadable(&'static str),
    Is(Reason),
}

#[test]
fn every_broken_receipt_is_refused_for_its_own_reason() {
    use Verdict::{CannotTell, NotGenuine};
    let genuine = || Forge::of(&queued(), kiosk());
    let cose = genuine().cose();
    let text = genuine().text();
    let with_time = |shift: TimeDelta| {
        let claims = queued();
        Claims { issued_at: claims.issued_at + shift, expires_at: claims.expires_at + shift, ..claims }
    };
    let signed_by = |claims: Claims, key: SigningKey| sign(&claims, &key).unwrap();
    let altered = |edit: fn(&mut Vec<u8>)| {
        let mut forge = genuine();
        edit(&mut forge.payload);
        forge.text()
    };
    let edited = |edit: fn(&mut Vec<(Cbor, Cbor)>)| {
        let mut claims: Cbor = coset::CborSerializable::from_slice(&payload(&queued())).unwrap();
        edit(claims.as_map_mut().unwrap());
        Forge { payload: bytes(&claims), ..genuine() }.text()
    };
    let own = |edit: fn(&mut Vec<Cbor>)| {
        let mut claims: Cbor = coset::CborSerializable::from_slice(&payload(&queued())).unwrap();
        edit(claims.as_map_mut().unwrap().last_mut().unwrap().1.as_array_mut().unwrap());
        Forge { payload: bytes(&claims), ..genuine() }.text()
    };
    let alg = (1, Cbor::from(-8));
    let of_kiosk = (4, Cbor::Bytes(kid(&kiosk())));
    let (prefix, base, zlib) = ("does not begin", "not base45", "zlib");
    let (shape, head, claim) = ("COSE_Sign1", "protected header", "claim");

    use Why::{Is, Unreadable};
    #[rustfmt::skip]
    let table = [
        // the text
        ("empty", String::new(), NotGenuine, Unreadable(prefix)),
        ("another prefix", text.replace("MB1:", "HC1:"), NotGenuine, Unreadable(prefix)),
        ("another version", text.replace("MB1:", "MB2:"), NotGenuine, Unreadable(prefix)),
        ("prefix in small letters", text.replace("MB1:", "mb1:"), NotGenuine, Unreadable(prefix)),
        ("a web address", "https://example.org/MB1:".into(), NotGenuine, Unreadable(prefix)),
        ("nothing after the prefix", PREFIX.into(), NotGenuine, Unreadable(zlib)),
        ("a character outside base45", format!("{text}!"), NotGenuine, Unreadable(base)),
        ("Chinese in it", format!("{PREFIX}明白"), NotGenuine, Unreadable(base)),
        ("too long", format!("{PREFIX}{}", "A".repeat(100_000)), NotGenuine, Unreadable("too long")),
        ("base45 of something else", format!("{PREFIX}{}", base45::encode("hello")), NotGenuine, Unreadable(zlib)),
        ("a zip bomb", pack(&[0; 100_000]), NotGenuine, Unreadable(zlib)),
        // the message
        ("zlib of nothing", pack(&[]), NotGenuine, Unreadable(shape)),
        ("no tag", pack(&bytes(&genuine().message())), NotGenuine, Unreadable(shape)),
        ("doubled tag", pack(&[&[0xd2], cose.as_slice()].concat()), NotGenuine, Unreadable(shape)),
        ("another tag", pack(&bytes(&Cbor::Tag(98, Box::new(genuine().message())))), NotGenuine, Unreadable(shape)),
        ("trailing byte", pack(&[cose.as_slice(), &[0]].concat()), NotGenuine, Unreadable(shape)),
        ("tag in a longer form", pack(&[&[0xd8, 18], &cose[1..]].concat()), NotGenuine, Unreadable(shape)),
        ("array in a longer form", pack(&[&[0xd2, 0x98, 4], &cose[2..]].concat()), NotGenuine, Unreadable(shape)),
        ("not an array", pack(&bytes(&Cbor::Tag(18, Box::new(Cbor::from(1))))), NotGenuine, Unreadable(shape)),
        ("signature too short", pack(&bytes(&Cbor::Tag(18, Box::new({
            let mut message = genuine().message();
            message.as_array_mut().unwrap()[3] = Cbor::Bytes(vec![1; 63]);
            message
        })))), NotGenuine, Unreadable(shape)),
        // the header
        ("alg wrong", genuine().protected(vec![(1, Cbor::from(-7)), of_kiosk.clone()]).text(), NotGenuine, Unreadable(head)),
        ("alg missing", genuine().protected(vec![of_kiosk.clone()]).text(), NotGenuine, Unreadable(head)),
        ("alg unprotected", Forge { unprotected: map(vec![alg.clone()]), ..genuine().protected(vec![of_kiosk.clone()]) }.text(), NotGenuine, Unreadable(head)),
        ("alg in both", Forge { unprotected: map(vec![alg.clone()]), ..genuine() }.text(), NotGenuine, Unreadable(head)),
        ("alg as a text", genuine().protected(vec![(1, Cbor::from("EdDSA")), of_kiosk.clone()]).text(), NotGenuine, Unreadable(head)),
        ("kid missing", genuine().protected(vec![alg.clone()]).text(), NotGenuine, Unreadable(head)),
        ("kid unprotected", Forge { unprotected: map(vec![of_kiosk.clone()]), ..genuine().protected(vec![alg.clone()]) }.text(), NotGenuine, Unreadable(head)),
        ("kid too long", genuine().protected(vec![alg.clone(), (4, Cbor::Bytes(vec![0; 9]))]).text(), NotGenuine, Unreadable(head)),
        ("kid empty", genuine().protected(vec![alg.clone(), (4, Cbor::Bytes(vec![]))]).text(), NotGenuine, Unreadable("")),
        ("a further header", genuine().protected(vec![alg.clone(), of_kiosk.clone(), (3, Cbor::from(60))]).text(), NotGenuine, Unreadable(head)),
        ("a critical header", genuine().protected(vec![alg.clone(), (2, Cbor::Array(vec![Cbor::from(4)])), of_kiosk.clone()]).text(), NotGenuine, Unreadable("")),
        ("header in another order", genuine().protected(vec![of_kiosk.clone(), alg.clone()]).text(), NotGenuine, Unreadable("")),
        ("header empty", Forge { protected: vec![], ..genuine() }.text(), NotGenuine, Unreadable(head)),
        // the claims
        ("payload empty", altered(Vec::clear), NotGenuine, Unreadable("")),
        ("payload with a trailing byte", altered(|p| p.push(0)), NotGenuine, Unreadable("")),
        ("an integer in a longer form", altered(|p| { p.splice(1..2, [0x18, 1]); }), NotGenuine, Unreadable(claim)),
        ("a map without end", altered(|p| { p[0] = 0xbf; p.push(0xff); }), NotGenuine, Unreadable(claim)),
        ("a doubled key", edited(|m| m.push(m[0].clone())), NotGenuine, Unreadable(claim)),
        ("a doubled key with another value", edited(|m| m.insert(1, (Cbor::from(1), Cbor::from("nanning")))), NotGenuine, Unreadable(claim)),
        ("a further claim", edited(|m| m.push((Cbor::from(2), Cbor::from("someone")))), NotGenuine, Unreadable(claim)),
        ("claims in another order", edited(|m| m.reverse()), NotGenuine, Unreadable(claim)),
        ("no issuer", edited(|m| { m.remove(0); }), NotGenuine, Unreadable("iss")),
        ("no expiry", edited(|m| { m.remove(1); }), NotGenuine, Unreadable("exp")),
        ("issue time as a text", edited(|m| m[2].1 = Cbor::from("2026")), NotGenuine, Unreadable("iat")),
        ("issue time with a fraction", edited(|m| m[2].1 = Cbor::from(1.5)), NotGenuine, Unreadable("iat")),
        ("issue time beyond all time", edited(|m| m[2].1 = Cbor::from(i64::MAX)), NotGenuine, Unreadable("iat")),
        ("an id of 15 bytes", edited(|m| m[3].1 = Cbor::Bytes(vec![0; 15])), NotGenuine, Unreadable("cti")),
        ("no members of its own", edited(|m| { m.pop(); }), NotGenuine, Unreadable("-65537")),
        ("too few members", own(|a| { a.pop(); }), NotGenuine, Unreadable("-65537")),
        ("too many members", own(|a| a.push(Cbor::Null)), NotGenuine, Unreadable("-65537")),
        ("kind unknown", own(|a| a[0] = Cbor::from(2)), NotGenuine, Unreadable("kind")),
        ("outcome unknown", own(|a| a[4] = Cbor::from(8)), NotGenuine, Unreadable("outcome")),
        ("outcome negative", own(|a| a[4] = Cbor::from(-1)), NotGenuine, Unreadable("outcome")),
        ("digest of 32 bytes", own(|a| a[3] = Cbor::Bytes(vec![0; 32])), NotGenuine, Unreadable("digest")),
        ("a mark unknown", own(|a| a[5] = Cbor::Bytes(vec![6])), NotGenuine, Unreadable("materials")),
        ("a short number mistyped", own(|a| a[6] = Cbor::from(26_328_013_701_u64)), NotGenuine, Unreadable("short number")),
        ("a short number too long", own(|a| a[6] = Cbor::from(u64::MAX)), NotGenuine, Unreadable("short number")),
        // the signature
        ("wrong context", Forge { context: ACKNOWLEDGEMENT, ..genuine() }.text(), NotGenuine, Is(Reason::Signature)),
        ("context of another version", Forge { context: "mingbai/receipt/2", ..genuine() }.text(), NotGenuine, Is(Reason::Signature)),
        ("no context", Forge { context: "", ..genuine() }.text(), NotGenuine, Is(Reason::Signature)),
        ("kid of another device", Forge { key: stranger(), ..genuine() }.text(), NotGenuine, Is(Reason::Signature)),
        ("kid of the hall", genuine().protected(header(&hall())).text(), NotGenuine, Is(Reason::Signature)),
        ("kid unknown", genuine().protected(header(&stranger())).text(), CannotTell, Is(Reason::UnknownKey { kid: hex(&kid(&stranger())) })),
        ("a key known to nobody", signed_by(queued(), stranger()), CannotTell, Is(Reason::UnknownKey { kid: hex(&kid(&stranger())) })),
        ("the hall's receipt by a device", signed_by(claims(Kind::Received), kiosk()), NotGenuine, Is(Reason::WrongSigner)),
        ("a device's receipt by the hall", signed_by(queued(), hall()), NotGenuine, Is(Reason::WrongSigner)),
        ("self-issued by another key", signed_by(self_issued(&stranger()), kiosk()), NotGenuine, Is(Reason::Signature)),
        ("self-issued with another's kid", Forge::of(&self_issued(&stranger()), stranger()).protected(header(&kiosk())).text(), NotGenuine, Is(Reason::Signature)),
        ("self-issued, as if from the hall", signed_by(Claims { self_issued: Some(public(&stranger())), ..claims(Kind::Received) }, stranger()), NotGenuine, Is(Reason::Signature)),
        // whose, and when
        ("another hall", signed_by(Claims { hall: "nanning".into(), ..queued() }, kiosk()), NotGenuine, Is(Reason::OtherHall { hall: "nanning".into() })),
        ("self-issued for another hall", signed_by(Claims { hall: "nanning".into(), ..self_issued(&stranger()) }, stranger()), NotGenuine, Is(Reason::OtherHall { hall: "nanning".into() })),
        ("expired", signed_by(with_time(TimeDelta::days(-200)), kiosk()), NotGenuine, Is(Reason::Expired { at: with_time(TimeDelta::days(-200)).expires_at })),
        ("self-issued, expired", signed_by(Claims { self_issued: Some(public(&stranger())), ..with_time(TimeDelta::days(-200)) }, stranger()), NotGenuine, Is(Reason::Expired { at: with_time(TimeDelta::days(-200)).expires_at })),
        ("not yet valid", signed_by(with_time(TimeDelta::days(2)), kiosk()), NotGenuine, Is(Reason::NotYetValid { at: with_time(TimeDelta::days(2)).issued_at })),
        ("certificate ran out before", signed_by(queued(), old()), NotGenuine, Is(Reason::KeyExpired { at: at(RAN_OUT) })),
        ("revoked before", signed_by(queued(), lost()), NotGenuine, Is(Reason::Revoked { at: at(REVOKED) })),
        ("revoked after", signed_by(with_time(TimeDelta::hours(-8)), lost()), Verdict::Queued, Is(Reason::RevokedLater { at: at(REVOKED) })),
    ];
    let mut wrong = Vec::new();
    for (name, text, verdict, why) in table {
        let report = look(&text);
        let fits = match (report.reasons.first(), why) {
            (Some(Reason::Unreadable { detail }), Unreadable(part)) => detail.contains(part),
            (Some(reason), Is(expected)) => *reason == expected,
            _ => false,
        };
        if report.verdict != verdict || !fits {
            wrong.push(format!("{name}: {:?} {:?}", report.verdict, report.reasons));
        }
        for reason in &report.reasons {
            let said = reason.say();
            assert!(!said.zh.is_empty() && !said.en.is_empty());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn without_or_with_an_old_trust_list_it_says_so() {
    let text = sign(&queued(), &kiosk()).unwrap();
    let report = verify(&text, None, now());
    assert_eq!((report.verdict, report.reasons), (Verdict::CannotTell, vec![Reason::NoTrustList]));
    let own = verify(&sign(&self_issued(&stranger()), &stranger()).unwrap(), None, now());
    assert_eq!((own.verdict, own.reasons), (Verdict::SelfIssued, vec![]));
    let list = TrustList { issued_at: now() - TimeDelta::days(9), ..trust() };
    let report = verify(&text, Some(&list), now());
    assert_eq!((report.verdict, report.reasons), (Verdict::Queued, vec![Reason::OldTrustList { days: 9 }]));
    assert_eq!(report.trusted_at, Some(list.issued_at));
}

#[test]
fn cut_anywhere_it_is_no_receipt() {
    for (claims, key) in [(queued(), kiosk()), (claims(Kind::Received), hall()), (self_issued(&stranger()), stranger())] {
        let text = sign(&claims, &key).unwrap();
        for end in 0..text.len() {
            assert_eq!(look(&text[..end]).verdict, Verdict::NotGenuine, "{end} characters");
        }
        let cose = unpack(&text);
        for end in 0..cose.len() {
            assert_eq!(look(&pack(&cose[..end])).verdict, Verdict::NotGenuine, "{end} bytes");
        }
    }
}

fn mutate(dice: &mut Dice, bytes: &mut Vec<u8>, letters: &[u8]) {
    for _ in 0..=dice.below(3) {
        let (place, letter) = (dice.below(bytes.len()), letters[dice.below(letters.len())]);
        match dice.below(5) {
            0 => bytes[place] ^= 1 << dice.below(8),
            1 => bytes[place] = letter,
            2 => bytes.insert(place, letter),
            3 if bytes.len() > 1 => drop(bytes.remove(place)),
            _ => {
                let other = dice.below(bytes.len());
                bytes.swap(place, other);
            }
        }
    }
}

#[test]
fn twenty_thousand_mutations_never_mean_anything_else() {
    let letters = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    let all: Vec<u8> = (0..=255).collect();
    let genuine = [(queued(), kiosk()), (claims(Kind::Received), hall()), (self_issued(&stranger()), stranger())]
        .map(|(claims, key)| (sign(&claims, &key).unwrap(), claims));
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for round in 0..20_000 {
        let (text, claims) = &genuine[round % genuine.len()];
        let mutated = if dice.below(2) == 0 {
            let mut bytes = text.clone().into_bytes();
            mutate(&mut dice, &mut bytes, letters);
            String::from_utf8_lossy(&bytes).into_owned()
        } else {
            let mut cose = unpack(text);
            mutate(&mut dice, &mut cose, &all);
            pack(&cose)
        };
        let report = look(&mutated);
        if matches!(report.verdict, Verdict::Received | Verdict::Queued | Verdict::SelfIssued) {
            assert_eq!(report.claims.as_ref(), Some(claims), "round {round}: {mutated}");
        }
    }
}

#[test]
fn contexts_are_each_their_own() {
    assert_eq!(Kind::Queued.context(), RECEIPT);
    assert_eq!(Kind::Received.context(), ACKNOWLEDGEMENT);
    assert_ne!(RECEIPT, ACKNOWLEDGEMENT);
}
