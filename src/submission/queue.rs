//! A submission on its way to the hall: the small row that stands for it in a device's outbox, whose turn it is, and what
//! becomes of it when sending fails. The sealed envelope lies beside the row and never changes.
//!
//! Times are the device's own, and a device's clock may be set by hours in either direction at any moment: a wait or a lease
//! counts only while the clock stands between its beginning and its end.

use super::{Digest, Sealed};
use crate::words::Text;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A lease on sending lasts this long: longer than a submission with its pictures takes over a slow line.
const LEASE: TimeDelta = TimeDelta::minutes(15);
/// The first wait after a failure, and the longest, in seconds.
const FIRST_WAIT: f64 = 2.0;
const LONGEST_WAIT: f64 = 600.0;
/// The hall may ask for so much and no more, in seconds.
const LONGEST_ASKED: u32 = 3600;

/// One submission that the hall has not acknowledged. Nothing in it can be read about anybody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub id: Uuid,
    /// Code of the item.
    pub item: String,
    pub digest: Digest,
    /// Length of the envelope's text, and how many sealed pieces go with it.
    pub bytes: usize,
    pub chunks: usize,
    pub queued_at: DateTime<Utc>,
    pub state: State,
    /// Failures so far.
    pub tries: u32,
    /// Not to be sent between these two.
    pub put_off_at: DateTime<Utc>,
    pub next_at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Queued,
    /// A lease: when it has run out, or its owner is known to be gone, somebody else may send.
    Sending {
        owner: Uuid,
        since: DateTime<Utc>,
        until: DateTime<Utc>,
    },
    /// Somebody has to do something first; the data stay.
    Attention {
        kind: Kind,
        why: Text,
        code: String,
    },
}

/// Who can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Somebody who can mend the device's standing with the hall.
    Operator,
    /// The hall will never take it as it is.
    Permanent,
}

/// Why sending did not end in an acknowledgement.
#[derive(Clone, Debug, PartialEq)]
pub enum Failed {
    /// The hall is out of reach, and was perhaps not tried at all.
    Unreached,
    /// It may pass by itself; for how many seconds the hall asked to be left alone.
    Passing(Option<u32>),
    /// It will not.
    Standing { kind: Kind, why: Text, code: String },
}

impl Failed {
    /// What an answer with this status and problem code means.
    pub fn refused(status: u16, code: &str, why: Text, asked: Option<u32>) -> Failed {
        let kind = match (status, code) {
            (408 | 425 | 429 | 500.., _) => return Failed::Passing(asked),
            // The hall has another sealing key than this device knew: an operator knows why.
            (401 | 403 | 404 | 405 | 407, _) | (_, "sealing-key" | "other-hall") => Kind::Operator,
            _ => Kind::Permanent,
        };
        Failed::Standing { kind, why, code: code.to_owned() }
    }
}

/// Whether `now` lies in the time between.
fn within(since: DateTime<Utc>, until: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    since <= now && now < until
}

impl Row {
    /// A row for an envelope whose text has so many bytes.
    pub fn new(sealed: &Sealed, bytes: usize, now: DateTime<Utc>) -> Row {
        let Sealed { id, item, digest, chunks, .. } = sealed;
        Row {
            id: *id,
            item: item.clone(),
            digest: *digest,
            bytes,
            chunks: chunks.len(),
            queued_at: now,
            state: State::Queued,
            tries: 0,
            put_off_at: now,
            next_at: now,
        }
    }

    /// What stands for a row that cannot be read: it is shown, and holds up nothing.
    pub fn unreadable(id: Uuid) -> Row {
        let never = DateTime::UNIX_EPOCH;
        let why = Text::new(
            "本机的这一条待上传记录已损坏,无法上传。请凭回执到窗口",
            "This entry of the outbox is damaged and cannot be sent. Bring the receipt to the window",
        );
        Row {
            id,
            item: String::new(),
            digest: Digest([0; 32]),
            bytes: 0,
            chunks: 0,
            queued_at: never,
            state: State::Attention { kind: Kind::Permanent, why, code: "unreadable".to_owned() },
            tries: 0,
            put_off_at: never,
            next_at: never,
        }
    }

