//! The claims of a receipt and their exact bytes, signing without holding a key, and reading without trusting.

use super::PREFIX;
use crate::check::{Assessment, Outcome};
use crate::signing::{ACKNOWLEDGEMENT, RECEIPT, hex, key_id};
use crate::words::Text;
use chrono::{DateTime, TimeDelta, Utc};
use coset::{CborSerializable, CoseSign1, CoseSign1Builder, HeaderBuilder, TaggedCborSerializable, cbor::value::Value as Cbor, iana};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The longest QR text that is looked at, in characters; a genuine one has at most about 420.
const TEXT_LIMIT: usize = 1200;
/// The most bytes a genuine COSE message inflates to; anything longer is a zip bomb.
const COSE_LIMIT: usize = 600;
/// A receipt with a declared size above this is refused when it is made.
pub const COSE_MAX: usize = 260;
/// The private claim that holds what only Mingbai knows of.
const OWN: i64 = -65537;
/// The private claim of two bytes by which the person at the window can be compared ([`super::identity`]).
const IDENTITY: i64 = -65538;
/// The one protected header there is, up to the eight bytes of the key id: `{1: -8, 4: h'…'}`.
const HEADER: [u8; 5] = [0xa2, 0x01, 0x27, 0x04, 0x48];
/// The end of the year 9999, in seconds since 1970: the latest time that a claim may hold.
const LAST_SECOND: i64 = 253_402_300_799;

/// Who signs: the device that queued the submission, or the hall that received it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Queued,
    Received,
}

impl Kind {
    /// The signature's context.
    pub fn context(self) -> &'static str {
        match self {
            Kind::Queued => RECEIPT,
            Kind::Received => ACKNOWLEDGEMENT,
        }
    }
}

/// Outcomes by their number in a receipt. Append only.
pub const OUTCOMES: [Outcome; 8] = [
    Outcome::Ready,
    Outcome::ReadyForPerson,
    Outcome::ReadyWithDeferral,
    Outcome::Incomplete,
    Outcome::NotMet,
    Outcome::NotRequired,
    Outcome::Elsewhere,
    Outcome::Open,
];

/// How a material is declared, by its number in a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MaterialMark {
    Missing,
    Original,
    Copy,
    Electronic,
    /// Follows later (容缺后补).
    Later,
    NotNeeded,
}

impl MaterialMark {
    const ALL: [MaterialMark; 6] = {
        use MaterialMark::*;
        [Missing, Original, Copy, Electronic, Later, NotNeeded]
    };
    fn number(self) -> u8 {
        self as u8
    }
    fn of(number: u8) -> Option<MaterialMark> {
        MaterialMark::ALL.get(usize::from(number)).copied()
    }

    /// The marks of an application, in the item's order.
    pub fn all(application: &crate::check::Application, assessment: &Assessment) -> Vec<MaterialMark> {
        use crate::check::MaterialState;
        assessment
            .materials
            .iter()
            .map(|(code, state)| match (state, application.materials.get(code).filter(|d| d.have)) {
                (MaterialState::NotNeeded | MaterialState::Open, _) => MaterialMark::NotNeeded,
                (MaterialState::Deferred, _) => MaterialMark::Later,
                (_, None) => MaterialMark::Missing,
                (_, Some(d)) if d.electronic => MaterialMark::Electronic,
                (_, Some(d)) if d.originals == 0 && d.copies > 0 => MaterialMark::Copy,
                (_, Some(_)) => MaterialMark::Original,
            })
            .collect()
    }
}

/// What a receipt says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Code of the hall it is for.
    pub hall: String,
    pub id: Uuid,
    pub kind: Kind,
    /// Whole seconds.
    pub issued_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub item: String,
    pub catalogue: String,
    /// First 16 bytes of the submission's digest, hex.
    pub digest: String,
    pub outcome: Outcome,
    pub materials: Vec<MaterialMark>,
    pub short_number: Option<String>,
    /// The device's own public key (hex), on a self-issued receipt.
    pub self_issued: Option<String>,
    /// What [`super::identity::commit`] makes of the applicant's ID number, if there was one: two bytes, hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
}

