//! A QR code as one path: black on white whatever the colours around it, with the quiet zone a reader needs.

use super::{phrases, say};
use leptos::prelude::*;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write;

/// Modules of white around the code (ISO/IEC 18004).
const QUIET: usize = 4;

/// Side length in modules, quiet zone included, and the dark modules as an SVG path. `None` when the text is too long.
pub fn draw(text: &str) -> Option<(usize, String)> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let side = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(side).enumerate() {
        let mut x = 0;
        while x < side {
            let dark = row[x..].iter().take_while(|c| **c == Color::Dark).count();
            if dark > 0 {
                // Writing to a string cannot fail.
                let _ = write!(path, "M{} {}h{dark}v1h-{dark}z", x + QUIET, y + QUIET);
            }
            x += dark.max(1);
        }
    }
    Some((side + 2 * QUIET, path))
}

#[component]
pub fn Qr(#[prop(into)] text: String) -> impl IntoView {
    match draw(&text) {
        Some((side, path)) => view! {
            <svg
                class="qr"
                data-test="qr"
                data-text=text
                viewBox=format!("0 0 {side} {side}")
                shape-rendering="crispEdges"
                role="img"
                aria-label=say(phrases::QR)
            >
                <rect width=side.to_string() height=side.to_string() fill="#fff" />
                <path d=path fill="#000" />
            </svg>
        }
            .into_any(),
        None => view! { <p class="wrong" role="alert">{say(phrases::QR_FAILED)}</p> }.into_any(),
    }
}
