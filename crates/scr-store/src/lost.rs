//! A lost database: a data folder has files of a site, but its database is missing or empty.
//!
//! Served, such a folder would show a site without entries, and new entries would overwrite
//! published files. It is refused instead.

use async_recursion::async_recursion as boxed;
use std::path::Path;

use sqlx::AnyPool;

use crate::database::Doing;
use crate::storage_error::OpenError;

/// Refuses a missing or zero-byte database in a data folder with files.
pub(crate) fn refuse_without_database(database: &Path, blobs: &Path) -> Result<(), OpenError> {
    let found = match database.metadata() {
        Ok(about) if about.len() > 0 => return Ok(()),
        Ok(_) => "empty",
        Err(_) => "missing",
    };
    refuse(found, database, blobs)
}

/// Refuses a database without benchmarks in a data folder with files, except for the files of
/// a benchmark whose first publication was interrupted.
#[boxed]
pub(crate) async fn refuse_empty_database(
    pool: &AnyPool,
    database: &Path,
    blobs: &Path,
) -> Result<(), OpenError> {
    let (rows,): (i64,) = sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM benchmarks) + (SELECT COUNT(*) FROM publishing)",
    )
    .fetch_one(pool)
    .await
    .doing("count benchmarks")?;
    if rows > 0 { Ok(()) } else { refuse("empty", database, blobs) }
}

fn refuse(found: &'static str, database: &Path, blobs: &Path) -> Result<(), OpenError> {
    if !holds_files(blobs) {
        return Ok(());
    }
    let (database, blobs) = (database.to_owned(), blobs.to_owned());
    Err(OpenError::LostDatabase { database, found, blobs })
}

/// True if there is a file anywhere below a folder.
fn holds_files(folder: &Path) -> bool {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).any(|path| path.is_file() || holds_files(&path))
}
