//! One case: what the applicant declared, what the hall's own check says of it, and beside it the decisions and their
//! record. The declaration never changes while the page is open; state, clock and record follow each decision.

use super::attachments::Attachments;
use super::cases::{binding, due_words};
use super::sign_in::{self, Session, SignIn, SignedIn};
use super::{Frame, Tab, decide, notice, phrases, say, tell, verdict};
use crate::api::{CaseView, Decide};
use crate::calendar::{hall_time, moment};
use crate::case::{Act, ActName, By, point_name};
use crate::catalogue::{Fact, Item, Material};
use crate::check::explain;
use crate::check::{Assessment, Declared, MaterialState, Point};
use crate::kiosk::app::App;
use crate::kiosk::device::catalogue::{self, Sought, Wanted};
use crate::kiosk::device::net::{self, Failure};
use crate::receipt::{Profile, number};
use crate::rules::{Today, Value};
use crate::words::{Lang, Text, money};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;
use std::sync::Arc;
use uuid::Uuid;

/// Characters of an identifier that are compared at a glance.
const LAST: usize = 4;

/// What the page and the forms of its decisions share.
#[derive(Clone, Copy)]
pub struct Open {
    pub app: App,
    session: RwSignal<Session>,
    /// Short number or receipt id, as the address has it; nothing when it is neither.
    which: Memo<Option<String>>,
    pub view: RwSignal<Option<Arc<CaseView>>>,
    /// The item by this desk's catalogue: the version of the hall's check where it has that.
    pub item: Memo<Option<Arc<Item>>>,
    /// Why the case cannot be shown.
    trouble: RwSignal<Option<Text>>,
    form: RwSignal<Option<ActName>>,
    /// Place of the notice that is shown.
    notice: RwSignal<Option<usize>>,
    pub wrong: RwSignal<Option<Text>>,
    pub busy: RwSignal<bool>,
    /// The session ended under an open form: the form stays while the clerk signs in again.
    expired: RwSignal<bool>,
}

/// `/desk/case/:id`.
#[component]
pub fn CasePage() -> impl IntoView {
    let app = App::get();
    let session = sign_in::session(app);
    let params = use_params_map();
    let which = Memo::new(move |_| {
        let id = params.with(|p| p.get("id")).unwrap_or_default();
        number::parse(&id).or_else(|| Uuid::parse_str(&id).ok().map(|id| id.to_string()))
    });
    let view = RwSignal::new(None::<Arc<CaseView>>);
    let wanted = move |v: &Arc<CaseView>| Wanted { code: v.submission.item.clone(), version: Some(v.recheck.version), day: app.today() };
    let sought = catalogue::seek(app, move || view.with(|v| v.as_ref().map(wanted)));
    let item = Memo::new(move |known: Option<&Option<Arc<Item>>>| {
        let code = view.with(|v| v.as_ref().map(|v| v.submission.item.clone()))?;
        // An item once shown stays: a new catalogue must not take away a form that is being filled in.
        match known {
            Some(Some(item)) if item.code == code => Some(item.clone()),
            _ => sought.get().here().filter(|item| item.code == code),
        }
    });
    let open = Open {
        app,
        session,
        which,
        view,
        item,
        trouble: RwSignal::new(None),
        form: RwSignal::new(None),
        notice: RwSignal::new(None),
        wrong: RwSignal::new(None),
        busy: RwSignal::new(false),
        expired: RwSignal::new(false),
    };
    // Another address is another case; nothing of the last one stays.
    Effect::new(move |before: Option<Option<String>>| {
        let which = which.get();
        if before.is_some_and(|before| before != which) {
            open.leave();
        }
        which
    });
    // Read as soon as somebody is signed in and the hall is in reach; an open case is not read over.
    Effect::new(move |_| {
        app.online.track();
        which.track();
        let signed_in = matches!(session.get(), Session::Staff(_));
        open.expired.set(false);
        if signed_in && view.with_untracked(Option::is_none) {
            open.load();
        }
    });
    // Shown once it is known whether this desk has the item.
    let number = Memo::new(move |_| view.with(|v| v.as_ref().map(|v| v.short_number.clone())).filter(|_| sought.get() != Sought::Waiting));
    let offline = Memo::new(move |_| !app.online.get() || session.get() == Session::Offline);
    view! {
        <Frame tab=Tab::Cases session>
            {move || offline.get().then(|| view! { <p class="desk-trouble" role="status" data-test="case-offline">{say(phrases::CASE_OFFLINE)}</p> })}
            <SignedIn session>
                {move || open.trouble.get().filter(|_| !offline.get()).map(|trouble| view! {
                    <p class="desk-trouble" role="alert" data-test="case-trouble">{tell(trouble)}</p>
                })}
                {move || number.get().and_then(|_| view.get_untracked()).map(|filed| view! { <Whole open filed /> })}
            </SignedIn>
        </Frame>
    }
}

