//! Rows of all tables, copied from one database into another in one transaction each.

use async_recursion::async_recursion as boxed;
use futures_util::TryStreamExt;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AnyPool, Row};

use crate::database::Doing;
use crate::dialect::Dialect;
use crate::storage_error::StorageError;
use crate::submissions::claim::Queue;

/// Tables in an order in which none refers to a later one, each with the order of its rows:
/// triggers let some grow at their end only.
const TABLES: [(&str, &str); 25] = [
    ("benchmarks", "id"),
    ("manifests", "digest"),
    ("entries", "id"),
    ("entry_files", "entry_id"),
    ("results", "entry_id, version"),
    ("withdrawals", "entry_id"),
    ("record", "number"),
    ("benchmark_settings", "benchmark_id"),
    ("publications", "id"),
    ("feedback", "id"),
    ("users", "id"),
    ("tokens", "id"),
    ("acceptances", "user_id, benchmark_id, terms_version"),
    ("sessions", "digest"),
    ("one_time_links", "digest"),
    ("identities", "issuer, subject"),
    ("shown_identities", "digest"),
    ("mails", "id"),
    ("submissions", "id"),
    ("submission_log", "submission_id, number"),
    ("ladders", "submission_id"),
    ("turns", "user_id"),
    ("jobs", "submission_id"),
    ("rescore_jobs", "id"),
    ("dead_letters", "submission_id"),
];

/// Tables that tell of one place, or are made from others when a store is opened, and are not
/// copied.
const OF_ONE_PLACE: [&str; 12] = [
    "schema_migrations",
    "engines",
    "upload_chunks",
    "sources",
    "workers",
    "rate_limits",
    "publishing",
    "file_claims",
    "listed_entries",
    "listed_counts",
    "aggregate_columns",
    "aggregates",
];

/// Operation in errors.
const DOING: &str = "copy the database";

/// Kind of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ColumnKind {
    Text,
    Integer,
    Real,
}

/// Copies all rows. `from` is in a transaction that reads, `to` in one that writes. Returns their
/// number.
///
/// # Errors
/// [`StorageError::Database`]; [`StorageError::Word`] for a table or a column that this program
/// does not know.
#[boxed]
pub(super) async fn copy_rows(
    from: &mut AnyConnection,
    to: &mut AnyConnection,
) -> Result<u64, StorageError> {
    for table in tables(from).await? {
        let is_known = TABLES.iter().any(|(known, _)| *known == table)
            || OF_ONE_PLACE.contains(&table.as_str());
        if !is_known {
            let (what, expected) = ("table", "a table of this version");
            return Err(StorageError::Word { what, expected, found: table });
        }
    }
    let mut count = 0;
    for (table, order) in TABLES {
        count += copy_table(from, to, table, order).await?;
    }
    // A lease is of a worker of the other place.
    for queue in Queue::ALL {
        let (table, _) = queue.table();
        let release = format!("UPDATE {table} SET worker = '', leased_until = ''");
        sqlx::query(sqlx::AssertSqlSafe(release)).execute(&mut *to).await.doing(DOING)?;
    }
    Ok(count)
}

async fn copy_table(
    from: &mut AnyConnection,
    to: &mut AnyConnection,
    table: &str,
    order: &str,
) -> Result<u64, StorageError> {
    let columns = columns(from, table).await?;
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let names = names.join(", ");
    let places: Vec<String> = (1..=columns.len()).map(|number| format!("${number}")).collect();
    let select = format!("SELECT {names} FROM {table} ORDER BY {order}");
    let insert = format!("INSERT INTO {table} ({names}) VALUES ({})", places.join(", "));
    let mut rows = sqlx::query(sqlx::AssertSqlSafe(select)).fetch(from);
    let mut count = 0;
    while let Some(row) = rows.try_next().await.doing(DOING)? {
        let mut query = sqlx::query(sqlx::AssertSqlSafe(insert.clone()));
        for (index, (_, kind)) in columns.iter().enumerate() {
            query = match kind {
                ColumnKind::Text => query.bind(value::<String>(&row, index)?),
                ColumnKind::Integer => query.bind(value::<i64>(&row, index)?),
                ColumnKind::Real => query.bind(value::<f64>(&row, index)?),
            };
        }
        query.execute(&mut *to).await.doing(DOING)?;
        count += 1;
    }
    Ok(count)
}

fn value<'r, T>(row: &'r AnyRow, index: usize) -> Result<Option<T>, StorageError>
where
    T: sqlx::Decode<'r, sqlx::Any> + sqlx::Type<sqlx::Any>,
{
    row.try_get::<Option<T>, _>(index).doing(DOING)
}

/// Names of all tables.
async fn tables(connection: &mut AnyConnection) -> Result<Vec<String>, StorageError> {
    let query = match Dialect::of_connection(connection) {
        Dialect::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        }
        Dialect::Postgres => {
            "SELECT CAST(table_name AS TEXT) FROM information_schema.tables \
             WHERE table_schema = current_schema()"
        }
    };
    let rows: Vec<(String,)> = sqlx::query_as(query).fetch_all(connection).await.doing(DOING)?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// Names and kinds of a table's columns.
async fn columns(
    connection: &mut AnyConnection,
    table: &str,
) -> Result<Vec<(String, ColumnKind)>, StorageError> {
    let query = match Dialect::of_connection(connection) {
        Dialect::Sqlite => "SELECT name, type FROM pragma_table_info($1) ORDER BY cid",
        Dialect::Postgres => {
            "SELECT CAST(column_name AS TEXT), CAST(data_type AS TEXT) \
             FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position"
        }
    };
    let rows: Vec<(String, String)> =
        sqlx::query_as(query).bind(table).fetch_all(connection).await.doing(DOING)?;
    let column = |(name, kind): (String, String)| {
        let kind = match kind.to_ascii_lowercase().as_str() {
            "text" => ColumnKind::Text,
            "bigint" | "integer" => ColumnKind::Integer,
            "real" | "double precision" => ColumnKind::Real,
            _ => {
                let (what, expected) = ("type of a column", "text, bigint or double precision");
                return Err(StorageError::Word { what, expected, found: kind });
            }
        };
        Ok((name, kind))
    };
    rows.into_iter().map(column).collect()
}

/// True if a database has rows of a site.
///
/// # Errors
/// [`StorageError::Database`].
#[boxed]
pub(super) async fn has_rows(pool: &AnyPool) -> Result<bool, StorageError> {
    let (rows,): (i64,) = sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM benchmarks) + (SELECT COUNT(*) FROM users) \
         + (SELECT COUNT(*) FROM record)",
    )
    .fetch_one(pool)
    .await
    .doing("look for rows of a site")?;
    Ok(rows > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_table_is_copied_or_is_of_one_place() {
        let folder = tempfile::tempdir().unwrap();
        let pool = crate::sqlite::open(&folder.path().join("a.sqlite")).await.unwrap();
        let mut connection = pool.acquire().await.unwrap();
        let mut known: Vec<&str> = TABLES.iter().map(|(name, _)| *name).collect();
        known.extend(OF_ONE_PLACE);
        known.sort_unstable();
        let mut found = tables(&mut connection).await.unwrap();
        found.sort();
        assert_eq!(found, known, "a new table has its place in one of the two lists");
        for (table, _) in TABLES {
            assert!(!columns(&mut connection, table).await.unwrap().is_empty(), "{table}");
        }
    }
}
