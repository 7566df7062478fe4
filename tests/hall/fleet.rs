//! Heartbeats, and what an operator sees of them.

use crate::world::*;
use chrono::TimeDelta;
use mingbai::api::{Alarm, FleetRow, Heartbeat, Part, Role};
use mingbai::hall::store;
use mingbai::signing::{HEARTBEAT, Signed, TRUST_LIST};
use reqwest::StatusCode;
use sqlx::Connection as _;

#[tokio::test]
async fn an_operator_sees_what_is_wrong() {
    let world = World::start().await;
    let (kiosk, desk, operator) = (world.kiosk().await, world.desk().await, world.operator().await);
    let silent = operator.fleet().await;
    let names: Vec<_> = silent.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["东门 1 号", "12 号窗口"]);
    assert!(silent.iter().all(|row| row.alarms == [Alarm::Silent] && row.seen_at.is_none() && row.heartbeat.is_none()));
    let troubled = Heartbeat {
        at: now() - TimeDelta::hours(3),
        oldest: Some(now() - TimeDelta::hours(4)),
        waiting: 12,
        attention: 1,
        printer: Part::Fails,
        ..kiosk.heartbeat()
    };
    assert_eq!(kiosk.beat(&troubled).await.status(), StatusCode::NO_CONTENT, "a wrong clock is no reason to refuse");
    assert_eq!(desk.beat(&desk.heartbeat()).await.status(), StatusCode::NO_CONTENT);
    let rows = operator.fleet().await;
    assert_eq!((&rows[0].kid, rows[0].heartbeat.as_ref()), (&kiosk.kid(), Some(&troubled)));
    assert_eq!(rows[0].alarms, [Alarm::Unsent, Alarm::Attention, Alarm::Clock, Alarm::Printer]);
    assert!(rows[0].seen_at.is_some_and(|at| (now() - at).num_seconds() < 60));
    assert_eq!(rows[1].alarms, []);
    let metrics = reqwest::get(format!("{}/metrics", world.url)).await.unwrap().text().await.unwrap();
    for gauge in ["mingbai_devices 2", "mingbai_devices_silent 0", "mingbai_outbox_waiting 12", "mingbai_outbox_oldest_seconds 36"] {
        assert!(metrics.contains(gauge), "{gauge} in {metrics}");
    }
    operator.revoke(&desk.kid()).await;
    assert_eq!(operator.fleet().await.len(), 1);
    assert_eq!(refused(world.anonymous().get("/fleet").await).await.1, "sign-in");
    assert_eq!(refused(world.staff("clerk", Role::Clerk).await.get("/fleet").await).await.1, "role");

    let data = world.stop().await;
    let mut database = store::alone(&data.path().join("hall.db")).await.unwrap();
    sqlx::query("UPDATE devices SET not_after = not_before").execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    let fleet = World::open(data, |_| {}).await.staff("second", Role::Operator).await.get("/fleet").await;
    let fleet: Vec<FleetRow> = read(fleet).await;
    assert_eq!(fleet[0].alarms.last(), Some(&Alarm::Expired), "no heartbeat of it is taken any more, and somebody must know why");
}

#[tokio::test]
async fn only_a_device_in_force_is_heard_and_not_too_often() {
    let world = World::start().await;
    let (kiosk, other, phone) = (world.kiosk().await, world.desk().await, world.phone().await);
    let good = kiosk.heartbeat();
    let sign = |context: &str, key: &Device| Signed::sign(&good, context, &key.key).unwrap();
    let with = |change: fn(&mut Heartbeat)| {
        let mut other = kiosk.heartbeat();
        change(&mut other);
        Signed::sign(&other, HEARTBEAT, &kiosk.key).unwrap()
    };
    let forged = Signed { kid: kiosk.kid(), ..sign(HEARTBEAT, &other) };
    let changed = Signed { payload: sign(HEARTBEAT, &kiosk).payload.replace("\"waiting\":0", "\"waiting\":1"), ..sign(HEARTBEAT, &kiosk) };
    for (what, signed, code) in [
        ("a phone", sign(HEARTBEAT, &phone), "not-in-force"),
        ("another key", forged, "signature"),
        ("another context", sign(TRUST_LIST, &kiosk), "signature"),
        ("changed", changed, "signature"),
        ("no heartbeat", Signed::sign(&serde_json::json!({}), HEARTBEAT, &kiosk.key).unwrap(), "shape"),
        ("a long name", with(|h| h.app = "x".repeat(101)), "shape"),
        ("a long catalogue", with(|h| h.catalogue = Some("x".repeat(101))), "shape"),
        ("too large", with(|h| h.app = "x".repeat(70_000)), "too-large"),
    ] {
        assert_eq!(refused(world.anonymous().post("/heartbeats", &signed).await).await.1, code, "{what}");
    }
    assert_eq!(kiosk.beat(&good).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(refused(kiosk.beat(&good).await).await.1, "conflict", "kept by somebody, and sent again");
    let early = kiosk.beat(&Heartbeat { waiting: good.waiting + 1, ..good.clone() }).await;
    assert!(early.headers().contains_key("retry-after"));
    assert_eq!(refused(early).await.1, "rate");
    assert_eq!(other.beat(&good).await.status(), StatusCode::NO_CONTENT, "another device is not held back");
    let operator = world.operator().await;
    operator.revoke(&other.kid()).await;
    assert_eq!(refused(other.beat(&good).await).await.1, "not-in-force");
}