impl Open {
    fn leave(self) {
        self.view.set(None);
        self.trouble.set(None);
        self.form.set(None);
        self.notice.set(None);
        self.wrong.set(None);
    }

    fn load(self) {
        let Some(id) = self.which.get_untracked() else {
            self.trouble.set(Some(phrases::CASE_UNKNOWN.text()));
            return;
        };
        spawn_local(async move {
            let result = net::get_json::<CaseView>(&format!("/cases/{id}")).await;
            if self.which.try_get_untracked() != Some(Some(id)) {
                return;
            }
            match result {
                Ok(view) => {
                    self.trouble.try_set(None);
                    self.view.try_set(Some(Arc::new(view)));
                }
                Err(failure) => {
                    sign_in::lost(self.session, &failure);
                    self.trouble.try_set(Some(match failure {
                        Failure::Problem(problem, _) if problem.status == 404 => phrases::CASE_UNKNOWN.text(),
                        Failure::Unreachable => phrases::CASE_OFFLINE.text(),
                        failure => failure.say(),
                    }));
                }
            }
        });
    }

    /// Sends a decision. Done, its notice is shown; somebody having decided meanwhile, the case is read again.
    pub fn send(self, act: Act) {
        let Some(view) = self.view.get_untracked() else { return };
        self.wrong.set(None);
        self.busy.set(true);
        spawn_local(async move {
            let decide = Decide { revision: view.revision, act };
            let result = net::post_json::<_, CaseView>(&format!("/cases/{}/acts", view.short_number), &decide).await;
            self.busy.try_set(false);
            match result {
                Ok(view) => {
                    let printed = view.events.last().is_some_and(|event| has_notice(&event.act));
                    self.form.try_set(None);
                    self.notice.try_set(view.notices.len().checked_sub(1).filter(|_| printed));
                    self.view.try_set(Some(Arc::new(view)));
                }
                Err(Failure::Problem(problem, _)) if problem.status == 409 && problem.code == "revision" => {
                    self.form.try_set(None);
                    self.wrong.try_set(Some(phrases::SOMEONE_ELSE.text()));
                    self.load();
                }
                Err(failure) => {
                    let expired = matches!(&failure, Failure::Problem(problem, _) if problem.status == 401);
                    self.expired.try_set(expired);
                    self.wrong.try_set(Some(failure.say()));
                }
            }
        });
    }

    pub fn cancel(self) {
        self.form.set(None);
        self.wrong.set(None);
        self.expired.set(false);
    }
}

/// Does the act leave a notice? In the order of the record these are the case's notices.
fn has_notice(act: &Act) -> bool {
    !matches!(act, Act::Receive { .. } | Act::Supplied)
}

