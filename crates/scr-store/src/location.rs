//! Place of a site: a data folder, or engines.

use std::fmt;
use std::path::PathBuf;

use scr_bucket::BucketAddress;

use crate::secret_url::SecretUrl;

/// Place of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A data folder with a SQLite database, for processes of one machine.
    Folder(PathBuf),
    /// A database server and a bucket, for processes of any number of machines.
    Engines(Box<Engines>),
}

/// Engines of a site: a PostgreSQL database, and an S3 bucket with its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engines {
    /// The database.
    pub database: SecretUrl,
    /// The bucket.
    pub bucket: BucketAddress,
    /// Folder of this machine for copies of files; a temporary one where none is given.
    pub scratch: Option<PathBuf>,
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => write!(formatter, "{}", path.display()),
            Self::Engines(engines) => {
                let Engines { database, bucket, .. } = &**engines;
                write!(formatter, "{database} and {bucket}")
            }
        }
    }
}
