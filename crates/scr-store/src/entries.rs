//! Published entries: their rows.
//!
//! Writes no file: `publish/entry.rs` does, and stores the row last.
//!
//! - [`Entries`]: the handle, with unfiltered reads. [`EntryRow`]: a row.

use async_recursion::async_recursion as boxed;
use scr_documents::{CardDocument, EntryRole, ResultDocument, VerifiedRunDocument};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AnyPool, FromRow, Row};

use crate::blobs::Blobs;
use crate::database::Doing;
use crate::folder::DataFolder;
use crate::json::{read_json, read_some, write_json};
use crate::publish::error::PublishError;
use crate::storage_error::StorageError;
use crate::withdrawals::{self, Withdrawal};

/// A published entry: a method's masks on a benchmark, its card and its results.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryRow {
    /// Permanent identifier, as in its address.
    pub id: String,
    /// The benchmark that it was scored on.
    pub benchmark_id: String,
    /// Role in a table of results.
    pub role: EntryRole,
    /// Description of the method.
    pub card: CardDocument,
    /// Its results.
    pub result: ResultDocument,
    /// Identifiers of the structures with a posterior in every image of the entry; empty for
    /// most methods.
    pub posteriors: Vec<String>,
    /// Verified run, of an entry whose model the site ran.
    pub verified_run: Option<VerifiedRunDocument>,
    /// Time of publication, RFC 3339 in UTC.
    pub published_at: String,
    /// Withdrawal, if there is one; lists leave out withdrawn entries.
    pub withdrawn: Option<Withdrawal>,
}

/// Selection of entries by the origin of their masks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntrySelection {
    /// All entries.
    All,
    /// Verified entries: the site ran their models.
    Verified,
}

impl EntrySelection {
    /// Condition on entries.
    const fn condition(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Verified => " AND verified_run IS NOT NULL",
        }
    }
}

/// Outcome of publishing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublishOutcome {
    /// Published for the first time.
    New,
    /// Already published, and equal.
    Unchanged,
    /// Already published, and changed: the description of a benchmark, or the result of an
    /// entry by other scoring rules.
    Updated,
}

/// Columns of an entry with its last result.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StoredEntry {
    pub(crate) id: String,
    pub(crate) benchmark_id: String,
    pub(crate) role: String,
    pub(crate) card: String,
    pub(crate) summary: String,
    pub(crate) images: String,
    pub(crate) posteriors: String,
    pub(crate) verified_run: Option<String>,
    published_at: String,
}

impl<'r> FromRow<'r, AnyRow> for StoredEntry {
    fn from_row(row: &'r AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            benchmark_id: row.try_get("benchmark_id")?,
            role: row.try_get("role")?,
            card: row.try_get("card")?,
            summary: row.try_get("summary")?,
            images: row.try_get("images")?,
            posteriors: row.try_get("posteriors")?,
            verified_run: row.try_get("verified_run")?,
            published_at: row.try_get("published_at")?,
        })
    }
}

impl StoredEntry {
    /// Columns of a row.
    pub(crate) fn new(row: &EntryRow) -> Result<Self, StorageError> {
        let mut summary = row.result.clone();
        let images = summary.images.take();
        Ok(Self {
            id: row.id.clone(),
            benchmark_id: row.benchmark_id.clone(),
            role: row.role.key().to_owned(),
            card: write_json(&row.id, "card", &row.card)?,
            summary: write_json(&row.id, "result", &summary)?,
            images: write_json(&row.id, "result", &images)?,
            posteriors: write_json(&row.id, "list of posteriors", &row.posteriors)?,
            verified_run: row
                .verified_run
                .as_ref()
                .map(|run| write_json(&row.id, "verified run", run))
                .transpose()?,
            published_at: row.published_at.clone(),
        })
    }

