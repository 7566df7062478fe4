//! An application frozen: [`Submission`] is what the applicant confirmed, its digest is what the receipt signs, and
//! [`seal`] makes of it the [`Sealed`] envelope that only the hall can open.
//!
//! Sealing is HPKE (RFC 9180): base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305. `info` binds
//! protocol version and hall; the associated data binds id, item and key id, so an envelope cannot be passed off as another.

pub mod media;
pub mod queue;
mod seal;

pub use seal::{Sealed, SealedChunk, SealingKey, Unsealable, open, open_chunk, public_of, seal, seal_chunk};

use crate::check::{Application, Assessment};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;
use uuid::Uuid;

/// The largest plaintext piece of an attachment, in bytes.
pub const CHUNK: usize = 1024 * 1024 - 1024;
/// The longest envelope that the hall reads, as JSON text, in bytes.
pub const ENVELOPE: usize = 1024 * 1024;
/// The most attachments a submission may carry, and the most chunks each.
pub const ATTACHMENTS: usize = 30;
pub const CHUNKS: usize = 20;

/// Who applies. `Debug` is redacted.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Applicant {
    /// The person's name, or the organisation's.
    pub name: String,
    /// Resident ID or passport of a person; credit code of an organisation. Normalised.
    pub identifier: String,
    pub phone: String,
    /// The person to speak to, for an organisation.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub contact: String,
}

impl fmt::Debug for Applicant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Applicant(redacted)")
    }
}

/// A picture of a material: the digests of its sealed chunks, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    pub material: String,
    /// `image/jpeg`, `image/png`, `image/webp` or `application/pdf`.
    pub media_type: String,
    /// Length in bytes once opened.
    pub length: u64,
    pub chunks: Vec<Digest>,
}

/// What the applicant confirmed. Frozen: an edit is a new submission.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Submission {
    /// UUIDv7, made on the device.
    pub id: Uuid,
    /// 16 random bytes in hex: the digest is public, and must not let anyone test guesses of personal data against it.
    pub salt: String,
    pub item: String,
    pub item_version: NaiveDate,
    pub catalogue_version: String,
    pub applicant: Applicant,
    /// Only the answers that mattered.
    pub application: Application,
    pub attachments: Vec<Attachment>,
    /// Version of the consent text that was shown.
    pub consent: String,
    pub captured_at: DateTime<Utc>,
    pub assessment: Assessment,
    /// The case this corrects (补正), by its short number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<String>,
}

impl Submission {
    /// The canonical bytes: JSON with fields in the order declared here and maps in the order of their keys. They are
    /// made once, on the device; everybody else hashes the bytes as they came.
    pub fn freeze(&self) -> serde_json::Result<Frozen> {
        let bytes = serde_json::to_vec(self)?;
        let digest = Digest::of(&bytes);
        Ok(Frozen { bytes, digest })
    }
}

/// Canonical bytes and their digest.
#[derive(Clone, PartialEq, Eq)]
pub struct Frozen {
    pub bytes: Vec<u8>,
    pub digest: Digest,
}

impl fmt::Debug for Frozen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frozen({}, {} bytes)", self.digest, self.bytes.len())
    }
}

/// SHA-256; 64 lower-case hex digits in text and JSON.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct Digest(pub [u8; 32]);

impl Digest {
    pub fn of(bytes: &[u8]) -> Digest {
        Digest(Sha256::digest(bytes).into())
    }
    /// The part that receipts carry.
    pub fn short(&self) -> [u8; 16] {
        let mut short = [0; 16];
        short.copy_from_slice(&self.0[..16]);
        short
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<Digest> for String {
    fn from(d: Digest) -> String {
        d.to_string()
    }
}

/// Not 64 lower-case hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a digest is 64 lower-case hexadecimal digits")]
pub struct NotADigest;

impl std::str::FromStr for Digest {
    type Err = NotADigest;
    fn from_str(s: &str) -> Result<Digest, NotADigest> {
        let bytes = s.as_bytes();
        if bytes.len() != 64 {
            return Err(NotADigest);
        }
        let nibble = |c: u8| match c {
            b'0'..=b'9' => Ok(c - b'0'),
            b'a'..=b'f' => Ok(c - b'a' + 10),
            _ => Err(NotADigest),
        };
        let mut digest = [0; 32];
        for (to, pair) in digest.iter_mut().zip(bytes.chunks_exact(2)) {
            *to = nibble(pair[0])? << 4 | nibble(pair[1])?;
        }
        Ok(Digest(digest))
    }
}

impl TryFrom<String> for Digest {
    type Error = NotADigest;
    fn try_from(s: String) -> Result<Digest, NotADigest> {
        s.parse()
    }
}
