//! The verdict: one clear word, then the one complete list, each point with its basis and what to do about it.

use super::super::{Cited, Local, phrases};
use super::way::{self, Place};
use super::{Applying, materials::Needs};
use crate::catalogue::{Basis, Decided, Filing, Item};
use crate::check::explain::{self, Words};
use crate::check::{Assessment, MaterialState, Outcome, Point, PointKind};
use crate::kiosk::app::{Draft, Step};
use crate::kiosk::device::print;
use crate::kiosk::parts::explained::Explained;
use crate::kiosk::parts::go::Link;
use crate::kiosk::parts::heading::Heading;
use crate::kiosk::parts::{say, tell};
use crate::words::{Phrase, Text};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

#[component]
pub fn Verdict(applying: Applying) -> impl IntoView {
    applying.at(Step::Verdict);
    let seen = applying.assess().zip(applying.app.draft.get_untracked());
    let Some((assessment, draft)) = seen else { return ().into_any() };
    if assessment.outcome == Outcome::Open {
        // An address from yesterday: something has opened again meanwhile.
        if let Some(place) = applying.read(way::onward) {
            applying.instead(&place);
        }
        return ().into_any();
    }
    view! { <Sheet applying assessment draft /> }.into_any()
}

#[component]
fn Sheet(applying: Applying, assessment: Assessment, draft: Draft) -> impl IntoView {
    let item = draft.item.clone();
    let outcome = assessment.outcome;
    let (sign, word, sentence) = phrases::outcome(outcome);
    let code = phrases::outcome_code(outcome);
    let list = NodeRef::<html::Section>::new();
    let print_all = move |_| {
        // Paper has no way to open what is folded.
        if let Some(section) = list.get_untracked() {
            open_all(&section);
        }
        print::start(applying.app);
    };
    let files = item.filing == Filing::Online && outcome.may_submit();
    let back = applying.before(&Place::Verdict);
    // What the applicant can do something about comes first; the item's own order within.
    let mut listed = assessment.points.clone();
    listed.sort_by_key(|point| match point.kind {
        PointKind::Person => 2,
        PointKind::Deferred => 1,
        _ => 0,
    });
    let points = listed
        .iter()
        .map(|point| {
            let fix = applying.read(|draft, today| way::fix(&point.id, &assessment, draft, today)).flatten();
            let why = applying.read(|draft, today| explain::why_listed(&draft.item, &draft.application, point, today)).unwrap_or_default();
            view! { <PointCard item=item.clone() point=point.clone() fix why /> }
        })
        .collect_view();
    let prepares = item.filing == Filing::PreCheckOnly && outcome.may_submit();
    view! {
        <section class="sheet verdict-sheet" data-test="verdict" data-outcome=code node_ref=list>
            <p class="verdict-item">{tell(item.name.clone())}</p>
            <div class=format!("verdict verdict-{code}")>
                <span class="verdict-sign" aria-hidden="true">{sign}</span>
                <Heading text=tell(word.text()) />
                <p class="verdict-sentence">{say(sentence)}</p>
            </div>
            {(!assessment.points.is_empty()).then(|| view! {
                <h2>{say(phrases::THE_LIST)}</h2>
                <ol class="points">{points}</ol>
            })}
            <Fine applying item=item.clone() assessment=assessment.clone() />
            {prepares.then(|| view! { <Prepare item=item.clone() assessment=assessment.clone() /> })}
            {(files && !outcome.is_ready()).then(|| view! { <p class="notice-calm">{say(phrases::ANYWAY_WHY)}</p> })}
            <p class="quiet">{say(phrases::AS_DECLARED)}</p>
            <div class="buttons stuck">
                <button type="button" class="button" data-test="back" on:click=move |_| applying.to(&back)>{say(phrases::BACK)}</button>
                <button type="button" class="button" data-test="print" on:click=print_all>{say(phrases::PRINT)}</button>
                {files.then(|| {
                    let (class, word) = if outcome.is_ready() {
                        ("button primary", phrases::GO_ON)
                    } else {
                        ("button", phrases::GO_ON_ANYWAY)
                    };
                    view! {
                        <button type="button" class=class data-test="go-on" on:click=move |_| applying.to(&Place::Confirm)>
                            {say(word)}
                        </button>
                    }
                })}
            </div>
        </section>
    }
}

