//! Progress bars on stderr; nothing where stderr is no terminal.

use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressStyle};

/// Progress bar that starts again at 0 for every step of the work.
pub(crate) struct Bar {
    current: Mutex<(String, ProgressBar)>,
}

impl Bar {
    /// A hidden bar; the first [`show`](Self::show) makes it visible.
    pub(crate) fn new() -> Self {
        Self { current: Mutex::new((String::new(), ProgressBar::hidden())) }
    }

    /// Shows progress of a step: `done` of `total` items.
    pub(crate) fn show(&self, step: &str, done: usize, total: usize) {
        let mut current = self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if current.0 != step {
            current.1.finish_and_clear();
            let style = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} {eta}")
                .expect("the template is valid");
            let bar =
                ProgressBar::new(total as u64).with_style(style).with_message(step.to_owned());
            *current = (step.to_owned(), bar);
        }
        if current.1.length() != Some(total as u64) {
            current.1.set_length(total as u64);
        }
        if done as u64 > current.1.position() {
            current.1.set_position(done as u64);
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner).1.finish_and_clear();
    }
}
