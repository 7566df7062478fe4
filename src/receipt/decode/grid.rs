//! Where the modules of a code lie in the picture, and how light each of them is.
//!
//! From three finder patterns comes a plane; the alignment patterns, found one after the other by what they look like, make
//! it exact and say where the paper is not flat. Light is read from the grey picture, so that nothing is lost to a
//! threshold before the whole code is known.

use super::finder::Corners;
use super::frame::Frame;
use super::geometry::{Plane, Point};
use rxing::qrcode::common::{Version, VersionRef};

/// A code's modules, each with its light, row by row.
pub struct Grid {
    pub version: VersionRef,
    pub size: usize,
    pub light: Vec<f32>,
    /// Where the symbol's corners lie: top left, top right, bottom right, bottom left.
    pub corners: [Point; 4],
    pub inverted: bool,
}

/// An alignment pattern that was found: its place on the code, how far from the plane it lies.
struct Anchor {
    module: Point,
    off: Point,
}

const FINDER: f32 = 3.5;
/// The least likeness (correlation) of something to an alignment pattern.
const ALIKE: f32 = 0.45;
/// The least part of the timing pattern that must be right for three squares to be a code.
const TIMED: f32 = 0.66;

/// What a code with these corners may be: of which version, in which plane.
pub struct Candidate {
    /// How much of its timing pattern is there.
    pub timed: f32,
    version: VersionRef,
    plane: Plane,
    pub corners: Corners,
}

/// The likeliest code at these corners, if any is likely.
pub fn candidate(frame: &Frame, corners: &Corners) -> Option<Candidate> {
    // Where paper curves away, one side looks longer than the other.
    let nearest = corners.modules.map(|modules| ((modules - 10.0) / 4.0).round() as i32);
    let mut best: Option<Candidate> = None;
    for number in nearest[0].min(nearest[1]) - 1..=nearest[0].max(nearest[1]) + 1 {
        let Ok(version) = Version::getVersionForNumber(u32::try_from(number).unwrap_or(0)) else { continue };
        let size = version.getDimensionForVersion() as usize;
        // Seen straight on, unless that does not fit: what the sizes of the squares say of the slant is not exact.
        let slanted = corners.g.abs().max(corners.h.abs()) > 0.03;
        for (g, h) in [(0.0, 0.0), (corners.g, corners.h)].into_iter().take(1 + usize::from(slanted)) {
            let plane = plane(corners, size as f32 - 2.0 * FINDER, g, h);
            let timed = timing(frame, &plane, size, corners.tl.inverted);
            if timed > best.as_ref().map_or(TIMED, |best| best.timed) {
                best = Some(Candidate { timed, version, plane, corners: *corners });
            }
        }
    }
    best
}

/// The plane of a code with so many modules from finder to finder.
fn plane(corners: &Corners, modules: f32, g: f32, h: f32) -> Plane {
    let [tl, tr, bl] = corners.middles();
    let (across, down) = ((tr * (1.0 + g) - tl) * (1.0 / modules), (bl * (1.0 + h) - tl) * (1.0 / modules));
    let (g, h) = (g / modules, h / modules);
    // So far (0, 0) is the middle of the first finder.
    let by = 1.0 / (1.0 - FINDER * (g + h));
    let origin = tl - (across + down) * FINDER;
    Plane { origin: origin * by, across: across * by, down: down * by, g: g * by, h: h * by }
}

/// How much of the timing pattern alternates as it should. One of its lines may be lost where paper curves.
fn timing(frame: &Frame, plane: &Plane, size: usize, inverted: bool) -> f32 {
    let parts = [false, true].map(|down| {
        let light = |along: usize| {
            let along = along as f32 + 0.5;
            frame.light(plane.at(if down { Point { x: 6.5, y: along } } else { Point { x: along, y: 6.5 } }))
        };
        let (mut before, mut here) = (light(7), light(8));
        let mut right = 0;
        for n in 8..size - 8 {
            let after = light(n + 1);
            // Even ones are dark.
            let bump = here - (before + after) / 2.0;
            right += usize::from(bump.abs() > 0.5 && (bump > 0.0) == ((n % 2 == 1) != inverted));
            (before, here) = (here, after);
        }
        right as f32 / (size - 16) as f32
    });
    let (mean, best) = ((parts[0] + parts[1]) / 2.0, parts[0].max(parts[1]));
    if best > 0.9 { mean.max(0.75 * best) } else { mean }
}

