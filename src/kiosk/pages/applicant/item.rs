//! One item, all of it readable without starting anything (行政许可法 art. 30): conditions, materials, limits, fees, flow.

use super::apply::Needs;
use super::{Cited, Label, Local, NotHere, Nothing, phrases};
use crate::catalogue::{Condition, Decided, Fee, Filing, Gate, Handling, Item, Limit, LimitKind};
use crate::check::explain;
use crate::kiosk::app::App;
use crate::kiosk::device::catalogue::{self, Sought, Wanted};
use crate::kiosk::device::drafts;
use crate::kiosk::device::net::Failure;
use crate::kiosk::outbox;
use crate::kiosk::parts::explained::Explained;
use crate::kiosk::parts::flow::Flow;
use crate::kiosk::parts::go::{Go, Link};
use crate::kiosk::parts::heading::Heading;
use crate::kiosk::parts::{say, tell};
use crate::words::{Phrase, Text, money};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use std::sync::Arc;
use uuid::Uuid;

/// `/item/:code`.
#[component]
pub fn ItemPage() -> impl IntoView {
    let app = App::get();
    let params = use_params_map();
    let code = move || params.with(|params| params.get("code"));
    let sought = catalogue::seek(app, move || code().map(|code| Wanted::today(app, code)));
    view! {
        {move || match sought.get() {
            Sought::Here(item) => view! { <Sheet item /> }.into_any(),
            Sought::Waiting => view! { <p class="starting" role="status">{say(phrases::LOADING)}</p> }.into_any(),
            Sought::Unknown => view! { <Nothing heading=phrases::NO_ITEM /> }.into_any(),
            Sought::NotHere => view! { <NotHere /> }.into_any(),
        }}
    }
}

#[component]
fn Sheet(item: Arc<Item>) -> impl IntoView {
    let conditions =
        item.conditions.iter().cloned().map(|condition| view! { <ConditionCard item=item.clone() condition /> }).collect_view();
    let gates = item.gates.iter().cloned().map(|gate| view! { <GateCard item=item.clone() gate /> }).collect_view();
    let materials = item.materials.iter().cloned().map(|material| {
        let name = material.name.clone();
        let basis = material.basis.clone();
        let local = material.local.clone();
        let code = material.code.clone();
        let when = material.needed_when.as_ref().map(|rule| explain::needed(rule, &item));
        view! {
            <li class="piece">
                <h3>{tell(name)} <Local local /></h3>
                <Needs material ahead=true />
                {when.map(|words| view! {
                    <div class="second" data-test=format!("material-words-{code}")>
                        <p class="second-label">{say(phrases::NEEDED_WHEN)}</p>
                        <Explained words />
                    </div>
                })}
                {(!basis.is_empty()).then(|| view! { <Cited basis /> })}
            </li>
        }
    });
    view! {
        <article class="sheet item">
            <p class="badges"><Label label=item.label.clone() /></p>
            <Heading text=tell(item.name.clone()) />
            <p class="item-summary">{tell(item.summary.clone())}</p>
            {match item.filing {
                Filing::PreCheckOnly => {
                    view! { <p class="notice-strong" data-test="pre-check">{say(phrases::PRE_CHECK_WHY)}</p> }.into_any()
                }
                Filing::Online => view! { <MayNotSubmit /> }.into_any(),
            }}
            <InShort item=item.clone() />
            <h2>{say(phrases::CONDITIONS)}</h2>
            <ul class="pieces">{conditions}</ul>
            {(!item.gates.is_empty()).then(|| view! {
                <h2>{say(phrases::GATES)}</h2>
                <ul class="pieces">{gates}</ul>
            })}
            <h2>{say(phrases::MATERIALS)}</h2>
            <ol class="pieces">{materials.collect_view()}</ol>
            <h2>{say(phrases::LIMITS)}</h2>
            <ul class="pieces">{item.limits.iter().cloned().map(|limit| view! { <LimitCard limit /> }).collect_view()}</ul>
            <h2>{say(phrases::FEES)}</h2>
            <Fees fees=item.fees.clone() />
            <h2>{say(phrases::FLOW)}</h2>
            <Flow steps=item.flow.clone() />
            <h2>{say(phrases::RESULT)}</h2>
            <dl class="facts">
                <dt>{say(phrases::RESULT)}</dt>
                <dd>{tell(item.result.name.clone())}</dd>
                <dt>{say(phrases::VALIDITY)}</dt>
                <dd>{tell(item.result.validity.clone())}</dd>
                <dt>{say(phrases::DELIVERY)}</dt>
                <dd>{tell(item.result.delivery.clone())}</dd>
            </dl>
            <h2>{say(phrases::CONTACT)}</h2>
            <dl class="facts">
                <dt>{say(phrases::ENQUIRY)}</dt>
                <dd>{tell(item.enquiry.clone())}</dd>
                <dt>{say(phrases::COMPLAINT)}</dt>
                <dd>{tell(item.complaint.clone())}</dd>
            </dl>
            <p class="quiet">{say(phrases::AS_OF)} " " {item.as_of.to_string()} " " <Label label=item.label.clone() /></p>
            <Start item />
        </article>
    }
}

