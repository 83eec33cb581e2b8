//! Owners of files, and the files to which their rows refer.

use std::collections::HashSet;

use async_recursion::async_recursion as boxed;
use scr_data::digest::{Manifest, hex};
use scr_documents::SubmissionState;
use sqlx::AnyConnection;

use crate::database::Doing;
use crate::file_claims::{SOURCES, is_claimed};
use crate::folder::{BLOBS_FOLDER, UPLOADS_FOLDER};
use crate::objects::source_object;
use crate::record::files::benchmark_lists;
use crate::storage_error::StorageError;
use crate::submissions::dead_letters::is_upload_kept;

/// Operation in errors.
const DOING: &str = "look for rows that refer to files";

/// Owner of a file: the row on which it depends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Owner {
    Benchmark(String),
    Entry(String),
    /// Folders of all benchmarks, on engines.
    Sources,
    Submission(String),
}

impl Owner {
    /// Owner of a file by its key; none of a file that this program does not write.
    pub(super) fn of(key: &str) -> Option<Self> {
        let mut parts = key.split('/');
        let owner = match (parts.next()?, parts.next()?, parts.next()) {
            (BLOBS_FOLDER, "benchmarks", Some(id)) => Self::Benchmark(id.to_owned()),
            (BLOBS_FOLDER, "entries", Some(id)) => Self::Entry(id.to_owned()),
            (SOURCES, _, None) => return Some(Self::Sources),
            (UPLOADS_FOLDER, file, None) => {
                let id = file.split_once('.').map_or(file, |(id, _)| id);
                return Some(Self::Submission(id.to_owned()));
            }
            (UPLOADS_FOLDER, id, Some(_)) => return Some(Self::Submission(id.to_owned())),
            _ => return None,
        };
        // Else the key is the folder of the owner itself.
        parts.next().map(|_| owner)
    }
}

/// Files to which the rows of an owner refer.
pub(super) enum References {
    /// Every file of the owner.
    All,
    /// Files by their keys, and those whose keys begin with a text, if there is one.
    Keys(HashSet<String>, Option<String>),
}

impl References {
    /// True if a row refers to the file.
    pub(super) fn has(&self, key: &str) -> bool {
        match self {
            Self::All => true,
            Self::Keys(keys, beginning) => {
                keys.contains(key)
                    || beginning.as_ref().is_some_and(|beginning| key.starts_with(beginning))
            }
        }
    }

    fn none() -> Result<Self, StorageError> {
        Ok(Self::Keys(HashSet::new(), None))
    }

    /// Files of a folder of blobs by its list in the record, and outlines, which are not in it.
    /// Every file where there is no list.
    fn listed(folder: &str, list: Option<&str>) -> Self {
        let Some(files) = list.and_then(Manifest::parse) else { return Self::All };
        let keys = files.files().map(|(path, _)| format!("{BLOBS_FOLDER}/{folder}/{path}"));
        Self::Keys(keys.collect(), Some(format!("{BLOBS_FOLDER}/{folder}/outlines/")))
    }

    /// Files to which the rows of an owner refer now.
    ///
    /// # Errors
    /// [`StorageError::Database`], [`StorageError::Document`], [`StorageError::Word`].
    #[boxed]
    pub(super) async fn read(
        connection: &mut AnyConnection,
        owner: &Owner,
    ) -> Result<Self, StorageError> {
        match owner {
            Owner::Benchmark(id) => of_benchmark(connection, id).await,
            Owner::Entry(id) => of_entry(connection, id).await,
            Owner::Sources => of_sources(connection).await,
            Owner::Submission(id) => of_submission(connection, id).await,
        }
    }
}

async fn of_benchmark(
    connection: &mut AnyConnection,
    id: &str,
) -> Result<References, StorageError> {
    let folder = format!("benchmarks/{id}");
    if is_claimed(connection, &folder).await? {
        return Ok(References::All);
    }
    if count(connection, "SELECT COUNT(*) FROM benchmarks WHERE id = $1", id).await? == 0 {
        return References::none();
    }
    let lines: Vec<(String,)> = sqlx::query_as(
        "SELECT line FROM record WHERE line LIKE '%\"benchmark_published\"%' ORDER BY number",
    )
    .fetch_all(&mut *connection)
    .await
    .doing(DOING)?;
    let list: Option<(String,)> = sqlx::query_as("SELECT text FROM manifests WHERE digest = $1")
        .bind(benchmark_lists(&lines)?.remove(id))
        .fetch_optional(connection)
        .await
        .doing(DOING)?;
    Ok(References::listed(&folder, list.as_ref().map(|(text,)| text.as_str())))
}

