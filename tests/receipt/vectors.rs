//! Frozen vectors: exact texts with the verdict, the reasons and the claims that every verifier must come to. They lie in
//! `vectors.json`, for other programs too. What they hold never changes; new ones may come. The file is written anew by
//! `cargo test --test receipt write_the_vectors -- --ignored`.

use super::forge::{
    Bytes, Forge, Item, NULL, Pair, array, bytes, cnf, header, int, items, letters, map, own, pack, pairs, tag, text, zlib,
};
use super::people::*;
use chrono::{DateTime, TimeDelta, Utc};
use mingbai::receipt::claims::read;
use mingbai::receipt::verify::{FRESH, Reason, TOLERANCE, Verdict, verify};
use mingbai::receipt::{Claims, Kind, MaterialMark, OUTCOMES, PREFIX, TrustList, Unreadable, number};
use mingbai::signing::{Signed, TRUST_LIST, from_hex, hex, key_id};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

// ── the file ──

#[derive(Serialize, Deserialize)]
struct File {
    about: Vec<String>,
    now: DateTime<Utc>,
    root: String,
    trust: Signed,
    secrets: BTreeMap<String, String>,
    vectors: Vec<Vector>,
}

const ABOUT: [&str; 8] = [
    "Test vectors for receipts (回执) of Mingbai: texts of QR codes and what a verifier must say of them. Free to use (MIT).",
    "The format is described in the documentation of the module `receipt`. Vectors may be added; those that are here never change.",
    "`trust` is a trust list as a hall serves it, signed under the key `root`. `now` is the verifier's clock.",
    "A vector may have a clock of its own (`now`), or be for a verifier without a trust list (`untrusting`: true).",
    "To conform, a verifier comes to `verdict`, to the codes in `reasons` with their values, and reads the same `claims`.",
    "`why` and `claim` of an unreadable text say at which step this program stops; another may stop at another.",
    "`device` is the name, in the trust list, of the device whose key id it has.",
    "`secrets` are the Ed25519 seeds of everybody here, so that more can be made. Believe none of them anywhere else.",
];

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    name: String,
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    now: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    untrusting: bool,
    verdict: Verdict,
    reasons: Vec<Reason>,
    device: Option<String>,
    claims: Option<Claims>,
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/receipt/vectors.json")
}

fn written() -> String {
    fn line(key: &str, value: &impl Serialize) -> String {
        format!("  \"{key}\": {},\n", serde_json::to_string(value).unwrap())
    }
    let vectors: Vec<String> = made().iter().map(|vector| format!("    {}", serde_json::to_string(vector).unwrap())).collect();
    let about: Vec<String> = ABOUT.iter().map(|line| format!("    {}", serde_json::to_string(line).unwrap())).collect();
    let secrets: BTreeMap<&str, String> = EVERYBODY.map(|(name, seed)| (name, hex(&[seed; 32]))).into();
    [
        format!("{{\n  \"about\": [\n{}\n  ],\n", about.join(",\n")),
        line("now", &now()),
        line("root", &public(ROOT)),
        line("trust", &Signed::sign(&trust(), TRUST_LIST, &key(ROOT)).unwrap()),
        line("secrets", &secrets),
        format!("  \"vectors\": [\n{}\n  ]\n}}\n", vectors.join(",\n")),
    ]
    .concat()
}

#[test]
#[ignore = "writes the file"]
fn write_the_vectors() {
    std::fs::write(path(), written()).unwrap();
}

#[test]
fn the_frozen_file_is_what_is_made_here() {
    let (frozen, made) = (std::fs::read_to_string(path()).unwrap(), written());
    for (at, (frozen, made)) in frozen.lines().zip(made.lines()).enumerate() {
        assert_eq!(frozen, made, "line {}", at + 1);
    }
    assert!(frozen == made);
}

#[test]
fn every_frozen_vector_is_judged_as_it_says() {
    let file: File = serde_json::from_str(&std::fs::read_to_string(path()).unwrap()).unwrap();
    let trust: TrustList = file.trust.open(TRUST_LIST, &from_hex(&file.root).unwrap()).unwrap();
    let mut wrong = Vec::new();
    for vector in &file.vectors {
        let report = verify(&vector.text, Some(&trust).filter(|_| !vector.untrusting), vector.now.unwrap_or(file.now));
        let found = (report.verdict, &report.reasons, &report.device, &report.claims);
        if found != (vector.verdict, &vector.reasons, &vector.device, &vector.claims) {
            wrong.push(format!("{}: {found:?}", vector.name));
        }
        for said in report.reasons.iter().map(Reason::say) {
            assert!(said.zh != said.en && !said.zh.is_empty() && !said.en.is_empty());
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), file.vectors.len(), wrong.join("\n"));
}