/// Why this machine takes no applications, if it does not: said before anybody fills in anything.
#[component]
fn MayNotSubmit() -> impl IntoView {
    let app = App::get();
    let refusal = RwSignal::new(None::<Text>);
    Effect::new(move |_| {
        app.trust.track();
        spawn_local(async move {
            // Any other failure may have passed by the time of submitting.
            let why = if let Err(Failure::Key(why)) = outbox::may_submit(app).await { Some(why) } else { None };
            refusal.try_set(why);
        });
    });
    move || refusal.get().map(|why| view! { <p class="notice-strong" role="status" data-test="may-not-submit">{tell(why)}</p> })
}

/// What most people came to read: how long, how much, where.
#[component]
fn InShort(item: Arc<Item>) -> impl IntoView {
    let handling = match item.handling {
        Handling::Instant => phrases::INSTANT,
        Handling::Promised => phrases::PROMISED,
    };
    let promised = item.limit(LimitKind::Promised).filter(|limit| limit.length > 0).map(|limit| limit.unit.say(limit.length));
    view! {
        <dl class="facts facts-short" aria-label=say(phrases::IN_SHORT)>
            <dt>{say(phrases::LIMITS)}</dt>
            <dd>
                <span class="badge">{say(handling)}</span>
                {promised.map(|length| view! { <span>" " {tell(length)}</span> })}
            </dd>
            <dt>{say(phrases::FEES)}</dt>
            <dd>
                <Fees fees=item.fees.clone() />
            </dd>
            <dt>{say(phrases::VISITS)}</dt>
            <dd>{item.visits} " " {say(phrases::VISITS_UNIT)}</dd>
            <dt>{say(phrases::WINDOW)}</dt>
            <dd>{tell(item.window.clone())}</dd>
            <dt>{say(phrases::HOURS)}</dt>
            <dd>{tell(item.hours.clone())}</dd>
            <dt>{say(phrases::BODY)}</dt>
            <dd>{tell(item.body.clone())}</dd>
        </dl>
    }
}

/// The official text, and beside it what the program makes of it: the two can be compared by whoever doubts one of them.
#[component]
fn ConditionCard(item: Arc<Item>, condition: Condition) -> impl IntoView {
    let second = match &condition.decided {
        Decided::Rule(rule) => view! {
            <p class="second-label">{say(phrases::BY_RULE)}</p>
            <Explained words=explain::needed(rule, &item) />
        }
        .into_any(),
        Decided::HumanCheck(what) => view! {
            <p class="second-label">{say(phrases::BY_PERSON)}</p>
            <p>{tell(what.clone())}</p>
        }
        .into_any(),
    };
    view! {
        <li class="piece piece-two">
            <div class="first">
                <p class="piece-text">{tell(condition.text)} <Local local=condition.local /></p>
                <Cited basis=condition.basis />
            </div>
            <div class="second" data-test=format!("condition-words-{}", condition.code)>{second}</div>
        </li>
    }
}

