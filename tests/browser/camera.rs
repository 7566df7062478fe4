//! What a desk's camera sees: a film in YUV4MPEG2 of a QR code held before it, which Chromium plays as its camera.

use qrcode::{Color, EcLevel, QrCode};
use std::io::{BufWriter, Write};
use std::path::Path;

const WIDTH: usize = 1280;
const HEIGHT: usize = 720;
const FRAMES: usize = 6;
/// Luma of the background, of paper and of ink, in the range of video.
const BACKGROUND: u8 = 90;
const PAPER: u8 = 225;
const INK: u8 = 28;
/// Modules of white around a code.
const QUIET: usize = 4;

/// A square of paper with a code on it, in pixels of the picture.
pub struct Paper<'a> {
    pub text: &'a str,
    pub x: usize,
    pub y: usize,
    pub side: usize,
}

/// Films a paper with this text as a QR code; nothing but background without a text.
pub fn film(text: Option<&str>, path: &Path) {
    let side = HEIGHT - 80;
    let papers: Vec<Paper> = text.into_iter().map(|text| Paper { text, x: (WIDTH - side) / 2, y: 40, side }).collect();
    film_of(&papers, 10, path);
}

/// Films several papers, so many frames a second.
pub fn film_of(papers: &[Paper], rate: u32, path: &Path) {
    let mut frame = vec![BACKGROUND; WIDTH * HEIGHT];
    papers.iter().for_each(|paper| draw(paper, &mut frame));
    let chroma = vec![128; WIDTH * HEIGHT / 2];
    // Under another name first: a camera that starts meanwhile must not find half a film.
    let unfinished = path.with_extension("part");
    let mut file = BufWriter::new(std::fs::File::create(&unfinished).expect("a film"));
    writeln!(file, "YUV4MPEG2 W{WIDTH} H{HEIGHT} F{rate}:1 Ip A1:1 C420jpeg").expect("writing the film");
    for _ in 0..FRAMES {
        for part in [b"FRAME\n", frame.as_slice(), chroma.as_slice()] {
            file.write_all(part).expect("writing the film");
        }
    }
    file.flush().expect("writing the film");
    std::fs::rename(unfinished, path).expect("the film in its place");
}

fn draw(paper: &Paper, frame: &mut [u8]) {
    let code = QrCode::with_error_correction_level(paper.text, EcLevel::M).expect("a QR code");
    let (modules, width) = (code.to_colors(), code.width());
    let side = width + 2 * QUIET;
    let scale = paper.side / side;
    for y in 0..side * scale {
        for x in 0..side * scale {
            let (column, row) = ((x / scale).wrapping_sub(QUIET), (y / scale).wrapping_sub(QUIET));
            let ink = column < width && row < width && modules[row * width + column] == Color::Dark;
            frame[(paper.y + y) * WIDTH + paper.x + x] = if ink { INK } else { PAPER };
        }
    }
}
