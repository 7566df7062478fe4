//! Every item's worked applications, run through the same check as kiosk and hall.

use crate::worked::{Case, cases};
use mingbai::calendar::Calendar;
use mingbai::catalogue::{Item, author};
use mingbai::check::{Outcome, assess, questions};
use mingbai::rules::Today;
use std::collections::BTreeSet;

fn run(item: &Item, case: &Case, calendar: &Calendar) -> Vec<String> {
    let today = Today { date: case.today(), calendar };
    let application = case.application();
    let assessment = assess(item, &application, &today);
    let mut wrong = Vec::new();
    if assessment.unusable.len() != case.expect.unusable {
        wrong.push(format!("unusable answers: {:?}", assessment.unusable));
    }
    if assessment.outcome != case.expect.outcome {
        wrong.push(format!("outcome {:?}, expected {:?}", assessment.outcome, case.expect.outcome));
        wrong.push(format!("open {:?}, undeclared {:?}", assessment.open, assessment.undeclared));
    }
    let points: Vec<&String> = assessment.points.iter().map(|p| &p.id).collect();
    if let Some(expected) = &case.expect.points
        && points != expected.iter().collect::<Vec<_>>()
    {
        wrong.push(format!("points {points:?}, expected {expected:?}"));
    }
    let next = questions::next(item, &application, &today);
    if case.expect.next.is_some() && next != case.expect.next {
        wrong.push(format!("next question {next:?}, expected {:?}", case.expect.next));
    }
    // What is not submitted must not have mattered: the relevant answers alone give the same assessment.
    let relevant = questions::relevant(item, &application, &today);
    let mut less = application.clone();
    less.facts.retain(|code, _| relevant.contains(code));
    if assessment.outcome != Outcome::Open && assess(item, &less, &today) != assessment {
        wrong.push(format!("the relevant answers {relevant:?} alone give another assessment"));
    }
    wrong.into_iter().map(|w| format!("{} · {}: {w}", item.code, case.name)).collect()
}

#[test]
fn every_item_has_worked_applications_and_they_come_out_as_written() {
    let catalogue = author::compile(&author::sample()).unwrap_or_else(|findings| {
        findings.iter().for_each(|f| eprintln!("{f}\n"));
        panic!("the sample catalogue has {} findings", findings.len())
    });
    assert!(catalogue.items.len() >= 12);
    let calendar = Calendar::announced();
    let (mut wrong, mut outcomes) = (Vec::new(), BTreeSet::new());
    for item in &catalogue.items {
        let cases = cases(&item.code);
        if cases.len() < 3 {
            wrong.push(format!("{}: {} worked applications, at least 3 are needed", item.code, cases.len()));
        }
        for case in &cases {
            outcomes.insert(format!("{:?}", case.expect.outcome));
            wrong.extend(run(item, case, &calendar));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert_eq!(outcomes.len(), 8, "every outcome occurs: {outcomes:?}");
}

#[test]
fn the_same_content_has_the_same_version() {
    let sample = author::compile(&author::sample()).unwrap();
    let day = sample.items[0].version;
    let version = |catalogue: &author::Catalogue, sequence| catalogue.publish(Calendar::announced(), day, sequence).bundle.version;
    assert_eq!(version(&sample, 1), version(&sample, 2));
    let mut other = sample.clone();
    other.items[0].summary.en.push('!');
    assert_ne!(version(&other, 1), version(&sample, 1));
}
