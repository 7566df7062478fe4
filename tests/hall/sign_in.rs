//! Staff sign in and out; guessing is slowed down; each role does only its own.

use crate::world::*;
use mingbai::api::{Role, Staff};
use reqwest::{Method, StatusCode};
use std::time::Duration;

#[tokio::test]
async fn a_session_is_a_strict_cookie_and_ends() {
    let world = World::start().await;
    let mut clerk = world.clerk().await.0;
    assert_eq!(read::<Staff>(clerk.get("/session").await).await.user, "clerk");
    let answer = clerk.sign_in("clerk", PASSWORD).await;
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    for part in ["mingbai_session=", "Path=/", "HttpOnly", "SameSite=Strict"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "not without TLS");
    assert_eq!(clerk.request(Method::DELETE, "/session").send().await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(refused(clerk.get("/session").await).await, (StatusCode::UNAUTHORIZED, "sign-in".into()));
    clerk.cookie = Some(format!("mingbai_session={}", "0".repeat(64)));
    assert_eq!(refused(clerk.get("/session").await).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn guessing_is_slowed_down_and_nobody_is_locked_out_for_ever() {
    let world = World::start().await;
    add_staff(world.data.path(), "clerk", Role::Clerk).await;
    let mut client = world.anonymous();
    // An unknown user is answered like a known one.
    for user in ["clerk", "nobody"] {
        for _ in 0..5 {
            assert_eq!(refused(client.sign_in(user, "wrong password").await).await, (StatusCode::UNAUTHORIZED, "password".into()));
        }
        let slowed = client.sign_in(user, PASSWORD).await;
        let wait: u64 = slowed.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=2).contains(&wait), "{wait}");
        assert_eq!(refused(slowed).await, (StatusCode::TOO_MANY_REQUESTS, "rate".into()));
    }
    tokio::time::sleep(Duration::from_millis(2100)).await;
    assert_eq!(client.sign_in("clerk", PASSWORD).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn each_role_does_only_its_own() {
    let world = World::start().await;
    let number = world.phone().await.file().await.1.short_number;
    let case = format!("/cases/{number}");
    let acts = format!("/cases/{number}/acts");
    let work = [("GET", "/cases"), ("GET", &*case), ("POST", &*acts), ("GET", "/cases/x/attachments/0")];
    let care = [("GET", "/devices"), ("POST", "/device-codes"), ("POST", "/devices/0011223344556677/revoke")];
    for (role, may_work, may_care) in [
        (None, false, false),
        (Some(Role::Clerk), true, false),
        (Some(Role::Approver), true, false),
        (Some(Role::Editor), false, false),
        (Some(Role::Inspector), false, false),
        (Some(Role::Operator), false, true),
    ] {
        let client = match role {
            Some(role) => world.staff(&format!("{role:?}").to_lowercase(), role).await,
            None => world.anonymous(),
        };
        let expected = if role.is_some() { StatusCode::FORBIDDEN } else { StatusCode::UNAUTHORIZED };
        for (routes, may) in [(&work[..], may_work), (&care[..], may_care)] {
            for (method, path) in routes {
                let answer = client.request(method.parse().unwrap(), path).send().await.unwrap();
                let is_kept_out = matches!(answer.status(), StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED);
                assert_eq!(is_kept_out, !may, "{role:?} {method} {path}: {}", answer.status());
                if is_kept_out {
                    assert_eq!(refused(answer).await.0, expected);
                }
            }
        }
    }
}
