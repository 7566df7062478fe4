//! A picture → the texts of the QR codes in it. Used by the desk's decoder worker on live frames ([`quick`]) and by
//! `hall receipt scan` on pictures ([`thorough`]). It says nothing of what a text means: that is [`super::verify`].
//!
//! The finding and error correction are rxing's. Its ready-made readers are not used, for two reasons: they stop at the
//! first code, and they panic on any text in byte mode when built without character tables, which the browser cannot
//! afford. So its parts are called one by one, and bytes become text here: UTF-8, else ISO 8859-1 (ISO/IEC 18004).

use super::PREFIX;
use rxing::common::cpp_essentials::DecoderResult;
use rxing::common::{BitMatrix, DetectorRXingResult, HybridBinarizer};
use rxing::qrcode::cpp_port::{decoder, detector};
use rxing::{Binarizer, Luma8Source};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Frames above this many pixels are only looked at shrunk, but for the first look.
const LARGE: usize = 5_000_000;

/// One look at a live frame of grey pixels, row by row, and a second one at half its size. Receipts come first.
pub fn quick(luma: &[u8], width: u32, height: u32) -> Vec<String> {
    let Some(frame) = Frame::new(luma, width, height) else { return vec![] };
    let mut found = frame.plain();
    if found.is_empty() && frame.shorter() >= 400 {
        found = frame.shrunk(2).plain();
    }
    receipts_first(found)
}

/// Every look there is, at several sizes, until a receipt is found; a code of another kind ends the search only after the
/// looks of the same kind have been taken. Receipts come first.
pub fn thorough(luma: &[u8], width: u32, height: u32) -> Vec<String> {
    let Some(frame) = Frame::new(luma, width, height) else { return vec![] };
    let sizes = frame.sizes();
    let mut found = Vec::new();
    for (at, look) in [Frame::plain, Frame::local, Frame::padded, Frame::blurred, Frame::sharpened, Frame::closed].iter().enumerate() {
        for size in sizes.iter().filter(|s| at == 0 || s.luma.len() <= LARGE) {
            if add(&mut found, look(size)) {
                return receipts_first(found);
            }
        }
        if !found.is_empty() {
            return receipts_first(found);
        }
    }
    for parts in [2, 4] {
        for tile in frame.tiles(parts) {
            if add(&mut found, tile.enlarged(2).local()) {
                return receipts_first(found);
            }
        }
    }
    receipts_first(found)
}

/// Adds what is new; true when a receipt is among them.
fn add(found: &mut Vec<String>, more: Vec<String>) -> bool {
    for text in more {
        if !found.contains(&text) {
            found.push(text);
        }
    }
    found.iter().any(|t| t.starts_with(PREFIX))
}

fn receipts_first(mut found: Vec<String>) -> Vec<String> {
    found.sort_by_key(|text| !text.starts_with(PREFIX));
    found
}

/// Grey pixels, row by row. Never empty.
struct Frame {
    luma: Vec<u8>,
    width: usize,
    height: usize,
}

impl Frame {
    fn new(luma: &[u8], width: u32, height: u32) -> Option<Frame> {
        let (width, height) = (usize::try_from(width).ok()?, usize::try_from(height).ok()?);
        let whole = width > 0 && height > 0 && width.checked_mul(height) == Some(luma.len());
        whole.then(|| Frame { luma: luma.to_vec(), width, height })
    }

    fn shorter(&self) -> usize {
        self.width.min(self.height)
    }
    fn longer(&self) -> usize {
        self.width.max(self.height)
    }

    /// A frame of the same size, of other pixels.
    fn with(&self, luma: Vec<u8>) -> Frame {
        Frame { luma, width: self.width, height: self.height }
    }

    // ── looks ──

    /// As it is.
    fn plain(&self) -> Vec<String> {
        codes(|| {
            let source = Luma8Source::new_with_slice(&self.luma, self.width as u32, self.height as u32).ok()?;
            HybridBinarizer::new(source).get_black_matrix().ok().cloned()
        })
    }

