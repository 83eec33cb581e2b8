//! Where benchmarks, entries and their files are kept: a database and a folder.
//!
//! Computes no score, draws nothing on a page and knows no address. The nouns:
//!
//! - [`Store`]: a folder with `scr.sqlite` and `blobs`, open in any number of processes;
//!   for workers and the command. The site has [`PublicStore`], whose reads leave out
//!   what is hidden.
//! - [`BenchmarkRow`] and [`EntryRow`]: what is published, as written
//!   [documents](scr_documents).
//! - [`BlobKey`]: the name of a file, safe by construction.
//!
//! Beside them, [`UserRow`]: a person with a [`Role`], and [`Caller`], whose token
//! a program shows.
//!
//! **A row is there only when all of its files are.** Publishing writes files
//! first, image by image, and the row last; whatever breaks off in between
//! leaves no row and is made good by publishing again.
//!
//! ```
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! # let folder = tempfile::tempdir().unwrap();
//! let store = scr_store::Store::open(folder.path()).await?;
//! assert!(store.benchmarks().await?.is_empty());
//! assert!(folder.path().join("scr.sqlite").is_file());
//! # Ok::<(), scr_store::StoreError>(()) }).unwrap();
//! ```
#![cfg_attr(test, expect(clippy::disallowed_methods, reason = "tests make and damage files"))]

mod accounts;
mod backup;
mod benchmarks;
mod blobs;
mod counts;
mod database;
mod disk;
mod entries;
mod error;
mod feedback;
mod folder;
mod ladder;
mod lost;
mod mail;
mod names;
mod offers;
mod outlines;
mod public;
mod publications;
mod publish;
mod record;
mod results;
mod settings;
mod submissions;
mod withdrawals;
mod workers;

use std::ops::Deref;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use scr_data::durable;
use sqlx::AnyPool;

pub use accounts::{
    AcceptanceRow, Caller, Confirmed, Identity, LINK_AGE, OtherKeys, Role, SESSION_AGE,
    SESSION_IDLE, SHOWN_AGE, Scope, SessionRow, TokenLifetime, TokenLifetimeError, TokenRow,
    UserRow, random_secret,
};
pub use backup::{BackupDocument, restore_backup};
pub use benchmarks::BenchmarkRow;
pub use blobs::BlobKey;
pub use counts::{Counts, StateCount};
pub use disk::{DiskSpace, MIN_FREE_BYTES};
pub use entries::{EntryRow, Published};
pub use error::StoreError;
pub use feedback::FeedbackRow;
pub use folder::claim as claim_folder;
pub use mail::{MAX_SENDINGS, MailRow};
pub use names::{NAME_RULE, is_plain_name, look_alike};
pub use outlines::{MAX_CORNERS_BY_SIDE, OutlinesDocument};
pub use public::{Copies, PublicStore};
pub use publications::PublicationRow;
pub use publish::{EntryToPublish, POSTERIOR_SIDE_PX, PublishProgress, THUMBNAIL_SIDE_PX};
pub use record::{
    BEFORE_FIRST, BenchmarkEvidence, EntryCommitment, EntryEvidence, RecordEvent, RecordHead,
    RecordLine, ResultEvidence, WithdrawalEvidence, text_digest,
};
pub use results::PastResult;
pub use submissions::{
    Cancelled, ComparedEntry, Job, JobKind, JobProgress, JobRow, MAX_ANSWER_CHARS, MAX_ATTEMPTS,
    MAX_CHUNK_BYTES, NewSubmission, Piece, Retention, Submission, Tidied,
};
pub use withdrawals::Withdrawal;
pub use workers::{WORKER_SILENCE, WorkerRow};

use blobs::Blobs;

/// The database of a store, within its folder.
pub const DATABASE_FILE: &str = "scr.sqlite";
/// The folder of files of a store, within its folder.
const BLOBS_FOLDER: &str = "blobs";
/// The folder of files as they come in.
const UPLOADS_FOLDER: &str = "uploads";
/// The folder of benchmarks that were added for scoring.
const BENCHMARKS_FOLDER: &str = "benchmarks";

/// Accounts, mails, jobs and writes: all that shows nothing of a reference or a score.
/// [`Store`] adds reads of everything, [`PublicStore`] reads of what may be shown.
#[derive(Debug, Clone)]
pub struct StoreCore {
    folder: PathBuf,
    pool: AnyPool,
    blobs: Blobs,
    min_free_bytes: u64,
    offers: offers::Offers,
}