#[component]
fn Whole(open: Open, filed: Arc<CaseView>) -> impl IntoView {
    let state = move || open.view.with(|v| v.as_ref().map(|v| phrases::state_code(v.state)));
    let declaration = filed.clone();
    view! {
        <article class="desk-case" data-test="case" data-number=filed.short_number.clone() data-state=state>
            <Head open />
            <div class="desk-case-columns">
                <div class="desk-case-main">
                    {problems(&filed.problems)}
                    {move || {
                        let (lang, item) = (open.app.lang.get(), open.item.get());
                        let item = item.as_deref();
                        view! {
                            {item_note(item, &declaration, lang)}
                            {recheck(open.app, item, &declaration, lang)}
                            {applicant(&declaration, lang)}
                            {answers(item, &declaration, lang)}
                            {materials(item, &declaration, lang)}
                        }
                    }}
                    <Attachments open filed=filed.clone() />
                </div>
                <Panel open />
            </div>
        </article>
    }
}

/// Number, item, state and what binds the hall next.
#[component]
fn Head(open: Open) -> impl IntoView {
    let app = open.app;
    view! {
        {move || open.view.get().map(|view| {
            let (lang, today) = (app.lang.get(), app.today());
            let clock = view.clock;
            let item = open.item.get().map_or_else(|| view.submission.item.clone(), |item| item.name.get(lang).to_owned());
            let due = binding(&clock, view.state).map(|(word, due)| {
                let (text, class) = due_words(due, today, lang);
                view! { <span class=class data-test="due">{word.get(lang)} " " {text}</span> }
            });
            let none = due.is_none().then(|| view! { <span class="desk-quiet">{phrases::NO_CLOCK.get(lang)}</span> });
            view! {
                <header class="desk-case-head">
                    <h1>
                        <span class="unseen">{phrases::CASE.get(lang)} " "</span>
                        <span class="desk-number">{number::show(&view.short_number)}</span>
                        " " {item}
                    </h1>
                    <p class="desk-row">
                        <span class=format!("desk-state {}", phrases::state_code(view.state))>{phrases::state(view.state).get(lang)}</span>
                        {due}
                        {none}
                        {clock.accepted_on.map(|date| view! { <span>{phrases::ACCEPTED_ON.get(lang)} " " {date.to_string()}</span> })}
                    </p>
                    {person(&view, lang)}
                    {clock.deemed.then(|| view! {
                        <p class="desk-trouble" data-test="deemed"><strong>{phrases::DEEMED.get(lang)}</strong> " " {phrases::DEEMED_LONG.get(lang)}</p>
                    })}
                </header>
            }
        })}
    }
}

/// Who must stand at the window, before anything else is looked at: the clerk compares with the card.
fn person(view: &CaseView, lang: Lang) -> impl IntoView + use<> {
    let who = &view.submission.applicant;
    let count = who.identifier.chars().count();
    let last: String = who.identifier.chars().skip(count.saturating_sub(LAST)).collect();
    view! {
        <p class="desk-person" data-test="person">
            <span>{phrases::PERSON.get(lang)}</span>
            <strong>{who.name.clone()}</strong>
            <span>{phrases::LAST_FOUR.get(lang)}</span>
            <strong class="desk-number">{last}</strong>
        </p>
    }
}

/// Did no device that the hall vouches for make it?
fn is_self_issued(view: &CaseView) -> bool {
    !matches!(&view.device, Some((_, Profile::Kiosk | Profile::Desk)))
}

fn problems(problems: &[Text]) -> impl IntoView + use<> {
    (!problems.is_empty()).then(|| {
        let lines = problems.iter().map(|problem| view! { <li>{tell(problem.clone())}</li> }).collect_view();
        view! {
            <section class="desk-block bad" data-test="problems">
                <h2>{say(phrases::PROBLEMS)}</h2>
                <ul>{lines}</ul>
            </section>
        }
    })
}

