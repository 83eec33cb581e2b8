//! Failures of the database, of the disk and of the data on it, which every handle can meet.
//!
//! Each handle has its own enum of refusals; [`StoreError`](crate::StoreError) is the sum of
//! all. [`OpenError`] is the refusal to open a store.

use std::error::Error;
use std::io;
use std::path::PathBuf;

/// Codes of a database that cannot grow: of SQLite and of PostgreSQL.
const DATABASE_FULL: [&str; 2] = ["13", "53100"];

/// Classes of PostgreSQL's codes of failures that pass: no connection, a server that stops or
/// starts, a deadlock.
const PASSING: [&str; 3] = ["08", "57P", "40"];

/// Failure of the database, of the disk or of the data on it.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// A name that cannot be part of a file's key.
    #[error("cannot use {found:?} as {what}, expected {NAME_IN_KEY}")]
    Name {
        /// Kind of thing that has the name: a benchmark, an image...
        what: &'static str,
        /// The name.
        found: String,
    },
    /// A folder of the store cannot be made or opened.
    #[error("cannot open the store's folder {}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Error of the system.
        source: io::Error,
    },
    /// A file cannot be read or written.
    #[error("cannot {doing} `{key}`")]
    Blob {
        /// Operation: read or write.
        doing: &'static str,
        /// The file.
        key: String,
        /// Error of the system.
        source: io::Error,
    },
    /// A file cannot be copied into a backup or out of one.
    #[error("cannot copy {} to {}", from.display(), to.display())]
    Copy {
        /// The file.
        from: PathBuf,
        /// Its copy.
        to: PathBuf,
        /// Error of the system.
        source: io::Error,
    },
    /// The disk has too little free space.
    #[error("the disk has {free_bytes} bytes left, expected at least {needed_bytes}")]
    DiskFull {
        /// Size of the file plus the reserve.
        needed_bytes: u64,
        /// Free space.
        free_bytes: u64,
    },
    /// The database refused an operation.
    #[error("cannot {doing}")]
    Database {
        /// The operation.
        doing: &'static str,
        /// Error of the database.
        source: sqlx::Error,
    },
    /// A document cannot be read or written as JSON.
    #[error("cannot read or write {what} of `{id}` as JSON")]
    Document {
        /// Kind of document.
        what: &'static str,
        /// The benchmark, the entry or the file.
        id: String,
        /// Error of the parser.
        source: serde_json::Error,
    },
    /// An entry has a role that this program does not know.
    #[error("entry `{id}` has the role {found:?}, expected observer, baseline or method")]
    Role {
        /// The entry.
        id: String,
        /// The role found.
        found: String,
    },
    /// A word that this program does not know, such as the state of a submission.
    #[error("cannot use {found:?} as a {what}, expected {expected}")]
    Word {
        /// Kind of word.
        what: &'static str,
        /// The words that are known.
        expected: &'static str,
        /// The word found.
        found: String,
    },
    /// A row refers to a missing row.
    #[error("no {what} `{id}` in the database")]
    Missing {
        /// Kind of row.
        what: &'static str,
        /// Its identifier.
        id: String,
    },
    /// The files of a benchmark or of a set of masks are at fault.
    #[error(transparent)]
    Data(#[from] scr_data::DataError),
    /// The bucket failed.
    #[error(transparent)]
    Bucket(#[from] scr_bucket::BucketError),
    /// A file of the bucket has other bytes than were written.
    #[error("`{key}` in the bucket: expected SHA-256 {expected}, found {found}")]
    Damaged {
        /// The object.
        key: String,
        /// SHA-256 of what was written.
        expected: String,
        /// SHA-256 of the object.
        found: String,
    },
    /// A writer of files paused for so long that garbage collection may have deleted some.
    #[error("`{folder}`: expected a claim on its files, found that it has run out")]
    Collected {
        /// Folder of the files.
        folder: String,
    },
    /// A password cannot be hashed, or its hash cannot be read.
    #[error("cannot work with a password's hash")]
    Password {
        /// Error of the library.
        source: argon2::password_hash::Error,
    },
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    Random {
        /// Error of the system.
        source: getrandom::Error,
    },
    /// A task of this program panicked or was cancelled.
    #[error("preparing files stopped")]
    Task {
        /// Error of the runtime.
        source: tokio::task::JoinError,
    },
}

/// Rule for names in keys.
const NAME_IN_KEY: &str = "1 to 100 letters, digits, `_`, `-` or `.`, not beginning with `.`";

impl StorageError {
    /// Advice for people; empty where the message suffices.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::DiskFull { .. } => "free space on the disk of the data folder, or enlarge it",
            Self::Database { source: sqlx::Error::Database(error), .. }
                if error.message().contains("locked") =>
            {
                "another process is writing to the same store: try again when it is done"
            }
            Self::Bucket(error) => error.hint(),
            Self::Collected { .. } => {
                "the publication paused for more than an hour: publish again, nothing was published"
            }
            Self::Damaged { .. } => "restore the object from a backup of the bucket",
            _ => "",
        }
    }

    /// True if the same may succeed later without anybody's doing: database or bucket cannot be
    /// reached at the moment.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Bucket(error) => error.is_passing(),
            Self::Database { source, .. } => match source {
                sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed => true,
                sqlx::Error::Database(error) => error
                    .code()
                    .is_some_and(|code| PASSING.iter().any(|class| code.starts_with(class))),
                _ => false,
            },
            _ => false,
        }
    }

    /// True if the cause is a full disk.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        let mut cause: Option<&(dyn Error + 'static)> = Some(self);
        while let Some(error) = cause {
            if is_full_disk(error) {
                return true;
            }
            cause = error.source();
        }
        matches!(self, Self::DiskFull { .. })
    }
}

