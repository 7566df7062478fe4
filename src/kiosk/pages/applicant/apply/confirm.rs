//! The last step: who applies, what will be sent, consent, and the button. After it the application is frozen and in the
//! outbox; should that fail, nothing that was entered is lost.

use super::super::phrases;
use super::questions::{Options, focus_first_mistake};
use super::way::{self, Place};
use super::{Applying, answer};
use crate::calendar::moment;
use crate::catalogue::{Applicant as Who, Filing};
use crate::check::questions;
use crate::kiosk::app::{Draft, Step, new_id};
use crate::kiosk::device::clock;
use crate::kiosk::outbox::{self, Submitted};
use crate::kiosk::parts::heading::Heading;
use crate::kiosk::parts::keypad::Keys;
use crate::kiosk::parts::line::Line;
use crate::kiosk::parts::{say, tell};
use crate::receipt::Profile;
use crate::submission::Applicant;
use crate::words::identifier::{self, Kind};
use crate::words::{Phrase, Text};
use chrono::{DateTime, NaiveDate, Utc};
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;

#[component]
pub fn Confirm(applying: Applying) -> impl IntoView {
    let outcome = applying.assess().map(|a| a.outcome);
    let draft = applying.app.draft.get_untracked();
    match draft.filter(|draft| draft.item.filing == Filing::Online && outcome.is_some_and(|o| o.may_submit())) {
        Some(draft) => {
            applying.at(Step::Confirm);
            view! { <Sheet applying draft /> }.into_any()
        }
        None => {
            applying.instead(&Place::Verdict);
            ().into_any()
        }
    }
}

/// The documents a person may be identified by; the last is taken as it is typed.
const PAPERS: [(&str, Phrase, Option<Kind>); 3] = [
    ("resident-id", phrases::RESIDENT_ID, Some(Kind::ResidentId)),
    ("passport", phrases::PASSPORT, Some(Kind::Passport)),
    ("other", phrases::OTHER_PAPER, None),
];

fn paper_kind(paper: &str) -> Option<Kind> {
    PAPERS.iter().find(|(code, ..)| *code == paper).and_then(|(_, _, kind)| *kind)
}

/// One value that is typed, and what is wrong with it.
#[derive(Clone, Copy)]
struct Typed {
    value: RwSignal<String>,
    wrong: RwSignal<Option<Text>>,
}

impl Typed {
    fn new(value: &str) -> Typed {
        Typed { value: RwSignal::new(value.to_owned()), wrong: RwSignal::new(None) }
    }

    fn read(self, read: impl FnOnce(&str) -> Result<String, Text>) -> Option<String> {
        let read = self.value.with_untracked(|typed| read(typed.trim()));
        self.wrong.set(read.as_ref().err().cloned());
        read.ok()
    }
}

#[derive(Clone, Copy)]
struct Entry {
    who: Who,
    name: Typed,
    paper: Typed,
    identifier: Typed,
    contact: Typed,
    phone: Typed,
}

impl Entry {
    fn of(who: Who, given: &Applicant, today: NaiveDate) -> Entry {
        let fits = |kind: Option<Kind>| kind.is_none_or(|kind| identifier::check(kind, &given.identifier, today).is_ok());
        let paper = if given.identifier.is_empty() { PAPERS[0].0 } else { PAPERS.iter().find(|p| fits(p.2)).map_or(PAPERS[2].0, |p| p.0) };
        Entry {
            who,
            name: Typed::new(&given.name),
            paper: Typed::new(paper),
            identifier: Typed::new(&given.identifier),
            contact: Typed::new(&given.contact),
            phone: Typed::new(&given.phone),
        }
    }

    /// Which check digits the identifier has.
    fn kind(self) -> Option<Kind> {
        match self.who {
            Who::Organisation => Some(Kind::CreditCode),
            Who::Person => self.paper.value.with(|paper| paper_kind(paper)),
        }
    }

    /// The applicant, or `None` after marking every mistake.
    fn read(self, today: NaiveDate) -> Option<Applicant> {
        let kind = untrack(|| self.kind());
        let name = self.name.read(filled);
        let identifier = self.identifier.read(|typed| match kind {
            Some(kind) => identifier::check(kind, typed, today).map(|valid| valid.text).map_err(|wrong| wrong.say()),
            None => filled(typed),
        });
        let contact = if self.who == Who::Organisation { self.contact.read(filled) } else { Some(String::new()) };
        let phone = self.phone.read(|typed| phone(typed, today));
        Some(Applicant { name: name?, identifier: identifier?, phone: phone?, contact: contact? })
    }
}

fn filled(typed: &str) -> Result<String, Text> {
    if typed.is_empty() { Err(phrases::FILL_IN.text()) } else { Ok(typed.to_owned()) }
}

