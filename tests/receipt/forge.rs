//! The format by hand, byte by byte, from its description in `mingbai::receipt` and without the program's own writer: to make
//! genuine receipts, and each in every wrong way.

use super::people::{key, kid};
use ed25519_dalek::Signer;
use mingbai::receipt::{Claims, Kind, OUTCOMES, PREFIX};
use mingbai::signing::from_hex;

// ── CBOR ──

pub type Bytes = Vec<u8>;
pub type Pair = (Bytes, Bytes);

const UNSIGNED: u8 = 0;
const NEGATIVE: u8 = 1;
const STRING: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;

pub const NULL: [u8; 1] = [0xf6];

fn head(major: u8, argument: u64) -> Bytes {
    let wide = argument.to_be_bytes();
    match argument {
        0..24 => vec![major << 5 | wide[7]],
        24..0x100 => [&[major << 5 | 24], &wide[7..]].concat(),
        0x100..0x1_0000 => [&[major << 5 | 25], &wide[6..]].concat(),
        0x1_0000..0x1_0000_0000 => [&[major << 5 | 26], &wide[4..]].concat(),
        _ => [&[major << 5 | 27], &wide[..]].concat(),
    }
}
pub fn int(n: i64) -> Bytes {
    if n < 0 { head(NEGATIVE, !n as u64) } else { head(UNSIGNED, n as u64) }
}
pub fn text(content: &str) -> Bytes {
    [head(TEXT, content.len() as u64), content.into()].concat()
}
pub fn bytes(content: &[u8]) -> Bytes {
    [&head(STRING, content.len() as u64), content].concat()
}
pub fn array(members: &[Bytes]) -> Bytes {
    [head(ARRAY, members.len() as u64), members.concat()].concat()
}
pub fn map(pairs: &[Pair]) -> Bytes {
    let flat: Vec<Bytes> = pairs.iter().map(|(label, value)| [label.as_slice(), value].concat()).collect();
    [head(MAP, pairs.len() as u64), flat.concat()].concat()
}
pub fn tag(number: u64, content: &[u8]) -> Bytes {
    [&head(TAG, number), content].concat()
}

/// A data item inside others.
pub struct Item {
    pub start: usize,
    /// Where its head ends and its content begins.
    pub body: usize,
    pub end: usize,
    major: u8,
    argument: u64,
}

/// Every data item of a well-formed text of bytes, outer ones first.
pub fn items(bytes: &[u8]) -> Vec<Item> {
    let mut found = Vec::new();
    let end = item(bytes, 0, &mut found);
    assert_eq!(end, bytes.len());
    found
}

fn item(bytes: &[u8], start: usize, found: &mut Vec<Item>) -> usize {
    let (major, info) = (bytes[start] >> 5, bytes[start] & 31);
    let more = match info {
        24..=27 => 1 << (info - 24),
        _ => 0,
    };
    let body = start + 1 + more;
    let argument = if more == 0 { u64::from(info) } else { bytes[start + 1..body].iter().fold(0, |n, b| n << 8 | u64::from(*b)) };
    let place = found.len();
    found.push(Item { start, body, end: body, major, argument });
    let inside = match major {
        ARRAY => argument,
        MAP => 2 * argument,
        TAG => 1,
        _ => 0,
    };
    let mut end = if matches!(major, STRING | TEXT) { body + argument as usize } else { body };
    for _ in 0..inside {
        end = item(bytes, end, found);
    }
    found[place].end = end;
    end
}

impl Item {
    /// `bytes` with this item replaced.
    pub fn replaced(&self, bytes: &[u8], by: &[u8]) -> Bytes {
        [&bytes[..self.start], by, &bytes[self.end..]].concat()
    }

    /// `bytes` with this item's head in the next longer form; simple values have none, nor has the longest.
    pub fn longer(&self, bytes: &[u8]) -> Option<Bytes> {
        let width = match self.body - self.start {
            1 => 1,
            2 => 2,
            3 => 4,
            _ => 8,
        };
        let info = [24, 25, 26, 27][usize::ilog2(width) as usize];
        let head = [&[self.major << 5 | info], &self.argument.to_be_bytes()[8 - width..]].concat();
        (self.major != 7 && self.body - self.start < 9).then(|| [&bytes[..self.start], &head, &bytes[self.body..]].concat())
    }

    /// `bytes` with this string, array or map written without a length.
    pub fn endless(&self, bytes: &[u8]) -> Option<Bytes> {
        let begin = [self.major << 5 | 31];
        let content = match self.major {
            STRING | TEXT => &bytes[self.start..self.end],
            ARRAY | MAP => &bytes[self.body..self.end],
            _ => return None,
        };
        Some(self.replaced(bytes, &[&begin, content, &[0xff]].concat()))
    }