    /// Parses the columns; an empty `images` was not selected.
    fn read(self) -> Result<EntryRow, StorageError> {
        let Self { id, benchmark_id, role, card, summary, images, .. } = self;
        let Self { posteriors, verified_run, published_at, .. } = self;
        let card = read_json(&id, "card", &card)?;
        let mut result: ResultDocument = read_json(&id, "result", &summary)?;
        if !images.is_empty() {
            result.images = read_json(&id, "result", &images)?;
        }
        let posteriors = read_json(&id, "list of posteriors", &posteriors)?;
        let verified_run = read_some(&id, "verified run", verified_run)?;
        Ok(EntryRow {
            role: read_role(&id, role)?,
            withdrawn: None,
            id,
            benchmark_id,
            card,
            result,
            posteriors,
            verified_run,
            published_at,
        })
    }
}

/// Role that a word in the database names.
pub(crate) fn read_role(id: &str, word: String) -> Result<EntryRole, StorageError> {
    let known = EntryRole::ALL.into_iter().find(|known| known.key() == word);
    known.ok_or_else(|| StorageError::Role { id: id.to_owned(), found: word })
}

// Queries name their columns. With `*`, a connection that read the tables before
// another one migrated them would miss new columns.

/// Columns of an entry with its last result.
const COLUMNS: &str = "id, benchmark_id, role, card, summary, images, posteriors, verified_run, \
                       published_at";
/// The same without the images' values.
const COLUMNS_WITHOUT_IMAGES: &str =
    "id, benchmark_id, role, card, summary, '' AS images, posteriors, verified_run, published_at";
/// Entries with their last results.
const WITH_RESULT: &str = "entries JOIN results ON entry_id = id AND version = \
                           (SELECT MAX(version) FROM results WHERE entry_id = id)";
/// Entries that are not withdrawn.
const STANDING: &str = "id NOT IN (SELECT entry_id FROM withdrawals)";

/// Handle of entries, with unfiltered reads: for workers and the command.
#[derive(Debug, Clone, Copy)]
pub struct Entries<'a> {
    pub(crate) pool: &'a AnyPool,
    pub(crate) folder: &'a DataFolder,
    pub(crate) blobs: &'a Blobs,
}