#[test]
fn the_frozen_vectors_leave_nothing_out() {
    let file: File = serde_json::from_str(&std::fs::read_to_string(path()).unwrap()).unwrap();
    let genuine = |vector: &&Vector| matches!(vector.verdict, Verdict::Received | Verdict::Queued | Verdict::SelfIssued);
    let count = file.vectors.iter().filter(genuine).count();
    assert!(count >= 8 && file.vectors.len() - count >= 60, "{count} genuine of {}", file.vectors.len());
    let names: BTreeSet<_> = file.vectors.iter().map(|vector| &vector.name).collect();
    assert_eq!(names.len(), file.vectors.len(), "two of one name");
    let texts: BTreeSet<_> = file.vectors.iter().map(|vector| (&vector.text, vector.now, vector.untrusting)).collect();
    assert_eq!(texts.len(), file.vectors.len(), "two of one text");
    let json = |value: serde_json::Value, key: &str| value[key].as_str().map(str::to_owned);
    let reasons = || file.vectors.iter().flat_map(|vector| &vector.reasons).map(|reason| serde_json::to_value(reason).unwrap());
    let found: BTreeSet<_> = reasons().filter_map(|reason| json(reason, "reason")).collect();
    let whys: BTreeSet<_> = reasons().filter_map(|reason| json(reason, "why")).collect();
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let all = [
        "unreadable",
        "other-hall",
        "signature",
        "unknown-key",
        "no-trust-list",
        "old-trust-list",
        "expired",
        "not-yet-valid",
        "key-not-yet-valid",
        "key-expired",
        "revoked",
        "revoked-later",
        "wrong-signer",
    ];
    assert_eq!(found, set(&all));
    assert_eq!(whys, set(&["prefix", "too-long", "base45", "zlib", "cose", "header", "claim", "encoding"]));
}

// ── what is in it ──

#[derive(Default)]
struct Vectors(Vec<Vector>);

impl Vectors {
    fn add(&mut self, name: String, text: String, claims: Option<Claims>, verdict: Verdict, reasons: Vec<Reason>) -> &mut Vector {
        self.0.push(Vector { name, text, now: None, untrusting: false, verdict, reasons, device: None, claims });
        self.0.last_mut().unwrap()
    }
    fn unreadable(&mut self, name: impl Into<String>, text: String, why: Unreadable) {
        self.add(name.into(), text, None, Verdict::NotGenuine, vec![Reason::Unreadable(why)]);
    }
    /// Unreadable, wherever it is that this program stops.
    fn refused(&mut self, name: impl Into<String>, text: String) {
        let name = name.into();
        let why = read(&text).map(|read| read.claims).expect_err(&name);
        self.unreadable(name, text, why);
    }
    fn judged(&mut self, name: &str, claims: &Claims, signer: u8, verdict: Verdict, reasons: Vec<Reason>) -> &mut Vector {
        self.forged(name, claims, signer, Forge::of(claims, signer).text(), verdict, reasons)
    }
    /// Of a text whose key id is that of `signer`, whoever has signed it.
    fn forged(&mut self, name: &str, claims: &Claims, signer: u8, text: String, verdict: Verdict, reasons: Vec<Reason>) -> &mut Vector {
        // Nobody's name stands on what is not vouched for: self-issued, for another hall, of an unknown key, or without a list.
        let named = claims.self_issued.is_none() && !matches!(reasons.first(), Some(Reason::OtherHall { .. }));
        let device = trust().devices.into_iter().find(|device| named && device.public == public(signer));
        let vector = self.add(name.into(), text, Some(claims.clone()), verdict, reasons);
        vector.device = device.map(|device| device.name);
        vector
    }
    fn genuine(&mut self, name: &str, claims: &Claims, signer: u8) -> &mut Vector {
        let verdict = match (claims.kind, &claims.self_issued) {
            (Kind::Received, _) => Verdict::Received,
            (Kind::Queued, None) => Verdict::Queued,
            (Kind::Queued, Some(_)) => Verdict::SelfIssued,
        };
        self.judged(name, claims, signer, verdict, vec![])
    }
}

pub fn made() -> Vec<Vector> {
    let mut vectors = Vectors::default();
    genuine(&mut vectors);
    texts(&mut vectors);
    messages(&mut vectors);
    headers(&mut vectors);
    claims_of_all_kinds(&mut vectors);
    signatures(&mut vectors);
    signers(&mut vectors);
    keys_in_time(&mut vectors);
    receipts_in_time(&mut vectors);
    verifiers(&mut vectors);
    encodings(&mut vectors);
    cut(&mut vectors);
    vectors.0
}

fn dated(claims: Claims, issued_at: DateTime<Utc>) -> Claims {
    Claims { issued_at, expires_at: issued_at + TimeDelta::days(180), ..claims }
}
const SECOND: TimeDelta = TimeDelta::seconds(1);

fn genuine(v: &mut Vectors) {
    use MaterialMark::*;
    v.genuine("queued on an enrolled kiosk", &queued(), KIOSK);
    v.genuine("received by the hall", &received(), HALL);
    v.genuine("self-issued", &self_issued(STRANGER), STRANGER);
    let before = |claims| Claims { identity: None, ..claims };
    v.genuine("queued, without an identity", &before(queued()), KIOSK);
    v.genuine("received, without an identity", &before(received()), HALL);
    v.genuine("self-issued, without an identity", &before(self_issued(STRANGER)), STRANGER);
    for (n, outcome) in OUTCOMES.into_iter().enumerate() {
        v.genuine(&format!("outcome {n}"), &Claims { outcome, materials: vec![Original; n], ..queued() }, KIOSK);
    }
    v.genuine("every mark", &Claims { materials: vec![Missing, Original, Copy, Electronic, Later, NotNeeded], ..queued() }, KIOSK);
    let early = number::make(at("2006-01-02T00:00:00Z").date_naive(), 1);
    v.genuine("a short number that begins with 0", &Claims { short_number: early, ..received() }, HALL);
    v.genuine("a self-issued receipt of an enrolled kiosk", &self_issued(KIOSK), KIOSK);
    v.genuine("larger than this program writes", &Claims { item: "x".repeat(200), ..queued() }, KIOSK);
    let cose = Forge::of(&queued(), KIOSK).cose();
    let stored = letters(&miniz_oxide::deflate::compress_to_vec_zlib(&cose, 0));
    v.forged("stored instead of compressed", &queued(), KIOSK, stored, Verdict::Queued, vec![]);
    v.forged("white space around it", &queued(), KIOSK, format!(" {}\r\n", pack(&cose)), Verdict::Queued, vec![]);
}