/// Why a text is not a receipt, before any signature is looked at.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "why", content = "claim")]
pub enum Unreadable {
    #[error("the text does not begin with MB1:")]
    Prefix,
    #[error("the text is too long")]
    TooLong,
    #[error("the text is not base45")]
    Base45,
    #[error("the content is not zlib, or inflates beyond its limit")]
    Zlib,
    #[error("not a tagged COSE_Sign1 message in its shortest form")]
    Cose,
    #[error("the protected header must name EdDSA and an 8-byte key id, and nothing else")]
    Header,
    #[error("claim {0} is missing or not what it must be")]
    Claim(String),
    #[error("the claims are not written in their one form")]
    Encoding,
    #[error("the receipt would be larger than {COSE_MAX} bytes")]
    Size,
}

impl Unreadable {
    /// The same sentence for a person, Chinese and English.
    pub fn say(&self) -> Text {
        let zh = match self {
            Unreadable::Prefix => "内容不以 MB1: 开头".to_owned(),
            Unreadable::TooLong => "内容太长".to_owned(),
            Unreadable::Base45 => "不是 base45 编码".to_owned(),
            Unreadable::Zlib => "不是 zlib 压缩数据,或者解压后超出上限".to_owned(),
            Unreadable::Cose => "不是按最短写法编码的 COSE_Sign1 签名消息".to_owned(),
            Unreadable::Header => "受保护头部只能写明 EdDSA 算法和 8 字节的密钥编号".to_owned(),
            Unreadable::Claim(name) => format!("声明项 {name} 缺失或不合规定"),
            Unreadable::Encoding => "声明项不是唯一规定的写法".to_owned(),
            Unreadable::Size => format!("回执会超过 {COSE_MAX} 字节"),
        };
        Text { zh, en: self.to_string() }
    }
}

/// A receipt that still lacks its signature; the key may live where this program cannot see it.
pub struct Unsigned {
    message: CoseSign1,
    context: &'static str,
}

impl Unsigned {
    /// Prepares `claims` for signing with the key whose public half is `public`.
    pub fn new(claims: &Claims, public: &[u8; 32]) -> Result<Unsigned, Unreadable> {
        let payload = claims.to_cbor()?.to_vec().map_err(|_| Unreadable::Cose)?;
        let protected = HeaderBuilder::new().algorithm(iana::Algorithm::EdDSA).key_id(key_id(public).to_vec()).build();
        let message = CoseSign1Builder::new().protected(protected).payload(payload).build();
        Ok(Unsigned { message, context: claims.kind.context() })
    }

    /// The bytes to sign with Ed25519.
    pub fn to_sign(&self) -> Vec<u8> {
        self.message.tbs_data(self.context.as_bytes())
    }

    /// The QR text, once signed.
    pub fn finish(mut self, signature: [u8; 64]) -> Result<String, Unreadable> {
        self.message.signature = signature.to_vec();
        let cose = self.message.to_tagged_vec().map_err(|_| Unreadable::Cose)?;
        if cose.len() > COSE_MAX {
            return Err(Unreadable::Size);
        }
        let packed = miniz_oxide::deflate::compress_to_vec_zlib(&cose, 9);
        Ok(format!("{PREFIX}{}", base45::encode(packed)))
    }
}

/// Whether everybody can be given a receipt for an item of so many materials. The largest is that of a device that the hall
/// does not know, with its own key inside.
pub fn fits(hall: &str, item: &str, materials: usize) -> bool {
    let claims = Claims {
        hall: hall.to_owned(),
        id: Uuid::nil(),
        kind: Kind::Queued,
        issued_at: DateTime::UNIX_EPOCH + TimeDelta::seconds(u32::MAX.into()),
        expires_at: DateTime::UNIX_EPOCH + TimeDelta::seconds(u32::MAX.into()),
        item: item.to_owned(),
        catalogue: "20261101-0a1b2c3d".to_owned(),
        digest: hex(&[0; 16]),
        outcome: Outcome::Open,
        materials: vec![MaterialMark::Original; materials],
        short_number: None,
        self_issued: Some(hex(&[0; 32])),
        identity: Some(hex(&[0; 2])),
    };
    Unsigned::new(&claims, &[0; 32]).and_then(|unsigned| unsigned.finish([0; 64])).is_ok()
}

/// Signs with a key at hand, as the hall does.
pub fn sign(claims: &Claims, key: &ed25519_dalek::SigningKey) -> Result<String, Unreadable> {
    use ed25519_dalek::Signer;
    let unsigned = Unsigned::new(claims, &key.verifying_key().to_bytes())?;
    let signature = key.sign(&unsigned.to_sign()).to_bytes();
    unsigned.finish(signature)
}

