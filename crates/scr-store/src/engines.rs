//! Opening engines: a database and a bucket that belong together.
//!
//! Both have the same identifier of the site: the database in `engines`, the bucket in the object
//! `scr-site.json`. Whoever opens a pair of which one is new, or of another site, is refused;
//! files of one site never come under the rows of another.

use serde::{Deserialize, Serialize};
use sqlx::AnyPool;

use scr_bucket::{Bucket, BucketError, PutOutcome};

use crate::blocking::run_blocking;
use crate::database::{Doing, begin_writing};
use crate::folder::DataFolder;
use crate::location::Engines;
use crate::postgres;
use crate::secrets::random_id;
use crate::storage_error::{OpenError, StorageError};

/// Object with the identifier of the site.
pub(crate) const MARK: &str = "scr-site.json";
/// Beginning of the keys of objects that show that a bucket can be written.
const TRIAL: &str = "scr-trial-";
/// Largest mark.
const MAX_MARK_BYTES: u64 = 4096;

/// State of a site whose bucket has no mark yet.
const NEW: &str = "new";
/// State of a site of which everything is there.
const WHOLE: &str = "whole";
/// State of a site that is being moved here.
const MOVING: &str = "moving";

/// Engines that are open and belong together.
pub(crate) struct OpenedEngines {
    pub(crate) folder: DataFolder,
    pub(crate) pool: AnyPool,
    pub(crate) bucket: Bucket,
    /// Identifier of the site.
    pub(crate) site: String,
    database: String,
}

/// Mark of a bucket.
#[derive(Debug, Serialize, Deserialize)]
struct Mark {
    site: String,
}

impl OpenedEngines {
    /// Opens engines, and makes a site of new ones.
    ///
    /// # Errors
    /// [`OpenError::OtherDatabase`], [`OpenError::NewerSchema`], [`OpenError::OtherBucket`];
    /// [`OpenError::Storage`]. Nothing is changed then.
    pub(crate) async fn open(engines: &Engines) -> Result<Self, OpenError> {
        let bucket = Bucket::new(engines.bucket.clone());
        // First, so that nothing is made in the database for a bucket that cannot be used.
        let mark = read_mark(&bucket).await?;
        if mark.is_none() {
            check_writing(&bucket).await?;
        }
        let folder = DataFolder::scratch(engines.scratch.as_deref(), bucket.clone())?;
        let pool = postgres::open(&engines.database).await?;
        match pair(&pool, &bucket, mark).await {
            Ok(site) => {
                let database = engines.database.to_string();
                Ok(Self { folder, pool, bucket, site, database })
            }
            Err(error) => {
                pool.close().await;
                Err(error)
            }
        }
    }

    /// Refuses a site that is being moved here.
    ///
    /// # Errors
    /// [`OpenError::Moving`].
    pub(crate) async fn refuse_moving(&self) -> Result<(), OpenError> {
        if self.is_moving().await? {
            self.pool.close().await;
            return Err(OpenError::Moving { place: self.database.clone() });
        }
        Ok(())
    }

    /// True if a site is being moved here.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub(crate) async fn is_moving(&self) -> Result<bool, StorageError> {
        let (state,): (String,) = sqlx::query_as("SELECT state FROM engines")
            .fetch_one(&self.pool)
            .await
            .doing("read the state of the site")?;
        Ok(state == MOVING)
    }
}