fn is_full_disk(error: &(dyn Error + 'static)) -> bool {
    if let Some(sqlx::Error::Database(error)) = error.downcast_ref() {
        return error.code().is_some_and(|code| DATABASE_FULL.contains(&&*code));
    }
    // A copy of the system's error lies within, not below, an error of `io`.
    error.downcast_ref::<io::Error>().is_some_and(|error| {
        let full =
            [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded, io::ErrorKind::FileTooLarge];
        full.contains(&error.kind())
            || error.get_ref().is_some_and(|inner| is_full_disk(inner as &(dyn Error + 'static)))
    })
}

/// Refusal to open a store.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data folder, with all its secrets, is open to other users.
    #[error(
        "the data folder {} is open to other users: expected mode 0700, found {mode:04o}",
        path.display()
    )]
    OpenFolder {
        /// The folder.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The data folder has files of a site, but its database is missing or empty.
    #[error(
        "{} is {found} and {} holds the files of a site, expected the database of that site",
        database.display(), blobs.display()
    )]
    LostDatabase {
        /// The database.
        database: PathBuf,
        /// `missing` or `empty`.
        found: &'static str,
        /// The folder of files.
        blobs: PathBuf,
    },
    /// The database's file is damaged.
    #[error("{}: expected a SQLite database, found a damaged file", path.display())]
    DamagedDatabase {
        /// The file.
        path: PathBuf,
        /// Error of the database.
        source: sqlx::Error,
    },
    /// The database is another program's, or not set up for this one.
    #[error("{database}: expected {expected}, found {found}")]
    OtherDatabase {
        /// The database, without its password.
        database: String,
        /// Expectation.
        expected: &'static str,
        /// Finding.
        found: String,
    },
    /// Database and bucket are not of the same site.
    #[error("{bucket}: expected {expected}, found {found}")]
    OtherBucket {
        /// The bucket.
        bucket: String,
        /// Expectation.
        expected: String,
        /// Finding.
        found: String,
    },
    /// Another site is being moved here.
    #[error("{place}: expected the copy of {from}, found one of another site")]
    OtherCopy {
        /// The new place.
        place: String,
        /// The old place.
        from: String,
    },
    /// A site is being moved here, or its move was interrupted.
    #[error("{place}: expected a whole site, found one that is being moved here")]
    Moving {
        /// The database.
        place: String,
    },
    /// A later version of this program wrote the database.
    #[error("the store has schema version {found}, expected at most {known}")]
    NewerSchema {
        /// The last version that this program knows.
        known: i64,
        /// The version found.
        found: i64,
    },
    /// The database or the disk failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl OpenError {
    /// Advice for people; empty where the message suffices.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::DamagedDatabase { .. } => {
                "put the file aside and restore a backup with `scr restore`: nothing was changed"
            }
            Self::OpenFolder { .. } => {
                "run `chmod -R go= DATA` on that folder, as its owner, then try again"
            }
            Self::OtherDatabase { .. } => {
                "make one with `CREATE DATABASE scr TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'`: \
                 nothing was changed"
            }
            Self::OtherBucket { .. } => {
                "give the bucket and prefix that belong to the database, or an empty prefix and an \
                 empty database for a new site: nothing was changed"
            }
            Self::OtherCopy { .. } => "choose an empty place: nothing was changed",
            Self::Moving { .. } => "complete it: run the same `scr move` again",
            Self::NewerSchema { .. } => "use the version of scr that wrote it, or a later one",
            Self::LostDatabase { .. } => {
                "restore the last backup with `scr restore`; to begin anew, move the data \
                 folder away first"
            }
            Self::Storage(error) => error.hint(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_known_however_deep_it_lies() {
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        let folder = |source| StorageError::Folder { path: "x".into(), source };
        assert!(folder(full()).is_disk_full());
        assert!(folder(io::Error::other(full())).is_disk_full());
        assert!(!folder(io::Error::from(io::ErrorKind::NotFound)).is_disk_full());
        let error = StorageError::Blob { doing: "write", key: "x".into(), source: full() };
        assert!(error.is_disk_full());
    }
}
