//! SQLite: opening the database of a data folder, and copies of it.
//!
//! Several processes may have it open; a reader never waits for a writer.

use std::path::Path;
use std::time::{Duration, Instant};

use scr_data::{Problem, durable};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyPool, Executor};

use crate::copying::settle;
use crate::database::Doing;
use crate::migrations::{DOING, KNOWN, found_version, run_each};
use crate::storage_error::{OpenError, StorageError};

/// Readers at once in one process; a writer excludes writers only.
const MAX_CONNECTIONS: u32 = 8;

/// Timeout of the switch to the write-ahead log while other processes open the same file:
/// SQLite itself does not wait for that one lock.
const WAL_PATIENCE: Duration = Duration::from_secs(10);

/// Opens or makes the SQLite database in the file `path`, with all its tables.
///
/// Several processes may have it open. A connection waits up to 30 s for a writer.
///
/// # Errors
/// [`StorageError::Database`] when it cannot be opened or changed,
/// [`OpenError::NewerSchema`] when a later version of this program made it.
pub(crate) async fn open(path: &Path) -> Result<AnyPool, OpenError> {
    sqlx::any::install_default_drivers();
    let options: AnyConnectOptions = address(path)?.parse().doing("open the database")?;
    let pool = AnyPoolOptions::new()
        .max_connections(MAX_CONNECTIONS)
        .after_connect(|connection, _| {
            Box::pin(async move {
                connection.execute("PRAGMA busy_timeout = 30000").await?;
                // 1 MiB of pages a connection, half of SQLite's default: the system caches the
                // file. It reads the file, and the pool retries what fails here until its
                // timeout: the next statement names a damaged file at once.
                connection.execute("PRAGMA cache_size = -1024").await.ok();
                Ok(())
            })
        })
        .connect_with(options)
        .await
        .doing("open the database")?;
    switch_to_write_ahead_log(&pool, path).await?;
    migrate(&pool, path).await?;
    Ok(pool)
}

/// Writes the database as it is now into the file `to`, which is new, while others
/// read and write.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Data`] when the path is not UTF-8.
pub(crate) async fn snapshot(pool: &AnyPool, to: &Path) -> Result<(), StorageError> {
    let path = to.to_str().ok_or_else(|| {
        let (place, expected) = (to.display().to_string(), "a path in UTF-8");
        scr_data::DataError::from(Problem::new(place, expected, "other bytes", "rename it"))
    })?;
    let doing = "write the database into the backup";
    sqlx::query("VACUUM INTO $1").bind(path).execute(pool).await.doing(doing)?;
    Ok(())
}

/// Opens a copy of a database for reading. No other process may have it open; writes no file
/// next to it.
///
/// # Errors
/// [`StorageError::Database`].
pub(crate) async fn open_copy(path: &Path) -> Result<AnyPool, StorageError> {
    let address = address(path)?.replace("?mode=rwc", "?mode=ro&immutable=1");
    AnyPoolOptions::new()
        .max_connections(1)
        .connect(&address)
        .await
        .doing("open the copy of the database")
}

/// The address of a SQLite file, which is made when it is missing. Every byte
/// that could mean something in an address is escaped; sqlx's own writer of
/// addresses leaves `%` as it is and would open another file.
fn address(path: &Path) -> Result<String, StorageError> {
    let path = std::path::absolute(path)
        .map_err(|source| StorageError::Folder { path: path.to_owned(), source })?;
    let mut address = String::from("sqlite://");
    for &byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-".contains(&byte) {
            address.push(char::from(byte));
        } else {
            address += &format!("%{byte:02X}");
        }
    }
    address += "?mode=rwc";
    Ok(address)
}

/// Switches to the write-ahead log, with which readers do not wait for writers. The file keeps
/// this mode.
async fn switch_to_write_ahead_log(pool: &AnyPool, path: &Path) -> Result<(), OpenError> {
    let begin = Instant::now();
    loop {
        let switched: Result<(String,), _> =
            sqlx::query_as("PRAGMA journal_mode = WAL").fetch_one(pool).await;
        match switched {
            Ok((mode,)) => {
                if mode != "wal" {
                    tracing::warn!(mode, "no write-ahead log here: readers wait for writers");
                }
                return Ok(());
            }
            Err(error) if is_busy(&error) && begin.elapsed() < WAL_PATIENCE => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(source) if is_damage(&source) => {
                return Err(OpenError::DamagedDatabase { path: path.to_owned(), source });
            }
            Err(source) => {
                return Err(source).doing("switch the database to its write-ahead log")?;
            }
        }
    }
}

/// True if another connection holds a lock (SQLITE_BUSY, SQLITE_LOCKED): the one kind
/// of error that waiting mends.
fn is_busy(error: &sqlx::Error) -> bool {
    matches!(primary_code(error), Some(5 | 6))
}

/// True if the file is no whole database (SQLITE_CORRUPT, SQLITE_NOTADB).
fn is_damage(error: &sqlx::Error) -> bool {
    matches!(primary_code(error), Some(11 | 26))
}

/// Primary result code of SQLite: the low byte of its extended codes.
fn primary_code(error: &sqlx::Error) -> Option<u32> {
    let code: u32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}

