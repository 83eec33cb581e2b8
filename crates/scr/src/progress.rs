//! Progress of long work on stderr: a bar in a terminal, nothing in a file.

use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar that starts anew whenever the work gets another name.
pub(crate) struct Bar {
    current: Mutex<(String, ProgressBar)>,
}

impl Bar {
    /// A bar that shows nothing yet.
    pub(crate) fn new() -> Self {
        Self { current: Mutex::new((String::new(), ProgressBar::hidden())) }
    }

    /// Shows that `done` of `total` steps of `what` are done.
    pub(crate) fn show(&self, what: &str, done: usize, total: usize) {
        let mut current = self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if current.0 != what {
            current.1.finish_and_clear();
            let style = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} {eta}")
                .expect("the template is valid");
            let bar =
                ProgressBar::new(total as u64).with_style(style).with_message(what.to_owned());
            *current = (what.to_owned(), bar);
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
