//! PostgreSQL: opening the database of a site on engines.

use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool, ConnectOptions, Connection, Executor};

use crate::database::{Doing, lock};
use crate::migrations::{DOING, KNOWN, found_version, run_all};
use crate::secret_url::SecretUrl;
use crate::storage_error::{OpenError, StorageError};

/// Connections of one process at most.
const MAX_CONNECTIONS: u32 = 16;
/// Time that a query waits for a connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// Pause after which a connection is asked whether it still holds.
const IDLE: Duration = Duration::from_secs(1);
/// Key of the advisory lock of migrations: `scr` and 2.
const MIGRATING: i64 = 0x0073_6372_0002;
/// The oldest version that is supported, as `server_version_num` has it.
const LEAST_VERSION: i64 = 130_000;

/// Settings of a connection. A writer waits for another one as long as SQLite's does.
const SETTINGS: &str = "SET lock_timeout = '30s'; SET client_min_messages = 'warning'";

/// Opens a database and brings its tables up to date, in one transaction: after a refusal
/// nothing is changed. Any number of processes may do so at once.
///
/// # Errors
/// [`StorageError::Database`] when it cannot be reached or changed,
/// [`OpenError::NewerSchema`] when a later version of this program made it,
/// [`OpenError::OtherDatabase`] when it is another program's, or not set up for this one.
pub(crate) async fn open(url: &SecretUrl) -> Result<AnyPool, OpenError> {
    let pool = connect(url).await?;
    match prepare(&pool, url).await {
        Ok(()) => Ok(pool),
        Err(error) => {
            pool.close().await;
            Err(error)
        }
    }
}

async fn connect(url: &SecretUrl) -> Result<AnyPool, StorageError> {
    sqlx::any::install_default_drivers();
    let doing = "open the database";
    let options = AnyConnectOptions::from_url(url.reveal()).doing(doing)?;
    AnyPoolOptions::new()
        .max_connections(MAX_CONNECTIONS)
        .acquire_timeout(PATIENCE)
        // Asking before every query whether the connection still holds would cost a way there
        // and back each; after a pause it is asked.
        .test_before_acquire(false)
        .before_acquire(|connection, about| {
            Box::pin(async move {
                if about.idle_for > IDLE {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .after_connect(|connection, _| {
            Box::pin(async move {
                connection.execute(sqlx::raw_sql(SETTINGS)).await?;
                Ok(())
            })
        })
        .connect_with(options)
        .await
        .doing(doing)
}

async fn prepare(pool: &AnyPool, url: &SecretUrl) -> Result<(), OpenError> {
    let mut transaction = pool.begin().await.doing(DOING)?;
    check_server(&mut transaction, url).await?;
    lock(&mut transaction, MIGRATING).await?;
    let tables: (i64, i64) = sqlx::query_as(
        "SELECT COUNT(*), COUNT(*) FILTER (WHERE table_name = 'schema_migrations') \
         FROM information_schema.tables WHERE table_schema = current_schema()",
    )
    .fetch_one(&mut *transaction)
    .await
    .doing(DOING)?;
    if tables.0 > 0 && tables.1 == 0 {
        let found = format!("{} tables of another program", tables.0);
        return Err(other(url, "an empty database, or that of a site", found));
    }
    let found = found_version(&mut transaction).await?;
    if found < KNOWN {
        run_all(&mut transaction, found).await?;
        transaction.commit().await.doing(DOING)?;
        tracing::info!(from = found, to = KNOWN, "brought the database's tables up to date");
    }
    Ok(())
}

/// Refuses a server that is too old, or a database that does not keep and sort texts as the
/// queries expect.
async fn check_server(connection: &mut AnyConnection, url: &SecretUrl) -> Result<(), OpenError> {
    let (version, encoding, sorts_by_bytes): (i64, String, bool) = sqlx::query_as(
        "SELECT CAST(current_setting('server_version_num') AS BIGINT), \
         current_setting('server_encoding'), \
         CAST('B' AS TEXT) < CAST('a' AS TEXT) AND CAST('a-b' AS TEXT) < CAST('aa' AS TEXT)",
    )
    .fetch_one(connection)
    .await
    .doing("read the settings of the database")?;
    if version < LEAST_VERSION {
        return Err(other(url, "PostgreSQL 13 or later", format!("version {version}")));
    }
    if encoding != "UTF8" || !sorts_by_bytes {
        let found = format!("encoding {encoding}, {}", if sorts_by_bytes { "C" } else { "not C" });
        return Err(other(url, "a database of encoding UTF8 that sorts texts by locale C", found));
    }
    Ok(())
}

fn other(url: &SecretUrl, expected: &'static str, found: String) -> OpenError {
    OpenError::OtherDatabase { database: url.to_string(), expected, found }
}
