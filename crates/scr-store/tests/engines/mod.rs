//! Stores of tests: in a folder, or on engines.
//!
//! A suite runs in folders. It has one test more, which starts PostgreSQL and SeaweedFS by
//! `tests/engines/start` and runs the suite once more with their addresses in the environment.
//! Without them that test says so and is skipped, or fails with `SCR_REQUIRE_ENGINES=1`.

#[path = "../../../../tests/engines/started.rs"]
mod started;

use std::path::Path;
use std::process::Command;

use scr_bucket::BucketAddress;
use scr_data::digest::{file_digest, hex};
use scr_store::{Engines, Location, SecretUrl, Store};
use sqlx::{AnyConnection, Connection};

/// Variables of the environment with the addresses.
const DATABASE: &str = "SCR_DATABASE_URL";
const BLOBS: &str = "SCR_BLOBS_URL";

/// True if stores of this run are on engines.
pub(crate) fn are_used() -> bool {
    std::env::var_os(DATABASE).is_some()
}

/// Place of the store of a test, by a folder of its own: the folder, or a database and a prefix.
pub(crate) async fn location(folder: &Path) -> Location {
    if !are_used() {
        return Location::Folder(folder.to_owned());
    }
    let name = format!("t{}", &hex(&file_digest(folder.as_os_str().as_encoded_bytes()))[..20]);
    let server = SecretUrl::parse(&std::env::var(DATABASE).unwrap()).unwrap();
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(server.reveal().as_str()).await.unwrap();
    let there = sqlx::query("SELECT 1 FROM pg_database WHERE datname = $1")
        .bind(&name)
        .fetch_optional(&mut connection)
        .await
        .unwrap();
    if there.is_none() {
        let create = format!("CREATE DATABASE {name} TEMPLATE template0");
        sqlx::query(sqlx::AssertSqlSafe(create)).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    let bucket =
        BucketAddress::parse(&std::env::var(BLOBS).unwrap(), |name| std::env::var(name).ok());
    Location::Engines(Box::new(Engines {
        database: server.with_database(&name),
        bucket: bucket.unwrap().with_prefix(&name),
        scratch: Some(folder.join("scratch")),
    }))
}

/// Opens the store of a test.
pub(crate) async fn open(folder: &Path) -> Store {
    Store::open_at(&location(folder).await).await.unwrap()
}

/// A connection to the database of a test's store.
#[allow(dead_code, reason = "not every suite looks beneath the store")]
pub(crate) async fn connect(folder: &Path) -> AnyConnection {
    sqlx::any::install_default_drivers();
    let url = match location(folder).await {
        Location::Folder(folder) => format!("sqlite://{}", folder.join("scr.sqlite").display()),
        Location::Engines(engines) => engines.database.reveal().to_string(),
    };
    AnyConnection::connect(&url).await.unwrap()
}

/// Runs the suite of this program once more, on engines.
#[test]
fn the_same_suite_holds_on_postgresql_and_s3() {
    if are_used() {
        return;
    }
    let Some((mut engines, variables)) = started::start("the suite on PostgreSQL and S3") else {
        return;
    };
    let variables = variables.into_iter().map(|(name, value)| {
        let name = match name.as_str() {
            "DATABASE_URL" => DATABASE.to_owned(),
            "BLOBS_URL" => BLOBS.to_owned(),
            _ => name,
        };
        (name, value)
    });
    let again = Command::new(std::env::current_exe().unwrap())
        .args(["--skip", "the_same_suite_holds_on_postgresql_and_s3"])
        .envs(variables)
        .status()
        .unwrap();
    drop(engines.stdin.take());
    engines.wait().unwrap();
    assert!(again.success(), "the suite fails on PostgreSQL and S3");
}
