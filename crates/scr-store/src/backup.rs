//! Backups: database and files of a site at one moment, in a folder.
//!
//! Knows no table and no state of a submission. The database is copied first, in one
//! snapshot, then the files. Rows are written after their files and published files never
//! change, so that the copied files include all that the rows name. A submission that is
//! rejected or withdrawn meanwhile may be without its file. The main type is
//! [`BackupDocument`], the list of a backup's contents.

use std::collections::HashMap;
use std::path::Path;

use scr_data::digest::{FileDigest, Manifest, digest_text, reader_digest};
use scr_data::{Problem, Problems, Staging, files};
use serde::{Deserialize, Serialize};
use sqlx::AnyPool;

use crate::copying::{
    ListedFile, copy_file, finish, list, list_blobs, make_private, refuse_within, settle,
};
use crate::folder::{BENCHMARKS_FOLDER, BLOBS_FOLDER, DATABASE_FILE, UPLOADS_FOLDER};
use crate::moving::site_move::copy_into_folder;
use crate::record::files::committed_files;
use crate::record::log::text_digest;
use crate::secrets::random_id;
use crate::sqlite::snapshot;
use crate::storage_error::StorageError;
use crate::store::Store;
use crate::time::now;

/// Version of the layout of a backup.
const FORMAT: u32 = 2;
/// List of a backup's contents.
const MANIFEST: &str = "backup.json";
/// List of all files of a backup except the database: a line `SHA-256  PATH` each.
const FILES: &str = "files.sha256";

/// Contents of a backup, as in its `backup.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupDocument {
    /// Version of the layout.
    pub format: u32,
    /// Time of the snapshot of the database, RFC 3339 in UTC.
    pub taken_at: String,
    /// `sha256:` and the hexadecimal digits of the database's file.
    pub database_digest: String,
    /// Number of files, without the database.
    pub n_files: u64,
    /// Size of these files together.
    pub files_bytes: u64,
    /// `sha256:` and the hexadecimal digits of the list of them, `files.sha256`.
    pub files_digest: String,
}

impl Store {
    /// Writes database, blobs, uploads and folders of benchmarks into the folder `out`, whole
    /// or not at all, while others may use the store. The backup holds hashes of passwords too
    /// and is private to its owner.
    ///
    /// Copies on the calling thread, which waits for the disk: for a command, not a server.
    /// `progress` gets the number of files done and of all.
    ///
    /// # Errors
    /// [`StorageError::Data`] when `out` is not empty or lies within the data folder, when the
    /// folder of a benchmark changed meanwhile, when something cannot be read or written;
    /// [`StorageError::Copy`], [`StorageError::Database`].
    pub async fn back_up(
        &self,
        out: &Path,
        progress: &mut (dyn FnMut(usize, usize) + Send),
    ) -> Result<BackupDocument, StorageError> {
        match self.folder.bucket {
            Some(_) => write_from_engines(self, out, progress).await,
            None => write(&self.pool, &self.folder.path, out, progress).await,
        }
    }
}

