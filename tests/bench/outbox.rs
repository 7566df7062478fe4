//! The app's own outbox, for `cargo x bench outbox`: compiled to WebAssembly it is a module that the browser test
//! `throughput` loads into a page of the hall, on a machine that the real app has enrolled. Natively there is nothing.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[cfg(target_family = "wasm")]
mod browser {
    use leptos::prelude::GetUntracked as _;
    use mingbai::check::Application;
    use mingbai::kiosk::app::{App, Draft};
    use mingbai::kiosk::device::catalogue::{self, Wanted};
    use mingbai::kiosk::outbox;
    use mingbai::submission::Applicant;
    use std::cell::RefCell;
    use wasm_bindgen::prelude::wasm_bindgen;

    thread_local! {
        static DRAFT: RefCell<Option<Draft>> = const { RefCell::new(None) };
    }

    /// Reads what the app keeps on this machine, and makes the draft that is submitted again and again.
    #[wasm_bindgen]
    pub async fn begin(code: String, facts: String) {
        leptos::mount::mount_to_body(|| {
            App::new();
        });
        let app = App::get();
        app.start().await;
        let item = catalogue::find(app, &Wanted::today(app, code)).await.here().expect("an item of the catalogue");
        let version = app.bundle.get_untracked().unwrap().version.clone();
        let mut draft = Draft::new(item, version, app.now());
        draft.application = Application { facts: serde_json::from_str(&facts).unwrap(), ..Application::default() };
        draft.applicant =
            Applicant {
                name: "测试".into(), identifier: "11010519491231002X".into(), phone: "13800138000".into(), ..Applicant::default()
            };
        DRAFT.set(Some(draft));
    }

    /// One more submission, as the page of confirmation makes it; its id, once it is saved.
    #[wasm_bindgen]
    pub async fn enqueue() -> String {
        let app = App::get();
        let known = DRAFT.with_borrow(Clone::clone).unwrap();
        let fresh = Draft::new(known.item.clone(), known.catalogue.clone(), app.now());
        let draft = Draft { id: fresh.id, ..known };
        outbox::submit(app, &draft, "1").await.map_err(|failure| failure.say().en).unwrap();
        draft.id.to_string()
    }
}

fn main() {}
