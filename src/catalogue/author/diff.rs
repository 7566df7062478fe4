//! What changed for an applicant between two catalogues, in words: not which lines of a file differ, but who is asked for
//! more or less. Whether a rule became stricter or looser is proved, and shown by an application that is treated
//! differently; where it cannot be proved, that is said.

mod compare;
mod shift;
mod words;

use self::compare::Comparison;
use self::words::became;
use super::Witness;
use crate::calendar::Calendar;
use crate::catalogue::bundle::in_force;
use crate::catalogue::{Hall, Item, Laws};
use crate::words::{Phrase, Text};
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeSet;

/// One of the two catalogues.
#[derive(Clone, Copy)]
pub struct Edition<'a> {
    pub hall: &'a Hall,
    pub laws: &'a Laws,
    pub items: &'a [Item],
}

/// One thing that changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// Stable: `condition.stricter`.
    pub code: &'static str,
    /// Code and name of the item; of none when the hall itself changed.
    pub item: Option<String>,
    pub name: Option<Text>,
    /// The day from which it is so.
    pub from: Option<NaiveDate>,
    /// `conditions[members]`.
    pub place: String,
    pub say: Text,
    /// Applications that are treated differently.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<Witness>,
}

/// Everything that changed, the hall's own first, then by item and day.
pub fn diff(old: Edition, new: Edition, calendar: &Calendar) -> Vec<Change> {
    let mut changes = hall(old.hall, new.hall);
    let codes: BTreeSet<&str> = old.items.iter().chain(new.items).map(|item| item.code.as_str()).collect();
    for code in codes {
        for (before, after, from) in moments(code, old.items, new.items) {
            changes.extend(match (before, after) {
                (Some(before), Some(after)) => Comparison::of(before, after, from, (old.laws, new.laws), calendar),
                (None, Some(item)) => vec![whole(item, from, "item.new", Text::new("新增的事项", "a new item"))],
                (Some(item), None) => vec![whole(item, from, "item.withdrawn", Text::new("不再办理", "no longer offered"))],
                (None, None) => vec![],
            });
        }
    }
    changes
}

fn hall(old: &Hall, new: &Hall) -> Vec<Change> {
    let fields = [
        ("address", Phrase::new("大厅地址", "address of the hall"), &old.address, &new.address),
        ("hours", Phrase::new("大厅开放时间", "opening hours of the hall"), &old.hours, &new.hours),
        ("enquiry", Phrase::new("咨询", "enquiries"), &old.enquiry, &new.enquiry),
        ("complaint", Phrase::new("投诉", "complaints"), &old.complaint, &new.complaint),
    ];
    let changed = fields.into_iter().filter(|(_, _, old, new)| old != new);
    let change = |(place, what, old, new): (&str, Phrase, &Text, &Text)| Change {
        code: "hall.changed",
        item: None,
        name: None,
        from: None,
        place: format!("hall.{place}"),
        say: became(what, old, new),
        examples: vec![],
    };
    changed.map(change).collect()
}

fn whole(item: &Item, from: NaiveDate, code: &'static str, say: Text) -> Change {
    Change {
        code,
        item: Some(item.code.clone()),
        name: Some(item.name.clone()),
        from: Some(from),
        place: String::new(),
        say,
        examples: vec![],
    }
}

type Moment<'a> = (Option<&'a Item>, Option<&'a Item>, NaiveDate);

/// What is in force under each catalogue, on each day on which either changes; a pair is told once, with its first day.
fn moments<'a>(code: &str, old: &'a [Item], new: &'a [Item]) -> Vec<Moment<'a>> {
    let versions = || old.iter().chain(new).filter(|item| item.code == code);
    let begin = versions().map(|item| item.version);
    let ended = versions().filter_map(|item| item.until?.succ_opt());
    let days: BTreeSet<NaiveDate> = begin.chain(ended).collect();
    let mut moments: Vec<Moment> = Vec::new();
    for day in days {
        let (before, after) = (in_force(old, code, day), in_force(new, code, day));
        let same = |moment: &Moment| moment.0 == before && moment.1 == after;
        if before != after && !moments.iter().any(same) {
            // A version that is still to come changes nothing before its day.
            moments.push((before, after, after.map_or(day, |item| item.version.max(day))));
        }
    }
    moments
}

/// Entries that belong together: by code, or else, where a code was changed, by what makes them alike.
fn pairs<'a, T>(old: &'a [T], new: &'a [T], code: fn(&T) -> &str, like: fn(&T, &T) -> bool) -> Vec<(Option<&'a T>, Option<&'a T>)> {
    let has = |list: &[T], wanted: &T| list.iter().any(|entry| code(entry) == code(wanted));
    let mut pairs = Vec::new();
    let mut paired = BTreeSet::new();
    for after in new {
        let same = old.iter().find(|before| code(before) == code(after));
        let renamed = || old.iter().find(|before| !has(new, before) && !paired.contains(code(before)) && like(before, after));
        let before = same.or_else(renamed);
        paired.extend(before.map(code));
        pairs.push((before, Some(after)));
    }
    let dropped = old.iter().filter(|before| !paired.contains(code(before)));
    pairs.extend(dropped.map(|before| (Some(before), None)));
    pairs
}
