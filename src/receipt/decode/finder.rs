//! Finder patterns, the three squares in a code's corners, in black and white; and which three belong together.
//!
//! Along every line through its middle such a square shows dark, light, dark, light, dark as 1 : 1 : 3 : 1 : 1. The check is
//! lenient, since print and picture may be bad: what is no finder after all is thrown out when the code is read.

use super::frame::{Frame, Mask};
use super::geometry::Point;

/// A finder pattern, or something like it.
#[derive(Clone, Copy, Debug)]
pub struct Finder {
    pub middle: Point,
    /// Pixels a module, the mean of several directions.
    pub module: f32,
    /// Light where it should be dark.
    pub inverted: bool,
    /// The less, the more it looks like one.
    oddness: f32,
}

/// Three that make a code: top left, top right, bottom left; and modules from middle to middle, along the top and on the left.
#[derive(Clone, Copy, Debug)]
pub struct Corners {
    pub tl: Finder,
    pub tr: Finder,
    pub bl: Finder,
    pub modules: [f32; 2],
    /// What the plane is divided by at the far ends of the two sides, less one.
    pub g: f32,
    pub h: f32,
    /// The less, the more it looks like a code.
    oddness: f32,
}

/// More than so many are clutter: the best are taken.
const MOST: usize = 40;

/// All finder patterns, those most like one first: found in the mask, and alike in the frame that it was made of.
pub fn finders(frame: &Frame, mask: &Mask) -> Vec<Finder> {
    let mut found: Vec<Finder> = Vec::new();
    let mut ends: Vec<usize> = Vec::new();
    // The middle of a finder is three modules high.
    for y in (1..mask.height).step_by(3) {
        mask.changes(y, &mut ends);
        for run in ends.windows(6) {
            let width = |n: usize| run[n + 1] - run[n];
            if width(2) < width(1).max(width(3)) || 3 * width(2) < 2 * width(0).max(width(4)) {
                continue;
            }
            let Some(module) = unit(&std::array::from_fn(|n| width(n) as f32)) else { continue };
            let at = Point { x: (run[2] + run[3]) as f32 / 2.0, y: y as f32 + 0.5 };
            let inverted = !mask.dark[y * mask.width + run[0]];
            if !found.iter().any(|old| (old.middle - at).length() < 2.5 * old.module && old.inverted == inverted) {
                found.extend(examine(frame, mask, at, module, inverted));
            }
        }
    }
    found.sort_by(|a, b| a.oddness.total_cmp(&b.oddness));
    found.truncate(MOST);
    found
}

/// The width of a module, if these five are like a finder's.
fn unit(widths: &[f32; 5]) -> Option<f32> {
    let unit = widths.iter().sum::<f32>() / 7.0;
    let slack = 0.65 * unit + 0.35;
    let fits = (widths[2] - 3.0 * unit).abs() < 2.0 * slack && [0, 1, 3, 4].iter().all(|n| (widths[*n] - unit).abs() < slack);
    (unit >= 1.0 && fits && widths[2] > 1.2 * widths[1].max(widths[3]).max(widths[0]).max(widths[4]) - 0.5).then_some(unit)
}

/// How far from 1 : 1 : 3 : 1 : 1, as a part of a module.
fn deviation(widths: &[f32; 5], unit: f32) -> f32 {
    let parts = [1.0, 1.0, 3.0, 1.0, 1.0];
    widths.iter().zip(parts).map(|(width, part)| (width - part * unit).abs()).sum::<f32>() / (5.0 * unit)
}

