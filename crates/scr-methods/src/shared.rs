//! What methods that learn from the same images have in common, made once.

use std::any::{Any, TypeId};
use std::collections::HashMap;
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

#[derive(Default)]
struct State {
    parts: HashMap<(TypeId, String), (Box<dyn Any + Send>, Duration)>,
    /// How long the parts would have taken that were found made.
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
        if let Some(found) = self.found(&key) {
            return Ok(found);
        }
        let (begin, saved_before) = (Instant::now(), self.saved());
        let part = make()?;
        let took = begin.elapsed() + (self.saved() - saved_before);
        self.lock().parts.insert(key, (Box::new(part.clone()), took));
        Ok(part)
    }

    fn found<T: Any + Clone>(&self, key: &(TypeId, String)) -> Option<T> {
        let mut state = self.lock();
        let (part, took) = state.parts.get(key)?;
        let (part, took) = (part.downcast_ref::<T>()?.clone(), *took);
        state.saved += took;
        Some(part)
    }

    /// How long all parts would have taken that were asked for and found made.
    pub(crate) fn saved(&self) -> Duration {
        self.lock().saved
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_made_once_and_its_time_is_known_to_whoever_finds_it() {
        let shared = Shared::default();
        let slow = || {
            std::thread::sleep(Duration::from_millis(5));
            Ok(7u32)
        };
        assert_eq!(shared.get("a", slow).unwrap(), 7);
        assert_eq!(shared.saved(), Duration::ZERO);
        assert_eq!(shared.get("a", || Ok(8u32)).unwrap(), 7);
        let once = shared.saved();
        assert!(once >= Duration::from_millis(5));
        // What is made of parts takes what its parts took.
        assert_eq!(shared.get("b", || shared.get("a", slow).map(|v| v + 1)).unwrap(), 8);
        assert_eq!(shared.get("b", || Ok(0u32)).unwrap(), 8);
        assert!(shared.saved() >= 3 * once);
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
