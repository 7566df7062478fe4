//! The app in the browser, on kiosks, phones and window desks: pages over the pure floors, and the doors to the device.
//!
//! - [`app`]: what the whole app knows, as signals.
//! - [`pages`], [`parts`]: what people see.
//! - [`device`]: every browser API behind one door each: database, keys, network, camera, scanner, printer.
//! - [`outbox`]: submissions on their way to the hall.

pub mod app;
pub mod device;
pub mod outbox;
pub mod pages;
pub mod parts;

use leptos::prelude::*;

/// Puts the app on the page, in place of the words that were shown while it was loading.
pub fn mount() {
    console_error_panic_hook::set_once();
    if let Some(splash) = document().get_element_by_id("splash") {
        splash.remove();
    }
    leptos::mount::mount_to_body(pages::Root);
}
