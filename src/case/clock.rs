//! The clock on a case: when it is deemed accepted, and when it is due.

use super::{Act, Event, State, state};
use crate::calendar::{Calendar, Due, Unit, hall_date};
use crate::catalogue::{Item, Limit, LimitKind, RunsFrom};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Working days within which the window must say everything that is missing (行政许可法 art. 32 (4)).
pub const ANSWER_WITHIN: u32 = 5;

/// Dates that bind the hall. Day 0, the day of the event, is never counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Clock {
    /// Without an answer by the end of this day the application is deemed accepted from the day of receipt.
    pub answer_by: Option<Due>,
    /// The day from which acceptance counts: of the decision, or of the last correction.
    pub accepted_on: Option<NaiveDate>,
    /// Accepted by law, because nobody answered in time.
    pub deemed: bool,
    pub due_promised: Option<Due>,
    pub due_statutory: Option<Due>,
}

/// Computes the clock from the record as of `today`. Each round begins when something came in (the application, or its
/// corrections) and ends with the first answer: acceptance, a request for correction, or refusal.
pub fn clock(events: &[Event], item: &Item, calendar: &Calendar, today: NaiveDate) -> Clock {
    let mut clock = Clock::default();
    // When the application that was accepted was there as a whole.
    let mut complete = None;
    let mut round: Option<NaiveDate> = None;
    for event in events {
        let on = hall_date(event.at);
        match (&event.act, round) {
            (Act::Receive { .. } | Act::Supplied, _) => round = Some(on),
            (Act::Accept | Act::AskCorrection { .. } | Act::Refuse { .. }, Some(start)) => {
                deem(&mut clock, &mut complete, start, on, calendar);
                if event.act == Act::Accept && !clock.deemed {
                    complete = Some(start);
                    // Once corrections were asked for, acceptance counts from the day the last of them came in.
                    let corrected = events.iter().any(|e| e.act == Act::Supplied);
                    clock.accepted_on = Some(if corrected { start } else { on });
                }
                round = None;
            }
            _ => {}
        }
    }
    if let Some(start) = round {
        clock.answer_by = answer_by(start, calendar);
        deem(&mut clock, &mut complete, start, today, calendar);
    }
    if let Some(accepted) = clock.accepted_on.filter(|_| state(events) != State::Refused) {
        let from = |limit: &Limit| match limit.runs_from {
            RunsFrom::Receipt => complete.unwrap_or(accepted),
            RunsFrom::Acceptance => accepted,
        };
        let due = |kind| item.limit(kind).and_then(|limit| calendar.add(from(limit), limit.length, limit.unit).ok());
        clock.due_promised = due(LimitKind::Promised);
        clock.due_statutory = due(LimitKind::Statutory);
    }
    clock
}

fn answer_by(start: NaiveDate, calendar: &Calendar) -> Option<Due> {
    calendar.add(start, ANSWER_WITHIN, Unit::WorkingDay).ok()
}

/// An answer on `answered` (or none by then) comes too late: the law has accepted the application already.
fn deem(clock: &mut Clock, complete: &mut Option<NaiveDate>, start: NaiveDate, answered: NaiveDate, calendar: &Calendar) {
    if !clock.deemed && answer_by(start, calendar).is_some_and(|due| answered > due.date) {
        clock.deemed = true;
        clock.accepted_on = Some(start);
        *complete = Some(start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Correction;
    use crate::catalogue::author;
    use uuid::Uuid;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// Acts by day → accepted on, deemed, answer by, promised due.
    #[test]
    fn the_clock_runs_as_the_law_says() {
        let catalogue = author::compile(&author::sample()).unwrap();
        let item = catalogue.items.iter().find(|i| i.code == "association-setup").unwrap();
        let calendar = Calendar::announced();
        let receive = || Act::Receive { submission: Uuid::nil() };
        let ask = || Act::AskCorrection { points: vec![Correction { point: "material.consent".into(), standard: "sealed".into() }] };
        let take_in = || Act::TakeIn { materials: vec![] };
        let refuse = || Act::Refuse { reason: "r".into(), basis: "b".into(), go: String::new() };
        type Row = (Vec<(&'static str, Act)>, &'static str, Option<&'static str>, bool, Option<&'static str>);
        let rows: Vec<Row> = vec![
            (vec![("2026-02-10", receive())], "2026-02-24", None, false, Some("2026-02-24")),
            (vec![("2026-02-10", receive())], "2026-02-25", Some("2026-02-10"), true, Some("2026-02-24")),
            (vec![("2026-02-10", receive()), ("2026-02-11", take_in())], "2026-02-25", Some("2026-02-10"), true, Some("2026-02-24")),
            (vec![("2026-02-10", receive()), ("2026-02-12", Act::Accept)], "2026-06-01", Some("2026-02-12"), false, None),
            (vec![("2026-02-10", receive()), ("2026-02-26", Act::Accept)], "2026-06-01", Some("2026-02-10"), true, None),
            (vec![("2026-02-10", receive()), ("2026-02-11", ask())], "2026-06-01", None, false, None),
            (vec![("2026-02-10", receive()), ("2026-02-27", ask())], "2026-06-01", Some("2026-02-10"), true, None),
            (
                vec![("2026-02-10", receive()), ("2026-02-11", ask()), ("2026-04-28", Act::Supplied)],
                "2026-04-29",
                None,
                false,
                Some("2026-05-08"),
            ),
            (
                vec![("2026-02-10", receive()), ("2026-02-11", ask()), ("2026-04-28", Act::Supplied), ("2026-04-30", Act::Accept)],
                "2026-06-01",
                Some("2026-04-28"),
                false,
                None,
            ),
            (vec![("2026-02-10", receive()), ("2026-02-11", refuse())], "2026-06-01", None, false, None),
        ];
        for (acts, today, accepted_on, deemed, answer_by) in rows {
            let event = |(day, act): &(&str, Act)| Event { at: format!("{day}T02:00:00Z").parse().unwrap(), by: None, act: act.clone() };
            let events: Vec<Event> = acts.iter().map(event).collect();
            let clock = clock(&events, item, &calendar, date(today));
            assert_eq!(clock.accepted_on, accepted_on.map(date), "{acts:?} on {today}");
            assert_eq!(clock.deemed, deemed, "{acts:?} on {today}");
            assert_eq!(clock.answer_by.map(|d| d.date), answer_by.map(date), "{acts:?} on {today}");
            let promised = accepted_on.map(|d| calendar.add(date(d), 20, Unit::WorkingDay).unwrap());
            assert_eq!(clock.due_promised, promised, "{acts:?} on {today}");
            // 60 days from the day everything had come in, whenever it was accepted.
            let complete = accepted_on.map(|on| if on == "2026-02-12" { "2026-02-10" } else { on });
            let statutory = complete.map(|d| calendar.add(date(d), 60, Unit::Day).unwrap());
            assert_eq!(clock.due_statutory, statutory, "{acts:?} on {today}");
        }
    }
}
