//! The title of a page or of a step. It takes the focus when it appears, so that a screen reader and the keyboard begin
//! where the page begins, and it names the document.

use crate::kiosk::app::App;
use leptos::html;
use leptos::prelude::*;

/// What the polite live region in the page's frame says.
#[derive(Clone, Copy)]
pub struct Spoken(pub RwSignal<String>);

#[component]
pub fn Heading(#[prop(into)] text: Signal<String>) -> impl IntoView {
    let h1 = NodeRef::<html::H1>::new();
    let app = App::get();
    let spoken = expect_context::<Spoken>().0;
    Effect::new(move |_| {
        let title = text.get();
        document().set_title(&format!("{title} · {}", super::phrases::NAME.get(app.lang.get())));
        spoken.set(title);
    });
    Effect::new(move |_| {
        if let Some(h1) = h1.get() {
            // A page that cannot take the focus is read from its top.
            let _ = h1.focus();
        }
    });
    view! { <h1 class="heading" tabindex="-1" node_ref=h1>{move || text.get()}</h1> }
}
