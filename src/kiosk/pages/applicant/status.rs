//! Where a submission stands, for whoever holds its receipt: the page that a phone opens from a kiosk's screen or from a
//! notice. It shows state, dates and the hall's own receipt, nothing about a person, and keeps nothing on the phone. Whoever
//! has the address may look, so the address holds an id that cannot be guessed.

use super::super::desk::phrases as shared;
use super::take::Keep;
use super::{Nothing, phrases};
use crate::api::{Acknowledgement, Progress};
use crate::calendar::moment;
use crate::kiosk::app::App;
use crate::kiosk::device::catalogue::{self, Sought, Wanted};
use crate::kiosk::device::net::{self, Failure};
use crate::kiosk::parts::heading::Heading;
use crate::kiosk::parts::qr::Qr;
use crate::kiosk::parts::{say, tell};
use crate::receipt::number;
use crate::words::Text;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use uuid::Uuid;

/// Between two looks while the hall has not received it yet, in milliseconds.
const AGAIN: u32 = 20_000;

#[derive(Clone, PartialEq)]
enum Found {
    Looking,
    /// The hall has received nothing under this id: most likely it still waits at the kiosk.
    NotYet,
    Here(Progress, Acknowledgement),
    Failed(Text),
}

/// `/s/:id`.
#[component]
pub fn Status() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).and_then(|id| id.parse::<Uuid>().ok()));
    view! {
        {move || match id.get() {
            Some(id) => view! { <Followed id /> }.into_any(),
            None => view! { <Nothing heading=phrases::NO_STATUS why=phrases::NO_STATUS_WHY /> }.into_any(),
        }}
    }
}

async fn look(id: Uuid) -> Found {
    let both = async {
        let progress = net::get_json::<Progress>(&format!("/submissions/{id}/progress")).await?;
        Ok((progress, net::get_json::<Acknowledgement>(&format!("/submissions/{id}")).await?))
    };
    match both.await {
        Ok((progress, receipt)) => Found::Here(progress, receipt),
        Err(Failure::Problem(problem, _)) if problem.status == 404 => Found::NotYet,
        Err(failure) => Found::Failed(failure.say()),
    }
}

#[component]
fn Followed(id: Uuid) -> impl IntoView {
    let app = App::get();
    let found = RwSignal::new(Found::Looking);
    // What is known stays while it is looked for anew, unless there is something newer to say.
    let refresh = move || async move {
        let now = look(id).await;
        let keeps = matches!(now, Found::Failed(_)) && found.try_with_untracked(|f| matches!(f, Found::Here(..))) == Some(true);
        if keeps { false } else { found.try_set(now).is_some() }
    };
    spawn_local(async move {
        while !refresh().await && found.try_with_untracked(|found| matches!(found, Found::Here(..))) == Some(false) {
            TimeoutFuture::new(AGAIN).await;
        }
    });
    let hall = move || app.bundle.with(|bundle| bundle.as_ref().map(|b| b.hall.name.get(app.lang.get()).to_owned()));
    let code = move || {
        found.with(|found| match found {
            Found::Looking => "looking",
            Found::NotYet => "not-yet",
            Found::Here(progress, _) => shared::state_code(progress.state),
            Found::Failed(_) => "failed",
        })
    };
    view! {
        <article class="sheet receipt" data-test="status" data-state=code>
            <p class="receipt-kind">
                <span>{hall}</span>
                <strong>{say(phrases::STATUS)}</strong>
            </p>
            {move || match found.get() {
                Found::Looking => view! { <p role="status">{say(phrases::LOADING)}</p> }.into_any(),
                Found::NotYet => view! {
                    <Standing sign="↥" class="queued" title=phrases::NOT_YET.text() why=phrases::NOT_YET_WHY.text() />
                }
                    .into_any(),
                Found::Failed(why) => view! { <Standing sign="!" class="attention" title=phrases::STATUS_FAILED.text() why /> }.into_any(),
                Found::Here(progress, receipt) => view! { <Here progress receipt /> }.into_any(),
            }}
            <div class="buttons">
                <button type="button" class="button" data-test="look-again" on:click=move |_| spawn_local(async move { refresh().await; })>
                    {say(phrases::LOOK_AGAIN)}
                </button>
            </div>
        </article>
    }
}

#[component]
fn Standing(sign: &'static str, class: &'static str, title: Text, why: Text) -> impl IntoView {
    view! {
        <div class=format!("standing standing-{class}")>
            <span class="standing-sign" aria-hidden="true">{sign}</span>
            <div role="status">
                <Heading text=tell(title) />
                <p>{tell(why)}</p>
            </div>
        </div>
    }
}

#[component]
fn Here(progress: Progress, receipt: Acknowledgement) -> impl IntoView {
    let app = App::get();
    let Progress { short_number, item, received_at, state, due } = progress;
    let today = app.today();
    let code = item.clone();
    let sought = catalogue::seek(app, move || Some(Wanted { code: code.clone(), version: None, day: today }));
    let name = Memo::new(move |_| match sought.get() {
        Sought::Here(found) => found.name.get(app.lang.get()).to_owned(),
        _ => item.clone(),
    });
    let number = number::show(&short_number);
    let lines = {
        let number = number.clone();
        Signal::derive(move || {
            let lang = app.lang.get();
            vec![
                name.get(),
                format!("{} {number}", phrases::SHORT_NUMBER.get(lang)),
                format!("{} {}", phrases::AT_HALL.get(lang), moment(received_at)),
                phrases::NOT_ACCEPTANCE.get(lang).to_owned(),
            ]
        })
    };
    let (id, text) = (receipt.id, receipt.receipt);
    view! {
        <Standing sign="✓" class="received" title=shared::state(state).text() why=phrases::state_why(state).text() />
        <dl class="facts">
            <dt>{say(phrases::ITEM)}</dt>
            <dd>{move || name.get()}</dd>
            <dt>{say(phrases::SHORT_NUMBER)}</dt>
            <dd data-test="short-number">{number}</dd>
            <dt>{say(phrases::AT_HALL_ON)}</dt>
            <dd>{moment(received_at)}</dd>
            {due.map(|due| view! {
                <dt>{say(phrases::DUE)}</dt>
                <dd>{due.to_string()}</dd>
            })}
        </dl>
        <h2>{say(phrases::RECEIPT)}</h2>
        <div class="receipt-code"><Qr text=text.clone() /></div>
        <p class="receipt-not"><span class="receipt-seal" aria-hidden="true">"!"</span>{say(phrases::NOT_ACCEPTANCE)}</p>
        <div class="buttons"><Keep text lines id /></div>
        <p class="quiet">{say(phrases::STATUS_PRIVATE)}</p>
    }
}
