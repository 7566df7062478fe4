//! The first page: one question, "what would you like to do?", and the ways to answer it: typing, shelves, the list.

use super::{HelpWindow, Label, Nothing, phrases};
use crate::catalogue::bundle::{Bundle, FRONT};
use crate::catalogue::search::Listing;
use crate::catalogue::{self, Filing, Handling};
use crate::kiosk::app::App;
use crate::kiosk::device::net::Failure;
use crate::kiosk::device::{self, drafts, update};
use crate::kiosk::outbox;
use crate::kiosk::parts::go::Link;
use crate::kiosk::parts::heading::Heading;
use crate::kiosk::parts::keypad::{Keypad, Keys};
use crate::kiosk::parts::{say, tell};
use crate::receipt::Profile;
use crate::words::Text;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;
use wasm_bindgen::JsCast;

/// `/`.
#[component]
pub fn Home() -> impl IntoView {
    let app = App::get();
    let again = move |_| spawn_local(app.refresh());
    view! {
        {move || match app.bundle.get() {
            Some(bundle) => view! { <Catalogue bundle /> }.into_any(),
            None => view! {
                <Nothing heading=phrases::NO_CATALOGUE why=phrases::NO_CATALOGUE_WHY />
                <p class="buttons"><button type="button" class="button primary" on:click=again>{say(phrases::TRY_AGAIN)}</button></p>
            }
                .into_any(),
        }}
    }
}

/// What is shown of the catalogue.
#[derive(Clone, PartialEq)]
struct Shown {
    cards: Vec<catalogue::Card>,
    more: bool,
}