    /// A row as versions 1 and 2 of the device's database had it, with the envelope inside: this row, and the envelope's text.
    pub fn released(text: &[u8]) -> Option<(Row, String)> {
        #[derive(Deserialize)]
        struct Released {
            sealed: Sealed,
            queued_at: DateTime<Utc>,
            tries: u32,
        }
        let Released { sealed, queued_at, tries } = serde_json::from_slice(text).ok()?;
        let envelope = serde_json::to_string(&sealed).ok()?;
        // Whatever state it had: it is tried again now, and gets a reason anew if there still is one.
        Some((Row { tries, ..Row::new(&sealed, envelope.len(), queued_at) }, envelope))
    }

    /// Whether it is this row's turn. `alone` says that nobody else can be sending, whatever a lease says; `asked`, that a
    /// person wants it tried now.
    pub fn is_due(&self, now: DateTime<Utc>, alone: bool, asked: bool) -> bool {
        match &self.state {
            State::Queued => asked || !within(self.put_off_at, self.next_at, now),
            State::Sending { since, until, .. } => alone || !within(*since, *until, now),
            State::Attention { code, .. } => asked && code != "unreadable",
        }
    }

    pub fn needs_somebody(&self) -> bool {
        matches!(self.state, State::Attention { .. })
    }

    pub fn lease(&mut self, owner: Uuid, now: DateTime<Utc>) {
        self.state = State::Sending { owner, since: now, until: now + LEASE };
    }

    pub fn is_leased_to(&self, me: Uuid) -> bool {
        matches!(self.state, State::Sending { owner, .. } if owner == me)
    }

    /// Its turn is now, whatever it waited for.
    pub fn recall(&mut self, now: DateTime<Utc>) {
        (self.state, self.put_off_at, self.next_at) = (State::Queued, now, now);
    }

