//! What an attached file is, by its own first bytes and never by its name or by what somebody claims; and how many, how
//! large and how heavy attachments may be. The device asks before it decodes anything, the hall before it shows anything.

use crate::words::Text;

/// Limits of what an applicant may attach.
pub mod limits {
    /// Pictures and PDFs of one material.
    pub const OF_A_MATERIAL: usize = 10;
    /// Bytes of all attachments of a submission together.
    pub const IN_ALL: usize = 60 * MEGABYTE;
    /// Bytes of a picture as the camera made it, before it is drawn anew.
    pub const PICTURE_READ: usize = 40 * MEGABYTE;
    /// Pixels of such a picture: four times as many bytes are needed to decode it.
    pub const PIXELS: u64 = 64_000_000;
    /// Bytes of a PDF, which is kept as it is; and of a picture that could not be made lighter.
    pub const KEPT: usize = 8 * MEGABYTE;
    /// What a picture is drawn anew to weigh, in bytes.
    pub const AIM: usize = 1_200_000;
    /// Longer side in pixels and JPEG quality, best first: the first that comes below [`AIM`] is kept.
    pub const LADDER: [(u32, f64); 6] = [(2000, 0.85), (2000, 0.75), (2000, 0.62), (1600, 0.72), (1600, 0.6), (1280, 0.6)];

    pub const MEGABYTE: usize = 1024 * 1024;
}

/// The kinds of file that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Jpeg,
    Png,
    Webp,
    Gif,
    /// HEIC and AVIF: what newer cameras write, and not every browser reads.
    Heic,
    Pdf,
}

impl Kind {
    pub fn of(bytes: &[u8]) -> Option<Kind> {
        match bytes {
            [0xff, 0xd8, 0xff, ..] => Some(Kind::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Kind::Png),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Kind::Webp),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Kind::Gif),
            [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => match brand.first_chunk()? {
                b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" | b"avif" | b"avis" => Some(Kind::Heic),
                _ => None,
            },
            [b'%', b'P', b'D', b'F', b'-', ..] => Some(Kind::Pdf),
            _ => None,
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Kind::Jpeg => "image/jpeg",
            Kind::Png => "image/png",
            Kind::Webp => "image/webp",
            Kind::Gif => "image/gif",
            Kind::Heic => "image/heic",
            Kind::Pdf => PDF,
        }
    }
}

pub const JPEG: &str = "image/jpeg";
pub const PDF: &str = "application/pdf";

/// What can be told of a file without decoding it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    pub kind: Kind,
    /// Width and height in pixels, where the header says it.
    pub size: Option<(u32, u32)>,
    /// Pages of a PDF, where they can be counted with certainty.
    pub pages: Option<u32>,
}

/// Why a file cannot be attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    #[error("the file is empty")]
    Empty,
    #[error("neither a picture nor a PDF")]
    Kind,
    #[error("a picture of a kind that cannot be read here")]
    Heic,
    #[error("the file is larger than {0} bytes")]
    TooLarge(usize),
    #[error("{0} × {1} are too many pixels")]
    TooManyPixels(u32, u32),
    #[error("the file ends too early")]
    Cut,
    #[error("the PDF is encrypted")]
    Locked,
    #[error("the file is damaged")]
    Damaged,
    #[error("more than {0} of one material")]
    TooMany(usize),
    #[error("more than {0} in one submission")]
    TooManyInAll(usize),
    #[error("all together more than {0} bytes")]
    TooHeavyInAll(usize),
}

