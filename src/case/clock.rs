//! The clock on a case: when it is deemed accepted, and when it is due.

use super::{Act, Event, State, state};
use crate::calendar::{Calendar, Due, Unit, hall_date};
use crate::catalogue::{Item, LimitKind};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Working days within which the window must say everything that is missing (行政许可法 art. 32 (4)).
pub const ANSWER_WITHIN: u32 = 5;

/// Dates that bind the hall. Day 0, the day of the event, is never counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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

/// Computes the clock from the record as of `today`.
pub fn clock(events: &[Event], item: &Item, calendar: &Calendar, today: NaiveDate) -> Clock {
    let on = |event: &Event| hall_date(event.at);
    let received = events.iter().find(|e| matches!(e.act, Act::Receive { .. })).map(on);
    let mut clock = Clock::default();
    let Some(received) = received else { return clock };
    let now = state(events);
    if matches!(now, State::Received | State::TakenIn) {
        // After corrections the five days start again with the day the last of them came in.
        let start = events.iter().rev().find(|e| matches!(e.act, Act::Supplied)).map_or(received, on);
        clock.answer_by = calendar.add(start, ANSWER_WITHIN, Unit::WorkingDay).ok();
        if clock.answer_by.is_some_and(|due| today > due.date) {
            clock.deemed = true;
            clock.accepted_on = Some(start);
        }
    }
    if now == State::Accepted {
        clock.accepted_on = events.iter().rev().find(|e| matches!(e.act, Act::Accept)).map(on);
    }
    if let Some(accepted) = clock.accepted_on {
        let due = |kind| item.limit(kind).and_then(|limit| calendar.add(accepted, limit.length, limit.unit).ok());
        clock.due_promised = due(LimitKind::Promised);
        clock.due_statutory = due(LimitKind::Statutory);
    }
    clock
}
