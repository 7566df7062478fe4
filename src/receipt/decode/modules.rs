//! From the light of a code's modules to its text: what is dark, and how sure that is; format, codewords, correction.
//!
//! The first reading takes each module for itself. If that fails, the second takes the blur into account: what every module
//! gives to its neighbours is estimated from the code itself, and that black and white is sought which, so blurred, is most
//! like what was seen. Either way the modules that are least sure help the correction as erasures.

use super::correct;
use super::geometry::solve;
use super::grid::Grid;
use rxing::common::BitMatrix;
use rxing::qrcode::common::{ErrorCorrectionLevel, FORMAT_INFO_DECODE_LOOKUP};
use rxing::qrcode::cpp_port::decoder::DecodeBitStream;

/// How surely each module is dark: positive is dark, row by row.
type Dark = Vec<f32>;

/// Modules that blur reaches in each direction, and in all.
const REACH: i32 = 2;
const NEAR: usize = 25;

/// What comes of a grid.
pub enum Reading {
    Text(String),
    /// It looks like a code, and cannot be read.
    Unread,
    No,
}

/// The text of the code, if it can be had.
pub fn text(grid: &Grid) -> Reading {
    let size = grid.size;
    let sign = if grid.inverted { -1.0 } else { 1.0 };
    let light: Vec<f32> = grid.light.iter().map(|light| light * sign).collect();
    let first = contrast(&light, size);
    let known = known(grid);
    let right = known.iter().zip(&first).filter(|(known, _)| **known != 0.0).filter(|(known, dark)| (**known > 0.0) == (**dark > 0.0));
    let all = known.iter().filter(|known| **known != 0.0).count();
    // Too little of what every code shows: this is none.
    if right.count() * 100 < all * 72 {
        return Reading::No;
    }
    let text = read(grid, &first).or_else(|| read(grid, &unblurred(&first, &known, size)?));
    text.map_or(Reading::Unread, Reading::Text)
}

/// Light → dark by its surroundings: -1 as light as they are where light, +1 as dark as they are where dark.
fn contrast(light: &[f32], size: usize) -> Dark {
    let middle = around(light, size, |_| 1.0);
    let dark: Vec<bool> = light.iter().zip(&middle).map(|(light, middle)| light < middle).collect();
    let of = |which: bool| around(light, size, |n| if dark[n] == which { 1.0 } else { 0.0 });
    let (darks, lights) = (of(true), of(false));
    (0..light.len())
        .map(|n| {
            let (span, half) = (lights[n] - darks[n], (lights[n] + darks[n]) / 2.0);
            // Where there is next to no contrast, nothing is sure.
            ((half - light[n]) / (span / 2.0).max(3.0)).clamp(-1.5, 1.5)
        })
        .collect()
}

/// The weighted mean of the modules around each.
fn around(light: &[f32], size: usize, weight: impl Fn(usize) -> f32) -> Vec<f32> {
    const WIDE: usize = 4;
    // Sums over everything above and to the left.
    let stride = size + 1;
    let mut sums = vec![(0.0f64, 0.0f64); stride * stride];
    for y in 0..size {
        for x in 0..size {
            let n = y * size + x;
            let weight = f64::from(weight(n));
            let (a, b, c) = (sums[y * stride + x + 1], sums[(y + 1) * stride + x], sums[y * stride + x]);
            sums[(y + 1) * stride + x + 1] = (a.0 + b.0 - c.0 + weight * f64::from(light[n]), a.1 + b.1 - c.1 + weight);
        }
    }
    let mean = |n: usize, wide: usize| {
        let (x, y) = (n % size, n / size);
        let (left, right) = (x.saturating_sub(wide), (x + wide + 1).min(size));
        let (top, bottom) = (y.saturating_sub(wide), (y + wide + 1).min(size));
        let at = |y: usize, x: usize| sums[y * stride + x];
        let part = |of: fn((f64, f64)) -> f64| of(at(bottom, right)) - of(at(top, right)) - of(at(bottom, left)) + of(at(top, left));
        (part(|s| s.0), part(|s| s.1))
    };
    (0..size * size)
        .map(|n| {
            let near = mean(n, WIDE);
            let (sum, weight) = if near.1 > 2.5 { near } else { mean(n, size) };
            (sum / weight.max(1e-9)) as f32
        })
        .collect()
}

