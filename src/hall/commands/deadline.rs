//! `hall deadline`: when a limit ends.

use super::{Ended, Ending, Holidays, Voice, date, named};
use crate::calendar::Unit;
use chrono::NaiveDate;
use clap::Args;

/// When a limit ends, by the working-day calendar.
#[derive(Args)]
pub struct Deadline {
    /// The day of the event, which is not counted, YYYY-MM-DD.
    #[arg(long, value_name = "DATE", value_parser = date)]
    from: NaiveDate,
    /// The length of the limit.
    #[arg(long, value_name = "N")]
    add: u32,
    /// What it is counted in. A limit in plain days that ends on a day off moves to the next working day.
    #[arg(long, value_parser = named::<Unit, _>(["working-day", "day"]))]
    unit: Unit,
    #[command(flatten)]
    holidays: Holidays,
}

impl Deadline {
    pub(super) fn run(self, voice: &Voice) -> Ended {
        let due = self.holidays.calendar()?.add(self.from, self.add, self.unit)?;
        voice.tell(&due, || {
            let (zh, en) = if due.provisional {
                ("(暂定:该年度放假安排尚未公布)", " (provisional: that year's holidays are not announced yet)")
            } else {
                ("", "")
            };
            format!("截止日期 {}{zh}\ndue on {}{en}", due.date, due.date)
        })?;
        Ok(Ending::Done)
    }
}
