//! Rate limits: guesses at passwords and tokens, and forms that send a mail.
//!
//! The servers of a site on engines share counters in the database. Those of a data folder,
//! which one process serves, live in its memory: a restart clears them. The store counts how
//! much an account submits.
//!
//! Memory stays constant for any number of keys of any length: a
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

use scr_store::{PublicStore, RateLimit};

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

impl Limit {
    const ALL: [Self; 6] = [
        Self::PasswordOfAccount,
        Self::PasswordFrom,
        Self::MailTo,
        Self::MailFrom,
        Self::TokenFrom,
        Self::FormFrom,
    ];

    /// Burst and refill.
    const fn numbers(self) -> RateLimit {
        let (name, burst, refill_s) = match self {
            Self::PasswordOfAccount => ("password-of-account", 20, 60),
            Self::PasswordFrom => ("password-from", 60, 20),
            Self::MailTo => ("mail-to", 4, 1800),
            Self::MailFrom => ("mail-from", 20, 180),
            Self::TokenFrom => ("token-from", 60, 2),
            Self::FormFrom => ("form-from", 10, 600),
        };
        RateLimit { name, burst, refill: Duration::from_secs(refill_s) }
    }
}

/// Counters of all rate limits.
pub(crate) struct Limits {
    store: PublicStore,
    /// Counters where servers share none.
    in_memory: MemoryCounters,
}

impl Limits {
    /// Counters of a site.
    pub(crate) fn of(store: &PublicStore) -> Self {
        Self { store: store.clone(), in_memory: MemoryCounters::default() }
    }

    /// Counts an attempt of `key`.
    ///
    /// # Errors
    /// [`Failure::RateLimited`] above the limit, with the waiting time; a failure of the store.
    pub(crate) async fn check(&self, limit: Limit, key: &str) -> Result<(), Failure> {
        let wait = match self.store.rate_limits() {
            Some(shared) => shared.count(limit.numbers(), key).await?,
            None => self.in_memory.count(limit, key),
        };
        match wait {
            None => Ok(()),
            Some(wait) => Err(Failure::RateLimited { wait_seconds: wait.as_secs() + 1 }),
        }
    }
}

/// Counters of one process.
struct MemoryCounters {
    by_limit: Vec<(Limit, DefaultKeyedRateLimiter<u64>)>,
    secret: RandomState,
    clock: DefaultClock,
}

impl Default for MemoryCounters {
    fn default() -> Self {
        let limiter = |limit: Limit| {
            let RateLimit { burst, refill, .. } = limit.numbers();
            let quota = Quota::with_period(refill).expect("no period is empty");
            let burst = NonZeroU32::new(burst).expect("no limit is none at all");
            (limit, RateLimiter::keyed(quota.allow_burst(burst)))
        };
        Self {
            by_limit: Limit::ALL.into_iter().map(limiter).collect(),
            secret: RandomState::new(),
            clock: DefaultClock::default(),
        }
    }
}

impl MemoryCounters {
    /// Counts an attempt of `key`. Returns the time to wait when it is one too many.
    fn count(&self, limit: Limit, key: &str) -> Option<Duration> {
        let (_, limiter) = self.by_limit.iter().find(|(one, _)| *one == limit)?;
        let counter = |row| row * ROW_COUNTERS + self.secret.hash_one((row, key)) % ROW_COUNTERS;
        let counted: Vec<_> = (0..ROWS).map(|row| limiter.check_key(&counter(row))).collect();
        if counted.iter().any(Result::is_ok) {
            return None;
        }
        let now = self.clock.now();
        let waits =
            counted.into_iter().filter_map(Result::err).map(|until| until.wait_time_from(now));
        waits.min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTES_30: Duration = Duration::from_secs(1800);

    #[test]
    fn one_too_many_waits_and_another_key_does_not() {
        let counters = MemoryCounters::default();
        for _ in 0..4 {
            assert_eq!(counters.count(Limit::MailTo, "a"), None);
        }
        let wait = counters.count(Limit::MailTo, "a").unwrap();
        assert!(wait > Duration::ZERO && wait <= MINUTES_30, "{wait:?}");
        assert_eq!(counters.count(Limit::MailTo, "b"), None);
        assert_eq!(counters.count(Limit::MailFrom, "a"), None);
    }

    #[test]
    fn no_number_of_keys_takes_more_memory_or_lets_anyone_try_again() {
        let counters = MemoryCounters::default();
        for _ in 0..4 {
            assert_eq!(counters.count(Limit::MailTo, "a"), None);
        }
        for other in 0..40_000 {
            counters.count(Limit::MailTo, &other.to_string());
        }
        counters.count(Limit::MailTo, &"long".repeat(1 << 20));
        assert!(counters.count(Limit::MailTo, "a").is_some());
        let kept: usize = counters.by_limit.iter().map(|(_, limiter)| limiter.len()).sum();
        assert!(kept as u64 <= ROWS * ROW_COUNTERS, "{kept}");
    }
}
