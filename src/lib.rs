//! **Mingbai 明白** (clear, understood): the self-service software of a government service hall (政务服务大厅).
//!
//! One package compiles twice: to WebAssembly (the app on kiosks, phones and window desks) and natively (the hall
//! server and its commands). Everything that decides anything about an application lives in pure floors that both
//! share, so the kiosk and the hall can never disagree. A floor uses only the floors listed before it.
//!
//! Pure floors: no browser, no server, no clock and no randomness of their own; time and entropy are passed in.
//!
//! - [`words`]: bilingual text, identifiers and their check digits, money.
//! - [`calendar`]: working days (调休 included) and statutory limits.
//! - [`signing`]: keys, context strings, signed documents.
//! - [`rules`]: rule text (a CEL subset) → typed rule → three-valued value with reasons; what can hold at all, proved.
//! - [`catalogue`]: what an approval item (事项) is: facts, gates, conditions, materials, limits, fees, flow; the signed
//!   head and the parts that devices keep; search; for its authors (native) compiler, linter, differences, spreadsheets.
//! - [`check`]: item + application → next question, the assessment (自查结果) with the one complete list, and why, in words.
//! - [`submission`]: an application frozen: canonical bytes, digest, sealing to the hall's key, envelope.
//! - [`receipt`]: the signed QR receipt (回执): claims, signing, QR text, trust list, verification.
//! - [`case`]: what happens at the hall: events → state, clock, notices.
//! - [`api`]: the wire types of `/api/v1`.
//!
//! Two shells, which never see each other:
//!
//! - `kiosk` (wasm only): pages, parts, the device's doors (database, camera, keys, printer) and the outbox.
//! - `hall` (native only): routes, store, auth and commands.
//!
//! The way of the data: `catalogue::Item` + `check::Application` → `check::Assessment` → `submission::Submission` →
//! `submission::Sealed` → outbox → `api` → `case::Case`; beside it `receipt::Receipt` → QR → desk → `receipt::verify` →
//! the same `Case`.

pub mod words;
pub mod calendar;
pub mod signing;
pub mod rules;
pub mod catalogue;
pub mod check;
pub mod submission;
pub mod receipt;
pub mod case;
pub mod api;

#[cfg(target_family = "wasm")]
pub mod kiosk;

#[cfg(not(target_family = "wasm"))]
pub mod hall;
