//! The program writes what its description says, reads it back, and is read by the letter.

use super::forge::{Forge, unpack};
use super::people::*;
use super::vectors;
use chrono::TimeDelta;
use mingbai::receipt::claims::sign;
use mingbai::receipt::{Claims, Kind, MaterialMark, Unreadable, Verdict};
use mingbai::signing::{ACKNOWLEDGEMENT, RECEIPT, hex};

#[test]
fn the_program_writes_what_its_description_says() {
    use MaterialMark::*;
    let every = vec![Missing, Original, Copy, Electronic, Later, NotNeeded];
    for (claims, signer) in each_kind() {
        for claims in [Claims { identity: None, ..claims.clone() }, Claims { materials: every.clone(), ..claims.clone() }, claims] {
            let text = sign(&claims, &key(signer)).unwrap();
            assert_eq!(text, Forge::of(&claims, signer).text());
            assert_eq!(look(&text).claims, Some(claims));
            assert!(text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase() || b" $%*+-./:".contains(&b)), "{text}");
        }
    }
}

/// The example in the description, its text and its bytes, is the first of the frozen vectors.
#[test]
fn the_worked_example_is_the_first_vector() {
    let blocks: Vec<&str> = include_str!("../../src/receipt/mod.rs").split("//! ```").collect();
    let lines = |block: usize| blocks[block].lines().skip(1).map(|line| line.trim_start_matches("//! ").split("  --").next().unwrap());
    let text: String = lines(1).collect();
    assert_eq!(text, vectors::made()[0].text);
    let bytes: String = lines(3).flat_map(str::chars).filter(|c| !c.is_whitespace()).collect();
    assert_eq!(bytes, hex(&unpack(&text)));
}

#[test]
fn what_cannot_be_written_is_refused_when_it_is_made() {
    let refused = |claims: Claims| sign(&claims, &key(KIOSK)).unwrap_err();
    let claim = |name: &str| Unreadable::Claim(name.into());
    for (claims, why) in [
        (Claims { item: "x".repeat(200), ..queued() }, Unreadable::Size),
        (Claims { digest: "00".into(), ..queued() }, claim("digest")),
        (Claims { identity: Some("000".into()), ..queued() }, claim("identity")),
        (Claims { self_issued: Some("no key".into()), ..queued() }, claim("cnf")),
        (Claims { short_number: Some("no number".into()), ..queued() }, claim("short number")),
    ] {
        assert_eq!(refused(claims), why);
    }
}

#[test]
fn contexts_are_each_their_own() {
    assert_eq!((Kind::Queued.context(), Kind::Received.context()), (RECEIPT, ACKNOWLEDGEMENT));
    assert_ne!(RECEIPT, ACKNOWLEDGEMENT);
}

#[test]
fn a_device_never_dates_a_receipt_before_its_list() {
    let list = trust();
    let certificate = at(ENROLLED);
    for (clock, issued) in [
        (list.issued_at + TimeDelta::milliseconds(90_500), list.issued_at + TimeDelta::seconds(90)),
        (list.issued_at, list.issued_at),
        // Empty battery: the clock begins again in 2000.
        (at("2000-01-01T00:00:00Z"), list.issued_at),
    ] {
        assert_eq!(list.time_of_issue(clock), issued);
        assert!(issued >= certificate, "so that it is never before its own certificate");
    }
    let claims = Claims { issued_at: list.time_of_issue(at("2000-01-01T00:00:00Z")), ..queued() };
    let report = look(&sign(&claims, &key(YOUNG)).unwrap());
    assert_eq!((report.verdict, report.reasons), (Verdict::Queued, vec![]));
}
