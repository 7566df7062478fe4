//! A picture → the texts of the QR codes in it. Used by the desk's decoder worker on live frames ([`live`]) and by
//! `hall receipt scan` on pictures ([`thorough`]). It says nothing of what a text means: that is [`super::verify`].
//!
//! A look makes black and white of the picture in one of several ways, at one of several sizes, and finds three finder
//! patterns in it ([`finder`]); then the grey picture itself is read along the code's grid ([`grid`]), its blur is taken
//! into account and what is doubtful is erased ([`modules`], [`correct`]). Of rxing come the tables of versions and formats
//! and the last step, from corrected bytes to those of the text, which is UTF-8 here, else ISO 8859-1 (ISO/IEC 18004).

mod correct;
mod finder;
mod frame;
mod geometry;
mod grid;
mod modules;

use super::PREFIX;
use frame::{Frame, Mask};
use geometry::Point;
use grid::{Candidate, Grid};
use modules::Reading;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A code that was read, and where its corners lie: top left, top right, bottom right, bottom left of the symbol, x before y.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub text: String,
    pub corners: [f32; 8],
}

/// How black and white is made of a frame.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// By wide surroundings: for most pictures.
    Wide,
    /// By narrow ones, softened first: for blur and noise.
    Narrow,
    /// Softened, by wide ones: for noise and the dots of a printer.
    Soft,
    /// Thin light lines closed first: for dead dots of a print head.
    Closed,
}

/// One way to look: how, and at which part of the size.
#[derive(Clone, Copy)]
struct Look {
    way: Way,
    shrink: usize,
}

const fn look(way: Way, shrink: usize) -> Look {
    Look { way, shrink }
}

/// The looks that every frame of a camera gets, until something is found; and those that frames get in turn beside.
const ALWAYS: [Look; 4] = [look(Way::Soft, 1), look(Way::Wide, 2), look(Way::Narrow, 2), look(Way::Wide, 1)];
const BESIDE: Look = look(Way::Wide, 2);
const IN_TURN: [Look; 4] = [look(Way::Narrow, 1), look(Way::Closed, 1), look(Way::Soft, 2), look(Way::Wide, 3)];
/// All looks at a single picture.
const ALL: [Way; 4] = [Way::Wide, Way::Soft, Way::Narrow, Way::Closed];

/// Frames above this many pixels are only looked at shrunk, but for the first look.
const LARGE: usize = 5_000_000;

/// The codes in the `nth` frame of a camera, of grey pixels, row by row: some looks at every frame and one more, each frame
/// another, so that all of them together cost no more than a frame's time. Receipts come first.
pub fn live(luma: &[u8], width: u32, height: u32, nth: usize) -> Vec<Found> {
    search(luma, width, height, |search| {
        for look in ALWAYS.into_iter().chain([IN_TURN[nth % IN_TURN.len()]]) {
            search.look(look);
            if !search.found.is_empty() {
                // A smaller one may lie beside it.
                search.look(BESIDE);
                break;
            }
        }
    })
}

/// Every look there is, at several sizes, until a receipt is found; a code of another kind ends the search only after the
/// looks of the same kind have been taken. Receipts come first.
pub fn thorough(luma: &[u8], width: u32, height: u32) -> Vec<Found> {
    search(luma, width, height, |search| {
        let frame = search.frame;
        for way in ALL {
            for shrink in [1, 2, 3, 4, 6, 8] {
                let (pixels, shorter) = (frame.luma.len() / (shrink * shrink), frame.shorter() / shrink);
                if (pixels <= LARGE || way == Way::Wide) && (shorter >= 120 || shrink == 1) {
                    search.look(look(way, shrink));
                }
                if search.has_receipt() {
                    return;
                }
            }
            if !search.found.is_empty() {
                return;
            }
        }
        let large = (frame.longer() <= 1000).then(|| (0, 0, 3, frame.enlarged(3)));
        let tiles = [2, 4].into_iter().flat_map(|parts| frame.tiles(parts)).map(|(left, top, tile)| (left, top, 2, tile.enlarged(2)));
        for (left, top, factor, part) in large.into_iter().chain(tiles) {
            for way in ALL {
                let mut within = Search { frame: &part, found: vec![], tried: vec![] };
                within.look(look(way, 1));
                let offset = Point { x: left as f32, y: top as f32 };
                search.add(within.found.into_iter().map(|found| found.moved(1.0 / factor as f32, offset)));
                if search.has_receipt() {
                    return;
                }
            }
        }
    })
}

