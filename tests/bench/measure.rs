//! The measurements: the same code natively and in the browser, under a clock that is passed in.

use crate::workload::Workload;
use mingbai::catalogue::search::Listing;
use mingbai::check::{assess, questions};
use mingbai::rules::{Facts, Today, Value};
use serde::Serialize;
use std::hint::black_box;

/// One line of the report.
#[derive(Serialize)]
pub struct Line {
    pub bench: &'static str,
    pub place: &'static str,
    pub what: String,
    pub unit: &'static str,
    pub median: f64,
    pub best: f64,
    pub worst: f64,
    /// How many rounds were timed, each of many repetitions.
    pub rounds: usize,
}

const ROUNDS: usize = 15;
/// A round lasts at least this long: a browser's clock is coarse.
const ROUND_MS: f64 = 20.0;

pub struct Bench<'a> {
    pub place: &'static str,
    /// Milliseconds since some beginning.
    pub clock: &'a dyn Fn() -> f64,
}

impl Bench<'_> {
    /// Everything but the search.
    pub fn rules(&self, workload: &Workload) -> Vec<Line> {
        let today = Today { date: workload.today, calendar: &workload.calendar };
        let mut facts = Facts::default();
        for (name, json) in &workload.facts {
            // The conditions compare ints only.
            facts.set(name.clone(), json.as_i64().map(Value::Int));
        }
        let conditions = &workload.conditions;
        let mut lines = vec![self.line("a two-clause condition with reasons, 100 facts, a third missing", conditions.len(), || {
            for rule in conditions {
                black_box(rule.evaluate(&facts, &today));
            }
        })];
        for (item, application) in &workload.assessments {
            lines.push(self.line(&format!("assessment: {}", item.code), 1, || drop(black_box(assess(item, application, &today)))));
        }
        let (item, application) = &workload.long;
        lines.push(self.line("next question of an item with 200 facts", 1, || drop(black_box(questions::next(item, application, &today)))));
        lines
    }

    /// Every keystroke by itself: the slowest is the one that people feel.
    pub fn search(&self, listing: &Listing, keystrokes: &[String]) -> Line {
        let mut times: Vec<f64> = keystrokes.iter().map(|typed| self.keystroke(listing, typed)).collect();
        self.summary("a keystroke of search in 10,000 items", "ms", &mut times)
    }

    fn keystroke(&self, listing: &Listing, typed: &str) -> f64 {
        let mut times: Vec<f64> = (0..5).map(|_| self.time(|| drop(black_box(listing.find(typed, 48))))).collect();
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    }

    /// Microseconds of one of the `each` things that `work` does.
    fn line(&self, what: &str, each: usize, mut work: impl FnMut()) -> Line {
        let mut repeat = 1;
        while self.time(|| (0..repeat).for_each(|_| work())) < ROUND_MS {
            repeat *= 2;
        }
        let one = |work: &mut dyn FnMut()| self.time(|| (0..repeat).for_each(|_| work())) * 1000.0 / (repeat * each) as f64;
        let mut times: Vec<f64> = (0..ROUNDS).map(|_| one(&mut work)).collect();
        self.summary(what, "µs", &mut times)
    }

    fn summary(&self, what: &str, unit: &'static str, times: &mut [f64]) -> Line {
        times.sort_by(f64::total_cmp);
        let round = |t: f64| (t * 1000.0).round() / 1000.0;
        let (best, worst) = (round(times[0]), round(times[times.len() - 1]));
        Line {
            bench: "rules",
            place: self.place,
            what: what.into(),
            unit,
            median: round(times[times.len() / 2]),
            best,
            worst,
            rounds: times.len(),
        }
    }

    fn time(&self, work: impl FnOnce()) -> f64 {
        let start = (self.clock)();
        work();
        (self.clock)() - start
    }
}
