//! Rows of published entries.
//!
//! Writes no file: [`publish`](crate::publish) does, and comes here for the row.

use jiff::Timestamp;
use scr_documents::{CardDocument, EntryRole, ResultDocument};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AnyPool, FromRow, Row};

use crate::database::{failed, time_text};
use crate::{StoreError, Withdrawal};

/// A published entry: a method's masks on a benchmark, its card and its results.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryRow {
    /// Identifier, as in its address; permanent.
    pub id: String,
    /// The benchmark that it was scored on.
    pub benchmark_id: String,
    /// What it is in a table of results.
    pub role: EntryRole,
    /// What made the masks.
    pub card: CardDocument,
    /// Its results.
    pub result: ResultDocument,
    /// Identifiers of the structures that have a posterior in every image of the
    /// entry; none for most methods.
    pub posteriors: Vec<String>,
    /// When it was first published, RFC 3339 in UTC.
    pub published_at: String,
    /// That it was taken back, if it was; lists are without such entries.
    pub withdrawn: Option<Withdrawal>,
}

/// What publishing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    /// It was not there before.
    New,
    /// It was there, word for word.
    Unchanged,
    /// It was there, and something is new: the description of a benchmark, or the result
    /// of an entry by other scoring rules.
    Updated,
}

/// An entry as it lies in the database, with its last result.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Written {
    pub(crate) id: String,
    pub(crate) benchmark_id: String,
    pub(crate) role: String,
    pub(crate) card: String,
    pub(crate) summary: String,
    pub(crate) images: String,
    pub(crate) posteriors: String,
    published_at: String,
}

impl<'r> FromRow<'r, AnyRow> for Written {
    fn from_row(row: &'r AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            benchmark_id: row.try_get("benchmark_id")?,
            role: row.try_get("role")?,
            card: row.try_get("card")?,
            summary: row.try_get("summary")?,
            images: row.try_get("images")?,
            posteriors: row.try_get("posteriors")?,
            published_at: row.try_get("published_at")?,
        })
    }
}

impl Written {
    /// The written form of a row, as of now.
    pub(crate) fn new(row: &EntryRow) -> Result<Self, StoreError> {
        let mut summary = row.result.clone();
        let images = summary.images.take();
        Ok(Self {
            id: row.id.clone(),
            benchmark_id: row.benchmark_id.clone(),
            role: role_word(row.role).to_owned(),
            card: write_json(&row.id, "card", &row.card)?,
            summary: write_json(&row.id, "result", &summary)?,
            images: write_json(&row.id, "result", &images)?,
            posteriors: write_json(&row.id, "list of posteriors", &row.posteriors)?,
            published_at: row.published_at.clone(),
        })
    }

    /// The row that was written; an empty list of images was not asked for.
    fn read(self) -> Result<EntryRow, StoreError> {
        let Self { id, benchmark_id, role, card, summary, images, posteriors, published_at } = self;
        let card = read_json(&id, "card", &card)?;
        let mut result: ResultDocument = read_json(&id, "result", &summary)?;
        if !images.is_empty() {
            result.images = read_json(&id, "result", &images)?;
        }
        let posteriors = read_json(&id, "list of posteriors", &posteriors)?;
        let role = match role.as_str() {
            "observer" => EntryRole::Observer,
            "baseline" => EntryRole::Baseline,
            "method" => EntryRole::Method,
            _ => return Err(StoreError::Role { id, found: role }),
        };
        let withdrawn = None;
        Ok(EntryRow { id, benchmark_id, role, card, result, posteriors, published_at, withdrawn })
    }
}

/// A document from its text; `id` and `what` say of what, should it be none.
pub(crate) fn read_json<T: DeserializeOwned>(
    id: &str,
    what: &'static str,
    text: &str,
) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|source| StoreError::Document {
        what,
        id: id.to_owned(),
        source,
    })
}

/// A document as text.
pub(crate) fn write_json<T: Serialize>(
    id: &str,
    what: &'static str,
    document: &T,
) -> Result<String, StoreError> {
    serde_json::to_string(document).map_err(|source| StoreError::Document {
        what,
        id: id.to_owned(),
        source,
    })
}

pub(crate) const fn role_word(role: EntryRole) -> &'static str {
    match role {
        EntryRole::Observer => "observer",
        EntryRole::Baseline => "baseline",
        EntryRole::Method => "method",
    }
}

// Queries name their columns. With `*`, a connection that read the tables before
// another one migrated them would miss what was added.

/// Columns of an entry with its last result.
const COLUMNS: &str = "id, benchmark_id, role, card, summary, images, posteriors, published_at";
/// The same without the images' values.
const COLUMNS_WITHOUT_IMAGES: &str =
    "id, benchmark_id, role, card, summary, '' AS images, posteriors, published_at";
/// Entries with their last results.
const WITH_RESULT: &str = "entries JOIN results ON entry_id = id AND version = \
                           (SELECT MAX(version) FROM results WHERE entry_id = id)";