/// Writes a backup of the data folder `folder` into the folder `out`; see
/// [`Store::back_up`](crate::Store::back_up).
async fn write(
    pool: &AnyPool,
    folder: &Path,
    out: &Path,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<BackupDocument, StorageError> {
    refuse_within(folder, out)?;
    // Leftovers of an earlier run are not reused.
    let staging = Staging::begin(out, &random_id()?)?;
    let filled = fill(pool, folder, staging.folder(), progress).await;
    finish(staging, filled)
}

async fn fill(
    pool: &AnyPool,
    folder: &Path,
    to: &Path,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<BackupDocument, StorageError> {
    make_private(to)?;
    let benchmarks = list(folder, BENCHMARKS_FOLDER)?;
    let taken_at = now();
    snapshot(pool, &to.join(DATABASE_FILE)).await?;
    let database_digest = settle(&folder.join(DATABASE_FILE), &to.join(DATABASE_FILE))?;

    let blobs = list_blobs(folder, BLOBS_FOLDER)?;
    let uploads = list(folder, UPLOADS_FOLDER)?;
    let total = blobs.len() + uploads.len() + benchmarks.len();
    let (mut files, mut files_bytes) = (Manifest::default(), 0);
    let all = blobs.iter().chain(&uploads).chain(&benchmarks);
    for (done, ListedFile { path, .. }) in all.enumerate() {
        match copy_file(&folder.join(path), &to.join(path))? {
            Some(bytes) => {
                files.add(name_of(path), digest_of(&to.join(path))?);
                files_bytes += bytes;
            }
            // Rejected or withdrawn since.
            None if path.starts_with(UPLOADS_FOLDER) => {}
            None => return Err(changed(&folder.join(path))),
        }
        progress(done + 1, total);
    }
    if list(folder, BENCHMARKS_FOLDER)? != benchmarks {
        return Err(changed(&folder.join(BENCHMARKS_FOLDER)));
    }
    seal(to, taken_at, database_digest, &files, files_bytes).await
}

/// Checks that a backup has all files that its record commits to, and writes the list of its
/// contents.
async fn seal(
    to: &Path,
    taken_at: String,
    database_digest: String,
    files: &Manifest,
    files_bytes: u64,
) -> Result<BackupDocument, StorageError> {
    let committed = committed_files(&to.join(DATABASE_FILE)).await?;
    differences(&committed, files, "the record").or(())?;
    let (n_files, files_digest) = (files.files().len() as u64, files.digest());
    files::write_file(&to.join(FILES), files.text().as_bytes())?;
    let document = BackupDocument {
        format: FORMAT,
        taken_at,
        database_digest,
        n_files,
        files_bytes,
        files_digest,
    };
    write_manifest(&to.join(MANIFEST), &document)?;
    Ok(document)
}

/// Writes a backup of a site on engines into the folder `out`: the same as of a data folder, so
/// that `scr restore` makes a data folder of it, and `scr move` takes that to engines.
async fn write_from_engines(
    store: &Store,
    out: &Path,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<BackupDocument, StorageError> {
    let staging = Staging::begin(out, &random_id()?)?;
    let filled = fill_from_engines(store, staging.folder(), progress).await;
    finish(staging, filled)
}

async fn fill_from_engines(
    store: &Store,
    to: &Path,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<BackupDocument, StorageError> {
    make_private(to)?;
    let taken_at = now();
    copy_into_folder(store, to, progress).await?;
    let database = to.join(DATABASE_FILE);
    let database_digest = settle(&database, &database)?;
    let (mut files, mut files_bytes) = (Manifest::default(), 0);
    for folder in [BLOBS_FOLDER, UPLOADS_FOLDER, BENCHMARKS_FOLDER] {
        for ListedFile { path, bytes, .. } in list(to, folder)? {
            files.add(name_of(&path), digest_of(&to.join(&path))?);
            files_bytes += bytes;
        }
    }
    seal(to, taken_at, database_digest, &files, files_bytes).await
}

/// Restores a backup into the folder `to`, whole or not at all;
/// [`Store::open`](crate::Store::open) opens it then. Returns the contents of the backup.
/// `progress` gets the number of files done and of all.
///
/// # Errors
/// [`StorageError::Data`] when `backup` is no backup, of another format, incomplete or
/// damaged, when `to` is not empty or lies within it, when something cannot be
/// read or written; [`StorageError::Copy`].
pub fn restore_backup(
    backup: &Path,
    to: &Path,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<BackupDocument, StorageError> {
    let document = read_manifest(&backup.join(MANIFEST))?;
    refuse_within(backup, to)?;
    let mut files = Vec::new();
    for folder in [BLOBS_FOLDER, UPLOADS_FOLDER, BENCHMARKS_FOLDER] {
        files.extend(list(backup, folder)?);
    }
    refuse_other_files(backup, &files, &document)?;
    let listed = read_files(&backup.join(FILES), &document)?;
    let staging = Staging::begin(to, &random_id()?)?;
    let filled = copy_back(backup, staging.folder(), &files, &document, progress);
    let checked = filled.and_then(|copied| {
        differences(&listed, &copied, "the backup's list").or(document).map_err(Into::into)
    });
    finish(staging, checked)
}

fn copy_back(
    backup: &Path,
    to: &Path,
    files: &[ListedFile],
    document: &BackupDocument,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<Manifest, StorageError> {
    make_private(to)?;
    let (from, database) = (backup.join(DATABASE_FILE), to.join(DATABASE_FILE));
    copy_file(&from, &database)?.ok_or_else(|| damaged(&from, "the database", "no file"))?;
    let found = settle(&from, &database)?;
    if found != document.database_digest {
        return Err(damaged(&from, &document.database_digest, &found));
    }
    let mut copies = Manifest::default();
    for (done, ListedFile { path, bytes, .. }) in files.iter().enumerate() {
        let (from, to) = (backup.join(path), to.join(path));
        let copied = copy_file(&from, &to)?;
        if copied != Some(*bytes) {
            return Err(changed(&from));
        }
        copies.add(name_of(path), digest_of(&to)?);
        progress(done + 1, files.len());
    }
    Ok(copies)
}

/// A file's path within a store or a backup, `/` between folders.
fn name_of(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn digest_of(file: &Path) -> Result<FileDigest, StorageError> {
    let read = std::fs::File::open(file).and_then(reader_digest);
    read.map_err(|error| StorageError::Data(Problem::unreadable(file, &error).into()))
}

/// Every file that `expected` lists and `found` lacks or has with other bytes.
fn differences(expected: &Manifest, found: &Manifest, list: &str) -> Problems {
    let found: HashMap<&str, &FileDigest> = found.files().collect();
    let mut problems = Problems::default();
    for (path, digest) in expected.files() {
        let said = match found.get(path) {
            Some(found) if *found == digest => continue,
            Some(found) => digest_text(found),
            None => "no file".to_owned(),
        };
        let expected = format!("{}, as in {list}", digest_text(digest));
        let hint = "it is missing or damaged: take it from an earlier backup";
        problems.push(Problem::new(path, expected, said, hint));
    }
    problems
}

fn read_files(path: &Path, document: &BackupDocument) -> Result<Manifest, StorageError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| StorageError::Data(Problem::unreadable(path, &error).into()))?;
    let found = text_digest(&text);
    match Manifest::parse(&text) {
        Some(files) if found == document.files_digest => Ok(files),
        _ => Err(damaged(path, &document.files_digest, &found)),
    }
}

fn write_manifest(path: &Path, document: &BackupDocument) -> Result<(), StorageError> {
    let json = serde_json::to_string_pretty(document).map_err(|source| StorageError::Document {
        what: "the manifest",
        id: path.display().to_string(),
        source,
    })?;
    files::write_file(path, (json + "\n").as_bytes())?;
    Ok(())
}

fn read_manifest(path: &Path) -> Result<BackupDocument, StorageError> {
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    let problem = |expected: String, found: String, hint: &str| -> StorageError {
        let problem = Problem::new(path.display().to_string(), expected, found, hint);
        StorageError::Data(problem.into())
    };
    let unreadable = |error: serde_json::Error| {
        let expected = "what `scr backup` writes there".into();
        problem(expected, error.to_string(), "take another backup")
    };
    let bytes = std::fs::read(path).map_err(|error| {
        let expected = "a readable file, as every backup has it".into();
        problem(expected, error.to_string(), "give the folder that `scr backup` wrote")
    })?;
    let Format { format } = serde_json::from_slice(&bytes).map_err(unreadable)?;
    if format != FORMAT {
        let hint = "use the version of scr that wrote it, or a later one";
        return Err(problem(format!("format {FORMAT}"), format!("format {format}"), hint));
    }
    serde_json::from_slice(&bytes).map_err(unreadable)
}

/// Refuses a backup of which files are missing, cut short or added.
fn refuse_other_files(
    backup: &Path,
    files: &[ListedFile],
    document: &BackupDocument,
) -> Result<(), StorageError> {
    let say = |n_files: u64, bytes: u64| format!("{n_files} files of {bytes} bytes in all");
    let expected = say(document.n_files, document.files_bytes);
    let found = say(files.len() as u64, files.iter().map(|file| file.bytes).sum());
    if found == expected { Ok(()) } else { Err(damaged(backup, &expected, &found)) }
}

fn damaged(place: &Path, expected: &str, found: &str) -> StorageError {
    let hint = "the backup was damaged or changed since it was written, as a site served from it \
                does: take another";
    StorageError::Data(Problem::new(place.display().to_string(), expected, found, hint).into())
}

fn changed(place: &Path) -> StorageError {
    let hint = "wait until no benchmark is being added and nobody else works in the folder, \
                then try again";
    let place = place.display().to_string();
    StorageError::Data(Problem::new(place, "the same as a moment ago", "a change", hint).into())
}
