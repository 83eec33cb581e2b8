//! Background threads for the heavy work of jobs, at low priority, so that pages of the same
//! process stay quick.
//!
//! The priority is set on Linux, where each thread has its own; elsewhere threads keep the
//! priority of the process.

use std::sync::OnceLock;

use rayon::{ThreadPool, ThreadPoolBuilder};
use tokio::sync::oneshot;

use crate::error::WorkError;

/// Niceness of background threads above that of the process.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

static POOL: OnceLock<ThreadPool> = OnceLock::new();

/// Runs `work` on a background thread. Its parallel iterators stay on background threads.
///
/// # Errors
/// [`WorkError::Threads`] when there are no threads, [`WorkError::Panicked`] when `work`
/// panicked.
pub(crate) async fn run<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, WorkError> {
    let (sender, receiver) = oneshot::channel();
    // A caller that is gone does not want the result.
    let span = tracing::Span::current();
    pool()?.spawn(move || drop(sender.send(span.in_scope(work))));
    receiver.await.map_err(|_| WorkError::Panicked)
}

fn pool() -> Result<&'static ThreadPool, WorkError> {
    if let Some(pool) = POOL.get() {
        return Ok(pool);
    }
    let pool = ThreadPoolBuilder::new()
        .thread_name(|number| format!("background-{number}"))
        .start_handler(|_| lower_priority())
        // The standard hook has logged the panic, and the caller gets an error.
        .panic_handler(drop)
        .build()
        .map_err(|source| WorkError::Threads { source })?;
    Ok(POOL.get_or_init(|| pool))
}

/// Lowers the priority of the calling thread.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::warn!(%error, "background threads keep the priority of the process");
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rayon::prelude::*;
    use rustix::process::getpriority_process;

    use super::*;

    #[tokio::test]
    async fn background_threads_yield_to_pages_and_survive_a_panic() {
        let of_pages = getpriority_process(None).unwrap();
        let expected = (of_pages + NICENESS).min(19);
        let found: Vec<i32> =
            run(|| (0..64).into_par_iter().map(|_| getpriority_process(None).unwrap()).collect())
                .await
                .unwrap();
        assert!(found.iter().all(|niceness| *niceness == expected), "{found:?}");
        assert_eq!(getpriority_process(None).unwrap(), of_pages);

        let panicked = run(|| assert!(std::env::args().count() == usize::MAX)).await;
        assert!(matches!(panicked, Err(WorkError::Panicked)), "{panicked:?}");
        assert_eq!(run(|| 1).await.unwrap(), 1);
    }
}
