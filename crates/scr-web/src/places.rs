//! Bounded places, in total and by key: connections by client, uploads and event streams
//! by account.
//!
//! Nobody is refused and nobody waits. Where one is too many, the connection with the
//! least time left gives way: one whose client sends or reads nothing, before one that is
//! being answered. So whoever fills all places loses their own first.
//!
//! - [`Seat`]: a connection, with the time that its client has left.
//! - [`Places`]: seats with their keys. - [`Place`]: one of them, free again when dropped.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use tokio::sync::Notify;

/// Time left to a connection that is being answered, for comparison with those that wait
/// for their clients.
const BUSY: Duration = Duration::from_secs(30);

/// A connection: the time left to its client, and the bytes of answers in memory for it.
#[derive(Debug)]
pub(crate) struct Seat {
    state: Mutex<SeatState>,
    gives_way: Notify,
    /// Woken when the client reads on.
    reads_on: Notify,
}

#[derive(Debug)]
struct SeatState {
    until: Instant,
    held_bytes: u64,
    /// False while bytes of an answer wait for the client to read.
    is_read: bool,
}

impl Default for Seat {
    fn default() -> Self {
        let state = SeatState { until: Instant::now() + BUSY, held_bytes: 0, is_read: true };
        Self { state: Mutex::new(state), gives_way: Notify::new(), reads_on: Notify::new() }
    }
}

impl Seat {
    /// Notes that the server waits for the client, and until when.
    pub(crate) fn waits_until(&self, until: Instant) {
        self.lock().until = until;
    }

    /// Notes that the connection goes on.
    pub(crate) fn goes_on(&self) {
        self.lock().until = Instant::now() + BUSY;
    }

    /// Notes that `bytes` of an answer have left: the client reads.
    pub(crate) fn releases(&self, bytes: usize) {
        let mut state = self.lock();
        state.held_bytes = state.held_bytes.saturating_sub(bytes as u64);
        state.is_read = true;
        drop(state);
        self.reads_on.notify_one();
    }

    /// Notes that bytes of an answer wait for the client to read.
    pub(crate) fn is_unread(&self) {
        self.lock().is_read = false;
    }

    /// Completes when the client has read what was written, but for what is on the way.
    pub(crate) async fn is_read(&self) {
        while !self.lock().is_read {
            self.reads_on.notified().await;
        }
    }

    /// Completes when the connection is to be closed in favour of others.
    pub(crate) async fn gave_way(&self) {
        self.gives_way.notified().await;
    }

    fn until(&self) -> Instant {
        self.lock().until
    }

    fn held_bytes(&self) -> u64 {
        self.lock().held_bytes
    }

    fn lock(&self) -> MutexGuard<'_, SeatState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The connection of a request; a fresh one where a test asks the router itself.
pub(crate) struct Seated(pub(crate) Arc<Seat>);

impl<S: Sync> FromRequestParts<S> for Seated {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get::<Arc<Seat>>().cloned().unwrap_or_default()))
    }
}

/// Taken places. Keys are clients or accounts; `None` is bounded by the total alone.
#[derive(Debug)]
pub(crate) struct Places<K> {
    total: usize,
    by_key: usize,
    taken: Mutex<Vec<(Option<K>, Arc<Seat>)>>,
}

/// A place that is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Place<K> {
    places: Arc<Places<K>>,
    seat: Arc<Seat>,
}

impl<K: PartialEq> Places<K> {
    /// At most `total` places, and `by_key` of each key.
    pub(crate) fn new(total: usize, by_key: usize) -> Arc<Self> {
        Arc::new(Self { total, by_key, taken: Mutex::default() })
    }

    /// Takes a place for a connection; another gives way where it is one too many.
    pub(crate) fn enter(self: &Arc<Self>, key: Option<K>, seat: Arc<Seat>) -> Place<K> {
        let mut taken = self.lock();
        self.make_room(&mut taken, key.as_ref(), &seat);
        taken.push((key, Arc::clone(&seat)));
        Place { places: Arc::clone(self), seat }
    }