fn texts(v: &mut Vectors) {
    use Unreadable::*;
    let cose = Forge::of(&queued(), KIOSK).cose();
    let genuine = pack(&cose);
    v.unreadable("empty", String::new(), Prefix);
    let prefixes = [("another prefix", "HC1:"), ("another version", "MB2:"), ("prefix in small letters", "mb1:"), ("no prefix", "")];
    for (name, prefix) in prefixes {
        v.unreadable(name, genuine.replace(PREFIX, prefix), Prefix);
    }
    v.unreadable("a web address", format!("https://example.org/{genuine}"), Prefix);
    v.unreadable("too long", format!("{PREFIX}{}", "0".repeat(1197)), TooLong);
    v.unreadable("a character outside base45", format!("{genuine}!"), Base45);
    v.unreadable("small letters", genuine.replacen('A', "a", 1), Base45);
    v.unreadable("white space inside", format!("{}\n{}", &genuine[..100], &genuine[100..]), Base45);
    v.unreadable("Chinese in it", format!("{PREFIX}明白"), Base45);
    v.unreadable("a last letter alone", format!("{PREFIX}0000"), Base45);
    v.unreadable("three letters for more than two bytes", format!("{PREFIX}GGW"), Base45);
    v.unreadable("two letters for more than a byte", format!("{PREFIX}::"), Base45);
    v.unreadable("nothing after the prefix", PREFIX.into(), Zlib);
    v.unreadable("base45 of something else", letters(b"hello"), Zlib);
    let packed = zlib(&cose);
    let changed = |at: usize| {
        let mut packed = packed.clone();
        packed[at] ^= 1;
        letters(&packed)
    };
    v.unreadable("zlib with another method", changed(0), Zlib);
    v.unreadable("zlib with a wrong check of its header", changed(1), Zlib);
    v.unreadable("zlib with a dictionary", letters(&[&[0x78, 0x20], &packed[2..]].concat()), Zlib);
    v.unreadable("zlib with a wrong checksum", changed(packed.len() - 1), Zlib);
    v.unreadable("zlib cut in its checksum", letters(&packed[..packed.len() - 1]), Zlib);
    v.unreadable("zlib cut in the middle", letters(&packed[..packed.len() / 2]), Zlib);
    v.unreadable("a byte behind the zlib stream", letters(&[packed.as_slice(), &[0]].concat()), Zlib);
    v.unreadable("two zlib streams", letters(&[packed.clone(), zlib(&[])].concat()), Zlib);
    v.unreadable("deflate without zlib", letters(&packed[2..packed.len() - 4]), Zlib);
    v.unreadable("a zip bomb", pack(&[0; 100_000]), Zlib);
    v.unreadable("inflates to a byte more than is read", pack(&[0; 601]), Zlib);
    v.unreadable("inflates to as much as is read", pack(&[0; 600]), Cose);
}

fn messages(v: &mut Vectors) {
    use Unreadable::Cose;
    let forge = Forge::of(&queued(), KIOSK);
    let (cose, members) = (forge.cose(), forge.members(&forge.signature()));
    let message = array(&members);
    let with = |at: usize, member: &[u8]| {
        let mut members = members.clone();
        members[at] = member.into();
        pack(&tag(18, &array(&members)))
    };
    v.unreadable("zlib of nothing", pack(&[]), Cose);
    v.unreadable("no tag", pack(&message), Cose);
    v.unreadable("doubled tag", pack(&tag(18, &cose)), Cose);
    v.unreadable("another tag", pack(&tag(98, &message)), Cose);
    v.unreadable("the tag of a CWT around it", pack(&tag(61, &cose)), Cose);
    v.unreadable("a trailing byte", pack(&[cose.as_slice(), &[0]].concat()), Cose);
    v.unreadable("two messages", pack(&[cose.clone(), cose.clone()].concat()), Cose);
    v.unreadable("not an array", pack(&tag(18, &int(1))), Cose);
    v.unreadable("three members", pack(&tag(18, &array(&members[..3]))), Cose);
    v.unreadable("five members", pack(&tag(18, &array(&[&members[..], &[NULL.into()]].concat()))), Cose);
    v.unreadable("payload detached", with(2, &NULL), Cose);
    v.unreadable("payload not in bytes", with(2, &forge.payload), Cose);
    v.unreadable("signature missing", with(3, &bytes(&[])), Cose);
    v.unreadable("signature too short", with(3, &bytes(&[1; 63])), Cose);
    v.unreadable("signature too long", with(3, &bytes(&[1; 65])), Cose);
    v.unreadable("signature null", with(3, &NULL), Cose);
    v.unreadable("protected header not in bytes", with(0, &forge.protected), Cose);
    v.unreadable("unprotected header an array", with(1, &array(&[])), Cose);
}

