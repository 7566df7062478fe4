//! Local rules on an item, and its versions. An overlay (`<item>.<place>.toml`) is what a province, a city or a county
//! adds to a base item, or tightens in it, on a basis of its own and from a day of its own. So an item has a version for
//! each of its own files (`<item>.toml`, `<item>@2027-03-01.toml`) and one more for each day on which an overlay begins or
//! ends. The form of an overlay lets it drop nothing; that what it calls tighter is tighter, the linter proves ([`Layer`]).

use super::file::{self, Words, date, some_date};
use super::{Checker, Finding, HALL_FILE, Known, Source, declared, finding, parse};
use crate::calendar::Unit;
use crate::catalogue::bundle::counts;
use crate::catalogue::{Basis, Decided, Item, Limit, LimitKind, Necessity, Standard};
use crate::rules::author::Scope;
use crate::words::Text;
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use toml::Spanned;

/// What a file's name says of it: `hall.toml`, `<item>[@version].toml` or `<item>.<place>[@version].toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named<'a> {
    Hall,
    Item { code: &'a str, version: Option<&'a str> },
    Overlay { base: &'a str, place: &'a str, version: Option<&'a str> },
}

impl<'a> Named<'a> {
    pub fn of(name: &'a str) -> Named<'a> {
        let stem = name.strip_suffix(".toml").unwrap_or(name);
        let (path, version) = stem.split_once('@').map_or((stem, None), |(path, version)| (path, Some(version)));
        match path.split_once('.') {
            _ if name == HALL_FILE => Named::Hall,
            Some((base, place)) => Named::Overlay { base, place, version },
            None => Named::Item { code: path, version },
        }
    }
}

/// The shape of an overlay's file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OverlayFile {
    overlay: Heading,
    #[serde(default)]
    facts: Vec<file::Fact>,
    #[serde(default)]
    derived: Vec<file::Derived>,
    #[serde(default)]
    gates: Vec<file::Gate>,
    #[serde(default)]
    conditions: Vec<file::Condition>,
    #[serde(default)]
    materials: Vec<file::Material>,
    #[serde(default)]
    tighten: Tighten,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Heading {
    base: Spanned<String>,
    level: Spanned<Level>,
    /// Whose rules they are: shown wherever they apply.
    name: Words,
    /// The day it takes effect.
    #[serde(deserialize_with = "date")]
    version: NaiveDate,
    #[serde(default, deserialize_with = "some_date")]
    until: Option<NaiveDate>,
    #[serde(deserialize_with = "date")]
    as_of: NaiveDate,
}

/// In the order in which overlays apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Level {
    Province,
    City,
    County,
}

/// What the base item has, and the overlay demands more of.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Tighten {
    conditions: Vec<Condition>,
    materials: Vec<Material>,
    promised: Option<Promised>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Condition {
    code: Spanned<String>,
    text: Words,
    rule: Spanned<String>,
    #[serde(default)]
    remedy: Option<Words>,
    basis: Spanned<Vec<Spanned<String>>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Material {
    code: Spanned<String>,
    #[serde(default)]
    necessity: Option<Necessity>,
    #[serde(default)]
    originals: Option<u8>,
    #[serde(default)]
    copies: Option<u8>,
    #[serde(default)]
    standards: Vec<file::Standard>,
    basis: Spanned<Vec<Spanned<String>>>,
}

/// A shorter promise.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Promised {
    length: Spanned<u32>,
    unit: Unit,
    basis: Spanned<Vec<Spanned<String>>>,
    #[serde(default)]
    note: Option<Words>,
}

/// What a version of an item was made of.
pub(super) struct Origin<'a> {
    /// Its own file first.
    pub files: Vec<&'a Source>,
    pub layers: Vec<Layer<'a>>,
}

/// One overlay on one version of an item: the item before and after it.
pub(super) struct Layer<'a> {
    pub source: &'a Source,
    pub before: Item,
    pub after: Item,
}

/// An overlay that was read.
struct Overlay<'a> {
    source: &'a Source,
    file: OverlayFile,
}

impl Overlay<'_> {
    fn counts(&self, day: NaiveDate) -> bool {
        counts(self.file.overlay.version, self.file.overlay.until, day)
    }
}