/// A mobile number, or a landline with its area code: not everybody has a mobile.
fn phone(typed: &str, today: NaiveDate) -> Result<String, Text> {
    let plain = identifier::normalise(typed);
    if plain.is_empty() {
        Err(phrases::FILL_IN.text())
    } else if plain.starts_with('0') {
        let landline = (10..=12).contains(&plain.len()) && plain.bytes().all(|b| b.is_ascii_digit());
        if landline { Ok(plain) } else { Err(phrases::NOT_A_PHONE.text()) }
    } else {
        identifier::check(Kind::Mobile, typed, today).map(|valid| valid.text).map_err(|wrong| wrong.say())
    }
}

#[component]
fn Sheet(applying: Applying, draft: Draft) -> impl IntoView {
    let app = applying.app;
    let entry = Entry::of(draft.item.applicant, &draft.applicant, app.today());
    let agreed = RwSignal::new(false);
    let sensitive = RwSignal::new(false);
    let consent_wrong = RwSignal::new(None::<Text>);
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<Text>);
    let before = RwSignal::new(None::<DateTime<Utc>>);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        // What was submitted before cannot be submitted again: it is for the person to say what this is to be.
        if busy.get_untracked() || before.get_untracked().is_some() {
            return;
        }
        let applicant = entry.read(app.today());
        let consent = agreed.get_untracked() && sensitive.get_untracked();
        consent_wrong.set((!consent).then(|| phrases::CONSENT_FIRST.text()));
        match applicant {
            Some(applicant) => applying.change(|draft| draft.applicant = applicant),
            None => return focus_first_mistake(),
        }
        if !consent {
            return focus_first_mistake();
        }
        let Some(draft) = app.draft.get_untracked() else { return };
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            match outbox::submit(app, &draft, phrases::CONSENT_VERSION).await {
                Ok(Submitted::Now) => see_receipt(applying, draft.id),
                Ok(Submitted::Before(at)) => {
                    before.try_set(Some(at));
                    busy.try_set(false);
                }
                Err(failure) => {
                    failed.try_set(Some(failure.say()));
                    busy.try_set(false);
                }
            }
        });
    };
    let warning = Signal::derive(move || {
        let kind = entry.kind()?;
        let valid = entry.identifier.value.with(|typed| identifier::check(kind, typed, app.today())).ok()?;
        valid.warnings.first().map(|warning| warning.text())
    });
    let keys = Signal::derive(move || match entry.kind() {
        Some(Kind::ResidentId) => Keys::Identifier,
        _ => Keys::Letters,
    });
    let person = entry.who == Who::Person;
    let papers = PAPERS.iter().map(|(code, word, _)| ((*code).to_owned(), word.text(), format!("paper-{code}"))).collect::<Vec<_>>();
    let (name_label, identifier_label) =
        if person { (phrases::PERSON_NAME, phrases::IDENTIFIER) } else { (phrases::ORGANISATION_NAME, phrases::CREDIT_CODE) };
    view! {
        <form class="sheet step" novalidate on:submit=submit>
            <p class="verdict-item">{tell(draft.item.name.clone())}</p>
            <Heading text=tell(phrases::CONFIRM.text()) />
            <h2>{say(phrases::WHO)}</h2>
            <Line id="name" test="name" label=tell(name_label.text()) value=entry.name.value wrong=entry.name.wrong />
            {person.then(|| view! {
                <Options
                    name="paper"
                    label=tell(phrases::PAPER_KIND.text())
                    options=papers
                    value=entry.paper.value
                    wrong=entry.paper.wrong
                />
            })}
            <Line
                id="identifier"
                test="identifier"
                label=tell(identifier_label.text())
                keys
                value=entry.identifier.value
                wrong=entry.identifier.wrong
                warning
            />
            {(!person).then(|| view! {
                <Line
                    id="contact"
                    test="contact"
                    label=tell(phrases::CONTACT_PERSON.text())
                    value=entry.contact.value
                    wrong=entry.contact.wrong
                />
            })}
            <Line
                id="phone"
                test="phone"
                label=tell(phrases::PHONE.text())
                hint=tell(phrases::PHONE_HINT.text())
                keys=Signal::stored(Keys::Digits)
                value=entry.phone.value
                wrong=entry.phone.wrong
            />
            <Summary applying draft=draft.clone() />
            <h2>{say(phrases::CONSENT)}</h2>
            <ul class="consent">
                {phrases::CONSENT_TEXT.into_iter().map(|line| view! { <li>{say(line)}</li> }).collect_view()}
            </ul>
            <label class="tick">
                <input
                    type="checkbox"
                    data-test="consent"
                    aria-invalid=move || (consent_wrong.get().is_some() && !agreed.get()).to_string()
                    bind:checked=agreed
                />
                <span>{say(phrases::CONSENT_AGREE)}</span>
            </label>
            <label class="tick">
                <input
                    type="checkbox"
                    data-test="consent-sensitive"
                    aria-invalid=move || (consent_wrong.get().is_some() && !sensitive.get()).to_string()
                    bind:checked=sensitive
                />
                <span>{say(phrases::CONSENT_SENSITIVE)}</span>
            </label>
            <p class="wrong" role="alert">{move || consent_wrong.get().map(|w| w.get(app.lang.get()).to_owned())}</p>
            <p class="quiet">{say(phrases::TRUE_WORDS)} " (" {phrases::CONSENT_VERSION} ")"</p>
            <div role="alert">
                {move || failed.get().map(|why| view! {
                    <p class="wrong wrong-large">{say(phrases::SUBMIT_FAILED)} " " {tell(why)}</p>
                })}
                {move || before.get().map(|at| view! { <SubmittedBefore applying at before /> })}
            </div>
            <div class="buttons stuck">
                <button type="button" class="button" data-test="back" on:click=move |_| applying.to(&Place::Verdict)>
                    {say(phrases::BACK)}
                </button>
                <button type="submit" class="button primary" data-test="submit" disabled=move || busy.get() || before.get().is_some()>
                    {move || if busy.get() { phrases::SUBMITTING } else { phrases::SUBMIT }.get(app.lang.get())}
                </button>
            </div>
        </form>
    }
}

