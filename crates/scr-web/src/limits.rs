//! Rate limits: guesses at passwords and tokens, and forms that send a mail.
//!
//! Counters live in memory, in this process: a restart clears them. The store counts how
//! much an account submits. Memory stays constant for any number of keys of any length: a
//! keyed hash maps a key to one counter in each of [`ROWS`] rows, and a request is refused
//! when all of these are used up (a count-min sketch; Cormode and Muthukrishnan 2005).
//! Nothing is evicted, so no client can clear its own counter; a collision uses up another
//! key's counter only by chance, and hardly ever with few keys.
//!
//! - [`Limits`]: all counters of a site.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::error::Failure;

/// Rows of counters of a limit.
const ROWS: u64 = 3;
/// Counters of a row.
const ROW_COUNTERS: u64 = 1 << 14;

/// Rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// Passwords tried for one account.
    PasswordOfAccount,
    /// Passwords and links tried from one address.
    PasswordFrom,
    /// Mail requests for one address.
    MailTo,
    /// Mail requests from one address.
    MailFrom,
    /// Invalid tokens, from one address.
    TokenFrom,
    /// Forms for everyone, from one address.
    FormFrom,
}

/// Burst size and refill period of each limit.
const LIMITS: [(Limit, u32, Duration); 6] = [
    (Limit::PasswordOfAccount, 20, Duration::from_secs(60)),
    (Limit::PasswordFrom, 60, Duration::from_secs(20)),
    (Limit::MailTo, 4, Duration::from_secs(1800)),
    (Limit::MailFrom, 20, Duration::from_secs(180)),
    (Limit::TokenFrom, 60, Duration::from_secs(2)),
    (Limit::FormFrom, 10, Duration::from_secs(600)),
];

/// Counters of all rate limits.
pub(crate) struct Limits {
    by_limit: Vec<(Limit, DefaultKeyedRateLimiter<u64>)>,
    secret: RandomState,
    clock: DefaultClock,
}

impl Default for Limits {
    fn default() -> Self {
        let limiter = |(limit, burst, period): (Limit, u32, Duration)| {
            let quota = Quota::with_period(period).expect("no period is empty");
            let burst = NonZeroU32::new(burst).expect("no limit is none at all");
            (limit, RateLimiter::keyed(quota.allow_burst(burst)))
        };
        Self {
            by_limit: LIMITS.into_iter().map(limiter).collect(),
            secret: RandomState::new(),
            clock: DefaultClock::default(),
        }
    }
}

impl Limits {
    /// Counts an attempt of `key`.
    ///
    /// # Errors
    /// [`Failure::RateLimited`] above the limit, with the waiting time.
    pub(crate) fn check(&self, limit: Limit, key: &str) -> Result<(), Failure> {
        let found = self.by_limit.iter().find(|(one, _)| *one == limit);
        let Some((_, limiter)) = found else { return Ok(()) };
        let counter = |row| row * ROW_COUNTERS + self.secret.hash_one((row, key)) % ROW_COUNTERS;
        let counted: Vec<_> = (0..ROWS).map(|row| limiter.check_key(&counter(row))).collect();
        if counted.iter().any(Result::is_ok) {
            return Ok(());
        }
        let now = self.clock.now();
        let waits =
            counted.into_iter().filter_map(Result::err).map(|until| until.wait_time_from(now));
        Err(Failure::RateLimited { wait_seconds: waits.min().unwrap_or_default().as_secs() + 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_too_many_waits_and_another_key_does_not() {
        let limits = Limits::default();
        for _ in 0..4 {
            limits.check(Limit::MailTo, "a").unwrap();
        }
        let refused = limits.check(Limit::MailTo, "a").unwrap_err();
        assert!(matches!(refused, Failure::RateLimited { wait_seconds: 1..=1801 }), "{refused:?}");
        limits.check(Limit::MailTo, "b").unwrap();
        limits.check(Limit::MailFrom, "a").unwrap();
    }

    #[test]
    fn no_number_of_keys_takes_more_memory_or_lets_anyone_try_again() {
        let limits = Limits::default();
        for _ in 0..4 {
            limits.check(Limit::MailTo, "a").unwrap();
        }
        for other in 0..40_000 {
            limits.check(Limit::MailTo, &other.to_string()).ok();
        }
        limits.check(Limit::MailTo, &"long".repeat(1 << 20)).ok();
        limits.check(Limit::MailTo, "a").unwrap_err();
        let kept: usize = limits.by_limit.iter().map(|(_, limiter)| limiter.len()).sum();
        assert!(kept as u64 <= ROWS * ROW_COUNTERS, "{kept}");
    }

    #[test]
    fn every_limit_has_its_numbers() {
        use Limit as L;
        for limit in [
            L::PasswordOfAccount,
            L::PasswordFrom,
            L::MailTo,
            L::MailFrom,
            L::TokenFrom,
            L::FormFrom,
        ] {
            assert_eq!(LIMITS.iter().filter(|(one, ..)| *one == limit).count(), 1, "{limit:?}");
        }
    }
}
