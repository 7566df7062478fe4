//! `hall receipt scan`: pictures made here from real receipts, in the ways a camera and a printer spoil them.

use super::program::{Folder, hall};
use super::receipts;
use image::imageops::{self, FilterType};
use image::{DynamicImage, GrayImage, ImageFormat, Luma, LumaA};
use qrcode::{Color, EcLevel, QrCode};
use std::io::Cursor;

/// A code, black on white, `scale` pixels a module, with a quiet zone of four modules.
fn code(text: &str, scale: u32) -> GrayImage {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
    let modules = u32::try_from(code.width()).unwrap();
    GrayImage::from_fn((modules + 8) * scale, (modules + 8) * scale, |x, y| {
        let inside = |place: u32| (place / scale).checked_sub(4).filter(|m| *m < modules);
        match (inside(x), inside(y)) {
            (Some(x), Some(y)) if code[(x as usize, y as usize)] == Color::Dark => Luma([0]),
            _ => Luma([255]),
        }
    })
}

/// Turned about its middle, on white of the same size and half again.
fn turned(picture: &GrayImage, degrees: f32) -> GrayImage {
    let side = picture.width() * 3 / 2;
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (from, to) = (side as f32 / 2.0, picture.width() as f32 / 2.0);
    GrayImage::from_fn(side, side, |x, y| {
        let (dx, dy) = (x as f32 - from, y as f32 - from);
        let (sx, sy) = (dx * cos + dy * sin + to, dy * cos - dx * sin + to);
        let inside = sx >= 0.0 && sy >= 0.0 && sx < picture.width() as f32 && sy < picture.height() as f32;
        if inside { *picture.get_pixel(sx as u32, sy as u32) } else { Luma([255]) }
    })
}

/// Seen from the side: the right edge is `far` times as high as the left one.
fn slanted(picture: &GrayImage, far: f32) -> GrayImage {
    let side = picture.width() as f32;
    GrayImage::from_fn(picture.width(), picture.height(), |x, y| {
        let (across, down) = (x as f32 / side, y as f32 / side - 0.5);
        // How far along the paper lies what is seen here: nearer things take more room.
        let along = across * far / (1.0 - across * (1.0 - far));
        let (sx, sy) = (along * side, (down / (1.0 - across * (1.0 - far)) + 0.5) * side);
        let inside = sx >= 0.0 && sy >= 0.0 && sx < side && sy < side;
        if inside { *picture.get_pixel(sx as u32, sy as u32) } else { Luma([200]) }
    })
}

/// Each pixel changed by a rule of its place and value.
fn changed(picture: &GrayImage, change: impl Fn(u32, u32, f32) -> f32) -> GrayImage {
    GrayImage::from_fn(picture.width(), picture.height(), |x, y| {
        Luma([change(x, y, f32::from(picture.get_pixel(x, y).0[0])).clamp(0.0, 255.0) as u8])
    })
}

