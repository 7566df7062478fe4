//! Pictures of a material: taken or chosen, several at once, seen large page by page, replaced, removed. [`read`] makes of
//! a file what is kept, [`shutter`] is a kiosk's camera, [`preview`] shows a page large.

mod preview;
mod read;
mod shutter;

use super::{focus, phrases, say};
use crate::kiosk::app::{App, Photo};
use crate::receipt::Profile;
use crate::submission::media::{self, JPEG, Wrong};
use crate::words::{Phrase, Text};
use leptos::attr::custom::custom_attribute;
use leptos::prelude::*;
use leptos::task::spawn_local;
use preview::Preview;
use shutter::Shutter;
use std::sync::Arc;
use web_sys::{Blob, File, ImageData};

/// What is to become of the pictures of one material. Places count only its own.
pub enum Edit {
    Add(Photo),
    Replace(usize, Photo),
    Remove(usize),
}

impl Edit {
    /// Is there room for what it brings, beside what it leaves? `photos` are those of all materials.
    pub fn fits(&self, photos: &[Photo], material: &str) -> Result<(), Wrong> {
        let (photo, replaced) = match self {
            Edit::Add(photo) => (photo, None),
            Edit::Replace(nth, photo) => (photo, Some(*nth)),
            Edit::Remove(_) => return Ok(()),
        };
        media::room(material, photo.bytes.len(), replaced, photos.iter().map(|p| (p.material.as_str(), p.bytes.len())))
    }

    /// The order of the others stays.
    pub fn apply(self, photos: &mut Vec<Photo>, material: &str) {
        let place = |photos: &[Photo], nth| photos.iter().enumerate().filter(|(_, p)| p.material == material).nth(nth).map(|(at, _)| at);
        match self {
            Edit::Add(photo) => photos.push(photo),
            Edit::Replace(nth, photo) => match place(photos, nth) {
                Some(at) => photos[at] = photo,
                None => photos.push(photo),
            },
            Edit::Remove(nth) => {
                if let Some(at) = place(photos, nth) {
                    photos.remove(at);
                }
            }
        }
    }
}

/// Makes an edit, or says why there is no room for it. It outlives the card: what was being read when somebody left it is
/// kept all the same.
pub type Editor = Arc<dyn Fn(Edit) -> Result<(), Wrong> + Send + Sync>;

/// Where the next picture goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    New,
    InPlaceOf(usize),
}

/// What the parts of the list share.
#[derive(Clone, Copy)]
struct Shared {
    material: StoredValue<String>,
    photos: Signal<Vec<Photo>>,
    edit: StoredValue<Editor>,
    /// Which of how many files is being read.
    reading: RwSignal<Option<(usize, usize)>>,
    busy: RwSignal<bool>,
    /// Files that were refused, and why.
    wrong: RwSignal<Vec<(String, Wrong)>>,
    shooting: RwSignal<Option<Target>>,
    /// The page that is shown large.
    shown: RwSignal<Option<usize>>,
}

impl Shared {
    /// Reads files one after the other, so that they keep their order.
    fn take_files(self, files: Vec<File>, target: Target) {
        if files.is_empty() {
            return;
        }
        self.start();
        let (material, edit, total) = (self.material.get_value(), self.edit.get_value(), files.len());
        spawn_local(async move {
            for (nth, file) in files.iter().enumerate() {
                self.reading.try_set(Some((nth + 1, total)));
                let read = read::file(file).await;
                self.keep(&material, &edit, target, file.name(), read);
            }
            self.end();
        });
    }

    fn take_frame(self, frame: ImageData, target: Target) {
        self.start();
        let (material, edit) = (self.material.get_value(), self.edit.get_value());
        spawn_local(async move {
            let read = read::frame(&frame).await;
            self.keep(&material, &edit, target, "camera.jpg".to_owned(), read);
            self.end();
        });
    }

    fn start(self) {
        self.wrong.set(vec![]);
        self.busy.set(true);
    }

    fn end(self) {
        self.reading.try_set(None);
        self.busy.try_set(false);
    }

