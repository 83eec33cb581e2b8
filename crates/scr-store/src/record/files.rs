//! Lists of the files that the record commits to: masks, posteriors, models and radiographs. Outlines
//! are drawn from masks and not part of it.

use std::collections::HashMap;
use std::path::Path;

use scr_data::digest::{FileDigest, Manifest, reader_digest};

use super::event::RecordEvent;
use super::log::RecordLine;
use crate::blobs::BlobKey;
use crate::copying::list_blobs;
use crate::database::Doing;
use crate::folder::BLOBS_FOLDER;
use crate::json::read_json;
use crate::sqlite::open_copy;
use crate::storage_error::StorageError;

/// The folder of outlines among a benchmark's or an entry's files.
const OUTLINES: &str = "outlines/";

/// List of files that were written into a folder of blobs, by their paths within it, without
/// outlines.
pub(crate) fn committed(written: &[(BlobKey, FileDigest)], folder: &str) -> Manifest {
    let mut files = Manifest::default();
    for (key, digest) in written {
        let path = key.as_str().strip_prefix(folder).unwrap_or(key.as_str());
        let path = path.trim_start_matches('/');
        if !path.starts_with(OUTLINES) {
            files.add(path, *digest);
        }
    }
    files
}

/// Digests of the lists of files of benchmarks, by benchmark, as the last of these lines of the
/// record has them.
///
/// # Errors
/// [`StorageError::Document`] when a line cannot be read.
pub(crate) fn benchmark_lists(
    lines: &[(String,)],
) -> Result<HashMap<String, String>, StorageError> {
    let mut lists = HashMap::new();
    for (line,) in lines {
        let line: RecordLine = read_json("record", "line", line)?;
        if let RecordEvent::BenchmarkPublished { benchmark, files_digest, .. } = line.event {
            lists.insert(benchmark, files_digest);
        }
    }
    Ok(lists)
}

/// List of all files to which the record in a copy of a database commits, by their paths in
/// the data folder.
pub(crate) async fn committed_files(database: &Path) -> Result<Manifest, StorageError> {
    let doing = "read the record of the copy";
    let pool = open_copy(database).await?;
    let lists: Vec<(String, String)> = sqlx::query_as(
        "SELECT 'entries/' || entry_id, text FROM entry_files \
         JOIN manifests ON digest = files_digest",
    )
    .fetch_all(&pool)
    .await
    .doing(doing)?;
    let lines: Vec<(String,)> = sqlx::query_as("SELECT line FROM record ORDER BY number")
        .fetch_all(&pool)
        .await
        .doing(doing)?;
    let benchmarks = benchmark_lists(&lines)?;
    let mut files = Manifest::default();
    let mut add = |folder: &str, text: &str| {
        for (path, digest) in Manifest::parse(text).unwrap_or_default().files() {
            files.add(format!("{BLOBS_FOLDER}/{folder}/{path}"), *digest);
        }
    };
    for (folder, text) in &lists {
        add(folder, text);
    }
    for (benchmark, digest) in benchmarks {
        let list: Option<(String,)> =
            sqlx::query_as("SELECT text FROM manifests WHERE digest = $1")
                .bind(digest)
                .fetch_optional(&pool)
                .await
                .doing(doing)?;
        if let Some((text,)) = list {
            add(&format!("benchmarks/{benchmark}"), &text);
        }
    }
    pool.close().await;
    Ok(files)
}

/// List of the files of an entry in the data folder `folder`: masks, posteriors and model.
pub(crate) fn files_of_entry(folder: &Path, id: &str) -> Result<Manifest, StorageError> {
    let entry = format!("{BLOBS_FOLDER}/entries/{id}");
    let parts = ["masks", "posteriors", "model"].map(|part| format!("{entry}/{part}"));
    files_in(folder, &parts, &entry)
}

/// List of the files of a benchmark: radiographs, thumbnails and masks of all observers.
pub(crate) fn files_of_benchmark(folder: &Path, id: &str) -> Result<Manifest, StorageError> {
    let benchmark = format!("{BLOBS_FOLDER}/benchmarks/{id}");
    let parts =
        ["display", "images", "masks", "thumbnails"].map(|part| format!("{benchmark}/{part}"));
    files_in(folder, &parts, &benchmark)
}

fn files_in(folder: &Path, parts: &[String], within: &str) -> Result<Manifest, StorageError> {
    let mut files = Manifest::default();
    for part in parts {
        for found in list_blobs(folder, part)? {
            let place = folder.join(&found.path);
            let opened = std::fs::File::open(&place).and_then(reader_digest);
            let digest =
                opened.map_err(|source| StorageError::Folder { path: place.clone(), source })?;
            files.add(path_within(&found.path, within), digest);
        }
    }
    Ok(files)
}

/// A path relative to a folder, `/` between folders.
pub(crate) fn path_within(path: &Path, folder: &str) -> String {
    path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/")
}