/// Items as their own files have them → every version of every item, with the overlays in force on its day.
pub(super) fn versions<'a>(
    bases: &[(&'a Source, Item)],
    overlays: &[&'a Source],
    known: &Known,
    findings: &mut Vec<Finding>,
) -> (Vec<Item>, Vec<Origin<'a>>) {
    let overlays: Vec<Overlay> = overlays.iter().filter_map(|source| read(source, known, findings)).collect();
    let mut by_code: BTreeMap<&str, Vec<&(&Source, Item)>> = BTreeMap::new();
    bases.iter().for_each(|base| by_code.entry(&base.1.code).or_default().push(base));
    let (mut items, mut origins) = (Vec::new(), Vec::new());
    for (code, mut bases) in by_code {
        bases.sort_by_key(|(_, item)| item.version);
        let mut overlays: Vec<&Overlay> = overlays.iter().filter(|o| o.file.overlay.base.get_ref() == code).collect();
        overlays.sort_by_key(|o| *o.file.overlay.level.get_ref());
        one_a_level(&overlays, findings);
        let days = days(&bases, &overlays);
        for (at, day) in days.iter().enumerate() {
            // Its first day counts even if its last is said to be earlier, so that the linter sees it.
            let base_on = |day| bases.iter().rfind(|(_, base)| base.version == day || counts(base.version, base.until, day));
            let Some((source, base)) = base_on(*day) else { continue };
            // Versions of one file follow each other without a gap and without an overlap.
            let next = days.get(at + 1).filter(|next| base_on(**next).is_some_and(|(_, later)| later.version == base.version));
            let until = base.until.map(|until| next.and_then(|next| next.pred_opt()).map_or(until, |last| until.min(last)));
            let mut item = Item { version: *day, until, ..base.clone() };
            let mut origin = Origin { files: vec![*source], layers: vec![] };
            for overlay in overlays.iter().filter(|o| o.counts(*day)) {
                let before = item;
                item = Checker { source: overlay.source, known, findings }.lay(overlay.file.clone(), before.clone());
                origin.files.push(overlay.source);
                origin.layers.push(Layer { source: overlay.source, before, after: item.clone() });
            }
            items.push(item);
            origins.push(origin);
        }
    }
    (items, origins)
}

/// Every day on which something begins or an overlay has ended, from the item's first on.
fn days(bases: &[&(&Source, Item)], overlays: &[&Overlay]) -> Vec<NaiveDate> {
    let Some(first) = bases.first().map(|(_, base)| base.version) else { return vec![] };
    let own = bases.iter().map(|(_, base)| base.version);
    // One that is over before it begins changes nothing on any day; the linter tells.
    let ever = || overlays.iter().filter(|o| o.counts(o.file.overlay.version));
    let begin = ever().map(|o| o.file.overlay.version);
    let ended = ever().filter_map(|o| o.file.overlay.until?.succ_opt());
    let days: BTreeSet<NaiveDate> = own.chain(begin).chain(ended).filter(|day| *day >= first).collect();
    days.into_iter().collect()
}

fn read<'a>(source: &'a Source, known: &Known, findings: &mut Vec<Finding>) -> Option<Overlay<'a>> {
    let file: OverlayFile = parse(source, findings)?;
    let overlay = Overlay { source, file };
    let heading = &overlay.file.overlay;
    let Named::Overlay { base, place, version } = Named::of(&source.name) else { return None };
    let mut wrong = |code, message: Text, zh: &str, en: &str| {
        findings.push(finding(source, code, heading.base.span(), message, Some(Text::new(zh, en))));
    };
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !place.starts_with(|c: char| c.is_ascii_lowercase()) || !place.chars().all(letters) {
        let message =
            Text::new(format!("文件名中的地方“{place}”写法不对"), format!("the place `{place}` in the file's name is ill-formed"));
        wrong("file.name", message, "只用小写字母、数字和“-”,以字母开头。", "Use lower-case letters, digits and `-` only, a letter first.");
    } else if heading.base.get_ref() != base || version.is_some_and(|version| version != heading.version.to_string()) {
        let name = match version {
            Some(_) => format!("{}.{place}@{}.toml", heading.base.get_ref(), heading.version),
            None => format!("{}.{place}.toml", heading.base.get_ref()),
        };
        let message = Text::new(format!("文件名应为 {name}"), format!("the file must be called {name}"));
        wrong("file.name", message, "改文件名,或者改 base 与 version。", "Rename the file, or mend `base` and `version`.");
    } else if !known.items.contains(base) {
        let message = Text::new(format!("目录中没有事项“{base}”"), format!("the catalogue has no item `{base}`"));
        wrong("file.unknown-item", message, "先写事项自己的文件。", "Write the item's own file first.");
    }
    Some(overlay)
}

