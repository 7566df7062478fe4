//! Looks for strings in everything below a folder, however they are written there: in other encodings, and inside
//! compressed streams, LevelDB tables and logs, SQLite databases and the values of Chromium's IndexedDB.

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection as _, Row as _};
use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;

/// Streams in streams are opened so deep.
const DEPTH: usize = 3;
/// What is unpacked of one stream at most, in bytes.
const UNPACKED: usize = 64 << 20;
/// A LevelDB log is written in blocks of this size.
const LOG_BLOCK: usize = 32 << 10;
const TABLE_FOOTER: usize = 48;
const TABLE_MAGIC: [u8; 8] = 0xdb47_7524_8b80_fb57_u64.to_le_bytes();
/// Before the key of an entry in Chromium's cache; its body follows the key.
const CACHE_HEADER: usize = 24;
const CACHE_MAGIC: [u8; 8] = 0xfcfb_6d1b_a772_5c30_u64.to_le_bytes();

/// The first bytes of a stream, and what opens it.
type Opener = fn(&[u8]) -> Vec<u8>;
const STREAMS: [(&[u8], Opener); 7] = [
    (&[0x1f, 0x8b, 8], gzip),
    (&[0x78, 0x01], zlib),
    (&[0x78, 0x5e], zlib),
    (&[0x78, 0x9c], zlib),
    (&[0x78, 0xda], zlib),
    (&[0x28, 0xb5, 0x2f, 0xfd], zstd),
    // A value that Chromium's IndexedDB has compressed.
    (&[0xff, 0x11, 0x02], |bytes| snappy(&bytes[3..])),
];

pub struct Search {
    secrets: AhoCorasick,
    /// What each pattern of `secrets` stands for.
    names: Vec<String>,
    streams: AhoCorasick,
}

impl Search {
    /// Each secret with its name.
    pub fn new(secrets: &[(String, Vec<u8>)]) -> Search {
        let forms =
            secrets.iter().flat_map(|(name, secret)| forms(secret).into_iter().map(move |(how, form)| (format!("{name} as {how}"), form)));
        let (names, patterns): (Vec<_>, Vec<_>) = forms.unzip();
        let streams = AhoCorasick::new(STREAMS.map(|(magic, _)| magic)).expect("patterns");
        Search { secrets: AhoCorasick::new(patterns).expect("patterns"), names, streams }
    }

    /// Every place below the folder where a secret stands, in words; also in the names of files.
    pub async fn folder(&self, folder: &Path) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(at) = folders.pop() {
            for entry in std::fs::read_dir(&at).expect("a folder").flatten() {
                let (path, kind) = (entry.path(), entry.file_type().expect("a kind of file"));
                let place = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
                self.look(&format!("the name of {place}"), place.as_bytes(), DEPTH, &mut found);
                if kind.is_dir() {
                    folders.push(path);
                } else if kind.is_file() {
                    self.file(&place, &path, &mut found).await;
                }
            }
        }
        found
    }

    /// Every secret in these bytes.
    pub fn bytes(&self, place: &str, bytes: &[u8]) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        self.look(place, bytes, 0, &mut found);
        found
    }

    async fn file(&self, place: &str, path: &Path, found: &mut BTreeSet<String>) {
        let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        self.look(place, &bytes, 0, found);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if bytes.ends_with(&TABLE_MAGIC) {
            for entry in table(&bytes) {
                self.look(&format!("{place} (a table's entry)"), &entry, 0, found);
            }
        } else if name.ends_with(".log") || name.starts_with("MANIFEST-") {
            self.look(&format!("{place} (as a log)"), &log(&bytes), 0, found);
        } else if bytes.starts_with(b"SQLite format 3\0") {
            for value in rows(path).await {
                self.look(&format!("{place} (a value)"), &value, 0, found);
            }
        } else if bytes.starts_with(&CACHE_MAGIC) {
            let key = u32::from_le_bytes(bytes[12..16].try_into().expect("four bytes")) as usize;
            self.look(&format!("{place} (brotli)"), &brotli(bytes.get(CACHE_HEADER + key..).unwrap_or_default()), 0, found);
        }
        self.look(&format!("{place} (brotli)"), &brotli(&bytes), 0, found);
    }

    fn look(&self, place: &str, bytes: &[u8], depth: usize, found: &mut BTreeSet<String>) {
        found.extend(self.secrets.find_overlapping_iter(bytes).map(|hit| format!("{} in {place}", self.names[hit.pattern()])));
        if depth < DEPTH {
            for hit in self.streams.find_overlapping_iter(bytes) {
                let unpacked = STREAMS[hit.pattern()].1(&bytes[hit.start()..]);
                if !unpacked.is_empty() {
                    self.look(&format!("{place} (unpacked)"), &unpacked, depth + 1, found);
                }
            }
        }
    }
}

