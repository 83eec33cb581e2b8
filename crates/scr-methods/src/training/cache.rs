//! Caches of shared training results, and the accounting of their time.
//!
//! A method's training time includes the shared parts that it uses, whichever method computed
//! them first. So [`Clock`] records the time of each part and the parts that it is made of.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::MethodError;

/// Values by key, each computed once.
///
/// Two threads that ask for the same key at once may both compute it; the results are equal.
pub(super) struct Cache<K, V> {
    entries: Mutex<Vec<Entry<K, V>>>,
}

struct Entry<K, V> {
    key: K,
    value: V,
    part: PartId,
}

impl<K, V> Default for Cache<K, V> {
    fn default() -> Self {
        Self { entries: Mutex::new(Vec::new()) }
    }
}

impl<K: PartialEq, V: Clone> Cache<K, V> {
    /// Value of `key`, computed on the first call. Failures are not cached.
    pub(super) fn get(
        &self,
        clock: &Clock,
        key: K,
        compute: impl FnOnce() -> Result<V, MethodError>,
    ) -> Result<V, MethodError> {
        let find = |entry: &&Entry<K, V>| entry.key == key;
        let found = lock(&self.entries).iter().find(find).map(|e| (e.value.clone(), e.part));
        if let Some((value, part)) = found {
            clock.reuse(part);
            return Ok(value);
        }
        // Unlocked, since computing may need other values of this cache.
        let (value, part) = clock.time(compute)?;
        lock(&self.entries).push(Entry { key, value: value.clone(), part });
        Ok(value)
    }
}

/// Index of a part in the order of computation.
type PartId = usize;

/// Stopwatch for training with shared parts.
#[derive(Default)]
pub(super) struct Clock {
    state: Mutex<State>,
}

struct Part {
    /// Computing time without that of other parts.
    own_time: Duration,
    /// Parts that it is made of, directly or through others.
    made_of: HashSet<PartId>,
}

#[derive(Default)]
struct State {
    parts: Vec<Part>,
    /// Parts in the order of their use.
    used: Vec<PartId>,
    /// Sum of the own times of all parts.
    total: Duration,
    /// Parts whose time the current measurement includes.
    counted: HashSet<PartId>,
    /// Sum of the own times of reused parts in the current measurement.
    saved: Duration,
}

impl Clock {
    /// Runs `work`, and returns its time as if it had computed all parts itself.
    pub(super) fn measure<T>(&self, work: impl FnOnce() -> T) -> (T, Duration) {
        {
            let mut state = lock(&self.state);
            state.counted.clear();
            state.saved = Duration::ZERO;
        }
        let begin = Instant::now();
        let result = work();
        (result, begin.elapsed() + lock(&self.state).saved)
    }

    /// Computes a part and records its time.
    fn time<T>(
        &self,
        compute: impl FnOnce() -> Result<T, MethodError>,
    ) -> Result<(T, PartId), MethodError> {
        let (n_used, total) = {
            let state = lock(&self.state);
            (state.used.len(), state.total)
        };
        let begin = Instant::now();
        let value = compute()?;
        let elapsed = begin.elapsed();
        let mut state = lock(&self.state);
        let made_of = state.with_their_parts(&state.used[n_used..]);
        let own_time = elapsed.saturating_sub(state.total - total);
        let part = state.parts.len();
        state.total += own_time;
        state.counted.insert(part);
        state.used.push(part);
        state.parts.push(Part { own_time, made_of });
        Ok((value, part))
    }

    /// Records the reuse of a part; its time counts once in a measurement.
    fn reuse(&self, part: PartId) {
        let mut state = lock(&self.state);
        state.used.push(part);
        for part in state.with_their_parts(&[part]) {
            if state.counted.insert(part) {
                let own_time = state.parts[part].own_time;
                state.saved += own_time;
            }
        }
    }
}

impl State {
    /// These parts and all that they are made of.
    fn with_their_parts(&self, parts: &[PartId]) -> HashSet<PartId> {
        parts
            .iter()
            .flat_map(|&part| self.parts[part].made_of.iter().copied().chain([part]))
            .collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: Duration = Duration::from_millis(5);

    fn slow(value: u32) -> Result<u32, MethodError> {
        std::thread::sleep(STEP);
        Ok(value)
    }

    /// Sum of the own times of parts.
    fn own_times(clock: &Clock, parts: &[PartId]) -> Duration {
        parts.iter().map(|&part| lock(&clock.state).parts[part].own_time).sum()
    }

    fn saved(clock: &Clock) -> Duration {
        lock(&clock.state).saved
    }

    #[test]
    fn a_value_is_computed_once_and_its_time_counts_for_every_user() {
        let (cache, clock) = (Cache::default(), Clock::default());
        assert_eq!(cache.get(&clock, "a", || slow(7)).unwrap(), 7);
        let (found, took) = clock.measure(|| cache.get(&clock, "a", || slow(8)).unwrap());
        assert!(found == 7 && took >= STEP, "{took:?}");
        clock.measure(|| ());
        assert_eq!(saved(&clock), Duration::ZERO);
    }

    #[test]
    fn a_part_of_several_parts_counts_once() {
        let (bases, sums, clock) = (Cache::default(), Cache::default(), Clock::default());
        let sum = |name, value| {
            let base = || bases.get(&clock, "base", || slow(1));
            sums.get(&clock, name, || Ok(base()? + slow(value)?)).unwrap()
        };
        let both = || sum("b", 1) + sum("c", 2);
        // The measurement computed the base itself: its reuse for c is not added.
        assert_eq!(clock.measure(both).0, 5);
        assert_eq!(saved(&clock), Duration::ZERO);
        assert_eq!(clock.measure(both).0, 5);
        let (base, b, c) = (0, 1, 2);
        assert_eq!(saved(&clock), own_times(&clock, &[base, b, c]));
        clock.measure(|| sum("c", 2));
        assert_eq!(saved(&clock), own_times(&clock, &[base, c]));
        for part in [base, b, c] {
            assert!(own_times(&clock, &[part]) >= STEP);
        }
    }

    #[test]
    fn other_keys_are_other_values_and_failures_are_not_cached() {
        let (cache, clock) = (Cache::default(), Clock::default());
        assert_eq!(cache.get(&clock, "a", || Ok(1)).unwrap(), 1);
        assert_eq!(cache.get(&clock, "b", || Ok(3)).unwrap(), 3);
        let fails = || crate::find_method("none").map(|_| 4);
        assert!(cache.get(&clock, "c", fails).is_err());
        assert_eq!(cache.get(&clock, "c", || Ok(5)).unwrap(), 5);
    }
}
