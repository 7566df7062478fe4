//! Second copies of what must not be lost, in the browser's cache storage, apart from the database: a browser that finds a
//! site's databases damaged, after a power cut for instance, removes all of them without a word (Chromium does). Whatever
//! fails here is as if there were no copy.

use super::clock::within;
use js_sys::{Array, ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Cache, Request, Response};

/// Not named as the service worker's caches are, which it clears away with its old versions.
const CACHE: &str = "copies";
/// Where they lie; nothing is ever fetched from there.
const PLACE: &str = "/copies/";
/// Making a copy, or removing one, keeps nobody waiting for longer than this, in milliseconds.
const PATIENCE: u32 = 5_000;
/// The same for looking at what there is, for which nobody waits.
const PATIENCE_READ: u32 = 60_000;

/// Whether it is stored now.
pub async fn put(name: &str, bytes: &[u8]) -> bool {
    let put = async {
        let content = Response::new_with_opt_js_u8_array(Some(&Uint8Array::from(bytes))).ok()?;
        JsFuture::from(open().await?.put_with_str(&place(name), &content)).await.ok()
    };
    within(PATIENCE, put).await.flatten().is_some()
}

pub async fn get(name: &str) -> Option<Vec<u8>> {
    let get = async {
        // Undefined when there is none, which is no response.
        let found: Response = JsFuture::from(open().await?.match_with_str(&place(name))).await.ok()?.dyn_into().ok()?;
        let bytes: ArrayBuffer = JsFuture::from(found.array_buffer().ok()?).await.ok()?.dyn_into().ok()?;
        Some(Uint8Array::new(&bytes).to_vec())
    };
    within(PATIENCE_READ, get).await.flatten()
}

/// The names of all copies; `None` when they cannot be had.
pub async fn names() -> Option<Vec<String>> {
    let names = async {
        let all: Array = JsFuture::from(open().await?.keys()).await.ok()?.dyn_into().ok()?;
        let name = |request: JsValue| Some(request.dyn_into::<Request>().ok()?.url().split_once(PLACE)?.1.to_owned());
        Some(all.iter().filter_map(name).collect())
    };
    within(PATIENCE_READ, names).await.flatten()
}

pub async fn delete(name: &str) {
    let delete = async { JsFuture::from(open().await?.delete_with_str(&place(name))).await.ok() };
    within(PATIENCE, delete).await;
}

pub async fn delete_all() {
    let delete = async { JsFuture::from(web_sys::window()?.caches().ok()?.delete(CACHE)).await.ok() };
    within(PATIENCE, delete).await;
}

async fn open() -> Option<Cache> {
    JsFuture::from(web_sys::window()?.caches().ok()?.open(CACHE)).await.ok()?.dyn_into().ok()
}

fn place(name: &str) -> String {
    format!("{PLACE}{name}")
}
