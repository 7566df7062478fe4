//! How often a stranger may write: buckets of tokens by address. All kiosks of a hall may share one address, so that what
//! enrolled devices send is hardly held back; what anybody can send without being enrolled is.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Any write. A hall's kiosks that come back after a day without a network drain ten thousand submissions in a minute, and
/// a flood of this rate costs the hall a fraction of one core.
const WRITES: Rate = Rate { burst: 2000.0, per_second: 200.0 };
/// Submissions of devices that nobody enrolled: as many as the visitors of a hall make behind its one address, and so few
/// that a script does not use up a day's short numbers.
const SELF_ISSUED: Rate = Rate { burst: 300.0, per_second: 300.0 / 3600.0 };
/// When more addresses are remembered, those with a full bucket are cleared out.
const MANY: usize = 10_000;

/// Tokens at once, and tokens a second after that.
#[derive(Clone, Copy)]
struct Rate {
    burst: f64,
    per_second: f64,
}

#[derive(Default)]
pub struct Limits {
    writes: Buckets,
    self_issued: Buckets,
}

#[derive(Default)]
struct Buckets(Mutex<HashMap<IpAddr, Bucket>>);

struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Bucket {
    fn filled(&self, rate: Rate, now: Instant) -> f64 {
        (self.tokens + now.saturating_duration_since(self.at).as_secs_f64() * rate.per_second).min(rate.burst)
    }
}

/// What stands for one stranger: an IPv4 address, or the network (/64) of an IPv6 address.
pub fn stranger(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 => v4,
    }
}

impl Limits {
    /// Takes a token for a write, or says how long to wait for one.
    pub fn write(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        self.writes.take(WRITES, address, now)
    }

    /// Takes a token for a submission of a device that nobody enrolled. This machine itself is exempt: whoever runs
    /// programs on it needs no network to do harm. So is, then, everybody behind a reverse proxy on the same machine, which
    /// has to limit its visitors itself: an address in a header is believed from nobody.
    pub fn self_issued(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        if address.to_canonical().is_loopback() {
            return Ok(());
        }
        self.self_issued.take(SELF_ISSUED, address, now)
    }
}

impl Buckets {
    fn take(&self, rate: Rate, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MANY {
            buckets.retain(|_, b| b.filled(rate, now) < rate.burst);
        }
        let bucket = buckets.entry(stranger(address)).or_insert(Bucket { tokens: rate.burst, at: now });
        bucket.tokens = bucket.filled(rate, now);
        bucket.at = now;
        if bucket.tokens < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - bucket.tokens) / rate.per_second));
        }
        bucket.tokens -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_burst_passes_then_the_rate_holds() {
        type Take = fn(&Limits, IpAddr, Instant) -> Result<(), Duration>;
        let cases: [(&str, Take, usize, u64, usize); 2] =
            [("writes", Limits::write, 2000, 1, 200), ("self-issued", Limits::self_issued, 300, 600, 50)];
        for (what, take, burst, wait, more) in cases {
            let (limits, start) = (Limits::default(), Instant::now());
            let [one, other] = ["10.0.0.1", "10.0.0.2"].map(|a| a.parse().unwrap());
            let passed = |at| (0..5000).filter(|_| take(&limits, one, at).is_ok()).count();
            assert_eq!(passed(start), burst, "{what}");
            let told = take(&limits, one, start).unwrap_err();
            assert!(take(&limits, one, start + told + Duration::from_millis(1)).is_ok(), "{what}: {told:?} is long enough");
            assert!(take(&limits, other, start).is_ok());
            assert_eq!(passed(start + told + Duration::from_secs(wait)), more, "{what}");
        }
    }

    #[test]
    fn one_ipv6_network_is_one_stranger_and_this_machine_is_none() {
        let (limits, now) = (Limits::default(), Instant::now());
        let network = |n: u32| format!("2001:db8::{n:x}").parse().unwrap();
        assert_eq!((0..400).filter(|n| limits.self_issued(network(*n), now).is_ok()).count(), 300);
        for own in ["127.0.0.1", "127.0.3.4", "::1", "::ffff:127.0.0.1"] {
            assert_eq!((0..100).filter(|_| limits.self_issued(own.parse().unwrap(), now).is_ok()).count(), 100, "{own}");
        }
    }
}
