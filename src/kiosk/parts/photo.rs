//! Pictures of a material. A picture is drawn anew at a size that a clerk can read, which leaves behind what cameras
//! write into their files (place, time, device). A PDF goes as it is.

use super::dialog::Dialog;
use super::{phrases, say, tell};
use crate::kiosk::app::{App, Photo};
use crate::kiosk::device::camera::Camera;
use crate::receipt::Profile;
use crate::words::{Phrase, Text};
use leptos::attr::custom::custom_attribute;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{Clamped, JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, ImageBitmap, ImageData};

/// The most pictures of one material.
const MOST: usize = 3;
/// The largest file that is kept, in bytes.
const LARGEST: usize = 8 * 1024 * 1024;
/// The largest picture that is read at all, in bytes, before it is drawn anew.
const LARGEST_READ: f64 = 40.0 * 1024.0 * 1024.0;
/// The longer side of a kept picture, in pixels.
const SIDE: f64 = 2000.0;
const JPEG: &str = "image/jpeg";
const PDF: &str = "application/pdf";

/// The pictures of one material: those there are, and the way to add one.
#[component]
pub fn Photos(
    #[prop(into)] material: String,
    photos: Signal<Vec<Photo>>,
    on_add: Callback<Photo>,
    on_remove: Callback<usize>,
    /// Is a picture being read? Whoever leaves meanwhile would lose it.
    busy: RwSignal<bool>,
) -> impl IntoView {
    let app = App::get();
    // Whatever an earlier card left unfinished is not this one's.
    busy.set(false);
    let wrong = RwSignal::new(None::<Text>);
    let shooting = RwSignal::new(false);
    let material = StoredValue::new(material);
    let keep = move |name: String, media_type: &str, bytes: Result<Vec<u8>, Phrase>| {
        // The card may have been left, or its material disclaimed, while the picture was being read.
        busy.try_set(false);
        let Some(full) = photos.try_with_untracked(|photos| photos.len() >= MOST) else { return };
        match bytes {
            Err(phrase) => wrong.set(Some(phrase.text())),
            Ok(_) if full => wrong.set(Some(phrases::PHOTO_TOO_MANY.text())),
            Ok(bytes) if bytes.len() > LARGEST => wrong.set(Some(phrases::PHOTO_TOO_LARGE.text())),
            Ok(bytes) => {
                wrong.set(None);
                on_add.run(Photo { material: material.get_value(), name, media_type: media_type.to_owned(), bytes });
            }
        }
    };
    let chosen = move |event: leptos::ev::Event| {
        let input: web_sys::HtmlInputElement = event_target(&event);
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        // The same file may be chosen again after it was removed.
        input.set_value("");
        busy.set(true);
        spawn_local(async move {
            let name = file.name();
            match file.type_().as_str() {
                PDF if file.size() > LARGEST as f64 => keep(name, PDF, Err(phrases::PHOTO_TOO_LARGE)),
                PDF => {
                    let bytes = bytes(&file).await;
                    keep(name, PDF, bytes.map_err(|_| phrases::PHOTO_UNREADABLE));
                }
                kind if kind.starts_with("image/") && file.size() <= LARGEST_READ => {
                    let bytes = redrawn(&file).await;
                    keep(name, JPEG, bytes.map_err(|_| phrases::PHOTO_UNREADABLE));
                }
                kind if kind.starts_with("image/") => keep(name, JPEG, Err(phrases::PHOTO_TOO_LARGE)),
                _ => keep(name, JPEG, Err(phrases::PHOTO_KIND)),
            }
        });
    };
    let shot = Callback::new(move |frame: ImageData| {
        shooting.set(false);
        busy.set(true);
        spawn_local(async move {
            let bytes = from_camera(&frame).await;
            keep("camera.jpg".to_owned(), JPEG, bytes.map_err(|_| phrases::PHOTO_UNREADABLE));
        });
    });
    let full = move || photos.with(Vec::len) >= MOST;
    view! {
        <div class="photos">
            <p class="line-hint">{say(phrases::PHOTO_HINT)}</p>
            <ul class="photos-list">
                {move || photos.get().into_iter().enumerate().map(|(at, photo)| view! { <Thumb photo at on_remove /> }).collect_view()}
            </ul>
            {move || match (full(), app.profile.get()) {
                (true, _) => ().into_any(),
                // A kiosk's files are nobody's: only its camera is offered.
                (false, Profile::Kiosk) => view! {
                    <button type="button" class="button" data-test="photo" on:click=move |_| shooting.set(true)>
                        {say(phrases::PHOTO_CAMERA)}
                    </button>
                }
                    .into_any(),
                (false, _) => view! {
                    <label class="button photos-choose">
                        <input
                            class="photos-input"
                            data-test="photo"
                            type="file"
                            accept="image/*,application/pdf"
                            {..custom_attribute("capture", "environment")}
                            on:change=chosen
                        />
                        {say(phrases::PHOTO)}
                    </label>
                }
                    .into_any(),
            }}
            <p class="quiet" role="status">{move || busy.get().then(|| phrases::PHOTO_BUSY.get(app.lang.get()))}</p>
            <p class="wrong" role="alert">{move || wrong.get().map(|w| w.get(app.lang.get()).to_owned())}</p>
            {move || shooting.get().then(|| view! { <Shutter on_shot=shot on_cancel=Callback::new(move |()| shooting.set(false)) /> })}
        </div>
    }
}