/// A database and a folder of files, with reads of everything: for workers and the
/// command. Clones share both.
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
    /// Opens the store in `folder`, or makes one: `folder/scr.sqlite` and
    /// `folder/blobs`. Several processes may have the same one open. A folder that is made
    /// or empty becomes its owner's alone.
    ///
    /// # Errors
    /// [`StoreError::OpenFolder`] when others may read or write what is there,
    /// [`StoreError::Folder`], [`StoreError::Blob`] or [`StoreError::Database`]
    /// when a part cannot be opened or made, [`StoreError::NewerSchema`] when a
    /// later version of this program wrote it, [`StoreError::LostDatabase`] when there
    /// are files of a site and no rows.
    pub async fn open(folder: &Path) -> Result<Self, StoreError> {
        folder::claim(folder)?;
        let blobs = folder.join(BLOBS_FOLDER);
        let database = folder.join(DATABASE_FILE);
        lost::refuse_without_database(&database, &blobs)?;
        durable::create_folders(&blobs)
            .map_err(|source| StoreError::Folder { path: blobs.clone(), source })?;
        let core = StoreCore {
            folder: folder.to_owned(),
            pool: database::open(&database).await?,
            blobs: Blobs::open(&blobs),
            min_free_bytes: MIN_FREE_BYTES,
            offers: offers::Offers::default(),
        };
        lost::refuse_empty_database(&core.pool, &database, &blobs).await?;
        let store = Self { core };
        record::adopt(&store).await?;
        Ok(store)
    }

    /// The same store, which takes uploads only where `bytes` stay free.
    #[must_use]
    pub fn keep_free(mut self, bytes: u64) -> Self {
        self.core.min_free_bytes = bytes;
        self
    }

    /// Where the folder of a benchmark lies that was added for scoring: images, masks
    /// of every observer and all else that `benchmark.toml` names.
    #[must_use]
    pub fn benchmark_folder(&self, id: &str) -> PathBuf {
        self.scoring_folder(id)
    }

    /// All benchmarks, the first published first.
    ///
    /// # Errors
    /// [`StoreError::Database`], or [`StoreError::Document`] when one cannot be read.
    pub async fn benchmarks(&self) -> Result<Vec<BenchmarkRow>, StoreError> {
        benchmarks::all(&self.pool).await
    }

    /// The benchmark with this identifier; none when it is not published.
    ///
    /// # Errors
    /// As [`benchmarks`](Self::benchmarks).
    pub async fn benchmark(&self, id: &str) -> Result<Option<BenchmarkRow>, StoreError> {
        benchmarks::get(&self.pool, id).await
    }

    /// All entries of a benchmark but those that were taken back, with every image's
    /// values, the first published first; none when there is no such benchmark. Where summaries will do,
    /// [`entries_without_images`](Self::entries_without_images) is far quicker.
    ///
    /// # Errors
    /// [`StoreError::Database`], or [`StoreError::Document`] or
    /// [`StoreError::Role`] when one cannot be read.
    pub async fn entries(&self, benchmark_id: &str) -> Result<Vec<EntryRow>, StoreError> {
        entries::of_benchmark(&self.pool, benchmark_id).await
    }

    /// As [`entries`](Self::entries), but with `result.images` left out.
    ///
    /// # Errors
    /// As [`entries`](Self::entries).
    pub async fn entries_without_images(
        &self,
        benchmark_id: &str,
    ) -> Result<Vec<EntryRow>, StoreError> {
        entries::of_benchmark_without_images(&self.pool, benchmark_id).await
    }

    /// The `count` entries of all benchmarks that were published last, the last
    /// first, with `result.images` left out; none that was taken back.
    ///
    /// # Errors
    /// As [`entries`](Self::entries).
    pub async fn latest_entries(&self, count: u32) -> Result<Vec<EntryRow>, StoreError> {
        entries::latest(&self.pool, count).await
    }

    /// The entry with this identifier, with every image's values, also when it was
    /// taken back; none when it is not published.
    ///
    /// # Errors
    /// As [`entries`](Self::entries).
    pub async fn entry(&self, id: &str) -> Result<Option<EntryRow>, StoreError> {
        let mut row = entries::get(&self.pool, id).await?;
        if let Some(entry) = &mut row {
            entry.withdrawn = self.withdrawal(id).await?;
        }
        Ok(row)
    }

    /// The submission with this identifier, with its results and findings.
    ///
    /// # Errors
    /// [`StoreError::Database`], or [`StoreError::Document`] when it cannot be read.
    pub async fn submission(&self, id: &str) -> Result<Option<Submission>, StoreError> {
        self.submission_row(id).await
    }

    /// The bytes of a file; none when there is no such file.
    ///
    /// # Errors
    /// [`StoreError::Blob`] when it is there and cannot be read.
    pub async fn blob(&self, key: &BlobKey) -> Result<Option<Bytes>, StoreError> {
        self.blobs.get(key).await
    }

    /// Writes a file whole, in place of the one that was there. Readers see the
    /// one or the other, never a part.
    ///
    /// # Errors
    /// [`StoreError::Blob`] when it cannot be written.
    pub async fn put_blob(&self, key: &BlobKey, bytes: Bytes) -> Result<(), StoreError> {
        self.blobs.put(key, bytes).await
    }
}

impl StoreCore {
    /// As [`Store::benchmark_folder`], which holds what may be hidden.
    pub(crate) fn scoring_folder(&self, id: &str) -> PathBuf {
        self.folder.join(BENCHMARKS_FOLDER).join(id)
    }

    /// Waits for queries under way and closes the database. Dropping every
    /// clone does the same without waiting.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