#[component]
fn Catalogue(bundle: Arc<Bundle>) -> impl IntoView {
    let app = App::get();
    let typed = RwSignal::new(String::new());
    let shelf = RwSignal::new(None::<String>);
    let most = RwSignal::new(FRONT);
    let searching = RwSignal::new(false);
    let listing = RwSignal::new(None::<Arc<Listing>>);
    // The listing is needed, and neither here nor to be had.
    let lost = RwSignal::new(false);
    let typing = Memo::new(move |_| typed.with(|typed| !typed.trim().is_empty()));
    let beyond = Memo::new(move |_| typing.get() || shelf.with(Option::is_some) || most.get() > FRONT);
    Effect::new(move |_| {
        app.online.track();
        if !(searching.get() || beyond.get()) || listing.with_untracked(Option::is_some) {
            return;
        }
        spawn_local(async move {
            match device::catalogue::listing(app).await {
                Ok(found) => {
                    lost.try_set(false);
                    listing.try_set(Some(found));
                }
                Err(failure) => {
                    if failure != Failure::Unreachable {
                        app.trouble.set(Some(failure.say()));
                    }
                    lost.try_set(true);
                }
            }
        });
    });
    // Another search begins at its best.
    Effect::new(move |_| {
        typed.track();
        shelf.track();
        most.set(FRONT);
    });
    let shown = {
        let bundle = bundle.clone();
        Memo::new(move |_| match listing.get() {
            Some(listing) if beyond.get() => {
                let most = most.get();
                // Who types searches everywhere; who only looks, looks at one shelf.
                let mut places = match shelf.get().filter(|_| !typing.get()) {
                    Some(code) => listing.shelf(&code),
                    None => typed.with(|typed| listing.find(typed, most + 1)),
                };
                let more = places.len() > most;
                places.truncate(most);
                Shown { cards: places.into_iter().filter_map(|place| listing.card(place as usize)).collect(), more }
            }
            _ if beyond.get() && lost.get() => Shown { cards: vec![], more: false },
            _ => Shown { cards: bundle.front.clone(), more: bundle.count as usize > bundle.front.len() },
        })
    };
    let waiting = Memo::new(move |_| beyond.get() && !lost.get() && listing.with(Option::is_none));
    let none = Memo::new(move |_| shown.with(|shown| shown.cards.is_empty()));
    let why_none = move || if beyond.get() && lost.get() { phrases::SEARCH_NOT_HERE } else { phrases::FOUND_NONE }.get(app.lang.get());
    let shelves = bundle.categories.clone();
    let placeholder = say(phrases::SEARCH_HINT);
    let on_kiosk_keys = Signal::stored(Keys::Letters);
    let input = NodeRef::<html::Input>::new();
    // The button goes away, and the keyboard of a phone must not.
    let clear = move |_| {
        typed.set(String::new());
        focus(input.get_untracked().as_deref());
    };
    let list = NodeRef::<html::Ul>::new();
    let ahead = RwSignal::new(None::<usize>);
    let show_more = move |_| {
        ahead.set(Some(shown.with_untracked(|shown| shown.cards.len())));
        most.update(|most| *most += FRONT);
    };
    // Whoever asked for more goes on reading at the first of them, not behind the last.
    Effect::new(move |_| {
        let here = shown.with(|shown| shown.cards.len());
        let Some(first) = ahead.get_untracked().filter(|first| *first < here) else { return };
        ahead.set(None);
        request_animation_frame(move || {
            let links = list.get_untracked().and_then(|list| list.query_selector_all(".card-link").ok());
            let link = links.and_then(|links| links.get(u32::try_from(first).unwrap_or(u32::MAX)));
            focus(link.as_ref().and_then(|link| link.dyn_ref()));
        });
    });
    view! {
        <section class="home">
            <Heading text=tell(phrases::GREETING.text()) />
            <Resume />
            <div class="search" role="search">
                <label class="unseen" for="search">{say(phrases::SEARCH)}</label>
                <input
                    node_ref=input
                    class="search-input"
                    id="search"
                    data-test="search"
                    type="search"
                    inputmode="search"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    maxlength="60"
                    placeholder=placeholder
                    bind:value=typed
                    on:focus=move |_| searching.set(true)
                />
                {move || (!typed.with(String::is_empty)).then(|| view! {
                    <button type="button" class="button small search-clear" data-test="search-clear" on:click=clear>
                        {say(phrases::SEARCH_CLEAR)}
                    </button>
                })}
            </div>
            {move || searching.get().then(|| view! { <Keypad keys=on_kiosk_keys value=typed /> })}
            // Who types needs the room for what is found.
            <nav class="shelves" aria-label=say(phrases::CATEGORIES) hidden=move || typing.get()>
                <Shelf code=None sign="全".to_owned() name=phrases::ALL.text() shelf typed test="category-all".to_owned() />
                {shelves.into_iter().map(|c| {
                    let test = format!("category-{}", c.code);
                    view! { <Shelf code=Some(c.code) sign=c.sign name=c.name shelf typed test /> }
                }).collect_view()}
            </nav>
            <h2 class="unseen">{say(phrases::ITEMS)}</h2>
            <div class="found">
                <p role="status" class=move || if waiting.get() { "found-waiting" } else { "unseen" }>
                    {move || if waiting.get() {
                        phrases::LOADING.get(app.lang.get()).to_owned()
                    } else {
                        phrases::found(shown.with(|shown| shown.cards.len())).get(app.lang.get()).to_owned()
                    }}
                </p>
                <ul class="cards" data-test="cards" node_ref=list aria-busy=move || waiting.get().to_string()>
                    <For each=move || shown.get().cards key=|card| card.code.clone() let:card>
                        <Card card />
                    </For>
                </ul>
            </div>
            {move || shown.with(|shown| shown.more).then(|| view! {
                <p class="buttons">
                    <button type="button" class="button" data-test="more" on:click=show_more>
                        {say(phrases::MORE)}
                    </button>
                </p>
            })}
            {move || none.get().then(|| view! { <p class="found-none" data-test="found-none">{why_none} " " <HelpWindow /></p> })}
            <Footer bundle />
        </section>
    }
}

/// Moves the focus there. What has left the page meanwhile cannot take it.
fn focus(element: Option<&web_sys::HtmlElement>) {
    if let Some(element) = element {
        let _ = element.focus();
    }
}

/// One shelf of the catalogue.
#[component]
fn Shelf(
    code: Option<String>,
    sign: String,
    name: Text,
    shelf: RwSignal<Option<String>>,
    typed: RwSignal<String>,
    test: String,
) -> impl IntoView {
    let chosen = {
        let code = code.clone();
        Memo::new(move |_| shelf.with(|shelf| *shelf == code) && typed.with(|typed| typed.trim().is_empty()))
    };
    let choose = move |_| {
        typed.set(String::new());
        shelf.set(code.clone());
    };
    view! {
        <button type="button" class="shelf" data-test=test aria-pressed=move || chosen.get().to_string() on:click=choose>
            <span class="shelf-sign" aria-hidden="true">{sign}</span>
            <span class="shelf-name">{tell(name)}</span>
        </button>
    }
}

