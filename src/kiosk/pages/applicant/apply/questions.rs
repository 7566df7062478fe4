//! One question at a time. Nothing is kept until "next": what is typed is read then, and a mistake stands at its field.

use super::super::{long_date, phrases};
use super::way::{self, Place};
use super::{Applying, answer};
use crate::catalogue::{Choice, Fact};
use crate::kiosk::app::{App, Step};
use crate::kiosk::parts::heading::Heading;
use crate::kiosk::parts::keypad::Keys;
use crate::kiosk::parts::line::Line;
use crate::kiosk::parts::{focus, say, tell};
use crate::rules::Type;
use crate::words::Text;
use leptos::prelude::*;
use serde_json::{Map, Value as Json};

/// The question that the address names, or else the next one.
#[component]
pub fn Questions(applying: Applying, at: Memo<Option<String>>) -> impl IntoView {
    applying.at(Step::Questions);
    view! {
        {move || {
            let fact = at.get().and_then(|code| applying.item()?.fact(&code).cloned());
            match fact {
                Some(fact) => view! { <Question applying fact /> }.into_any(),
                None => {
                    if let Some(place) = applying.read(way::onward) {
                        applying.instead(&place);
                    }
                    ().into_any()
                }
            }
        }}
    }
}

#[component]
fn Question(applying: Applying, fact: Fact) -> impl IntoView {
    let given = applying.read(|draft, _| draft.application.facts.get(&fact.code).cloned()).flatten();
    let entry = Entry::of(&fact, given.as_ref());
    let before = applying.before(&Place::Question(fact.code.clone()));
    let (place, total) = applying
        .read(|draft, today| {
            let trail = way::trail(draft, today);
            let place = trail.iter().position(|code| *code == fact.code).unwrap_or(trail.len());
            let open = crate::check::assess(&draft.item, &draft.application, today).open.len();
            let answered = trail.iter().filter(|code| draft.application.facts.contains_key(*code)).count();
            (place + 1, (answered + open).max(place + 1))
        })
        .unwrap_or((1, 1));
    let next = StoredValue::new({
        let fact = fact.clone();
        move || match entry.read(&fact) {
            Some(json) => {
                applying.change(|draft| {
                    draft.application.facts.insert(fact.code.clone(), json);
                });
                applying.onward();
            }
            None => focus_first_mistake(),
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        next.with_value(|next| next());
    };
    view! {
        <form class="sheet step" data-test="question" data-fact=fact.code.clone() novalidate on:submit=submit>
            <p class="step-progress">
                <span>{say(phrases::QUESTION)} " " {place}</span>
                <progress max=total.to_string() value=place.to_string() aria-label=say(phrases::QUESTION)></progress>
            </p>
            <Heading text=tell(fact.ask.clone()) />
            {fact.help.clone().map(|help| view! { <p class="step-help">{tell(help)}</p> })}
            <div class="step-answer">
                {match entry {
                    Entry::One { value, wrong } => view! { <One fact=fact.clone() value wrong name="answer" /> }.into_any(),
                    Entry::Rows { rows, wrong } => view! { <Rows fact=fact.clone() rows wrong /> }.into_any(),
                }}
            </div>
            <div class="buttons stuck">
                <button type="button" class="button" data-test="back" on:click=move |_| applying.to(&before)>{say(phrases::BACK)}</button>
                <button type="submit" class="button primary" data-test="next">{say(phrases::NEXT)}</button>
            </div>
        </form>
    }
}

/// The first field with a mistake gets the focus, after the mistakes have been drawn.
pub fn focus_first_mistake() {
    focus("[aria-invalid=true]");
}

/// What is on the screen as the answer to one question, before it is read.
#[derive(Clone, Copy)]
enum Entry {
    One { value: RwSignal<String>, wrong: RwSignal<Option<Text>> },
    Rows { rows: RwSignal<Vec<Row>>, wrong: RwSignal<Option<Text>> },
}

/// One entry of a list: a value and a mistake per field.
#[derive(Clone)]
struct Row {
    key: u32,
    cells: Vec<Cell>,
}

#[derive(Clone, Copy)]
struct Cell {
    value: RwSignal<String>,
    wrong: RwSignal<Option<Text>>,
}

impl Row {
    fn new(key: u32, fields: &[Fact], given: &Json) -> Row {
        let cell = |field: &Fact| {
            let typed = given.get(&field.code).map(|json| answer::typed(field, json)).unwrap_or_default();
            Cell { value: RwSignal::new(typed), wrong: RwSignal::new(None) }
        };
        Row { key, cells: fields.iter().map(cell).collect() }
    }
}

impl Entry {
    fn of(fact: &Fact, given: Option<&Json>) -> Entry {
        let wrong = RwSignal::new(None);
        match &fact.ty {
            Type::List(_) => {
                let given = given.and_then(Json::as_array).cloned().unwrap_or_default();
                let rows = given.iter().zip(0..).map(|(json, key)| Row::new(key, &fact.fields, json)).collect();
                Entry::Rows { rows: RwSignal::new(rows), wrong }
            }
            _ => Entry::One { value: RwSignal::new(given.map(|json| answer::typed(fact, json)).unwrap_or_default()), wrong },
        }
    }

    /// The answer, or `None` after marking what is wrong with it.
    fn read(self, fact: &Fact) -> Option<Json> {
        match self {
            Entry::One { value, wrong } => mark(answer::read(fact, &value.get_untracked()), wrong),
            Entry::Rows { rows, wrong } => {
                let rows = rows.get_untracked();
                let read: Vec<Option<Json>> = rows.iter().map(|row| read_row(fact, row)).collect();
                let whole: Option<Vec<Json>> = read.into_iter().collect();
                let checked = whole.ok_or(phrases::ROWS_UNFINISHED.text()).and_then(|rows| {
                    let json = Json::Array(rows);
                    fact.read(&json).map(|_| json).map_err(|_| phrases::ROWS_UNFINISHED.text())
                });
                mark(checked, wrong)
            }
        }
    }
}

/// Every field of a row is read, so that all mistakes show at once.
fn read_row(fact: &Fact, row: &Row) -> Option<Json> {
    let mut record = Map::new();
    let mut whole = true;
    for (field, cell) in fact.fields.iter().zip(&row.cells) {
        match mark(answer::read(field, &cell.value.get_untracked()), cell.wrong) {
            Some(json) => {
                record.insert(field.code.clone(), json);
            }
            None => whole = false,
        }
    }
    whole.then_some(Json::Object(record))
}

fn mark<T>(read: Result<T, Text>, wrong: RwSignal<Option<Text>>) -> Option<T> {
    match read {
        Ok(value) => {
            wrong.set(None);
            Some(value)
        }
        Err(text) => {
            wrong.set(Some(text));
            None
        }
    }
}

/// One answer of any type but a list. `name` is its name for tests and the root of its ids.
#[component]
fn One(
    fact: Fact,
    value: RwSignal<String>,
    wrong: RwSignal<Option<Text>>,
    #[prop(into)] name: String,
    #[prop(optional)] labelled: bool,
) -> impl IntoView {
    let app = App::get();
    let label = Signal::derive(tell(fact.ask.clone()));
    let quiet = !labelled;
    match &fact.ty {
        Type::Bool => {
            let options = vec![
                (answer::YES.to_owned(), phrases::YES.text(), format!("{name}-yes")),
                (answer::NO.to_owned(), phrases::NO.text(), format!("{name}-no")),
            ];
            view! { <Options name label quiet options value wrong side_by_side=true /> }.into_any()
        }
        Type::Choice(_) => {
            let test = |code: &str| if labelled { format!("{name}-{code}") } else { format!("option-{code}") };
            let options = fact.options.iter().map(|Choice { code, name }| (code.clone(), name.clone(), test(code))).collect();
            view! { <Options name=name.clone() label quiet options value wrong /> }.into_any()
        }
        Type::Date => view! { <DateLine name label quiet value wrong /> }.into_any(),
        Type::Int => {
            let unit = tell(fact.unit.clone().unwrap_or_default());
            view! { <Line id=name.clone() test=name label quiet unit keys=Signal::stored(Keys::Digits) value wrong /> }.into_any()
        }
        Type::Money => {
            let shown = move || crate::words::money::parse_yuan(&value.get()).map(|fen| crate::words::money::show(fen, app.lang.get()));
            view! {
                <Line
                    id=name.clone()
                    test=name
                    label
                    quiet
                    unit=tell(phrases::YUAN.text())
                    keys=Signal::stored(Keys::Decimal)
                    value
                    wrong
                />
                <p class="read-back" aria-live="polite">{shown}</p>
            }
            .into_any()
        }
        _ => view! { <Line id=name.clone() test=name label quiet value wrong /> }.into_any(),
    }
}

/// A date typed in digits, and read back in words: the same on a phone, a keyboard and a kiosk.
#[component]
pub fn DateLine(
    #[prop(into)] name: String,
    #[prop(into)] label: Signal<String>,
    #[prop(optional)] quiet: bool,
    value: RwSignal<String>,
    wrong: RwSignal<Option<Text>>,
) -> impl IntoView {
    let app = App::get();
    let shown = move || answer::date(&value.get()).map(|date| long_date(date, app.lang.get()));
    view! {
        <Line id=name.clone() test=name label quiet hint=tell(phrases::DATE_HINT.text()) keys=Signal::stored(Keys::Digits) value wrong />
        <p class="read-back" aria-live="polite">{shown}</p>
    }
}

/// Large buttons to choose one from. Each option: its value, its words, its name for tests.
#[component]
pub fn Options(
    #[prop(into)] name: String,
    #[prop(into)] label: Signal<String>,
    #[prop(optional)] quiet: bool,
    options: Vec<(String, Text, String)>,
    value: RwSignal<String>,
    wrong: RwSignal<Option<Text>>,
    #[prop(optional)] side_by_side: bool,
) -> impl IntoView {
    let app = App::get();
    let option = |(code, words, test): (String, Text, String)| {
        let chosen = {
            let code = code.clone();
            Memo::new(move |_| value.with(|v| *v == code))
        };
        let choose = move |_| {
            value.set(code.clone());
            wrong.set(None);
        };
        view! {
            <label class="option" class:chosen=move || chosen.get() data-test=test>
                <input type="radio" class="option-input" name=name.clone() prop:checked=move || chosen.get() on:change=choose />
                <span class="option-mark" aria-hidden="true"></span>
                <span class="option-words">{tell(words)}</span>
            </label>
        }
    };
    let options = options.into_iter().map(option).collect_view();
    view! {
        <fieldset
            class="options"
            class:options-side=side_by_side
            role="radiogroup"
            tabindex="-1"
            aria-invalid=move || wrong.get().is_some().to_string()
        >
            <legend class="line-label" class:unseen=quiet>{move || label.get()}</legend>
            {options}
            <p class="wrong" role="alert">{move || wrong.get().map(|w| w.get(app.lang.get()).to_owned())}</p>
        </fieldset>
    }
}

/// A list of records, one card each.
#[component]
fn Rows(fact: Fact, rows: RwSignal<Vec<Row>>, wrong: RwSignal<Option<Text>>) -> impl IntoView {
    let app = App::get();
    let fields = StoredValue::new(fact.fields);
    let add = move |_| {
        rows.update(|rows| {
            let key = rows.iter().map(|row| row.key + 1).max().unwrap_or_default();
            rows.push(fields.with_value(|fields| Row::new(key, fields, &Json::Null)));
        });
        wrong.set(None);
    };
    let place = move |key: u32| move || rows.with(|rows| rows.iter().position(|row| row.key == key)).map_or(0, |at| at + 1);
    let card = move |row: Row| {
        let key = row.key;
        let place = place(key);
        // Named by the place it was made at; a removed row leaves the others' names alone.
        let cells = fields.get_value().into_iter().zip(row.cells).map(move |(field, cell)| {
            let name = format!("row-{key}-{}", field.code);
            view! { <One fact=field value=cell.value wrong=cell.wrong name labelled=true /> }
        });
        view! {
            <li class="row">
                <p class="row-head">
                    <strong>{say(phrases::ROW)} " " {place}</strong>
                    <button type="button" class="button small" on:click=move |_| rows.update(|rows| rows.retain(|row| row.key != key))>
                        {say(phrases::REMOVE_ROW)}
                    </button>
                </p>
                {cells.collect_view()}
            </li>
        }
    };
    view! {
        <ol class="rows">
            <For each=move || rows.get() key=|row| row.key children=card />
        </ol>
        {move || rows.with(Vec::is_empty).then(|| view! { <p class="line-hint">{say(phrases::NO_ROWS)}</p> })}
        <button type="button" class="button" data-test="add-row" on:click=add>"＋ " {say(phrases::ADD_ROW)}</button>
        <p class="wrong" role="alert">{move || wrong.get().map(|w| w.get(app.lang.get()).to_owned())}</p>
    }
}
