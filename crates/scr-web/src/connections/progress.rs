//! Progress deadline of a client, for reads and writes alike.
//!
//! A client has [`GRACE`] of time. Waiting for it uses the time up, and each byte restores
//! some at [`MIN_BYTES_PER_S`]: an idle client is disconnected after the grace, a trickling
//! one soon after (slow loris). Time in which the server works does not count.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::time::{Sleep, sleep_until};

use crate::slots::ConnectionState;

/// Longest idle time of a client.
pub(super) const GRACE: Duration = Duration::from_secs(20);
/// Lowest sustained rate of a client.
const MIN_BYTES_PER_S: f64 = 4096.0;

/// Remaining time of a client, in one direction.
pub(super) struct ProgressDeadline {
    connection: Arc<ConnectionState>,
    left: Duration,
    since: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl ProgressDeadline {
    pub(super) fn new(connection: Arc<ConnectionState>) -> Self {
        Self { connection, left: GRACE, since: None, timer: None }
    }

    /// Records progress.
    pub(super) fn record_progress(&mut self, bytes: usize) {
        self.left = left_after(self.left, self.since.take().map(|since| since.elapsed()), bytes);
        self.timer = None;
        self.connection.reset_deadline();
    }

    /// Waits for the client; ready once its time is over.
    pub(super) fn poll_expired(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let since = *self.since.get_or_insert_with(Instant::now);
        let timer = self.timer.get_or_insert_with(|| {
            let until = since + self.left;
            self.connection.set_deadline(until);
            Box::pin(sleep_until(until.into()))
        });
        timer.as_mut().poll(context)
    }
}

fn left_after(left: Duration, waited: Option<Duration>, bytes: usize) -> Duration {
    let left = left.saturating_sub(waited.unwrap_or_default());
    let earned = Duration::from_secs_f64(bytes as f64 / MIN_BYTES_PER_S);
    (left + earned).min(GRACE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_uses_patience_up_and_bytes_give_it_back_up_to_the_grace() {
        let seconds = Duration::from_secs;
        assert_eq!(left_after(GRACE, None, 1 << 20), GRACE);
        assert_eq!(left_after(GRACE, Some(seconds(15)), 0), seconds(5));
        assert_eq!(left_after(seconds(5), Some(seconds(2)), 4096), seconds(4));
        assert_eq!(left_after(seconds(5), Some(seconds(9)), 0), Duration::ZERO);
    }

    #[test]
    fn who_drips_is_cut_off_and_who_sends_at_the_least_rate_is_not() {
        let after_a_minute = |bytes_per_s: usize| {
            (0..60)
                .fold(GRACE, |left, _| left_after(left, Some(Duration::from_secs(1)), bytes_per_s))
        };
        assert!(after_a_minute(1) < Duration::from_millis(1));
        assert!(after_a_minute(2000) < Duration::from_millis(500));
        assert!(after_a_minute(4096) > Duration::from_secs(18));
    }
}
