//! Sealing to the hall's key and opening at the hall.

use super::{Digest, Frozen};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use hpke::{Deserializable, Kem as _, OpModeR, OpModeS, Serializable, aead::ChaCha20Poly1305, kdf::HkdfSha256, kem::X25519HkdfSha256};
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

type Kem = X25519HkdfSha256;

/// Version 1 of the protocol, part of every `info`.
const PROTOCOL: &str = "mingbai/sealed/1";

/// The hall's public sealing key (X25519), hex, with its short name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SealingKey {
    pub kid: String,
    pub public: String,
}

/// A sealed submission: what waits in the outbox and travels to the hall. Nothing in it can be read without the hall's
/// key but what the hall needs to route it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    pub id: Uuid,
    pub hall: String,
    pub item: String,
    /// Which sealing key.
    pub kid: String,
    /// SHA-256 of the canonical bytes inside.
    pub digest: Digest,
    /// HPKE encapsulated key, base64.
    pub encapsulated: String,
    /// Base64.
    pub ciphertext: String,
    /// Digests of the sealed attachment chunks that belong to it.
    pub chunks: Vec<Digest>,
    /// The device's own receipt for it: the signature that binds the id and the digest to the device.
    pub receipt: String,
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({}, {})", self.id, self.item)
    }
}

/// A sealed piece of an attachment: encapsulated key followed by ciphertext, named by the SHA-256 of both.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedChunk {
    pub digest: Digest,
    pub bytes: Vec<u8>,
}

impl fmt::Debug for SealedChunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedChunk({})", self.digest)
    }
}

/// Why sealing or opening is not possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsealable {
    #[error("the sealing key is not an X25519 key")]
    Key,
    #[error("the envelope is damaged, or was sealed for someone else")]
    Envelope,
    #[error("the content does not have the digest that was promised")]
    Digest,
}

fn info(hall: &str) -> Vec<u8> {
    format!("{PROTOCOL}\0{hall}").into_bytes()
}

fn associated(id: &Uuid, item: &str, kid: &str) -> Vec<u8> {
    format!("{id}\0{item}\0{kid}").into_bytes()
}

fn chunk_associated(kid: &str) -> Vec<u8> {
    format!("chunk\0{kid}").into_bytes()
}

fn seal_bytes(plain: &[u8], hall: &str, key: &SealingKey, aad: &[u8]) -> Result<(Vec<u8>, Vec<u8>), Unsealable> {
    let public = crate::signing::from_hex::<32>(&key.public).ok_or(Unsealable::Key)?;
    let public = <Kem as hpke::Kem>::PublicKey::from_bytes(&public).map_err(|_| Unsealable::Key)?;
    let (encapsulated, ciphertext) =
        hpke::single_shot_seal::<ChaCha20Poly1305, HkdfSha256, Kem>(&OpModeS::Base, &public, &info(hall), plain, aad)
            .map_err(|_| Unsealable::Key)?;
    Ok((encapsulated.to_bytes().to_vec(), ciphertext))
}

fn open_bytes(encapsulated: &[u8], ciphertext: &[u8], hall: &str, private: &[u8; 32], aad: &[u8]) -> Result<Vec<u8>, Unsealable> {
    let private = <Kem as hpke::Kem>::PrivateKey::from_bytes(private).map_err(|_| Unsealable::Key)?;
    let encapsulated = <Kem as hpke::Kem>::EncappedKey::from_bytes(encapsulated).map_err(|_| Unsealable::Envelope)?;
    hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, Kem>(&OpModeR::Base, &private, &encapsulated, &info(hall), ciphertext, aad)
        .map_err(|_| Unsealable::Envelope)
}

/// Seals `frozen`. The one random number inside (the ephemeral key) comes from the platform's own generator through
/// the HPKE library, which offers no safe way to pass it in.
pub fn seal(
    frozen: &Frozen,
    id: Uuid,
    item: &str,
    hall: &str,
    key: &SealingKey,
    chunks: Vec<Digest>,
    receipt: String,
) -> Result<Sealed, Unsealable> {
    let (encapsulated, ciphertext) = seal_bytes(&frozen.bytes, hall, key, &associated(&id, item, &key.kid))?;
    Ok(Sealed {
        id,
        hall: hall.to_owned(),
        item: item.to_owned(),
        kid: key.kid.clone(),
        digest: frozen.digest,
        encapsulated: BASE64.encode(encapsulated),
        ciphertext: BASE64.encode(ciphertext),
        chunks,
        receipt,
    })
}