fn headers(v: &mut Vectors) {
    let genuine = || Forge::of(&queued(), KIOSK);
    let (alg, kid) = ((int(1), int(-8)), (int(4), bytes(&kid(KIOSK))));
    let mut wrong = |name: &str, protected: &[Pair], unprotected: &[Pair]| {
        v.refused(name, Forge { unprotected: map(unprotected), ..genuine().protected(protected) }.text());
    };
    let (alg, kid) = (&alg, &kid);
    let all = [alg.clone(), kid.clone()];
    let other = |algorithm: i64| [(int(1), int(algorithm)), kid.clone()];
    let short = |kid: &[u8]| [alg.clone(), (int(4), bytes(kid))];
    wrong("alg missing", &[kid.clone()], &[]);
    wrong("alg ES256", &other(-7), &[]);
    wrong("alg Ed25519 by its newer number", &other(-19), &[]);
    wrong("alg HMAC", &other(5), &[]);
    wrong("alg 0", &other(0), &[]);
    wrong("alg as a text", &[(int(1), text("EdDSA")), kid.clone()], &[]);
    wrong("alg unprotected", &[kid.clone()], &[alg.clone()]);
    wrong("alg in both", &all, &[alg.clone()]);
    wrong("alg doubled", &[alg.clone(), alg.clone(), kid.clone()], &[]);
    wrong("alg doubled with another value", &[(int(1), int(-7)), alg.clone(), kid.clone()], &[]);
    wrong("kid missing", &[alg.clone()], &[]);
    wrong("kid unprotected", &[alg.clone()], &[kid.clone()]);
    wrong("kid in both", &all, &[kid.clone()]);
    wrong("kid empty", &short(&[]), &[]);
    wrong("kid of 7 bytes", &short(&[0; 7]), &[]);
    wrong("kid of 9 bytes", &short(&[0; 9]), &[]);
    wrong("kid as a text", &[alg.clone(), (int(4), text("00000000"))], &[]);
    wrong("kid doubled", &[alg.clone(), kid.clone(), kid.clone()], &[]);
    wrong("both unprotected", &[], &all);
    wrong("a further protected header", &[alg.clone(), (int(3), int(60)), kid.clone()], &[]);
    wrong("a further unprotected header", &all, &[(int(3), int(60))]);
    wrong("an unprotected header doubled", &all, &[(int(3), int(60)), (int(3), int(60))]);
    wrong("a critical header", &[alg.clone(), (int(2), array(&[int(4)])), kid.clone()], &[]);
    wrong("header in another order", &[kid.clone(), alg.clone()], &[]);
    wrong("header an empty map", &[], &[]);
    v.unreadable("header empty", Forge { protected: vec![], ..genuine() }.text(), Unreadable::Header);
    let trailing = [map(&header(KIOSK)), vec![0]].concat();
    v.refused("a byte behind the header", Forge { protected: trailing, ..genuine() }.text());
}

