//! The printer: the browser's own dialogue, or with none where a kiosk runs its browser with silent printing. What is
//! loaded into it is known to this machine only, and stays when a kiosk's session ends.

use super::preferences::available;
use gloo_storage::{LocalStorage, Storage};
use serde::{Deserialize, Serialize};

const KEY: &str = "mingbai-paper";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Paper {
    #[default]
    A4,
    /// A roll of 80 mm.
    Thermal,
}

/// What this machine prints on.
pub fn paper() -> Paper {
    if available() { LocalStorage::get(KEY).unwrap_or_default() } else { Paper::default() }
}

/// Remembers what this machine prints on. Where storage is blocked it stays A4, as [`paper`] then tells.
pub fn set_paper(paper: Paper) {
    if available() {
        let _ = LocalStorage::set(KEY, paper);
    }
}

/// Prints the page as the print sheet shows it; `data-paper` at the root tells the sheet what on.
pub fn print() {
    let Some(window) = web_sys::window() else { return };
    if let Some(root) = window.document().and_then(|document| document.document_element()) {
        // A fixed and valid name cannot be refused.
        let _ = match paper() {
            Paper::A4 => root.remove_attribute("data-paper"),
            Paper::Thermal => root.set_attribute("data-paper", "thermal"),
        };
    }
    // A browser without a printer refuses; the person sees that nothing is printed, and the screen stays.
    let _ = window.print();
}