/// All the ways in which these bytes may be written down.
fn forms(secret: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut forms = vec![("hex", hex.to_uppercase().into_bytes()), ("hex", hex.into_bytes()), ("it is", secret.to_owned())];
    for before in 0..3 {
        let shifted = [vec![0; before], secret.to_owned()].concat();
        for engine in [BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD] {
            let text = engine.encode(&shifted);
            // The outermost characters hold bits of the neighbours too.
            let (first, last) = ((before * 8).div_ceil(6), shifted.len() * 8 / 6);
            forms.push(("base64", text.as_bytes()[first..last].to_owned()));
        }
    }
    if let Ok(text) = std::str::from_utf8(secret) {
        let units: Vec<u16> = text.encode_utf16().collect();
        forms.push(("UTF-16LE", units.iter().flat_map(|unit| unit.to_le_bytes()).collect()));
        forms.push(("UTF-16BE", units.iter().flat_map(|unit| unit.to_be_bytes()).collect()));
        let percent: String = secret.iter().map(|byte| format!("%{byte:02X}")).collect();
        let escaped: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
        forms.extend([("a URL", percent.to_lowercase().into_bytes()), ("a URL", percent.into_bytes())]);
        forms.extend([("JSON escapes", escaped.to_uppercase().replace("\\U", "\\u").into_bytes()), ("JSON escapes", escaped.into_bytes())]);
    }
    forms.sort();
    forms.dedup();
    forms
}

// What cannot be unpacked to its end is searched as far as it goes: a file may be cut, and a stream's length is not known.

fn inflate(bytes: &[u8]) -> Vec<u8> {
    miniz_oxide::inflate::decompress_to_vec_with_limit(bytes, UNPACKED).unwrap_or_else(|cut| cut.output)
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    // The two bytes are a number that 31 divides.
    if u16::from_be_bytes([bytes[0], bytes[1]]).is_multiple_of(31) { inflate(&bytes[2..]) } else { vec![] }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    const CHECK: u8 = 2;
    const EXTRA: u8 = 4;
    const NAME: u8 = 8;
    const COMMENT: u8 = 16;
    let Some(flags) = bytes.get(3) else { return vec![] };
    let mut at = 10;
    if flags & EXTRA != 0 {
        let length = bytes.get(at..at + 2).map_or(0, |two| usize::from(u16::from_le_bytes([two[0], two[1]])));
        at += 2 + length;
    }
    for flag in [NAME, COMMENT] {
        if flags & flag != 0 {
            let rest = bytes.get(at..).unwrap_or_default();
            at += rest.iter().position(|byte| *byte == 0).map_or(rest.len(), |end| end + 1);
        }
    }
    at += if flags & CHECK != 0 { 2 } else { 0 };
    inflate(bytes.get(at..).unwrap_or_default())
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut unpacked = Vec::new();
    if let Ok(stream) = ruzstd::decoding::StreamingDecoder::new(bytes) {
        // An error ends what there is to see.
        let _ = stream.take(UNPACKED as u64).read_to_end(&mut unpacked);
    }
    unpacked
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut unpacked = Vec::new();
    let _ = brotli::Decompressor::new(bytes, 4096).take(UNPACKED as u64).read_to_end(&mut unpacked);
    unpacked
}