impl Wrong {
    pub fn say(self) -> Text {
        match self {
            Wrong::Empty => Text::new("文件是空的,请换一个", "The file is empty; please choose another"),
            Wrong::Kind => {
                Text::new("只能附照片或 PDF,这个文件两样都不是", "Only pictures and PDFs can be attached, and this file is neither")
            }
            Wrong::Heic => Text::new(
                "这里打不开这种格式的照片(HEIC),请直接拍照,或者改选 JPEG 照片",
                "Pictures of this kind (HEIC) cannot be opened here: take a picture instead, or choose a JPEG",
            ),
            Wrong::TooLarge(most) => {
                let most = most / limits::MEGABYTE;
                Text {
                    zh: format!("文件超过 {most} MB,请换一个小一些的"),
                    en: format!("The file is larger than {most} MB; please choose a smaller one"),
                }
            }
            Wrong::TooManyPixels(width, height) => Text {
                zh: format!("照片的尺寸太大({width} × {height}),请调低相机的分辨率,或者直接拍照"),
                en: format!("The picture has too many pixels ({width} × {height}): choose a lower resolution, or take a picture instead"),
            },
            Wrong::Cut => Text::new(
                "文件不完整,可能没有下载完或没有传完,请换一个",
                "The file is not whole, perhaps it was not fully downloaded or copied; please choose another",
            ),
            Wrong::Locked => Text::new(
                "这个 PDF 有密码或权限保护,窗口打不开。请另存一份没有保护的,或者拍下每一页",
                "This PDF is protected, and the window could not open it. Save a copy without protection, or photograph its pages",
            ),
            Wrong::Damaged => {
                Text::new("这个文件已损坏,读不出来,请换一个", "The file is damaged and cannot be read; please choose another")
            }
            Wrong::TooMany(most) => Text {
                zh: format!("一份材料最多附 {most} 个文件,多出的没有加入"),
                en: format!("At most {most} files for one material; the rest was not added"),
            },
            Wrong::TooManyInAll(most) => Text {
                zh: format!("一次申请最多附 {most} 个文件,多出的没有加入"),
                en: format!("At most {most} files in one application; the rest was not added"),
            },
            Wrong::TooHeavyInAll(most) => {
                let most = most / limits::MEGABYTE;
                Text {
                    zh: format!("一次申请的附件合计最多 {most} MB,多出的没有加入"),
                    en: format!("All files of an application together may have {most} MB; the rest was not added"),
                }
            }
        }
    }
}

/// Looks at a whole file. What passes is of a known kind, has an end, and can be decoded without filling the memory.
pub fn look(bytes: &[u8]) -> Result<Seen, Wrong> {
    if bytes.is_empty() {
        return Err(Wrong::Empty);
    }
    let kind = Kind::of(bytes).ok_or(Wrong::Kind)?;
    let most = if kind == Kind::Pdf { limits::KEPT } else { limits::PICTURE_READ };
    if bytes.len() > most {
        return Err(Wrong::TooLarge(most));
    }
    if kind == Kind::Pdf {
        return pdf(bytes);
    }
    let (size, whole) = match kind {
        Kind::Jpeg => jpeg(bytes)?,
        Kind::Png => png(bytes)?,
        Kind::Webp => webp(bytes)?,
        Kind::Gif => gif(bytes)?,
        Kind::Heic | Kind::Pdf => return Ok(Seen { kind, size: heic(bytes).map(bearable).transpose()?, pages: None }),
    };
    let size = Some(bearable(size)?);
    if whole { Ok(Seen { kind, size, pages: None }) } else { Err(Wrong::Cut) }
}

/// May a clerk's browser be given it, and as what? What is cut or damaged may: part of it can perhaps be read.
pub fn showable(bytes: &[u8]) -> Result<Kind, Wrong> {
    let kind = Kind::of(bytes).filter(|kind| matches!(kind, Kind::Jpeg | Kind::Png | Kind::Webp | Kind::Pdf)).ok_or(Wrong::Kind)?;
    match look(bytes) {
        Err(too_much @ (Wrong::TooManyPixels(..) | Wrong::TooLarge(_))) => Err(too_much),
        _ => Ok(kind),
    }
}

/// Not so many pixels that decoding them fills the memory.
fn bearable((width, height): Size) -> Result<Size, Wrong> {
    match u64::from(width) * u64::from(height) {
        0 => Err(Wrong::Damaged),
        pixels if pixels > limits::PIXELS => Err(Wrong::TooManyPixels(width, height)),
        _ => Ok((width, height)),
    }
}

