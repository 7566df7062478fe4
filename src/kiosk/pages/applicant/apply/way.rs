//! The way through an application, computed from the draft: what was asked, what comes next, what was before. Nothing
//! here remembers anything, so closing the app, changing an answer or a new day cannot lead astray.

use crate::check::{self, Application, Assessment, MaterialState, Outcome, questions};
use crate::kiosk::app::{Draft, Step};
use crate::rules::Today;

/// A place on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The item's own page, where the way begins.
    Item,
    Question(String),
    Material(String),
    Verdict,
    Confirm,
}

impl Place {
    pub fn path(&self, item: &str) -> String {
        match self {
            Place::Item => format!("/item/{item}"),
            Place::Question(fact) => format!("/apply/{item}/questions/{fact}"),
            Place::Material(material) => format!("/apply/{item}/materials/{material}"),
            Place::Verdict => format!("/apply/{item}/verdict"),
            Place::Confirm => format!("/apply/{item}/confirm"),
        }
    }
}

/// The questions asked so far, in the order in which they were asked, up to the one that is open: a replay of the answers.
pub fn trail(draft: &Draft, today: &Today) -> Vec<String> {
    let mut replay = Application { materials: draft.application.materials.clone(), ..Application::default() };
    let mut trail = Vec::new();
    while let Some(fact) = questions::next(&draft.item, &replay, today) {
        // Asked again at once: the answer cannot be used, so the way ends at it.
        if trail.contains(&fact) {
            break;
        }
        let answer = draft.application.facts.get(&fact).cloned();
        trail.push(fact.clone());
        match answer {
            Some(answer) => replay.facts.insert(fact, answer),
            None => break,
        };
    }
    trail
}

/// The materials that have a card, in the item's order.
pub fn cards(assessment: &Assessment) -> Vec<String> {
    let has_card = |state: MaterialState| !matches!(state, MaterialState::Open | MaterialState::NotNeeded);
    assessment.materials.iter().filter(|(_, state)| has_card(*state)).map(|(code, _)| code.clone()).collect()
}

/// What comes next as things stand: the first open question, the first card that is not finished, the verdict.
pub fn onward(draft: &Draft, today: &Today) -> Place {
    let assessment = check::assess(&draft.item, &draft.application, today);
    if let Some(fact) = assessment.open.first() {
        return Place::Question(fact.clone());
    }
    if matches!(assessment.outcome, Outcome::NotRequired | Outcome::Elsewhere) {
        return Place::Verdict;
    }
    // A card that may stay empty is shown too, once.
    let unseen = |code: &String| !draft.application.materials.contains_key(code);
    let unfinished = assessment.undeclared.first().cloned();
    match cards(&assessment).into_iter().find(unseen).or(unfinished) {
        Some(material) => Place::Material(material),
        None => Place::Verdict,
    }
}

/// Where somebody who comes back goes on.
pub fn resume(draft: &Draft, today: &Today) -> Place {
    match (onward(draft, today), draft.step) {
        (Place::Verdict, Step::Confirm) => Place::Confirm,
        (place, _) => place,
    }
}

/// What was before `here`.
pub fn before(here: &Place, draft: &Draft, today: &Today) -> Place {
    let trail = trail(draft, today);
    let assessment = check::assess(&draft.item, &draft.application, today);
    let gated = matches!(assessment.outcome, Outcome::NotRequired | Outcome::Elsewhere);
    let cards = if gated { vec![] } else { cards(&assessment) };
    let ahead = |list: &[String], code: &String| {
        let at = list.iter().position(|c| c == code).unwrap_or(list.len());
        at.checked_sub(1).and_then(|at| list.get(at)).cloned()
    };
    match here {
        Place::Item => Place::Item,
        Place::Question(fact) => ahead(&trail, fact).map_or(Place::Item, Place::Question),
        Place::Material(material) => {
            ahead(&cards, material).map(Place::Material).or_else(|| trail.last().cloned().map(Place::Question)).unwrap_or(Place::Item)
        }
        Place::Verdict => {
            cards.last().cloned().map(Place::Material).or_else(|| trail.last().cloned().map(Place::Question)).unwrap_or(Place::Item)
        }
        Place::Confirm => Place::Verdict,
    }
}

/// The card after `material`, or the verdict.
pub fn after_card(material: &str, draft: &Draft, today: &Today) -> Place {
    let cards = cards(&check::assess(&draft.item, &draft.application, today));
    let at = cards.iter().position(|code| code == material);
    match at.and_then(|at| cards.get(at + 1)) {
        Some(next) => Place::Material(next.clone()),
        None => onward(draft, today),
    }
}

/// Where the answer or the material is changed that a point on the list speaks of.
pub fn fix(point: &str, assessment: &Assessment, draft: &Draft, today: &Today) -> Option<Place> {
    let trail = trail(draft, today);
    let last_asked = |paths: &[&str]| trail.iter().rev().find(|fact| paths.contains(&fact.as_str())).cloned();
    match point.split_once('.')? {
        ("material", code) => Some(Place::Material(code.to_owned())),
        ("condition", code) => {
            let finding = assessment.conditions.iter().find(|c| c.code == code)?;
            let because: Vec<&str> = finding.because.iter().map(String::as_str).collect();
            let material = || because.iter().find_map(|path| path.strip_prefix("materials.")?.split('.').next());
            match trail.iter().find(|fact| because.contains(&fact.as_str())) {
                Some(fact) => Some(Place::Question(fact.clone())),
                None => material().map(|code| Place::Material(code.to_owned())),
            }
        }
        ("gate", code) => {
            let gate = draft.item.gates.iter().find(|g| g.code == code)?;
            let paths: Vec<&str> = gate.when.expr.paths().into_iter().collect();
            last_asked(&paths).map(Place::Question)
        }
        _ => None,
    }
}
