//! The two bytes of a person: the same number fits, another one does not, and where there is nothing to compare it says so.

use super::people::*;
use mingbai::receipt::identity::{commit, fits};
use mingbai::receipt::{Claims, claims::read, claims::sign};
use uuid::Uuid;

#[test]
fn a_number_fits_its_own_receipt() {
    let claims = read(&sign(&queued(), &key(KIOSK)).unwrap()).unwrap().claims;
    let without = Claims { identity: None, ..claims.clone() };
    for (typed, found) in [
        (ID_NUMBER, Some(true)),
        // As people type it.
        ("110105 19491231 002x", Some(true)),
        ("１１０１０５１９４９１２３１００２Ｘ", Some(true)),
        ("450702199001010012", Some(false)),
        ("440524188001010014", Some(false)),
        // Mistyped is not somebody else.
        ("110105194912310021", None),
        ("11010519491231002", None),
        // Neither a passport nor a credit code makes one.
        ("E12345678", None),
        ("91350100M000100Y43", None),
        ("", None),
    ] {
        assert_eq!(fits(&claims, typed), found, "{typed}");
        assert_eq!(fits(&without, typed), None, "{typed}, nothing to compare");
        assert_eq!(commit(&claims.id, typed).is_some(), found.is_some(), "{typed}");
    }
}

/// SHA-256 of `mingbai/identity/1`, 0, the id and the number, made with another program: no later version may change it.
#[test]
fn the_two_bytes_are_frozen() {
    assert_eq!(commit(&queued().id, ID_NUMBER).as_deref(), Some("3553"));
    assert_eq!(commit(&Uuid::nil(), "450702199001010012").as_deref(), Some("4bbc"));
}

#[test]
fn about_one_in_65536_others_passes_by_chance() {
    let claims = queued();
    let chance = (0..200_000_u32).map(|n| Claims { id: Uuid::from_u128(n.into()), ..claims.clone() });
    let passed = chance.filter(|claims| fits(claims, ID_NUMBER) == Some(true)).count();
    assert!((1..=10).contains(&passed), "{passed} of 200,000");
}
