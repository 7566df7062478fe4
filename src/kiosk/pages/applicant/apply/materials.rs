//! One card per material that is needed: what it must be, where to get it, and what the applicant has of it.

use super::super::phrases;
use super::Applying;
use super::answer;
use super::questions::{DateLine, Options, focus_first_mistake};
use super::way::{self, Place};
use crate::catalogue::{Ask, Form, Material, Necessity};
use crate::check::{Declared, assess};
use crate::kiosk::app::{Draft, Photo, Step};
use crate::kiosk::parts::heading::Heading;
use crate::kiosk::parts::keypad::Keys;
use crate::kiosk::parts::line::Line;
use crate::kiosk::parts::photo::{Edit, Editor, Photos};
use crate::kiosk::parts::stepper::Stepper;
use crate::kiosk::parts::{say, tell};
use crate::words::{Text, identifier};
use chrono::NaiveDate;
use leptos::prelude::*;
use std::sync::Arc;

/// What certificates without an expiry carry in national data (长期).
const LONG_TERM: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(date) => date,
    None => unreachable!(),
};

/// The card that the address names, or else the next one.
#[component]
pub fn Materials(applying: Applying, at: Memo<Option<String>>) -> impl IntoView {
    applying.at(Step::Materials);
    view! {
        {move || {
            let material = at.get().and_then(|code| applying.item()?.material(&code).cloned());
            match material {
                Some(material) => view! { <Card applying material /> }.into_any(),
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

/// What stands on a card while it is being filled in.
#[derive(Clone, Copy)]
struct Entry {
    /// `yes` or `no`, once said.
    have: RwSignal<String>,
    have_wrong: RwSignal<Option<Text>>,
    originals: RwSignal<u8>,
    copies: RwSignal<u8>,
    count_wrong: RwSignal<Option<Text>>,
    electronic: RwSignal<bool>,
    long_term: RwSignal<bool>,
    valid_until: RwSignal<String>,
    valid_until_wrong: RwSignal<Option<Text>>,
    issued_on: RwSignal<String>,
    issued_on_wrong: RwSignal<Option<Text>>,
    number: RwSignal<String>,
    number_wrong: RwSignal<Option<Text>>,
    /// A picture is being read; going on would lose it.
    reading: RwSignal<bool>,
}

impl Entry {
    /// A card that is new expects what is needed: most people have exactly that. Whoever has taken a picture of it has it,
    /// also when the card was left before anything was said.
    fn of(material: &Material, declared: Option<&Declared>, pictured: bool) -> Entry {
        let date = |date: Option<NaiveDate>| RwSignal::new(date.map(|d| d.to_string()).unwrap_or_default());
        let had = declared.filter(|d| d.have);
        let none = || RwSignal::new(None);
        let valid_until = had.and_then(|d| d.valid_until);
        let have = match declared {
            Some(declared) if declared.have => answer::YES,
            Some(_) => answer::NO,
            None if pictured => answer::YES,
            None => "",
        };
        Entry {
            have: RwSignal::new(have.to_owned()),
            have_wrong: none(),
            originals: RwSignal::new(had.map_or(material.originals, |d| d.originals)),
            copies: RwSignal::new(had.map_or(material.copies, |d| d.copies)),
            count_wrong: none(),
            electronic: RwSignal::new(had.map_or(material.form == Form::Electronic, |d| d.electronic)),
            long_term: RwSignal::new(valid_until == Some(LONG_TERM)),
            valid_until: date(valid_until.filter(|d| *d != LONG_TERM)),
            valid_until_wrong: none(),
            issued_on: date(had.and_then(|d| d.issued_on)),
            issued_on_wrong: none(),
            number: RwSignal::new(had.and_then(|d| d.number.clone()).unwrap_or_default()),
            number_wrong: none(),
            reading: RwSignal::new(false),
        }
    }

    /// The declaration, or `None` after marking what is wrong with it. All mistakes are marked at once.
    fn read(self, material: &Material, today: NaiveDate) -> Option<Declared> {
        let have = self.have.get_untracked();
        self.have_wrong.set(have.is_empty().then(|| phrases::SAY_FIRST.text()));
        if have.is_empty() {
            return None;
        }
        if have == answer::NO {
            return Some(Declared::default());
        }
        let electronic = self.electronic.get_untracked() && material.form != Form::Paper;
        let (originals, copies) = (self.originals.get_untracked(), self.copies.get_untracked());
        let uncounted = !electronic && originals == 0 && copies == 0;
        self.count_wrong.set(uncounted.then(|| phrases::COUNT_FIRST.text()));
        let asks = |ask: Ask| material.asks.contains(&ask);
        let valid_until = if asks(Ask::ValidUntil) && self.long_term.get_untracked() {
            self.valid_until_wrong.set(None);
            Ok(Some(LONG_TERM))
        } else {
            read_date(asks(Ask::ValidUntil), must(material, "valid_until"), self.valid_until, self.valid_until_wrong)
        };
        let issued_on = read_date(asks(Ask::IssuedOn), must(material, "issued_on"), self.issued_on, self.issued_on_wrong);
        let number = if asks(Ask::Number) { self.read_number(material, today) } else { Ok(None) };
        match (uncounted, valid_until, issued_on, number) {
            (false, Ok(valid_until), Ok(issued_on), Ok(number)) => {
                Some(Declared { have: true, originals, copies, electronic, valid_until, issued_on, number })
            }
            _ => None,
        }
    }

    fn read_number(self, material: &Material, today: NaiveDate) -> Result<Option<String>, Marked> {
        let typed = self.number.get_untracked();
        let read = match (typed.trim(), material.number) {
            ("", _) if must(material, "number") => Err(phrases::FILL_IN.text()),
            ("", _) => Ok(None),
            (typed, Some(kind)) => identifier::check(kind, typed, today).map(|valid| Some(valid.text)).map_err(|wrong| wrong.say()),
            (typed, None) => Ok(Some(typed.to_owned())),
        };
        self.number_wrong.set(read.as_ref().err().cloned());
        read.map_err(|_| Marked)
    }
}

/// A mistake that has been marked at its field.
struct Marked;

/// Does a standard need this field? Without it the check could not come to an end.
fn must(material: &Material, field: &str) -> bool {
    let path = Material::path(&material.code, field);
    material.standards.iter().filter_map(|s| s.rule.as_ref()).any(|rule| rule.expr.paths().contains(path.as_str()))
}

fn read_date(asked: bool, must: bool, typed: RwSignal<String>, wrong: RwSignal<Option<Text>>) -> Result<Option<NaiveDate>, Marked> {
    let typed = typed.get_untracked();
    let read = match typed.trim() {
        _ if !asked => Ok(None),
        "" if must => Err(phrases::FILL_IN.text()),
        "" => Ok(None),
        typed => answer::date(typed).map(Some).ok_or(phrases::NOT_A_DATE.text()),
    };
    wrong.set(read.as_ref().err().cloned());
    read.map_err(|_| Marked)
}

#[component]
fn Card(applying: Applying, material: Material) -> impl IntoView {
    let app = applying.app;
    let declared = applying.read(|draft, _| draft.application.materials.get(&material.code).cloned()).flatten();
    let pictured = applying.read(|draft, _| draft.photos.iter().any(|p| p.material == material.code)).unwrap_or_default();
    let entry = Entry::of(&material, declared.as_ref(), pictured);
    let before = applying.before(&Place::Material(material.code.clone()));
    let (place, total) = applying
        .read(|draft, today| {
            let cards = way::cards(&assess(&draft.item, &draft.application, today));
            let place = cards.iter().position(|code| *code == material.code).unwrap_or_default();
            (place + 1, cards.len())
        })
        .unwrap_or((1, 1));
    let next = StoredValue::new({
        let material = material.clone();
        move || match entry.read(&material, app.today()) {
            Some(declared) => {
                let code = material.code.clone();
                applying.change(|draft| {
                    draft.application.materials.insert(code.clone(), declared);
                });
                let place = if applying.fixing.get_untracked() {
                    applying.read(way::onward)
                } else {
                    applying.read(|draft, today| way::after_card(&code, draft, today))
                };
                if let Some(place) = place {
                    applying.to(&place);
                }
            }
            None => focus_first_mistake(),
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !entry.reading.get_untracked() {
            next.with_value(|next| next());
        }
    };
    let has = Memo::new(move |_| entry.have.with(|have| have == answer::YES));
    let has_not = Memo::new(move |_| entry.have.with(|have| have == answer::NO));
    let options = vec![
        (answer::YES.to_owned(), phrases::HAVE.text(), "have".to_owned()),
        (answer::NO.to_owned(), phrases::HAVE_NOT.text(), "have-not".to_owned()),
    ];
    let details = StoredValue::new(material.clone());
    view! {
        <form class="sheet step" data-test="material" data-material=material.code.clone() novalidate on:submit=submit>
            <p class="step-progress">
                <span>{say(phrases::MATERIAL)} " " {place} " / " {total}</span>
                <progress max=total.to_string() value=place.to_string() aria-label=say(phrases::MATERIAL)></progress>
            </p>
            <Heading text=tell(material.name.clone()) />
            <Needs material=material.clone() />
            <Options name="have-it" label=tell(phrases::HAVE_IT.text()) options value=entry.have wrong=entry.have_wrong side_by_side=true />
            {move || has_not.get().then(|| view! { <p class="notice-calm">{say(phrases::HAVE_NOT_OK)}</p> })}
            {move || has.get().then(|| view! { <Details applying material=details.get_value() entry /> })}
            <div class="buttons stuck">
                <button
                    type="button"
                    class="button"
                    data-test="back"
                    disabled=move || entry.reading.get()
                    on:click=move |_| applying.to(&before)
                >
                    {say(phrases::BACK)}
                </button>
                <button type="submit" class="button primary" data-test="next" disabled=move || entry.reading.get()>
                    {move || if entry.reading.get() { phrases::PICTURE_READING } else { phrases::NEXT }.get(app.lang.get())}
                </button>
            </div>
        </form>
    }
}

/// What is needed of a material: how many, in which form, to which standards, and where to get it.
#[component]
pub fn Needs(
    material: Material,
    /// Nothing has been answered yet that tells whether it is needed.
    #[prop(optional)]
    ahead: bool,
) -> impl IntoView {
    let necessity = match material.necessity {
        Necessity::Required if ahead && material.needed_when.is_some() => ("badge", phrases::SOMETIMES),
        Necessity::Required => ("badge badge-required", phrases::REQUIRED),
        Necessity::Optional => ("badge badge-optional", phrases::OPTIONAL),
        Necessity::Deferrable => ("badge badge-deferrable", phrases::DEFERRABLE),
    };
    let form = match material.form {
        Form::Paper => phrases::PAPER,
        Form::Electronic => phrases::ELECTRONIC,
        Form::Both => phrases::PAPER_OR_ELECTRONIC,
    };
    let count = |n: u8, word| (n > 0).then(|| view! { <span class="badge">{say(word)} " × " {n}</span> });
    let standards = material.standards.iter().map(|s| view! { <li>{tell(s.text.clone())}</li> }).collect_view();
    view! {
        <p class="badges">
            <span class=necessity.0>{say(necessity.1)}</span>
            <span class="badge">{say(form)}</span>
            {count(material.originals, phrases::ORIGINALS)}
            {count(material.copies, phrases::COPIES)}
        </p>
        <dl class="facts">
            {(!material.standards.is_empty()).then(|| view! {
                <dt>{say(phrases::STANDARDS)}</dt>
                <dd><ul class="plain">{standards}</ul></dd>
            })}
            <dt>{say(phrases::OBTAIN)}</dt>
            <dd>{tell(material.obtain.clone())}</dd>
        </dl>
    }
}

/// What the applicant has of it.
#[component]
fn Details(applying: Applying, material: Material, entry: Entry) -> impl IntoView {
    let app = applying.app;
    let asks = |ask: Ask| material.asks.contains(&ask);
    let code = material.code.clone();
    let mine = {
        let code = code.clone();
        Signal::derive(move || {
            let of = |photos: &Vec<Photo>| photos.iter().filter(|p| p.material == code).cloned().collect();
            app.draft.with(|draft| draft.as_ref().map(|d| of(&d.photos)).unwrap_or_default())
        })
    };
    let edit: Editor = Arc::new({
        let (code, id) = (code.clone(), app.draft.with_untracked(|draft| draft.as_ref().map(|d| d.id)));
        move |edit: Edit| {
            // The application may have been left, or another begun, while a picture was being read.
            let fits = |draft: &Draft| edit.fits(&draft.photos, &code);
            match app.draft.with_untracked(|draft| draft.as_ref().filter(|d| Some(d.id) == id).map(fits)) {
                Some(Ok(())) => {
                    applying.change(|draft| edit.apply(&mut draft.photos, &code));
                    Ok(())
                }
                Some(Err(why)) => Err(why),
                None => Ok(()),
            }
        }
    });
    let counted = move || !entry.electronic.get();
    let keys = match material.number {
        Some(identifier::Kind::ResidentId) => Keys::Identifier,
        Some(identifier::Kind::Mobile) => Keys::Digits,
        Some(identifier::Kind::CreditCode | identifier::Kind::Passport) | None => Keys::Letters,
    };
    view! {
        <div class="details">
            {(material.form != Form::Paper).then(|| view! {
                <label class="tick">
                    <input type="checkbox" data-test="electronic" bind:checked=entry.electronic />
                    <span>{say(phrases::AS_ELECTRONIC)}</span>
                </label>
            })}
            <div class="steppers" hidden=move || !counted()>
                <Stepper test="originals" label=tell(phrases::ORIGINALS.text()) value=entry.originals />
                <Stepper test="copies" label=tell(phrases::COPIES.text()) value=entry.copies />
            </div>
            <p class="wrong" role="alert">{move || entry.count_wrong.get().map(|w| w.get(app.lang.get()).to_owned())}</p>
            {asks(Ask::ValidUntil).then(|| view! {
                <div hidden=move || entry.long_term.get()>
                    <DateLine
                        name="valid-until"
                        label=tell(phrases::VALID_UNTIL.text())
                        value=entry.valid_until
                        wrong=entry.valid_until_wrong
                    />
                </div>
                <label class="tick">
                    <input type="checkbox" data-test="long-term" bind:checked=entry.long_term />
                    <span>{say(phrases::LONG_TERM)}</span>
                </label>
            })}
            {asks(Ask::IssuedOn).then(|| view! {
                <DateLine name="issued-on" label=tell(phrases::ISSUED_ON.text()) value=entry.issued_on wrong=entry.issued_on_wrong />
            })}
            {asks(Ask::Number).then(|| view! {
                <Line
                    id="number"
                    test="number"
                    label=tell(phrases::NUMBER.text())
                    keys=Signal::stored(keys)
                    value=entry.number
                    wrong=entry.number_wrong
                />
            })}
            {material.photo.then(|| view! { <Photos material=code.clone() photos=mine edit=edit.clone() busy=entry.reading /> })}
        </div>
    }
}
