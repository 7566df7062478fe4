//! Handing a file to the person: a picture on a phone through its own share sheet, which also leads to its pictures; else as
//! a download. An applicant's never on a shared machine, whose files are nobody's.

use super::net::Failure;
use crate::words::Text;
use js_sys::{Array, Reflect};
use leptos::prelude::{document, set_timeout, window};
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DomException, File, FilePropertyBag, HtmlAnchorElement, HtmlCanvasElement, ShareData, Url};

const PNG: &str = "image/png";
/// How long the browser may take to begin with a download.
const BEGINS: Duration = Duration::from_secs(60);

/// Hands over what is drawn on `canvas`, as a picture of that name.
pub async fn hand_over(canvas: &HtmlCanvasElement, name: &str) -> Result<(), Failure> {
    let file = picture(canvas, name).await.map_err(|_| unwritten())?;
    match share(&file).await {
        Some(Ok(())) => Ok(()),
        // Closed by the person, who does not want it after all.
        Some(Err(why)) if why.dyn_ref::<DomException>().is_some_and(|e| e.name() == "AbortError") => Ok(()),
        Some(Err(_)) | None => download(&file, name).map_err(|_| unwritten()),
    }
}

async fn picture(canvas: &HtmlCanvasElement, name: &str) -> Result<File, JsValue> {
    let mut callback = None;
    let drawn = js_sys::Promise::new(&mut |resolve, _| {
        let once = Closure::once_into_js(move |blob: JsValue| resolve.call1(&JsValue::UNDEFINED, &blob));
        callback = Some(once.unchecked_into::<js_sys::Function>());
    });
    canvas.to_blob(&callback.unwrap_or_default())?;
    let blob: Blob = JsFuture::from(drawn).await?.dyn_into()?;
    let kind = FilePropertyBag::new();
    kind.set_type(PNG);
    File::new_with_blob_sequence_and_options(&Array::of1(&blob), name, &kind)
}

/// Where the device is held in the hand and its browser shares files; `None` elsewhere.
async fn share(file: &File) -> Option<Result<(), JsValue>> {
    let navigator = window().navigator();
    let held = window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|touch| touch.matches());
    // The binding would stumble over a browser that lacks it.
    let can = ["share", "canShare"].iter().all(|name| Reflect::has(&navigator, &JsValue::from_str(name)) == Ok(true));
    if !held || !can {
        return None;
    }
    let what = ShareData::new();
    what.set_files(&Array::of1(file));
    if !navigator.can_share_with_data(&what) {
        return None;
    }
    Some(JsFuture::from(navigator.share_with_data(&what)).await.map(drop))
}

/// As a press on a link would.
pub fn download(file: &Blob, name: &str) -> Result<(), JsValue> {
    let address = Url::create_object_url_with_blob(file)?;
    let link: HtmlAnchorElement = document().create_element("a")?.dyn_into()?;
    link.set_href(&address);
    link.set_download(name);
    link.click();
    // The browser reads the file in its own time. An address that is not known any more needs no letting go.
    set_timeout(move || drop(Url::revoke_object_url(&address)), BEGINS);
    Ok(())
}

fn unwritten() -> Failure {
    Failure::Storage(Text::new("图片没有存成。请截屏,或者打印", "The picture could not be saved. Take a picture of the screen, or print"))
}
