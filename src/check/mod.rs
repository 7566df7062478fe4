//! An item and an application go in; the next question and the assessment (自查结果) come out, in the order of
//! 行政许可法 art. 32. The kiosk and the hall run exactly this.
//!
//! - [`application`]: what the applicant is preparing, as plain answers.
//! - [`assess`]: application → assessment: every outcome, and the one complete list of what is missing.
//! - [`questions`]: which fact to ask next.
//! - [`settle()`]: a rule's value, known as soon as no answer can change it.
//! - [`explain`]: a rule in words: what it needs, and why it came to what it did.

pub mod application;
mod assess;
pub mod explain;
pub mod questions;
mod settle;

pub use application::{Application, Declared};
pub use assess::{Assessment, Finding, MaterialState, Outcome, Point, PointKind, State, assess};
pub use settle::{OnFault, settle};
