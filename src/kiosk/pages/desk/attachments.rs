//! The attachments of a case, page by page. A page is fetched when the clerk opens it: the hall notes who opened what. One
//! that is damaged or missing says so in its own place and leaves the others alone.

use super::case::{Open, point_words};
use super::{phrases, say, tell};
use crate::api::CaseView;
use crate::kiosk::device::net;
use crate::kiosk::parts::dialog::Dialog;
use crate::submission::media::PDF;
use crate::words::{Lang, Phrase, Text};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::{HtmlImageElement, Url};

/// How large a picture is shown, in hundredths of the size at which the whole of it is seen.
const ZOOMS: [u16; 6] = [100, 150, 200, 300, 400, 600];

/// One attachment, and what has been fetched of it. Its address lives as long as the case is on the page.
#[derive(Clone)]
struct Page {
    path: String,
    material: String,
    is_pdf: bool,
    kilobytes: u64,
    /// Its place among the pages of its material, from 1, and how many these are.
    nth: usize,
    total: usize,
    found: RwSignal<Option<Result<String, Text>>>,
    fetching: RwSignal<bool>,
}

/// The pages by material, in the order in which the materials first come.
fn pages(filed: &CaseView) -> Vec<Page> {
    let attachments = &filed.submission.attachments;
    let mut order: Vec<&str> = Vec::new();
    for attachment in attachments {
        if !order.contains(&attachment.material.as_str()) {
            order.push(&attachment.material);
        }
    }
    let of = |material: &str| {
        let own: Vec<_> = attachments.iter().enumerate().filter(|(_, a)| a.material == material).collect();
        let total = own.len();
        let page = move |(nth, (at, attachment)): (usize, (usize, &crate::submission::Attachment))| Page {
            path: format!("/cases/{}/attachments/{at}", filed.short_number),
            material: attachment.material.clone(),
            is_pdf: attachment.media_type == PDF,
            kilobytes: attachment.length.div_ceil(1024),
            nth: nth + 1,
            total,
            found: RwSignal::new(None),
            fetching: RwSignal::new(false),
        };
        own.into_iter().enumerate().map(page).collect::<Vec<_>>()
    };
    order.into_iter().flat_map(of).collect()
}

impl Page {
    /// Fetches it, unless that is done or under way. What failed is fetched again when it is asked for again.
    fn fetch(&self) {
        if self.fetching.get_untracked() || self.found.with_untracked(|found| matches!(found, Some(Ok(_)))) {
            return;
        }
        let Page { path, found, fetching, .. } = self.clone();
        fetching.set(true);
        spawn_local(async move {
            let url = net::get_blob_url(&path).await.map_err(|failure| failure.say());
            // Given back when the page has been left meanwhile.
            if let Some(Some(Ok(url))) = found.try_set(Some(url)) {
                revoke(&url);
            }
            fetching.try_set(false);
        });
    }

    fn words(&self, open: Open, lang: Lang) -> String {
        let material = point_words(open.item.get().as_deref(), &format!("material.{}", self.material));
        let (nth, total) = (self.nth, self.total);
        format!("{} {nth} / {total}", material.get(lang))
    }
}

fn revoke(url: &str) {
    // An address that is already gone needs no revoking.
    let _ = Url::revoke_object_url(url);
}

/// Every page as a tile that opens it; empty for a case without attachments.
#[component]
pub fn Attachments(open: Open, filed: std::sync::Arc<CaseView>) -> impl IntoView {
    let app = open.app;
    let pages = pages(&filed);
    let none = pages.is_empty();
    let shown = RwSignal::new(None::<usize>);
    on_cleanup({
        let pages = pages.clone();
        move || {
            for page in pages {
                if let Some(Some(Ok(url))) = page.found.try_get_untracked() {
                    revoke(&url);
                }
            }
        }
    });
    let is_shown = Memo::new(move |_| shown.get().is_some());
    let tiles = pages.iter().cloned().enumerate().map(|(at, page)| {
        let (label, kind) = (page.clone(), if page.is_pdf { phrases::PAGE_PDF } else { phrases::PAGE_PICTURE });
        let picture = !page.is_pdf;
        view! {
            <li>
                <button class="desk-leaf" type="button" data-test="page" data-material=page.material.clone() on:click=move |_| shown.set(Some(at))>
                    {move || match page.found.get() {
                        Some(Ok(url)) if picture => view! { <img src=url alt="" /> }.into_any(),
                        Some(Err(_)) => view! { <span class="desk-page-blank desk-wrong">{say(phrases::PHOTO_FAILED)}</span> }.into_any(),
                        _ => view! { <span class="desk-page-blank">{say(kind)} <small>{page.kilobytes} " KB"</small></span> }.into_any(),
                    }}
                    <span>{move || label.words(open, app.lang.get())}</span>
                </button>
            </li>
        }
    });
    let tiles = tiles.collect_view();
    (!none).then(|| {
        view! {
            <section class="desk-block" data-test="photos">
                <h2>{say(phrases::PHOTOS)}</h2>
                <p class="desk-quiet">{say(phrases::PAGES_NOTED)}</p>
                <ul class="desk-pages">{tiles}</ul>
                {move || is_shown.get().then(|| view! { <Viewer open pages=pages.clone() shown /> })}
            </section>
        }
    })
}

