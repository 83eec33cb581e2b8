//! Lists of entries without their scores, for choices and links of pages.

use async_recursion::async_recursion as boxed;
use scr_documents::EntryRole;
use sqlx::AnyPool;

use super::entries::PublicEntries;
use crate::database::Doing;
use crate::storage_error::StorageError;

/// Action for errors.
const DOING: &str = "list entries";
/// Columns of a listed entry.
const COLUMNS: &str = "entry_id, name, role, published_at, \
    CAST(CASE WHEN EXISTS (SELECT 1 FROM aggregates WHERE entry_number = number) \
    THEN 1 ELSE 0 END AS BIGINT)";

/// Condition on `listed_entries` for entries whose models the site ran.
const VERIFIED: &str = " AND entry_id IN (SELECT id FROM entries WHERE verified_run IS NOT NULL)";

/// An entry that is not withdrawn, without card and scores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedEntry {
    /// Identifier.
    pub id: String,
    /// Name in tables.
    pub name: String,
    /// Role in tables.
    pub role: EntryRole,
    /// Time of publication, RFC 3339 in UTC.
    pub published_at: String,
    /// True if it has scores.
    pub has_scores: bool,
}

/// Name of an entry, for a link to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedEntry {
    /// Identifier.
    pub id: String,
    /// Name in tables.
    pub name: String,
}

/// Filter of lists and tables; the default lets every entry pass.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EntryFilter {
    /// Role of the entries.
    pub role: Option<EntryRole>,
    /// Words, each of which is a part of name, authors or identifier in any case.
    pub words: Vec<String>,
    /// True keeps entries alone whose models the site ran.
    pub verified: bool,
}

/// Rows of a list: `count` from the row `start` on, which is counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowRange {
    /// First row.
    pub start: u64,
    /// Number of rows.
    pub count: u32,
}

/// Number of entries by role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RoleCounts {
    /// Human observers.
    pub observers: u64,
    /// Baselines.
    pub baselines: u64,
    /// Submissions.
    pub submissions: u64,
}

impl RoleCounts {
    /// Number of all entries.
    #[must_use]
    pub const fn all(self) -> u64 {
        self.observers + self.baselines + self.submissions
    }

    /// Number of entries of a role.
    #[must_use]
    pub const fn of(self, role: EntryRole) -> u64 {
        match role {
            EntryRole::Observer => self.observers,
            EntryRole::Baseline => self.baselines,
            EntryRole::Method => self.submissions,
        }
    }
}

impl EntryFilter {
    /// True if every entry passes.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.role.is_none() && self.words.is_empty() && !self.verified
    }

    /// Conditions on `listed_entries`, each after `AND`, with placeholders from `$first` on.
    pub(super) fn conditions(&self, first: usize) -> String {
        let role = self.role.iter().map(|_| "role = ".to_owned());
        let words = self.words.iter().map(|_| "words LIKE ".to_owned());
        let numbered = role.chain(words).zip(first..);
        let condition = |(start, number): (String, usize)| {
            let escape = if start.starts_with("words") { " ESCAPE '!'" } else { "" };
            format!(" AND {start}${number}{escape}")
        };
        let verified = if self.verified { VERIFIED } else { "" };
        numbered.map(condition).collect::<String>() + verified
    }

    /// Values of the placeholders of [`conditions`](Self::conditions).
    pub(super) fn values(&self) -> Vec<String> {
        let escaped = |word: &String| {
            let mut pattern = String::from("%");
            for letter in word.to_lowercase().chars() {
                if ['%', '_', '!'].contains(&letter) {
                    pattern.push('!');
                }
                pattern.push(letter);
            }
            pattern + "%"
        };
        let role = self.role.map(|role| role.key().to_owned());
        role.into_iter().chain(self.words.iter().map(escaped)).collect()
    }
}

