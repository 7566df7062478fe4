//! Who is asking: staff sign-in with throttling, sessions, and what each role may do. A route names the role it needs in
//! its arguments; there is no other place where it could be forgotten.
//!
//! Window work (clerk), approval (approver), the catalogue (editor), supervision (inspector) and running the system
//! (operator) are kept apart: nobody inherits another's rights.

pub mod password;
pub mod secret;
pub mod session;
pub mod throttle;

use super::problem::{self, Refusal};
use super::{Hall, store};
use crate::api::{Role, SignIn, Staff};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::net::IpAddr;
use std::time::{Duration, Instant};
use throttle::Throttle;

/// Anybody who is signed in.
pub struct SignedIn(pub Staff);
/// Who works on cases: clerk or approver.
pub struct Caseworker(pub Staff);
/// Who looks after devices.
pub struct Operator(pub Staff);

impl FromRequestParts<Hall> for SignedIn {
    type Rejection = Refusal;
    async fn from_request_parts(parts: &mut Parts, hall: &Hall) -> Result<SignedIn, Refusal> {
        let staff = session::staff(hall, &parts.headers, super::now()).await?;
        staff.map(SignedIn).ok_or_else(|| problem::SIGN_IN.into())
    }
}

async fn with_role(parts: &mut Parts, hall: &Hall, may: &[Role]) -> Result<Staff, Refusal> {
    let SignedIn(staff) = SignedIn::from_request_parts(parts, hall).await?;
    if may.contains(&staff.role) { Ok(staff) } else { Err(problem::ROLE.into()) }
}

impl FromRequestParts<Hall> for Caseworker {
    type Rejection = Refusal;
    async fn from_request_parts(parts: &mut Parts, hall: &Hall) -> Result<Caseworker, Refusal> {
        with_role(parts, hall, &[Role::Clerk, Role::Approver]).await.map(Caseworker)
    }
}

impl FromRequestParts<Hall> for Operator {
    type Rejection = Refusal;
    async fn from_request_parts(parts: &mut Parts, hall: &Hall) -> Result<Operator, Refusal> {
        with_role(parts, hall, &[Role::Operator]).await.map(Operator)
    }
}

/// The doors at which somebody may guess.
pub struct Doors {
    users: Throttle<String>,
    strangers: Throttle<IpAddr>,
    codes: Throttle<IpAddr>,
}

impl Default for Doors {
    fn default() -> Doors {
        Doors {
            users: Throttle::new(5, Duration::from_secs(60)),
            strangers: Throttle::new(30, Duration::from_secs(300)),
            codes: Throttle::new(10, Duration::from_secs(300)),
        }
    }
}

impl Doors {
    /// How long a stranger must wait before the next device code is looked at.
    pub fn code_wait(&self, stranger: IpAddr) -> Option<Duration> {
        self.codes.wait(&stranger, Instant::now())
    }
    pub fn code_failed(&self, stranger: IpAddr) {
        self.codes.failed(stranger, Instant::now());
    }
}

/// Checks a sign-in from `stranger`. Whether the user exists shows neither in the answer nor in the time it takes.
pub async fn check(hall: &Hall, sign_in: SignIn, stranger: IpAddr) -> Result<Staff, Refusal> {
    let SignIn { user, password } = sign_in;
    if user.len() > 64 || password.len() > password::LONGEST {
        return Err(problem::PASSWORD.into());
    }
    let (doors, now) = (&hall.doors, Instant::now());
    if let Some(wait) = doors.users.wait(&user, now).max(doors.strangers.wait(&stranger, now)) {
        return Err(problem::RATE.after(wait));
    }
    // Counted before the slow part, so that many at once do not get past it together.
    doors.users.failed(user.clone(), now);
    doors.strangers.failed(stranger, now);
    let mut db = hall.store.read().await?;
    let hash = store::staff::password(&mut db, &user).await?;
    let staff = store::staff::get(&mut db, &user).await?;
    drop(db);
    match (password::fits(password, hash).await, staff) {
        (true, Some(staff)) => {
            doors.users.succeeded(&user);
            doors.strangers.succeeded(&stranger);
            Ok(staff)
        }
        _ => Err(problem::PASSWORD.into()),
    }
}
