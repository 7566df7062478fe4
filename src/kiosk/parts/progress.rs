//! The way to the page that shows where a submission stands, for a phone: a code with the page's address. The address holds
//! the receipt's own id, which nobody can guess; short numbers count up and would let anybody look through them.

use super::phrases;
use super::qr::Qr;
use leptos::prelude::*;
use uuid::Uuid;

/// As this machine reaches the hall, so the phone will: kiosks and desks are to open the address that the public has.
pub fn address(id: &Uuid) -> String {
    // Every page that runs has an address.
    format!("{}/s/{id}", window().location().origin().unwrap_or_default())
}

#[component]
pub fn ProgressCode(id: Uuid) -> impl IntoView {
    view! { <Qr text=address(&id) label=phrases::PROGRESS_QR test="progress-qr" /> }
}
