//! Backups: the database and files of a site as they were at one moment, in a folder.
//!
//! Knows no table and no state of a submission. The database comes first, in one
//! reading, and the files after it: rows are written after their files and files
//! of what is published never change, so the files hold all that the rows name. A
//! submission that is rejected or taken back meanwhile may be there without its file.
//! The main type is [`BackupDocument`], which says what a backup should hold.

mod copying;

use std::collections::HashMap;
use std::path::Path;

use scr_data::digest::{FileDigest, Manifest, digest_text, reader_digest};
use scr_data::{Problem, Problems, Staging, files};
use serde::{Deserialize, Serialize};

use crate::database::{self, time_text};
use crate::record;
use crate::{BENCHMARKS_FOLDER, BLOBS_FOLDER, DATABASE_FILE, Store, StoreError, UPLOADS_FOLDER};
use copying::{Listed, copy_file, finish, list, make_private, refuse_within};

pub(crate) use copying::{list_blobs, settle};

/// The version of how a backup is laid out.
const FORMAT: u32 = 2;
/// The file that says what a backup holds.
const MANIFEST: &str = "backup.json";
/// The list of all files of a backup but the database: a line `SHA-256  PATH` each.
const FILES: &str = "files.sha256";

/// What a backup holds, as its `backup.json` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupDocument {
    /// The version of this layout.
    pub format: u32,
    /// When the database was read, RFC 3339 in UTC.
    pub taken_at: String,
    /// `sha256:` and the hexadecimal digits of the database's file.
    pub database_digest: String,
    /// How many files there are beside the database.
    pub n_files: u64,
    /// Their size together.
    pub files_bytes: u64,
    /// `sha256:` and the hexadecimal digits of the list of them, `files.sha256`.
    pub files_digest: String,
}

impl Store {
    /// Writes database, blobs, uploads and benchmarks' folders into the folder `out`,
    /// whole or not at all, while others may use the store. It holds what the store
    /// holds, hashes of passwords too, and is its owner's alone likewise.
    ///
    /// Copies on the thread that it is called on, which waits for the disk: a command's
    /// work, not a server's. `progress` is told how many files are done and of how many.
    ///
    /// # Errors
    /// [`StoreError::Data`] when `out` is not empty or lies within the store's folder,
    /// when a benchmark's folder changed meanwhile, when something cannot be read or
    /// written; [`StoreError::Copy`], [`StoreError::Database`].
    pub async fn back_up(
        &self,
        out: &Path,
        progress: &mut (dyn FnMut(usize, usize) + Send),
    ) -> Result<BackupDocument, StoreError> {
        refuse_within(&self.folder, out)?;
        // Nothing that an earlier run left is taken over.
        let staging = Staging::begin(out, &crate::accounts::random_id()?)?;
        let filled = self.fill(staging.folder(), progress).await;
        finish(staging, filled)
    }