/// Looks along four lines through the middle; one of them may fail.
fn examine(frame: &Frame, mask: &Mask, at: Point, module: f32, inverted: bool) -> Option<Finder> {
    const SLANT: f32 = std::f32::consts::FRAC_1_SQRT_2;
    const UPRIGHT: [(f32, f32); 2] = [(0.0, 1.0), (1.0, 0.0)];
    let fits = |way| line(mask, at, way, module, inverted).and_then(|line| unit(&line.widths)).is_some();
    if !fits(Point { x: 0.0, y: 1.0 }) && !fits(Point { x: SLANT, y: SLANT }) {
        return None;
    }
    let mut middle = at;
    // Of a square that is turned or seen from the side, the middle of a row is not above the middle of the whole.
    for (x, y) in UPRIGHT.into_iter().cycle().take(4) {
        let way = Point { x, y };
        if let Some(line) = line(mask, middle, way, module, inverted) {
            middle = middle + way * line.off.clamp(-2.0 * module, 2.0 * module);
        }
    }
    let (mut count, mut sum, mut least, mut most, mut odd) = (0, 0.0, f32::MAX, 0.0f32, 0.0);
    // Light of the grey picture where it should be dark, and where it should be light.
    let (mut darks, mut lights) = (Sample::default(), Sample::default());
    darks.add(frame.light(middle));
    for (x, y) in UPRIGHT.into_iter().chain([(SLANT, SLANT), (SLANT, -SLANT)]) {
        let way = Point { x, y };
        let line = line(mask, middle, way, module, inverted);
        let Some((unit, widths)) = line.and_then(|line| Some((unit(&line.widths)?, line.widths))) else {
            odd += 1.0;
            continue;
        };
        (count, sum, least, most) = (count + 1, sum + unit, least.min(unit), most.max(unit));
        odd += deviation(&widths, unit);
        for far in [-3.0, -1.0, 1.0, 3.0] {
            darks.add(frame.light(middle + way * (far * unit)));
        }
        for far in [-2.0, 2.0] {
            lights.add(frame.light(middle + way * (far * unit)));
        }
    }
    if count < 3 || most > 4.0 * least {
        return None;
    }
    // How far apart dark and light are beside how much each varies.
    let apart = (lights.mean() - darks.mean()).abs();
    let noise = ((lights.variance() + darks.variance()) / 2.0).sqrt() / apart.max(1.0);
    (noise < 0.8).then(|| Finder { middle, module: sum / count as f32, inverted, oddness: odd / 4.0 + noise })
}

/// What is told of a few values.
#[derive(Default)]
struct Sample {
    count: f32,
    sum: f32,
    squares: f32,
}

impl Sample {
    fn add(&mut self, value: f32) {
        self.count += 1.0;
        self.sum += value;
        self.squares += value * value;
    }
    fn mean(&self) -> f32 {
        self.sum / self.count
    }
    fn variance(&self) -> f32 {
        (self.squares / self.count - self.mean() * self.mean()).max(0.0)
    }
}

/// What a line through the middle of a finder shows.
struct Line {
    widths: [f32; 5],
    /// How far off the middle the middle run's own middle is.
    off: f32,
}

fn line(mask: &Mask, middle: Point, way: Point, module: f32, inverted: bool) -> Option<Line> {
    let ahead = edges(mask, middle, way, module, inverted)?;
    let back = edges(mask, middle, way * -1.0, module, inverted)?;
    let widths = [back[2] - back[1], back[1] - back[0], back[0] + ahead[0], ahead[1] - ahead[0], ahead[2] - ahead[1]];
    Some(Line { widths, off: (ahead[2] - back[2] + ahead[0] - back[0]) / 4.0 })
}

/// How far it is to the end of the dark middle, of the light ring, of the dark ring. The square may be seen from the side,
/// and then be longer one way than `module` was another.
fn edges(mask: &Mask, from: Point, way: Point, module: f32, inverted: bool) -> Option<[f32; 3]> {
    let step = (module / 8.0).clamp(0.5, 4.0);
    let mut edges = [0.0; 3];
    let (mut next, mut far) = (0, 0.0);
    while next < 3 {
        // Beyond the picture it is light: a tight crop has lost the quiet zone.
        let dark = mask.at(from + way * far).unwrap_or(inverted) != inverted;
        if dark != (next % 2 == 0) {
            edges[next] = far - step / 2.0;
            next += 1;
        }
        far += step;
        if far > 16.0 * module + 4.0 {
            return None;
        }
    }
    Some(edges)
}