impl PublicEntries<'_> {
    /// Number of entries of a benchmark by role.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn counts(&self, benchmark_id: &str) -> Result<RoleCounts, StorageError> {
        let rows: Vec<(String, i64)> =
            sqlx::query_as("SELECT role, n FROM listed_counts WHERE benchmark_id = $1")
                .bind(benchmark_id)
                .fetch_all(&self.all.pool)
                .await
                .doing("count entries")?;
        let of = |role: EntryRole| {
            let found = rows.iter().find(|(found, _)| found == role.key());
            found.map_or(0, |(_, n)| n.unsigned_abs())
        };
        Ok(RoleCounts {
            observers: of(EntryRole::Observer),
            baselines: of(EntryRole::Baseline),
            submissions: of(EntryRole::Method),
        })
    }

    /// Number of entries of a benchmark that pass a filter.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn count(
        &self,
        benchmark_id: &str,
        filter: &EntryFilter,
    ) -> Result<u64, StorageError> {
        let conditions = filter.conditions(2);
        let query =
            format!("SELECT COUNT(*) FROM listed_entries WHERE benchmark_id = $1{conditions}");
        let mut counted = sqlx::query_as(sqlx::AssertSqlSafe(query)).bind(benchmark_id);
        for value in filter.values() {
            counted = counted.bind(value);
        }
        let (n,): (i64,) = counted.fetch_one(&self.all.pool).await.doing("count entries")?;
        Ok(n.unsigned_abs())
    }

    /// Entries of a benchmark that pass a filter, the first published first.
    ///
    /// # Errors
    /// [`StorageError::Database`], [`StorageError::Role`].
    #[boxed]
    pub async fn listed(
        &self,
        benchmark_id: &str,
        filter: &EntryFilter,
        range: RowRange,
    ) -> Result<Vec<ListedEntry>, StorageError> {
        list(&self.all.pool, benchmark_id, filter, "published_at, entry_id", range).await
    }

    /// The same, the last published first.
    ///
    /// # Errors
    /// As [`listed`](Self::listed).
    #[boxed]
    pub async fn latest_listed(
        &self,
        benchmark_id: &str,
        filter: &EntryFilter,
        range: RowRange,
    ) -> Result<Vec<ListedEntry>, StorageError> {
        let order = "published_at DESC, entry_id DESC";
        list(&self.all.pool, benchmark_id, filter, order, range).await
    }

    /// Entries with these identifiers that are on a benchmark and not withdrawn, in the order of
    /// publication.
    ///
    /// # Errors
    /// As [`listed`](Self::listed).
    #[boxed]
    pub async fn listed_of(
        &self,
        benchmark_id: &str,
        ids: &[&str],
    ) -> Result<Vec<ListedEntry>, StorageError> {
        let places: Vec<String> = (0..ids.len()).map(|index| format!("${}", index + 2)).collect();
        let query = format!(
            "SELECT {COLUMNS} FROM listed_entries \
             WHERE benchmark_id = $1 AND entry_id IN ({}) ORDER BY published_at, entry_id",
            places.join(", ")
        );
        let mut rows = sqlx::query_as(sqlx::AssertSqlSafe(query)).bind(benchmark_id);
        for id in ids {
            rows = rows.bind(*id);
        }
        let rows: Vec<Columns> = rows.fetch_all(&self.all.pool).await.doing(DOING)?;
        rows.into_iter().map(read).collect()
    }

    /// The standing entry of a benchmark that an entry corrects.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn corrected(
        &self,
        benchmark_id: &str,
        corrects: Option<&str>,
    ) -> Result<Option<NamedEntry>, StorageError> {
        let Some(earlier) = corrects else { return Ok(None) };
        let found = self.listed_of(benchmark_id, &[earlier]).await?;
        Ok(found.into_iter().next().map(|entry| NamedEntry { id: entry.id, name: entry.name }))
    }

    /// The last standing entry of a benchmark that corrects an entry.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn correction_of(
        &self,
        benchmark_id: &str,
        id: &str,
    ) -> Result<Option<NamedEntry>, StorageError> {
        let row: Option<(String, String)> = sqlx::query_as(
            "SELECT entry_id, name FROM listed_entries \
             WHERE corrects = $1 AND benchmark_id = $2 \
             ORDER BY published_at DESC, entry_id DESC LIMIT 1",
        )
        .bind(id)
        .bind(benchmark_id)
        .fetch_optional(&self.all.pool)
        .await
        .doing(DOING)?;
        Ok(row.map(|(id, name)| NamedEntry { id, name }))
    }
}

/// Values of [`COLUMNS`].
type Columns = (String, String, String, String, i64);

async fn list(
    pool: &AnyPool,
    benchmark_id: &str,
    filter: &EntryFilter,
    order: &str,
    range: RowRange,
) -> Result<Vec<ListedEntry>, StorageError> {
    let conditions = filter.conditions(4);
    let query = format!(
        "SELECT {COLUMNS} FROM listed_entries \
         WHERE benchmark_id = $1{conditions} ORDER BY {order} LIMIT $2 OFFSET $3"
    );
    let mut rows = sqlx::query_as(sqlx::AssertSqlSafe(query))
        .bind(benchmark_id)
        .bind(i64::from(range.count))
        .bind(i64::try_from(range.start).unwrap_or(i64::MAX));
    for value in filter.values() {
        rows = rows.bind(value);
    }
    let rows: Vec<Columns> = rows.fetch_all(pool).await.doing(DOING)?;
    rows.into_iter().map(read).collect()
}

fn read((id, name, role, published_at, scores): Columns) -> Result<ListedEntry, StorageError> {
    let role = role_of(&id, &role)?;
    Ok(ListedEntry { id, name, role, published_at, has_scores: scores == 1 })
}

/// Role by its key.
pub(super) fn role_of(id: &str, key: &str) -> Result<EntryRole, StorageError> {
    let role = EntryRole::ALL.into_iter().find(|known| known.key() == key);
    role.ok_or_else(|| StorageError::Role { id: id.to_owned(), found: key.to_owned() })
}