#[component]
fn GateCard(item: Arc<Item>, gate: Gate) -> impl IntoView {
    let words = explain::needed(&gate.when, &item);
    view! {
        <li class="piece piece-two">
            <div class="first">
                <p class="piece-text">{tell(gate.say)} <Local local=gate.local /></p>
                {gate.go.map(|go| view! { <p>{tell(go)}</p> })}
                {gate.item.map(|code| view! { <Link href=format!("/item/{code}") class="link">{say(phrases::TO_OTHER_ITEM)}</Link> })}
                <Cited basis=gate.basis />
            </div>
            <div class="second" data-test=format!("gate-words-{}", gate.code)>
                <p class="second-label">{say(phrases::GATE_WHEN)}</p>
                <Explained words />
            </div>
        </li>
    }
}

#[component]
fn LimitCard(limit: Limit) -> impl IntoView {
    let kind: Phrase = match limit.kind {
        LimitKind::Statutory => phrases::STATUTORY,
        LimitKind::Promised => phrases::PROMISED_LIMIT,
    };
    view! {
        <li class="piece">
            <p class="piece-text">
                {say(kind)} " " <strong class="limit-length">{tell(limit.unit.say(limit.length))}</strong> " " <Local local=limit.local />
            </p>
            <p>{say(phrases::FROM)} " " {tell(limit.start)}</p>
            {limit.note.map(|note| view! { <p class="quiet">{tell(note)}</p> })}
            <Cited basis=limit.basis />
        </li>
    }
}

#[component]
fn Fees(fees: Vec<Fee>) -> impl IntoView {
    let app = App::get();
    if fees.is_empty() {
        return view! { <p>{say(phrases::FREE)}</p> }.into_any();
    }
    let fee = |fee: Fee| {
        view! {
            <li>
                {tell(fee.name)} " " <strong>{move || money::show(fee.amount, app.lang.get())}</strong>
                <Cited basis=fee.basis />
            </li>
        }
    };
    view! { <ul class="plain">{fees.into_iter().map(fee).collect_view()}</ul> }.into_any()
}

/// The way in, always in reach; with something begun already, the choice to go on or to start over.
#[component]
fn Start(item: Arc<Item>) -> impl IntoView {
    let app = App::get();
    let go = Go::get();
    let code = StoredValue::new(item.code.clone());
    let begun = RwSignal::new(false);
    let stored = StoredValue::new(None::<Uuid>);
    let word = if item.filing == Filing::PreCheckOnly { phrases::PRE_CHECK } else { phrases::START };
    let here = app.draft.with_untracked(|draft| draft.as_ref().is_some_and(|d| d.item.code == item.code));
    begun.set(here);
    spawn_local(async move {
        match drafts::load(&code.get_value()).await {
            Ok(Some(draft)) => {
                stored.try_set_value(Some(draft.id));
                begun.try_set(true);
            }
            Ok(None) => {}
            Err(failure) => app.trouble.set(Some(failure.say())),
        }
    });
    let start = move |_| go.to(&format!("/apply/{}", code.get_value()));
    let start_over = move |_| {
        app.draft.set(None);
        spawn_local(async move {
            if let Some(id) = stored.get_value()
                && let Err(failure) = drafts::delete(&code.get_value(), id).await
            {
                app.trouble.set(Some(failure.say()));
            }
            go.to(&format!("/apply/{}", code.get_value()));
        });
    };
    view! {
        <div class="buttons stuck">
            {move || begun.get().then(|| view! {
                <button type="button" class="button" data-test="start-over" on:click=start_over>{say(phrases::START_AGAIN)}</button>
            })}
            <button type="button" class="button primary" data-test="start" on:click=start>
                {move || if begun.get() { phrases::RESUME } else { word }.get(app.lang.get())}
            </button>
        </div>
    }
}
