//! Locks between the windows and tabs of the app (Web Locks): one at a time, or none but this one.

use super::clock::within;
use js_sys::{Array, Function, Object, Promise, Reflect};
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};

/// Every page of the app that is open holds it, together with the others.
const PAGE: &str = "mingbai-page";
/// Held by a page that looks whether it is the only one.
const ALONE: &str = "mingbai-alone";
/// How long a page that opens waits for one that is alone, in milliseconds: longer than the hall takes to answer it.
const PATIENCE_PAGE: u32 = 20_000;

thread_local! {
    /// Lets go of this page's own hold.
    static LET_GO: RefCell<Option<LetGo>> = const { RefCell::new(None) };
}

/// How to end a hold, and the promise that then comes true.
struct LetGo {
    end: Function,
    ended: Promise,
}

/// Whether this browser has locks.
pub fn available() -> bool {
    manager().is_some()
}

fn manager() -> Option<JsValue> {
    Reflect::get(&web_sys::window()?.navigator(), &"locks".into()).ok().filter(JsValue::is_object)
}

/// Asks for a lock in some mode, and lets `with_lock` have it, or null; what is given comes true when the lock is let go of.
fn request(name: &str, mode: &[(&str, JsValue)], with_lock: &JsValue) -> Option<Promise> {
    let locks = manager()?;
    let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
    let options = Object::new();
    for (key, value) in mode {
        Reflect::set(&options, &(*key).into(), value).ok()?;
    }
    request.call3(&locks, &name.into(), &options, with_lock).ok()?.dyn_into().ok()
}

/// Does `work` when no other tab does work of that name: at once, or after it. The browser lets go of the lock of a tab that
/// is closed or has crashed. A browser without locks just does it: whoever relies on this also holds leases.
pub async fn exclusively(name: &str, work: impl Future<Output = ()> + 'static) {
    if !available() {
        return work.await;
    }
    let with_lock = Closure::once_into_js(move |_: JsValue| -> Promise {
        future_to_promise(async move {
            work.await;
            Ok(JsValue::UNDEFINED)
        })
    });
    if let Some(held) = request(name, &[], &with_lock) {
        // A refusal means that the lock was not had; the work waits for the next occasion.
        let _ = JsFuture::from(held).await;
    }
}

/// This page is open from now on, until it is closed. Waits while another one is alone ([`without_other_pages`]), but not for
/// ever; where locks are refused, not at all.
pub async fn open_page() {
    if LET_GO.with_borrow(Option::is_some) {
        return;
    }
    let mut end = None;
    let until = Promise::new(&mut |resolve, _| end = Some(resolve));
    let mut hold = None;
    let held = Promise::new(&mut |resolve, _| {
        let until = until.clone();
        let with_lock = Closure::once_into_js(move |lock: JsValue| -> Promise {
            // Whoever waits for it goes on.
            let _ = resolve.call1(&JsValue::UNDEFINED, &lock);
            until
        });
        hold = request(PAGE, &[("mode", "shared".into())], &with_lock);
    });
    if let (Some(end), Some(ended)) = (end, hold) {
        // Refused, it has ended before it was had.
        let had = Promise::race(&Array::of2(&held, &ended));
        LET_GO.set(Some(LetGo { end, ended }));
        within(PATIENCE_PAGE, JsFuture::from(had)).await;
    }
}

/// The page is left. The browser may keep it to come back to, and its hold would go on meanwhile.
pub fn close_page() {
    if let Some(LetGo { end, .. }) = LET_GO.take() {
        // One's own function: it does not fail.
        let _ = end.call0(&JsValue::UNDEFINED);
    }
}

/// Does `work` if no other page of the app is open, and lets none begin meanwhile; whether it was done. A browser without locks
/// just does it.
pub async fn without_other_pages(work: impl Future<Output = ()> + 'static) -> bool {
    if !available() {
        work.await;
        return true;
    }
    let done = Rc::new(Cell::new(false));
    // One page at a time lets go of its own hold to find out: two that did would each find the other gone.
    exclusively(ALONE, {
        let done = done.clone();
        async move { done.set(alone(work).await) }
    })
    .await;
    done.get()
}

async fn alone(work: impl Future<Output = ()> + 'static) -> bool {
    // Where it was never had, locks do not work.
    let Some(LetGo { end, ended }) = LET_GO.take() else { return false };
    // Neither fails, unless the lock was refused: one's own function, and the lock's own end.
    let _ = end.call0(&JsValue::UNDEFINED);
    let _ = JsFuture::from(ended).await;
    let with_lock = Closure::once_into_js(move |lock: JsValue| -> Promise {
        future_to_promise(async move {
            if lock.is_null() {
                return Ok(JsValue::FALSE);
            }
            work.await;
            Ok(JsValue::TRUE)
        })
    });
    let done = match request(PAGE, &[("ifAvailable", JsValue::TRUE)], &with_lock) {
        Some(held) => JsFuture::from(held).await.is_ok_and(|done| done.is_truthy()),
        None => false,
    };
    open_page().await;
    done
}