async fn of_entry(connection: &mut AnyConnection, id: &str) -> Result<References, StorageError> {
    let folder = format!("entries/{id}");
    if is_claimed(connection, &folder).await? {
        return Ok(References::All);
    }
    if count(connection, "SELECT COUNT(*) FROM entries WHERE id = $1", id).await? == 0 {
        return References::none();
    }
    let list: Option<(String,)> = sqlx::query_as(
        "SELECT text FROM manifests JOIN entry_files ON files_digest = digest WHERE entry_id = $1",
    )
    .bind(id)
    .fetch_optional(connection)
    .await
    .doing(DOING)?;
    Ok(References::listed(&folder, list.as_ref().map(|(text,)| text.as_str())))
}

async fn of_sources(connection: &mut AnyConnection) -> Result<References, StorageError> {
    if is_claimed(connection, SOURCES).await? {
        return Ok(References::All);
    }
    let lists: Vec<(String,)> =
        sqlx::query_as("SELECT text FROM sources JOIN manifests ON digest = files_digest")
            .fetch_all(connection)
            .await
            .doing(DOING)?;
    let mut keys = HashSet::new();
    for (text,) in lists {
        let Some(files) = Manifest::parse(&text) else { return Ok(References::All) };
        keys.extend(files.files().map(|(_, digest)| source_object(&hex(digest))));
    }
    Ok(References::Keys(keys, None))
}

/// An upload belongs to its submission until that has ended and no dead letter waits; after that, its chunks to their
/// rows.
async fn of_submission(
    connection: &mut AnyConnection,
    id: &str,
) -> Result<References, StorageError> {
    let state: Option<(String,)> = sqlx::query_as("SELECT state FROM submissions WHERE id = $1")
        .bind(id)
        .fetch_optional(&mut *connection)
        .await
        .doing(DOING)?;
    // A state that this program does not know is one of a submission that goes on.
    let is_final =
        |(word,): (String,)| SubmissionState::of_word(&word).is_some_and(SubmissionState::is_final);
    if state.is_some_and(|state| !is_final(state)) || is_upload_kept(connection, id).await? {
        return Ok(References::All);
    }
    let chunks: Vec<(String,)> =
        sqlx::query_as("SELECT object FROM upload_chunks WHERE submission_id = $1")
            .bind(id)
            .fetch_all(connection)
            .await
            .doing(DOING)?;
    Ok(References::Keys(chunks.into_iter().map(|(object,)| object).collect(), None))
}

async fn count(
    connection: &mut AnyConnection,
    query: &'static str,
    id: &str,
) -> Result<i64, StorageError> {
    let (rows,): (i64,) =
        sqlx::query_as(query).bind(id).fetch_one(connection).await.doing(DOING)?;
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_the_owner_that_its_key_names_and_others_have_none() {
        let id = || "x".to_owned();
        let owners = [
            ("blobs/benchmarks/x/images/1.png", Some(Owner::Benchmark(id()))),
            ("blobs/entries/x/masks/heart/1.png", Some(Owner::Entry(id()))),
            ("sources/00ff", Some(Owner::Sources)),
            ("uploads/x/000-1", Some(Owner::Submission(id()))),
            ("uploads/x.zip", Some(Owner::Submission(id()))),
            ("uploads/x.masks.zip", Some(Owner::Submission(id()))),
            ("blobs/entries/x", None),
            ("blobs/other/x/1.png", None),
            ("sources/x/1", None),
            ("scr-site.json", None),
            ("benchmarks/x/benchmark.toml", None),
        ];
        for (key, owner) in owners {
            assert_eq!(Owner::of(key), owner, "{key}");
        }
    }
}
