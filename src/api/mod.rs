//! The wire types of `/api/v1`: all that device, desk and hall say to each other. JSON; the hall publishes the routes as
//! OpenAPI at `/api/v1/openapi.json`.

pub mod export;
#[cfg(not(target_family = "wasm"))]
pub mod open;

use crate::case;
use crate::check::Assessment;
use crate::receipt::Profile;
use crate::signing::Signed;
use crate::submission::{Digest, Sealed, Submission};
use crate::words::Text;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An error on the wire (RFC 9457, `application/problem+json`). `code` is stable and part of the contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Problem {
    /// `about:blank`, always: `code` tells the kind.
    #[serde(rename = "type")]
    pub kind: String,
    pub status: u16,
    pub code: String,
    /// What a person reads.
    pub title: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// `GET /hall`: who this hall is; what a device pins at its first visit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct HallInfo {
    pub code: String,
    /// The root key (Ed25519, hex) that signs the trust list and the catalogue.
    pub root: String,
    /// Version of the program.
    pub version: String,
    /// The hall's clock, so that a device can show its own skew.
    pub now: DateTime<Utc>,
    /// When the hall was last put back from a backup, in seconds since 1970; 0 when it never was. A device that sees
    /// another one than before asks which of its submissions the hall has lost ([`Held`]).
    #[serde(default)]
    pub epoch: i64,
}

/// `PUT /submissions/{id}` answers 201 or 200 with this: the hall's own receipt is the acknowledgement. Also
/// `GET /submissions/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Acknowledgement {
    pub id: Uuid,
    pub digest: Digest,
    /// When it entered the hall's system (电子签名法 art. 11).
    pub received_at: DateTime<Utc>,
    pub short_number: String,
    /// QR text of the receipt, signed by the hall; repeats all of the above under signature.
    pub receipt: String,
}

/// `PUT /submissions/{id}` answers 202 with this when attachment chunks have not arrived yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Wanted {
    pub chunks: Vec<Digest>,
}

/// `POST /submissions/unknown`: submissions that the hall has acknowledged to this device, at most [`HELD`]; answered by
/// the ids (a list of UUIDs) of those that the hall does not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Held {
    pub ids: Vec<Uuid>,
}

/// The most ids of one [`Held`].
pub const HELD: usize = 1000;

/// `PUT /submissions/{id}/again`: a submission that the hall has acknowledged and, put back from a backup, no longer has.
/// With the acknowledgement, which the hall itself signed, the case gets its time and its short number back. Answered like
/// `PUT /submissions/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Resend {
    pub sealed: Sealed,
    pub acknowledgement: Acknowledgement,
}

/// `POST /heartbeats`: how a kiosk or desk is doing, as a [`Signed`] document of its own key under
/// [`crate::signing::HEARTBEAT`]. Answered by 204.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Heartbeat {
    /// By the device's own clock, uncorrected: the hall sees how far it is off.
    pub at: DateTime<Utc>,
    /// The app's build.
    pub app: String,
    /// Version of the catalogue, and sequence of the trust list.
    pub catalogue: Option<String>,
    pub trust: Option<u64>,
    /// Submissions not yet acknowledged, those of them that need somebody, and when the oldest was queued.
    pub waiting: u32,
    pub attention: u32,
    pub oldest: Option<DateTime<Utc>>,
    /// Scans that the hall does not have yet.
    pub scans: u32,
    /// Bytes of storage in use and allowed, where the browser tells.
    pub usage: Option<u64>,
    pub quota: Option<u64>,
    pub camera: Part,
    pub printer: Part,
}

/// How a part of the machine did in its last self-test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    #[default]
    Untested,
    Works,
    Fails,
}

/// `GET /fleet`, for operators: every device that is not revoked, as the hall last heard of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct FleetRow {
    /// Key id, hex.
    pub kid: String,
    pub name: String,
    pub profile: Profile,
    /// When the last heartbeat came, by the hall's clock.
    pub seen_at: Option<DateTime<Utc>>,
    pub heartbeat: Option<Heartbeat>,
    pub alarms: Vec<Alarm>,
}

/// What waits for longer than this is unsent.
pub const UNSENT: TimeDelta = TimeDelta::minutes(30);
/// A device's clock may be off by this much: receipts of one that is further off are taken for not yet valid.
pub const SKEW: TimeDelta = TimeDelta::minutes(2);
/// Storage is almost full above this share of what is allowed.
pub const FULL: f64 = 0.8;