impl Entries<'_> {
    /// All entries of a benchmark but withdrawn ones, with every image's values, the first
    /// published first; none when there is no such benchmark. [`summaries`](Self::summaries)
    /// is far quicker.
    ///
    /// # Errors
    /// [`StorageError::Database`], or [`StorageError::Document`] or
    /// [`StorageError::Role`] when one cannot be read.
    #[boxed]
    pub async fn list(&self, benchmark_id: &str) -> Result<Vec<EntryRow>, StorageError> {
        listed(self.pool, COLUMNS, benchmark_id).await
    }

    /// As [`list`](Self::list), but with `result.images` left out.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    #[boxed]
    pub async fn summaries(&self, benchmark_id: &str) -> Result<Vec<EntryRow>, StorageError> {
        listed(self.pool, COLUMNS_WITHOUT_IMAGES, benchmark_id).await
    }

    /// At most `count` selected entries of a benchmark after another one in the order of
    /// publication, by time and then by identifier, or from the first on, with `result.images`
    /// left out; none that is withdrawn.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    #[boxed]
    pub async fn summaries_after(
        &self,
        benchmark_id: &str,
        selection: EntrySelection,
        after: Option<&str>,
        count: u32,
    ) -> Result<Vec<EntryRow>, StorageError> {
        let doing = "list entries";
        let from: Option<(String, String)> = match after {
            Some(after) => sqlx::query_as("SELECT published_at, id FROM entries WHERE id = $1")
                .bind(after)
                .fetch_optional(self.pool)
                .await
                .doing(doing)?,
            None => None,
        };
        let (time, id) = from.unwrap_or_default();
        let condition = selection.condition();
        let query = format!(
            "SELECT {COLUMNS_WITHOUT_IMAGES} FROM {WITH_RESULT} WHERE benchmark_id = $1 \
             AND (published_at, id) > ($2, $3) AND {STANDING}{condition} \
             ORDER BY published_at, id LIMIT $4"
        );
        let rows: Vec<StoredEntry> = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(benchmark_id)
            .bind(time)
            .bind(id)
            .bind(i64::from(count))
            .fetch_all(self.pool)
            .await
            .doing(doing)?;
        rows.into_iter().map(StoredEntry::read).collect()
    }

    /// Identifiers next to a text in their order, at most `count` on either side, of entries
    /// that are not withdrawn.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn ids_near(&self, text: &str, count: u32) -> Result<Vec<String>, StorageError> {
        let mut ids = Vec::new();
        for (side, order) in [("<", "DESC"), (">=", "ASC")] {
            let query = format!(
                "SELECT id FROM entries WHERE id {side} $1 AND {STANDING} \
                 ORDER BY id {order} LIMIT $2"
            );
            let found: Vec<(String,)> = sqlx::query_as(sqlx::AssertSqlSafe(query))
                .bind(text)
                .bind(i64::from(count))
                .fetch_all(self.pool)
                .await
                .doing("look for identifiers of entries")?;
            ids.extend(found.into_iter().map(|(id,)| id));
        }
        Ok(ids)
    }

    /// The `count` entries of all benchmarks that were published last, the last first, with
    /// `result.images` left out; none that is withdrawn.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    #[boxed]
    pub async fn latest(&self, count: u32) -> Result<Vec<EntryRow>, StorageError> {
        latest(self.pool, count).await
    }

    /// Identifiers of the entries of all benchmarks but withdrawn ones.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn ids(&self) -> Result<Vec<String>, StorageError> {
        let query = format!("SELECT id FROM entries WHERE {STANDING} ORDER BY id");
        let rows: Vec<(String,)> = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .fetch_all(self.pool)
            .await
            .doing("list entries")?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// The entry with this identifier, with every image's values, also when it is withdrawn;
    /// none when it is not published.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    #[boxed]
    pub async fn get(&self, id: &str) -> Result<Option<EntryRow>, StorageError> {
        let mut row = get(self.pool, id).await?;
        if let Some(entry) = &mut row {
            entry.withdrawn = withdrawals::get(self.pool, id).await?;
        }
        Ok(row)
    }

    /// As [`get`](Self::get), but with `result.images` left out.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    #[boxed]
    pub async fn summary(&self, id: &str) -> Result<Option<EntryRow>, StorageError> {
        let stored = stored(self.pool, COLUMNS_WITHOUT_IMAGES, id).await?;
        let mut row = stored.map(StoredEntry::read).transpose()?;
        if let Some(entry) = &mut row {
            entry.withdrawn = withdrawals::get(self.pool, id).await?;
        }
        Ok(row)
    }

    /// Withdraws an entry for good. A second withdrawal keeps the first reason.
    ///
    /// # Errors
    /// [`PublishError::UnknownEntry`], [`StorageError::Database`].
    #[boxed]
    pub async fn withdraw(&self, id: &str, who: &str, reason: &str) -> Result<(), PublishError> {
        withdrawals::add(self.pool, id, who, reason).await
    }

    /// All withdrawals, the first first.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn withdrawals(&self) -> Result<Vec<Withdrawal>, StorageError> {
        withdrawals::all(self.pool).await
    }
}

async fn listed(
    pool: &AnyPool,
    columns: &str,
    benchmark_id: &str,
) -> Result<Vec<EntryRow>, StorageError> {
    let query = format!(
        "SELECT {columns} FROM {WITH_RESULT} WHERE benchmark_id = $1 AND {STANDING} \
         ORDER BY published_at, id"
    );
    let rows: Vec<StoredEntry> = sqlx::query_as(sqlx::AssertSqlSafe(query))
        .bind(benchmark_id)
        .fetch_all(pool)
        .await
        .doing("list entries")?;
    rows.into_iter().map(StoredEntry::read).collect()
}

