//! What may still be seen of a submission: its summary, without what was answered, and where it stands.

use crate::api::Acknowledgement;
use crate::check::Outcome;
use crate::submission::queue::{Row, State};
use crate::words::Text;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What stays on a personal device of something submitted, and on a shared one until the session's end: a summary and both
/// receipts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub id: Uuid,
    pub item: String,
    pub item_name: Text,
    pub window: Text,
    pub complaint: Text,
    pub captured_at: DateTime<Utc>,
    pub outcome: Outcome,
    /// QR text of the device's receipt.
    pub receipt: String,
    /// Once the hall has it.
    pub acknowledgement: Option<Acknowledgement>,
}

/// Where a submission stands. The first three are "on this device", the last is "at the hall".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    Queued,
    Sending,
    /// Somebody has to do something; why.
    Attention(Text),
    Received(Acknowledgement),
}

/// A submission as its applicant may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub record: Record,
    pub standing: Standing,
}

impl Kept {
    pub fn new(record: Record, row: Option<Row>, acknowledged: Option<Acknowledgement>) -> Kept {
        let standing = match (acknowledged.or_else(|| record.acknowledgement.clone()), row.map(|row| row.state)) {
            // Also of one that the hall has lost since and does not take back.
            (_, Some(State::Attention { why, .. })) => Standing::Attention(why),
            (Some(acknowledgement), _) => Standing::Received(acknowledgement),
            (None, Some(State::Queued)) => Standing::Queued,
            (None, Some(State::Sending { .. })) => Standing::Sending,
            (None, None) => Standing::Attention(Text::new(
                "本机的待上传数据已被浏览器清除,无法确认大厅是否收到。请凭回执到窗口",
                "The browser has cleared this device's data, so it cannot tell whether the hall has it. Bring the receipt to the window",
            )),
        };
        Kept { record, standing }
    }
}
