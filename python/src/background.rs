//! Long work on threads of its own, with the interpreter free and Ctrl-C alive.
//!
//! Each call has its own pool, gone when it is done: a process that Python forks
//! afterwards inherits no threads that are not there.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use rayon::ThreadPoolBuilder;

/// How long Ctrl-C may wait to be noticed.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// What unwinds through interrupted work; no panic, so nothing is printed.
struct Interrupted;

/// Does `work` on all cores, or as many threads as `RAYON_NUM_THREADS` says, while
/// other threads of Python run. Within it parallel iterators use these threads.
///
/// `work` calls what it is given after each step; that does not return once
/// Python was interrupted.
///
/// # Errors
/// What the signal's handler raised, `KeyboardInterrupt` for Ctrl-C, after the
/// steps under way are done; `RuntimeError` when there are no threads to be had.
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
            // Fails only when nobody waits any more.
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
