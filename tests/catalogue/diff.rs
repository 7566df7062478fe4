//! What a difference between two catalogues says (`diff/*.toml`): an old and a new catalogue, each a change of the sound
//! files of `lint/base`, and every sentence, in both languages.

use crate::changed::{Changed, folder};
use mingbai::calendar::Calendar;
use mingbai::catalogue::author::diff::{Change, Edition, diff};
use mingbai::catalogue::author::{Catalogue, compile, sample};
use mingbai::catalogue::bundle::in_force;
use mingbai::check::{Application, State, assess};
use mingbai::rules::Today;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[serde(default)]
    old: Changed,
    #[serde(default)]
    new: Changed,
    #[serde(default)]
    expect: Vec<Expected>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    code: String,
    place: String,
    /// The day from which it is so; the base's own when left out.
    #[serde(default = "day")]
    from: String,
    zh: String,
    en: String,
    /// How many applications are shown that are treated differently.
    #[serde(default)]
    examples: usize,
}

fn day() -> String {
    "2026-11-01".to_owned()
}

fn edition(catalogue: &Catalogue) -> Edition<'_> {
    Edition { hall: &catalogue.hall, laws: &catalogue.laws, items: &catalogue.items }
}

#[test]
fn a_difference_is_told_in_words_and_shown_by_examples() {
    let calendar = Calendar::announced();
    let mut wrong = String::new();
    for (name, text) in folder("diff") {
        let case: Case = toml::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        let catalogue = |changed: &Changed| changed.catalogue().unwrap_or_else(|findings| panic!("{name}:\n{findings}"));
        let (old, new) = (catalogue(&case.old), catalogue(&case.new));
        let changes = diff(edition(&old), edition(&new), &calendar);
        for change in &changes {
            shown(change, &old, &new, &calendar);
        }
        let told = changes.into_iter().map(|change| Expected {
            code: change.code.to_owned(),
            place: change.place,
            from: change.from.map_or_else(day, |from| from.to_string()),
            zh: change.say.zh,
            en: change.say.en,
            examples: change.examples.len(),
        });
        let told: Vec<Expected> = told.collect();
        let missed = case.expect.iter().filter(|expected| !told.contains(expected)).map(|e| format!("missed {e:#?}"));
        let further = told.iter().filter(|change| !case.expect.contains(change)).map(|c| format!("told {c:#?}"));
        let lines: Vec<String> = missed.chain(further).collect();
        if !lines.is_empty() {
            wrong += &format!("── {name}\n{}\n", lines.join("\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Each example is treated as the sentence says, by the very check that kiosk and hall run.
fn shown(change: &Change, old: &Catalogue, new: &Catalogue, calendar: &Calendar) {
    let expected = match change.code {
        "condition.stricter" => vec![(State::Met, State::NotMet)],
        "condition.looser" => vec![(State::NotMet, State::Met)],
        "condition.other" => vec![(State::Met, State::NotMet), (State::NotMet, State::Met)],
        _ => return,
    };
    let code = change.place.strip_prefix("conditions[").and_then(|rest| rest.strip_suffix("].rule")).unwrap();
    let states = change.examples.iter().map(|example| {
        let json = serde_json::json!({ "facts": example.facts, "materials": example.materials });
        let application: Application = serde_json::from_value(json).unwrap();
        let today = Today { date: example.today, calendar };
        let state = |catalogue: &Catalogue| {
            let item = in_force(&catalogue.items, change.item.as_ref().unwrap(), change.from.unwrap()).unwrap();
            let assessment = assess(item, &application, &today);
            assessment.conditions.iter().find(|finding| finding.code == code).map(|finding| finding.state).unwrap()
        };
        (state(old), state(new))
    });
    assert_eq!(states.collect::<Vec<_>>(), expected, "{change:#?}");
}

/// Nothing is made up: a catalogue does not differ from itself.
#[test]
fn nothing_changes_between_a_catalogue_and_itself() {
    let catalogue = compile(&sample()).unwrap();
    assert_eq!(diff(edition(&catalogue), edition(&catalogue), &Calendar::announced()), vec![]);
}
