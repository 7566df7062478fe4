//! How often a stranger may write: a bucket of tokens per address. Generous, since all kiosks of a hall may share one.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Writes at once, and writes a second after that.
const BURST: f64 = 500.0;
const RATE: f64 = 50.0;
/// When more addresses are remembered, those with a full bucket are cleared out.
const MANY: usize = 10_000;

#[derive(Default)]
pub struct Limits {
    buckets: Mutex<HashMap<IpAddr, Bucket>>,
}

struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Bucket {
    fn filled(&self, now: Instant) -> f64 {
        (self.tokens + now.duration_since(self.at).as_secs_f64() * RATE).min(BURST)
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
    /// Takes a token, or says how long to wait for one.
    pub fn take(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(|e| e.into_inner());
        if buckets.len() >= MANY {
            buckets.retain(|_, b| b.filled(now) < BURST);
        }
        let bucket = buckets.entry(stranger(address)).or_insert(Bucket { tokens: BURST, at: now });
        bucket.tokens = bucket.filled(now);
        bucket.at = now;
        if bucket.tokens < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - bucket.tokens) / RATE));
        }
        bucket.tokens -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_then_the_rate_holds() {
        let (limits, start) = (Limits::default(), Instant::now());
        let [one, other] = ["10.0.0.1", "10.0.0.2"].map(|a| a.parse().unwrap_or_else(|_| unreachable!()));
        let passed = (0..1000).filter(|_| limits.take(one, start).is_ok()).count();
        assert_eq!(passed, 500);
        assert!(limits.take(other, start).is_ok());
        let later = start + Duration::from_secs(1);
        assert_eq!((0..1000).filter(|_| limits.take(one, later).is_ok()).count(), 50);
    }
}