/// The modules that are the same in every code of this version: +1 dark, -1 light, 0 another.
fn known(grid: &Grid) -> Dark {
    let size = grid.size;
    let mut known = vec![0.0; size * size];
    let mut square = |x: usize, y: usize, half: i32, dark: fn(i32) -> bool| {
        for n in 0..(2 * half + 1).pow(2) {
            let (dx, dy) = (n % (2 * half + 1) - half, n / (2 * half + 1) - half);
            let (x, y) = (x as i32 + dx, y as i32 + dy);
            if (0..size as i32).contains(&x) && (0..size as i32).contains(&y) {
                known[y as usize * size + x as usize] = if dark(dx.abs().max(dy.abs())) { 1.0 } else { -1.0 };
            }
        }
    };
    let centres: Vec<usize> = grid.version.getAlignmentPatternCenters().iter().map(|c| *c as usize).collect();
    let last = centres.len().saturating_sub(1);
    for (i, y) in centres.iter().enumerate() {
        for (j, x) in centres.iter().enumerate() {
            if ![(0, 0), (last, 0), (0, last)].contains(&(j, i)) {
                square(*x, *y, 2, |far| far != 1);
            }
        }
    }
    for (x, y) in [(3, 3), (size - 4, 3), (3, size - 4)] {
        square(x, y, 4, |far| far != 2 && far != 4);
    }
    for n in 8..size - 8 {
        let dark = if n % 2 == 0 { 1.0 } else { -1.0 };
        known[6 * size + n] = dark;
        known[n * size + 6] = dark;
    }
    known
}

/// The black and white that, blurred as this code seems to be, is most like what was seen.
fn unblurred(seen: &[f32], known: &[f32], size: usize) -> Option<Dark> {
    let side = size as i32;
    // One border of light modules around, as wide as blur reaches.
    let at = |bits: &[f32], x: i32, y: i32| {
        let inside = (0..side).contains(&x) && (0..side).contains(&y);
        if inside { bits[(y * side + x) as usize] } else { -1.0 }
    };
    let ways: [(i32, i32); NEAR] = std::array::from_fn(|n| (n as i32 % 5 - REACH, n as i32 / 5 - REACH));
    let sure = |dark: f32| if dark > 0.0 { 1.0 } else { -1.0 };
    let mut bits: Vec<f32> = seen.iter().zip(known).map(|(seen, known)| if *known != 0.0 { *known } else { sure(*seen) }).collect();
    let mut gains = vec![0.0; bits.len()];
    for _ in 0..4 {
        // What a module gives to each place around it: least squares over every third module, which are plenty.
        let mut equations = vec![[0.0f64; NEAR + 2]; NEAR + 1];
        for n in (0..seen.len()).step_by(3) {
            let (x, y) = (n as i32 % side, n as i32 / side);
            let mut row = [1.0f64; NEAR + 2];
            for (value, (dx, dy)) in row.iter_mut().zip(ways) {
                *value = f64::from(at(&bits, x + dx, y + dy));
            }
            row[NEAR + 1] = f64::from(seen[n]);
            for (i, equation) in equations.iter_mut().enumerate() {
                let by = row[i];
                equation[i..].iter_mut().zip(&row[i..]).for_each(|(sum, part)| *sum += by * part);
            }
        }
        for i in 0..=NEAR {
            // Rather no blur than a strange one.
            equations[i][i] += 0.003 * seen.len() as f64;
            for j in 0..i {
                equations[i][j] = equations[j][i];
            }
        }
        let solved = solve(equations)?;
        let blur: Vec<f32> = solved.iter().map(|value| *value as f32).collect();
        let mut rest: Vec<f32> = (0..seen.len())
            .map(|n| {
                let (x, y) = (n as i32 % side, n as i32 / side);
                let blurred: f32 = blur.iter().zip(ways).map(|(by, (dx, dy))| by * at(&bits, x + dx, y + dy)).sum();
                seen[n] - blurred - blur[NEAR]
            })
            .collect();
        // Each module is turned over if that makes the whole more alike, until none is.
        for _ in 0..4 {
            let mut turned = 0;
            for n in 0..bits.len() {
                let (x, y) = (n as i32 % side, n as i32 / side);
                let mut gain = 0.0;
                for (by, (dx, dy)) in blur.iter().zip(ways) {
                    let (x, y) = (x - dx, y - dy);
                    if (0..side).contains(&x) && (0..side).contains(&y) {
                        // Turned over, the module gives 2·by less (or more) there.
                        let change = -2.0 * by * bits[n];
                        let old = rest[(y * side + x) as usize];
                        gain += old * old - (old - change) * (old - change);
                    }
                }
                gains[n] = gain;
                if gain > 0.0 && known[n] == 0.0 {
                    for (by, (dx, dy)) in blur.iter().zip(ways) {
                        let (x, y) = (x - dx, y - dy);
                        if (0..side).contains(&x) && (0..side).contains(&y) {
                            rest[(y * side + x) as usize] += 2.0 * by * bits[n];
                        }
                    }
                    bits[n] = -bits[n];
                    gains[n] = -gain;
                    turned += 1;
                }
            }
            if turned == 0 {
                break;
            }
        }
    }
    Some(bits.iter().zip(&gains).map(|(bit, gain)| bit * (-gain).max(0.0)).collect())
}

