//! The receipt (回执): a signed proof of a submission, small enough for a QR code, checked without a network.
//!
//! Text in the QR: `MB1:` + base45 (RFC 9285) of zlib (RFC 1950) of a tagged COSE_Sign1 (RFC 9052, tag 18) whose payload
//! is a CWT claims set (RFC 8392).
//!
//! | where | label | what |
//! | --- | --- | --- |
//! | protected | 1 | algorithm: −8 (EdDSA, here Ed25519) |
//! | protected | 4 | key id: the first 8 bytes of the SHA-256 of the public key |
//! | claim | 1 `iss` | the hall's code |
//! | claim | 4 `exp`, 6 `iat` | expiry and issue, seconds since 1970 |
//! | claim | 7 `cti` | receipt id = submission id, 16 bytes |
//! | claim | 8 `cnf` | self-issued receipts only: the device's public key as a COSE_Key (OKP, Ed25519) |
//! | claim | −65537 | `[kind, item, catalogue version, digest, outcome, materials, short number]` |
//!
//! `kind` is 0 (queued on the device) or 1 (received by the hall); `digest` the first 16 bytes of the submission's;
//! `outcome` the place of the outcome in [`OUTCOMES`]; `materials` one byte each, in the item's order ([`MaterialMark`]);
//! `short number` an unsigned integer or null. Nothing else is allowed, in no other order of array members.
//!
//! The signature's external data is the context: [`crate::signing::RECEIPT`] for a device's, [`crate::signing::ACKNOWLEDGEMENT`] for the hall's. No name,
//! no identifier, no phone number, no address is in it.
//!
//! - [`claims`]: the claims and their bytes.
//! - [`number`]: the short number, digits only, with check digits.
//! - [`trust`]: hall keys and the trust list.
//! - [`verify`]: text → one of five verdicts, with reasons.
//! - [`decode`]: picture → the texts of the QR codes in it.

pub mod claims;
pub mod decode;
pub mod number;
pub mod trust;
pub mod verify;

pub use claims::{Claims, Kind, MaterialMark, OUTCOMES, Unreadable, Unsigned};
pub use trust::{DeviceKey, HallKey, Profile, TrustList};
pub use verify::{Reason, Report, Verdict, verify};

/// What every QR text begins with.
pub const PREFIX: &str = "MB1:";
