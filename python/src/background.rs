//! Background work: long calls on own threads, with the interpreter released and Ctrl-C
//! working.
//!
//! Each call has its own thread pool and drops it at the end, so that a process forked
//! afterwards does not inherit a pool without threads.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use rayon::ThreadPoolBuilder;

/// Interval between checks for signals such as Ctrl-C.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// Payload that unwinds interrupted work; not a panic, so nothing is printed.
struct Interrupted;

/// Runs `work` on all cores, or as many threads as `RAYON_NUM_THREADS` says, while other
/// threads of Python run. Parallel iterators in `work` use these threads.
///
/// `work` calls its argument after each step, which does not return once Python was
/// interrupted.
///
/// # Errors
/// The exception of the signal's handler, `KeyboardInterrupt` for Ctrl-C, after the current
/// steps are done; `RuntimeError` when threads cannot be started.
pub(crate) fn run<T: Send>(
    py: Python<'_>,
    work: impl FnOnce(&(dyn Fn() + Sync)) -> T + Send,
) -> PyResult<T> {
    let pool = ThreadPoolBuilder::new()
        .build()
        .map_err(|error| PyRuntimeError::new_err(format!("cannot start threads: {error}")))?;
    let is_interrupted = AtomicBool::new(false);
    let after_step = || {
        if is_interrupted.load(Ordering::Relaxed) {
            resume_unwind(Box::new(Interrupted));
        }
    };
    let (sender, mut receiver) = channel();
    let outcome = pool.in_place_scope(|scope| {
        scope.spawn(|_| {
            let outcome = catch_unwind(AssertUnwindSafe(|| work(&after_step)));
            // Fails only without a receiver.
            let _ = sender.send(outcome);
        });
        let mut raised = None;
        loop {
            let look = py.detach(|| {
                let receiver = &mut receiver;
                receiver.recv_timeout(BETWEEN_LOOKS)
            });
            match look {
                Ok(outcome) => break raised.map_or(Ok(outcome), Err),
                Err(RecvTimeoutError::Timeout) => {
                    if let Err(error) = py.check_signals() {
                        is_interrupted.store(true, Ordering::Relaxed);
                        raised = Some(error);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => {
                    break Err(PyRuntimeError::new_err("the work ended without a result"));
                }
            }
        }
    })?;
    outcome.map_err(|cause: Box<dyn Any + Send>| resume_unwind(cause))
}