fn open_all(section: &web_sys::Element) {
    let Ok(all) = section.query_selector_all("details") else { return };
    for at in 0..all.length() {
        if let Some(details) = all.get(at).and_then(|node| node.dyn_into::<web_sys::HtmlDetailsElement>().ok()) {
            details.set_open(true);
        }
    }
}

/// What a point says, gathered from the item.
struct Said {
    title: Text,
    /// What to do, or where to go, and under which heading.
    remedy: Option<(Phrase, Text)>,
    /// Standards that are not met.
    standards: Vec<Text>,
    basis: Vec<Basis>,
    /// An item to go on with.
    item: Option<String>,
    local: Option<Text>,
}

fn said(item: &Item, point: &Point) -> Option<Said> {
    let (kind, code) = point.id.split_once('.')?;
    Some(match kind {
        "gate" => {
            let gate = item.gates.iter().find(|g| g.code == code)?;
            let remedy = gate.go.clone().map(|go| (phrases::GO, go));
            Said {
                title: gate.say.clone(),
                remedy,
                standards: vec![],
                basis: gate.basis.clone(),
                item: gate.item.clone(),
                local: gate.local.clone(),
            }
        }
        "condition" => {
            let condition = item.conditions.iter().find(|c| c.code == code)?;
            let remedy = match &condition.decided {
                Decided::HumanCheck(what) => (phrases::HUMAN, what.clone()),
                Decided::Rule(_) => (phrases::REMEDY, condition.remedy.clone()),
            };
            Said {
                title: condition.text.clone(),
                remedy: Some(remedy),
                standards: vec![],
                basis: condition.basis.clone(),
                item: None,
                local: condition.local.clone(),
            }
        }
        _ => {
            let material = item.material(code)?;
            let unmet = material.standards.iter().filter(|s| point.standards.contains(&s.code)).map(|s| s.text.clone()).collect();
            Said {
                title: material.name.clone(),
                remedy: None,
                standards: unmet,
                basis: material.basis.clone(),
                item: None,
                local: material.local.clone(),
            }
        }
    })
}

/// One point, opened to its basis and remedy, with the way to change what it rests on.
#[component]
fn PointCard(item: std::sync::Arc<Item>, point: Point, fix: Option<Place>, why: Vec<Words>) -> impl IntoView {
    let said = said(&item, &point)?;
    let (sign, word) = phrases::point(point.kind);
    let material = point.id.strip_prefix("material.").and_then(|code| item.material(code)).cloned();
    let fix_href = fix.map(|place| format!("{}?fix", place.path(&item.code)));
    // What a person judges is not the applicant's to mend; the rest is open from the start.
    let open = !matches!(point.kind, PointKind::Person);
    // The detail of a human check is the same text as its remedy.
    let detail = point.detail.clone().filter(|detail| said.remedy.as_ref().is_none_or(|(_, text)| text != detail));
    Some(view! {
        <li class=format!("point point-{}", kind_code(point.kind)) data-test=format!("point-{}", point.id)>
            <details open=open>
                <summary class="point-head">
                    <span class="point-sign" aria-hidden="true">{sign}</span>
                    <span class="point-title">
                        <span class="point-word">{say(word)} " " <Local local=said.local /></span>
                        <strong>{tell(said.title)}</strong>
                    </span>
                </summary>
                <div class="point-body">
                    {detail.map(|detail| view! { <p class="point-detail">{tell(detail)}</p> })}
                    {(!said.standards.is_empty()).then(|| view! {
                        <p class="point-label">{say(phrases::STANDARDS)}</p>
                        <ul class="plain">{said.standards.into_iter().map(|s| view! { <li>{tell(s)}</li> }).collect_view()}</ul>
                    })}
                    {(!why.is_empty()).then(|| view! {
                        <div class="point-why" data-test=point.id.replacen('.', "-why-", 1)>
                            <p class="point-label">{say(phrases::WHY)}</p>
                            {why.into_iter().map(|words| view! { <Explained words /> }).collect_view()}
                        </div>
                    })}
                    {said.remedy.map(|(label, text)| view! {
                        <p class="point-label">{say(label)}</p>
                        <p>{tell(text)}</p>
                    })}
                    {material.map(|material| view! { <Needs material /> })}
                    {(!said.basis.is_empty()).then(|| view! { <Cited basis=said.basis /> })}
                    <p class="point-ways">
                        {said.item.map(|code| view! {
                            <Link href=format!("/item/{code}") class="button small">{say(phrases::TO_OTHER_ITEM)}</Link>
                        })}
                        {fix_href.filter(|_| point.kind != PointKind::Person).map(|href| view! {
                            <Link href class="button small" test=format!("fix-{}", point.id)>{say(phrases::FIX)}</Link>
                        })}
                    </p>
                </div>
            </details>
        </li>
    })
}