/// Grain that is the same in every run, between -1 and 1.
fn grain(x: u32, y: u32) -> f32 {
    let mut n = (u64::from(x) << 32 | u64::from(y)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    n ^= n >> 29;
    n = n.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (n >> 40) as f32 / (1u64 << 23) as f32 - 1.0
}

fn png(picture: impl Into<DynamicImage>) -> Vec<u8> {
    encoded(picture, ImageFormat::Png)
}
fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Pasted into a large frame of uneven grey with some clutter.
fn in_frame(picture: &GrayImage, (width, height): (u32, u32), (left, top): (i64, i64)) -> GrayImage {
    let mut frame = GrayImage::from_fn(width, height, |x, y| {
        let stripes = if (x / 37 + y / 53) % 9 == 0 { -60.0 } else { 0.0 };
        Luma([(150.0 + 60.0 * (x as f32 / width as f32) + stripes + 8.0 * grain(x, y)).clamp(0.0, 255.0) as u8])
    });
    imageops::overlay(&mut frame, picture, left, top);
    frame
}

#[test]
fn receipts_are_found_however_the_picture_is() {
    let folder = Folder::new();
    let (trust, root) = receipts::trust(&folder);
    let text = receipts::queued();
    let plain = code(&text, 5);
    let side = plain.width();
    let pictures: Vec<(&str, Vec<u8>)> = vec![
        ("plain.png", png(plain.clone())),
        ("plain.jpg", encoded(plain.clone(), ImageFormat::Jpeg)),
        ("plain.webp", encoded(DynamicImage::from(plain.clone()).to_rgb8(), ImageFormat::WebP)),
        ("two-pixels-a-module.png", png(code(&text, 2))),
        ("one-pixel-a-module.png", png(code(&text, 1))),
        ("thirty-pixels-a-module.png", png(code(&text, 30))),
        ("quarter-turn.png", png(imageops::rotate90(&plain))),
        ("upside-down.png", png(imageops::rotate180(&plain))),
        ("turned-10.png", png(turned(&plain, 10.0))),
        ("turned-33.png", png(turned(&plain, 33.0))),
        ("turned-45.png", png(turned(&plain, 45.0))),
        ("turned-200.png", png(turned(&plain, 200.0))),
        ("from-the-side.png", png(slanted(&code(&text, 8), 0.7))),
        ("from-far-to-the-side.png", png(slanted(&code(&text, 12), 0.6))),
        ("by-a-bad-camera.jpg", {
            let seen = slanted(&turned(&code(&text, 8), 12.0), 0.8);
            let soft = imageops::blur(&in_frame(&seen, (1280, 960), (90, 20)), 1.5);
            encoded(changed(&soft, |x, y, v| 40.0 + v * 0.5 + 15.0 * grain(x, y)), ImageFormat::Jpeg)
        }),
        ("mirrored.png", png(imageops::flip_horizontal(&plain))),
        ("inverted.png", png(changed(&plain, |_, _, v| 255.0 - v))),
        ("faint.png", png(changed(&plain, |_, _, v| 140.0 + v * 0.12))),
        ("dark.png", png(changed(&plain, |_, _, v| 10.0 + v * 0.15))),
        ("noisy.png", png(changed(&plain, |x, y, v| v * 0.6 + 50.0 + 45.0 * grain(x, y)))),
        ("blurred.png", png(imageops::blur(&plain, 2.0))),
        ("in-shadow.png", png(changed(&plain, |x, _, v| (v * 0.8 + 20.0) * if x * 2 > side { 0.25 } else { 1.0 }))),
        ("lit-from-one-side.png", png(changed(&plain, |x, y, v| (v * 0.7 + 40.0) * (0.25 + 0.75 * (x + y) as f32 / (2 * side) as f32)))),
        ("dead-dots.png", png(changed(&plain, |x, _, v| if x % 61 == 30 { 255.0 } else { v }))),
        ("without-quiet-zone.png", png(imageops::crop_imm(&plain, 20, 20, side - 40, side - 40).to_image())),
        ("resized.jpg", encoded(imageops::resize(&plain, side * 7 / 10, side * 7 / 10, FilterType::Triangle), ImageFormat::Jpeg)),
        ("small-in-a-large-frame.png", png(in_frame(&code(&text, 3), (3000, 2000), (2100, 300)))),
        ("tilted-in-a-frame.jpg", encoded(in_frame(&turned(&code(&text, 6), 17.0), (1920, 1080), (300, 90)), ImageFormat::Jpeg)),
        (
            "on-nothing.png",
            png(image::GrayAlphaImage::from_fn(side, side, |x, y| {
                let dark = plain.get_pixel(x, y).0[0] == 0;
                LumaA([0, if dark { 255 } else { 0 }])
            })),
        ),
    ];
    let names: Vec<&str> = pictures.iter().map(|(name, _)| *name).collect();
    let files: Vec<String> = pictures.iter().map(|(name, bytes)| folder.write(name, bytes)).collect();
    let args = ["receipt", "scan", "--json", "--trust", &trust, "--root", &root];
    let ran = hall(args.into_iter().map(str::to_owned).chain(files.iter().cloned()));
    let found = ran.objects().unwrap();
    assert_eq!(found.len(), names.len(), "{ran:?}");
    let missed: Vec<&str> =
        names.iter().zip(&found).filter(|(_, f)| f["text"] != text.as_str() || f["verdict"] != "queued").map(|(n, _)| *n).collect();
    assert!(missed.is_empty(), "{missed:?}");
    assert!(found.iter().zip(&files).all(|(f, file)| f["file"] == file.as_str()));
    assert_eq!(ran.exit, 0);
}

#[test]
fn any_text_is_shown_and_a_receipt_is_preferred() {
    let folder = Folder::new();
    let text = receipts::queued();
    let foreign = "https://example.org/pay?id=7&name=%E6%98%8E";
    let mut both = GrayImage::from_pixel(900, 480, Luma([255]));
    imageops::overlay(&mut both, &code(foreign, 8), 20, 40);
    imageops::overlay(&mut both, &code(&text, 5), 440, 40);
    for (name, picture, expected) in [
        ("foreign.png", code(foreign, 6), foreign),
        ("chinese.png", code("钦州市政务服务中心", 6), "钦州市政务服务中心"),
        ("digits.png", code("26328013742", 6), "26328013742"),
        ("both.png", both, &text),
    ] {
        let ran = hall(["receipt", "scan", "--json", &folder.write(name, png(picture))]);
        assert_eq!(ran.object()["text"], expected, "{name}");
        assert_eq!(ran.exit, 1, "nobody is believed here");
    }
}

/// The start of a PNG that claims to be `width` × `height`, with no pixels in it.
fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8; 4], data: &[u8]| {
        let body = [kind.as_slice(), data].concat();
        bytes.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        bytes.extend(&body);
        bytes.extend(crc(&body).to_be_bytes());
    };
    chunk(b"IHDR", &[width.to_be_bytes().as_slice(), &height.to_be_bytes(), &[8, 0, 0, 0, 0]].concat());
    chunk(b"IDAT", &miniz_oxide::deflate::compress_to_vec_zlib(&vec![0; 1_000_000], 9));
    chunk(b"IEND", &[]);
    bytes
}

