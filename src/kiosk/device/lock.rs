//! One tab at a time (Web Locks).

use js_sys::{Function, Promise, Reflect};
use std::future::Future;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};

/// Whether this browser has locks.
pub fn available() -> bool {
    manager().is_some()
}

fn manager() -> Option<JsValue> {
    Reflect::get(&web_sys::window()?.navigator(), &"locks".into()).ok().filter(JsValue::is_object)
}

/// Does `work` when no other tab does work of that name: at once, or after it. The browser lets go of the lock of a tab that
/// is closed or has crashed. A browser without locks just does it: whoever relies on this also holds leases.
pub async fn exclusively(name: &str, work: impl Future<Output = ()> + 'static) {
    let locks = manager();
    let request = locks.as_ref().and_then(|locks| Reflect::get(locks, &"request".into()).ok()?.dyn_into::<Function>().ok());
    let (Some(locks), Some(request)) = (locks, request) else { return work.await };
    let with_lock = Closure::once_into_js(move |_: JsValue| -> Promise {
        future_to_promise(async move {
            work.await;
            Ok(JsValue::UNDEFINED)
        })
    });
    if let Ok(held) = request.call2(&locks, &name.into(), &with_lock) {
        // A refusal means that the lock was not had; the work waits for the next occasion.
        let _ = JsFuture::from(held.unchecked_into::<Promise>()).await;
    }
}
