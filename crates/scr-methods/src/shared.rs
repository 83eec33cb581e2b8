//! What methods that learn from the same images have in common, made once.

use std::any::{Any, TypeId};
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::MethodError;

/// Parts that were made already, by kind and name, with what making them took.
///
/// Two that ask for the same part at once may both make it; they make the same.
#[derive(Default)]
pub(crate) struct Shared {
    state: Mutex<State>,
}

type Key = (TypeId, String);

struct Part {
    value: Box<dyn Any + Send>,
    /// How long making it took, without the parts that it is made of.
    own_time: Duration,
    /// The parts that it is made of, and theirs.
    made_of: HashSet<Key>,
}

#[derive(Default)]
struct State {
    parts: HashMap<Key, Part>,
    /// What was asked for, one after the other.
    asked: Vec<Key>,
    /// Own times of all parts.
    spent: Duration,
    /// Parts whose time is in what is being timed.
    counted: HashSet<Key>,
    /// Own times of those that were found made.
    saved: Duration,
}

impl Shared {
    /// The part `name`, made by `make` when it is asked for the first time.
    pub(crate) fn get<T: Any + Clone + Send>(
        &self,
        name: &str,
        make: impl FnOnce() -> Result<T, MethodError>,
    ) -> Result<T, MethodError> {
        let key = (TypeId::of::<T>(), name.to_owned());
        if let Some(found) = self.lock().found(&key) {
            return Ok(found);
        }
        let (n_asked, spent) = {
            let state = self.lock();
            (state.asked.len(), state.spent)
        };
        let begin = Instant::now();
        let value = make()?;
        let took = begin.elapsed();
        let mut state = self.lock();
        let made_of = state.all_of(&state.asked[n_asked..]);
        let own_time = took.saturating_sub(state.spent - spent);
        state.spent += own_time;
        state.counted.insert(key.clone());
        state.asked.push(key.clone());
        state.parts.insert(key, Part { value: Box::new(value.clone()), own_time, made_of });
        Ok(value)
    }

    /// What `work` gives, and how long it would have taken had no part been made before.
    pub(crate) fn timed<T>(&self, work: impl FnOnce() -> T) -> (T, Duration) {
        {
            let mut state = self.lock();
            state.counted.clear();
            state.saved = Duration::ZERO;
        }
        let begin = Instant::now();
        let result = work();
        (result, begin.elapsed() + self.lock().saved)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// A part that is made, its time counted once and once only.
    fn found<T: Any + Clone>(&mut self, key: &Key) -> Option<T> {
        let value = self.parts.get(key)?.value.downcast_ref::<T>()?.clone();
        self.asked.push(key.clone());
        for key in self.all_of(std::slice::from_ref(key)) {
            let own_time = self.parts[&key].own_time;
            if self.counted.insert(key) {
                self.saved += own_time;
            }
        }
        Some(value)
    }

    /// These parts and all that they are made of.
    fn all_of(&self, keys: &[Key]) -> HashSet<Key> {
        let made_of = |key| self.parts.get(key).into_iter().flat_map(|part| part.made_of.iter());
        keys.iter().flat_map(|key| made_of(key).chain([key])).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slow(value: u32) -> Result<u32, MethodError> {
        std::thread::sleep(Duration::from_millis(5));
        Ok(value)
    }

    fn saved(shared: &Shared) -> Duration {
        shared.lock().saved
    }

    /// The own times of the parts with these names.
    fn own_times(shared: &Shared, names: &[&str]) -> Duration {
        let own_time = |name: &&str| {
            let key = (TypeId::of::<u32>(), (*name).to_owned());
            shared.lock().parts[&key].own_time
        };
        names.iter().map(own_time).sum()
    }

    #[test]
    fn a_part_is_made_once_and_its_time_is_known_to_whoever_finds_it() {
        let shared = Shared::default();
        assert_eq!(shared.get("a", || slow(7)).unwrap(), 7);
        let (found, took) = shared.timed(|| shared.get("a", || slow(8)).unwrap());
        assert!(found == 7 && took >= Duration::from_millis(5), "{took:?}");
        shared.timed(|| ());
        assert_eq!(saved(&shared), Duration::ZERO);
    }

    #[test]
    fn what_several_parts_are_made_of_counts_once() {
        let shared = Shared::default();
        let on_base = |name, value| {
            shared.get(name, || Ok(shared.get("base", || slow(1))? + slow(value)?)).unwrap()
        };
        let both = || on_base("b", 1) + on_base("c", 2);
        // The base was made in what is timed, so it is not counted when c finds it.
        assert_eq!(shared.timed(both).0, 5);
        assert_eq!(saved(&shared), Duration::ZERO);
        assert_eq!(shared.timed(both).0, 5);
        assert_eq!(saved(&shared), own_times(&shared, &["base", "b", "c"]));
        shared.timed(|| on_base("c", 2));
        assert_eq!(saved(&shared), own_times(&shared, &["base", "c"]));
        for name in ["base", "b", "c"] {
            assert!(own_times(&shared, &[name]) >= Duration::from_millis(5));
        }
    }

    #[test]
    fn parts_of_other_kinds_or_names_are_others_and_failures_are_not_kept() {
        let shared = Shared::default();
        assert_eq!(shared.get("a", || Ok(1u32)).unwrap(), 1);
        assert_eq!(shared.get("a", || Ok(2u64)).unwrap(), 2);
        assert_eq!(shared.get("b", || Ok(3u32)).unwrap(), 3);
        let unknown = || crate::find_method("none").map(|_| 4u32);
        assert!(shared.get("c", unknown).is_err());
        assert_eq!(shared.get("c", || Ok(5u32)).unwrap(), 5);
    }
}