/// What a search in the frame finds, receipts first. A panic counts as nothing more found (in the browser it ends the worker,
/// and the desk starts another).
fn search(luma: &[u8], width: u32, height: u32, looks: impl FnOnce(&mut Search)) -> Vec<Found> {
    let Some(frame) = Frame::new(luma, width, height) else { return vec![] };
    let mut search = Search { frame: &frame, found: vec![], tried: vec![] };
    // What was found before stays true.
    let _ = catch_unwind(AssertUnwindSafe(|| looks(&mut search)));
    let mut found = search.found;
    found.sort_by_key(|one| !one.text.starts_with(PREFIX));
    found
}

impl Found {
    fn moved(mut self, factor: f32, offset: Point) -> Found {
        for corner in self.corners.as_chunks_mut::<2>().0 {
            *corner = [corner[0] * factor + offset.x, corner[1] * factor + offset.y];
        }
        self
    }
}

/// Sets of three squares that are looked into, and how many of them may be read in vain, of one look.
const LOOKED_INTO: usize = 150;
const IN_VAIN: usize = 5;
/// How often one code that cannot be read is tried.
const TRIES: usize = 2;

/// Looking for codes in one frame.
struct Search<'a> {
    frame: &'a Frame,
    found: Vec<Found>,
    /// The squares of what looks like a code: it was read, or it cannot be.
    tried: Vec<Tried>,
}

struct Tried {
    squares: [Point; 3],
    within: f32,
    read: bool,
}

impl Search<'_> {
    fn look(&mut self, look: Look) {
        let small = (look.shrink > 1).then(|| self.frame.shrunk(look.shrink));
        let frame = small.as_ref().unwrap_or(self.frame);
        let mask = frame.mask(look.way);
        let squares = finder::finders(frame, &mask);
        let mut candidates: Vec<Candidate> = finder::corners(&mask, &squares)
            .iter()
            .take(LOOKED_INTO)
            .filter_map(|corners| grid::candidate(self.frame, &corners.moved(look.shrink as f32)))
            .collect();
        candidates.sort_by(|a, b| b.timed.total_cmp(&a.timed));
        let mut in_vain = 0;
        for candidate in &candidates {
            if in_vain >= IN_VAIN {
                break;
            }
            if self.is_done(candidate) {
                continue;
            }
            let grid = Grid::read(self.frame, candidate);
            let reading = modules::text(&grid);
            if matches!(reading, Reading::No) {
                in_vain += 1;
                continue;
            }
            let read = matches!(reading, Reading::Text(_));
            in_vain += usize::from(!read);
            self.tried.push(Tried { squares: candidate.corners.middles(), within: 2.0 * candidate.corners.tl.module, read });
            if let Reading::Text(text) = reading {
                let [a, b, c, d] = grid.corners;
                self.add([Found { text, corners: [a.x, a.y, b.x, b.y, c.x, c.y, d.x, d.y] }]);
            }
        }
    }

    /// A square of a code that was read is no other code's; a code that cannot be read is not tried for ever.
    fn is_done(&self, candidate: &Candidate) -> bool {
        let squares = candidate.corners.middles();
        let known = |tried: &Tried, square: &Point| tried.squares.iter().any(|old| (*old - *square).length() < tried.within);
        self.tried.iter().any(|tried| tried.read && squares.iter().any(|square| known(tried, square)))
            || self.tried.iter().filter(|tried| squares.iter().all(|square| known(tried, square))).count() >= TRIES
    }

    fn add(&mut self, more: impl IntoIterator<Item = Found>) {
        for one in more {
            if !self.found.iter().any(|old| old.text == one.text) {
                self.found.push(one);
            }
        }
    }

    fn has_receipt(&self) -> bool {
        self.found.iter().any(|found| found.text.starts_with(PREFIX))
    }
}

impl Frame {
    fn mask(&self, way: Way) -> Mask {
        let wide = (self.shorter() / 24).max(8);
        match way {
            Way::Wide => self.dark(wide, 16),
            Way::Soft => self.softened().dark(wide, 32),
            Way::Narrow => self.softened().dark(5, 32),
            Way::Closed => self.closed().dark(wide, 16),
        }
    }
}