/// What is wrong with one claim, in a message that is signed properly.
fn claims_of_all_kinds(v: &mut Vectors) {
    let claim = |name: &str| Unreadable::Claim(name.into());
    let wrong = |name: &str| (int(2), text(name));
    let with = |edit: &dyn Fn(&mut Vec<Pair>)| {
        let mut pairs = pairs(&received());
        edit(&mut pairs);
        Forge::of(&received(), HALL).claims(&pairs).text()
    };
    let of_its_own = |edit: &dyn Fn(&mut Vec<Bytes>)| {
        let mut members = own(&received());
        edit(&mut members);
        with(&|pairs| pairs[4].1 = array(&members))
    };
    for (at, name) in ["iss", "exp", "iat", "cti", "-65537"].into_iter().enumerate() {
        v.unreadable(format!("{name} missing"), with(&|pairs| drop(pairs.remove(at))), claim(name));
    }
    for (at, name) in ["iss", "exp", "iat", "cti", "-65537", "-65538"].into_iter().enumerate() {
        v.unreadable(format!("{name} doubled"), with(&|pairs| pairs.insert(at, pairs[at].clone())), Unreadable::Encoding);
    }
    let nanning = || (int(1), text("nanning"));
    v.unreadable("iss doubled, another value first", with(&|pairs| pairs.insert(0, nanning())), Unreadable::Encoding);
    v.unreadable("iss doubled, another value last", with(&|pairs| pairs.insert(1, nanning())), Unreadable::Encoding);
    v.unreadable("a further claim, sub", with(&|pairs| pairs.insert(1, wrong("someone"))), Unreadable::Encoding);
    v.unreadable("a further claim, nbf", with(&|pairs| pairs.insert(2, (int(5), int(0)))), Unreadable::Encoding);
    v.unreadable("a further claim, -65536", with(&|pairs| pairs.insert(4, (int(-65536), NULL.into()))), Unreadable::Encoding);
    v.unreadable("a further claim, -65539", with(&|pairs| pairs.push((int(-65539), NULL.into()))), Unreadable::Encoding);
    v.unreadable("a further claim named by a text", with(&|pairs| pairs.push((text("name"), text("someone")))), Unreadable::Encoding);
    v.unreadable("claims in another order", with(&|pairs| pairs.swap(0, 1)), Unreadable::Encoding);
    v.unreadable("private claims in another order", with(&|pairs| pairs.swap(4, 5)), Unreadable::Encoding);
    v.unreadable("iat after the year 9999", with(&|pairs| pairs[2].1 = int(253_402_300_800)), claim("iat"));
    v.unreadable("iat of 64 bits", with(&|pairs| pairs[2].1 = [&[0x1b][..], &[0xff; 8]].concat()), claim("iat"));
    v.unreadable("iat with the tag of a time", with(&|pairs| pairs[2].1 = tag(1, &pairs[2].1)), claim("iat"));
    v.unreadable("iat as a text", with(&|pairs| pairs[2].1 = text("2026-11-24T08:15:30Z")), claim("iat"));
    v.unreadable("iat with a fraction", with(&|pairs| pairs[2].1 = vec![0xf9, 0x3e, 0x00]), claim("iat"));
    v.unreadable("iss in bytes", with(&|pairs| pairs[0].1 = bytes(b"qinzhou")), claim("iss"));
    v.refused("iss not in UTF-8", with(&|pairs| pairs[0].1 = vec![0x61, 0xff]));
    v.unreadable("cti of 15 bytes", with(&|pairs| pairs[3].1 = bytes(&[0; 15])), claim("cti"));
    v.unreadable("cti of 17 bytes", with(&|pairs| pairs[3].1 = bytes(&[0; 17])), claim("cti"));
    v.unreadable("identity of 1 byte", with(&|pairs| pairs[5].1 = bytes(&[0])), claim("identity"));
    v.unreadable("identity of 3 bytes", with(&|pairs| pairs[5].1 = bytes(&[0; 3])), claim("identity"));
    v.unreadable("identity as a text", with(&|pairs| pairs[5].1 = text("00")), claim("identity"));
    v.unreadable("-65537 with 6 members", of_its_own(&|own| drop(own.pop())), claim("-65537"));
    v.unreadable("-65537 with 8 members", of_its_own(&|own| own.push(NULL.into())), claim("-65537"));
    v.unreadable("kind unknown", of_its_own(&|own| own[0] = int(2)), claim("kind"));
    v.unreadable("outcome unknown", of_its_own(&|own| own[4] = int(8)), claim("outcome"));
    v.unreadable("digest of 32 bytes", of_its_own(&|own| own[3] = bytes(&[0; 32])), claim("digest"));
    v.unreadable("a mark unknown", of_its_own(&|own| own[5] = bytes(&[1, 6])), claim("materials"));
    v.unreadable("marks as an array", of_its_own(&|own| own[5] = array(&[int(1)])), claim("materials"));
    v.unreadable("a short number mistyped", of_its_own(&|own| own[6] = int(26_328_013_701)), claim("short number"));
    v.unreadable("a short number too long", of_its_own(&|own| own[6] = int(i64::MAX)), claim("short number"));
    v.unreadable("a short number as a text", of_its_own(&|own| own[6] = text("26328013742")), claim("short number"));
    let with_key = |cnf: Bytes| {
        let mut pairs = pairs(&self_issued(STRANGER));
        pairs[4].1 = cnf;
        Forge::of(&self_issued(STRANGER), STRANGER).claims(&pairs).text()
    };
    let public = key(STRANGER).verifying_key().to_bytes();
    let cose_key = |pairs: &[Pair]| map(&[(int(1), map(pairs))]);
    let (kty, crv, x) = ((int(1), int(1)), (int(-1), int(6)), (int(-2), bytes(&public)));
    let (kty, crv, x) = (&kty, &crv, &x);
    v.unreadable(
        "cnf with a key of 31 bytes",
        with_key(cose_key(&[kty.clone(), crv.clone(), (int(-2), bytes(&public[1..]))])),
        claim("cnf"),
    );
    v.unreadable("cnf without a key", with_key(map(&[])), claim("cnf"));
    v.unreadable("cnf with a key id", with_key(map(&[(int(3), bytes(&kid(STRANGER)))])), claim("cnf"));
    v.unreadable("cnf without x", with_key(cose_key(&[kty.clone(), crv.clone()])), claim("cnf"));
    v.unreadable("cnf without kty", with_key(cose_key(&[crv.clone(), x.clone()])), Unreadable::Encoding);
    v.unreadable("cnf without crv", with_key(cose_key(&[kty.clone(), x.clone()])), Unreadable::Encoding);
    v.unreadable("cnf of X25519", with_key(cose_key(&[kty.clone(), (int(-1), int(4)), x.clone()])), Unreadable::Encoding);
    v.unreadable("cnf of a symmetric key", with_key(cose_key(&[(int(1), int(4)), crv.clone(), x.clone()])), Unreadable::Encoding);
    let further = cose_key(&[kty.clone(), (int(3), int(-8)), crv.clone(), x.clone()]);
    v.unreadable("cnf with a further parameter", with_key(further), Unreadable::Encoding);
    v.unreadable("cnf with x doubled", with_key(cose_key(&[kty.clone(), crv.clone(), x.clone(), x.clone()])), Unreadable::Encoding);
    v.unreadable("cnf in another order", with_key(cose_key(&[crv.clone(), kty.clone(), x.clone()])), Unreadable::Encoding);
    let mut twice = pairs(&self_issued(STRANGER));
    twice.insert(4, (int(8), cnf(&public)));
    v.unreadable("cnf doubled", Forge::of(&self_issued(STRANGER), STRANGER).claims(&twice).text(), Unreadable::Encoding);
}

