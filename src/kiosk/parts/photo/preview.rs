//! One page large, and from there to the others; there it is replaced or removed.

use super::{Shared, Target, Ways, address, page};
use crate::kiosk::app::App;
use crate::kiosk::parts::dialog::Dialog;
use crate::kiosk::parts::{phrases, say};
use crate::submission::media::{JPEG, look};
use crate::words::Text;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// Open while a page is shown.
#[component]
pub fn Preview(shared: Shared) -> impl IntoView {
    let app = App::get();
    // The page after one that was removed takes its place; after the last there is only the one before. Both in one: what
    // depends on two memos of which one depends on the other may miss a change.
    let place = Memo::new(move |_| {
        let total = shared.photos.with(Vec::len);
        (shared.shown.get().unwrap_or_default().min(total.saturating_sub(1)), total)
    });
    let at = move || place.get().0;
    let go = move |forward: bool| {
        let (at, total) = place.get_untracked();
        match forward {
            true if at + 1 < total => shared.shown.set(Some(at + 1)),
            false if at > 0 => shared.shown.set(Some(at - 1)),
            _ => {}
        }
    };
    let key = move |event: KeyboardEvent| match event.key().as_str() {
        "ArrowRight" | "PageDown" => go(true),
        "ArrowLeft" | "PageUp" => go(false),
        _ => {}
    };
    let close = Callback::new(move |()| shared.shown.set(None));
    let remove = move |_| {
        let (at, total) = place.get_untracked();
        if total <= 1 {
            shared.shown.set(None);
        }
        shared.remove(at);
    };
    let title = Signal::derive(move || {
        let (at, total) = place.get();
        page(at, total).get(app.lang.get()).to_owned()
    });
    view! {
        <Dialog title test="preview" on_cancel=close>
            <div class="photos-preview" on:keydown=key>
                {move || {
                    let photo = shared.photos.with(|photos| photos.get(at()).cloned());
                    photo.map(|photo| match address(&photo) {
                        Some(url) if photo.media_type == JPEG => view! {
                            <img class="photos-large" data-test="preview-picture" src=url alt=move || title.get() />
                        }
                            .into_any(),
                        url => {
                            let pages = look(&photo.bytes).ok().and_then(|seen| seen.pages).map(|pages| Text {
                                zh: format!("{pages} 页"),
                                en: format!("{pages} pages"),
                            });
                            view! {
                                <p class="photos-document" data-test="preview-document">
                                    <strong>"PDF"</strong> " " <span>{photo.name}</span> " "
                                    {move || pages.as_ref().map(|pages| pages.get(app.lang.get()).to_owned())}
                                </p>
                                {url.map(|url| view! {
                                    <a class="button" href=url target="_blank" rel="noopener">{say(phrases::PHOTO_OPEN_PDF)}</a>
                                })}
                            }
                                .into_any()
                        }
                    })
                }}
                <div class="buttons">
                    <button
                        type="button"
                        class="button"
                        data-test="preview-before"
                        aria-disabled=move || (at() == 0).to_string()
                        on:click=move |_| go(false)
                    >
                        {say(phrases::PHOTO_BEFORE)}
                    </button>
                    <button
                        type="button"
                        class="button"
                        data-test="preview-after"
                        aria-disabled=move || {
                            let (at, total) = place.get();
                            (at + 1 >= total).to_string()
                        }
                        on:click=move |_| go(true)
                    >
                        {say(phrases::PHOTO_AFTER)}
                    </button>
                </div>
                {move || view! { <Ways shared target=Target::InPlaceOf(at()) /> }}
                <p class="quiet" role="status">{move || shared.busy.get().then(|| phrases::PHOTO_BUSY.get(app.lang.get()))}</p>
                <div role="alert">
                    {move || shared.wrong.get().into_iter().map(|(_, why)| view! {
                        <p class="wrong">{why.say().get(app.lang.get()).to_owned()}</p>
                    }).collect_view()}
                </div>
                <div class="buttons">
                    <button type="button" class="button danger" data-test="preview-remove" disabled=move || shared.busy.get() on:click=remove>
                        {say(phrases::PHOTO_REMOVE)}
                    </button>
                    <button type="button" class="button primary" data-test="preview-close" on:click=move |_| close.run(())>
                        {say(phrases::PHOTO_CLOSE)}
                    </button>
                </div>
            </div>
        </Dialog>
    }
}
