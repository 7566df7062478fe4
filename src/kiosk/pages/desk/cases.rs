//! The list of cases: what each is, where it stands and what binds the hall next.

use super::sign_in::{self, SignedIn};
use super::{Frame, Tab, phrases, say};
use crate::api::CaseRow;
use crate::calendar::Due;
use crate::calendar::moment;
use crate::case::{Clock, State};
use crate::kiosk::app::App;
use crate::kiosk::device::net;
use crate::kiosk::parts::every;
use crate::receipt::number;
use crate::words::{Lang, Phrase, Text};
use chrono::NaiveDate;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;
use std::time::Duration;

/// How often the list is read again by itself.
const AGAIN: Duration = Duration::from_secs(30);

/// `/desk/cases`.
#[component]
pub fn Cases() -> impl IntoView {
    let app = App::get();
    let session = sign_in::session(app);
    let rows = RwSignal::new(None::<Vec<CaseRow>>);
    let wrong = RwSignal::new(None::<Text>);
    let filter = RwSignal::new(None::<State>);
    let load = move || {
        spawn_local(async move {
            match net::get_json::<Vec<CaseRow>>("/cases").await {
                Ok(found) => {
                    wrong.try_set(None);
                    rows.try_set(Some(found));
                }
                Err(failure) => {
                    sign_in::lost(session, &failure);
                    wrong.try_set(Some(failure.say()));
                }
            }
        });
    };
    // Read as soon as somebody is signed in, when the hall comes back into reach, and from time to time.
    Effect::new(move |_| {
        app.online.track();
        if matches!(session.get(), sign_in::Session::Staff(_)) {
            load();
        }
    });
    every(AGAIN, move || {
        if app.online.get_untracked() && matches!(session.get_untracked(), sign_in::Session::Staff(_)) {
            load();
        }
    });
    view! {
        <Frame tab=Tab::Cases session>
            <SignedIn session>
                <div class="desk-row spread">
                    <h1>{say(phrases::CASES)}</h1>
                    <button class="desk-button" data-test="reload" type="button" on:click=move |_| load()>{say(phrases::RELOAD)}</button>
                </div>
                <Filter rows filter />
                <p class="desk-wrong" role="alert">{move || wrong.get().map(|w| w.get(app.lang.get()).to_owned())}</p>
                {move || {
                    let chosen = filter.get();
                    rows.get().map(|rows| {
                        let rows = rows.into_iter().filter(|r| chosen.is_none_or(|state| r.state == state)).collect::<Vec<_>>();
                        view! { <Table rows /> }
                    })
                }}
            </SignedIn>
        </Frame>
    }
}

/// One button a state, each with how many there are.
#[component]
fn Filter(rows: RwSignal<Option<Vec<CaseRow>>>, filter: RwSignal<Option<State>>) -> impl IntoView {
    let count = move |state: Option<State>| {
        rows.with(|rows| rows.as_ref().map_or(0, |rows| rows.iter().filter(|r| state.is_none_or(|s| r.state == s)).count()))
    };
    let button = move |state: Option<State>, word: Phrase, code: &'static str| {
        view! {
            <button class="desk-filter" type="button" data-test=format!("filter-{code}")
                aria-pressed=move || (filter.get() == state).to_string() on:click=move |_| filter.set(state)>
                {say(word)} " " <span class="desk-count">{move || count(state)}</span>
            </button>
        }
    };
    view! {
        <div class="desk-row" role="group" aria-label=say(phrases::FILTER)>
            {button(None, phrases::ALL, "all")}
            {phrases::STATES.map(|s| button(Some(s), phrases::state(s), phrases::state_code(s))).into_iter().collect_view()}
        </div>
    }
}

#[component]
fn Table(rows: Vec<CaseRow>) -> impl IntoView {
    let app = App::get();
    if rows.is_empty() {
        return view! { <p class="desk-quiet" data-test="no-cases">{say(phrases::NO_CASES)}</p> }.into_any();
    }
    view! {
        <table class="desk-table stacks" data-test="cases">
            <thead>
                <tr>
                    <th scope="col">{say(phrases::SHORT_NUMBER)}</th>
                    <th scope="col">{say(phrases::ITEM)}</th>
                    <th scope="col">{say(phrases::RECEIVED_AT)}</th>
                    <th scope="col">{say(phrases::STATE)}</th>
                    <th scope="col">{say(phrases::OUTCOME)}</th>
                    <th scope="col">{say(phrases::CLOCK)}</th>
                </tr>
            </thead>
            <tbody>
                {rows.into_iter().map(|row| {
                    let (state, outcome, clock) = (row.state, row.outcome, row.clock);
                    let (test, shown) = (format!("case-{}", row.short_number), number::show(&row.short_number));
                    view! {
                        <tr data-test=test data-state=phrases::state_code(state)>
                            <th scope="row">
                                <A href=format!("/desk/case/{}", row.short_number) attr:class="desk-number">{shown}</A>
                            </th>
                            <td>{super::tell(row.item_name)}</td>
                            <td>{moment(row.received_at)}</td>
                            <td><span class=format!("desk-state {}", phrases::state_code(state))>{say(phrases::state(state))}</span></td>
                            <td>{say(phrases::outcome(outcome))}</td>
                            <td>{move || binding(&clock, state).map(|(word, due)| {
                                let (text, class) = due_words(due, app.today(), app.lang.get());
                                view! { <span class=class>{word.get(app.lang.get())} " " {text}</span> }
                            })}{clock.deemed.then(|| view! { " " <span class="desk-due over">{say(phrases::DEEMED)}</span> })}</td>
                        </tr>
                    }
                }).collect_view()}
            </tbody>
        </table>
    }
    .into_any()
}

/// The date that binds the hall next.
pub fn binding(clock: &Clock, state: State) -> Option<(Phrase, Due)> {
    match (state, clock.deemed) {
        (State::Received | State::TakenIn, false) => clock.answer_by.map(|due| (phrases::ANSWER_BY, due)),
        (State::Received | State::TakenIn, true) | (State::Accepted, _) => {
            clock.due_promised.map(|due| (phrases::DUE_PROMISED, due)).or(clock.due_statutory.map(|due| (phrases::DUE_STATUTORY, due)))
        }
        (State::Correcting | State::Refused, _) => None,
    }
}

/// A due date in words, how far it is, and its style.
pub fn due_words(due: Due, today: NaiveDate, lang: Lang) -> (String, &'static str) {
    let days = (due.date - today).num_days();
    let (distance, class) = match (days, lang) {
        (..0, Lang::Zh) => (format!("已逾期 {} 天", -days), "desk-due over"),
        (..0, Lang::En) => (format!("overdue by {} day{}", -days, plural(-days)), "desk-due over"),
        (0, Lang::Zh) => ("今天到期".to_owned(), "desk-due soon"),
        (0, Lang::En) => ("due today".to_owned(), "desk-due soon"),
        (1.., Lang::Zh) => (format!("还有 {days} 天"), if days <= 2 { "desk-due soon" } else { "desk-due" }),
        (1.., Lang::En) => (format!("{days} day{} left", plural(days)), if days <= 2 { "desk-due soon" } else { "desk-due" }),
    };
    let provisional = if due.provisional { format!("; {}", phrases::PROVISIONAL.get(lang)) } else { String::new() };
    (format!("{} ({distance}{provisional})", due.date), class)
}

fn plural(n: i64) -> &'static str {
    if n == 1 { "" } else { "s" }
}
