//! Codes, enrolment and the trust list.

use crate::world::*;
use mingbai::api::{Enrolled, NewCode};
use mingbai::receipt::{DeviceKey, Profile, TrustList};
use mingbai::signing::{TRUST_LIST, from_hex};
use reqwest::StatusCode;

#[tokio::test]
async fn a_code_enrols_one_device_into_the_trust_list() {
    let world = World::start().await;
    let operator = world.operator().await;
    let before = world.anonymous().trust().await;
    let code = operator.code(Profile::Desk).await;
    assert!(code.code.len() >= 8 && (code.expires_at - now()).num_minutes() <= 10);

    let desk = world.phone().await;
    let typed = format!(" {}-{} ", &code.code[..4].to_lowercase(), &code.code[4..]);
    let enrolled: Enrolled = read(desk.enrol(&typed, "12 号窗口").await).await;
    let trust: TrustList = enrolled.trust.open(TRUST_LIST, &from_hex(&desk.hall.root).unwrap()).unwrap();
    assert_eq!((enrolled.profile, enrolled.name.as_str()), (Profile::Desk, "12 号窗口"));
    assert_eq!(trust.sequence, before.sequence + 1);
    assert_eq!(trust.devices.last().unwrap().public, mingbai::signing::hex(&desk.public()));
    assert_eq!(world.anonymous().trust().await, trust);

    // The answer may have been lost: the same device gets it again, another one does not.
    assert_eq!(desk.enrol(&code.code, "12 号窗口").await.status(), StatusCode::CREATED);
    assert_eq!(world.anonymous().trust().await, trust);
    let (status, refusal) = refused(world.phone().await.enrol(&code.code, "12 号窗口").await).await;
    assert_eq!((status, refusal.as_str()), (StatusCode::FORBIDDEN, "code"));
    // A key is enrolled once.
    let second = operator.code(Profile::Kiosk).await;
    assert_eq!(refused(desk.enrol(&second.code, "x").await).await.1, "device-exists");

    let revoked: DeviceKey = read(operator.revoke(&desk.kid()).await).await;
    assert!(revoked.revoked_at.is_some());
    assert_eq!(world.anonymous().trust().await.sequence, trust.sequence + 1);
    assert_eq!(read::<DeviceKey>(operator.revoke(&desk.kid()).await).await, revoked);
    assert_eq!(operator.devices().await, [revoked]);
    assert_eq!(refused(operator.revoke("0011223344556677").await).await.0, StatusCode::NOT_FOUND);
    assert_eq!(refused(operator.0.post("/device-codes", &NewCode { profile: Profile::Personal }).await).await.1, "profile");
}

#[tokio::test]
async fn guessing_codes_is_slowed_down() {
    let world = World::start().await;
    let device = world.phone().await;
    let mut waits = 0;
    for _ in 0..15 {
        let answer = device.enrol("AAAAAAAA", "x").await;
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            assert!(answer.headers()["retry-after"].to_str().unwrap().parse::<u32>().unwrap() >= 1);
            waits += 1;
        }
    }
    assert!(waits >= 4, "{waits}");
}

#[tokio::test]
async fn bad_keys_and_names_are_named() {
    let world = World::start().await;
    let operator = world.operator().await;
    let good = mingbai::signing::hex(&world.phone().await.public());
    for (public, name, expected) in [
        ("", "x", "public-key"),
        (&*"00".repeat(32), "x", "public-key"),
        (&*"zz".repeat(32), "x", "public-key"),
        (&*good, " ", "name"),
        (&*good, &*"长".repeat(61), "name"),
        (&*good, "a\u{7}b", "name"),
    ] {
        let code = operator.code(Profile::Kiosk).await.code;
        let body = serde_json::json!({ "code": code, "public": public, "name": name });
        assert_eq!(refused(world.anonymous().post("/devices", &body).await).await.1, expected, "{public} {name}");
    }
}
