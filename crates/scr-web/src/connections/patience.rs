//! Patience: a deadline on the progress of a client, for reads and writes alike.
//!
//! A client has [`GRACE`] of time in which the server waits for it. Waiting uses it up,
//! and every byte that moves gives some back at [`MIN_BYTES_PER_S`]: whoever does nothing
//! is cut off after the grace, whoever drips soon after, and time in which the server
//! itself works is nobody's.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::time::{Sleep, sleep_until};

use crate::places::Seat;

/// Time that a client may do nothing.
pub(super) const GRACE: Duration = Duration::from_secs(20);
/// Rate below which a client that sends or reads uses its grace up.
const MIN_BYTES_PER_S: f64 = 4096.0;

/// Time left to a client in one direction.
pub(super) struct Patience {
    seat: Arc<Seat>,
    left: Duration,
    since: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Patience {
    pub(super) fn new(seat: Arc<Seat>) -> Self {
        Self { seat, left: GRACE, since: None, timer: None }
    }

    /// Notes that bytes have moved.
    pub(super) fn moved(&mut self, bytes: usize) {
        self.left = left_after(self.left, self.since.take().map(|since| since.elapsed()), bytes);
        self.timer = None;
        self.seat.goes_on();
    }

    /// Waits for the client; ready when its time is over.
    pub(super) fn poll_over(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let since = *self.since.get_or_insert_with(Instant::now);
        let timer = self.timer.get_or_insert_with(|| {
            let until = since + self.left;
            self.seat.waits_until(until);
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
