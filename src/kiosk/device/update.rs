//! New versions of the app. The service worker installs one whole and verified beside the old one; it takes over only
//! when [`apply`] says so, between applications.

use super::clock::within;
use super::net::{self, Build};
use crate::kiosk::app::App;
use crate::receipt::Profile;
use crate::words::Text;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ServiceWorkerContainer, ServiceWorkerRegistration, ServiceWorkerState};

/// The decoder's files, which only desks need and keep.
const DECODER: [&str; 3] = ["/decoder-worker.js", "/decoder.js", "/decoder_bg.wasm"];

/// How long the new version may take to change over, in milliseconds.
const PATIENCE_CHANGE: u32 = 10_000;
/// How long the service worker may take to get ready.
const PATIENCE: u32 = 60_000;
/// The same when somebody looks at the version.
const PATIENCE_VERSION: u32 = 4_000;

/// Between two looks for it.
const LOOK: u32 = 200;

/// Changes over to the version that waits, and loads the page again. Only between applications.
pub fn apply() {
    spawn_local(async {
        let Some(container) = container() else { return };
        let Some(waiting) = registration(&container).await.and_then(|registration| registration.waiting()) else {
            // Another window has changed over already.
            return reload();
        };
        let reload = Closure::once_into_js(reload);
        container.set_oncontrollerchange(Some(reload.unchecked_ref()));
        let message = Object::new();
        // Setting a property of a fresh plain object cannot fail; a worker that is gone has been replaced already.
        let _ = Reflect::set(&message, &"type".into(), &"apply".into());
        let _ = waiting.post_message(&message);
        // The page is loaded anew by now, unless something keeps the old worker busy.
        TimeoutFuture::new(PATIENCE_CHANGE).await;
        let app = App::get();
        app.trouble.set(Some(match app.profile.get_untracked() {
            Profile::Kiosk => Text::new(
                "新版本已下载好,但没有换上,本机照常可用。请工作人员重启本机的浏览器",
                "A new version is here but did not take over; this machine works as before. Staff: please restart its browser",
            ),
            Profile::Personal | Profile::Desk => Text::new(
                "新版本已下载好。请关闭本应用的所有窗口再打开,即可启用",
                "The new version is here. Close all windows of this app and open it again to use it",
            ),
        }));
    });
}

fn reload() {
    if let Some(window) = web_sys::window() {
        // A page that cannot reload goes on with the old version until it is opened again.
        let _ = window.location().reload();
    }
}

/// Tells the app when a new version waits. The worker itself is registered by `boot.js`.
pub fn watch(app: App) {
    spawn_local(async move {
        let Some(container) = container() else { return };
        let ready = container.ready().map(JsFuture::from);
        let Ok(ready) = ready else { return };
        let Ok(registration) = ready.await else { return };
        let registration: ServiceWorkerRegistration = registration.unchecked_into();
        // Without a controller this is the first installation, which replaces nothing.
        let notice = move |registration: &ServiceWorkerRegistration, container: &ServiceWorkerContainer| {
            if registration.waiting().is_some() && container.controller().is_some() {
                app.update.set(true);
            }
        };
        notice(&registration, &container);
        let found = {
            let (registration, container) = (registration.clone(), container.clone());
            Closure::<dyn FnMut()>::new(move || {
                let Some(installing) = registration.installing() else { return };
                let (registration, container, worker) = (registration.clone(), container.clone(), installing.clone());
                let changed = Closure::<dyn FnMut()>::new(move || {
                    if worker.state() == ServiceWorkerState::Installed {
                        notice(&registration, &container);
                    }
                });
                installing.set_onstatechange(Some(changed.into_js_value().unchecked_ref()));
            })
        };
        registration.set_onupdatefound(Some(found.into_js_value().unchecked_ref()));
    });
}

/// Looks whether the hall serves a newer version.
pub async fn look() {
    let Some(container) = container() else { return };
    if let Some(looking) = registration(&container).await.and_then(|registration| registration.update().ok()) {
        // Offline there is nothing to find, and some lines stay silent; the next look comes.
        within(PATIENCE, JsFuture::from(looking)).await;
    }
}

/// Which build this is: the program's version and, once the app is installed, the digest of all its files. The service
/// worker answers this address itself, from the list it has verified.
pub async fn version() -> String {
    let package = env!("CARGO_PKG_VERSION");
    build().await.map_or_else(|| package.to_owned(), |build| format!("{package}+{}", build.version))
}

/// Whether the app is installed with every file of it, so that it starts without a network.
pub async fn is_whole() -> bool {
    build().await.is_some_and(|build| build.whole)
}

async fn build() -> Option<Build> {
    if is_installed(PATIENCE_VERSION).await { net::get_build("/version.json").await } else { None }
}

/// Fetches the decoder once, so that the service worker keeps it for a desk that is offline later.
pub async fn keep_decoder() {
    // A worker that never gets ready keeps nothing; the desk then decodes while online only.
    if is_installed(PATIENCE).await {
        for file in DECODER {
            net::touch(file).await;
        }
    }
}

/// Whether the service worker answers for this page, or comes to do so in time.
async fn is_installed(patience: u32) -> bool {
    let Some(container) = container() else { return false };
    let waiting = async {
        while container.controller().is_none() {
            TimeoutFuture::new(LOOK).await;
        }
    };
    within(patience, waiting).await.is_some()
}

fn container() -> Option<ServiceWorkerContainer> {
    let navigator = web_sys::window()?.navigator();
    // Undefined on insecure pages, which the binding's type does not say.
    Some(navigator.service_worker()).filter(|container| !AsRef::<JsValue>::as_ref(container).is_undefined())
}

async fn registration(container: &ServiceWorkerContainer) -> Option<ServiceWorkerRegistration> {
    JsFuture::from(container.get_registration()).await.ok()?.dyn_into().ok()
}