/// Is there room for a file of `bytes` bytes beside these, of which each has a material and a length? It may take the place of
/// the `replaced`th of its material.
pub fn room<'a>(material: &str, bytes: usize, replaced: Option<usize>, there: impl Iterator<Item = (&'a str, usize)>) -> Result<(), Wrong> {
    let (mut of_this, mut all, mut weight) = (0, 0, bytes);
    for (other, length) in there {
        of_this += usize::from(other == material);
        all += 1;
        weight += length;
        if other == material && replaced == Some(of_this - 1) {
            weight -= length;
        }
    }
    // It goes before the new one comes.
    if replaced.is_some_and(|nth| nth < of_this) {
        of_this -= 1;
        all -= 1;
    }
    match () {
        () if of_this >= limits::OF_A_MATERIAL => Err(Wrong::TooMany(limits::OF_A_MATERIAL)),
        () if all >= super::ATTACHMENTS => Err(Wrong::TooManyInAll(super::ATTACHMENTS)),
        () if weight > limits::IN_ALL => Err(Wrong::TooHeavyInAll(limits::IN_ALL)),
        () => Ok(()),
    }
}

type Size = (u32, u32);

/// The size, and whether the file has its end.
type Measured = Result<(Size, bool), Wrong>;

/// Reads on from a place, and knows when there is nothing more.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Wrong> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Wrong::Cut)?;
        self.0 = rest;
        Ok(taken)
    }
    /// Big-endian.
    fn number(&mut self, bytes: usize) -> Result<u32, Wrong> {
        Ok(self.take(bytes)?.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }
}

/// Little-endian, of at most four bytes.
fn little(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// Walks the segments to the frame header, which has the size; after the start of scan there must be an end of image.
fn jpeg(bytes: &[u8]) -> Measured {
    let mut reader = Reader(bytes);
    reader.take(2)?;
    let mut size = None;
    loop {
        if reader.number(1)? != 0xff {
            return Err(Wrong::Damaged);
        }
        let mut marker = 0xff;
        while marker == 0xff {
            marker = reader.number(1)?;
        }
        match marker {
            0x01 | 0xd0..=0xd7 => continue,
            0xd9 => return Err(Wrong::Damaged),
            _ => {}
        }
        let length = (reader.number(2)? as usize).checked_sub(2).ok_or(Wrong::Damaged)?;
        let mut segment = Reader(reader.take(length)?);
        match marker {
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                segment.take(1)?;
                let height = segment.number(2)?;
                size = Some((segment.number(2)?, height));
            }
            0xda => break,
            _ => {}
        }
    }
    Ok((size.ok_or(Wrong::Damaged)?, contains(reader.0, b"\xff\xd9")))
}

/// The first chunk has the size; the others are walked to the last.
fn png(bytes: &[u8]) -> Measured {
    let mut reader = Reader(bytes);
    reader.take(8)?;
    if reader.take(8)?[4..] != *b"IHDR" {
        return Err(Wrong::Damaged);
    }
    let size = (reader.number(4)?, reader.number(4)?);
    // What is left of the head and its checksum.
    reader.take(9)?;
    let mut last = || {
        let length = reader.number(4)? as usize;
        let name = reader.take(4)?;
        // The chunk and its checksum.
        reader.take(length.saturating_add(4))?;
        Ok::<bool, Wrong>(name == b"IEND")
    };
    let whole = loop {
        match last() {
            Ok(false) => {}
            Ok(true) => break true,
            Err(_) => break false,
        }
    };
    Ok((size, whole))
}