fn kind_code(kind: PointKind) -> &'static str {
    match kind {
        PointKind::NotRequired => "not-required",
        PointKind::Elsewhere => "elsewhere",
        PointKind::NotMet => "not-met",
        PointKind::Person => "person",
        PointKind::Missing => "missing",
        PointKind::Defective => "defective",
        PointKind::Deferred => "deferred",
    }
}

/// What is fine already, folded: it needs no attention.
#[component]
fn Fine(applying: Applying, item: std::sync::Arc<Item>, assessment: Assessment) -> impl IntoView {
    let on_list = |id: String| assessment.points.iter().any(|p| p.id == id);
    let conditions = assessment.conditions.iter().filter(|c| !on_list(format!("condition.{}", c.code)));
    let conditions = conditions.filter_map(|c| item.conditions.iter().find(|known| known.code == c.code)).map(|c| {
        let why = applying.read(|draft, today| explain::why_condition(&draft.item, &draft.application, &c.code, today)).flatten();
        (c.text.clone(), why.map(|why| (format!("condition-why-{}", c.code), why)))
    });
    let materials = assessment.materials.iter().filter(|(_, state)| *state == MaterialState::Good);
    let materials = materials.filter_map(|(code, _)| item.material(code)).map(|m| (m.name.clone(), None));
    let fine: Vec<(Text, Option<(String, Words)>)> = conditions.chain(materials).collect();
    let why = |(test, words): (String, Words)| view! { <div class="fine-why" data-test=test><Explained words /></div> };
    (!fine.is_empty()).then(|| {
        view! {
            <details class="fine">
                <summary>{say(phrases::FINE)} " (" {fine.len()} ")"</summary>
                <ul class="fine-list">
                    {fine
                        .into_iter()
                        .map(|(text, words)| view! { <li><span aria-hidden="true">"✓ "</span>{tell(text)}{words.map(why)}</li> })
                        .collect_view()}
                </ul>
            </details>
        }
    })
}

/// For what must be done in person: what to bring, when and where to.
#[component]
fn Prepare(item: std::sync::Arc<Item>, assessment: Assessment) -> impl IntoView {
    let bring = way::cards(&assessment).iter().filter_map(|code| item.material(code)).map(|m| m.name.clone()).collect::<Vec<_>>();
    view! {
        <h2>{say(phrases::PREPARED)}</h2>
        <p class="notice-calm">{say(phrases::PRE_CHECK_WHY)}</p>
        <p class="point-label">{say(phrases::BRING)}</p>
        <ul class="plain">{bring.into_iter().map(|name| view! { <li>"☐ " {tell(name)}</li> }).collect_view()}</ul>
        <p>{say(phrases::PREPARED_GO)}</p>
        <dl class="facts">
            <dt>{say(phrases::WINDOW)}</dt>
            <dd>{tell(item.window.clone())}</dd>
            <dt>{say(phrases::HOURS)}</dt>
            <dd>{tell(item.hours.clone())}</dd>
            <dt>{say(phrases::ENQUIRY)}</dt>
            <dd>{tell(item.enquiry.clone())}</dd>
        </dl>
    }
}
