//! Whole columns of tables, for downloads: one column at a time, so that memory is bounded by
//! the number of entries.

use async_recursion::async_recursion as boxed;
use scr_documents::{EntryRole, ResultDocument, SummaryDocument, UndefinedDocument};
use scr_measures::Better;
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};
use std::collections::HashMap;

use super::entries::PublicEntries;
use super::listed::role_of;
use super::rows::{SUMMARY, summary};
use super::table::TableColumn;
use crate::database::Doing;
use crate::json::read_json;
use crate::storage_error::StorageError;

/// Action for errors.
const DOING: &str = "read results for a download";

/// Entry of a download.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DownloadEntry {
    /// Identifier.
    pub id: String,
    /// Name in tables.
    pub name: String,
    /// Role in tables.
    pub role: EntryRole,
    /// Time of publication, RFC 3339 in UTC.
    pub published_at: String,
    /// Version of the scoring rules.
    pub evaluator_version: String,
    /// Value of undefined distances in means.
    pub undefined_as: Option<UndefinedDocument>,
}

/// One value of a column.
#[derive(Debug, Clone, PartialEq)]
pub struct DownloadValue {
    /// Number of the entry, as in the entries of the download.
    pub entry_number: i64,
    /// Rank among all entries by the mean; none without a value or a better end.
    pub rank: Option<u64>,
    /// Rank among submissions.
    pub rank_among_submissions: Option<u64>,
    /// The summary.
    pub summary: SummaryDocument,
}

impl PublicEntries<'_> {
    /// Entries of a benchmark by number.
    ///
    /// # Errors
    /// [`StorageError::Database`], [`StorageError::Document`], [`StorageError::Role`].
    #[boxed]
    pub async fn for_download(
        &self,
        benchmark_id: &str,
    ) -> Result<HashMap<i64, DownloadEntry>, StorageError> {
        let rows: Vec<(i64, String, String, String, String, String)> = sqlx::query_as(
            "SELECT number, entry_id, name, role, published_at, head FROM listed_entries \
             WHERE benchmark_id = $1",
        )
        .bind(benchmark_id)
        .fetch_all(&self.all.pool)
        .await
        .doing(DOING)?;
        let read = |(number, id, name, role, published_at, head)| {
            let (id, name, role): (String, String, String) = (id, name, role);
            let head: String = head;
            let result: ResultDocument = read_json(&id, "result", &head)?;
            let entry = DownloadEntry {
                role: role_of(&id, &role)?,
                id,
                name,
                published_at,
                evaluator_version: result.evaluator_version,
                undefined_as: result.undefined_as,
            };
            Ok((number, entry))
        };
        rows.into_iter().map(read).collect()
    }

    /// All values of a column in the order of publication, with ranks where `better` is the
    /// better end of the measure.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn column_for_download(
        &self,
        column: &TableColumn,
        better: Option<Better>,
    ) -> Result<Vec<DownloadValue>, StorageError> {
        let query = format!(
            "SELECT entry_number, is_reference, \
             RANK() OVER (ORDER BY n_behind, badness) AS rank_of_all, \
             RANK() OVER (PARTITION BY is_reference ORDER BY n_behind, badness) AS rank_within, \
             {SUMMARY} FROM aggregates JOIN listed_entries ON number = entry_number \
             WHERE column_number = $1 ORDER BY published_at, entry_id"
        );
        let mut values: Vec<DownloadValue> = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(column.number)
            .fetch_all(&self.all.pool)
            .await
            .doing(DOING)?;
        if better.is_none() {
            for value in &mut values {
                value.rank = None;
                value.rank_among_submissions = None;
            }
        }
        Ok(values)
    }
}

// Rows become values one by one: a row of the driver is far larger.
impl<'r> FromRow<'r, AnyRow> for DownloadValue {
    fn from_row(row: &'r AnyRow) -> Result<Self, sqlx::Error> {
        let (is_reference, rank, within): (i64, i64, i64) =
            (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
        let summary = summary(row, 4)?;
        let shown = |rank: i64| Some(rank.unsigned_abs()).filter(|_| summary.mean.is_some());
        Ok(Self {
            entry_number: row.try_get(0)?,
            rank: shown(rank),
            rank_among_submissions: shown(within).filter(|_| is_reference == 0),
            summary,
        })
    }
}
