//! A store: the database and the data folder, with a handle for each kind of thing in them.
//!
//! - [`StoreCore`]: handles that show nothing of a reference or a score.
//! - [`Store`]: these, and handles with unfiltered reads: for workers and the command.
//!   [`PublicStore`](crate::PublicStore) is the site's.

use async_recursion::async_recursion as boxed;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use scr_data::durable;
use scr_documents::BenchmarkDocument;
use sqlx::AnyPool;

use crate::accounts::identities::Identities;
use crate::accounts::sessions::Sessions;
use crate::accounts::terms::Acceptances;
use crate::accounts::tokens::Tokens;
use crate::accounts::users::Accounts;
use crate::aggregates::fill::fill_all;
use crate::benchmarks::Benchmarks;
use crate::blobs::{BlobKey, Blobs, FileSource};
use crate::counts::Counts;
use crate::disk::Disk;
use crate::engines::OpenedEngines;
use crate::entries::Entries;
use crate::evidence::Evidence;
use crate::feedback::Feedback;
use crate::folder::{self, DataFolder};
use crate::garbage::collection::Garbage;
use crate::location::Location;
use crate::lost;
use crate::mail::Outbox;
use crate::offers::Offers;
use crate::publications::Publications;
use crate::rate_limits::RateLimits;
use crate::record::adopt::adopt;
use crate::record::log::RecordLog;
use crate::settings::Settings;
use crate::shapes::{Shapes, ShapesDocument};
use crate::sqlite;
use crate::storage_error::{OpenError, StorageError};
use crate::submissions::failed_jobs::FailedJobs;
use crate::submissions::handle::Submissions;
use crate::submissions::jobs::Jobs;
use crate::submissions::rows::{self, Submission};
use crate::submissions::uploads::Uploads;
use crate::workers::Workers;

/// Accounts, mails, jobs and writes: everything that shows nothing of a reference or a score.
/// [`Store`] adds unfiltered reads, [`PublicStore`](crate::PublicStore) filtered ones.
#[derive(Debug, Clone)]
pub struct StoreCore {
    pub(crate) folder: DataFolder,
    pub(crate) pool: AnyPool,
    blobs: Blobs,
    offers: Offers,
    shapes: Shapes,
    /// Identifier of a site on engines.
    site: Option<Arc<str>>,
}

impl StoreCore {
    /// Accounts of people.
    #[must_use]
    pub fn accounts(&self) -> Accounts<'_> {
        Accounts { pool: &self.pool }
    }

    /// Identities at providers such as ORCID.
    #[must_use]
    pub fn identities(&self) -> Identities<'_> {
        Identities { pool: &self.pool }
    }

    /// Sessions of signed-in browsers.
    #[must_use]
    pub fn sessions(&self) -> Sessions<'_> {
        Sessions { pool: &self.pool }
    }

    /// Tokens of programs.
    #[must_use]
    pub fn tokens(&self) -> Tokens<'_> {
        Tokens { pool: &self.pool }
    }

    /// Acceptances of terms.
    #[must_use]
    pub fn acceptances(&self) -> Acceptances<'_> {
        Acceptances { pool: &self.pool }
    }

    /// Uploads of submissions.
    #[must_use]
    pub fn uploads(&self) -> Uploads<'_> {
        Uploads { pool: &self.pool, folder: &self.folder }
    }

    /// Queue of jobs.
    #[must_use]
    pub fn jobs(&self) -> Jobs<'_> {
        Jobs { pool: &self.pool }
    }

    /// Jobs that used up their attempts.
    #[must_use]
    pub fn failed_jobs(&self) -> FailedJobs<'_> {
        FailedJobs { pool: &self.pool, folder: &self.folder }
    }

    /// Workers and their heartbeats.
    #[must_use]
    pub fn workers(&self) -> Workers<'_> {
        Workers { pool: &self.pool }
    }

    /// Outbox of mails.
    #[must_use]
    pub fn mail(&self) -> Outbox<'_> {
        Outbox { pool: &self.pool }
    }

    /// Rate limits that all servers of a site on engines share. None in a data folder, which
    /// one process serves.
    #[must_use]
    pub fn rate_limits(&self) -> Option<RateLimits<'_>> {
        let site = self.site.as_deref()?;
        Some(RateLimits { pool: &self.pool, site })
    }

    /// Record of all public changes.
    #[must_use]
    pub fn record(&self) -> RecordLog<'_> {
        RecordLog { pool: &self.pool }
    }

    /// Operator's settings of benchmarks.
    #[must_use]
    pub fn settings(&self) -> Settings<'_> {
        Settings { pool: &self.pool }
    }

    /// Publications that use a benchmark.
    #[must_use]
    pub fn publications(&self) -> Publications<'_> {
        Publications { pool: &self.pool }
    }

    /// Messages of readers.
    #[must_use]
    pub fn feedback(&self) -> Feedback<'_> {
        Feedback { pool: &self.pool }
    }

    /// Disk under the store.
    #[must_use]
    pub fn disk(&self) -> Disk<'_> {
        Disk { pool: &self.pool, folder: &self.folder }
    }

    /// Counts for monitoring.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn counts(&self) -> Result<Counts, StorageError> {
        Counts::read(&self.pool, &self.folder).await
    }

    /// Waits for running queries and closes the database. Dropping every clone does the same
    /// without waiting.
    #[boxed]
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// A database and a data folder, with unfiltered reads: for workers and the command. Clones
/// share both.
#[derive(Debug, Clone)]
pub struct Store {
    core: StoreCore,
}