/// One picture, small, with its remove button.
#[component]
fn Thumb(photo: Photo, at: usize, on_remove: Callback<usize>) -> impl IntoView {
    let url = (photo.media_type == JPEG).then(|| object_url(&photo.bytes)).flatten();
    if let Some(url) = url.clone() {
        on_cleanup(move || {
            // Refused only for a URL that is gone already.
            let _ = web_sys::Url::revoke_object_url(&url);
        });
    }
    let remove = say(phrases::PHOTO_REMOVE);
    let name = photo.name.clone();
    view! {
        <li class="photos-one">
            {match url {
                Some(url) => view! { <img class="photos-picture" src=url alt=photo.name.clone() /> }.into_any(),
                None => view! { <span class="photos-file">{photo.name.clone()}</span> }.into_any(),
            }}
            <button
                type="button"
                class="button small"
                aria-label=move || format!("{} {name}", remove())
                on:click=move |_| on_remove.run(at)
            >
                {remove}
            </button>
        </li>
    }
}

/// The kiosk's own camera, live, until the button is pressed.
#[component]
fn Shutter(on_shot: Callback<ImageData>, on_cancel: Callback<()>) -> impl IntoView {
    let app = App::get();
    let video = NodeRef::<html::Video>::new();
    let camera = StoredValue::new_local(None::<Camera>);
    let live = RwSignal::new(false);
    let wrong = RwSignal::new(None::<Text>);
    Effect::new(move |_| {
        let Some(video) = video.get() else { return };
        spawn_local(async move {
            match Camera::start(&video, None).await {
                Ok(started) => {
                    // The dialogue may have been closed meanwhile: then the camera must not stay on.
                    if live.try_set(true).is_some() {
                        started.stop();
                    } else {
                        camera.set_value(Some(started));
                    }
                }
                Err(refused) => {
                    wrong.try_set(Some(refused.say()));
                }
            }
        });
    });
    on_cleanup(move || {
        camera.try_update_value(|camera| {
            if let Some(camera) = camera.take() {
                camera.stop();
            }
        });
    });
    let shoot = move |_| {
        let frame = camera.with_value(|camera| camera.as_ref().and_then(Camera::frame));
        if let Some(frame) = frame {
            on_shot.run(frame);
        }
    };
    view! {
        <Dialog title=tell(phrases::PHOTO_CAMERA.text()) test="shutter" on_cancel>
            <p class="dialog-text">{say(phrases::SHUTTER_HOW)}</p>
            <video class="photos-live" node_ref=video muted playsinline></video>
            <p class="quiet" role="status">
                {move || (!live.get() && wrong.get().is_none()).then(|| phrases::CAMERA_STARTS.get(app.lang.get()))}
            </p>
            <p class="wrong" role="alert">{move || wrong.get().map(|w| w.get(app.lang.get()).to_owned())}</p>
            <div class="buttons">
                <button type="button" class="button" on:click=move |_| on_cancel.run(())>{say(phrases::CANCEL)}</button>
                <button type="button" class="button primary" disabled=move || !live.get() on:click=shoot>{say(phrases::SHUTTER)}</button>
            </div>
        </Dialog>
    }
}

