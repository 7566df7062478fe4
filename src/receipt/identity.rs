//! Whom a receipt is for, in two bytes: enough for a desk without a network to notice that somebody else holds it, too little
//! to tell anybody who that person is.
//!
//! The two bytes are the first of SHA-256 over `mingbai/identity/1`, a zero byte, the receipt's id (16 bytes) and the
//! applicant's resident ID number (GB 11643: 18 characters, upper case). Two bytes on purpose: whoever photographs the code
//! and tries every number there can be (some 10^11 for the people now alive) is left with one in 65,536 of them, still about
//! two million; a wrong person passes by chance once in 65,536. It is no proof of identity, only a reason to look again. The
//! id in it makes the same person's receipts unlike each other, so that they cannot be linked.
//!
//! Only a valid resident ID number makes one: a passport or a credit code has none, nor had receipts before there was this
//! claim. Then there is nothing to compare.

use super::Claims;
use crate::signing::hex;
use crate::words::identifier::{Kind, check};
use chrono::NaiveDate;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

const CONTEXT: &[u8] = b"mingbai/identity/1\0";

/// The two bytes, as hex, for the receipt `id` and what was typed as an ID number; none when it is not a valid one.
pub fn commit(id: &Uuid, number: &str) -> Option<String> {
    // Whether somebody may be born only tomorrow is asked where the number is taken down.
    let number = check(Kind::ResidentId, number, NaiveDate::MAX).ok()?.text;
    let digest = Sha256::new().chain_update(CONTEXT).chain_update(id.as_bytes()).chain_update(number).finalize();
    Some(hex(&digest[..2]))
}

/// Whether the ID number that was typed is the one that the receipt was made for, as far as two bytes can tell. None when
/// the receipt says nothing of it, or what was typed is not a valid number.
pub fn fits(claims: &Claims, typed: &str) -> Option<bool> {
    let identity = claims.identity.as_ref()?;
    Some(commit(&claims.id, typed)? == *identity)
}
