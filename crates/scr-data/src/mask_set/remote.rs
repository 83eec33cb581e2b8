//! Source of a set of masks in another place, such as a bucket, by an interface of its own.

use std::fmt;
use std::sync::Mutex;
use std::sync::PoisonError;

use super::source::{Listing, MAX_FILES, Source};
use crate::Problem;

/// Files of a set of masks, listed once, then read one by one, from any thread.
pub trait MaskFiles: fmt::Debug + Send + Sync {
    /// Calls `on_file` with the path of every file, `/` between folders, until it returns false.
    ///
    /// # Errors
    /// The [`Problem`] of a place that cannot be listed.
    fn list(&self, on_file: &mut dyn FnMut(String) -> bool) -> Result<(), Problem>;

    /// Bytes of a listed file, at most [`MAX_FILE_BYTES`](crate::files::MAX_FILE_BYTES).
    ///
    /// # Errors
    /// The [`Problem`] of a file that is missing, unreadable or too large.
    fn read(&self, path: &str) -> Result<Vec<u8>, Problem>;

    /// Validator of a listed file, such as the entity tag of an object: it differs whenever the bytes
    /// differ. None where that is not known, or where [`read`](Self::read) found other bytes than
    /// those of the list.
    fn validator(&self, path: &str) -> Option<String>;
}

/// Set of masks in another place.
#[derive(Debug)]
pub(super) struct Remote {
    files: Box<dyn MaskFiles>,
    /// Paths, until the listing takes them.
    paths: Mutex<Vec<String>>,
}

impl Remote {
    /// Lists all files: a place that cannot be listed has this one problem, and no missing masks.
    pub(super) fn list_of(files: Box<dyn MaskFiles>) -> Result<Self, Problem> {
        let mut paths = Vec::new();
        files.list(&mut |path| {
            paths.push(path);
            paths.len() <= MAX_FILES
        })?;
        Ok(Self { files, paths: Mutex::new(paths) })
    }
}

impl Source for Remote {
    fn list(&self, listing: &mut Listing) {
        let paths = std::mem::take(&mut *self.paths.lock().unwrap_or_else(PoisonError::into_inner));
        for path in paths {
            if !listing.has_room() {
                break;
            }
            if listing.admits(&path, false) {
                listing.add(path);
            }
        }
    }

    fn refusal(&self, _: &str) -> Option<Problem> {
        None
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, Problem> {
        self.files.read(path)
    }

    fn validator(&self, path: &str) -> Option<String> {
        self.files.validator(path)
    }
}