/// Says so when names may not be those of the version that was filed.
fn item_note(item: Option<&Item>, view: &CaseView, lang: Lang) -> impl IntoView + use<> {
    let note = match item {
        None => Some(phrases::UNKNOWN_ITEM),
        Some(item) if item.version != view.submission.item_version => Some(phrases::OTHER_VERSION),
        Some(_) => None,
    };
    note.map(|note| view! { <p class="desk-quiet" data-test="item-note">{note.get(lang)}</p> })
}

/// The hall's check beside the device's.
fn recheck(app: App, item: Option<&Item>, view: &CaseView, lang: Lang) -> impl IntoView + use<> {
    let device = &view.submission.assessment;
    let (sign, word) = if view.agrees { ("✓", phrases::AGREE) } else { ("≠", phrases::DIFFER) };
    let on_device = (!view.agrees).then(|| {
        view! {
            <h3>{phrases::ON_DEVICE.get(lang)}</h3>
            {points(item, device, lang, &|_| vec![])}
            <h3>{phrases::AT_HALL.get(lang)}</h3>
        }
    });
    // As of the day of the hall's own check, and only by the very version that it used.
    let calendar = app.calendar();
    let today = Today { date: hall_time(view.received_at).date_naive(), calendar: &calendar };
    let checked = item.filter(|item| item.version == view.recheck.version);
    let why = |point: &Point| {
        let words = checked.map(|item| explain::why_listed(item, &view.submission.application, point, &today)).unwrap_or_default();
        words.into_iter().map(|words| words.line().get(lang).to_owned()).collect()
    };
    view! {
        <section class="desk-block" data-test="recheck" data-agrees=view.agrees.to_string()>
            <h2>{phrases::RECHECK.get(lang)}</h2>
            <dl class="desk-pair">
                <div>
                    <dt>{phrases::ON_DEVICE.get(lang)}</dt>
                    <dd>{phrases::outcome(device.outcome).get(lang)}</dd>
                </div>
                <div>
                    <dt>{phrases::AT_HALL.get(lang)}</dt>
                    <dd>{phrases::outcome(view.recheck.outcome).get(lang)}</dd>
                </div>
            </dl>
            <p class=if view.agrees { "desk-agree" } else { "desk-agree differ" }><span aria-hidden="true">{sign}</span> " " {word.get(lang)}</p>
            {is_self_issued(view).then(|| view! { <p data-test="rechecked">{phrases::RECHECKED.get(lang)}</p> })}
            {differing(item, device, &view.recheck, lang)}
            <div role="group" aria-label=phrases::POINTS.get(lang)>
                {on_device}
                {points(item, &view.recheck, lang, &why)}
            </div>
        </section>
    }
}

/// The materials that the two checks see differently, and the versions of the item if those were two.
fn differing(item: Option<&Item>, device: &Assessment, hall: &Assessment, lang: Lang) -> Option<impl IntoView + use<>> {
    let name = |code: &str| item.and_then(|i| i.material(code)).map_or_else(|| code.to_owned(), |m| m.name.get(lang).to_owned());
    let word = |state: Option<MaterialState>| state.map_or("—", |state| phrases::material_state(state).get(lang)).to_owned();
    let codes = hall.materials.iter().chain(device.materials.iter().filter(|(code, _)| material_state(hall, code).is_none()));
    let states = codes.map(|(code, _)| (code, material_state(device, code), material_state(hall, code)));
    let mut rows: Vec<(String, String, String)> =
        states.filter(|(_, one, other)| one != other).map(|(code, one, other)| (name(code), word(one), word(other))).collect();
    if device.version != hall.version {
        rows.insert(0, (phrases::ITEM_VERSION.get(lang).to_owned(), device.version.to_string(), hall.version.to_string()));
    }
    (!rows.is_empty()).then(|| view! {
        <table class="desk-table" data-test="differences">
            <thead>
                <tr>
                    <th scope="col">{phrases::DIFFERENCES.get(lang)}</th>
                    <th scope="col">{phrases::ON_DEVICE.get(lang)}</th>
                    <th scope="col">{phrases::AT_HALL.get(lang)}</th>
                </tr>
            </thead>
            <tbody>
                {rows.into_iter().map(|(what, one, other)| view! { <tr><th scope="row">{what}</th><td>{one}</td><td>{other}</td></tr> }).collect_view()}
            </tbody>
        </table>
    })
}