fn signatures(v: &mut Vectors) {
    use Verdict::NotGenuine;
    let claims = queued();
    let genuine = || Forge::of(&claims, KIOSK);
    let signature = genuine().signature();
    let signed = |forge: &Forge, signature: &[u8]| pack(&tag(18, &array(&forge.members(signature))));
    let mut wrong = |name: &str, claims: &Claims, text: String| {
        v.forged(name, claims, KIOSK, text, NotGenuine, vec![Reason::Signature]);
    };
    for context in ["mingbai/acknowledgement/1", "mingbai/receipt/2", "mingbai/trust-list/1", ""] {
        wrong(&format!("context `{context}`"), &claims, Forge { context, ..genuine() }.text());
    }
    wrong("signed by another device", &claims, Forge { signer: LOST, ..genuine() }.text());
    wrong("signed by nobody", &claims, signed(&genuine(), &[0; 64]));
    for at in [0, 31, 32, 63] {
        let mut changed = signature;
        changed[at] ^= 1;
        wrong(&format!("signature changed at byte {at}"), &claims, signed(&genuine(), &changed));
    }
    wrong("signature with the group's order added", &claims, signed(&genuine(), &plus_order(signature)));
    for (name, other) in [
        ("another id", Claims { id: uuid::Uuid::nil(), ..queued() }),
        ("another item", Claims { item: "association-closed".into(), ..queued() }),
        ("another outcome", Claims { outcome: OUTCOMES[0], ..queued() }),
        ("a later expiry", Claims { expires_at: claims.expires_at + SECOND, ..queued() }),
        ("another identity", Claims { identity: Some("0000".into()), ..queued() }),
        ("no identity", Claims { identity: None, ..queued() }),
    ] {
        wrong(&format!("{name} under the same signature"), &other, signed(&Forge::of(&other, KIOSK), &signature));
    }
    let own = self_issued(STRANGER);
    let mut own_wrong = |name: &str, claims: &Claims, forge: Forge| {
        v.forged(name, claims, STRANGER, forge.text(), NotGenuine, vec![Reason::Signature]);
    };
    own_wrong("self-issued, signed by another", &own, Forge { signer: KIOSK, ..Forge::of(&own, STRANGER) });
    own_wrong("self-issued, with another's kid", &own, Forge::of(&own, STRANGER).protected(&header(KIOSK)));
    own_wrong("self-issued, with another's kid and signature", &own, Forge::of(&own, KIOSK));
    let as_hall = Claims { self_issued: Some(public(STRANGER)), ..received() };
    own_wrong("self-issued, as if received", &as_hall, Forge::of(&as_hall, STRANGER));
    // A key of small order, under which one signature fits every message where a verifier does not look.
    let mut weak = [0; 32];
    weak[0] = 1;
    let of_weak = Claims { self_issued: Some(hex(&weak)), ..queued() };
    let forge = Forge::of(&of_weak, STRANGER).protected(&[(int(1), int(-8)), (int(4), bytes(&key_id(&weak)))]);
    let text = signed(&forge, &[&weak[..], &[0; 32]].concat());
    v.forged("self-issued with a key of small order", &of_weak, STRANGER, text, NotGenuine, vec![Reason::Signature]);
}

/// The same signature with another S, which stands for the same number.
fn plus_order(mut signature: [u8; 64]) -> [u8; 64] {
    const ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
    let mut carry = 0;
    for (digit, order) in signature[32..].iter_mut().zip(from_hex::<32>(ORDER).unwrap()) {
        let sum = u16::from(*digit) + u16::from(order) + carry;
        (*digit, carry) = (sum as u8, sum >> 8);
    }
    signature
}

fn signers(v: &mut Vectors) {
    use Verdict::{CannotTell, NotGenuine};
    let unknown = || vec![Reason::UnknownKey { kid: hex(&kid(STRANGER)) }];
    v.judged("a key known to nobody", &queued(), STRANGER, CannotTell, unknown());
    v.judged("received, by a key known to nobody", &received(), STRANGER, CannotTell, unknown());
    let forge = Forge::of(&queued(), KIOSK).protected(&header(STRANGER));
    v.forged("kid known to nobody", &queued(), STRANGER, forge.text(), CannotTell, unknown());
    let forge = Forge::of(&queued(), KIOSK).protected(&header(HALL));
    v.forged("kid of the hall on a device's receipt", &queued(), HALL, forge.text(), NotGenuine, vec![Reason::Signature]);
    v.judged("received, by a device", &received(), KIOSK, NotGenuine, vec![Reason::WrongSigner]);
    v.judged("queued, by the hall", &queued(), HALL, NotGenuine, vec![Reason::WrongSigner]);
    let root = vec![Reason::UnknownKey { kid: hex(&kid(ROOT)) }];
    v.judged("received, by the root key", &received(), ROOT, CannotTell, root);
    let nanning = |claims| Claims { hall: "nanning".into(), ..claims };
    let other = || vec![Reason::OtherHall { hall: "nanning".into() }];
    v.judged("for another hall", &nanning(queued()), KIOSK, NotGenuine, other());
    v.judged("received by another hall", &nanning(received()), STRANGER, NotGenuine, other());
    v.judged("self-issued, for another hall", &nanning(self_issued(STRANGER)), STRANGER, NotGenuine, other());
}