/// One page large.
#[component]
fn Viewer(open: Open, pages: Vec<Page>, shown: RwSignal<Option<usize>>) -> impl IntoView {
    let app = open.app;
    let last = pages.len() - 1;
    let pages = StoredValue::new(pages);
    let at = Memo::new(move |_| shown.get().unwrap_or_default().min(last));
    let page = move || pages.with_value(|pages| pages[at.get()].clone());
    let (zoom, turn) = (RwSignal::new(0_usize), RwSignal::new(0_u16));
    // Another page starts upright and whole.
    Effect::new(move |_| {
        page().fetch();
        zoom.set(0);
        turn.set(0);
    });
    let go = move |forward: bool| {
        let at = at.get_untracked();
        shown.set(Some(if forward { (at + 1).min(last) } else { at.saturating_sub(1) }));
    };
    let enlarge =
        move |more: bool| zoom.update(|zoom| *zoom = if more { (*zoom + 1).min(ZOOMS.len() - 1) } else { zoom.saturating_sub(1) });
    let rotate = move || turn.update(|turn| *turn = (*turn + 90) % 360);
    let key = move |event: KeyboardEvent| match event.key().as_str() {
        "ArrowRight" | "PageDown" => go(true),
        "ArrowLeft" | "PageUp" => go(false),
        "+" | "=" => enlarge(true),
        "-" => enlarge(false),
        "r" | "R" => rotate(),
        _ => {}
    };
    let close = Callback::new(move |()| shown.set(None));
    let title = Signal::derive(move || page().words(open, app.lang.get()));
    let act = move |word: &'static str, phrase: Phrase, off: Signal<bool>, act: Callback<()>| {
        view! {
            <button class="desk-button small" type="button" data-test=word aria-disabled=move || off.get().to_string() on:click=move |_| act.run(())>
                {say(phrase)}
            </button>
        }
    };
    let of_picture = Signal::derive(move || page().is_pdf);
    view! {
        <Dialog title test="viewer" on_cancel=close>
            <div class="desk-viewer" data-page=move || at.get().to_string() on:keydown=key>
                <div class="desk-row" role="toolbar" aria-label=say(phrases::PHOTOS)>
                    {act("page-before", phrases::PAGE_BEFORE, Signal::derive(move || at.get() == 0), Callback::new(move |()| go(false)))}
                    {act("page-after", phrases::PAGE_AFTER, Signal::derive(move || at.get() == last), Callback::new(move |()| go(true)))}
                    {act("zoom-in", phrases::ZOOM_IN, of_picture, Callback::new(move |()| enlarge(true)))}
                    {act("zoom-out", phrases::ZOOM_OUT, of_picture, Callback::new(move |()| enlarge(false)))}
                    {act("rotate", phrases::ROTATE, of_picture, Callback::new(move |()| rotate()))}
                    {act("close-viewer", phrases::CLOSE, Signal::stored(false), close)}
                </div>
                <p class="desk-quiet">{say(phrases::PAGE_KEYS)}</p>
                <div class="desk-viewer-room" tabindex="0">
                    {move || {
                        let page = page();
                        let again = page.clone();
                        match page.found.get() {
                            None => view! { <p class="desk-quiet" role="status">{say(phrases::CHECKING)}</p> }.into_any(),
                            Some(Err(why)) => view! {
                                <p class="desk-wrong" role="alert" data-test="page-failed">{say(phrases::PHOTO_FAILED)} ": " {tell(why)}</p>
                                <button
                                    class="desk-button"
                                    type="button"
                                    disabled=move || again.fetching.get()
                                    on:click={
                                        let page = page.clone();
                                        move |_| page.fetch()
                                    }
                                >
                                    {say(phrases::PAGE_AGAIN)}
                                </button>
                            }
                                .into_any(),
                            Some(Ok(url)) if page.is_pdf => {
                                let file = format!("{}-{}.pdf", page.material, page.nth);
                                view! {
                                    <div class="desk-row" data-test="page-pdf">
                                        <a class="desk-button primary" href=url.clone() target="_blank" rel="noopener">{say(phrases::OPEN_PDF)}</a>
                                        <a class="desk-button" href=url download=file>{say(phrases::SAVE_PDF)}</a>
                                    </div>
                                }
                                    .into_any()
                            }
                            Some(Ok(url)) => view! { <Sheet url title zoom turn /> }.into_any(),
                        }
                    }}
                </div>
            </div>
        </Dialog>
    }
}

/// A picture at its zoom and turn. The sheet has the size of the turned picture, so that all of it can be scrolled to.
#[component]
fn Sheet(url: String, title: Signal<String>, zoom: RwSignal<usize>, turn: RwSignal<u16>) -> impl IntoView {
    // Width by height of the picture as it is; known once it is loaded.
    let shape = RwSignal::new(1.0_f64);
    let loaded = move |event: leptos::ev::Event| {
        let picture: HtmlImageElement = event_target(&event);
        shape.set(f64::from(picture.natural_width().max(1)) / f64::from(picture.natural_height().max(1)));
    };
    let lies = move || turn.get() % 180 != 0;
    let sheet = move || if lies() { 1.0 / shape.get() } else { shape.get() };
    let percent = move || ZOOMS[zoom.get()];
    view! {
        <div
            class="desk-viewer-sheet"
            style:aspect-ratio=move || sheet().to_string()
            style:width=move || format!("calc({} * min(100cqw, 100cqh * {}))", f64::from(percent()) / 100.0, sheet())
        >
            <img
                data-test="page-picture"
                src=url
                alt=move || title.get()
                data-turn=move || turn.get().to_string()
                data-zoom=move || percent().to_string()
                style:width=move || format!("{}%", if lies() { 100.0 * shape.get() } else { 100.0 })
                style:rotate=move || format!("{}deg", turn.get())
                on:load=loaded
            />
        </div>
    }
}