/// One item, in short.
#[component]
fn Card(card: catalogue::Card) -> impl IntoView {
    let (kind, word) = match (card.filing, card.handling) {
        (Filing::PreCheckOnly, _) => ("badge badge-check", phrases::ONLY_CHECK),
        (Filing::Online, Handling::Instant) => ("badge badge-instant", phrases::INSTANT),
        (Filing::Online, Handling::Promised) => ("badge badge-promised", phrases::PROMISED),
    };
    let limit = card.promised.filter(|(length, _)| *length > 0).map(|(length, unit)| unit.say(length));
    view! {
        <li class="card">
            <Link href=format!("/item/{}", card.code) class="card-link" test=format!("open-{}", card.code)>
                <strong class="card-name">{tell(card.name)}</strong>
                <span class="card-summary">{tell(card.summary)}</span>
                <span class="badges">
                    <span class=kind>{say(word)}</span>
                    {limit.map(|length| view! { <span class="badge">{tell(length)}</span> })}
                    <Label label=card.label />
                </span>
            </Link>
        </li>
    }
}

/// On a person's own device: what was begun, and what was sent.
#[component]
fn Resume() -> impl IntoView {
    let app = App::get();
    let unfinished = RwSignal::new(Vec::<drafts::Begun>::new());
    Effect::new(move |_| {
        if app.profile.get() != Profile::Personal {
            return;
        }
        spawn_local(async move {
            // What cannot be read is told where it matters, on "my applications".
            if let Ok(found) = drafts::list().await {
                unfinished.try_set(found);
            }
        });
    });
    view! {
        {move || (app.profile.get() == Profile::Personal).then(|| view! {
            <div class="own">
                {move || unfinished.get().into_iter().next().map(|draft| view! {
                    <Link href=format!("/apply/{}", draft.item.code) class="own-resume" test="resume">
                        <span>{say(phrases::RESUME_LONG)}</span>
                        <strong>{tell(draft.item.name.clone())}</strong>
                        <span class="own-go">{say(phrases::RESUME)} " →"</span>
                    </Link>
                })}
                <Link href="/mine" class="button small" test="to-mine">{say(phrases::MINE)}</Link>
            </div>
        })}
    }
}

/// Where people are, and whom they can ask; and what this app is, down to its version.
#[component]
fn Footer(bundle: Arc<Bundle>) -> impl IntoView {
    let app = App::get();
    let version = RwSignal::new(None::<String>);
    spawn_local(async move {
        let found = update::version().await;
        version.try_set(Some(found));
    });
    let hall = bundle.hall.clone();
    view! {
        <footer class="foot">
            <p class="foot-help">{say(phrases::HELP_WINDOW)} " " <strong>{tell(hall.help_window)}</strong></p>
            <dl class="facts">
                <dt>{say(phrases::HOURS)}</dt>
                <dd>{tell(hall.hours)}</dd>
                <dt>{say(phrases::ENQUIRY)}</dt>
                <dd>{tell(hall.enquiry)}</dd>
                <dt>{say(phrases::COMPLAINT)}</dt>
                <dd>{tell(hall.complaint)}</dd>
                <dt>{say(phrases::ADDRESS)}</dt>
                <dd>{tell(hall.name)} " · " {tell(hall.address)}</dd>
            </dl>
            {move || (app.waiting.get() > 0).then(|| view! {
                <p class="foot-waiting" data-test="waiting">
                    <span>{move || app.waiting.get()} " " {say(phrases::WAITING)}</span>
                    <button type="button" class="button small" on:click=move |_| outbox::drain(app)>{say(phrases::SEND_NOW)}</button>
                </p>
            })}
            <p class="foot-versions">
                <span>{say(phrases::APP_VERSION)} " " {move || version.get()}</span>
                <span>{say(phrases::CATALOGUE_VERSION)} " " {bundle.version.clone()}</span>
                <Link href="/about" class="link" test="to-about">{say(phrases::ABOUT)}</Link>
            </p>
        </footer>
    }
}