/// A hall lies in one province, one city and one county: no two overlays of a level are in force on one day.
fn one_a_level(overlays: &[&Overlay], findings: &mut Vec<Finding>) {
    for (at, one) in overlays.iter().enumerate() {
        let level = &one.file.overlay.level;
        let meets = |other: &&&Overlay| {
            let (first, second) = (&one.file.overlay, &other.file.overlay);
            level.get_ref() == second.level.get_ref() && (one.counts(second.version) || other.counts(first.version))
        };
        if let Some(other) = overlays.iter().take(at).find(meets) {
            let other = &other.source.name;
            let message =
                Text::new(format!("与 {other} 同级,日期重叠"), format!("of the same level as {other}, for some of the same days"));
            let help = Text::new(
                "同一级的规定写在一个文件里,或者用 until 写明前一个何时失效。",
                "Write the rules of one level into one file, or end the earlier one with `until`.",
            );
            findings.push(finding(one.source, "file.overlay-level", level.span(), message, Some(help)));
        }
    }
}

impl Checker<'_> {
    /// The item with the overlay on it.
    fn lay(&mut self, own: OverlayFile, mut item: Item) -> Item {
        let local = Some(own.overlay.name.0);
        item.as_of = item.as_of.min(own.overlay.as_of);
        self.unique(own.facts.iter().map(|f| &f.code).chain(own.derived.iter().map(|d| &d.code)));
        self.unique(own.gates.iter().map(|g| &g.code));
        self.unique(own.conditions.iter().map(|c| &c.code));
        self.unique(own.materials.iter().map(|m| &m.code));
        self.fresh(own.facts.iter().map(|f| &f.code).chain(own.derived.iter().map(|d| &d.code)), &names(&item));
        self.fresh(own.gates.iter().map(|g| &g.code), &item.gates.iter().map(|g| g.code.clone()).collect());
        self.fresh(own.conditions.iter().map(|c| &c.code), &item.conditions.iter().map(|c| c.code.clone()).collect());
        self.fresh(own.materials.iter().map(|m| &m.code), &item.materials.iter().map(|m| m.code.clone()).collect());
        item.facts.extend(own.facts.into_iter().map(|fact| self.fact(fact)));
        let (materials, rules): (Vec<_>, Vec<_>) = own.materials.into_iter().map(|m| self.material(m)).unzip();
        let first_own = item.materials.len();
        item.materials.extend(materials);
        let mut scope: Scope = declared(&item.facts, &item.materials).into_iter().collect();
        let derived = self.derived(&item.derived, own.derived, &mut scope);
        item.derived.extend(derived);
        for (material, rules) in item.materials.iter_mut().skip(first_own).zip(rules) {
            material.local = local.clone();
            *material = self.material_rules(material.clone(), rules, &scope);
        }
        for gate in own.gates {
            let gate = self.gate(gate, &scope);
            item.gates.extend(gate.map(|g| crate::catalogue::Gate { local: local.clone(), ..g }));
        }
        for condition in own.conditions {
            let condition = self.condition(condition, &scope);
            item.conditions.extend(condition.map(|c| crate::catalogue::Condition { local: local.clone(), ..c }));
        }
        self.unique(own.tighten.conditions.iter().map(|c| &c.code));
        for tighter in own.tighten.conditions {
            let found = item.conditions.iter_mut().find(|c| c.code == *tighter.code.get_ref());
            match found {
                Some(condition) => self.tighten_condition(condition, tighter, &scope, &local),
                None => self.unknown(&tighter.code, item.version, "条件", "condition"),
            }
        }
        self.unique(own.tighten.materials.iter().map(|m| &m.code));
        for tighter in own.tighten.materials {
            let found = item.materials.iter_mut().find(|m| m.code == *tighter.code.get_ref());
            match found {
                Some(material) => self.tighten_material(material, tighter, &scope, &local),
                None => self.unknown(&tighter.code, item.version, "材料", "material"),
            }
        }
        if let Some(promised) = own.tighten.promised {
            self.promise(&mut item.limits, promised, &local);
        }
        item
    }

    fn tighten_condition(&mut self, condition: &mut crate::catalogue::Condition, tighter: Condition, scope: &Scope, local: &Option<Text>) {
        if matches!(condition.decided, Decided::HumanCheck(_)) {
            let message = Text::new("这一条由人判断,不能改写成规则", "this condition is judged by a person and cannot be made a rule");
            let help = Text::new(
                "另加一条 [[conditions]],写明规则和依据。",
                "Add a condition of its own under [[conditions]], with its rule and basis.",
            );
            return self.refuse("file.tighten-human", tighter.code.span(), message, help);
        }
        let basis = self.basis(tighter.basis);
        let Some(rule) = self.rule(&tighter.rule, scope) else { return };
        condition.text = tighter.text.0;
        condition.decided = Decided::Rule(rule);
        condition.remedy = tighter.remedy.map_or_else(|| condition.remedy.clone(), |w| w.0);
        add(&mut condition.basis, basis);
        condition.local = local.clone();
    }

    fn tighten_material(&mut self, material: &mut crate::catalogue::Material, tighter: Material, scope: &Scope, local: &Option<Text>) {
        let codes: BTreeSet<String> = material.standards.iter().map(|s| s.code.clone()).collect();
        self.fresh(tighter.standards.iter().map(|s| &s.code), &codes);
        self.unique(tighter.standards.iter().map(|s| &s.code));
        for standard in tighter.standards {
            let code = self.code(&standard.code, '-');
            let rule = standard.rule.and_then(|rule| self.rule(&rule, scope));
            material.standards.push(Standard { code, text: standard.text.0, rule });
        }
        material.necessity = tighter.necessity.unwrap_or(material.necessity);
        material.originals = tighter.originals.unwrap_or(material.originals);
        material.copies = tighter.copies.unwrap_or(material.copies);
        add(&mut material.basis, self.basis(tighter.basis));
        material.local = local.clone();
    }

    /// The promised limit becomes the overlay's; it starts when the base's did, or else when the statutory one does.
    fn promise(&mut self, limits: &mut Vec<Limit>, promised: Promised, local: &Option<Text>) {
        self.length(&promised.length);
        let at = limits.iter().position(|l| l.kind == LimitKind::Promised);
        let like = at.or_else(|| limits.iter().position(|l| l.kind == LimitKind::Statutory)).and_then(|at| limits.get(at));
        let Some(like) = like.cloned() else { return };
        let limit = Limit {
            kind: LimitKind::Promised,
            length: promised.length.into_inner(),
            unit: promised.unit,
            basis: self.basis(promised.basis),
            note: promised.note.map(|w| w.0),
            local: local.clone(),
            ..like
        };
        match at.and_then(|at| limits.get_mut(at)) {
            Some(old) => *old = limit,
            None => limits.push(limit),
        }
    }

    /// What an overlay adds has codes that the item does not have yet.
    fn fresh<'s>(&mut self, codes: impl Iterator<Item = &'s Spanned<String>>, taken: &BTreeSet<String>) {
        for code in codes.filter(|code| taken.contains(code.get_ref())) {
            let message = Text::new(format!("事项已有“{}”", code.get_ref()), format!("the item has a `{}` already", code.get_ref()));
            let help = Text::new(
                "要更严,写在 [[tighten.…]] 下;要另加,换一个编码。",
                "To tighten it, write it under [[tighten.…]]; to add another, choose another code.",
            );
            self.refuse("file.duplicate-code", code.span(), message, help);
        }
    }

    /// A code that the version of the item lacks on which the overlay is laid.
    fn unknown(&mut self, code: &Spanned<String>, version: NaiveDate, zh: &str, en: &str) {
        let name = code.get_ref();
        let message =
            Text::new(format!("{version} 起的事项没有{zh}“{name}”"), format!("the item has no {en} `{name}` in its version of {version}"));
        let help = Text::new(
            "核对编码;那一版已经没有的,用 until 写明何时失效。",
            "Check the code; if that version has dropped it, end the overlay with `until`.",
        );
        self.refuse("file.unknown-base", code.span(), message, help);
    }

    fn refuse(&mut self, code: &'static str, at: Range<usize>, message: Text, help: Text) {
        self.findings.push(finding(self.source, code, at, message, Some(help)));
    }
}

/// The base's bases first, then the overlay's own.
fn add(bases: &mut Vec<Basis>, own: Vec<Basis>) {
    for basis in own {
        if !bases.contains(&basis) {
            bases.push(basis);
        }
    }
}

/// The names that rules of the item may use for what is asked.
fn names(item: &Item) -> BTreeSet<String> {
    item.facts.iter().map(|f| &f.code).chain(item.derived.iter().map(|d| &d.code)).cloned().collect()
}