    async fn fill(
        &self,
        to: &Path,
        progress: &mut (dyn FnMut(usize, usize) + Send),
    ) -> Result<BackupDocument, StoreError> {
        make_private(to)?;
        let benchmarks = list(&self.folder, BENCHMARKS_FOLDER)?;
        let taken_at = time_text(jiff::Timestamp::now());
        database::snapshot(&self.pool, &to.join(DATABASE_FILE)).await?;
        let database_digest = settle(&self.folder.join(DATABASE_FILE), &to.join(DATABASE_FILE))?;

        let blobs = list_blobs(&self.folder, BLOBS_FOLDER)?;
        let uploads = list(&self.folder, UPLOADS_FOLDER)?;
        let total = blobs.len() + uploads.len() + benchmarks.len();
        let (mut files, mut files_bytes) = (Manifest::default(), 0);
        let all = blobs.iter().chain(&uploads).chain(&benchmarks);
        for (done, Listed { path, .. }) in all.enumerate() {
            match copy_file(&self.folder.join(path), &to.join(path))? {
                Some(bytes) => {
                    files.add(name_of(path), digest_of(&to.join(path))?);
                    files_bytes += bytes;
                }
                // Rejected or taken back since.
                None if path.starts_with(UPLOADS_FOLDER) => {}
                None => return Err(changed(&self.folder.join(path))),
            }
            progress(done + 1, total);
        }
        if list(&self.folder, BENCHMARKS_FOLDER)? != benchmarks {
            return Err(changed(&self.folder.join(BENCHMARKS_FOLDER)));
        }
        let committed = record::committed_files(&to.join(DATABASE_FILE)).await?;
        differences(&committed, &files, "the record").or(())?;
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
}

/// Writes what a backup holds into the folder `to`, whole or not at all, after which
/// [`Store::open`] opens it. Returns what the backup says of itself. `progress` is told
/// how many files are done and of how many.
///
/// # Errors
/// [`StoreError::Data`] when `backup` is no backup, of another format, or does not hold
/// what it should, when `to` is not empty or lies within it, when something cannot be
/// read or written; [`StoreError::Copy`].
pub fn restore_backup(
    backup: &Path,
    to: &Path,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<BackupDocument, StoreError> {
    let document = read_manifest(&backup.join(MANIFEST))?;
    refuse_within(backup, to)?;
    let mut files = Vec::new();
    for folder in [BLOBS_FOLDER, UPLOADS_FOLDER, BENCHMARKS_FOLDER] {
        files.extend(list(backup, folder)?);
    }
    refuse_other_files(backup, &files, &document)?;
    let listed = read_files(&backup.join(FILES), &document)?;
    let staging = Staging::begin(to, &crate::accounts::random_id()?)?;
    let filled = copy_back(backup, staging.folder(), &files, &document, progress);
    let checked = filled.and_then(|copied| {
        differences(&listed, &copied, "the backup's list").or(document).map_err(Into::into)
    });
    finish(staging, checked)
}

fn copy_back(
    backup: &Path,
    to: &Path,
    files: &[Listed],
    document: &BackupDocument,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<Manifest, StoreError> {
    make_private(to)?;
    let (from, database) = (backup.join(DATABASE_FILE), to.join(DATABASE_FILE));
    copy_file(&from, &database)?.ok_or_else(|| damaged(&from, "the database", "no file"))?;
    let found = settle(&from, &database)?;
    if found != document.database_digest {
        return Err(damaged(&from, &document.database_digest, &found));
    }
    let mut copies = Manifest::default();
    for (done, Listed { path, bytes, .. }) in files.iter().enumerate() {
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

fn digest_of(file: &Path) -> Result<FileDigest, StoreError> {
    let read = std::fs::File::open(file).and_then(reader_digest);
    read.map_err(|error| StoreError::Data(Problem::unreadable(file, &error).into()))
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

fn read_files(path: &Path, document: &BackupDocument) -> Result<Manifest, StoreError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| StoreError::Data(Problem::unreadable(path, &error).into()))?;
    let found = record::text_digest(&text);
    match Manifest::parse(&text) {
        Some(files) if found == document.files_digest => Ok(files),
        _ => Err(damaged(path, &document.files_digest, &found)),
    }
}

fn write_manifest(path: &Path, document: &BackupDocument) -> Result<(), StoreError> {
    let json = serde_json::to_string_pretty(document).map_err(|source| StoreError::Document {
        what: "the manifest",
        id: path.display().to_string(),
        source,
    })?;
    files::write_file(path, (json + "\n").as_bytes())?;
    Ok(())
}

fn read_manifest(path: &Path) -> Result<BackupDocument, StoreError> {
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    let problem = |expected: String, found: String, hint: &str| -> StoreError {
        let problem = Problem::new(path.display().to_string(), expected, found, hint);
        StoreError::Data(problem.into())
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
    files: &[Listed],
    document: &BackupDocument,
) -> Result<(), StoreError> {
    let say = |n_files: u64, bytes: u64| format!("{n_files} files of {bytes} bytes in all");
    let expected = say(document.n_files, document.files_bytes);
    let found = say(files.len() as u64, files.iter().map(|file| file.bytes).sum());
    if found == expected { Ok(()) } else { Err(damaged(backup, &expected, &found)) }
}

fn damaged(place: &Path, expected: &str, found: &str) -> StoreError {
    let hint = "the backup was damaged or changed since it was written, as a site served from it \
                does: take another";
    StoreError::Data(Problem::new(place.display().to_string(), expected, found, hint).into())
}

fn changed(place: &Path) -> StoreError {
    let hint = "wait until no benchmark is being added and nobody else works in the folder, \
                then try again";
    let place = place.display().to_string();
    StoreError::Data(Problem::new(place, "the same as a moment ago", "a change", hint).into())
}