fn points(item: Option<&Item>, assessment: &Assessment, lang: Lang, why: &dyn Fn(&Point) -> Vec<String>) -> AnyView {
    if assessment.points.is_empty() {
        return view! { <p class="desk-quiet">{phrases::NO_POINTS.get(lang)}</p> }.into_any();
    }
    let rows = assessment.points.iter().map(|point| {
        let class = if phrases::needs_correction(point) { "mark missing" } else { "mark later" };
        let mut more: Vec<String> = unmet(item, point).map(|text| text.get(lang).to_owned()).collect();
        more.extend(point.detail.iter().map(|text| text.get(lang).to_owned()));
        let why = why(point);
        view! {
            <li>
                <strong class=class>{phrases::point(point.kind).get(lang)}</strong>
                <span>{point_words(item, &point.id).get(lang).to_owned()}</span>
                {more.into_iter().map(|line| view! { <small>{line}</small> }).collect_view()}
                {(!why.is_empty()).then(|| view! {
                    <small class="desk-why" data-test=point.id.replacen('.', "-why-", 1)>{phrases::POINT_WHY.get(lang)} ": " {why.join("; ")}</small>
                })}
            </li>
        }
    });
    view! { <ul class="desk-points">{rows.collect_view()}</ul> }.into_any()
}

/// What a point is called: the gate's message, the condition's text, the material's name; its id when the item is not known.
pub fn point_words(item: Option<&Item>, id: &str) -> Text {
    let gate = || item?.gates.iter().find(|gate| id.strip_prefix("gate.") == Some(&gate.code)).map(|gate| &gate.say);
    item.and_then(|item| point_name(item, id)).or_else(gate).cloned().unwrap_or_else(|| Text::new(id, id))
}

/// The standards of a material that are not met.
pub fn unmet<'a>(item: Option<&'a Item>, point: &'a Point) -> impl Iterator<Item = &'a Text> {
    let material = point.id.strip_prefix("material.").and_then(|code| item?.material(code));
    let standards = material.into_iter().flat_map(|m| &m.standards);
    standards.filter(|s| point.standards.contains(&s.code)).map(|s| &s.text)
}

fn applicant(view: &CaseView, lang: Lang) -> impl IntoView + use<> {
    let submission = &view.submission;
    let who = &submission.applicant;
    let row = |label: crate::words::Phrase, text: String| view! { <dt>{label.get(lang)}</dt><dd>{text}</dd> };
    let device = match &view.device {
        Some((name, profile)) => format!("{name} ({})", phrases::profile(*profile).get(lang)),
        None => phrases::BY_APPLICANT.get(lang).to_owned(),
    };
    let corrects = submission.corrects.clone().map(|corrected| {
        let shown = number::show(&corrected);
        view! {
            <dt>{phrases::CORRECTS.get(lang)}</dt>
            <dd><A href=format!("/desk/case/{corrected}") attr:class="desk-number">{shown}</A></dd>
        }
    });
    view! {
        <section class="desk-block" data-test="applicant">
            <h2>{phrases::APPLICANT.get(lang)}</h2>
            <dl class="desk-says">
                {row(phrases::NAME, who.name.clone())}
                {row(phrases::IDENTIFIER, who.identifier.clone())}
                {row(phrases::PHONE, who.phone.clone())}
                {(!who.contact.is_empty()).then(|| row(phrases::CONTACT, who.contact.clone()))}
                {row(phrases::CAPTURED_AT, moment(submission.captured_at))}
                {row(phrases::RECEIVED_AT, moment(view.received_at))}
                {row(phrases::FROM_DEVICE, device)}
                {corrects}
            </dl>
            {is_self_issued(view).then(|| view! { <p class="desk-quiet">{phrases::SELF_ISSUED_WHY.get(lang)}</p> })}
        </section>
    }
}