    fn keep(self, material: &str, edit: &Editor, target: Target, name: String, read: Result<read::Kept, Wrong>) {
        let kept = read.and_then(|(media_type, bytes)| {
            let photo = Photo::new(material.to_owned(), name.clone(), media_type.to_owned(), bytes);
            edit(match target {
                Target::New => Edit::Add(photo),
                Target::InPlaceOf(nth) => Edit::Replace(nth, photo),
            })
        });
        if let Err(why) = kept {
            self.wrong.try_update(|wrong| wrong.push((name, why)));
        }
    }

    fn remove(self, nth: usize) {
        // There is always room for one less.
        let _ = self.edit.get_value()(Edit::Remove(nth));
        self.wrong.set(vec![]);
        if self.shown.get_untracked().is_none() {
            // The pressed button has gone with its picture: on to the one that took its place, the last, or the way to a new one.
            focus(match self.photos.with_untracked(Vec::len) {
                0 => "[data-test=photos] .photos-ways :is(input, button)".to_owned(),
                left => format!("[data-test=photos] li:nth-child({}) [data-test=photo-open]", (nth + 1).min(left)),
            });
        }
    }
}

/// The pictures of one material: those there are, and the ways to add one.
#[component]
pub fn Photos(
    #[prop(into)] material: String,
    photos: Signal<Vec<Photo>>,
    edit: Editor,
    /// Is a picture being read? Whoever goes on meanwhile would submit without it.
    busy: RwSignal<bool>,
) -> impl IntoView {
    let app = App::get();
    let shared = Shared {
        material: StoredValue::new(material),
        photos,
        edit: StoredValue::new(edit),
        reading: RwSignal::new(None),
        busy,
        wrong: RwSignal::new(vec![]),
        shooting: RwSignal::new(None),
        shown: RwSignal::new(None),
    };
    let shot = Callback::new(move |frame: ImageData| {
        let target = shared.shooting.get_untracked().unwrap_or(Target::New);
        shared.shooting.set(None);
        shared.take_frame(frame, target);
    });
    let is_shown = Memo::new(move |_| shared.shown.get().is_some());
    let progress = move || {
        let lang = app.lang.get();
        match shared.reading.get() {
            Some((nth, total)) if total > 1 => Some(format!("{} {nth} / {total}", phrases::PHOTO_BUSY.get(lang))),
            _ => busy.get().then(|| phrases::PHOTO_BUSY.get(lang).to_owned()),
        }
    };
    view! {
        <div class="photos" data-test="photos" aria-busy=move || busy.get().to_string()>
            <p class="line-hint">
                {say(phrases::PHOTO_HINT)}
                {move || (app.profile.get() != Profile::Kiosk).then(|| phrases::PHOTO_HINT_PDF.get(app.lang.get()))}
            </p>
            <ul class="photos-list">
                {move || photos.get().into_iter().enumerate().map(|(at, photo)| view! { <Thumb shared photo at /> }).collect_view()}
            </ul>
            <Ways shared target=Target::New />
            <p class="quiet" role="status" data-test="photo-progress">{progress}</p>
            <div role="alert" data-test="photo-wrong">
                {move || shared.wrong.get().into_iter().map(|(name, why)| view! {
                    <p class="wrong"><span class="photos-name">{name}</span> ": " {why.say().get(app.lang.get()).to_owned()}</p>
                }).collect_view()}
            </div>
            {move || is_shown.get().then(|| view! { <Preview shared /> })}
            {move || shared.shooting.get().map(|_| view! {
                <Shutter on_shot=shot on_cancel=Callback::new(move |()| shared.shooting.set(None)) />
            })}
        </div>
    }
}

