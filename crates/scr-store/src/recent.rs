//! Recent files: a page and the requests that follow it make each file once.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::blobs::BlobKey;

/// Lifetime of a file: the folders behind it may change.
const LIFETIME: Duration = Duration::from_secs(2);
/// Files kept at once.
const MAX_FILES: usize = 64;

/// The last files that were made, for two seconds each.
#[derive(Debug, Default)]
pub(crate) struct RecentFiles {
    files: Mutex<VecDeque<(Instant, BlobKey, Bytes)>>,
}

impl RecentFiles {
    /// The file, if it was made within the last two seconds.
    pub(crate) fn get(&self, key: &BlobKey) -> Option<Bytes> {
        let files = self.files.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let found = files.iter().rfind(|(_, kept, _)| kept == key)?;
        (found.0.elapsed() < LIFETIME).then(|| found.2.clone())
    }

    /// Keeps a file.
    pub(crate) fn keep(&self, key: &BlobKey, bytes: &Bytes) {
        let mut files = self.files.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        files.retain(|(made, _, _)| made.elapsed() < LIFETIME);
        if files.len() == MAX_FILES {
            files.pop_front();
        }
        files.push_back((Instant::now(), key.clone(), bytes.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_files_are_kept() {
        let recent = RecentFiles::default();
        let key =
            |number: usize| BlobKey::entry_outlines("entry", &format!("image{number}")).unwrap();
        for number in 0..=MAX_FILES {
            recent.keep(&key(number), &Bytes::from(number.to_string()));
        }
        assert_eq!(recent.get(&key(0)), None);
        assert_eq!(recent.get(&key(1)).as_deref(), Some(b"1".as_slice()));
        assert_eq!(recent.get(&key(MAX_FILES)).as_deref(), Some(b"64".as_slice()));
    }
}
