//! Storage of benchmarks, entries and submissions: a database and a data folder.
//!
//! Computes no score, draws nothing on a page and knows no address. The nouns:
//!
//! - [`Store`]: a folder with `scr.sqlite` and `blobs`, or a database server and a bucket
//!   ([`Location`]), open in any number of processes, for workers and the command. Its handles, such as [`accounts`](StoreCore::accounts),
//!   [`jobs`](StoreCore::jobs) and [`entries`](Store::entries), hold all operations; `store.rs`
//!   lists them. The site has [`PublicStore`], whose reads leave out hidden values.
//! - [`BenchmarkRow`], [`EntryRow`], [`Submission`], [`UserRow`]: rows, with
//!   [documents](scr_documents).
//! - [`BlobKey`]: key of a file, safe by construction.
//! - [`StoreError`]: sum of the handles' errors.
//!
//! **A row exists only when all of its files do.** Publishing writes files
//! first, image by image, and the row last; after an interruption there is no row, and
//! publishing again completes the files.
//!
//! ```
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! # let folder = tempfile::tempdir().unwrap();
//! let store = scr_store::Store::open(folder.path()).await?;
//! assert!(store.benchmarks().list().await?.is_empty());
//! assert!(folder.path().join("scr.sqlite").is_file());
//! # Ok::<(), scr_store::StoreError>(()) }).unwrap();
//! ```
#![cfg_attr(test, expect(clippy::disallowed_methods, reason = "tests make and damage files"))]

mod accounts;
mod aggregates;
mod backup;
mod benchmarks;
mod blob_cache;
mod blobs;
mod blocking;
mod compared;
mod copying;
mod counts;
mod database;
mod dialect;
mod disk;
mod engines;
mod entries;
mod entry_heads;
mod error;
mod evidence;
mod feedback;
mod file_claims;
mod filter;
mod folder;
mod folder_view;
mod garbage;
mod hiding;
mod json;
mod ladder;
mod local_copies;
mod location;
mod lost;
mod mail;
mod migrations;
mod model_file;
mod moving;
mod names;
mod objects;
mod offers;
mod outlines;
mod past_result;
mod postgres;
mod public;
mod publications;
mod publish;
mod rate_limits;
mod recent;
mod record;
mod report_error;
mod rescore_counts;
mod rescores;
mod results;
mod secret_url;
mod secrets;
mod settings;
mod settings_row;
mod shapes;
mod sources;
mod sqlite;
mod storage_error;
mod store;
mod submissions;
mod time;
mod withdrawals;
mod workers;

pub use accounts::OtherKeys;
pub use accounts::error::AccountError;
pub use accounts::identities::{Identities, Identity, PENDING_AGE};
pub use accounts::links::{Confirmation, LINK_AGE};
pub use accounts::roles::{Role, Scope};
pub use accounts::sessions::{SESSION_AGE, SESSION_IDLE, SessionRow, Sessions};
pub use accounts::terms::{AcceptanceRow, Acceptances};
pub use accounts::token_lifetime::{TokenLifetime, TokenLifetimeError};
pub use accounts::tokens::{Caller, TokenRow, Tokens};
pub use accounts::users::{Accounts, UserRow};
pub use backup::{BackupDocument, restore_backup};
pub use benchmarks::{BenchmarkRow, Benchmarks};
pub use blobs::BlobKey;
pub use compared::ComparedEntry;
pub use counts::{Counts, StateCount};
pub use disk::Disk;
pub use entries::{Entries, EntryRow, EntrySelection, PublishOutcome};
pub use entry_heads::EntryHead;
pub use error::StoreError;
pub use evidence::Evidence;
pub use feedback::{Feedback, FeedbackRow};
pub use folder::{DATABASE_FILE, DiskSpace, MIN_FREE_BYTES, claim as claim_folder};
pub use folder_view::ViewedMasks;
pub use garbage::collection::{CollectedGarbage, Garbage, UnreferencedFile};
pub use location::{Engines, Location};
pub use mail::{MAX_SENDINGS, MailRow, Outbox};
pub use model_file::ModelFileName;
pub use moving::site_move::{MovedSite, SiteMove};
pub use names::{NAME_RULE, is_plain_name, look_alike};
pub use outlines::{MAX_CORNERS_BY_SIDE, OutlinesDocument};
pub use past_result::PastResult;
pub use public::benchmarks::{Copies, PublicBenchmarks};
pub use public::download::{DownloadEntry, DownloadValue};
pub use public::entries::PublicEntries;
pub use public::listed::{EntryFilter, ListedEntry, NamedEntry, RoleCounts, RowRange};
pub use public::standings::{StandingPlace, Standings};
pub use public::store::PublicStore;
pub use public::table::{
    EntryStanding, StandingOrder, StandingRow, TableColumn, TableSubject, Vicinity,
};
pub use publications::{PublicationRow, Publications};
pub use publish::batch::PublishProgress;
pub use publish::benchmark::THUMBNAIL_SIDE_PX;
pub use publish::entry::EntryToPublish;
pub use publish::error::PublishError;
pub use publish::model::RunToPublish;
pub use publish::posterior::POSTERIOR_SIDE_PX;
pub use rate_limits::{RateLimit, RateLimits};
pub use record::event::{EntryCommitment, RecordEvent};
pub use record::evidence::{BenchmarkEvidence, EntryEvidence, ResultEvidence, WithdrawalEvidence};
pub use record::log::{BEFORE_FIRST, RecordHead, RecordLine, RecordLog, text_digest};
pub use report_error::ReportError;
pub use rescore_counts::RescoreCounts;
pub use rescores::{RescoreJob, RescoreStep};
pub use secret_url::{SecretUrl, SecretUrlError};
pub use secrets::random_secret;
pub use settings::Settings;
pub use shapes::{
    CONTOUR_PERCENTS, MAX_IMAGES as MAX_SHAPE_IMAGES, ShapesDocument, StructureShapes,
};
pub use storage_error::{OpenError, StorageError};
pub use store::{Store, StoreCore};
pub use submissions::answers::MAX_ANSWER_CHARS;
pub use submissions::arrivals::Arrivals;
pub use submissions::chunks::UploadChunk;
pub use submissions::claim::Claim;
pub use submissions::error::SubmissionError;
pub use submissions::failed_jobs::FailedJobs;
pub use submissions::handle::Submissions;
pub use submissions::job::{Job, JobKind, JobProgress, MAX_ATTEMPTS};
pub use submissions::job_list::{JobChoice, JobRow, JobState, JobSubject};
pub use submissions::jobs::{Cancellation, Jobs};
pub use submissions::model_run::{ModelRun, RunMasks};
pub use submissions::retention::{Expiry, Retention};
pub use submissions::rows::{NewSubmission, Submission};
pub use submissions::uploads::{MAX_CHUNK_BYTES, Uploads};
pub use withdrawals::Withdrawal;
pub use workers::{WORKER_TIMEOUT, WorkerRow, Workers};