/// Opens an envelope with the hall's private key and proves that the content is what the digest promised.
pub fn open(sealed: &Sealed, private: &[u8; 32]) -> Result<Frozen, Unsealable> {
    let decode = |text: &str| BASE64.decode(text).map_err(|_| Unsealable::Envelope);
    let aad = associated(&sealed.id, &sealed.item, &sealed.kid);
    let bytes = open_bytes(&decode(&sealed.encapsulated)?, &decode(&sealed.ciphertext)?, &sealed.hall, private, &aad)?;
    let digest = Digest::of(&bytes);
    if digest == sealed.digest { Ok(Frozen { bytes, digest }) } else { Err(Unsealable::Digest) }
}

/// Seals one piece of an attachment, at most [`super::CHUNK`] bytes.
pub fn seal_chunk(plain: &[u8], hall: &str, key: &SealingKey) -> Result<SealedChunk, Unsealable> {
    let (mut bytes, ciphertext) = seal_bytes(plain, hall, key, &chunk_associated(&key.kid))?;
    bytes.extend(ciphertext);
    Ok(SealedChunk { digest: Digest::of(&bytes), bytes })
}

/// Opens one piece of an attachment.
pub fn open_chunk(bytes: &[u8], hall: &str, kid: &str, private: &[u8; 32]) -> Result<Vec<u8>, Unsealable> {
    let (encapsulated, ciphertext) = bytes.split_at_checked(32).ok_or(Unsealable::Envelope)?;
    open_bytes(encapsulated, ciphertext, hall, private, &chunk_associated(kid))
}

/// The public half of a private sealing key.
pub fn public_of(private: &[u8; 32]) -> Result<[u8; 32], Unsealable> {
    let private = <Kem as hpke::Kem>::PrivateKey::from_bytes(private).map_err(|_| Unsealable::Key)?;
    let mut public = [0; 32];
    public.copy_from_slice(&Kem::sk_to_pk(&private).to_bytes());
    Ok(public)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIVATE: [u8; 32] = [7; 32];

    fn key() -> SealingKey {
        let public = public_of(&PRIVATE).unwrap();
        SealingKey { kid: "k1".into(), public: crate::signing::hex(&public) }
    }

    fn frozen() -> Frozen {
        let bytes = b"{\"name\":\"\xe7\x8e\x8b\"}".to_vec();
        Frozen { digest: Digest::of(&bytes), bytes }
    }

    #[test]
    fn what_is_sealed_opens_only_as_what_it_is() {
        let id = Uuid::from_u128(1);
        let sealed = seal(&frozen(), id, "item", "hall", &key(), vec![], String::new()).unwrap();
        assert_eq!(open(&sealed, &PRIVATE).unwrap(), frozen());
        assert_eq!(open(&sealed, &[8; 32]), Err(Unsealable::Envelope));
        let changed: [fn(&mut Sealed); 7] = [
            |s| s.id = Uuid::from_u128(2),
            |s| s.item = "other".into(),
            |s| s.hall = "other".into(),
            |s| s.kid = "other".into(),
            |s| s.ciphertext = BASE64.encode([0; 40]),
            |s| s.encapsulated = "no base64".into(),
            |s| s.encapsulated = String::new(),
        ];
        for change in changed {
            let mut other = sealed.clone();
            change(&mut other);
            assert_eq!(open(&other, &PRIVATE), Err(Unsealable::Envelope));
        }
        let mut other = sealed.clone();
        other.digest = Digest::of(b"else");
        assert_eq!(open(&other, &PRIVATE), Err(Unsealable::Digest));
    }

    #[test]
    fn chunks_open_and_refuse_damage() {
        let chunk = seal_chunk(b"picture", "hall", &key()).unwrap();
        assert_eq!(open_chunk(&chunk.bytes, "hall", "k1", &PRIVATE).unwrap(), b"picture");
        assert_eq!(open_chunk(&chunk.bytes[..20], "hall", "k1", &PRIVATE), Err(Unsealable::Envelope));
        assert_eq!(open_chunk(&chunk.bytes, "hall", "k2", &PRIVATE), Err(Unsealable::Envelope));
    }
}