/// Format, codewords, correction, text.
fn read(grid: &Grid, dark: &Dark) -> Option<String> {
    let size = grid.size;
    let (level, mask, mirrored) = format(dark, size)?;
    let at = |x: usize, y: usize| if mirrored { dark[x * size + y] } else { dark[y * size + x] };
    let function = grid.version.buildFunctionPattern().ok()?;
    let codewords = codewords(size, &function, |x, y| if masked(mask, x, y) { -at(x, y) } else { at(x, y) });
    let blocks = grid.version.getECBlocksForLevel(level);
    let alike = blocks.getECBlocks().iter();
    let lengths: Vec<usize> = alike.flat_map(|b| vec![b.getDataCodewords() as usize; b.getCount() as usize]).collect();
    let extra = blocks.getECCodewordsPerBlock() as usize;
    if codewords.len() < lengths.iter().map(|length| length + extra).sum() {
        return None;
    }
    // The codewords of the blocks come in turn, first those of data.
    let mut parts: Vec<Vec<(u8, f32)>> = vec![vec![]; lengths.len()];
    let mut next = codewords.into_iter();
    let longest = lengths.iter().copied().max()?;
    for n in 0..longest {
        for (part, _) in parts.iter_mut().zip(&lengths).filter(|(_, length)| n < **length) {
            part.extend(next.next());
        }
    }
    for _ in 0..extra {
        parts.iter_mut().for_each(|part| part.extend(next.next()));
    }
    let mut bytes = Vec::new();
    for (part, length) in parts.iter().zip(&lengths) {
        bytes.extend_from_slice(&correct::corrected(part, extra)?[..*length]);
    }
    let decoded = DecodeBitStream(&bytes, grid.version, level).ok().filter(|decoded| decoded.isValid())?;
    let bytes = decoded.content().bytes();
    let text = std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().map(|b| char::from(*b)).collect(), str::to_owned);
    (!text.is_empty()).then_some(text)
}

/// Level of correction, mask, and whether the code is seen in a mirror: the most likely of all that there are.
fn format(dark: &[f32], size: usize) -> Option<(ErrorCorrectionLevel, u32, bool)> {
    // Both copies, the highest bit first.
    let first = (0..6).map(|x| (x, 8)).chain([(7, 8), (8, 8), (8, 7)]).chain((0..6).rev().map(|y| (8, y)));
    let second = (size - 7..size).rev().map(|y| (8, y)).chain((size - 8..size).map(|x| (x, 8)));
    let places: Vec<(usize, (usize, usize))> = first.enumerate().chain(second.enumerate()).collect();
    let mut best = (f32::MIN, 0, false);
    for mirrored in [false, true] {
        for [bits, data] in FORMAT_INFO_DECODE_LOOKUP {
            let alike = places.iter().map(|(bit, (x, y))| {
                let dark = if mirrored { dark[x * size + y] } else { dark[y * size + x] };
                if bits >> (14 - bit) & 1 == 1 { dark } else { -dark }
            });
            let alike = alike.sum();
            if alike > best.0 {
                best = (alike, data, mirrored);
            }
        }
    }
    let level = ErrorCorrectionLevel::forBits((best.1 >> 3) as u8).ok()?;
    Some((level, best.1 & 7, best.2))
}

/// Whether the mask turns this module over (ISO/IEC 18004, table 10).
fn masked(mask: u32, x: usize, y: usize) -> bool {
    match mask {
        0 => (x + y).is_multiple_of(2),
        1 => y.is_multiple_of(2),
        2 => x.is_multiple_of(3),
        3 => (x + y).is_multiple_of(3),
        4 => (y / 2 + x / 3).is_multiple_of(2),
        5 => x * y % 2 + x * y % 3 == 0,
        6 => (x * y % 2 + x * y % 3).is_multiple_of(2),
        _ => ((x + y) % 2 + x * y % 3).is_multiple_of(2),
    }
}

/// The codewords in their order, each with how sure its least sure module is.
fn codewords(size: usize, function: &BitMatrix, dark: impl Fn(usize, usize) -> f32) -> Vec<(u8, f32)> {
    let mut codewords = Vec::new();
    let (mut byte, mut sure, mut bits) = (0u8, f32::MAX, 0);
    // Pairs of columns from the right, up and down in turn; the column of the timing pattern is none.
    let rights = (7..size).rev().step_by(2).chain([5, 3, 1]);
    for (turn, right) in rights.enumerate() {
        for n in 0..size {
            let y = if turn % 2 == 0 { size - 1 - n } else { n };
            for x in [right, right - 1] {
                if function.get(x as u32, y as u32) {
                    continue;
                }
                let dark = dark(x, y);
                (byte, sure, bits) = (byte << 1 | u8::from(dark > 0.0), sure.min(dark.abs()), bits + 1);
                if bits == 8 {
                    codewords.push((byte, sure));
                    (byte, sure, bits) = (0, f32::MAX, 0);
                }
            }
        }
    }
    codewords
}
