//! Sources of a record: a data folder, an exported copy, or a site.
//!
//! A site is not trusted: answers are bounded, and names become no path.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use scr_store::{
    DATABASE_FILE, EntryEvidence, OpenError, RecordHead, StorageError, Store, StoreError,
};
use ureq::Agent;

/// Largest record that is read, in bytes: some 500,000 lines.
const MAX_LOG_BYTES: u64 = 512 << 20;
/// Largest evidence of an entry, in bytes.
const MAX_EVIDENCE_BYTES: u64 = 256 << 20;
/// Largest file of an entry, in bytes.
const MAX_FILE_BYTES: u64 = 64 << 20;
/// Number of lines in one query of a database.
const LINES_AT_A_TIME: u32 = 1000;

/// Failure to read a source at all.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The place holds no record.
    #[error(
        "{place}: expected a data folder, a copy that `scr export` wrote, or the address of a site"
    )]
    NoSource {
        /// Folder or address.
        place: String,
    },
    /// A part of every source cannot be read.
    #[error("cannot read {what}: {reason}")]
    Unreadable {
        /// File or address.
        what: String,
        /// Reason.
        reason: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<OpenError> for VerifyError {
    fn from(error: OpenError) -> Self {
        StoreError::from(error).into()
    }
}

impl From<StorageError> for VerifyError {
    fn from(error: StorageError) -> Self {
        StoreError::from(error).into()
    }
}

/// A source of a record.
#[derive(Debug)]
pub enum Source {
    /// Data folder or engines of a site.
    Data {
        /// The place, for people.
        place: String,
        /// The store there.
        store: Box<Store>,
    },
    /// A copy that `scr export` wrote.
    Export(PathBuf),
    /// A site.
    Site {
        /// Address without a slash at its end.
        address: String,
        /// HTTP client.
        agent: Agent,
    },
}

impl Source {
    /// Opens a source: `place` is an address with `http`, or a folder.
    ///
    /// # Errors
    /// [`VerifyError::NoSource`], [`VerifyError::Store`].
    pub async fn open(place: &str) -> Result<Self, VerifyError> {
        if place.starts_with("http://") || place.starts_with("https://") {
            let config = Agent::config_builder()
                .timeout_connect(Some(Duration::from_secs(20)))
                .timeout_recv_response(Some(Duration::from_secs(120)))
                .timeout_recv_body(Some(Duration::from_secs(600)))
                .build();
            let address = place.trim_end_matches('/').to_owned();
            return Ok(Self::Site { address, agent: config.into() });
        }
        let folder = Path::new(place);
        if folder.join(DATABASE_FILE).exists() {
            let store = Box::new(Store::open(folder).await?);
            return Ok(Self::Data { place: place.to_owned(), store });
        }
        if folder.join("api/v1/record").is_dir() {
            return Ok(Self::Export(folder.to_owned()));
        }
        Err(VerifyError::NoSource { place: place.to_owned() })
    }

    pub(crate) async fn head(&self) -> Result<RecordHead, VerifyError> {
        if let Self::Data { store, .. } = self {
            return Ok(store.record().head().await?);
        }
        let (what, bytes) = self.needed("api/v1/record", MAX_LOG_BYTES)?;
        serde_json::from_slice(&bytes)
            .map_err(|error| VerifyError::Unreadable { what, reason: error.to_string() })
    }

    /// All lines of the record.
    pub(crate) async fn lines(&self) -> Result<Vec<String>, VerifyError> {
        if let Self::Data { store, .. } = self {
            let mut lines = Vec::new();
            loop {
                let more = store.record().lines(lines.len() as u64, LINES_AT_A_TIME).await?;
                if more.is_empty() {
                    return Ok(lines);
                }
                lines.extend(more);
            }
        }
        let (what, bytes) = self.needed("api/v1/record/log", MAX_LOG_BYTES)?;
        let text = String::from_utf8(bytes)
            .map_err(|error| VerifyError::Unreadable { what, reason: error.to_string() })?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// Evidence of an entry; none where the source has none that can be read.
    pub(crate) async fn evidence(&self, id: &str) -> Result<Option<EntryEvidence>, VerifyError> {
        if let Self::Data { store, .. } = self {
            return Ok(store.evidence().entry(id).await?);
        }
        let path = format!("api/v1/record/entries/{id}");
        let found = self.found(&path, MAX_EVIDENCE_BYTES)?;
        Ok(found.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    /// A file of an entry, `path` as in its list of files; none where the source offers none.
    pub(crate) async fn entry_file(
        &self,
        id: &str,
        path: &str,
    ) -> Result<Option<Vec<u8>>, VerifyError> {
        match self {
            Self::Data { store, .. } => {
                Ok(store.evidence().file(&format!("entries/{id}/{path}")).await?)
            }
            // Public addresses equal the paths of the files.
            _ => self.found(&format!("api/v1/entries/{id}/{path}"), MAX_FILE_BYTES),
        }
    }

    fn needed(&self, path: &str, most: u64) -> Result<(String, Vec<u8>), VerifyError> {
        let what = match self {
            Self::Site { address, .. } => format!("{address}/{path}"),
            Self::Export(folder) => folder.join(path).display().to_string(),
            Self::Data { place, .. } => format!("{place}/{path}"),
        };
        match self.found(path, most)? {
            Some(bytes) => Ok((what, bytes)),
            None => Err(VerifyError::Unreadable { what, reason: "it is not there".into() }),
        }
    }

    /// Body of a path of the API, at most `most` bytes; `None` without one.
    fn found(&self, path: &str, most: u64) -> Result<Option<Vec<u8>>, VerifyError> {
        match self {
            Self::Data { .. } => Ok(None),
            Self::Export(folder) => {
                let name = folder.join(path);
                let name = if name.is_dir() { name.join("index.json") } else { name };
                Ok(std::fs::read(name).ok())
            }
            Self::Site { address, agent } => {
                let url = format!("{address}/{path}");
                let unreadable =
                    |reason: String| VerifyError::Unreadable { what: url.clone(), reason };
                let mut answer = match agent.get(&url).call() {
                    Ok(answer) => answer,
                    Err(ureq::Error::StatusCode(400..500)) => return Ok(None),
                    Err(error) => return Err(unreadable(error.to_string())),
                };
                let mut bytes = Vec::new();
                let reader = answer.body_mut().with_config().limit(most + 1).reader();
                reader
                    .take(most + 1)
                    .read_to_end(&mut bytes)
                    .map_err(|error| unreadable(error.to_string()))?;
                if bytes.len() as u64 > most {
                    return Err(unreadable(format!("more than {most} bytes")));
                }
                Ok(Some(bytes))
            }
        }
    }
}