/// A receipt as read, believed in nothing yet.
pub struct Read {
    pub claims: Claims,
    pub kid: [u8; 8],
    pub(super) to_sign: Vec<u8>,
    pub(super) signature: [u8; 64],
}

fn unpack(text: &str) -> Result<Vec<u8>, Unreadable> {
    let letters = text.strip_prefix(PREFIX).ok_or(Unreadable::Prefix)?;
    if text.len() > TEXT_LIMIT {
        return Err(Unreadable::TooLong);
    }
    let packed = base45::decode(letters).map_err(|_| Unreadable::Base45)?;
    // The decoder lets a last pair of letters stand for more than a byte.
    if base45::encode(&packed) != letters {
        return Err(Unreadable::Base45);
    }
    inflate(&packed).ok_or(Unreadable::Zlib)
}

/// One zlib stream and nothing behind it, of at most [`COSE_LIMIT`] bytes.
fn inflate(packed: &[u8]) -> Option<Vec<u8>> {
    let flags = inflate_flags::TINFL_FLAG_PARSE_ZLIB_HEADER | inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let mut out = vec![0; COSE_LIMIT];
    let (status, read, written) = decompress(&mut DecompressorOxide::new(), packed, &mut out, 0, flags);
    out.truncate(written);
    (status == TINFLStatus::Done && read == packed.len()).then_some(out)
}

/// Reads a QR text strictly: every byte must be what this program itself would write for these claims.
pub fn read(text: &str) -> Result<Read, Unreadable> {
    let cose = unpack(text.trim())?;
    let message = CoseSign1::from_tagged_slice(&cose).map_err(|_| Unreadable::Cose)?;
    // One encoding only: no second tag, no trailing bytes, no longer integers, no doubled keys.
    if message.clone().to_tagged_vec().map_err(|_| Unreadable::Cose)? != cose {
        return Err(Unreadable::Cose);
    }
    let payload = message.payload.as_ref().ok_or(Unreadable::Cose)?;
    let signature = message.signature.as_slice().try_into().map_err(|_| Unreadable::Cose)?;
    let header = message.protected.original_data.as_deref().filter(|_| message.unprotected.is_empty());
    let kid = header.and_then(|header| header.strip_prefix(&HEADER)).ok_or(Unreadable::Header)?;
    let kid = kid.try_into().map_err(|_| Unreadable::Header)?;
    let value = Cbor::from_slice(payload).map_err(|_| Unreadable::Encoding)?;
    let claims = Claims::from_cbor(&value)?;
    // The same for the claims: what is read must write back to the same bytes.
    if claims.to_cbor()?.to_vec().map_err(|_| Unreadable::Encoding)? != *payload {
        return Err(Unreadable::Encoding);
    }
    let to_sign = message.tbs_data(claims.kind.context().as_bytes());
    Ok(Read { claims, kid, to_sign, signature })
}

impl Claims {
    fn to_cbor(&self) -> Result<Cbor, Unreadable> {
        let wrong = |name: &str| Unreadable::Claim(name.into());
        let seconds = |at: DateTime<Utc>| Cbor::from(at.timestamp());
        let digest = crate::signing::from_hex::<16>(&self.digest).ok_or_else(|| wrong("digest"))?;
        let outcome = OUTCOMES.iter().position(|o| *o == self.outcome).ok_or_else(|| wrong("outcome"))?;
        let short = match &self.short_number {
            None => Cbor::Null,
            Some(number) => Cbor::from(number.parse::<u64>().map_err(|_| wrong("short number"))?),
        };
        let own = Cbor::Array(vec![
            Cbor::from(match self.kind {
                Kind::Queued => 0,
                Kind::Received => 1,
            }),
            Cbor::from(self.item.as_str()),
            Cbor::from(self.catalogue.as_str()),
            Cbor::Bytes(digest.to_vec()),
            Cbor::from(outcome as u64),
            Cbor::Bytes(self.materials.iter().map(|m| m.number()).collect()),
            short,
        ]);
        let mut map = vec![
            (Cbor::from(1), Cbor::from(self.hall.as_str())),
            (Cbor::from(4), seconds(self.expires_at)),
            (Cbor::from(6), seconds(self.issued_at)),
            (Cbor::from(7), Cbor::Bytes(self.id.as_bytes().to_vec())),
        ];
        if let Some(public) = &self.self_issued {
            let public = crate::signing::from_hex::<32>(public).ok_or_else(|| wrong("cnf"))?;
            let key = vec![(Cbor::from(1), Cbor::from(1)), (Cbor::from(-1), Cbor::from(6)), (Cbor::from(-2), Cbor::Bytes(public.to_vec()))];
            map.push((Cbor::from(8), Cbor::Map(vec![(Cbor::from(1), Cbor::Map(key))])));
        }
        map.push((Cbor::from(OWN), own));
        if let Some(identity) = &self.identity {
            let identity = crate::signing::from_hex::<2>(identity).ok_or_else(|| wrong("identity"))?;
            map.push((Cbor::from(IDENTITY), Cbor::Bytes(identity.to_vec())));
        }
        Ok(Cbor::Map(map))
    }