    /// `bytes` with this integer as a floating-point number.
    pub fn float(&self, bytes: &[u8]) -> Option<Bytes> {
        let number = match self.major {
            UNSIGNED => self.argument as f64,
            NEGATIVE => -1.0 - self.argument as f64,
            _ => return None,
        };
        Some(self.replaced(bytes, &[&[0xfb], &number.to_be_bytes()[..]].concat()))
    }

    /// `bytes` with this integer as a bignum.
    pub fn bignum(&self, bytes: &[u8]) -> Option<Bytes> {
        let wide = self.argument.to_be_bytes();
        let digits = &wide[wide.iter().take_while(|b| **b == 0).count()..];
        (self.major <= NEGATIVE).then(|| self.replaced(bytes, &tag(2 + u64::from(self.major), &self::bytes(digits))))
    }
}

// ── the text ──

/// What any compressor and any base45 may make of a message.
pub fn letters(packed: &[u8]) -> String {
    format!("{PREFIX}{}", base45::encode(packed))
}
pub fn zlib(cose: &[u8]) -> Bytes {
    miniz_oxide::deflate::compress_to_vec_zlib(cose, 9)
}
pub fn pack(cose: &[u8]) -> String {
    letters(&zlib(cose))
}
pub fn unpack(text: &str) -> Bytes {
    miniz_oxide::inflate::decompress_to_vec_zlib(&base45::decode(text.strip_prefix(PREFIX).unwrap()).unwrap()).unwrap()
}

// ── the message ──

/// The protected header's pairs.
pub fn header(seed: u8) -> Vec<Pair> {
    vec![(int(1), int(-8)), (int(4), bytes(&kid(seed)))]
}

/// The members of the claim −65537.
pub fn own(claims: &Claims) -> Vec<Bytes> {
    vec![
        int(claims.kind as i64),
        text(&claims.item),
        text(&claims.catalogue),
        bytes(&from_hex::<16>(&claims.digest).unwrap()),
        int(OUTCOMES.iter().position(|outcome| *outcome == claims.outcome).unwrap() as i64),
        bytes(&claims.materials.iter().map(|mark| *mark as u8).collect::<Bytes>()),
        claims.short_number.as_ref().map_or(NULL.to_vec(), |number| int(number.parse().unwrap())),
    ]
}

/// A public key as a confirmation claim.
pub fn cnf(public: &[u8; 32]) -> Bytes {
    map(&[(int(1), map(&[(int(1), int(1)), (int(-1), int(6)), (int(-2), bytes(public))]))])
}

/// The claims' pairs.
pub fn pairs(claims: &Claims) -> Vec<Pair> {
    let mut pairs = vec![
        (int(1), text(&claims.hall)),
        (int(4), int(claims.expires_at.timestamp())),
        (int(6), int(claims.issued_at.timestamp())),
        (int(7), bytes(claims.id.as_bytes())),
    ];
    pairs.extend(claims.self_issued.as_ref().map(|public| (int(8), cnf(&from_hex(public).unwrap()))));
    pairs.push((int(-65537), array(&own(claims))));
    pairs.extend(claims.identity.as_ref().map(|two| (int(-65538), bytes(&from_hex::<2>(two).unwrap()))));
    pairs
}

/// A message in the making.
#[derive(Clone)]
pub struct Forge {
    pub protected: Bytes,
    pub unprotected: Bytes,
    pub payload: Bytes,
    pub context: &'static str,
    pub signer: u8,
}

impl Forge {
    /// Genuine so far.
    pub fn of(claims: &Claims, signer: u8) -> Forge {
        let context = match claims.kind {
            Kind::Queued => "mingbai/receipt/1",
            Kind::Received => "mingbai/acknowledgement/1",
        };
        Forge { protected: map(&header(signer)), unprotected: map(&[]), payload: map(&pairs(claims)), context, signer }
    }
    pub fn protected(self, pairs: &[Pair]) -> Forge {
        Forge { protected: map(pairs), ..self }
    }
    pub fn claims(self, pairs: &[Pair]) -> Forge {
        Forge { payload: map(pairs), ..self }
    }
    pub fn to_sign(&self) -> Bytes {
        array(&[text("Signature1"), bytes(&self.protected), bytes(self.context.as_bytes()), bytes(&self.payload)])
    }
    pub fn signature(&self) -> [u8; 64] {
        key(self.signer).sign(&self.to_sign()).to_bytes()
    }
    /// The four members of the message, with any signature.
    pub fn members(&self, signature: &[u8]) -> Vec<Bytes> {
        vec![bytes(&self.protected), self.unprotected.clone(), bytes(&self.payload), bytes(signature)]
    }
    pub fn cose(&self) -> Bytes {
        tag(18, &array(&self.members(&self.signature())))
    }
    pub fn text(&self) -> String {
        pack(&self.cose())
    }
}