    /// Black is what is darker than its wide surroundings: for shadows, glare and faint print.
    fn local(&self) -> Vec<String> {
        let surroundings = self.mean((self.shorter() / 12).max(6));
        codes(|| {
            let mut matrix = BitMatrix::new(self.width as u32, self.height as u32).ok()?;
            for (at, (pixel, mean)) in self.luma.iter().zip(&surroundings).enumerate() {
                if u32::from(*pixel) * 100 < u32::from(*mean) * 95 {
                    matrix.set((at % self.width) as u32, (at / self.width) as u32);
                }
            }
            Some(matrix)
        })
    }

    /// With the quiet zone that a tight crop has lost, as light as the picture's lightest part.
    fn padded(&self) -> Vec<String> {
        let border = self.shorter() / 10 + 8;
        let (width, height) = (self.width + 2 * border, self.height + 2 * border);
        let light = self.luma.iter().copied().max().unwrap_or(u8::MAX);
        let mut luma = vec![light; width * height];
        for (y, row) in self.luma.chunks_exact(self.width).enumerate() {
            let start = (y + border) * width + border;
            luma[start..start + self.width].copy_from_slice(row);
        }
        Frame { luma, width, height }.plain()
    }

    /// Softened: for noise and for the dots of a printer.
    fn blurred(&self) -> Vec<String> {
        self.with(self.mean(1)).plain()
    }

    /// With its edges brought out: for pictures out of focus.
    fn sharpened(&self) -> Vec<String> {
        let mean = self.mean((self.longer() / 300).max(2));
        let sharp = |(pixel, mean): (&u8, u8)| (3 * i32::from(*pixel) - 2 * i32::from(mean)).clamp(0, 255) as u8;
        self.with(self.luma.iter().zip(mean).map(sharp).collect()).local()
    }

    /// With thin light lines inside the black closed: for a print head with dead dots.
    fn closed(&self) -> Vec<String> {
        self.each_with_neighbours(u8::min).each_with_neighbours(u8::max).plain()
    }

    // ── making other frames of it ──

    /// This frame and smaller ones, those of about a thousand pixels first; larger ones of a small frame.
    fn sizes(&self) -> Vec<Frame> {
        let mut sizes: Vec<Frame> = [1, 2, 3, 4, 6, 8]
            .into_iter()
            .filter(|factor| *factor == 1 || self.shorter() / factor >= 150)
            .map(|factor| self.shrunk(factor))
            .collect();
        sizes.extend([2, 3].into_iter().filter(|factor| self.longer() * factor <= 1800).map(|factor| self.enlarged(factor)));
        sizes.sort_by_key(|frame| frame.longer().abs_diff(1000));
        sizes
    }

