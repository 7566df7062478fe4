//! One application, step by step: questions → materials → verdict → confirm. Every question and every material has an
//! address of its own, so the browser's back button does what people expect; what has been entered is the draft in
//! [`App`], and where to go next is computed from it ([`way`]), never remembered.
//!
//! - [`way`]: the way through an application.
//! - [`answer`]: what is typed ↔ answers.
//! - [`questions`], [`materials`], [`verdict`], [`confirm`]: the steps.

mod answer;
mod confirm;
mod materials;
mod questions;
mod verdict;
mod way;

use super::{NotHere, Nothing, phrases};
use crate::catalogue::Item;
use crate::check::{self, Assessment};
use crate::kiosk::app::{App, Draft, Step};
use crate::kiosk::device::catalogue::{self, Sought, Wanted};
use crate::kiosk::device::drafts;
use crate::kiosk::parts::go::Go;
use crate::kiosk::parts::say;
use crate::receipt::Profile;
use crate::rules::Today;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::{use_params_map, use_query_map};
pub use materials::Needs;
use std::sync::Arc;
use way::Place;

/// The application that the pages of this folder work on.
#[derive(Clone, Copy)]
struct Applying {
    app: App,
    go: Go,
    /// Came from the verdict to change one thing, and goes back there.
    fixing: Memo<bool>,
}

impl Applying {
    /// Reads the draft as of today.
    fn read<T>(self, read: impl FnOnce(&Draft, &Today) -> T) -> Option<T> {
        let (date, calendar) = (self.app.today(), self.app.calendar());
        self.app.draft.with_untracked(|draft| draft.as_ref().map(|draft| read(draft, &Today { date, calendar: &calendar })))
    }

    fn item(self) -> Option<Arc<Item>> {
        self.app.draft.with_untracked(|draft| draft.as_ref().map(|d| d.item.clone()))
    }

    fn assess(self) -> Option<Assessment> {
        self.read(|draft, today| check::assess(&draft.item, &draft.application, today))
    }

    /// Changes the draft and, on a personal device, saves it.
    fn change(self, change: impl FnOnce(&mut Draft)) {
        let now = self.app.now();
        self.app.draft.update(|draft| {
            if let Some(draft) = draft {
                change(draft);
                draft.changed_at = now;
            }
        });
        if self.app.profile.get_untracked() == Profile::Kiosk {
            return;
        }
        let Some(draft) = self.app.draft.get_untracked() else { return };
        spawn_local(async move {
            if let Err(failure) = drafts::save(&draft).await {
                self.app.trouble.set(Some(failure.say()));
            }
        });
    }

    /// Notes the step that is shown, for whoever comes back later.
    fn at(self, step: Step) {
        if self.app.draft.with_untracked(|draft| draft.as_ref().is_some_and(|d| d.step != step)) {
            self.change(|draft| draft.step = step);
        }
    }

    fn to(self, place: &Place) {
        if let Some(item) = self.item() {
            self.go.to(&place.path(&item.code));
        }
    }

    fn instead(self, place: &Place) {
        if let Some(item) = self.item() {
            self.go.instead(&place.path(&item.code));
        }
    }

    /// The place of the back button: the one before, or the verdict for somebody who came from it to change something.
    fn before(self, here: &Place) -> Place {
        if self.fixing.get_untracked() {
            return Place::Verdict;
        }
        self.read(|draft, today| way::before(here, draft, today)).unwrap_or(Place::Item)
    }

    /// To whatever comes next as things stand.
    fn onward(self) {
        if let Some(place) = self.read(way::onward) {
            self.to(&place);
        }
    }
}

/// What has come of opening the draft.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opened {
    Waiting,
    Yes,
    Unknown,
    NotHere,
}

/// `/apply/:code`, and below it every step.
#[component]
pub fn Apply() -> impl IntoView {
    let app = App::get();
    let params = use_params_map();
    let query = use_query_map();
    let param = move |name: &'static str| Memo::new(move |_| params.with(|params| params.get(name)));
    let (code, step, at) = (param("code"), param("step"), param("at"));
    let fixing = Memo::new(move |_| query.with(|query| query.get("fix").is_some()));
    let applying = Applying { app, go: Go::get(), fixing };
    let opened = RwSignal::new(Opened::Waiting);
    let again = RwSignal::new(());
    Effect::new(move |_| {
        // What was not here may be had now.
        if app.online.get() && opened.get_untracked() == Opened::NotHere {
            again.notify();
        }
    });
    Effect::new(move |_| {
        again.track();
        let Some(code) = code.get() else { return };
        if app.draft.with_untracked(|draft| draft.as_ref().is_some_and(|d| d.item.code == code)) {
            opened.set(Opened::Yes);
            return;
        }
        opened.set(Opened::Waiting);
        spawn_local(async move {
            let found = open(app, &code).await;
            // Unless somebody has left the page meanwhile.
            if opened.try_get_untracked().is_some() {
                opened.try_set(found.as_ref().map_or_else(|why| *why, |_| Opened::Yes));
                app.draft.set(found.ok());
            }
        });
    });
    let place = Memo::new(move |_| (opened.get(), code.get(), step.get()));
    view! {
        {move || {
            let (opened, _, step) = place.get();
            // After submitting, and at the end of a session, the draft is gone before the page is.
            let there = app.draft.with_untracked(Option::is_some);
            match (opened, step.as_deref()) {
                (Opened::Unknown, _) => view! { <Nothing heading=phrases::NO_ITEM /> }.into_any(),
                (Opened::NotHere, _) => view! { <NotHere /> }.into_any(),
                (Opened::Yes, Some("questions")) if there => view! { <questions::Questions applying at /> }.into_any(),
                (Opened::Yes, Some("materials")) if there => view! { <materials::Materials applying at /> }.into_any(),
                (Opened::Yes, Some("verdict")) if there => view! { <verdict::Verdict applying /> }.into_any(),
                (Opened::Yes, Some("confirm")) if there => view! { <confirm::Confirm applying /> }.into_any(),
                (Opened::Yes, _) if there => {
                    if let Some(place) = applying.read(way::resume) {
                        applying.instead(&place);
                    }
                    ().into_any()
                }
                _ => view! { <p class="starting" role="status">{say(phrases::LOADING)}</p> }.into_any(),
            }
        }}
    }
}

/// The draft of an item: the one kept on this device, with the item as it was when it was begun; or a new one.
async fn open(app: App, code: &str) -> Result<Draft, Opened> {
    match drafts::load(code).await {
        Ok(Some(draft)) => return Ok(draft),
        Ok(None) => {}
        // Without its storage the device can still prepare an application; it says what will be missing.
        Err(failure) => app.trouble.set(Some(failure.say())),
    }
    loop {
        let version = || app.bundle.with_untracked(|bundle| bundle.as_ref().map(|b| b.version.clone()));
        let catalogue = version().ok_or(Opened::NotHere)?;
        match catalogue::find(app, &Wanted::today(app, code.to_owned())).await {
            // Item and version are of one catalogue.
            _ if version().as_ref() != Some(&catalogue) => {}
            Sought::Here(item) => return Ok(Draft::new(item, catalogue, app.now())),
            Sought::Unknown => return Err(Opened::Unknown),
            Sought::Waiting | Sought::NotHere => return Err(Opened::NotHere),
        }
    }
}
