//! Migrations: steps from an empty database to the tables of this version.
//!
//! Servers and workers of two versions run beside each other while a site is upgraded, so a
//! migration only expands: it adds tables, columns with defaults and indices. What nothing uses
//! any more goes in a later version (contract), whose migration raises [`OLDEST_BESIDE`].

use sqlx::{AnyConnection, AnyPool};

use crate::database::Doing;
use crate::dialect::Dialect;
use crate::storage_error::{OpenError, StorageError};
use crate::time::now;

/// Operation in errors.
pub(crate) const DOING: &str = "bring the database's tables up to date";

/// Migrations by version, in order.
pub(crate) const MIGRATIONS: [(i64, &str); 21] = [
    (1, include_str!("../migrations/0001_start.sql")),
    (2, include_str!("../migrations/0002_posteriors.sql")),
    (3, include_str!("../migrations/0003_accounts.sql")),
    (4, include_str!("../migrations/0004_submissions.sql")),
    (5, include_str!("../migrations/0005_sessions.sql")),
    (6, include_str!("../migrations/0006_checks.sql")),
    (7, include_str!("../migrations/0007_mail.sql")),
    (8, include_str!("../migrations/0008_operations.sql")),
    (9, include_str!("../migrations/0009_entries.sql")),
    (10, include_str!("../migrations/0010_identities.sql")),
    (11, include_str!("../migrations/0011_record.sql")),
    (12, include_str!("../migrations/0012_turns.sql")),
    (13, include_str!("../migrations/0013_ladder.sql")),
    (14, include_str!("../migrations/0014_token_expiry.sql")),
    (15, include_str!("../migrations/0015_aggregates.sql")),
    (16, include_str!("../migrations/0016_engines.sql")),
    (17, include_str!("../migrations/0017_servers.sql")),
    (18, include_str!("../migrations/0018_file_claims.sql")),
    (19, include_str!("../migrations/0019_rescores.sql")),
    (20, include_str!("../migrations/0020_dead_letters.sql")),
    (21, include_str!("../migrations/0021_models.sql")),
];

/// The last version that this program knows.
pub(crate) const KNOWN: i64 = MIGRATIONS[MIGRATIONS.len() - 1].0;

/// The oldest program that works with the tables of this version, by the last version that it
/// knows. [`apply`] notes it beside each migration.
const OLDEST_BESIDE: i64 = 16;

/// The first migration that notes [`OLDEST_BESIDE`].
const NOTES_OLDEST: i64 = 17;

/// Version of the tables of a database; 0 for a new one.
///
/// # Errors
/// [`OpenError::NewerSchema`] when a later version of this program made them, and they are not
/// for this version, too; [`StorageError::Database`].
pub(crate) async fn found_version(connection: &mut AnyConnection) -> Result<i64, OpenError> {
    sqlx::query(
        "CREATE TABLE IF NOT EXISTS schema_migrations \
         (version BIGINT NOT NULL PRIMARY KEY, applied_at TEXT NOT NULL)",
    )
    .execute(&mut *connection)
    .await
    .doing(DOING)?;
    let (found,): (i64,) =
        sqlx::query_as("SELECT COALESCE(MAX(version), 0) FROM schema_migrations")
            .fetch_one(&mut *connection)
            .await
            .doing(DOING)?;
    if found > KNOWN {
        if oldest_beside(connection).await? > KNOWN {
            return Err(OpenError::NewerSchema { known: KNOWN, found });
        }
        tracing::info!(known = KNOWN, found, "the database's tables are of a later version");
    }
    Ok(found)
}

/// The oldest program that works with a database of a later version, by the last version that
/// it knows.
async fn oldest_beside(connection: &mut AnyConnection) -> Result<i64, StorageError> {
    let (oldest,): (i64,) = sqlx::query_as(
        "SELECT COALESCE(MAX(COALESCE(oldest_beside, version)), 0) FROM schema_migrations \
         WHERE version > $1",
    )
    .bind(KNOWN)
    .fetch_one(connection)
    .await
    .doing(DOING)?;
    Ok(oldest)
}

/// Runs the migrations after the version `found`, each in a transaction, unless another
/// process has run it in the meantime.
///
/// # Errors
/// [`StorageError::Database`].
pub(crate) async fn run_each(pool: &AnyPool, found: i64) -> Result<(), StorageError> {
    for (version, sql) in MIGRATIONS.into_iter().filter(|(version, _)| *version > found) {
        let mut transaction = pool.begin().await.doing(DOING)?;
        apply(&mut transaction, version, sql).await?;
        transaction.commit().await.doing(DOING)?;
    }
    Ok(())
}

/// Runs the migrations after the version `found` in the transaction of a connection.
///
/// # Errors
/// [`StorageError::Database`].
pub(crate) async fn run_all(
    connection: &mut AnyConnection,
    found: i64,
) -> Result<(), StorageError> {
    for (version, sql) in MIGRATIONS.into_iter().filter(|(version, _)| *version > found) {
        apply(connection, version, sql).await?;
    }
    Ok(())
}

async fn apply(
    connection: &mut AnyConnection,
    version: i64,
    sql: &'static str,
) -> Result<(), StorageError> {
    let claimed = sqlx::query(
        "INSERT INTO schema_migrations (version, applied_at) VALUES ($1, $2) \
         ON CONFLICT (version) DO NOTHING",
    )
    .bind(version)
    .bind(now())
    .execute(&mut *connection)
    .await
    .doing(DOING)?;
    if claimed.rows_affected() == 1 {
        let sql = Dialect::of_connection(connection).migration(sql);
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut *connection).await.doing(DOING)?;
        if version >= NOTES_OLDEST {
            sqlx::query("UPDATE schema_migrations SET oldest_beside = $1 WHERE version = $2")
                .bind(OLDEST_BESIDE)
                .bind(version)
                .execute(connection)
                .await
                .doing(DOING)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_migration_is_told_in_postgresql_s_words() {
        for (version, sql) in MIGRATIONS {
            let translated = Dialect::Postgres.migration(sql);
            for foreign in ["RAISE(", "randomblob", "AUTOINCREMENT", "WITHOUT ROWID", "strftime"] {
                assert!(!translated.contains(foreign), "{version}: {foreign}");
            }
            let count = |text: &str, word: &str| text.matches(word).count();
            let functions = count(&translated, "CREATE FUNCTION");
            assert_eq!(functions, count(sql, "CREATE TRIGGER"), "{version}");
            assert_eq!(Dialect::Sqlite.migration(sql), sql);
        }
    }

    #[test]
    fn migrations_only_expand() {
        for (version, sql) in MIGRATIONS.into_iter().filter(|(version, _)| *version > OLDEST_BESIDE)
        {
            for contracts in ["DROP ", "RENAME ", "DELETE FROM"] {
                assert!(!sql.contains(contracts), "{version}: {contracts}");
            }
        }
    }

    #[test]
    fn versions_rise() {
        assert!(MIGRATIONS.is_sorted_by(|before, after| before.0 < after.0));
        const { assert!(OLDEST_BESIDE <= KNOWN) };
    }
}
