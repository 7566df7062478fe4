//! The five acts at the window, each with its form: what is asked is what its notice must show. The hall checks every act
//! once more; a form only keeps the clerk from sending what it would refuse.

use super::case::{Open, expected, point_words, unmet};
use super::cases::due_words;
use super::{phrases, say, tell};
use crate::case::{Act, ActName, Correction, TakenIn};
use crate::catalogue::{Basis, Item, LimitKind, Material, cite};
use crate::check::{Point, PointKind};
use crate::words::{Lang, Phrase, Text};
use leptos::html;
use leptos::prelude::*;

/// The most of one material that can be taken in: what the hall holds to be plausible.
const MOST: u8 = 50;

/// The form of `act`.
#[component]
pub fn Form(open: Open, act: ActName) -> impl IntoView {
    match act {
        ActName::TakeIn => view! { <TakeIn open /> }.into_any(),
        ActName::Accept => view! { <Accept open /> }.into_any(),
        ActName::AskCorrection => view! { <Ask open /> }.into_any(),
        ActName::Supplied => view! { <Supplied open /> }.into_any(),
        ActName::Refuse => view! { <Refuse open /> }.into_any(),
    }
}

/// What the forms share: title, what is wrong, send and cancel. `make` gives the act, or why it cannot be sent yet.
#[component]
fn Shell(
    open: Open,
    act: ActName,
    send: Phrase,
    make: Callback<(), Result<Act, Phrase>>,
    #[prop(optional, into)] not_yet: Signal<bool>,
    children: Children,
) -> impl IntoView {
    let title = NodeRef::<html::H3>::new();
    // Whoever works without a mouse or by ear is taken to the form.
    Effect::new(move |_| {
        if let Some(title) = title.get() {
            let _ = title.focus();
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        match make.run(()) {
            Ok(act) => open.send(act),
            Err(why) => open.wrong.set(Some(why.text())),
        }
    };
    view! {
        <form class="desk-form desk-act" data-test="act-form" novalidate on:submit=submit>
            <h3 node_ref=title tabindex="-1">{say(phrases::act(act))}</h3>
            {children()}
            <p class="desk-wrong" role="alert" data-test="act-wrong">
                {move || open.wrong.get().map(|wrong| wrong.get(open.app.lang.get()).to_owned())}
            </p>
            <div class="desk-row">
                <button class="desk-button primary" data-test="send" type="submit" disabled=move || open.busy.get() || not_yet.get()>
                    {move || if open.busy.get() { phrases::SENDING } else { send }.get(open.app.lang.get())}
                </button>
                <button class="desk-button" data-test="cancel" type="button" on:click=move |_| open.cancel()>{say(phrases::CANCEL)}</button>
            </div>
        </form>
    }
}

/// The item, or nothing where this desk's catalogue has none; the forms then say so.
fn item(open: Open) -> Option<std::sync::Arc<Item>> {
    open.item.get_untracked()
}

/// Points of the re-check that the applicant would have to correct.
fn to_correct(open: Open) -> Vec<Point> {
    open.view.with_untracked(|view| {
        let points = view.iter().flat_map(|view| &view.recheck.points);
        points.filter(|point| phrases::needs_correction(point)).cloned().collect()
    })
}

fn no_item(item: &Option<std::sync::Arc<Item>>) -> impl IntoView + use<> {
    item.is_none().then(|| view! { <p class="desk-trouble">{say(phrases::UNKNOWN_ITEM)}</p> })
}

// ── 收件 ──

#[derive(Clone)]
struct Count {
    material: String,
    name: Text,
    originals: RwSignal<String>,
    copies: RwSignal<String>,
}

impl Count {
    fn read(&self) -> Result<TakenIn, Phrase> {
        let number = |typed: RwSignal<String>| match typed.get_untracked().trim() {
            "" => Ok(0),
            typed => typed.parse().ok().filter(|n| *n <= MOST).ok_or(phrases::TAKE_IN_BAD),
        };
        Ok(TakenIn { material: self.material.clone(), originals: number(self.originals)?, copies: number(self.copies)? })
    }
}

#[component]
fn TakeIn(open: Open) -> impl IntoView {
    let item = item(open);
    let counts: Vec<Count> = open.view.with_untracked(|view| {
        let (Some(view), Some(item)) = (view, &item) else { return vec![] };
        let declared = &view.submission.application.materials;
        let count = |material: &Material| {
            let (originals, copies) = declared.get(&material.code).map_or((0, 0), |d| d.counts(material));
            let signal = |n: u8| RwSignal::new(n.min(MOST).to_string());
            Count { material: material.code.clone(), name: material.name.clone(), originals: signal(originals), copies: signal(copies) }
        };
        expected(item, &view.recheck).map(count).collect()
    });
    let rows = counts.clone();
    let make = Callback::new(move |()| {
        let mut materials = counts.iter().map(Count::read).collect::<Result<Vec<_>, _>>()?;
        materials.retain(|m| m.originals > 0 || m.copies > 0);
        if materials.is_empty() { Err(phrases::TAKE_IN_NONE) } else { Ok(Act::TakeIn { materials }) }
    });
    let field = |name: &Text, word: Phrase, test: String, value: RwSignal<String>| {
        let (lang, name) = (open.app.lang, name.clone());
        let label = move || format!("{}: {}", name.get(lang.get()), word.get(lang.get()));
        view! { <input class="desk-amount" inputmode="numeric" autocomplete="off" maxlength="2" data-test=test aria-label=label bind:value=value /> }
    };
    let rows = rows.into_iter().map(|row| {
        view! {
            <tr>
                <th scope="row">{tell(row.name.clone())}</th>
                <td>{field(&row.name, phrases::ORIGINALS, format!("count-{}-originals", row.material), row.originals)}</td>
                <td>{field(&row.name, phrases::COPIES, format!("count-{}-copies", row.material), row.copies)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Shell open act=ActName::TakeIn send=phrases::TAKE_IN_SEND make>
            <p>{say(phrases::TAKE_IN_HOW)}</p>
            {no_item(&item)}
            <table class="desk-table">
                <thead>
                    <tr>
                        <th scope="col">{say(phrases::MATERIALS_SHORT)}</th>
                        <th scope="col">{say(phrases::ORIGINALS)}</th>
                        <th scope="col">{say(phrases::COPIES)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </Shell>
    }
}

// ── 受理 ──

#[component]
fn Accept(open: Open) -> impl IntoView {
    let app = open.app;
    let item = item(open);
    let found = to_correct(open);
    let confirmed = RwSignal::new(found.is_empty());
    let limits = {
        let item = item.clone();
        move || {
            let (lang, today) = (app.lang.get(), app.today());
            let limits = item.as_ref().map(|i| i.limits.as_slice()).unwrap_or_default();
            let rows: Vec<_> = app.bundle.with(|bundle| {
                let due = |limit: &crate::catalogue::Limit| bundle.as_ref()?.calendar.add(today, limit.length, limit.unit).ok();
                let row = |limit| due(limit).map(|due| (limit.kind, due_words(due, today, lang).0));
                limits.iter().filter_map(row).collect()
            });
            if rows.is_empty() {
                return view! { <p class="desk-quiet">{phrases::ACCEPT_NO_LIMIT.get(lang)}</p> }.into_any();
            }
            let rows = rows.into_iter().map(|(kind, text)| {
                let word = match kind {
                    LimitKind::Promised => phrases::DUE_PROMISED,
                    LimitKind::Statutory => phrases::DUE_STATUTORY,
                };
                view! { <dt>{word.get(lang)}</dt><dd>{text}</dd> }
            });
            view! { <dl class="desk-says">{rows.collect_view()}</dl> }.into_any()
        }
    };
    let despite = (!found.is_empty()).then(|| {
        let rows = found.iter().map(|point| {
            let lines = std::iter::once(point_words(item.as_deref(), &point.id)).chain(unmet(item.as_deref(), point).cloned());
            view! {
                <li>
                    <strong class="mark missing">{say(phrases::point(point.kind))}</strong>
                    {lines.map(|line| view! { <span>{tell(line)}</span> }).collect_view()}
                </li>
            }
        });
        view! {
            <div class="desk-block bad">
                <label class="desk-tick">
                    <input type="checkbox" data-test="confirm-points" bind:checked=confirmed />
                    <span>{say(phrases::ACCEPT_DESPITE)}</span>
                </label>
                <ul class="desk-points">{rows.collect_view()}</ul>
            </div>
        }
    });
    view! {
        <Shell open act=ActName::Accept send=phrases::ACCEPT_SEND make=Callback::new(|()| Ok(Act::Accept)) not_yet=Signal::derive(move || !confirmed.get())>
            <p>{say(phrases::ACCEPT_HOW)}</p>
            {limits}
            <p class="desk-quiet">{say(phrases::ACCEPT_BASIS)}</p>
            {despite}
        </Shell>
    }
}

// ── 补正 ──

/// One point that can be asked for.
#[derive(Clone)]
struct Askable {
    point: String,
    name: Text,
    chosen: RwSignal<bool>,
    standard: RwSignal<String>,
}

#[component]
fn Ask(open: Open) -> impl IntoView {
    let item = item(open);
    let found = to_correct(open);
    // The notice is one document in one language: that of the desk.
    let lang = open.app.lang.get_untracked();
    let askable = |point: String, name: &Text, standard: String| Askable {
        chosen: RwSignal::new(found.iter().any(|p| p.id == point)),
        point,
        name: name.clone(),
        standard: RwSignal::new(standard),
    };
    let (conditions, materials): (Vec<_>, Vec<_>) = item.as_ref().map_or_else(Default::default, |item| {
        let conditions = item.conditions.iter().map(|c| askable(format!("condition.{}", c.code), &c.text, c.remedy.get(lang).to_owned()));
        let materials = item.materials.iter().map(|m| {
            let point = format!("material.{}", m.code);
            let standard = standard(item, m, found.iter().find(|p| p.id == point), lang);
            askable(point, &m.name, standard)
        });
        (conditions.collect(), materials.collect())
    });
    let all: Vec<Askable> = conditions.iter().chain(&materials).cloned().collect();
    let count = {
        let all = all.clone();
        move || all.iter().filter(|a| a.chosen.get()).count()
    };
    let make = Callback::new(move |()| {
        let chosen = all.iter().filter(|a| a.chosen.get_untracked());
        let points = chosen.map(|a| Correction { point: a.point.clone(), standard: a.standard.get_untracked().trim().to_owned() });
        let points: Vec<Correction> = points.collect();
        if points.is_empty() {
            Err(phrases::ASK_NONE)
        } else if points.iter().any(|p| p.standard.is_empty()) {
            Err(phrases::ASK_BLANK)
        } else {
            Ok(Act::AskCorrection { points })
        }
    });
    view! {
        <Shell open act=ActName::AskCorrection send=phrases::ASK_SEND make>
            <p>{say(phrases::ASK_HOW)}</p>
            {no_item(&item)}
            <AskGroup title=phrases::CONDITIONS points=conditions />
            <AskGroup title=phrases::MATERIALS_SHORT points=materials />
            <p class="desk-quiet" role="status" data-test="chosen">{say(phrases::ASK_CHOSEN)} " " {count}</p>
        </Shell>
    }
}

#[component]
fn AskGroup(title: Phrase, points: Vec<Askable>) -> impl IntoView {
    let points = points.into_iter().map(|Askable { point, name, chosen, standard }| {
        view! {
            <div class="desk-ask" class:chosen=move || chosen.get()>
                <label class="desk-tick">
                    <input type="checkbox" data-test=format!("tick-{point}") bind:checked=chosen />
                    <span>{tell(name)}</span>
                </label>
                <label hidden=move || !chosen.get()>
                    {say(phrases::STANDARD)}
                    <textarea rows="2" maxlength=crate::case::TEXT_LIMIT.to_string() data-test=format!("standard-{point}") bind:value=standard></textarea>
                </label>
            </div>
        }
    });
    view! {
        <fieldset class="desk-asks">
            <legend>{say(title)}</legend>
            {points.collect_view()}
        </fieldset>
    }
}

/// What a material must meet: of a defective one the standards it fails, of any other all of them; and how many are
/// needed, unless that is all right.
fn standard(item: &Item, material: &Material, point: Option<&Point>, lang: Lang) -> String {
    let defective = point.filter(|point| point.kind == PointKind::Defective);
    let mut parts = Vec::new();
    // A defect has a detail when there are too few.
    if defective.is_none_or(|point| point.detail.is_some()) {
        parts.push(match lang {
            Lang::Zh => format!("原件 {} 份,复印件 {} 份", material.originals, material.copies),
            Lang::En => format!("originals: {}, copies: {}", material.originals, material.copies),
        });
    }
    match defective {
        Some(point) => parts.extend(unmet(Some(item), point).map(|text| text.get(lang).to_owned())),
        None => parts.extend(material.standards.iter().map(|s| s.text.get(lang).to_owned())),
    }
    parts.join("; ")
}

// ── 补正已收齐 ──

#[component]
fn Supplied(open: Open) -> impl IntoView {
    let item = item(open);
    let asked: Vec<Correction> = open.view.with_untracked(|view| {
        let last = view.iter().flat_map(|view| view.events.iter().rev()).find_map(|event| match &event.act {
            Act::AskCorrection { points } => Some(points.clone()),
            _ => None,
        });
        last.unwrap_or_default()
    });
    let rows = asked.into_iter().map(|Correction { point, standard }| {
        let name = point_words(item.as_deref(), &point);
        view! {
            <li>
                <strong>{tell(name)}</strong>
                <span>{standard}</span>
            </li>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Shell open act=ActName::Supplied send=phrases::SUPPLIED_SEND make=Callback::new(|()| Ok(Act::Supplied))>
            <p>{say(phrases::SUPPLIED_HOW)}</p>
            <ul class="desk-points">{rows}</ul>
        </Shell>
    }
}

// ── 不予受理 ──

#[component]
fn Refuse(open: Open) -> impl IntoView {
    let item = item(open);
    let lang = open.app.lang.get_untracked();
    let laws = open.app.bundle.with_untracked(|b| b.as_ref().map(|b| b.laws.clone()).unwrap_or_default());
    let cited = |basis: &Basis| cite(basis, &laws).get(lang).to_owned();
    // A gate that closes says itself why, and where to go.
    let gate = item.as_ref().and_then(|item| {
        let ids = open.view.with_untracked(|v| v.as_ref().map(|v| v.recheck.points.iter().map(|p| p.id.clone()).collect::<Vec<_>>()));
        item.gates.iter().find(|gate| ids.iter().flatten().any(|id| id.strip_prefix("gate.") == Some(&gate.code)))
    });
    let reason = RwSignal::new(gate.map(|gate| gate.say.get(lang).to_owned()).unwrap_or_default());
    let basis = RwSignal::new(gate.and_then(|gate| gate.basis.first()).map(cited).unwrap_or_default());
    let go = RwSignal::new(gate.and_then(|gate| gate.go.as_ref()).map(|go| go.get(lang).to_owned()).unwrap_or_default());
    let mut bases: Vec<String> = Vec::new();
    for basis in item.iter().flat_map(|item| all_bases(item)) {
        let text = cited(basis);
        if !bases.contains(&text) {
            bases.push(text);
        }
    }
    let make = Callback::new(move |()| {
        let text = |signal: RwSignal<String>| signal.get_untracked().trim().to_owned();
        let (reason, basis, go) = (text(reason), text(basis), text(go));
        if reason.is_empty() || basis.is_empty() { Err(phrases::REFUSE_BLANK) } else { Ok(Act::Refuse { reason, basis, go }) }
    });
    let choose = move |event| {
        let chosen = event_target_value(&event);
        if !chosen.is_empty() {
            basis.set(chosen);
        }
    };
    let longest = crate::case::TEXT_LIMIT.to_string();
    view! {
        <Shell open act=ActName::Refuse send=phrases::REFUSE_SEND make>
            <p>{say(phrases::REFUSE_HOW)}</p>
            <label>
                {say(phrases::REASON)}
                <textarea rows="3" maxlength=longest.clone() data-test="reason" bind:value=reason></textarea>
            </label>
            <label>
                {say(phrases::BASIS)}
                <input autocomplete="off" maxlength=longest.clone() data-test="basis" bind:value=basis />
            </label>
            <select data-test="basis-choose" aria-label=say(phrases::BASIS_CHOOSE) on:change=choose>
                <option value="">{say(phrases::BASIS_CHOOSE)}</option>
                {bases.into_iter().map(|basis| view! { <option value=basis.clone()>{basis.clone()}</option> }).collect_view()}
            </select>
            <label>
                {say(phrases::GO)}
                <textarea rows="2" maxlength=longest data-test="go" bind:value=go></textarea>
            </label>
        </Shell>
    }
}

/// Every basis the item cites: gates first, as they are what a refusal most often rests on.
fn all_bases(item: &Item) -> impl Iterator<Item = &Basis> {
    let gates = item.gates.iter().flat_map(|gate| &gate.basis);
    let conditions = item.conditions.iter().flat_map(|condition| &condition.basis);
    let materials = item.materials.iter().flat_map(|material| &material.basis);
    gates.chain(conditions).chain(materials)
}
