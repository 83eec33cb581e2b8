//! Backups: the database and files of a site as they were at one moment, in a folder.
//!
//! Knows no table and no state of a submission. The database comes first, in one
//! reading, and the files after it: rows are written after their files and files
//! of what is published never change, so the files hold all that the rows name. A
//! submission that is rejected or taken back meanwhile may be there without its file.
//! The main type is [`BackupDocument`], which says what a backup should hold.

mod copying;

use std::path::Path;

use scr_data::{Problem, Staging, files};
use serde::{Deserialize, Serialize};

use crate::database::{self, time_text};
use crate::{BENCHMARKS_FOLDER, BLOBS_FOLDER, DATABASE_FILE, Store, StoreError, UPLOADS_FOLDER};
use copying::{Listed, copy_file, finish, list, make_private, refuse_within};

pub(crate) use copying::{list_blobs, settle};

/// The version of how a backup is laid out.
const FORMAT: u32 = 1;
/// The file that says what a backup holds.
const MANIFEST: &str = "backup.json";

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
        let (mut n_files, mut files_bytes) = (0, 0);
        let all = blobs.iter().chain(&uploads).chain(&benchmarks);
        for (done, Listed { path, .. }) in all.enumerate() {
            match copy_file(&self.folder.join(path), &to.join(path))? {
                Some(bytes) => {
                    n_files += 1;
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
        let document =
            BackupDocument { format: FORMAT, taken_at, database_digest, n_files, files_bytes };
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
    let staging = Staging::begin(to, &crate::accounts::random_id()?)?;
    let filled = copy_back(backup, staging.folder(), &files, &document, progress);
    finish(staging, filled.map(|()| document))
}

fn copy_back(
    backup: &Path,
    to: &Path,
    files: &[Listed],
    document: &BackupDocument,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<(), StoreError> {
    make_private(to)?;
    let (from, database) = (backup.join(DATABASE_FILE), to.join(DATABASE_FILE));
    copy_file(&from, &database)?.ok_or_else(|| damaged(&from, "the database", "no file"))?;
    let found = settle(&from, &database)?;
    if found != document.database_digest {
        return Err(damaged(&from, &document.database_digest, &found));
    }
    for (done, Listed { path, bytes, .. }) in files.iter().enumerate() {
        let (from, to) = (backup.join(path), to.join(path));
        let copied = copy_file(&from, &to)?;
        if copied != Some(*bytes) {
            return Err(changed(&from));
        }
        progress(done + 1, files.len());
    }
    Ok(())
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
