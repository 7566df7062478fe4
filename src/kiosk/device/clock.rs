//! The device's own clock, and patience: [`within`] ends every wait on something that may never answer.
//! [`crate::kiosk::app::App::now`] is this clock corrected by the hall's.

use chrono::{DateTime, Utc};
use gloo_timers::future::TimeoutFuture;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

pub fn now() -> DateTime<Utc> {
    // A browser's clock lies within chrono's years; the epoch stands for one that does not.
    DateTime::from_timestamp_millis(js_sys::Date::now() as i64).unwrap_or_default()
}

/// What `work` gives, if it does so within `milliseconds`; else it is dropped.
pub async fn within<T>(milliseconds: u32, work: impl Future<Output = T>) -> Option<T> {
    let (mut work, mut limit) = (pin!(work), pin!(TimeoutFuture::new(milliseconds)));
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => limit.as_mut().poll(context).map(|()| None),
    })
    .await
}