    /// What a failure does to it: back to the queue at once; or for twice as long as last time, give or take (`chance` between
    /// 0 and 1), but at least for as long as the hall asked; or to whoever can help.
    pub fn fail(&mut self, failed: Failed, now: DateTime<Utc>, chance: f64) {
        match failed {
            Failed::Unreached => self.recall(now),
            Failed::Passing(asked) => {
                let wait = (FIRST_WAIT * 2_f64.powi(self.tries.min(20) as i32)).min(LONGEST_WAIT) * (0.5 + chance / 2.0);
                let asked = TimeDelta::seconds(asked.unwrap_or(0).min(LONGEST_ASKED).into());
                self.recall(now);
                self.next_at = now + TimeDelta::milliseconds((wait * 1000.0) as i64).max(asked);
                self.tries = self.tries.saturating_add(1);
            }
            Failed::Standing { kind, why, code } => {
                self.state = State::Attention { kind, why, code };
                self.tries = self.tries.saturating_add(1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn sealed() -> Sealed {
        Sealed {
            id: Uuid::from_u128(7),
            hall: "hall".into(),
            item: "item".into(),
            kid: "k1".into(),
            digest: Digest::of(b"x"),
            encapsulated: "AAAA".into(),
            ciphertext: "BBBB".into(),
            chunks: vec![Digest::of(b"y")],
            receipt: "MB1:".into(),
        }
    }

    fn row() -> Row {
        Row::new(&sealed(), 100, at(0))
    }

    fn attention(kind: Kind) -> State {
        State::Attention { kind, why: Text::new("原因", "why"), code: "c".into() }
    }

    /// Every answer of a hall, and what lies before it, to what becomes of the row.
    #[test]
    fn answers_and_what_becomes_of_a_row() {
        let becomes = |status, code| match Failed::refused(status, code, Text::new("原因", "why"), None) {
            Failed::Passing(_) => "passing",
            Failed::Standing { kind: Kind::Operator, .. } => "operator",
            Failed::Standing { kind: Kind::Permanent, .. } => "permanent",
            Failed::Unreached => "unreached",
        };
        let table = [
            (400, "json", "permanent"),
            (401, "sign-in", "operator"),
            (403, "unknown-device", "operator"),
            (403, "revoked", "operator"),
            (403, "signature", "operator"),
            (404, "not-found", "operator"),
            (408, "timeout", "passing"),
            (409, "conflict", "permanent"),
            (413, "too-large", "permanent"),
            (415, "media-type", "permanent"),
            (422, "sealing-key", "operator"),
            (422, "other-hall", "operator"),
            (422, "envelope", "permanent"),
            (422, "receipt", "permanent"),
            (425, "", "passing"),
            (429, "rate", "passing"),
            (500, "internal", "passing"),
            (502, "", "passing"),
            (503, "day-full", "passing"),
            (507, "full", "passing"),
        ];
        for (status, code, expected) in table {
            assert_eq!(becomes(status, code), expected, "{status} {code}");
        }
    }

    #[test]
    fn whose_turn_it_is() {
        let waits = |since, until| Row { put_off_at: at(since), next_at: at(until), ..row() };
        let leased = |now| {
            let mut row = row();
            row.lease(Uuid::from_u128(1), at(now));
            row
        };
        let stands = |kind| Row { state: attention(kind), ..row() };
        // (row, now, nobody else can be sending, a person asked) → due
        let table = [
            (row(), 0, false, false, true),
            (waits(0, 600), 10, false, false, false),
            (waits(0, 600), 10, false, true, true),
            (waits(0, 600), 600, false, false, true),
            // The clock was set back by a minute, an hour, a day; and forward.
            (waits(0, 600), -60, false, false, true),
            (waits(0, 600), -3_600, false, false, true),
            (waits(0, 3_600), -86_400, false, false, true),
            (waits(0, 3_600), 7_200, false, false, true),
            (leased(0), 10, false, false, false),
            (leased(0), 10, false, true, false),
            (leased(0), 10, true, false, true),
            (leased(0), 900, false, false, true),
            (leased(0), -1, false, false, true),
            (stands(Kind::Operator), 9_999, true, false, false),
            (stands(Kind::Permanent), 9_999, true, true, true),
            (Row::unreadable(Uuid::from_u128(3)), 0, true, true, false),
        ];
        for (n, (row, now, alone, asked, expected)) in table.into_iter().enumerate() {
            assert_eq!(row.is_due(at(now), alone, asked), expected, "case {n}: {row:?}");
        }
    }

    #[test]
    fn waits_double_with_chance_up_to_the_longest_and_obey_the_hall() {
        let wait = |tries, chance, asked| {
            let mut row = Row { tries, ..row() };
            row.fail(Failed::Passing(asked), at(0), chance);
            assert_eq!((row.tries, &row.state), (tries + 1, &State::Queued));
            (row.next_at - at(0)).num_milliseconds()
        };
        let table = [
            (0, 0.0, None, 1_000),
            (0, 1.0, None, 2_000),
            (3, 1.0, None, 16_000),
            (30, 1.0, None, 600_000),
            (u32::MAX - 1, 0.0, None, 300_000),
            (0, 0.0, Some(5), 5_000),
            (30, 1.0, Some(5), 600_000),
            (0, 0.0, Some(u32::MAX), 3_600_000),
        ];
        for (tries, chance, asked, expected) in table {
            assert_eq!(wait(tries, chance, asked), expected, "{tries} {chance} {asked:?}");
        }
    }

    #[test]
    fn a_hall_out_of_reach_costs_no_wait_and_a_refusal_waits_for_somebody() {
        let mut row = row();
        row.lease(Uuid::from_u128(1), at(5));
        row.fail(Failed::Unreached, at(6), 0.5);
        assert!((row.tries, row.is_due(at(6), false, false)) == (0, true));
        row.fail(Failed::refused(409, "c", Text::new("原因", "why"), None), at(7), 0.5);
        assert_eq!((&row.state, row.needs_somebody()), (&attention(Kind::Permanent), true));
        row.recall(at(8));
        assert!(row.is_due(at(8), false, false));
    }

    #[test]
    fn rows_of_released_versions_are_understood_in_every_state() {
        let states = [
            r#""queued""#,
            r#"{"sending":{"owner":"00000000-0000-0000-0000-000000000001","until":"2026-01-01T00:00:00Z"}}"#,
            r#"{"attention":{"zh":"原因","en":"why"}}"#,
        ];
        let envelope = serde_json::to_string(&sealed()).unwrap();
        for state in states {
            let old = format!(
                r#"{{"sealed":{envelope},"queued_at":"2026-01-01T00:00:00Z","state":{state},"tries":3,"next_at":"2026-01-01T00:00:00Z"}}"#
            );
            let (row, kept) = Row::released(old.as_bytes()).unwrap();
            assert_eq!((&kept, row.bytes, row.chunks, row.tries), (&envelope, envelope.len(), 1, 3));
            assert!(row.is_due(at(0), false, false));
        }
        assert_eq!(Row::released(b"{}"), None);
        let new = serde_json::to_vec(&row()).unwrap();
        assert_eq!(Row::released(&new), None);
        assert_eq!(serde_json::from_slice::<Row>(&new).unwrap(), row());
    }
}
