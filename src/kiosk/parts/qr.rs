//! A QR code as one path: black on white whatever the colours around it, with the quiet zone a reader needs. On the screen the
//! style sheets say how large it is; on paper a module is exactly four dots of a receipt printer, and stays so in one bit.

use super::{phrases, say};
use crate::words::Phrase;
use leptos::prelude::*;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write;

/// Modules of white around the code (ISO/IEC 18004).
const QUIET: usize = 4;
/// Side of a module on paper, in millimetres: four dots at 203 dpi (8 dots a millimetre). Three would be too small for worn
/// cameras and worn print heads.
const MODULE: f64 = 0.5;
/// By so much of a module the black keeps away from its edges: a printer that blackens every dot it touches would otherwise,
/// by the rounding of its driver, add a dot to each.
const HAIR: f64 = 0.01;

/// A code that can be drawn.
pub struct Drawing {
    /// Of the code's square, quiet zone not included.
    modules: usize,
    dark: Vec<bool>,
}

impl Drawing {
    /// `None` when the text is too long.
    pub fn new(text: &str) -> Option<Drawing> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        Some(Drawing { modules: code.width(), dark: code.to_colors().iter().map(|color| *color == Color::Dark).collect() })
    }

    /// Side length in modules, quiet zone included.
    pub fn side(&self) -> usize {
        self.modules + 2 * QUIET
    }

    /// The dark modules from left to right, row by row: column, row and length of each run, quiet zone included.
    pub fn across(&self) -> impl Iterator<Item = (usize, usize, usize)> {
        self.runs(|line, at| line * self.modules + at).map(|(line, at, length)| (at, line, length))
    }

    /// The same from top to bottom, column by column.
    fn down(&self) -> impl Iterator<Item = (usize, usize, usize)> {
        self.runs(|line, at| at * self.modules + line)
    }

    /// Line, place and length of each run, where `place` tells the module of a line.
    fn runs(&self, place: impl Fn(usize, usize) -> usize) -> impl Iterator<Item = (usize, usize, usize)> {
        let mut runs = Vec::new();
        for line in 0..self.modules {
            let mut length = 0;
            for at in 0..=self.modules {
                if at < self.modules && self.dark.get(place(line, at)) == Some(&true) {
                    length += 1;
                } else if length > 0 {
                    runs.push((line + QUIET, at - length + QUIET, length));
                    length = 0;
                }
            }
        }
        runs.into_iter()
    }

    /// One SVG path, so that nothing shows through where its parts meet: every run across, and over their seams every run down.
    fn path(&self) -> String {
        let mut path = String::new();
        let across = self.across().map(|(x, y, length)| (x, y, length, 1));
        let down = self.down().filter(|(.., length)| *length > 1).map(|(x, y, length)| (x, y, 1, length));
        for (x, y, width, height) in across.chain(down) {
            let [x, y] = [x, y].map(|at| at as f64 + HAIR);
            let [width, height] = [width, height].map(|length| length as f64 - 2.0 * HAIR);
            // Writing to a string cannot fail.
            let _ = write!(path, "M{x:.2} {y:.2}h{width:.2}v{height:.2}h-{width:.2}z");
        }
        path
    }
}

#[component]
pub fn Qr(
    #[prop(into)] text: String,
    /// What it is of, for whoever does not see it; a receipt unless said otherwise.
    #[prop(optional)]
    label: Option<Phrase>,
    /// Name for tests.
    #[prop(optional)]
    test: Option<&'static str>,
) -> impl IntoView {
    match Drawing::new(&text) {
        Some(drawing) => {
            let side = drawing.side();
            let on_paper = format!("{}mm", side as f64 * MODULE);
            view! {
                <svg
                    class="qr"
                    data-test=test.unwrap_or("qr")
                    data-text=text
                    width=on_paper.clone()
                    height=on_paper
                    viewBox=format!("0 0 {side} {side}")
                    shape-rendering="crispEdges"
                    role="img"
                    aria-label=say(label.unwrap_or(phrases::QR))
                >
                    <rect width=side.to_string() height=side.to_string() fill="#fff" />
                    <path d=drawing.path() fill="#000" />
                </svg>
            }
            .into_any()
        }
        None => view! { <p class="wrong" role="alert">{say(phrases::QR_FAILED)}</p> }.into_any(),
    }
}
