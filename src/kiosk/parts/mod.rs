//! What pages are made of. A part knows how something is shown and typed; what is asked, and why, is the pages' business.
//!
//! - [`header`]: the bar on top of every page; [`heading`]: the title of a page or step, which takes the focus.
//! - [`line`]: one line to type in, with its mistake beside it and, on a kiosk, the [`keypad`] to type it with.
//! - [`stepper`], [`photo`]: counts, and pictures of a material.
//! - [`qr`], [`flow`]: the two drawings.
//! - [`explained`]: words made from a rule.
//! - [`dialog`]: a question that must be answered first.
//! - [`go`]: moving from page to page.

pub mod dialog;
pub mod explained;
pub mod flow;
pub mod go;
pub mod header;
pub mod heading;
pub mod keypad;
pub mod line;
pub mod photo;
pub mod phrases;
pub mod qr;
pub mod stepper;

use crate::kiosk::app::App;
use crate::words::{Phrase, Text};
use leptos::prelude::*;

/// A phrase that follows the language. For use while a component is being set up.
pub fn say(phrase: Phrase) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    let lang = App::get().lang;
    move || phrase.get(lang.get())
}

/// A text that follows the language.
pub fn tell(text: Text) -> impl Fn() -> String + Clone + Send + Sync + 'static {
    let lang = App::get().lang;
    move || text.get(lang.get()).to_owned()
}
