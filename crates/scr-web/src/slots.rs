//! Connection slots, limited in total and by key: connections by client, uploads and event
//! streams by account.
//!
//! No request is refused or waits. When slots run out, the connection with the earliest
//! deadline is closed: an idle one before one that is being answered. A client that fills
//! all slots loses its own first.
//!
//! - [`ConnectionState`]: deadline and buffered bytes of a connection.
//! - [`Slots`]: taken slots with their keys.
//! - [`Slot`]: one of them, free again when dropped.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use tokio::sync::Notify;

/// Deadline of a connection that is being answered, for comparison with those that wait for
/// their clients.
const BUSY: Duration = Duration::from_secs(30);

/// Connection state: deadline and buffered bytes.
#[derive(Debug)]
pub(crate) struct ConnectionState {
    state: Mutex<Progress>,
    eviction: Notify,
    /// Notified when the client has read buffered bytes.
    client_read: Notify,
}

#[derive(Debug)]
struct Progress {
    until: Instant,
    buffered_bytes: u64,
    /// False while the client has unread bytes of an answer.
    is_read: bool,
}

impl Default for ConnectionState {
    fn default() -> Self {
        let state = Progress { until: Instant::now() + BUSY, buffered_bytes: 0, is_read: true };
        Self { state: Mutex::new(state), eviction: Notify::new(), client_read: Notify::new() }
    }
}

impl ConnectionState {
    /// Sets the deadline by which the client must act.
    pub(crate) fn set_deadline(&self, until: Instant) {
        self.lock().until = until;
    }

    /// Resets the deadline after progress.
    pub(crate) fn reset_deadline(&self) {
        self.lock().until = Instant::now() + BUSY;
    }

    /// Releases `bytes` of the buffer, which the client has read.
    pub(crate) fn release(&self, bytes: usize) {
        let mut state = self.lock();
        state.buffered_bytes = state.buffered_bytes.saturating_sub(bytes as u64);
        state.is_read = true;
        drop(state);
        self.client_read.notify_one();
    }

    /// Marks the answer as unread.
    pub(crate) fn mark_unread(&self) {
        self.lock().is_read = false;
    }

    /// Waits until the client has read all written bytes, except those in transit.
    pub(crate) async fn wait_until_read(&self) {
        while !self.lock().is_read {
            self.client_read.notified().await;
        }
    }

    /// Waits until the connection must close in favour of others.
    pub(crate) async fn evicted(&self) {
        self.eviction.notified().await;
    }

    fn until(&self) -> Instant {
        self.lock().until
    }

    fn buffered_bytes(&self) -> u64 {
        self.lock().buffered_bytes
    }

    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// State of the request's connection; a fresh one in tests without a connection.
pub(crate) struct RequestConnection(pub(crate) Arc<ConnectionState>);

impl<S: Sync> FromRequestParts<S> for RequestConnection {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get::<Arc<ConnectionState>>().cloned().unwrap_or_default()))
    }
}

/// Taken slots. Keys are clients or accounts; only the total limits `None`.
#[derive(Debug)]
pub(crate) struct Slots<K> {
    total: usize,
    by_key: usize,
    taken: Mutex<Vec<(Option<K>, Arc<ConnectionState>)>>,
}

/// Slot that is free again when dropped.
#[derive(Debug)]
pub(crate) struct Slot<K> {
    slots: Arc<Slots<K>>,
    connection: Arc<ConnectionState>,
}

impl<K: PartialEq> Slots<K> {
    /// Limits of `total` slots, and of `by_key` slots per key.
    pub(crate) fn new(total: usize, by_key: usize) -> Arc<Self> {
        Arc::new(Self { total, by_key, taken: Mutex::default() })
    }

    /// Takes a slot for a connection, and evicts another if none is free.
    pub(crate) fn take(
        self: &Arc<Self>,
        key: Option<K>,
        connection: Arc<ConnectionState>,
    ) -> Slot<K> {
        let mut taken = self.lock();
        self.make_room(&mut taken, key.as_ref(), &connection);
        taken.push((key, Arc::clone(&connection)));
        Slot { slots: Arc::clone(self), connection }
    }