/// Pixels a module at a finder, in one direction.
fn module_towards(mask: &Mask, finder: &Finder, way: Point) -> f32 {
    let way = way * (1.0 / way.length().max(1e-6));
    let line = line(mask, finder.middle, way, finder.module, finder.inverted);
    line.filter(|line| unit(&line.widths).is_some()).map_or(finder.module, |line| {
        // The outer edges of both dark rings to each other's inner ones: as print swells or shrinks, one gains what the
        // other loses.
        let [a, b, c, d, e] = line.widths;
        (2.0 * (b + c + d) + a + e) / 12.0
    })
}

/// Sets of three that are measured.
const MEASURED: usize = 300;

/// Every three that may make a code, the most likely first.
pub fn corners(mask: &Mask, finders: &[Finder]) -> Vec<Corners> {
    let mut sets: Vec<(f32, [&Finder; 3])> = Vec::new();
    for (i, tl) in finders.iter().enumerate() {
        for (j, one) in finders.iter().enumerate().filter(|(j, _)| *j != i) {
            for (_, two) in finders.iter().enumerate().skip(j + 1).filter(|(k, _)| *k != i) {
                sets.extend(plausible(tl, one, two).map(|oddness| (oddness, [tl, one, two])));
            }
        }
    }
    sets.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut all: Vec<Corners> = sets.iter().take(MEASURED).filter_map(|(oddness, set)| measured(mask, *set, *oddness)).collect();
    all.sort_by(|a, b| a.oddness.total_cmp(&b.oddness));
    all
}

/// How odd it would be for these to be the corners of a code, if it is possible at all.
fn plausible(tl: &Finder, one: &Finder, two: &Finder) -> Option<f32> {
    let (least, most) = (tl.module.min(one.module).min(two.module), tl.module.max(one.module).max(two.module));
    if most > 2.5 * least || tl.inverted != one.inverted || tl.inverted != two.inverted {
        return None;
    }
    let (to_one, to_two) = (one.middle - tl.middle, two.middle - tl.middle);
    let (a, b) = (to_one.length(), to_two.length());
    if a.max(b) > 3.5 * a.min(b) || a.min(b) < 8.0 * least || a.max(b) > 185.0 * most {
        return None;
    }
    let slant = (to_one.dot(to_two) / (a * b)).abs();
    let differ = (a * two.module / (b * one.module)).ln().abs();
    let finders = tl.oddness + one.oddness + two.oddness;
    let oddness = 0.3 * differ + 0.3 * slant + 0.3 * (most / least).ln() + 0.1 * finders;
    (slant < 0.9).then_some(oddness)
}

/// How many modules lie between, and how the plane lies, by the modules in the directions to each other.
fn measured(mask: &Mask, [tl, one, two]: [&Finder; 3], oddness: f32) -> Option<Corners> {
    let (to_one, to_two) = (one.middle - tl.middle, two.middle - tl.middle);
    let (tr, bl, to_tr, to_bl) = if to_one.cross(to_two) > 0.0 { (one, two, to_one, to_two) } else { (two, one, to_two, to_one) };
    // A line on a plane seen from somewhere: modules from end to end are its length by the geometric mean of the modules
    // at its ends, and what the far end is divided by, the root of their ratio.
    let side = |end: &Finder, way: Point| {
        let (here, there) = (module_towards(mask, tl, way), module_towards(mask, end, way));
        (way.length() / (here * there).sqrt(), (here / there).sqrt() - 1.0)
    };
    let ((top, g), (left, h)) = (side(tr, to_tr), side(bl, to_bl));
    let modules = (top * left).sqrt();
    let differ = (top / left).ln().abs();
    let fits = differ < 0.35 && (12.0..185.0).contains(&modules);
    fits.then(|| Corners { tl: *tl, tr: *tr, bl: *bl, modules: [top, left], g, h, oddness: oddness + differ })
}

impl Corners {
    /// The same in a frame that is larger by `factor`.
    pub fn moved(&self, factor: f32) -> Corners {
        let finder = |f: &Finder| Finder { middle: f.middle * factor, module: f.module * factor, ..*f };
        Corners { tl: finder(&self.tl), tr: finder(&self.tr), bl: finder(&self.bl), ..*self }
    }

    pub fn middles(&self) -> [Point; 3] {
        [self.tl.middle, self.tr.middle, self.bl.middle]
    }
}