fn keys_in_time(v: &mut Vectors) {
    use Verdict::{NotGenuine, Queued, Received};
    let (began, enrolled, ran_out, revoked) = (at(BEGAN), at(ENROLLED), at(RAN_OUT), at(REVOKED));
    let not_yet = |at| vec![Reason::KeyNotYetValid { at }];
    v.judged("a day before its certificate", &queued(), YOUNG, NotGenuine, not_yet(enrolled));
    v.judged("just too early for its certificate", &dated(queued(), enrolled - TOLERANCE - SECOND), YOUNG, NotGenuine, not_yet(enrolled));
    v.genuine("before its certificate by the tolerance", &dated(queued(), enrolled - TOLERANCE), YOUNG);
    let long = |claims| Claims { expires_at: now() + TimeDelta::days(1), ..dated(claims, began - TimeDelta::days(1)) };
    v.judged("before the hall's key", &long(received()), HALL, NotGenuine, not_yet(began));
    v.judged("before the certificate of a device now revoked", &long(queued()), LOST, NotGenuine, not_yet(began));
    v.genuine("in the last second of its certificate", &dated(queued(), ran_out), OLD);
    let ended = || vec![Reason::KeyExpired { at: ran_out }];
    v.judged("a second after its certificate", &dated(queued(), ran_out + SECOND), OLD, NotGenuine, ended());
    v.judged("days after its certificate", &queued(), OLD, NotGenuine, ended());
    v.genuine("by the hall's key before this one", &dated(received(), ran_out - TimeDelta::days(30)), HALL_BEFORE);
    v.judged("by the hall's key before this one, too late", &received(), HALL_BEFORE, NotGenuine, ended());
    let gone = || vec![Reason::Revoked { at: revoked }];
    let later = || vec![Reason::RevokedLater { at: revoked }];
    v.judged("issued after revocation", &queued(), LOST, NotGenuine, gone());
    v.judged("issued in the moment of revocation", &dated(queued(), revoked), LOST, NotGenuine, gone());
    v.judged("issued a second before revocation", &dated(queued(), revoked - SECOND), LOST, Queued, later());
    v.judged("received, issued after the hall's key was revoked", &received(), HALL_LOST, NotGenuine, gone());
    v.judged("received, issued before the hall's key was revoked", &dated(received(), revoked - SECOND), HALL_LOST, Received, later());
    v.judged("by a revoked device, as if received", &received(), LOST, NotGenuine, vec![Reason::WrongSigner]);
}

fn receipts_in_time(v: &mut Vectors) {
    use Verdict::NotGenuine;
    let ends = |claims, at| Claims { expires_at: at, ..claims };
    let (last, first) = (now() - TOLERANCE, now() + TOLERANCE);
    for (name, (claims, signer)) in ["", "received, ", "self-issued, "].into_iter().zip(each_kind()) {
        v.genuine(&format!("{name}expired by the tolerance"), &ends(claims.clone(), last), signer);
        let expired = ends(claims.clone(), last - SECOND);
        let reasons = vec![Reason::Expired { at: expired.expires_at }];
        v.judged(&format!("{name}expired"), &expired, signer, NotGenuine, reasons);
        v.genuine(&format!("{name}ahead by the tolerance"), &dated(claims.clone(), first), signer);
        let ahead = dated(claims.clone(), first + SECOND);
        let reasons = vec![Reason::NotYetValid { at: ahead.issued_at }];
        v.judged(&format!("{name}not yet valid"), &ahead, signer, NotGenuine, reasons);
    }
    let expired = ends(queued(), last - TimeDelta::days(1));
    let forge = Forge { context: "", ..Forge::of(&expired, KIOSK) };
    v.forged("expired, and a wrong signature", &expired, KIOSK, forge.text(), NotGenuine, vec![Reason::Signature]);
    v.judged("expired, and its device revoked", &expired, LOST, NotGenuine, vec![Reason::Revoked { at: at(REVOKED) }]);
}

/// What a verifier with another clock, or without a list, must say.
fn verifiers(v: &mut Vectors) {
    use Verdict::{CannotTell, NotGenuine, Queued, SelfIssued};
    let listed = trust().issued_at;
    v.genuine("with a list two days old", &queued(), KIOSK).now = Some(listed + FRESH);
    let old = || Reason::OldTrustList { days: 3 };
    let later = Some(listed + TimeDelta::days(3));
    v.judged("with a list three days old", &queued(), KIOSK, Queued, vec![old()]).now = later;
    let unknown = Reason::UnknownKey { kid: hex(&kid(STRANGER)) };
    v.judged("with an old list, a key known to nobody", &queued(), STRANGER, CannotTell, vec![unknown, old()]).now = later;
    let before = dated(queued(), at(REVOKED) - SECOND);
    let both = vec![old(), Reason::RevokedLater { at: at(REVOKED) }];
    v.judged("with an old list, a device revoked later", &before, LOST, Queued, both).now = later;
    let mut without = |name: &str, claims: &Claims, forge: Forge, verdict, reasons| {
        let vector = v.forged(name, claims, STRANGER, forge.text(), verdict, reasons);
        (vector.untrusting, vector.device) = (true, None);
    };
    let own = self_issued(STRANGER);
    without("without a list", &queued(), Forge::of(&queued(), KIOSK), CannotTell, vec![Reason::NoTrustList]);
    without("without a list, received", &received(), Forge::of(&received(), HALL), CannotTell, vec![Reason::NoTrustList]);
    without("without a list, self-issued", &own, Forge::of(&own, STRANGER), SelfIssued, vec![]);
    let wrong = Forge { context: "", ..Forge::of(&own, STRANGER) };
    without("without a list, self-issued with a wrong signature", &own, wrong, NotGenuine, vec![Reason::Signature]);
    let expired = Claims { expires_at: now() - TimeDelta::days(1), ..own };
    let reasons = vec![Reason::Expired { at: expired.expires_at }];
    without("without a list, self-issued and expired", &expired, Forge::of(&expired, STRANGER), NotGenuine, reasons);
}