/// Checks that database and bucket are of one site; pairs new ones. The row comes first, and
/// is [`NEW`] until the bucket has the mark, so that pairing goes on after an interruption.
/// Returns the identifier of the site.
async fn pair(pool: &AnyPool, bucket: &Bucket, mark: Option<Mark>) -> Result<String, OpenError> {
    let doing = "read the identifier of the site";
    let mut transaction = begin_writing(pool).await?;
    let row: Option<(String, String)> = sqlx::query_as("SELECT site, state FROM engines")
        .fetch_optional(&mut *transaction)
        .await
        .doing(doing)?;
    let new = || "no files, as the database is new".to_owned();
    let site = match (row, mark) {
        (Some((site, state)), Some(mark)) if site == mark.site => {
            if state != NEW {
                return Ok(site);
            }
            site
        }
        (Some((site, _)), Some(mark)) => {
            return Err(other(bucket, of_site(&site), of_site(&mark.site)));
        }
        (Some((site, state)), None) if state != NEW => {
            return Err(other(bucket, of_site(&site), "none".to_owned()));
        }
        (None, Some(mark)) => return Err(other(bucket, new(), of_site(&mark.site))),
        (Some((site, _)), None) => site,
        (None, None) => {
            let asked = bucket.clone();
            let list = move || Ok::<_, StorageError>(asked.list_some("")?);
            let found = run_blocking(list).await?;
            if let Some(found) = found.iter().find(|found| !found.key.starts_with(TRIAL)) {
                return Err(other(bucket, new(), format!("`{}`", found.key)));
            }
            let site = random_id()?;
            sqlx::query("INSERT INTO engines (number, site, state) VALUES (1, $1, $2)")
                .bind(&site)
                .bind(NEW)
                .execute(&mut *transaction)
                .await
                .doing(doing)?;
            site
        }
    };
    transaction.commit().await.doing(doing)?;
    let (asked, text) = (bucket.clone(), format!("{{\"site\":\"{site}\"}}\n"));
    let put = move || Ok::<_, StorageError>(asked.put_new(MARK, text.as_bytes())?);
    if run_blocking(put).await? == PutOutcome::Exists {
        let found = read_mark(bucket).await?.map(|mark| mark.site).unwrap_or_default();
        if found != site {
            return Err(other(bucket, of_site(&site), of_site(&found)));
        }
    }
    sqlx::query("UPDATE engines SET state = $1 WHERE state = $2")
        .bind(WHOLE)
        .bind(NEW)
        .execute(pool)
        .await
        .doing(doing)?;
    tracing::info!(site, "made a new site");
    Ok(site)
}

/// Refusal of a bucket that is not that of the database.
fn other(bucket: &Bucket, expected: String, found: String) -> OpenError {
    OpenError::OtherBucket { bucket: bucket.address().to_string(), expected, found }
}

/// Notes that a site is being moved into a database, or that it is whole.
///
/// # Errors
/// [`StorageError::Database`].
pub(crate) async fn set_moving(
    connection: &mut sqlx::AnyConnection,
    is_moving: bool,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE engines SET state = $1")
        .bind(if is_moving { MOVING } else { WHOLE })
        .execute(connection)
        .await
        .doing("note the state of the site")?;
    Ok(())
}

/// Checks that the bucket can be reached, and that it is a site's.
///
/// # Errors
/// [`StorageError::Bucket`], [`StorageError::Missing`].
pub(crate) async fn check_bucket(bucket: &Bucket) -> Result<(), StorageError> {
    let asked = bucket.clone().without_retries();
    let mark = run_blocking(move || Ok::<_, StorageError>(asked.get(MARK, MAX_MARK_BYTES)?));
    match mark.await? {
        Some(_) => Ok(()),
        None => Err(StorageError::Missing { what: "site in", id: bucket.address().to_string() }),
    }
}

fn of_site(site: &str) -> String {
    format!("the files of site {site}")
}

/// Checks that a bucket can be written: writes an object and deletes it.
async fn check_writing(bucket: &Bucket) -> Result<(), StorageError> {
    let (bucket, key) = (bucket.clone(), format!("{TRIAL}{}", random_id()?));
    run_blocking(move || {
        bucket.put_new(&key, b"trial")?;
        Ok(bucket.delete(&key)?)
    })
    .await
}

/// Mark of a bucket; none in a new one.
async fn read_mark(bucket: &Bucket) -> Result<Option<Mark>, OpenError> {
    let (asked, address) = (bucket.clone(), bucket.address().to_string());
    let mark = run_blocking(move || Ok::<_, StorageError>(asked.get(MARK, MAX_MARK_BYTES)));
    let other = |found: &str| OpenError::OtherBucket {
        bucket: address.clone(),
        expected: format!("the identifier of a site in `{MARK}`"),
        found: found.to_owned(),
    };
    match mark.await? {
        Ok(None) => Ok(None),
        Ok(Some(bytes)) => {
            serde_json::from_slice(&bytes).map(Some).map_err(|_| other("something else"))
        }
        Err(BucketError::TooLarge { .. }) => Err(other("something large")),
        Err(error) => Err(StorageError::from(error).into()),
    }
}