/// To the receipt, and the draft goes; unless the session ended meanwhile: then this would be the next person's first page.
fn see_receipt(applying: Applying, id: Uuid) {
    let app = applying.app;
    if app.draft.with_untracked(|now| now.as_ref().is_some_and(|now| now.id == id)) {
        applying.go.instead(&format!("/receipt/{id}"));
        app.draft.set(None);
    }
}

/// It was submitted in another window: its receipt, or a new application with what was entered here.
#[component]
fn SubmittedBefore(applying: Applying, at: DateTime<Utc>, before: RwSignal<Option<DateTime<Utc>>>) -> impl IntoView {
    let see = move |_| {
        if let Some(id) = applying.app.draft.with_untracked(|draft| draft.as_ref().map(|draft| draft.id)) {
            see_receipt(applying, id);
        }
    };
    let anew = move |_| {
        let id = new_id(clock::now());
        applying.change(|draft| draft.id = id);
        before.set(None);
    };
    view! {
        <div data-test="submitted-before">
            <p class="wrong wrong-large">{say(phrases::SUBMITTED_BEFORE)} " " {moment(at)}</p>
            <p>{say(phrases::SUBMITTED_BEFORE_THEN)}</p>
            <div class="buttons">
                <button type="button" class="button" data-test="see-receipt" on:click=see>{say(phrases::SUBMITTED_BEFORE_SEE)}</button>
                <button type="button" class="button" data-test="begin-anew" on:click=anew>{say(phrases::SUBMITTED_BEFORE_ANEW)}</button>
            </div>
        </div>
    }
}

/// What will be sent, before it is sent: the answers that matter, the materials, the pictures.
#[component]
fn Summary(applying: Applying, draft: Draft) -> impl IntoView {
    let app = applying.app;
    let item = draft.item.clone();
    let relevant = applying.read(|draft, today| questions::relevant(&draft.item, &draft.application, today)).unwrap_or_default();
    let answers = relevant.into_iter().filter_map(|code| {
        let fact = item.fact(&code)?.clone();
        let json = draft.application.facts.get(&code)?.clone();
        let ask = fact.ask.clone();
        let words = move || answer::words(&fact, &json, app.lang.get());
        Some(view! {
            <dt>{tell(ask)}</dt>
            <dd>{words}</dd>
        })
    });
    let cards = applying.assess().map(|a| (way::cards(&a), a.materials)).unwrap_or_default();
    let materials = cards.0.iter().filter_map(|code| {
        let material = item.material(code)?;
        let state = cards.1.iter().find(|(known, _)| known == code).map(|(_, state)| *state)?;
        let pictures = draft.photos.iter().filter(|p| p.material == *code).count();
        Some(view! {
            <dt>{tell(material.name.clone())}</dt>
            <dd>
                {say(phrases::material_state(state))}
                {(pictures > 0).then(|| view! { <span>" · " {pictures} " " {say(phrases::SENT_PHOTOS)}</span> })}
            </dd>
        })
    });
    let shared = app.profile.get_untracked() == Profile::Kiosk;
    view! {
        <details class="fine" open=!shared>
            <summary>{say(phrases::WHAT_IS_SENT)}</summary>
            <p class="point-label">{say(phrases::SENT_ANSWERS)}</p>
            <dl class="facts">{answers.collect_view()}</dl>
            <p class="point-label">{say(phrases::SENT_MATERIALS)}</p>
            <dl class="facts">{materials.collect_view()}</dl>
        </details>
    }
}