// ── every place in a message ──

const MESSAGE: [&str; 6] = ["tag", "message", "protected header", "unprotected header", "payload", "signature"];
const HEADER: [&str; 5] = ["header map", "label of alg", "alg", "label of kid", "kid"];
const CLAIMS: [&str; 20] = [
    "claims map",
    "label of iss",
    "iss",
    "label of exp",
    "exp",
    "label of iat",
    "iat",
    "label of cti",
    "cti",
    "label of -65537",
    "-65537",
    "kind",
    "item",
    "catalogue",
    "digest",
    "outcome",
    "materials",
    "short number",
    "label of -65538",
    "-65538",
];
/// The part of a self-issued receipt's claims that others have not.
const CNF: [&str; 10] =
    ["label of cnf", "cnf", "label of COSE_Key", "COSE_Key", "label of kty", "kty", "label of crv", "crv", "label of x", "x"];

/// Every place where this program writes a head, written in another way.
fn encodings(v: &mut Vectors) {
    type Rewrite = fn(&Item, &[u8]) -> Option<Bytes>;
    let ways: [(&str, Rewrite); 4] = [
        ("in a longer form", Item::longer),
        ("without a length", Item::endless),
        ("as a floating-point number", Item::float),
        ("as a bignum", Item::bignum),
    ];
    let (received, own) = (Forge::of(&received(), HALL), Forge::of(&self_issued(STRANGER), STRANGER));
    let cose = received.cose();
    let (message, header) = (named(&cose, &MESSAGE, 0), named(&received.protected, &HEADER, 0));
    let (claims, cnf) = (named(&received.payload, &CLAIMS, 0), named(&own.payload, &CNF, 9));
    for (way, rewrite) in ways {
        let mut all: Vec<(&str, String)> = Vec::new();
        all.extend(message.iter().filter_map(|(name, item)| Some((*name, pack(&rewrite(item, &cose)?)))));
        let protected = |item| rewrite(item, &received.protected).map(|protected| Forge { protected, ..received.clone() }.text());
        all.extend(header.iter().filter_map(|(name, item)| Some((*name, protected(item)?))));
        for (forge, items) in [(&received, &claims), (&own, &cnf)] {
            let payload = |item| rewrite(item, &forge.payload).map(|payload| Forge { payload, ..forge.clone() }.text());
            all.extend(items.iter().filter_map(|(name, item)| Some((*name, payload(item)?))));
        }
        for (name, text) in all {
            v.refused(format!("{name} {way}"), text);
        }
    }
    let other: [(&str, &[u8]); 3] = [("true", &[0xf5]), ("null", &NULL), ("-1", &[0x20])];
    for (forge, items) in [(&received, &claims), (&own, &cnf)] {
        for (name, item) in items.iter().filter(|(name, _)| !name.starts_with("label")) {
            for (what, value) in other.iter().filter(|(what, _)| (*name, *what) != ("short number", "null")) {
                let payload = item.replaced(&forge.payload, value);
                v.refused(format!("{name} is {what}"), Forge { payload, ..forge.clone() }.text());
            }
        }
    }
}

/// The items of `bytes` with their names, from the one at `first` on; all of them, when that is the first.
fn named(bytes: &[u8], names: &[&'static str], first: usize) -> Vec<(&'static str, Item)> {
    let items = items(bytes);
    assert!(first > 0 || items.len() == names.len());
    names.iter().copied().zip(items.into_iter().skip(first)).collect()
}

/// Ends at every boundary of a field: unsigned, and with a signature for what is left.
fn cut(v: &mut Vectors) {
    let forge = Forge::of(&received(), HALL);
    let cose = forge.cose();
    let outer = items(&cose);
    let boundaries =
        |bytes: &[u8], from: usize| items(bytes).into_iter().flat_map(move |item| [item.start, item.body, item.end].map(|at| at + from));
    let (header, payload) = (boundaries(&forge.protected, outer[2].body), boundaries(&forge.payload, outer[4].body));
    let all: BTreeSet<usize> = boundaries(&cose, 0).chain(header).chain(payload).filter(|at| (1..cose.len()).contains(at)).collect();
    for end in all {
        v.unreadable(format!("cut after {end} of {} bytes", cose.len()), pack(&cose[..end]), Unreadable::Cose);
    }
    let all: BTreeSet<usize> = boundaries(&forge.payload, 0).filter(|at| *at < forge.payload.len()).collect();
    for end in all {
        let text = Forge { payload: forge.payload[..end].into(), ..forge.clone() }.text();
        v.unreadable(format!("claims cut after {end} of {} bytes, and signed", forge.payload.len()), text, Unreadable::Encoding);
    }
    let text = forge.text();
    for end in [1, 2, 3, text.len() / 2] {
        v.refused(format!("text without its last {end} letters"), text[..text.len() - end].into());
    }
}