/// Entries that are not withdrawn.
const STANDING: &str = "id NOT IN (SELECT entry_id FROM withdrawals)";

/// All entries of a benchmark but withdrawn ones, the first published first.
pub(crate) async fn of_benchmark(
    pool: &AnyPool,
    benchmark_id: &str,
) -> Result<Vec<EntryRow>, StoreError> {
    listed(pool, COLUMNS, STANDING, benchmark_id).await
}

/// As [`of_benchmark`], with withdrawn entries, which do not say so themselves.
pub(crate) async fn of_benchmark_with_withdrawn(
    pool: &AnyPool,
    benchmark_id: &str,
) -> Result<Vec<EntryRow>, StoreError> {
    listed(pool, COLUMNS, "true", benchmark_id).await
}

/// As [`of_benchmark`], without the results' images.
pub(crate) async fn of_benchmark_without_images(
    pool: &AnyPool,
    benchmark_id: &str,
) -> Result<Vec<EntryRow>, StoreError> {
    listed(pool, COLUMNS_WITHOUT_IMAGES, STANDING, benchmark_id).await
}

async fn listed(
    pool: &AnyPool,
    columns: &str,
    which: &str,
    benchmark_id: &str,
) -> Result<Vec<EntryRow>, StoreError> {
    let query = format!(
        "SELECT {columns} FROM {WITH_RESULT} WHERE benchmark_id = $1 AND {which} \
         ORDER BY published_at, id"
    );
    let rows: Vec<Written> = sqlx::query_as(sqlx::AssertSqlSafe(query))
        .bind(benchmark_id)
        .fetch_all(pool)
        .await
        .map_err(failed("list entries"))?;
    rows.into_iter().map(Written::read).collect()
}

/// The entries published last, the last first, without the results' images.
pub(crate) async fn latest(pool: &AnyPool, count: u32) -> Result<Vec<EntryRow>, StoreError> {
    let query = format!(
        "SELECT {COLUMNS_WITHOUT_IMAGES} FROM {WITH_RESULT} WHERE {STANDING} \
         ORDER BY published_at DESC, id LIMIT $1"
    );
    let rows: Vec<Written> = sqlx::query_as(sqlx::AssertSqlSafe(query))
        .bind(i64::from(count))
        .fetch_all(pool)
        .await
        .map_err(failed("list entries"))?;
    rows.into_iter().map(Written::read).collect()
}

/// One entry.
pub(crate) async fn get(pool: &AnyPool, id: &str) -> Result<Option<EntryRow>, StoreError> {
    written(pool, id).await?.map(Written::read).transpose()
}

/// One entry as it lies in the database.
pub(crate) async fn written(pool: &AnyPool, id: &str) -> Result<Option<Written>, StoreError> {
    let query = format!("SELECT {COLUMNS} FROM {WITH_RESULT} WHERE id = $1");
    sqlx::query_as(sqlx::AssertSqlSafe(query))
        .bind(id)
        .fetch_optional(pool)
        .await
        .map_err(failed("read an entry"))
}

/// The entry that the operator published last under this role and name, from the shell,
/// without its images' values; also when it was withdrawn.
pub(crate) async fn last_of_operator(
    pool: &AnyPool,
    new: &EntryRow,
) -> Result<Option<EntryRow>, StoreError> {
    let query = format!(
        "SELECT {COLUMNS_WITHOUT_IMAGES} FROM {WITH_RESULT} WHERE benchmark_id = $1 AND role = $2 \
         AND id NOT IN (SELECT entry_id FROM submissions WHERE entry_id IS NOT NULL) \
         ORDER BY published_at DESC, id DESC"
    );
    let rows: Vec<Written> = sqlx::query_as(sqlx::AssertSqlSafe(query))
        .bind(&new.benchmark_id)
        .bind(role_word(new.role))
        .fetch_all(pool)
        .await
        .map_err(failed("look for an earlier entry"))?;
    for row in rows.into_iter().map(Written::read) {
        let row = row?;
        if row.card.name == new.card.name {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

/// Adds the row of an entry, once all files are there.
pub(crate) async fn insert(
    connection: &mut AnyConnection,
    row: &Written,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO entries (id, benchmark_id, role, card, posteriors, published_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&row.id)
    .bind(&row.benchmark_id)
    .bind(&row.role)
    .bind(&row.card)
    .bind(&row.posteriors)
    .bind(&row.published_at)
    .execute(connection)
    .await
    .map_err(failed("publish an entry"))?;
    Ok(())
}

/// The number of entries of a benchmark, withdrawn ones too, in a transaction. There are
/// never fewer, so that the number says whether there are others than before.
pub(crate) async fn count(
    connection: &mut AnyConnection,
    benchmark_id: &str,
) -> Result<u64, StoreError> {
    let (count,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM entries WHERE benchmark_id = $1")
        .bind(benchmark_id)
        .fetch_one(connection)
        .await
        .map_err(failed("count entries"))?;
    Ok(count.unsigned_abs())
}

/// The time now, for a row that is new.
pub(crate) fn now() -> String {
    time_text(Timestamp::now())
}
