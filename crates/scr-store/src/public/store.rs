//! The store as the site sees it.

use std::ops::Deref;

use super::benchmarks::PublicBenchmarks;
use super::entries::PublicEntries;
use crate::store::{Store, StoreCore};
use crate::submissions::handle::Submissions;

/// Store of the site: accounts, jobs and writes as they are, documents and files without hidden
/// values. Clones share everything.
#[derive(Debug, Clone)]
pub struct PublicStore {
    /// Only the handles of this module use it, and none returns an unfiltered read.
    pub(super) all: Store,
}

impl Deref for PublicStore {
    type Target = StoreCore;

    fn deref(&self) -> &StoreCore {
        &self.all
    }
}

impl Store {
    /// The same store as the site sees it.
    #[must_use]
    pub fn public(&self) -> PublicStore {
        PublicStore { all: self.clone() }
    }
}

impl PublicStore {
    /// Benchmarks and their files.
    #[must_use]
    pub fn benchmarks(&self) -> PublicBenchmarks<'_> {
        PublicBenchmarks { all: &self.all }
    }

    /// Entries and their files.
    #[must_use]
    pub fn entries(&self) -> PublicEntries<'_> {
        PublicEntries { all: &self.all }
    }

    /// Submissions.
    #[must_use]
    pub fn submissions(&self) -> Submissions<'_, Self> {
        Submissions { pool: &self.pool, folder: &self.folder, store: self, claim: None }
    }
}