impl Grid {
    pub fn read(frame: &Frame, candidate: &Candidate) -> Grid {
        let Candidate { version, corners, .. } = candidate;
        let mut plane = candidate.plane;
        let size = version.getDimensionForVersion() as usize;
        let side = size as f32 - FINDER;
        let finders = [(FINDER, FINDER), (side, FINDER), (FINDER, side)].map(|(x, y)| Point { x, y });
        let mut anchors: Vec<Anchor> = Vec::new();
        // The first round finds the far ones from the near ones; the second knows the plane already.
        for first in [true, false] {
            let found = find_anchors(frame, version, &plane, first);
            let squares = finders.into_iter().zip(corners.middles());
            let mut pairs: Vec<(Point, Point, f32)> = squares.map(|(module, place)| (module, place, 2.0)).collect();
            pairs.extend(found.iter().map(|anchor| (anchor.module, plane.at(anchor.module) + anchor.off, 1.0)));
            plane = Plane::through(&pairs).filter(|_| pairs.len() > 3).unwrap_or(plane);
            anchors = pairs.iter().map(|(module, place, _)| Anchor { module: *module, off: *place - plane.at(*module) }).collect();
        }
        let bends = Bends::new(version, &anchors);
        let flat = |module: Point| plane.at(module) + bends.at(module);
        let sign = if corners.tl.inverted { -1.0 } else { 1.0 };
        let drifts = [false, true].map(|down| drift(frame, &flat, size, down, sign));
        let at = |module: Point| {
            let part = |drift: &[f32], at: f32| drift[(at.max(0.0) as usize).min(size - 1)];
            flat(module + Point { x: part(&drifts[0], module.x), y: part(&drifts[1], module.y) })
        };
        let pixels = (at(Point { x: 1.0, y: 1.0 }) - at(Point { x: 0.0, y: 0.0 })).length() / std::f32::consts::SQRT_2;
        let samples = ((pixels * 0.5).round() as usize).clamp(1, 4);
        let mut light = Vec::with_capacity(size * size);
        for n in 0..size * size {
            let module = Point { x: (n % size) as f32 + 0.5, y: (n / size) as f32 + 0.5 };
            let (middle, right, below) = (at(module), at(module + Point { x: 0.5, y: 0.0 }), at(module + Point { x: 0.0, y: 0.5 }));
            let (right, below) = ((right - middle) * 2.0, (below - middle) * 2.0);
            let mut sum = 0.0;
            for sample in 0..samples * samples {
                // Within the middle 60 % of the module.
                let part = |n: usize| ((n as f32 + 0.5) / samples as f32 - 0.5) * 0.6;
                sum += frame.light(middle + right * part(sample % samples) + below * part(sample / samples));
            }
            light.push(sum / (samples * samples) as f32);
        }
        let side = size as f32;
        let corners = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)].map(|(x, y)| at(Point { x, y }));
        Grid { version, size, light, corners, inverted: candidate.corners.tl.inverted }
    }
}

/// How far along each module is pushed where paper curves: the timing pattern is followed from both its ends to the middle.
/// Nothing, unless that shows the pattern much better.
fn drift(frame: &Frame, at: &dyn Fn(Point) -> Point, size: usize, down: bool, sign: f32) -> Vec<f32> {
    let light = |along: f32| frame.light(at(if down { Point { x: 6.5, y: along } } else { Point { x: along, y: 6.5 } }));
    // How well the modules around one alternate, odd ones light, if all are pushed so far.
    let alternate = |n: usize, push: f32| {
        let near = n - 3..=n + 3;
        near.map(|n| if n % 2 == 1 { sign } else { -sign } * light(n as f32 + 0.5 + push)).sum::<f32>()
    };
    let mut drift = vec![0.0; size];
    let (mut pushed, mut still) = (0.0, 0.0);
    let half = size / 2;
    for places in [(10..half).collect::<Vec<_>>(), (half..size - 10).rev().collect()] {
        let mut last = 0.0;
        for n in places {
            let (mut best, mut push) = (f32::MIN, last);
            for step in -3..=3 {
                let try_push = last + step as f32 * 0.1;
                let worth = alternate(n, try_push) * (1.0 - 0.05 * (step as f32).abs());
                if worth > best {
                    (best, push) = (worth, try_push);
                }
            }
            (pushed, still) = (pushed + best, still + alternate(n, 0.0));
            (drift[n], last) = (push, push);
        }
    }
    if pushed < 1.25 * still.max(0.0) {
        return vec![0.0; size];
    }
    // Paper has no steps.
    (0..size).map(|n| drift[n.saturating_sub(2)..(n + 3).min(size)].iter().sum::<f32>() / 5.0).collect()
}

/// How far from the plane a module lies, by the anchors around it: near ones count more.
fn bend(anchors: &[Anchor], module: Point) -> Point {
    let (mut sum, mut all) = (Point::default(), 1e-6);
    for anchor in anchors {
        let far = (anchor.module - module).length();
        let weight = 1.0 / (far * far + 1.0).powf(1.5);
        sum = sum + anchor.off * weight;
        all += weight;
    }
    sum * (1.0 / all)
}

/// How far from the plane every module lies: known where alignment patterns are, straight in between.
struct Bends {
    centres: Vec<f32>,
    offs: Vec<Point>,
}