/// Snappy, as far as it can be read: libraries want to know where it ends.
fn snappy(bytes: &[u8]) -> Vec<u8> {
    let mut unpacked = Vec::new();
    let mut rest = bytes;
    let Some(length) = number(&mut rest).map(|length| length as usize).filter(|length| *length <= UNPACKED) else { return unpacked };
    while unpacked.len() < length {
        if unsnap(&mut rest, &mut unpacked).is_none() {
            break;
        }
    }
    unpacked
}

/// One element of Snappy: bytes as they are, or a copy of earlier ones.
fn unsnap(rest: &mut &[u8], unpacked: &mut Vec<u8>) -> Option<()> {
    let tag = usize::from(*rest.split_off_first()?);
    let mut little = |bytes: usize| {
        let number = rest.split_off(..bytes)?;
        Some(number.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte)))
    };
    let (length, back) = match tag & 3 {
        0 => {
            let length = match tag >> 2 {
                short @ 0..60 => short,
                long => little(long - 59)?,
            };
            let literal = rest.split_off(..(length + 1).min(rest.len()))?;
            unpacked.extend_from_slice(literal);
            return Some(());
        }
        1 => ((tag >> 2 & 7) + 4, (tag >> 5) << 8 | little(1)?),
        2 => ((tag >> 2) + 1, little(2)?),
        _ => ((tag >> 2) + 1, little(4)?),
    };
    let from = unpacked.len().checked_sub(back).filter(|_| back > 0)?;
    for at in from..from + length {
        unpacked.push(unpacked[at]);
    }
    Some(())
}

/// A number of seven bits a byte.
fn number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.split_off_first()?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

/// The entries of a LevelDB table, each its key and value together.
fn table(file: &[u8]) -> Vec<Vec<u8>> {
    let Some(mut footer) = file.len().checked_sub(TABLE_FOOTER).map(|at| &file[at..]) else { return vec![] };
    // First where the index of other data is, which nothing is looked for in.
    let index = number(&mut footer).and_then(|_| number(&mut footer)).and_then(|_| block(file, &mut footer));
    let blocks = entries(&index.unwrap_or_default()).into_iter().filter_map(|(_, place)| block(file, &mut place.as_slice()));
    blocks.flat_map(|block| entries(&block)).map(|(key, value)| [key, value].concat()).collect()
}

/// The block whose place and length are read from `handle`; a byte after it says how it is packed.
fn block(file: &[u8], handle: &mut &[u8]) -> Option<Vec<u8>> {
    let (at, length) = (number(handle)? as usize, number(handle)? as usize);
    let block = file.get(at..at.checked_add(length)?)?;
    Some(match file.get(at + length)? {
        1 => snappy(block),
        2 => zstd(block),
        _ => block.to_owned(),
    })
}

/// Keys share their beginnings with the one before.
fn entries(block: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut entries: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    let Some((_, count)) = block.split_last_chunk::<4>() else { return entries };
    let restarts = (u32::from_le_bytes(*count) as usize + 1).saturating_mul(4);
    let mut rest = &block[..block.len().saturating_sub(restarts)];
    let mut entry = |before: &[u8]| {
        let (shared, more, length) = (number(&mut rest)? as usize, number(&mut rest)? as usize, number(&mut rest)? as usize);
        let key = [before.get(..shared)?, rest.split_off(..more)?].concat();
        Some((key, rest.split_off(..length)?.to_owned()))
    };
    while let Some(next) = entry(entries.last().map_or(&[], |(key, _)| key)) {
        entries.push(next);
    }
    entries
}

/// A LevelDB log without the headers that its blocks and fragments begin with.
fn log(file: &[u8]) -> Vec<u8> {
    let mut payload = Vec::new();
    for mut block in file.chunks(LOG_BLOCK) {
        while let Some(header) = block.split_off(..7) {
            let length = usize::from(u16::from_le_bytes([header[4], header[5]]));
            payload.extend_from_slice(block.split_off(..length.min(block.len())).unwrap_or_default());
        }
    }
    payload
}