/// Runs the missing migrations, each in a transaction. Copies a database of an earlier version
/// first.
async fn migrate(pool: &AnyPool, path: &Path) -> Result<(), OpenError> {
    let mut connection = pool.acquire().await.doing(DOING)?;
    let found = found_version(&mut connection).await?;
    drop(connection);
    if (1..KNOWN).contains(&found) {
        copy_before(pool, path, KNOWN).await?;
    }
    Ok(run_each(pool, found).await?)
}

/// Copies the database into a file next to it, named after the version of the migration. Keeps
/// an existing copy: it is the older one, from before an interrupted migration.
async fn copy_before(pool: &AnyPool, path: &Path, version: i64) -> Result<(), StorageError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".before-{version:04}"));
    let (folder, copy) = (path.with_file_name(""), path.with_file_name(name));
    if copy.exists() {
        return Ok(());
    }
    let failed = |source| StorageError::Copy { from: path.to_owned(), to: copy.clone(), source };
    // A temporary file hides an incomplete copy; of two processes, the first one's copy stays.
    let making = tempfile::Builder::new().prefix(".before-").tempfile_in(&folder);
    let making = making.map_err(failed)?.into_temp_path();
    snapshot(pool, &making).await?;
    settle(path, &making)?;
    if durable::persist_new(making, &copy).map_err(failed)? {
        tracing::warn!(copy = %copy.display(), "the database was copied before it is changed");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::{AnyConnection, Connection};

    use crate::migrations::MIGRATIONS;

    #[tokio::test]
    async fn a_database_of_a_later_version_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scr.sqlite");
        let pool = open(&path).await.unwrap();
        // It expanded only: this version works beside it.
        let insert = "INSERT INTO schema_migrations VALUES ($1, '', $2)";
        let later = sqlx::query(insert).bind(KNOWN + 1).bind(KNOWN);
        later.execute(&pool).await.unwrap();
        pool.close().await;
        let pool = open(&path).await.unwrap();
        // It needs programs that know a later version, or does not say so.
        for oldest in [Some(KNOWN + 1), None] {
            let later = sqlx::query(insert).bind(99_i64).bind(oldest);
            later.execute(&pool).await.unwrap();
            let error = open(&path).await.unwrap_err();
            assert!(matches!(error, OpenError::NewerSchema { found: 99, .. }), "{error}");
            sqlx::raw_sql("DELETE FROM schema_migrations WHERE version = 99")
                .execute(&pool)
                .await
                .unwrap();
        }
    }

    #[tokio::test]
    async fn a_damaged_database_is_named_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scr.sqlite");
        std::fs::write(&path, b"no database ".repeat(1000)).unwrap();
        let error = open(&path).await.unwrap_err();
        assert!(matches!(error, OpenError::DamagedDatabase { .. }), "{error:?}");
        assert!(error.to_string().contains("scr.sqlite"), "{error}");
        assert!(error.hint().contains("restore a backup"));
    }

    #[test]
    fn only_a_lock_that_others_hold_is_waited_for() {
        assert!(!is_busy(&sqlx::Error::PoolTimedOut) && !is_damage(&sqlx::Error::PoolTimedOut));
    }

    #[tokio::test]
    async fn an_entry_of_the_first_version_has_no_posteriors() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scr.sqlite");
        // As the first version left it.
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(&address(&path).unwrap()).await.unwrap();
        let before = "CREATE TABLE schema_migrations \
            (version BIGINT NOT NULL PRIMARY KEY, applied_at TEXT NOT NULL); \
            INSERT INTO schema_migrations VALUES (1, ''); ";
        let rows = "INSERT INTO benchmarks VALUES ('b', 'sha256:00', '{}', ''); \
            INSERT INTO entries VALUES ('e', 'b', '', 'method', '{}', '{}', 'images');";
        for sql in [before, MIGRATIONS[0].1, rows] {
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        }
        connection.close().await.unwrap();
        let pool = open(&path).await.unwrap();
        let read = "SELECT posteriors, images FROM entries JOIN results ON entry_id = id";
        let found: (String, String) = sqlx::query_as(read).fetch_one(&pool).await.unwrap();
        assert_eq!(found, ("[]".into(), "images".into()));
        pool.close().await;

        // The copy of the earlier database is unchanged.
        let copy = folder.path().join(format!("scr.sqlite.before-{KNOWN:04}"));
        let mut before = AnyConnection::connect(&address(&copy).unwrap()).await.unwrap();
        let read = "SELECT images FROM entries WHERE NOT EXISTS \
                    (SELECT 1 FROM schema_migrations WHERE version > 1)";
        let (images,): (String,) = sqlx::query_as(read).fetch_one(&mut before).await.unwrap();
        assert_eq!(images, "images");
        before.close().await.unwrap();
        open(&path).await.unwrap().close().await;
        let names = folder.path().read_dir().unwrap();
        let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names.len(), 2, "{names:?}");
    }

    #[tokio::test]
    async fn a_path_with_blanks_and_signs_is_taken_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a b?c#d%20ü.sqlite");
        open(&path).await.unwrap().close().await;
        assert!(path.is_file());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn many_open_a_new_database_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scr.sqlite");
        let openings: Vec<_> = (0..8)
            .map(|_| {
                let path = path.clone();
                tokio::spawn(async move { open(&path).await.map(|_| ()) })
            })
            .collect();
        for opening in openings {
            opening.await.unwrap().unwrap();
        }
    }
}