impl Bends {
    fn new(version: VersionRef, anchors: &[Anchor]) -> Bends {
        let centres = centres(version);
        let places = centres.iter().flat_map(|y| centres.iter().map(|x| Point { x: *x, y: *y }));
        Bends { offs: places.map(|module| bend(anchors, module)).collect(), centres }
    }

    fn at(&self, module: Point) -> Point {
        let Some(last) = self.centres.len().checked_sub(1).filter(|last| *last > 0) else { return Point::default() };
        // The two centres around, and how far from the first to the second; a little beyond the outermost.
        let between = |at: f32| {
            let first = self.centres.iter().rposition(|centre| *centre <= at).unwrap_or(0).min(last - 1);
            (first, ((at - self.centres[first]) / (self.centres[first + 1] - self.centres[first])).clamp(-0.25, 1.25))
        };
        let ((x, across), (y, down)) = (between(module.x), between(module.y));
        let off = |x: usize, y: usize| self.offs[y * (last + 1) + x];
        let row = |y: usize| off(x, y) * (1.0 - across) + off(x + 1, y) * across;
        row(y) * (1.0 - down) + row(y + 1) * down
    }
}

/// Where the middles of alignment patterns lie, across and down.
fn centres(version: VersionRef) -> Vec<f32> {
    version.getAlignmentPatternCenters().iter().map(|centre| *centre as f32 + 0.5).collect()
}

/// The alignment patterns that look like one, from the first finder outwards.
fn find_anchors(frame: &Frame, version: VersionRef, plane: &Plane, first: bool) -> Vec<Anchor> {
    let centres = centres(version);
    let last = centres.len().saturating_sub(1);
    let mut places: Vec<(usize, usize)> = (0..=last).flat_map(|y| (0..=last).map(move |x| (x, y))).collect();
    places.retain(|place| !centres.is_empty() && ![(0, 0), (last, 0), (0, last)].contains(place));
    places.sort_by_key(|(x, y)| (x + y, x.abs_diff(*y)));
    let mut anchors: Vec<Anchor> = Vec::new();
    for (x, y) in places {
        let module = Point { x: centres[x], y: centres[y] };
        // What is known nearby tells how far off it may be.
        let known = anchors.iter().any(|anchor| (anchor.module - module).length() < 40.0);
        let off = if anchors.is_empty() { Point::default() } else { bend(&anchors, module) };
        let reach = match (first, known) {
            (true, false) => 0.07 * (module - Point { x: FINDER, y: FINDER }).length() + 1.0,
            (true, true) => 2.0,
            (false, _) => 1.2,
        };
        if let Some(off) = find_anchor(frame, plane, module, off, reach) {
            anchors.push(Anchor { module, off });
        }
    }
    anchors
}

/// Where an alignment pattern lies, off the plane, if something like one is there.
fn find_anchor(frame: &Frame, plane: &Plane, module: Point, off: Point, reach: f32) -> Option<Point> {
    let middle = plane.at(module) + off;
    let right = plane.at(module + Point { x: 1.0, y: 0.0 }) + off - middle;
    let below = plane.at(module + Point { x: 0.0, y: 1.0 }) + off - middle;
    let alike = |u: f32, v: f32| {
        let centre = middle + right * u + below * v;
        let (mut sum, mut squares, mut fit) = (0.0, 0.0, 0.0);
        for n in 0..25i32 {
            let (x, y) = (n % 5 - 2, n / 5 - 2);
            let light = frame.light(centre + right * x as f32 + below * y as f32);
            // Light is the ring between the dark middle and the dark rim: eight of twenty-five.
            let expected = if x.abs().max(y.abs()) == 1 { 17.0 } else { -8.0 };
            sum += light;
            squares += light * light;
            fit += light * expected;
        }
        let spread = (squares - sum * sum / 25.0).max(25.0);
        // Of an inverted code everything is the other way round.
        (fit / (spread * 3400.0).sqrt()).abs()
    };
    let mut best = (f32::MIN, 0.0, 0.0);
    let steps = (reach * 2.0).ceil() as i32;
    for n in 0..(2 * steps + 1).pow(2) {
        let (u, v) = ((n % (2 * steps + 1) - steps) as f32 / 2.0, (n / (2 * steps + 1) - steps) as f32 / 2.0);
        let worth = alike(u, v) - 0.02 * u.hypot(v);
        if worth > best.0 {
            best = (worth, u, v);
        }
    }
    for step in [0.25, 0.125] {
        let (_, u, v) = best;
        for (dx, dy) in [(-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0), (-1.0, -1.0), (1.0, 1.0), (-1.0, 1.0), (1.0, -1.0)] {
            let (u, v) = (u + dx * step, v + dy * step);
            let worth = alike(u, v) - 0.02 * u.hypot(v);
            if worth > best.0 {
                best = (worth, u, v);
            }
        }
    }
    (best.0 > ALIKE).then(|| off + right * best.1 + below * best.2)
}
