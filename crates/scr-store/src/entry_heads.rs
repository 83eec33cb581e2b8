//! Heads of entries: all that a list of entries needs, without results.

use async_recursion::async_recursion as boxed;
use futures_util::TryStreamExt;
use scr_documents::{CardDocument, EntryRole};
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::database::Doing;
use crate::entries::{Entries, read_role};
use crate::json::read_json;
use crate::storage_error::StorageError;
use crate::withdrawals::Withdrawal;

/// Operation in errors.
const DOING: &str = "list entries";

/// Columns of a head, from [`WITH_WITHDRAWALS`].
pub(crate) const COLUMNS: &str = "entries.id AS id, benchmark_id, role, card, \
                                  entries.published_at AS at, withdrawals.at AS withdrawn_at, \
                                  who, reason";
/// Entries with their withdrawals.
pub(crate) const WITH_WITHDRAWALS: &str =
    "entries LEFT JOIN withdrawals ON withdrawals.entry_id = entries.id";

/// An entry without its results, masks and most of its card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryHead {
    /// Permanent identifier, as in its address.
    pub id: String,
    /// Its benchmark.
    pub benchmark_id: String,
    /// Role in a table of results.
    pub role: EntryRole,
    /// Name on its card.
    pub name: String,
    /// Entry that it corrects.
    pub corrects: Option<String>,
    /// Time of publication, RFC 3339 in UTC.
    pub published_at: String,
    /// Withdrawal, if there is one.
    pub withdrawn: Option<Withdrawal>,
}

impl Entries<'_> {
    /// Heads of the entries of all benchmarks in the order of publication, then those of the
    /// withdrawn ones in the order of withdrawal. Reads no result.
    ///
    /// # Errors
    /// [`StorageError::Database`], [`StorageError::Document`] or [`StorageError::Role`] when one
    /// cannot be read.
    #[boxed]
    pub async fn heads(&self) -> Result<Vec<EntryHead>, StorageError> {
        let query = format!(
            "SELECT {COLUMNS} FROM {WITH_WITHDRAWALS} \
             JOIN benchmarks ON benchmarks.id = benchmark_id \
             ORDER BY withdrawals.at IS NOT NULL, withdrawals.at, benchmarks.published_at, \
             benchmark_id, entries.published_at, entries.id"
        );
        let mut rows = sqlx::query(sqlx::AssertSqlSafe(query)).fetch(self.pool);
        let mut heads = Vec::new();
        while let Some(row) = rows.try_next().await.doing(DOING)? {
            heads.push(read(&row)?);
        }
        Ok(heads)
    }
}

/// Reads the columns of a head.
pub(crate) fn read(row: &AnyRow) -> Result<EntryHead, StorageError> {
    let text = |column| row.try_get::<String, _>(column).doing(DOING);
    let id = text("id")?;
    let card: CardDocument = read_json(&id, "card", &text("card")?)?;
    let at: Option<String> = row.try_get("withdrawn_at").doing(DOING)?;
    let withdrawn = match at {
        Some(at) => {
            let (entry_id, who, reason) = (id.clone(), text("who")?, text("reason")?);
            Some(Withdrawal { entry_id, at, who, reason })
        }
        None => None,
    };
    Ok(EntryHead {
        benchmark_id: text("benchmark_id")?,
        role: read_role(&id, text("role")?)?,
        name: card.name,
        corrects: card.corrects,
        published_at: text("at")?,
        withdrawn,
        id,
    })
}
