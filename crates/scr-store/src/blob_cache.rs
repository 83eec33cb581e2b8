//! Small files of the bucket in memory, for pages that show the same ones again and again.
//!
//! Bounded in bytes, and by age: files of a benchmark may be exchanged when it is added again, and
//! are asked for anew after [`LASTS`]. Files of an entry never change.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;

/// Limit of one file.
const MAX_FILE_BYTES: usize = 512 << 10;
/// Limit of a generation; there are two.
const MAX_BYTES: usize = 32 << 20;
/// Age at which a file that may be exchanged is asked for again.
const LASTS: Duration = Duration::from_secs(30);

/// Cache of files by key.
#[derive(Debug, Default)]
pub(crate) struct BlobCache(Mutex<Generations>);

/// Files that were asked for lately, and those before: when the new ones fill their share, the old
/// ones are dropped.
#[derive(Debug, Default)]
struct Generations {
    new: HashMap<String, CachedFile>,
    old: HashMap<String, CachedFile>,
    new_bytes: usize,
}

#[derive(Debug, Clone)]
struct CachedFile {
    bytes: Bytes,
    read_at: Instant,
}

impl BlobCache {
    /// A file; none that is not here or too old.
    pub(crate) fn get(&self, key: &str) -> Option<Bytes> {
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = generations.new.get(key).or_else(|| generations.old.get(key)).cloned()?;
        if !is_for_good(key) && found.read_at.elapsed() > LASTS {
            return None;
        }
        if !generations.new.contains_key(key) {
            generations.add(key, found.clone());
        }
        Some(found.bytes)
    }

    /// Keeps a file that was just read, unless it is large.
    pub(crate) fn keep(&self, key: &str, bytes: &Bytes) {
        if bytes.len() <= MAX_FILE_BYTES {
            let file = CachedFile { bytes: bytes.clone(), read_at: Instant::now() };
            self.0.lock().unwrap_or_else(PoisonError::into_inner).add(key, file);
        }
    }

    /// Forgets a file that is written anew.
    pub(crate) fn forget(&self, key: &str) {
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        generations.old.remove(key);
        if let Some(file) = generations.new.remove(key) {
            generations.new_bytes -= file.bytes.len();
        }
    }
}

impl Generations {
    fn add(&mut self, key: &str, file: CachedFile) {
        if self.new_bytes + file.bytes.len() > MAX_BYTES {
            self.old = std::mem::take(&mut self.new);
            self.new_bytes = 0;
        }
        self.new_bytes += file.bytes.len();
        if let Some(before) = self.new.insert(key.to_owned(), file) {
            self.new_bytes -= before.bytes.len();
        }
    }
}

/// True for a file that never changes: one of an entry.
fn is_for_good(key: &str) -> bool {
    key.starts_with("entries/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_and_what_is_used_stays() {
        let cache = BlobCache::default();
        let file = Bytes::from(vec![0; MAX_FILE_BYTES]);
        cache.keep("entries/used", &file);
        for number in 0..1000 {
            cache.keep(&format!("entries/{number}"), &file);
            assert!(cache.get("entries/used").is_some(), "{number}");
        }
        let generations = cache.0.lock().unwrap();
        let count = generations.new.len() + generations.old.len();
        assert!(count * MAX_FILE_BYTES <= 2 * MAX_BYTES, "{count} files");
        drop(generations);
        cache.forget("entries/used");
        assert!(cache.get("entries/used").is_none());
        cache.keep("entries/large", &Bytes::from(vec![0; MAX_FILE_BYTES + 1]));
        assert!(cache.get("entries/large").is_none());
    }
}