fn webp(bytes: &[u8]) -> Measured {
    let head = Reader(bytes).take(30)?;
    let whole = little(&head[4..8]) as usize <= bytes.len() - 8;
    let size = match &head[12..16] {
        b"VP8 " => (little(&head[26..28]) & 0x3fff, little(&head[28..30]) & 0x3fff),
        b"VP8L" => {
            let bits = little(&head[21..25]);
            ((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1)
        }
        b"VP8X" => (little(&head[24..27]) + 1, little(&head[27..30]) + 1),
        _ => return Err(Wrong::Damaged),
    };
    Ok((size, whole))
}

/// Its end is not looked for: browsers show the pictures that are there.
fn gif(bytes: &[u8]) -> Measured {
    let head = Reader(bytes).take(13)?;
    Ok(((little(&head[6..8]), little(&head[8..10])), true))
}

/// The largest of the sizes (`ispe`) near the beginning; thumbnails and tiles have smaller ones.
fn heic(bytes: &[u8]) -> Option<Size> {
    let head = &bytes[..bytes.len().min(64 * 1024)];
    let sizes = head.windows(16).filter(|window| window.starts_with(b"ispe")).map(|window| {
        let mut reader = Reader(&window[8..]);
        (reader.number(4).unwrap_or_default(), reader.number(4).unwrap_or_default())
    });
    sizes.max_by_key(|(width, height)| u64::from(*width) * u64::from(*height))
}

/// How far from its end, padding aside, a PDF may say that it ends there.
const PDF_END: usize = 1024;

fn pdf(bytes: &[u8]) -> Result<Seen, Wrong> {
    let end = bytes.iter().rposition(|byte| *byte != 0 && !byte.is_ascii_whitespace()).map_or(0, |last| last + 1);
    if !contains(&bytes[end.saturating_sub(PDF_END)..end], b"%%EOF") {
        return Err(Wrong::Cut);
    }
    // The name, then a reference or a dictionary: `/EncryptMetadata` is another one.
    let locked = after(bytes, b"/Encrypt").any(|rest| matches!(rest.trim_ascii_start(), [b'0'..=b'9' | b'<', ..]));
    if locked {
        return Err(Wrong::Locked);
    }
    Ok(Seen { kind: Kind::Pdf, size: None, pages: pdf_pages(bytes) })
}

/// Counts the page objects. A document that packs its objects, or was changed after it was written, is not counted.
fn pdf_pages(bytes: &[u8]) -> Option<u32> {
    if contains(bytes, b"/ObjStm") || after(bytes, b"%%EOF").nth(1).is_some() {
        return None;
    }
    let of_page = |rest: &&[u8]| match rest.trim_ascii_start() {
        [b'/', b'P', b'a', b'g', b'e', next, ..] => !next.is_ascii_alphanumeric(),
        _ => false,
    };
    u32::try_from(after(bytes, b"/Type").filter(of_page).count()).ok().filter(|pages| *pages > 0)
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    after(bytes, wanted).next().is_some()
}

/// What follows each place where `wanted` stands.
fn after<'a>(bytes: &'a [u8], wanted: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let places = bytes.windows(wanted.len()).enumerate().filter(move |(_, window)| *window == wanted);
    places.map(move |(at, _)| &bytes[at + wanted.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{DynamicImage, ImageFormat, RgbImage};
    use std::io::Cursor;

    fn picture(format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(vec![]);
        DynamicImage::ImageRgb8(RgbImage::new(30, 20)).write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn png_of(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = picture(ImageFormat::Png);
        bytes[16..20].copy_from_slice(&width.to_be_bytes());
        bytes[20..24].copy_from_slice(&height.to_be_bytes());
        bytes
    }

    fn jpeg_of(width: u16, height: u16) -> Vec<u8> {
        let mut bytes = picture(ImageFormat::Jpeg);
        let frame = bytes.windows(2).position(|w| w == b"\xff\xc0").unwrap();
        bytes[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
        bytes[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
        bytes
    }

    const SIMPLE: &str =
        "%PDF-1.4\n1 0 obj<</Type/Pages/Count 2>>endobj 2 0 obj<< /Type /Page >>endobj 3 0 obj<</Type/Page/Parent 1 0 R>>endobj\n";

    fn pdf_with(trailer: &str) -> Vec<u8> {
        format!("{SIMPLE}trailer<<{trailer}>>\nstartxref\n9\n%%EOF\n").into_bytes()
    }

    fn joined(parts: &[&[u8]]) -> Vec<u8> {
        parts.concat()
    }

    #[test]
    fn files_are_what_their_first_bytes_say() {
        let (jpeg, png, webp) = (picture(ImageFormat::Jpeg), picture(ImageFormat::Png), picture(ImageFormat::WebP));
        let seen = |kind| Ok(Seen { kind, size: Some((30, 20)), pages: None });
        let pdf = |pages| Ok(Seen { kind: Kind::Pdf, size: None, pages });
        let gif = joined(&[b"GIF89a", &[30, 0, 20, 0], &[0; 3], b";"]);
        let heic = joined(&[b"\0\0\0\x18ftypheic\0\0\0\0", b"\0\0\0\x14ispe\0\0\0\0", &[0, 0, 0, 30, 0, 0, 0, 20]]);
        // A file that is a picture to one program and a page or document to another is what it begins with.
        let polyglot = joined(&[&jpeg, SIMPLE.as_bytes(), b"<script>alert(1)</script>"]);
        let thumbnail = joined(&[&jpeg[..2], b"\xff\xe1\x00\x06\xff\xd8\xff\xd9", &jpeg[2..jpeg.len() - 2]]);
        let big = |head: &[u8], length: usize| joined(&[head, &vec![b' '; length - head.len()]]);
        let cases: Vec<(&str, Vec<u8>, Result<Seen, Wrong>)> = vec![
            ("nothing", vec![], Err(Wrong::Empty)),
            ("one byte", vec![0xff], Err(Wrong::Kind)),
            ("text", b"hello".to_vec(), Err(Wrong::Kind)),
            ("HTML", b"<!doctype html><script>".to_vec(), Err(Wrong::Kind)),
            ("SVG", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), Err(Wrong::Kind)),
            ("a film", b"\0\0\0\x18ftypisom".to_vec(), Err(Wrong::Kind)),
            ("a PDF after something else", joined(&[b"\n", &pdf_with("")]), Err(Wrong::Kind)),
            ("JPEG", jpeg.clone(), seen(Kind::Jpeg)),
            ("PNG", png.clone(), seen(Kind::Png)),
            ("WebP", webp.clone(), seen(Kind::Webp)),
            ("GIF", gif, seen(Kind::Gif)),
            ("HEIC", heic, seen(Kind::Heic)),
            ("HEIC without a size", b"\0\0\0\x18ftypmif1".to_vec(), Ok(Seen { kind: Kind::Heic, size: None, pages: None })),
            ("JPEG and more", polyglot, seen(Kind::Jpeg)),
            ("JPEG cut in its pixels", jpeg[..jpeg.len() - 2].to_vec(), Err(Wrong::Cut)),
            ("JPEG cut, whose thumbnail has an end", thumbnail, Err(Wrong::Cut)),
            ("JPEG cut in its head", jpeg[..20].to_vec(), Err(Wrong::Cut)),
            ("JPEG of nothing but a head", b"\xff\xd8\xff".to_vec(), Err(Wrong::Cut)),
            ("JPEG without a frame", b"\xff\xd8\xff\xd9".to_vec(), Err(Wrong::Damaged)),
            ("JPEG with a segment of no length", b"\xff\xd8\xff\xe0\0\0".to_vec(), Err(Wrong::Damaged)),
            ("JPEG with noise for a marker", b"\xff\xd8\xff\xe0\0\x02nn".to_vec(), Err(Wrong::Damaged)),
            ("PNG cut", png[..png.len() - 5].to_vec(), Err(Wrong::Cut)),
            ("PNG without a head", joined(&[&png[..8], &[0; 4], b"IEND", &[0; 4]]), Err(Wrong::Damaged)),
            ("WebP cut", webp[..webp.len() - 5].to_vec(), Err(Wrong::Cut)),
            ("a bomb", png_of(100_000, 100_000), Err(Wrong::TooManyPixels(100_000, 100_000))),
            ("the largest bomb", png_of(u32::MAX, u32::MAX), Err(Wrong::TooManyPixels(u32::MAX, u32::MAX))),
            ("a bomb in JPEG", jpeg_of(60_000, 60_000), Err(Wrong::TooManyPixels(60_000, 60_000))),
            ("no width", png_of(0, 20), Err(Wrong::Damaged)),
            ("a long strip", png_of(64_000, 1_000), Ok(Seen { kind: Kind::Png, size: Some((64_000, 1_000)), pages: None })),
            ("PDF", pdf_with(""), pdf(Some(2))),
            ("PDF padded", joined(&[&pdf_with(""), &[0; 4096]]), pdf(Some(2))),
            ("PDF with packed objects", pdf_with("/Type/ObjStm"), pdf(None)),
            ("PDF changed after it was written", joined(&[&pdf_with(""), &pdf_with("")]), pdf(None)),
            ("PDF encrypted", pdf_with("/Encrypt 7 0 R"), Err(Wrong::Locked)),
            ("PDF encrypted in place", pdf_with("/Encrypt<</Filter/Standard>>"), Err(Wrong::Locked)),
            ("PDF that names encryption", pdf_with("/EncryptMetadata true"), pdf(Some(2))),
            ("PDF cut", SIMPLE.as_bytes().to_vec(), Err(Wrong::Cut)),
            ("PDF too large", big(b"%PDF-1.7", limits::KEPT + 1), Err(Wrong::TooLarge(limits::KEPT))),
            ("JPEG too large", big(&jpeg, limits::PICTURE_READ + 1), Err(Wrong::TooLarge(limits::PICTURE_READ))),
        ];
        for (what, bytes, expected) in cases {
            assert_eq!(look(&bytes), expected, "{what}");
        }
    }

    #[test]
    fn clerks_are_shown_pictures_and_pdf_but_no_bombs() {
        let cut = &picture(ImageFormat::Jpeg)[..400];
        let cut_bomb = &jpeg_of(60_000, 60_000)[..];
        let cases: [(&[u8], Result<Kind, Wrong>); 9] = [
            (b"", Err(Wrong::Kind)),
            (b"<script>alert(1)</script>", Err(Wrong::Kind)),
            (b"GIF89a", Err(Wrong::Kind)),
            (b"\0\0\0\x18ftypheic", Err(Wrong::Kind)),
            (b"%PDF-1.7 x", Ok(Kind::Pdf)),
            (&pdf_with("/Encrypt 7 0 R"), Ok(Kind::Pdf)),
            (cut, Ok(Kind::Jpeg)),
            (&cut_bomb[..cut_bomb.len() - 2], Err(Wrong::TooManyPixels(60_000, 60_000))),
            (&png_of(100_000, 100_000)[..40], Err(Wrong::TooManyPixels(100_000, 100_000))),
        ];
        for (bytes, expected) in cases {
            assert_eq!(showable(bytes), expected);
        }
    }

    #[test]
    fn every_beginning_and_every_flaw_of_a_file_is_survived() {
        for whole in [picture(ImageFormat::Jpeg), picture(ImageFormat::Png), picture(ImageFormat::WebP), pdf_with("")] {
            for end in 0..whole.len().min(700) {
                let _ = look(&whole[..end]);
                let mut flawed = whole.clone();
                flawed[end] ^= 0xff;
                let _ = look(&flawed);
            }
        }
    }

    #[test]
    fn there_is_room_up_to_each_limit() {
        let there = |count: usize, material: &'static str, length: usize| std::iter::repeat_n((material, length), count);
        let (sixth, too_heavy) = (limits::IN_ALL / 6, Err(Wrong::TooHeavyInAll(limits::IN_ALL)));
        let cases = [
            (1, None, there(9, "a", 1), Ok(())),
            (1, None, there(10, "a", 1), Err(Wrong::TooMany(10))),
            (1, Some(0), there(10, "a", 1), Ok(())),
            (1, Some(10), there(10, "a", 1), Err(Wrong::TooMany(10))),
            (1, None, there(29, "b", 1), Ok(())),
            (1, None, there(30, "b", 1), Err(Wrong::TooManyInAll(30))),
            (1, Some(0), there(30, "b", 1), Err(Wrong::TooManyInAll(30))),
            (0, None, there(6, "b", sixth), Ok(())),
            (1, None, there(6, "b", sixth), too_heavy.clone()),
            (sixth, Some(5), there(6, "a", sixth), Ok(())),
            (sixth + 1, Some(5), there(6, "a", sixth), too_heavy),
        ];
        for (at, (bytes, replaced, there, expected)) in cases.into_iter().enumerate() {
            assert_eq!(room("a", bytes, replaced, there), expected, "case {at}");
        }
    }

    #[test]
    fn what_is_kept_fits_into_the_chunks_of_an_attachment() {
        assert!(limits::KEPT <= crate::submission::CHUNK * crate::submission::CHUNKS);
        assert!(limits::AIM < limits::KEPT && limits::LADDER.is_sorted_by(|a, b| a.0 > b.0 || (a.0 == b.0 && a.1 > b.1)));
    }
}
