//! What pages are made of. A part knows how something is shown and typed; what is asked, and why, is the pages' business.
//!
//! - [`header`]: the bar on top of every page; [`heading`]: the title of a page or step, which takes the focus.
//! - [`line`]: one line to type in, with its mistake beside it and, on a kiosk, the [`keypad`] to type it with.
//! - [`stepper`], [`photo`]: counts, and pictures of a material.
//! - [`qr`], [`flow`]: the two drawings. [`picture`]: a receipt for a phone's album; [`progress`]: the code that leads to its page.
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
pub mod picture;
pub mod progress;
pub mod qr;
pub mod stepper;

use crate::kiosk::app::App;
use crate::words::{Phrase, Text};
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsCast;

/// A phrase that follows the language. For use while a component is being set up.
pub fn say(phrase: Phrase) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    let lang = App::get().lang;
    move || phrase.get(lang.get())
}

/// The first element that fits gets the focus, once what has changed is drawn.
pub fn focus(selector: impl Into<String>) {
    let selector = selector.into();
    request_animation_frame(move || {
        if let Ok(Some(element)) = document().query_selector(&selector) {
            // What cannot take the focus is on the screen all the same.
            let _ = element.unchecked_into::<web_sys::HtmlElement>().focus();
        }
    });
}

/// Does `work` again and again, for as long as the component that asks is on the page.
pub fn every(period: Duration, work: impl Fn() + 'static) {
    // Without timers nothing moves by itself; what is pressed works all the same.
    if let Ok(timer) = set_interval_with_handle(work, period) {
        on_cleanup(move || timer.clear());
    }
}

/// A text that follows the language.
pub fn tell(text: Text) -> impl Fn() -> String + Clone + Send + Sync + 'static {
    let lang = App::get().lang;
    move || text.get(lang.get()).to_owned()
}