/// The answers under the questions' own words, in the order they were asked; last what this desk's item does not ask.
fn answers(item: Option<&Item>, view: &CaseView, lang: Lang) -> impl IntoView + use<> {
    let given = &view.submission.application.facts;
    let asked = item.map(|i| i.facts.as_slice()).unwrap_or_default();
    let mut rows: Vec<(String, Vec<String>)> = asked
        .iter()
        .filter_map(|fact| {
            let json = given.get(&fact.code)?;
            // An answer that cannot be read is shown as it came.
            let lines = fact.read(json).map_or_else(|_| vec![json.to_string()], |value| lines(fact, &value, lang));
            Some((fact.ask.get(lang).to_owned(), lines))
        })
        .collect();
    let others = given.iter().filter(|(code, _)| asked.iter().all(|fact| fact.code != **code));
    rows.extend(others.map(|(code, json)| (code.clone(), vec![json.to_string()])));
    let none = rows.is_empty().then(|| view! { <p class="desk-quiet">{phrases::NO_ANSWERS.get(lang)}</p> });
    let rows = rows.into_iter().map(|(ask, lines)| {
        view! { <dt>{ask}</dt><dd>{lines.into_iter().map(|line| view! { <span>{line}</span> }).collect_view()}</dd> }
    });
    view! {
        <section class="desk-block" data-test="answers">
            <h2>{phrases::ANSWERS.get(lang)}</h2>
            {none}
            <dl class="desk-says wide">{rows.collect_view()}</dl>
        </section>
    }
}

/// An answer in words; a list has a line an entry.
fn lines(fact: &Fact, value: &Value, lang: Lang) -> Vec<String> {
    match value {
        Value::List(entries) => entries.iter().enumerate().map(|(at, e)| format!("{}. {}", at + 1, words(fact, e, lang))).collect(),
        value => vec![words(fact, value, lang)],
    }
}

fn words(fact: &Fact, value: &Value, lang: Lang) -> String {
    match value {
        Value::Bool(yes) => if *yes { phrases::YES } else { phrases::NO }.get(lang).to_owned(),
        Value::Int(n) => fact.unit.as_ref().map_or_else(|| n.to_string(), |unit| format!("{n} {}", unit.get(lang))),
        Value::Money(fen) => money::show(*fen, lang),
        Value::Date(date) => date.to_string(),
        Value::Text(text) => {
            let option = fact.options.iter().find(|option| option.code == *text);
            option.map_or_else(|| text.clone(), |option| option.name.get(lang).to_owned())
        }
        Value::Record(record) => {
            let fields = fact.fields.iter().filter_map(|field| {
                let value = record.get(&field.code)?;
                Some(format!("{}: {}", field.ask.get(lang), words(field, value, lang)))
            });
            fields.collect::<Vec<_>>().join("; ")
        }
        Value::List(_) => lines(fact, value, lang).join("; "),
        Value::Period(_) => value.json().to_string(),
    }
}

