//! The rows: a submission in the outbox with its state, and the summary that stays on a personal device.

use crate::api::Acknowledgement;
use crate::check::Outcome;
use crate::submission::{Digest, Sealed};
use crate::words::Text;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A lease on sending lasts this long: longer than a submission with all its pictures takes over a slow line.
const LEASE: TimeDelta = TimeDelta::minutes(15);
/// The first wait after a failure, and the longest.
const FIRST_WAIT: f64 = 2.0;
const LONGEST_WAIT: f64 = 600.0;
/// A wait can only be longer when the clock has been set back.
const CLOCK_WAS_SET: TimeDelta = TimeDelta::hours(2);

/// One submission on its way. All that is in it can be read by nobody but the hall, save what routes it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Row {
    pub sealed: Sealed,
    pub queued_at: DateTime<Utc>,
    pub state: State,
    /// Failures so far.
    pub tries: u32,
    pub next_at: DateTime<Utc>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Queued,
    /// A lease: when it has run out, or its owner is known to be gone, somebody else may send.
    Sending {
        owner: Uuid,
        until: DateTime<Utc>,
    },
    /// Somebody has to do something first; the data stay.
    Attention(Text),
}

impl Row {
    pub fn new(sealed: Sealed, now: DateTime<Utc>) -> Row {
        Row { sealed, queued_at: now, state: State::Queued, tries: 0, next_at: now }
    }

    /// Whether it is this row's turn. `alone` says that no other tab can be sending, whatever a lease says.
    pub fn is_due(&self, now: DateTime<Utc>, alone: bool, asked: bool) -> bool {
        match &self.state {
            State::Queued => asked || self.next_at <= now || self.next_at > now + CLOCK_WAS_SET,
            State::Sending { until, .. } => alone || *until <= now || *until > now + LEASE,
            State::Attention(_) => asked,
        }
    }

    pub fn lease(&mut self, owner: Uuid, now: DateTime<Utc>) {
        self.state = State::Sending { owner, until: now + LEASE };
    }

    pub fn is_leased_to(&self, me: Uuid) -> bool {
        matches!(self.state, State::Sending { owner, .. } if owner == me)
    }

    /// Back to the queue, for twice as long as last time, give or take (`chance` between 0 and 1), but at least as long as
    /// the hall asked for.
    pub fn put_off(&mut self, now: DateTime<Utc>, chance: f64, at_least: Option<u32>) {
        let wait = (FIRST_WAIT * 2_f64.powi(self.tries.min(20) as i32)).min(LONGEST_WAIT) * (0.5 + chance / 2.0);
        let wait = TimeDelta::milliseconds((wait * 1000.0) as i64).max(TimeDelta::seconds(at_least.unwrap_or(0).min(3600).into()));
        self.tries = self.tries.saturating_add(1);
        self.next_at = now + wait;
        self.state = State::Queued;
    }
}

/// What stays on a personal device of something submitted: a summary without what was answered, and both receipts.
#[derive(Clone, Serialize, Deserialize)]
pub struct Record {
    pub id: Uuid,
    pub item: String,
    pub item_name: Text,
    pub window: Text,
    pub complaint: Text,
    pub captured_at: DateTime<Utc>,
    pub outcome: Outcome,
    /// The device's receipt.
    pub receipt: String,
    pub acknowledgement: Option<Acknowledgement>,
}

/// That the hall has a submission: all that a kiosk keeps of it.
#[derive(Serialize, Deserialize)]
pub struct Acknowledged {
    pub id: Uuid,
    pub digest: Digest,
    pub received_at: DateTime<Utc>,
}