/// CRC-32 as PNG has it.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

#[test]
fn damaged_pictures_are_errors_of_their_own_and_the_others_go_on() {
    let folder = Folder::new();
    let good = png(code(&receipts::queued(), 4));
    let bad = [
        folder.write("empty.png", b""),
        folder.write("text.png", "this is no picture"),
        folder.write("truncated.png", &good[..good.len() / 2]),
        folder.write("huge.png", png_header(1_000_000, 1_000_000)),
        folder.write("bomb.png", png_header(19_999, 19_999)),
        folder.write("nothing.png", png_header(0, 0)),
        folder.write("picture.gif", b"GIF89a\x01\x00\x01\x00\x80\x00\x00"),
        folder.path("missing.png").display().to_string(),
        folder.path("").display().to_string(),
    ];
    let last = folder.write("good.png", &good);
    let blank = folder.write("blank.png", png(GrayImage::from_pixel(300, 200, Luma([200]))));
    let dot = folder.write("dot.png", png(GrayImage::from_pixel(1, 1, Luma([0]))));
    let ran = hall(["receipt", "scan", "--json"].into_iter().map(str::to_owned).chain(bad.iter().cloned()).chain([blank, dot, last]));
    let lines = ran.objects().unwrap();
    assert_eq!((ran.exit, lines.len()), (1, bad.len() + 3), "{ran:?}");
    assert!(ran.err.is_empty(), "{}", ran.err);
    for (line, file) in lines.iter().zip(&bad) {
        assert!(
            line["file"] == file.as_str() && line["text"].is_null() && line["verdict"] == "cannot-tell" && line["error"].is_string(),
            "{line}"
        );
    }
    for line in &lines[bad.len()..bad.len() + 2] {
        assert!(line["text"].is_null() && line["verdict"] == "cannot-tell" && line["error"].is_null(), "{line}");
    }
    assert!(lines[bad.len() + 2]["text"].is_string());
    let said = hall(["receipt", "scan", &bad[1]]);
    assert!(said.exit == 1 && said.out.is_empty() && said.err.contains("text.png"), "{said:?}");
}
