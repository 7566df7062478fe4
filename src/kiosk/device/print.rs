//! The printer: the browser's own dialogue, or with none where a kiosk runs its browser with `--kiosk-printing`. What is
//! loaded into it is known to this machine only, and stays when a kiosk's session ends.

use super::health::{self, Tested};
use super::heartbeat;
use super::net::Failure;
use super::preferences::available;
use crate::api::Part;
use crate::kiosk::app::App;
use crate::words::Text;
use gloo_storage::{LocalStorage, Storage};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::{Set, window_event_listener_untyped};
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{CssMediaRule, CssStyleSheet, Document, Window};

const KEY: &str = "mingbai-paper";
/// How long a browser may take to begin printing, in milliseconds.
const PATIENCE: u32 = 1_500;
/// CSS pixels to a millimetre.
const PIXELS: f64 = 96.0 / 25.4;
/// Millimetres of roll after the content: to tear it off, and for a line that breaks otherwise on paper.
const FEED: f64 = 6.0;

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

/// Prints, and says so where the browser did not take it up.
pub fn start(app: App) {
    spawn_local(async move {
        if !print().await {
            app.trouble.set(Some(Text::new(
                "浏览器没有开始打印。请检查打印机后再试,或者截屏保存",
                "The browser did not begin to print. Check the printer and try again, or take a picture of the screen",
            )));
        }
    });
}

/// Prints the page as the print sheet shows it. Whether the browser took it up: a browser that may not print, or cannot, does
/// nothing and says nothing. Whether paper came out it does not know either: that is asked of the person.
pub async fn print() -> bool {
    let Some(window) = web_sys::window() else { return false };
    lay_out(&window);
    let taken = Rc::new(Cell::new(false));
    let heard = taken.clone();
    let listener = window_event_listener_untyped("beforeprint", move |_| heard.set(true));
    // What a browser without a printer throws is what is answered below.
    let _ = window.print();
    if !taken.get() {
        // On some phones the event comes with the dialogue, which comes a little later.
        TimeoutFuture::new(PATIENCE).await;
    }
    listener.remove();
    taken.get()
}

/// Notes what a person at this kiosk said of its printer, where that changes what is known, and tells the hall.
pub async fn note(app: App, works: bool) -> Result<(), Failure> {
    let tested = health::tested().await;
    let printer = if works { Part::Works } else { Part::Fails };
    if tested.printer != printer {
        health::note_tested(&Tested { printer, at: Some(app.now()), ..tested }).await?;
        heartbeat::send(app).await;
    }
    Ok(())
}

// ── the page ──

thread_local! {
    /// The sheet holds a rule of ours as its last.
    static OURS: Cell<bool> = const { Cell::new(false) };
}

/// Tells the print sheet what the machine prints on. A roll is cut where the content ends: its length is measured with the
/// sheet's own rules, on for a moment in which nothing is painted.
fn lay_out(window: &Window) {
    let Some(document) = window.document() else { return };
    let (Some(root), Some((sheet, rules))) = (document.document_element(), print_sheet(&document)) else { return };
    if OURS.replace(false) {
        // It was the last rule, and is there as long as the sheet is.
        let _ = sheet.css_rules().map(|all| sheet.delete_rule(all.length().saturating_sub(1)));
    }
    if paper() == Paper::A4 {
        // A fixed and valid name cannot be refused; here and below.
        let _ = root.remove_attribute("data-paper");
        return;
    }
    let _ = root.set_attribute("data-paper", "thermal");
    let at = window.scroll_y().unwrap_or_default();
    let _ = root.set_attribute("data-measured", "");
    rules.media().set_media_text("all");
    let length = document.body().map(|body| body.get_bounding_client_rect().height() / PIXELS).unwrap_or_default();
    rules.media().set_media_text("print");
    let _ = root.remove_attribute("data-measured");
    window.scroll_to_with_x_and_y(0.0, at);
    let page = format!("@page {{ size: 80mm {}mm; margin: 0; @bottom-center {{ content: none; }} }}", (length + FEED).ceil());
    // A browser that does not know such a rule prints on its own idea of the paper.
    OURS.set(sheet.insert_rule_with_index(&page, sheet.css_rules().map(|all| all.length()).unwrap_or_default()).is_ok());
}

/// The style sheet of paper, and what in it is for paper only.
fn print_sheet(document: &Document) -> Option<(CssStyleSheet, CssMediaRule)> {
    let sheets = document.style_sheets();
    (0..sheets.length()).find_map(|at| {
        let sheet: CssStyleSheet = sheets.get(at)?.dyn_into().ok()?;
        let all = sheet.css_rules().ok()?;
        let rule = (0..all.length()).find_map(|at| {
            let rule: CssMediaRule = all.get(at)?.dyn_into().ok()?;
            (rule.media().media_text() == "print").then_some(rule)
        })?;
        Some((sheet, rule))
    })
}
