//! Signatures: key ids, context strings and signed JSON documents (trust list, head of the catalogue). Every signature is
//! made under a context, so that one made for one purpose never serves another; a new version is a new context.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

/// A device's receipt.
pub const RECEIPT: &str = "mingbai/receipt/1";
/// The hall's receipt.
pub const ACKNOWLEDGEMENT: &str = "mingbai/acknowledgement/1";
pub const TRUST_LIST: &str = "mingbai/trust-list/1";
/// The head of a catalogue.
pub const BUNDLE: &str = "mingbai/catalogue/2";
/// How a kiosk or desk is doing.
pub const HEARTBEAT: &str = "mingbai/heartbeat/1";
/// What a backup of the hall holds.
pub const BACKUP: &str = "mingbai/backup/1";
/// A whole catalogue, as halls published it before it had parts.
pub const WHOLE_CATALOGUE: &str = "mingbai/catalogue/1";

/// The key id of a public key: the first 8 bytes of its SHA-256.
pub fn key_id(public: &[u8; 32]) -> [u8; 8] {
    let digest = Sha256::digest(public);
    let mut id = [0; 8];
    id.copy_from_slice(&digest[..8]);
    id
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Exactly `N` bytes from lower- or upper-case hexadecimal.
pub fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; N];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

/// A JSON document and its signature under a context string.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// The document's exact text.
    pub payload: String,
    /// Key id, hex.
    pub kid: String,
    /// Ed25519 over context, a zero byte, payload; hex.
    pub signature: String,
}

/// Why a signed document is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Untrusted {
    #[error("the key is not a valid Ed25519 key")]
    Key,
    #[error("signed with a key that is not the expected one")]
    OtherKey,
    #[error("the signature does not fit")]
    Signature,
    #[error("the document cannot be read: {0}")]
    Content(String),
}

/// What is signed: for keys that are not at hand, such as a browser's.
pub fn message(context: &str, payload: &str) -> Vec<u8> {
    [context.as_bytes(), &[0], payload.as_bytes()].concat()
}

impl Signed {
    pub fn sign<T: Serialize>(document: &T, context: &str, key: &SigningKey) -> serde_json::Result<Signed> {
        let payload = serde_json::to_string(document)?;
        let signature = key.sign(&message(context, &payload));
        let kid = hex(&key_id(&key.verifying_key().to_bytes()));
        Ok(Signed { kid, signature: hex(&signature.to_bytes()), payload })
    }

    /// Key id first, then the signature, and only then is the payload read.
    pub fn open<T: DeserializeOwned>(&self, context: &str, public: &[u8; 32]) -> Result<T, Untrusted> {
        if self.kid != hex(&key_id(public)) {
            return Err(Untrusted::OtherKey);
        }
        let key = VerifyingKey::from_bytes(public).map_err(|_| Untrusted::Key)?;
        let signature = from_hex::<64>(&self.signature).ok_or(Untrusted::Signature)?;
        key.verify_strict(&message(context, &self.payload), &Signature::from_bytes(&signature)).map_err(|_| Untrusted::Signature)?;
        // From bytes, as the app reads all its JSON: each kind of reader is compiled once more for every type.
        serde_json::from_slice(self.payload.as_bytes()).map_err(|e| Untrusted::Content(e.to_string()))
    }
}