impl Deref for Store {
    type Target = StoreCore;

    fn deref(&self) -> &StoreCore {
        &self.core
    }
}

impl Store {
    /// Opens the store in `folder`, or creates one: `folder/scr.sqlite` and `folder/blobs`.
    /// Several processes may open the same store. A new or empty folder becomes private to
    /// its owner.
    ///
    /// # Errors
    /// [`OpenError::OpenFolder`] when other users may read or write the folder,
    /// [`OpenError::NewerSchema`] when a later version of this program wrote it,
    /// [`OpenError::DamagedDatabase`] and [`OpenError::LostDatabase`] when the database is
    /// damaged, or missing in a data folder with files; [`OpenError::Storage`].
    #[boxed]
    pub async fn open(folder: &Path) -> Result<Self, OpenError> {
        folder::claim(folder)?;
        let folder = DataFolder::new(folder);
        let (blobs, database) = (folder.blobs(), folder.database());
        lost::refuse_without_database(&database, &blobs)?;
        durable::create_folders(&blobs)
            .map_err(|source| StorageError::Folder { path: blobs.clone(), source })?;
        let pool = sqlite::open(&database).await?;
        lost::refuse_empty_database(&pool, &database, &blobs).await?;
        adopt(&pool, &folder).await?;
        fill_all(&pool).await?;
        Ok(Self::of(folder, pool, Blobs::open(&blobs), None))
    }

    /// Opens the store at `location`, or creates one there; see [`open`](Self::open). On engines,
    /// database and bucket know each other by an identifier.
    ///
    /// # Errors
    /// As [`open`](Self::open); [`OpenError::OtherDatabase`] when the database is another
    /// program's, [`OpenError::OtherBucket`] when database and bucket are not of one site,
    /// [`OpenError::Moving`] when the site is only half there. Nothing is changed then.
    #[boxed]
    pub async fn open_at(location: &Location) -> Result<Self, OpenError> {
        let engines = match location {
            Location::Folder(path) => return Self::open(path).await,
            Location::Engines(engines) => engines,
        };
        let opened = OpenedEngines::open(engines).await?;
        opened.refuse_moving().await?;
        let OpenedEngines { folder, pool, bucket, site, .. } = opened;
        adopt(&pool, &folder).await?;
        fill_all(&pool).await?;
        Ok(Self::of(folder, pool, Blobs::in_bucket(bucket), Some(site.into())))
    }

    pub(crate) fn of(
        folder: DataFolder,
        pool: AnyPool,
        blobs: Blobs,
        site: Option<Arc<str>>,
    ) -> Self {
        let (offers, shapes) = (Offers::default(), Shapes::default());
        Self { core: StoreCore { folder, pool, blobs, offers, shapes, site } }
    }

    /// Folder of this machine: the data folder, or the scratch folder beside engines.
    #[must_use]
    pub fn local_path(&self) -> &Path {
        &self.folder.path
    }

    /// The same store with another reserve of free space.
    #[must_use]
    pub fn keep_free(mut self, bytes: u64) -> Self {
        self.core.folder.min_free_bytes = bytes;
        self
    }

    /// The same store with a source of all files.
    pub(crate) fn with_source(mut self, source: Arc<dyn FileSource>) -> Self {
        self.core.blobs = self.core.blobs.with_source(source);
        self
    }

    /// Benchmarks.
    #[must_use]
    pub fn benchmarks(&self) -> Benchmarks<'_> {
        let StoreCore { folder, pool, blobs, offers, .. } = &self.core;
        Benchmarks { pool, folder, blobs, offers }
    }

    /// Entries.
    #[must_use]
    pub fn entries(&self) -> Entries<'_> {
        let StoreCore { folder, pool, blobs, .. } = &self.core;
        Entries { pool, folder, blobs }
    }

    /// Submissions.
    #[must_use]
    pub fn submissions(&self) -> Submissions<'_, Self> {
        Submissions { pool: &self.pool, folder: &self.folder, store: self, claim: None }
    }

    /// Files to which no row refers.
    #[must_use]
    pub fn garbage(&self) -> Garbage<'_> {
        Garbage { pool: &self.pool, folder: &self.folder }
    }

    /// Evidence behind the record.
    #[must_use]
    pub fn evidence(&self) -> Evidence<'_> {
        Evidence { pool: &self.pool, folder: &self.folder }
    }

    /// Bytes of a published file; none when there is no such file.
    ///
    /// # Errors
    /// [`StorageError::Blob`] when it cannot be read.
    #[boxed]
    pub async fn blob(&self, key: &BlobKey) -> Result<Option<Bytes>, StorageError> {
        self.blobs.get(key).await
    }

    /// Shapes of the structures that an observer drew; computes them if need be.
    #[boxed]
    pub(crate) async fn shapes(
        &self,
        benchmark: &BenchmarkDocument,
        observer: &str,
    ) -> Result<Arc<ShapesDocument>, StorageError> {
        let StoreCore { folder, blobs, shapes, .. } = &self.core;
        shapes.get(blobs, folder.shapes(&benchmark.id), benchmark, observer).await
    }
}

impl Submissions<'_, Store> {
    /// The submission with this identifier, with its results and findings; none when there is
    /// none.
    ///
    /// # Errors
    /// [`StorageError::Database`], or [`StorageError::Document`] when it cannot be read.
    #[boxed]
    pub async fn get(&self, id: &str) -> Result<Option<Submission>, StorageError> {
        rows::get(self.pool, id).await
    }
}
