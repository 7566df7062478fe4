//! At the window: the case as the clerk sees it, decisions and their notices.

use crate::world::*;
use mingbai::api::Progress;
use mingbai::case::{Act, ActName, Correction, State, TakenIn};
use mingbai::check::Outcome;
use mingbai::receipt::Profile;
use reqwest::StatusCode;
use uuid::Uuid;

#[tokio::test]
async fn a_case_is_taken_in_corrected_and_accepted() {
    let world = World::start().await;
    let (kiosk, clerk) = (world.kiosk().await, world.clerk().await);
    let (filing, acknowledgement) = kiosk.file().await;
    let number = acknowledgement.short_number.as_str();

    let case = clerk.case(number).await;
    assert_eq!(case, clerk.case(&acknowledgement.id.to_string()).await);
    assert_eq!(case.submission, filing.submission);
    assert_eq!(case.device, Some(("东门 1 号".to_owned(), Profile::Kiosk)));
    assert!(case.agrees && case.problems.is_empty(), "{:?}", case.problems);
    assert_eq!((case.state, case.revision, case.events.len()), (State::Received, 1, 1));
    assert_eq!(case.acts, [ActName::TakeIn, ActName::Accept, ActName::AskCorrection, ActName::Refuse]);
    assert!(case.clock.answer_by.is_some());

    let material = kiosk.catalogue.item(ITEM).unwrap().materials[0].code.clone();
    let taken_in =
        clerk.act(number, 1, Act::TakeIn { materials: vec![TakenIn { material: material.clone(), originals: 1, copies: 0 }] }).await;
    assert_eq!((taken_in.state, taken_in.revision), (State::TakenIn, 2));
    let by = taken_in.events[1].by.clone().unwrap();
    assert_eq!((by.user.as_str(), by.window.as_str(), by.phone.as_str()), ("clerk", "12 号窗口", "0777-0000000"));

    // Another clerk still looks at the first revision.
    assert_eq!(refused(clerk.try_act(number, 1, Act::Accept).await).await, (StatusCode::CONFLICT, "revision".into()));

    let points = vec![Correction { point: format!("material.{material}"), standard: "须加盖公章".into() }];
    let asked = clerk.act(number, 2, Act::AskCorrection { points: points.clone() }).await;
    assert_eq!((asked.state, asked.acts.as_slice()), (State::Correcting, &[ActName::Supplied, ActName::Refuse][..]));
    assert_eq!(refused(clerk.try_act(number, 3, Act::Accept).await).await.1, "act");
    let supplied = clerk.act(number, 3, Act::Supplied).await;
    let accepted = clerk.act(number, supplied.revision, Act::Accept).await;
    assert_eq!((accepted.state, accepted.acts.as_slice()), (State::Accepted, &[][..]));
    assert!(accepted.clock.due_promised.or(accepted.clock.due_statutory).is_some());
    let titles: Vec<_> = accepted.notices.iter().map(|n| n.title.zh.as_str()).collect();
    assert_eq!(titles, ["材料接收凭证", "补正告知书", "受理通知书"]);
    assert!(accepted.notices[1].lines.iter().any(|l| l.texts.iter().any(|t| t.zh.contains("须加盖公章"))));

    let progress: Progress = read(world.anonymous().get(&format!("/submissions/{}/progress", acknowledgement.id)).await).await;
    assert_eq!((progress.state, progress.short_number.as_str()), (State::Accepted, number));
    assert!(progress.due.is_some());
    assert_eq!(clerk.list("?state=accepted").await.len(), 1);
    assert!(clerk.list("?state=received").await.is_empty());
}

#[tokio::test]
async fn a_refusal_says_why_and_incomplete_acts_are_not_recorded() {
    let world = World::start().await;
    let (phone, clerk) = (world.phone().await, world.clerk().await);
    let number = phone.file().await.1.short_number;
    let refuse = |reason: &str| Act::Refuse { reason: reason.into(), basis: "行政许可法第32条".into(), go: "省民政厅".into() };
    for (what, act) in [
        ("no reason", refuse(" ")),
        ("too long", refuse(&"长".repeat(2001))),
        ("no points", Act::AskCorrection { points: vec![] }),
        ("unknown point", Act::AskCorrection { points: vec![Correction { point: "material.none".into(), standard: "x".into() }] }),
        ("unknown material", Act::TakeIn { materials: vec![TakenIn { material: "none".into(), originals: 1, copies: 1 }] }),
        ("the system's own act", Act::Receive { submission: Uuid::nil() }),
        ("not asked for", Act::Supplied),
    ] {
        assert_eq!(refused(clerk.try_act(&number, 1, act).await).await, (StatusCode::UNPROCESSABLE_ENTITY, "act".into()), "{what}");
    }
    assert_eq!(clerk.case(&number).await.revision, 1);
    let case = clerk.act(&number, 1, refuse("不属于本机关职权")).await;
    assert_eq!(case.state, State::Refused);
    assert_eq!(case.notices[0].title.zh, "不予受理决定书");
    assert_eq!(case.device, None);
}

#[tokio::test]
async fn of_two_decisions_at_once_one_counts() {
    let world = World::start().await;
    let (phone, clerk) = (world.phone().await, world.clerk().await);
    let number = phone.file().await.1.short_number;
    let (one, other) = tokio::join!(clerk.try_act(&number, 1, Act::Accept), clerk.try_act(&number, 1, Act::TakeIn { materials: vec![] }));
    let mut statuses = [one.status(), other.status()];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::CONFLICT]);
}

#[tokio::test]
async fn the_list_is_newest_first_and_names_nobody() {
    let world = World::start().await;
    let (phone, clerk) = (world.phone().await, world.clerk().await);
    let mut numbers = Vec::new();
    for _ in 0..3 {
        numbers.insert(0, phone.file().await.1.short_number);
    }
    let answer = clerk.0.get("/cases").await.text().await.unwrap();
    assert!(!answer.contains(NAME) && !answer.contains(IDENTIFIER) && !answer.contains(PHONE));
    let list = clerk.list("").await;
    assert_eq!(list.iter().map(|r| r.short_number.clone()).collect::<Vec<_>>(), numbers);
    assert!(list.iter().all(|r| r.item_name.zh.contains("社会团体") && r.outcome != Outcome::Elsewhere));
}
