//! Slows down guessing: after a few failures each further one costs a pause that doubles up to a limit. Nobody is locked
//! out for ever, and whoever succeeds starts afresh.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Failures older than this are forgotten.
const MEMORY: Duration = Duration::from_secs(3600);
/// When more are remembered, the forgotten ones are cleared out.
const MANY: usize = 10_000;

pub struct Throttle<K> {
    free: u32,
    longest: Duration,
    failures: Mutex<HashMap<K, Failures>>,
}

struct Failures {
    count: u32,
    last: Instant,
}

impl<K: Eq + Hash> Throttle<K> {
    /// `free` failures cost nothing; no pause is longer than `longest`.
    pub fn new(free: u32, longest: Duration) -> Throttle<K> {
        Throttle { free, longest, failures: Mutex::default() }
    }

    fn pause(&self, count: u32) -> Duration {
        match count.checked_sub(self.free) {
            None => Duration::ZERO,
            Some(beyond) => Duration::from_secs(1 << beyond.min(20)).min(self.longest),
        }
    }

    /// How long `key` must still wait, if at all.
    pub fn wait(&self, key: &K, now: Instant) -> Option<Duration> {
        let failures = self.failures.lock().unwrap_or_else(|e| e.into_inner());
        let found = failures.get(key)?;
        (found.last + self.pause(found.count)).checked_duration_since(now).filter(|left| !left.is_zero())
    }

    pub fn failed(&self, key: K, now: Instant) {
        let mut failures = self.failures.lock().unwrap_or_else(|e| e.into_inner());
        if failures.len() >= MANY {
            failures.retain(|_, f| now.duration_since(f.last) < MEMORY);
        }
        let found = failures.entry(key).or_insert(Failures { count: 0, last: now });
        found.count = if now.duration_since(found.last) < MEMORY { found.count + 1 } else { 1 };
        found.last = now;
    }

    pub fn succeeded(&self, key: &K) {
        self.failures.lock().unwrap_or_else(|e| e.into_inner()).remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_limit_and_end() {
        let throttle = Throttle::new(3, Duration::from_secs(10));
        let start = Instant::now();
        for count in 1..=8 {
            throttle.failed("user", start);
            let expected = [0, 0, 1, 2, 4, 8, 10, 10][count - 1];
            let wait = throttle.wait(&"user", start).unwrap_or_default();
            assert_eq!(wait.as_secs(), expected, "after {count}");
        }
        assert_eq!(throttle.wait(&"user", start + Duration::from_secs(11)), None);
        assert_eq!(throttle.wait(&"other", start), None);
        throttle.succeeded(&"user");
        assert_eq!(throttle.wait(&"user", start), None);
    }
}