    fn from_cbor(value: &Cbor) -> Result<Claims, Unreadable> {
        let wrong = |name: &str| Unreadable::Claim(name.to_owned());
        let map = value.as_map().ok_or_else(|| wrong("set"))?;
        let claim = |label: i64| map.iter().find(|(k, _)| *k == Cbor::from(label)).map(|(_, v)| v);
        let text = |v: Option<&Cbor>, name: &str| v.and_then(Cbor::as_text).map(str::to_owned).ok_or_else(|| wrong(name));
        let bytes = |v: Option<&Cbor>, name: &str| v.and_then(Cbor::as_bytes).cloned().ok_or_else(|| wrong(name));
        let number = |v: Option<&Cbor>| v.and_then(Cbor::as_integer).and_then(|i| i64::try_from(i).ok());
        let time = |label: i64, name: &str| {
            let seconds = number(claim(label)).filter(|s| (0..=LAST_SECOND).contains(s));
            seconds.and_then(|s| DateTime::from_timestamp(s, 0)).ok_or_else(|| wrong(name))
        };
        let own = claim(OWN).and_then(Cbor::as_array).filter(|a| a.len() == 7).ok_or_else(|| wrong("-65537"))?;
        let self_issued = match claim(8) {
            None => None,
            Some(cnf) => {
                let inside = |v: &Cbor, label: i64| v.as_map()?.iter().find(|(k, _)| *k == Cbor::from(label)).map(|(_, v)| v.clone());
                let public = inside(cnf, 1).and_then(|key| inside(&key, -2)).and_then(|x| x.as_bytes().cloned());
                let public: [u8; 32] = public.and_then(|p| p.try_into().ok()).ok_or_else(|| wrong("cnf"))?;
                Some(crate::signing::hex(&public))
            }
        };
        let digest: [u8; 16] = bytes(own.get(3), "digest")?.try_into().map_err(|_| wrong("digest"))?;
        let outcome = number(own.get(4)).and_then(|n| OUTCOMES.get(usize::try_from(n).ok()?)).ok_or_else(|| wrong("outcome"))?;
        let marks: Option<Vec<_>> = bytes(own.get(5), "materials")?.into_iter().map(MaterialMark::of).collect();
        let short_number = match own.get(6) {
            Some(Cbor::Null) => None,
            other => {
                let n = number(other).ok_or_else(|| wrong("short number"))?;
                Some(super::number::parse(&format!("{n:0width$}", width = super::number::LENGTH)).ok_or_else(|| wrong("short number"))?)
            }
        };
        let identity = match claim(IDENTITY) {
            None => None,
            identity => {
                let two: [u8; 2] = bytes(identity, "identity")?.try_into().map_err(|_| wrong("identity"))?;
                Some(crate::signing::hex(&two))
            }
        };
        Ok(Claims {
            hall: text(claim(1), "iss")?,
            id: Uuid::from_slice(&bytes(claim(7), "cti")?).map_err(|_| wrong("cti"))?,
            kind: match number(own.first()) {
                Some(0) => Kind::Queued,
                Some(1) => Kind::Received,
                _ => return Err(wrong("kind")),
            },
            issued_at: time(6, "iat")?,
            expires_at: time(4, "exp")?,
            item: text(own.get(1), "item")?,
            catalogue: text(own.get(2), "catalogue")?,
            digest: crate::signing::hex(&digest),
            outcome: *outcome,
            materials: marks.ok_or_else(|| wrong("materials"))?,
            short_number,
            self_issued,
            identity,
        })
    }
}