/// What an operator should look after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Alarm {
    /// No heartbeat for a quarter of an hour, or none yet.
    Silent,
    /// Something waits for longer than [`UNSENT`].
    Unsent,
    /// A submission needs somebody.
    Attention,
    /// Storage is almost full ([`FULL`]).
    Storage,
    /// The clock is off by more than [`SKEW`].
    Clock,
    /// App, catalogue or trust list are behind the hall's.
    Behind,
    /// Its certificate has run out: it must be enrolled again.
    Expired,
    Camera,
    Printer,
}

/// `GET /submissions/{id}/progress`: what anyone who holds the receipt may know. No personal data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Progress {
    pub short_number: String,
    pub item: String,
    pub received_at: DateTime<Utc>,
    pub state: case::State,
    pub due: Option<chrono::NaiveDate>,
}

/// `POST /devices`: enrolment of a kiosk or desk with the operator's one-time code. Answered by [`Enrolled`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Enrol {
    pub code: String,
    /// Ed25519, hex.
    pub public: String,
    pub name: String,
}

/// The device is in the trust list now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Enrolled {
    pub profile: Profile,
    pub name: String,
    pub trust: Signed,
}

/// `POST /device-codes`: what the code is to enrol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewCode {
    pub profile: Profile,
}

/// A one-time code that enrols one device; shown once, to the operator.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct DeviceCode {
    pub code: String,
    pub profile: Profile,
    pub expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for DeviceCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DeviceCode({:?}, redacted)", self.profile)
    }
}

/// `POST /session`: staff sign-in. The session is an HttpOnly cookie.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    pub user: String,
    pub password: String,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignIn(redacted)")
    }
}

/// `GET /session`: who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Staff {
    pub user: String,
    pub name: String,
    pub post: String,
    pub window: String,
    pub phone: String,
    pub role: Role,
}

/// 窗口人员、审批人、目录管理员、监察员、运维. Approval, management and supervision are kept apart (三分离).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    Clerk,
    Approver,
    Editor,
    Inspector,
    Operator,
}

/// `POST /scans`: what a desk saw, possibly while offline; `POST /scans/batch` takes an array of them. All are recorded; the first by
/// `at`, and by `id` where two have the same, keeps the case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Scan {
    /// UUIDv7, made by the desk: sending it twice records it once.
    pub id: Uuid,
    /// The receipt's id.
    pub receipt: Uuid,
    /// What the receipt says of the content: a case of that id and another content is not its case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// By the hall's clock as the desk last saw it. One after the moment of its arrival counts as that moment.
    pub at: DateTime<Utc>,
    pub verdict: crate::receipt::Verdict,
    pub desk: String,
}

/// A scan on record, as others see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct ScanRecord {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub by: String,
    pub window: String,
    pub desk: String,
}

/// Answer to `POST /scans`: all scans of that receipt, the first, which keeps the case, first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Scans {
    pub scans: Vec<ScanRecord>,
    /// The case, when the hall has received the submission.
    pub short_number: Option<String>,
}

/// `GET /cases`: one row of the desk's list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct CaseRow {
    pub short_number: String,
    pub item: String,
    pub item_name: Text,
    pub received_at: DateTime<Utc>,
    pub state: case::State,
    pub outcome: crate::check::Outcome,
    pub clock: case::Clock,
}

/// `GET /cases/{short number or receipt id}`: everything the clerk needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct CaseView {
    pub short_number: String,
    pub submission: Submission,
    /// Who vouches for the device: its name and profile, or nobody (self-issued).
    pub device: Option<(String, Profile)>,
    pub received_at: DateTime<Utc>,
    /// The hall's own check of the same application, on the day it came in.
    pub recheck: Assessment,
    /// True when device and hall agree.
    pub agrees: bool,
    /// Problems of content, such as a withdrawn item version.
    pub problems: Vec<Text>,
    pub state: case::State,
    pub events: Vec<case::Event>,
    pub notices: Vec<case::Notice>,
    pub clock: case::Clock,
    pub scans: Vec<ScanRecord>,
    /// Which acts the state allows now.
    pub acts: Vec<case::ActName>,
    /// Grows with each event; an act names the number it saw, so that two clerks cannot decide over each other.
    pub revision: u32,
}

/// `POST /cases/{short number}/acts`: a decision at the window. Answered by the new [`CaseView`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Decide {
    pub revision: u32,
    pub act: case::Act,
}
