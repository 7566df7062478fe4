//! Words made from a rule, as a short list: the second voice beside the official text.

use super::tell;
use crate::check::explain::{Joint, Words};
use leptos::prelude::*;

/// The words under a class of their own, so that nobody takes them for the text of the law.
#[component]
pub fn Explained(words: Words) -> impl IntoView {
    view! { <div class="words">{said(words)}</div> }
}

fn said(words: Words) -> AnyView {
    let in_line = words.joint == Joint::Alone || words.joint == Joint::Then && words.parts.iter().all(|part| part.joint == Joint::Alone);
    if in_line {
        return view! { <p>{tell(words.line())}</p> }.into_any();
    }
    let head = view! { <p class="words-head">{tell(words.text)}":"</p> };
    if words.joint == Joint::Then {
        let under = words.parts.into_iter().map(said).collect_view();
        return view! { {head}<div class="words-under">{under}</div> }.into_any();
    }
    let entries = words.parts.into_iter().map(|part| view! { <li>{said(part)}</li> }).collect_view();
    view! { {head}<ul class="words-list">{entries}</ul> }.into_any()
}
