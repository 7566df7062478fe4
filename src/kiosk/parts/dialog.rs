//! A question that must be answered before anything else: a native modal dialogue, which keeps the focus and gives it back.

use leptos::ev::Event;
use leptos::html;
use leptos::prelude::*;

/// Open as long as it is on the page. `on_cancel` is the Escape key.
#[component]
pub fn Dialog(
    #[prop(into)] title: Signal<String>,
    #[prop(into)] test: String,
    on_cancel: Callback<()>,
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get()
            && !dialog.open()
        {
            // Refused only where the element has left the page meanwhile.
            let _ = dialog.show_modal();
        }
    });
    let cancel = move |event: Event| {
        event.prevent_default();
        on_cancel.run(());
    };
    view! {
        <dialog class="dialog" node_ref=dialog data-test=test.clone() aria-labelledby=format!("{test}-title") on:cancel=cancel>
            <h2 class="dialog-title" id=format!("{test}-title")>{move || title.get()}</h2>
            {children()}
        </dialog>
    }
}