/// What was declared of each material, how it stands and which standards the clerk looks at.
fn materials(item: Option<&Item>, view: &CaseView, lang: Lang) -> impl IntoView + use<> {
    let declared = &view.submission.application.materials;
    let rows = item.map(|i| i.materials.as_slice()).unwrap_or_default().iter().map(|material| {
        let state = material_state(&view.recheck, &material.code);
        let id = format!("material.{}", material.code);
        let point = view.recheck.points.iter().find(|point| point.id == id);
        let standards = material.standards.iter().map(|standard| {
            let failed = point.is_some_and(|point| point.standards.contains(&standard.code));
            view! { <li class:failed=failed>{standard.text.get(lang).to_owned()}</li> }
        });
        view! {
            <tr data-test=format!("declared-{}", material.code)>
                <th scope="row">
                    {material.name.get(lang).to_owned()}
                    {state.map(|state| view! { " " <strong class=phrases::material_class(state)>{phrases::material_state(state).get(lang)}</strong> })}
                </th>
                <td>{declaration(declared.get(&material.code), lang)}</td>
                <td><ul class="desk-standards">{standards.collect_view()}</ul></td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let others = declared.iter().filter(|(code, _)| item.and_then(|i| i.material(code)).is_none());
    let others = others.map(|(code, declared)| {
        view! {
            <tr>
                <th scope="row">{code.clone()}</th>
                <td>{declaration(Some(declared), lang)}</td>
                <td></td>
            </tr>
        }
    });
    view! {
        <section class="desk-block" data-test="declared">
            <h2>{phrases::MATERIALS.get(lang)}</h2>
            <table class="desk-table stacks">
                <thead>
                    <tr>
                        <th scope="col">{phrases::MATERIALS_SHORT.get(lang)}</th>
                        <th scope="col">{phrases::DECLARED.get(lang)}</th>
                        <th scope="col">{phrases::STANDARDS.get(lang)}</th>
                    </tr>
                </thead>
                <tbody>{rows}{others.collect_view()}</tbody>
            </table>
        </section>
    }
}

fn material_state(recheck: &Assessment, code: &str) -> Option<MaterialState> {
    recheck.materials.iter().find(|(material, _)| material == code).map(|(_, state)| *state)
}

/// Materials to be handed over: all but those that the re-check knows not to be needed.
pub fn expected<'a>(item: &'a Item, recheck: &'a Assessment) -> impl Iterator<Item = &'a Material> {
    item.materials.iter().filter(|m| material_state(recheck, &m.code) != Some(MaterialState::NotNeeded))
}

fn declaration(declared: Option<&Declared>, lang: Lang) -> String {
    let Some(declared) = declared else { return phrases::NOT_DECLARED.get(lang).to_owned() };
    if !declared.have {
        return phrases::HAS_NOT.get(lang).to_owned();
    }
    let count = |word: crate::words::Phrase, n: u8| (n > 0).then(|| format!("{} {n}", word.get(lang)));
    let say = |word: crate::words::Phrase, text: String| format!("{} {text}", word.get(lang));
    let parts = [
        count(phrases::ORIGINALS, declared.originals),
        count(phrases::COPIES, declared.copies),
        declared.electronic.then(|| phrases::ELECTRONIC.get(lang).to_owned()),
        declared.valid_until.map(|date| say(phrases::VALID_UNTIL, date.to_string())),
        declared.issued_on.map(|date| say(phrases::ISSUED_ON, date.to_string())),
        declared.number.clone().map(|number| say(phrases::NUMBER, number)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Decisions, the notice that is shown, the record and the scans.
#[component]
fn Panel(open: Open) -> impl IntoView {
    let app = open.app;
    let choose = move |act| {
        open.wrong.set(None);
        open.notice.set(None);
        open.form.set(Some(act));
    };
    let shown = Memo::new(move |_| open.notice.get().and_then(|at| open.view.with(|v| v.as_ref()?.notices.get(at).cloned())));
    let close = Callback::new(move |()| open.notice.set(None));
    view! {
        <aside class="desk-panel">
            <section class="desk-block" aria-label=say(phrases::ACTS)>
                <h2>{say(phrases::ACTS)}</h2>
                {move || open.view.with(|view| view.as_ref().map(|view| {
                    if view.acts.is_empty() {
                        return view! { <p class="desk-quiet" data-test="no-acts">{say(phrases::NO_ACTS)}</p> }.into_any();
                    }
                    let buttons = view.acts.iter().map(|&act| view! {
                        <button class="desk-button" type="button" data-test=phrases::act_code(act) disabled=move || open.busy.get()
                            aria-expanded=move || (open.form.get() == Some(act)).to_string() on:click=move |_| choose(act)>
                            {say(phrases::act(act))}
                        </button>
                    });
                    view! { <div class="desk-row">{buttons.collect_view()}</div> }.into_any()
                }))}
                {move || match open.form.get() {
                    Some(act) => view! { <decide::Form open act /> }.into_any(),
                    None => view! {
                        <p class="desk-wrong" role="alert" data-test="act-wrong">{move || open.wrong.get().map(|w| w.get(app.lang.get()).to_owned())}</p>
                    }
                        .into_any(),
                }}
                {move || open.expired.get().then(|| view! {
                    <h3>{say(phrases::SIGN_IN_FIRST)}</h3>
                    <SignIn session=open.session />
                })}
            </section>
            {move || shown.get().zip(open.view.with_untracked(|v| v.as_ref().map(|v| v.submission.id))).map(|(notice, id)| view! {
                <section aria-label=say(phrases::NOTICES)>
                    <notice::Notice notice id on_close=close />
                </section>
            })}
            <Timeline open />
            <Scans open />
        </aside>
    }
}

/// The record: when, what, by whom, and the notice of each decision.
#[component]
fn Timeline(open: Open) -> impl IntoView {
    let row = move |event: &crate::case::Event, notice: Option<(usize, Text)>| {
        let by = event.by.clone();
        let button = notice.map(|(at, title)| {
            view! {
                <button class="desk-button small" type="button" data-test=format!("show-notice-{at}")
                    aria-pressed=move || (open.notice.get() == Some(at)).to_string() on:click=move |_| open.notice.set(Some(at))>
                    {tell(title)}
                </button>
            }
        });
        view! {
            <li>
                <time>{moment(event.at)}</time>
                <strong>{say(phrases::happened(&event.act))}</strong>
                <span>{by_words(by)}</span>
                {button}
            </li>
        }
    };
    view! {
        <section class="desk-block" data-test="timeline">
            <h2>{say(phrases::TIMELINE)}</h2>
            {move || open.view.get().map(|view| {
                let mut titles = view.notices.iter().map(|notice| notice.title.clone()).enumerate();
                let rows = view.events.iter().map(|event| row(event, if has_notice(&event.act) { titles.next() } else { None }));
                view! { <ol class="desk-timeline">{rows.collect_view()}</ol> }
            })}
        </section>
    }
}

fn by_words(by: Option<By>) -> impl Fn() -> String + Send + Sync + 'static {
    let lang = App::get().lang;
    move || match &by {
        Some(by) => {
            let parts = [&by.name, &by.post, &by.window].into_iter().filter(|part| !part.is_empty());
            parts.map(String::as_str).collect::<Vec<_>>().join(" · ")
        }
        None => phrases::BY_SYSTEM.get(lang.get()).to_owned(),
    }
}

#[component]
fn Scans(open: Open) -> impl IntoView {
    view! {
        <section class="desk-block" data-test="scans">
            <h2>{say(phrases::SCANS)}</h2>
            {move || open.view.with(|view| view.as_ref().map(|view| {
                if view.scans.is_empty() {
                    view! { <p class="desk-quiet">{say(phrases::NO_SCANS)}</p> }.into_any()
                } else {
                    let several = view.scans.len() > 1;
                    let line = |(at, scan)| view! {
                        <li data-test=(at == 0).then_some("keeper")>
                            {(at == 0 && several).then(|| view! { {say(phrases::FIRST_AT)} " " })}
                            {verdict::scan_line(scan)}
                        </li>
                    };
                    view! { <ol class="desk-scans">{view.scans.iter().enumerate().map(line).collect_view()}</ol> }.into_any()
                }
            }))}
        </section>
    }
}