fn object_url(bytes: &[u8]) -> Option<String> {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    let kind = web_sys::BlobPropertyBag::new();
    kind.set_type(JPEG);
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &kind).ok()?;
    web_sys::Url::create_object_url_with_blob(&blob).ok()
}

async fn bytes(blob: &Blob) -> Result<Vec<u8>, JsValue> {
    let buffer = JsFuture::from(blob.array_buffer()).await?;
    Ok(js_sys::Uint8Array::new(&buffer).to_vec())
}

/// A picture file, drawn anew as JPEG. The browser turns it upright first.
async fn redrawn(file: &Blob) -> Result<Vec<u8>, JsValue> {
    let bitmap: ImageBitmap = JsFuture::from(window().create_image_bitmap_with_blob(file)?).await?.dyn_into()?;
    let (width, height) = (f64::from(bitmap.width()), f64::from(bitmap.height()));
    let (canvas, context, width, height) = canvas(width, height)?;
    context.draw_image_with_image_bitmap_and_dw_and_dh(&bitmap, 0.0, 0.0, width, height)?;
    bitmap.close();
    jpeg(&canvas).await
}

/// A frame of the camera, as JPEG.
async fn from_camera(frame: &ImageData) -> Result<Vec<u8>, JsValue> {
    let plain = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&frame.data()), frame.width(), frame.height())?;
    let bitmap: ImageBitmap = JsFuture::from(window().create_image_bitmap_with_image_data(&plain)?).await?.dyn_into()?;
    let (canvas, context, width, height) = canvas(f64::from(frame.width()), f64::from(frame.height()))?;
    context.draw_image_with_image_bitmap_and_dw_and_dh(&bitmap, 0.0, 0.0, width, height)?;
    jpeg(&canvas).await
}

/// A canvas for a picture of that size, scaled down to [`SIDE`].
fn canvas(width: f64, height: f64) -> Result<(HtmlCanvasElement, CanvasRenderingContext2d, f64, f64), JsValue> {
    let scale = (SIDE / width.max(height)).min(1.0);
    let (width, height) = ((width * scale).round(), (height * scale).round());
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.dyn_into()?;
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d")?.ok_or(JsValue::NULL)?.dyn_into()?;
    Ok((canvas, context, width, height))
}

async fn jpeg(canvas: &HtmlCanvasElement) -> Result<Vec<u8>, JsValue> {
    /// Enough to read small print by.
    const QUALITY: f64 = 0.85;
    let (send, receive) = promised();
    canvas.to_blob_with_type_and_encoder_options(&send, JPEG, &QUALITY.into())?;
    let blob: Blob = JsFuture::from(receive).await?.dyn_into()?;
    bytes(&blob).await
}

/// A callback and the promise of what it will be called with.
fn promised() -> (js_sys::Function, js_sys::Promise) {
    let mut callback = None;
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let once = Closure::once_into_js(move |blob: JsValue| resolve.call1(&JsValue::UNDEFINED, &blob));
        callback = Some(once.unchecked_into());
    });
    (callback.unwrap_or_default(), promise)
}