    /// Smaller by a whole factor; a pixel is the mean of those it stands for.
    fn shrunk(&self, factor: usize) -> Frame {
        let (width, height) = (self.width / factor, self.height / factor);
        let mut luma = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let rows = (0..factor).map(|dy| (y * factor + dy) * self.width + x * factor);
                let sum: usize = rows.map(|start| self.luma[start..start + factor].iter().map(|p| usize::from(*p)).sum::<usize>()).sum();
                luma.push((sum / (factor * factor)) as u8);
            }
        }
        Frame { luma, width, height }
    }

    /// Larger by a whole factor, with pixels in between (bilinear).
    fn enlarged(&self, factor: usize) -> Frame {
        let (width, height) = (self.width * factor, self.height * factor);
        let mut luma = Vec::with_capacity(width * height);
        for y in 0..height {
            let (top, bottom) = (y / factor, (y / factor + 1).min(self.height - 1));
            let down = y % factor;
            for x in 0..width {
                let (left, right) = (x / factor, (x / factor + 1).min(self.width - 1));
                let across = x % factor;
                let between = |row: usize| {
                    let pixel = |column: usize| usize::from(self.luma[row * self.width + column]);
                    pixel(left) * (factor - across) + pixel(right) * across
                };
                luma.push(((between(top) * (factor - down) + between(bottom) * down) / (factor * factor)) as u8);
            }
        }
        Frame { luma, width, height }
    }

    /// Overlapping parts: `parts` to a side, and those that lie across their borders. None of a small frame.
    fn tiles(&self, parts: usize) -> impl Iterator<Item = Frame> {
        let (width, height) = (self.width / parts, self.height / parts);
        let steps = if self.shorter() / parts >= 80 { 2 * parts - 1 } else { 0 };
        (0..steps * steps).map(move |n| {
            let (left, top) = (n % steps * width / 2, n / steps * height / 2);
            let luma = (top..top + height).flat_map(|y| &self.luma[y * self.width + left..][..width]).copied().collect();
            Frame { luma, width, height }
        })
    }

    /// The mean of the square of `radius` around each pixel, cut at the frame's edges.
    fn mean(&self, radius: usize) -> Vec<u8> {
        // Sums of everything above and to the left; differences come out right even where a sum has wrapped round.
        let stride = self.width + 1;
        let mut sums = vec![0u32; stride * (self.height + 1)];
        for (y, row) in self.luma.chunks_exact(self.width).enumerate() {
            let mut line = 0u32;
            for (x, pixel) in row.iter().enumerate() {
                line = line.wrapping_add(u32::from(*pixel));
                sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1].wrapping_add(line);
            }
        }
        let mut means = Vec::with_capacity(self.luma.len());
        for y in 0..self.height {
            let (top, bottom) = (y.saturating_sub(radius), (y + radius + 1).min(self.height));
            for x in 0..self.width {
                let (left, right) = (x.saturating_sub(radius), (x + radius + 1).min(self.width));
                let at = |y: usize, x: usize| sums[y * stride + x];
                let sum = at(bottom, right).wrapping_sub(at(top, right)).wrapping_sub(at(bottom, left)).wrapping_add(at(top, left));
                means.push((sum as usize / ((bottom - top) * (right - left))) as u8);
            }
        }
        means
    }

    /// Each pixel with its eight neighbours, joined by `join`.
    fn each_with_neighbours(&self, join: fn(u8, u8) -> u8) -> Frame {
        let line = |pixels: &[u8], step: usize, places: usize| -> Vec<u8> {
            let near = |at: usize, place: usize| {
                let before = if place > 0 { pixels[at - step] } else { pixels[at] };
                let after = if place + 1 < places { pixels[at + step] } else { pixels[at] };
                join(join(before, pixels[at]), after)
            };
            (0..pixels.len()).map(|at| near(at, at / step % places)).collect()
        };
        let across = line(&self.luma, 1, self.width);
        self.with(line(&across, self.width, self.height))
    }
}

/// Every code in the black and white picture, dark on light or light on dark. A panic inside the library counts as
/// nothing found (in the browser it ends the worker, and the desk starts another).
fn codes(make: impl FnOnce() -> Option<BitMatrix>) -> Vec<String> {
    let look = || {
        let Some(mut matrix) = make() else { return vec![] };
        let mut found = codes_in(&matrix);
        if found.is_empty() {
            matrix.flip_self();
            found = codes_in(&matrix);
        }
        found
    };
    catch_unwind(AssertUnwindSafe(look)).unwrap_or_default()
}

fn codes_in(matrix: &BitMatrix) -> Vec<String> {
    let mut patterns = detector::FindFinderPatterns(matrix, true, 0);
    let mut found = Vec::new();
    let mut used = Vec::new();
    for set in detector::GenerateFinderPatternSets(&mut patterns) {
        if [&set.bl, &set.tl, &set.tr].iter().any(|corner| used.contains(*corner)) {
            continue;
        }
        if let Some(text) = detector::SampleQR(matrix, &set).ok().and_then(|sampled| text(sampled.getBits())) {
            used.extend([set.bl, set.tl, set.tr]);
            found.push(text);
        }
    }
    if found.is_empty() {
        // The other detector is weaker, but it fails on other pictures.
        let sampled = rxing::qrcode::detector::Detector::new(matrix).detect();
        found.extend(sampled.ok().and_then(|sampled| text(sampled.getBits())));
    }
    found
}

/// The text of the modules of one code.
fn text(modules: &BitMatrix) -> Option<String> {
    let decoded: DecoderResult<bool> = decoder::Decode(modules).ok().filter(DecoderResult::isValid)?;
    let bytes = decoded.content().bytes();
    let text = std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().map(|b| char::from(*b)).collect(), str::to_owned);
    (!text.is_empty()).then_some(text)
}