/// The ways to a picture on this device: a kiosk's files are nobody's, so that only its camera is offered.
#[component]
fn Ways(shared: Shared, target: Target) -> impl IntoView {
    let app = App::get();
    let replaces = target != Target::New;
    let chosen = move |event: leptos::ev::Event| {
        let input: web_sys::HtmlInputElement = event_target(&event);
        let list = input.files();
        let files = list.iter().flat_map(|list| (0..list.length()).filter_map(|at| list.get(at))).collect();
        // The same file may be chosen again after it was removed.
        input.set_value("");
        shared.take_files(files, target);
    };
    let (take, choose) = if replaces { ("photo-retake", "photo-replace") } else { ("photo-take", "photo") };
    let (take_words, choose_words) = match replaces {
        true => (phrases::PHOTO_RETAKE, phrases::PHOTO_REPLACE),
        false => (phrases::PHOTO_CAMERA, phrases::PHOTO_CHOOSE),
    };
    view! {
        <div class="photos-ways">
            {move || match app.profile.get() {
                Profile::Kiosk => view! {
                    <button
                        type="button"
                        class="button"
                        data-test=choose
                        disabled=move || shared.busy.get()
                        on:click=move |_| shared.shooting.set(Some(target))
                    >
                        {say(take_words)}
                    </button>
                }
                    .into_any(),
                _ => view! {
                    <label class="button photos-choose">
                        <input
                            class="photos-input"
                            data-test=take
                            type="file"
                            accept="image/*"
                            disabled=move || shared.busy.get()
                            {..custom_attribute("capture", "environment")}
                            on:change=chosen
                        />
                        {say(take_words)}
                    </label>
                    <label class="button photos-choose">
                        <input
                            class="photos-input"
                            data-test=choose
                            type="file"
                            accept="image/*,application/pdf"
                            multiple=!replaces
                            disabled=move || shared.busy.get()
                            on:change=chosen
                        />
                        {say(choose_words)}
                    </label>
                }
                    .into_any(),
            }}
        </div>
    }
}

/// One picture, small: tapped, it is shown large.
#[component]
fn Thumb(shared: Shared, photo: Photo, at: usize) -> impl IntoView {
    let app = App::get();
    let url = (photo.media_type == JPEG).then(|| address(&photo)).flatten();
    let page = move |word: Phrase| {
        let lang = app.lang.get();
        format!("{}: {}", word.get(lang), page(at, shared.photos.with(Vec::len)).get(lang))
    };
    let name = photo.name;
    view! {
        <li class="photos-one" data-test="photo-page">
            <button
                type="button"
                class="photos-open"
                data-test="photo-open"
                aria-label=move || page(phrases::PHOTO_LOOK)
                on:click=move |_| {
                    // What was refused before is not about this page.
                    shared.wrong.set(vec![]);
                    shared.shown.set(Some(at));
                }
            >
                {match url {
                    Some(url) => view! { <img class="photos-picture" src=url alt="" /> }.into_any(),
                    None => view! { <span class="photos-file"><strong>"PDF"</strong> <span>{name}</span></span> }.into_any(),
                }}
                <span class="photos-number" aria-hidden="true">{at + 1}</span>
            </button>
            <button
                type="button"
                class="button small"
                data-test="photo-remove"
                aria-label=move || page(phrases::PHOTO_REMOVE)
                disabled=move || shared.busy.get()
                on:click=move |_| shared.remove(at)
            >
                {say(phrases::PHOTO_REMOVE)}
            </button>
        </li>
    }
}

/// "Page 2 of 3".
fn page(at: usize, total: usize) -> Text {
    let nth = at + 1;
    Text { zh: format!("第 {nth} 页,共 {total} 页"), en: format!("page {nth} of {total}") }
}

/// An address at which an element can show a picture, until its owner goes.
fn address(photo: &Photo) -> Option<String> {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(&*photo.bytes));
    let kind = web_sys::BlobPropertyBag::new();
    kind.set_type(&photo.media_type);
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &kind).ok()?;
    let url = web_sys::Url::create_object_url_with_blob(&blob).ok()?;
    on_cleanup({
        let url = url.clone();
        move || {
            // Refused only for an address that is gone already.
            let _ = web_sys::Url::revoke_object_url(&url);
        }
    });
    Some(url)
}