async fn latest(pool: &AnyPool, count: u32) -> Result<Vec<EntryRow>, StorageError> {
    let query = format!(
        "SELECT {COLUMNS_WITHOUT_IMAGES} FROM {WITH_RESULT} WHERE {STANDING} \
         ORDER BY published_at DESC, id LIMIT $1"
    );
    let rows: Vec<StoredEntry> = sqlx::query_as(sqlx::AssertSqlSafe(query))
        .bind(i64::from(count))
        .fetch_all(pool)
        .await
        .doing("list entries")?;
    rows.into_iter().map(StoredEntry::read).collect()
}

/// A standing entry without its images' values, and the version of its result, in a
/// transaction; none for a withdrawn or unknown one.
#[boxed]
pub(crate) async fn standing_summary_in(
    connection: &mut AnyConnection,
    id: &str,
) -> Result<Option<(EntryRow, i64)>, StorageError> {
    let query = format!(
        "SELECT {COLUMNS_WITHOUT_IMAGES}, version FROM {WITH_RESULT} \
         WHERE id = $1 AND id NOT IN (SELECT entry_id FROM withdrawals WHERE entry_id = $1)"
    );
    let doing = "read an entry";
    let row = sqlx::query(sqlx::AssertSqlSafe(query))
        .bind(id)
        .fetch_optional(connection)
        .await
        .doing(doing)?;
    let Some(row) = row else { return Ok(None) };
    let version = row.try_get("version").doing(doing)?;
    let stored = StoredEntry::from_row(&row).doing(doing)?;
    Ok(Some((stored.read()?, version)))
}

/// One entry.
pub(crate) async fn get(pool: &AnyPool, id: &str) -> Result<Option<EntryRow>, StorageError> {
    stored(pool, COLUMNS, id).await?.map(StoredEntry::read).transpose()
}

/// Columns of one entry.
async fn stored(
    pool: &AnyPool,
    columns: &str,
    id: &str,
) -> Result<Option<StoredEntry>, StorageError> {
    let query = format!("SELECT {columns} FROM {WITH_RESULT} WHERE id = $1");
    sqlx::query_as(sqlx::AssertSqlSafe(query))
        .bind(id)
        .fetch_optional(pool)
        .await
        .doing("read an entry")
}

/// The last entry that the operator published from the shell under this role and name,
/// without its images' values; also when it is withdrawn.
#[boxed]
pub(crate) async fn last_of_operator(
    pool: &AnyPool,
    new: &EntryRow,
) -> Result<Option<EntryRow>, StorageError> {
    let query = format!(
        "SELECT {COLUMNS_WITHOUT_IMAGES} FROM {WITH_RESULT} WHERE benchmark_id = $1 AND role = $2 \
         AND id NOT IN (SELECT entry_id FROM submissions WHERE entry_id IS NOT NULL) \
         ORDER BY published_at DESC, id DESC"
    );
    let rows: Vec<StoredEntry> = sqlx::query_as(sqlx::AssertSqlSafe(query))
        .bind(&new.benchmark_id)
        .bind(new.role.key())
        .fetch_all(pool)
        .await
        .doing("look for an earlier entry")?;
    for row in rows.into_iter().map(StoredEntry::read) {
        let row = row?;
        if row.card.name == new.card.name {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

/// Adds the row of an entry, once all files are written.
#[boxed]
pub(crate) async fn insert(
    connection: &mut AnyConnection,
    row: &StoredEntry,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO entries (id, benchmark_id, role, card, posteriors, published_at, verified_run) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&row.id)
    .bind(&row.benchmark_id)
    .bind(&row.role)
    .bind(&row.card)
    .bind(&row.posteriors)
    .bind(&row.published_at)
    .bind(&row.verified_run)
    .execute(connection)
    .await
    .doing("publish an entry")?;
    Ok(())
}

/// Number of entries of a benchmark, withdrawn ones too, in a transaction. It never falls, so
/// that an equal number means equal entries.
#[boxed]
pub(crate) async fn count(
    connection: &mut AnyConnection,
    benchmark_id: &str,
) -> Result<u64, StorageError> {
    let (count,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM entries WHERE benchmark_id = $1")
        .bind(benchmark_id)
        .fetch_one(connection)
        .await
        .doing("count entries")?;
    Ok(count.unsigned_abs())
}