    fn make_room(&self, taken: &mut Vec<(Option<K>, Arc<Seat>)>, key: Option<&K>, seat: &Seat) {
        let is_others = |other: &Seat| !std::ptr::eq(other, seat);
        if let Some(key) = key {
            let is_of_key =
                |(of, other): &(Option<K>, Arc<Seat>)| of.as_ref() == Some(key) && is_others(other);
            while taken.iter().filter(|place| is_of_key(place)).count() >= self.by_key {
                give_way(taken, is_of_key);
            }
        }
        while taken.iter().filter(|(_, other)| is_others(other)).count() >= self.total {
            give_way(taken, |(_, other)| is_others(other));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(Option<K>, Arc<Seat>)>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: PartialEq> Place<K> {
    /// Counts the place for another key from now on.
    pub(crate) fn is_of(&self, key: K) {
        let mut taken = self.places.lock();
        self.places.make_room(&mut taken, Some(&key), &self.seat);
        let own = taken.iter_mut().find(|(_, seat)| Arc::ptr_eq(seat, &self.seat));
        if let Some((of, _)) = own {
            *of = Some(key);
        }
    }

    /// Notes an answer of `bytes` in memory. Where answers hold more than `limit` bytes
    /// together, others give way.
    pub(crate) fn holds(&self, bytes: u64, limit: u64) {
        self.seat.lock().held_bytes = bytes;
        let mut taken = self.places.lock();
        let holds_others = |(_, seat): &(Option<K>, Arc<Seat>)| {
            !Arc::ptr_eq(seat, &self.seat) && seat.held_bytes() > 0
        };
        while taken.iter().map(|(_, seat)| seat.held_bytes()).sum::<u64>() > limit
            && give_way(&mut taken, holds_others)
        {}
    }
}

impl<K> Drop for Place<K> {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = taken.iter().position(|(_, seat)| Arc::ptr_eq(seat, &self.seat)) {
            taken.swap_remove(own);
        }
    }
}

/// Takes the place with the least time left among those that are meant; false when there
/// is none.
fn give_way<K>(
    taken: &mut Vec<(Option<K>, Arc<Seat>)>,
    is_meant: impl Fn(&(Option<K>, Arc<Seat>)) -> bool,
) -> bool {
    let meant = taken.iter().enumerate().filter(|(_, place)| is_meant(place));
    let Some((index, _)) = meant.min_by_key(|(_, (_, seat))| seat.until()) else { return false };
    let (_, seat) = taken.swap_remove(index);
    seat.gives_way.notify_one();
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seat(seconds_left: u64) -> Arc<Seat> {
        let seat = Seat::default();
        seat.waits_until(Instant::now() + Duration::from_secs(seconds_left));
        Arc::new(seat)
    }

    fn left(places: &Places<&'static str>) -> Vec<&'static str> {
        let mut left: Vec<_> = places.lock().iter().filter_map(|(key, _)| *key).collect();
        left.sort_unstable();
        left
    }

    #[tokio::test]
    async fn who_takes_too_many_places_loses_the_own_that_waits_longest() {
        let places = Places::new(4, 2);
        let stale = seat(1);
        let _a1 = places.enter(Some("a"), stale.clone());
        let _b = places.enter(Some("b"), seat(0));
        let _a2 = places.enter(Some("a"), seat(9));
        let _a3 = places.enter(Some("a"), seat(9));
        stale.gave_way().await;
        assert_eq!(left(&places), ["a", "a", "b"]);
    }

    #[tokio::test]
    async fn where_all_places_are_taken_the_slowest_of_all_gives_way() {
        let places = Places::new(2, 2);
        let slow = seat(3);
        let _a = places.enter(Some("a"), slow.clone());
        let b = places.enter(Some("b"), seat(20));
        let _c = places.enter(Some("c"), seat(20));
        slow.gave_way().await;
        assert_eq!(left(&places), ["b", "c"]);
        drop(b);
        assert_eq!(left(&places), ["c"]);
    }

    #[tokio::test]
    async fn answers_in_memory_are_bounded_together() {
        let places = Places::new(9, 9);
        let (one, other) = (seat(5), seat(6));
        let first = places.enter(Some("a"), one.clone());
        let second = places.enter(Some("b"), other.clone());
        first.holds(60, 100);
        second.holds(40, 100);
        assert_eq!(left(&places), ["a", "b"]);
        other.releases(30);
        second.holds(60, 100);
        one.gave_way().await;
        assert_eq!(left(&places), ["b"]);
        second.holds(600, 100);
        assert_eq!(left(&places), ["b"], "an answer larger than that goes on alone");
    }

    #[tokio::test]
    async fn a_connection_counts_for_whom_the_proxy_names() {
        let places = Places::new(9, 1);
        let old = seat(5);
        let first = places.enter(None, old.clone());
        let second = places.enter(None, seat(6));
        first.is_of("a");
        first.is_of("a");
        second.is_of("b");
        assert_eq!(left(&places), ["a", "b"]);
        second.is_of("a");
        old.gave_way().await;
        assert_eq!(left(&places), ["a"]);
    }
}