/// Every value of a database, whole: long ones are spread over its pages.
async fn rows(path: &Path) -> Vec<Vec<u8>> {
    // A copy: looking must change nothing.
    let copy = tempfile::tempdir().expect("a folder");
    for end in ["", "-wal"] {
        let mut from = path.as_os_str().to_owned();
        from.push(end);
        // Most have no log of their own.
        let _ = std::fs::copy(from, copy.path().join(format!("copy{end}")));
    }
    let mut values = Vec::new();
    let options = SqliteConnectOptions::new().filename(copy.path().join("copy"));
    let Ok(mut database) = SqliteConnection::connect_with(&options).await else { return values };
    let tables = sqlx::query_scalar::<_, String>("SELECT name FROM sqlite_schema WHERE type = 'table'");
    for table in tables.fetch_all(&mut database).await.unwrap_or_default() {
        let all = sqlx::AssertSqlSafe(format!("SELECT * FROM \"{}\"", table.replace('"', "\"\"")));
        for row in sqlx::query(all).fetch_all(&mut database).await.unwrap_or_default() {
            let value = |at| row.try_get_unchecked::<Vec<u8>, _>(at).ok();
            values.extend((0..row.len()).filter_map(value));
        }
    }
    values
}

#[tokio::test]
async fn it_finds_a_string_however_it_is_written() {
    use std::io::Write as _;
    let secret = "翟靐龘, 110105194912310029";
    let utf16: Vec<u16> = secret.encode_utf16().collect();
    // Often enough that it is worth packing: else it would stand in the stream as it is.
    let text = format!("before {secret} after, and so on and on. ").repeat(40);
    let deflated = miniz_oxide::deflate::compress_to_vec(text.as_bytes(), 6);
    let gzip = [&[0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3][..], b"name\0", &deflated].concat();
    let mut brotli = Vec::new();
    brotli::CompressorWriter::new(&mut brotli, 4096, 5, 20).write_all(text.as_bytes()).unwrap();
    let zstd = ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
    // A log whose block ends in the middle of the secret.
    let (first, second) = secret.as_bytes().split_at(10);
    let fragment = |kind, part: &[u8]| [&[0, 0, 0, 0][..], &(part.len() as u16).to_le_bytes(), &[kind], part].concat();
    let before = fragment(1, &vec![b'.'; LOG_BLOCK - 7 - 7 - first.len()]);
    let log = [before, fragment(2, first), fragment(4, second)].concat();
    let encoded = |before: &str| BASE64_STANDARD_NO_PAD.encode(format!("{before}{secret}and so on"));
    let hex = |upper: bool| secret.bytes().map(|b| if upper { format!("{b:02X}") } else { format!("{b:02x}") }).collect::<String>();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("plain", text.clone().into()),
        ("le", utf16.iter().flat_map(|u| u.to_le_bytes()).collect()),
        ("be", utf16.iter().flat_map(|u| u.to_be_bytes()).collect()),
        ("base64-0", encoded("").into()),
        ("base64-1", encoded("a").into()),
        ("base64-2", encoded("ab").into()),
        ("hex", hex(false).into()),
        ("HEX", hex(true).into()),
        ("url", secret.bytes().map(|b| format!("%{b:02X}")).collect::<String>().into()),
        ("json", utf16.iter().map(|u| format!("\\u{u:04x}")).collect::<String>().into()),
        ("gzip", [b"some".as_slice(), &gzip].concat()),
        ("gzip-twice", miniz_oxide::deflate::compress_to_vec_zlib(&gzip, 6)),
        ("zlib", miniz_oxide::deflate::compress_to_vec_zlib(text.as_bytes(), 6)),
        ("zstd", zstd),
        ("brotli", brotli),
        ("000003.log", log),
        (secret, b"nothing".to_vec()),
    ];
    let search = Search::new(&[("secret".to_owned(), secret.into())]);
    for (name, bytes) in cases {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("other"), "翟靐龖, 110105194912310028").unwrap();
        assert!(search.folder(folder.path()).await.is_empty());
        std::fs::write(folder.path().join(name), bytes).unwrap();
        let found = search.folder(folder.path()).await;
        assert!(!found.is_empty(), "not found: {name}");
    }
}
