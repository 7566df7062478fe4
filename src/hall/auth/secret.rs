//! Secrets that the hall makes up and how it keeps them: only their SHA-256, for all of them are random and long enough
//! (or short-lived enough) that a plain digest gives nothing away.

use crate::signing::hex;
use crate::submission::Digest;

/// 32 characters that cannot be taken for one another: no 0, 1, I or O.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// `length` random characters that are easy to read aloud; 5 bits each.
pub fn readable(length: usize) -> Result<String, getrandom::Error> {
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|b| char::from(ALPHABET[usize::from(b % 32)])).collect())
}

/// 32 random bytes, hex.
pub fn token() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(hex(&bytes))
}

/// How a secret is kept.
pub fn kept(secret: &str) -> String {
    Digest::of(secret.as_bytes()).to_string()
}
