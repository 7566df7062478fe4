//! `hall identifier check`: national identifiers and their check digits.

use super::{Day, Ended, Ending, Voice, both, named};
use crate::words::{Text, identifier};
use clap::{Args, Subcommand};
use serde::Serialize;

/// National identifiers: resident ID, credit code, mobile number, passport.
#[derive(Subcommand)]
pub enum Identifier {
    Check(Check),
}

/// Check an identifier's length, characters, date and check digit.
#[derive(Args)]
pub struct Check {
    #[arg(value_parser = named::<identifier::Kind, _>(["resident-id", "credit-code", "mobile", "passport"]))]
    kind: identifier::Kind,
    /// As a person types it: spaces, hyphens, full-width and lower-case characters are allowed.
    #[arg(allow_hyphen_values = true)]
    value: String,
    #[command(flatten)]
    day: Day,
}

#[derive(Serialize)]
struct Checked {
    valid: bool,
    warnings: Vec<Text>,
    reason: Option<Text>,
}

impl Identifier {
    pub(super) fn run(self, voice: &Voice) -> Ended {
        let Identifier::Check(Check { kind, value, day }) = self;
        let checked = match identifier::check(kind, &value, day.date()) {
            Ok(valid) => Checked { valid: true, warnings: valid.warnings.iter().map(|w| w.text()).collect(), reason: None },
            Err(wrong) => Checked { valid: false, warnings: vec![], reason: Some(wrong.say()) },
        };
        voice.tell(&checked, || match &checked.reason {
            Some(reason) => format!("无效:{}\nnot valid: {}", reason.zh, reason.en),
            None => checked.warnings.iter().fold("有效\nvalid".into(), |said: String, warning| said + "\n" + &both(warning)),
        })?;
        Ok(Ending::of(checked.valid))
    }
}