    fn make_room(
        &self,
        taken: &mut Vec<(Option<K>, Arc<ConnectionState>)>,
        key: Option<&K>,
        connection: &ConnectionState,
    ) {
        let is_others = |other: &ConnectionState| !std::ptr::eq(other, connection);
        if let Some(key) = key {
            let has_key = |(of, other): &(Option<K>, Arc<ConnectionState>)| {
                of.as_ref() == Some(key) && is_others(other)
            };
            while taken.iter().filter(|slot| has_key(slot)).count() >= self.by_key {
                evict(taken, has_key);
            }
        }
        while taken.iter().filter(|(_, other)| is_others(other)).count() >= self.total {
            evict(taken, |(_, other)| is_others(other));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(Option<K>, Arc<ConnectionState>)>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: PartialEq> Slot<K> {
    /// Moves the slot to another key.
    pub(crate) fn set_key(&self, key: K) {
        let mut taken = self.slots.lock();
        self.slots.make_room(&mut taken, Some(&key), &self.connection);
        let own =
            taken.iter_mut().find(|(_, connection)| Arc::ptr_eq(connection, &self.connection));
        if let Some((of, _)) = own {
            *of = Some(key);
        }
    }

    /// Records an answer of `bytes` in memory. If all answers exceed `limit` bytes, other
    /// connections are evicted.
    pub(crate) fn set_buffered(&self, bytes: u64, limit: u64) {
        self.connection.lock().buffered_bytes = bytes;
        let mut taken = self.slots.lock();
        let holds_other = |(_, connection): &(Option<K>, Arc<ConnectionState>)| {
            !Arc::ptr_eq(connection, &self.connection) && connection.buffered_bytes() > 0
        };
        while taken.iter().map(|(_, connection)| connection.buffered_bytes()).sum::<u64>() > limit
            && evict(&mut taken, holds_other)
        {}
    }
}

impl<K> Drop for Slot<K> {
    fn drop(&mut self) {
        let mut taken = self.slots.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) =
            taken.iter().position(|(_, connection)| Arc::ptr_eq(connection, &self.connection))
        {
            taken.swap_remove(own);
        }
    }
}

/// Evicts the matching connection with the earliest deadline; false if none matches.
fn evict<K>(
    taken: &mut Vec<(Option<K>, Arc<ConnectionState>)>,
    is_meant: impl Fn(&(Option<K>, Arc<ConnectionState>)) -> bool,
) -> bool {
    let meant = taken.iter().enumerate().filter(|(_, slot)| is_meant(slot));
    let Some((index, _)) = meant.min_by_key(|(_, (_, connection))| connection.until()) else {
        return false;
    };
    let (_, connection) = taken.swap_remove(index);
    connection.eviction.notify_one();
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection(seconds_left: u64) -> Arc<ConnectionState> {
        let connection = ConnectionState::default();
        connection.set_deadline(Instant::now() + Duration::from_secs(seconds_left));
        Arc::new(connection)
    }

    fn left(slots: &Slots<&'static str>) -> Vec<&'static str> {
        let mut left: Vec<_> = slots.lock().iter().filter_map(|(key, _)| *key).collect();
        left.sort_unstable();
        left
    }

    #[tokio::test]
    async fn who_takes_too_many_places_loses_the_own_that_waits_longest() {
        let slots = Slots::new(4, 2);
        let stale = connection(1);
        let _a1 = slots.take(Some("a"), stale.clone());
        let _b = slots.take(Some("b"), connection(0));
        let _a2 = slots.take(Some("a"), connection(9));
        let _a3 = slots.take(Some("a"), connection(9));
        stale.evicted().await;
        assert_eq!(left(&slots), ["a", "a", "b"]);
    }

    #[tokio::test]
    async fn where_all_places_are_taken_the_slowest_of_all_gives_way() {
        let slots = Slots::new(2, 2);
        let slow = connection(3);
        let _a = slots.take(Some("a"), slow.clone());
        let b = slots.take(Some("b"), connection(20));
        let _c = slots.take(Some("c"), connection(20));
        slow.evicted().await;
        assert_eq!(left(&slots), ["b", "c"]);
        drop(b);
        assert_eq!(left(&slots), ["c"]);
    }

    #[tokio::test]
    async fn answers_in_memory_are_bounded_together() {
        let slots = Slots::new(9, 9);
        let one = connection(5);
        let other = connection(6);
        let first = slots.take(Some("a"), one.clone());
        let second = slots.take(Some("b"), other.clone());
        first.set_buffered(60, 100);
        second.set_buffered(40, 100);
        assert_eq!(left(&slots), ["a", "b"]);
        other.release(30);
        second.set_buffered(60, 100);
        one.evicted().await;
        assert_eq!(left(&slots), ["b"]);
        second.set_buffered(600, 100);
        assert_eq!(left(&slots), ["b"], "an answer larger than that goes on alone");
    }

    #[tokio::test]
    async fn a_connection_counts_for_whom_the_proxy_names() {
        let slots = Slots::new(9, 1);
        let old = connection(5);
        let first = slots.take(None, old.clone());
        let second = slots.take(None, connection(6));
        first.set_key("a");
        first.set_key("a");
        second.set_key("b");
        assert_eq!(left(&slots), ["a", "b"]);
        second.set_key("a");
        old.evicted().await;
        assert_eq!(left(&slots), ["a"]);
    }
}
