//! Atomic copy of a benchmark's folder to a site's data folder.
//!
//! Decodes no image: publishing reports the problems of images. The copy can be rolled
//! back until it is committed; a rollback restores the previous folder.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::digest::{Manifest, file_digest};
use crate::durable::{self, sibling};
use crate::{Benchmark, DataError, Problem, Problems, Staging, files};

/// Outcome of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyOutcome {
    /// There was no copy before.
    New,
    /// The copy had the same files before.
    Unchanged,
    /// The copy was of the same benchmark with other files: another title, more
    /// radiographs.
    Replaced,
}

/// Copy in its place that can still be rolled back.
#[derive(Debug)]
#[must_use = "a copy is kept or undone"]
pub struct BenchmarkCopy {
    folder: PathBuf,
    outcome: CopyOutcome,
}

/// Suffix of the replaced folder, until the copy is kept. No benchmark's identifier
/// has a dot.
const BEFORE: &str = ".before";
/// Suffix of a complete copy, before it replaces the folder.
const NEXT: &str = ".next";
/// Suffix of a folder during its deletion.
const GONE: &str = ".gone";

impl BenchmarkCopy {
    /// Copies every file below the benchmark's folder to `to`, except files and folders
    /// whose name begins with `.`. Follows links: the copy holds files. First rolls back an
    /// interrupted copy to `to`.
    ///
    /// `progress` receives the step, the files done and the files in all.
    ///
    /// # Errors
    /// [`DataError::Occupied`] when `to` holds another benchmark or lies within
    /// the source folder, [`DataError::Problems`] when files cannot be read or
    /// change during the copy, [`DataError::Write`].
    pub fn place(
        benchmark: &Benchmark,
        to: &Path,
        progress: &dyn Fn(&str, usize, usize),
    ) -> Result<Self, DataError> {
        restore(to)?;
        if is_same_folder(benchmark.root(), to)? {
            return Ok(Self { folder: to.to_owned(), outcome: CopyOutcome::Unchanged });
        }
        let digest = benchmark.digest(benchmark.reference())?;
        let source = manifest(benchmark.root(), &|done, total| progress("reading", done, total))?;
        let outcome = if to.exists() {
            refuse_other(to, &digest)?;
            let there = manifest(to, &|done, total| progress("comparing", done, total))?;
            if there == source { CopyOutcome::Unchanged } else { CopyOutcome::Replaced }
        } else {
            CopyOutcome::New
        };
        if outcome == CopyOutcome::Unchanged {
            return Ok(Self { folder: to.to_owned(), outcome });
        }
        let next = if outcome == CopyOutcome::New { to.to_owned() } else { sibling(to, NEXT) };
        let staging = Staging::begin(&next, &source.text())?;
        copy_files(benchmark.root(), &source, &staging, progress)?;
        let copy = Benchmark::open(staging.folder())?;
        if copy.digest(copy.reference())? != digest {
            return Err(changed(benchmark.root()).into());
        }
        staging.finish()?;
        if outcome == CopyOutcome::Replaced {
            rename(to, &sibling(to, BEFORE))?;
            rename(&next, to)?;
        }
        Ok(Self { folder: to.to_owned(), outcome })
    }

    /// Folder of the copy.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Outcome of a copy.
    #[must_use]
    pub const fn outcome(&self) -> CopyOutcome {
        self.outcome
    }

    /// Keeps the copy: deletes the replaced folder, if any.
    ///
    /// # Errors
    /// [`DataError::Write`].
    pub fn keep(self) -> Result<(), DataError> {
        delete(&sibling(&self.folder, BEFORE), &self.folder)
    }

    /// Undoes the copy: restores the replaced folder, if any.
    ///
    /// # Errors
    /// [`DataError::Write`].
    pub fn undo(self) -> Result<(), DataError> {
        match self.outcome {
            CopyOutcome::Unchanged => Ok(()),
            CopyOutcome::New => delete(&self.folder, &self.folder),
            CopyOutcome::Replaced => restore(&self.folder),
        }
    }
}

/// Undoes an interrupted copy to `to`.
fn restore(to: &Path) -> Result<(), DataError> {
    delete(&sibling(to, NEXT), to)?;
    let before = sibling(to, BEFORE);
    if before.exists() {
        delete(to, to)?;
        rename(&before, to)?;
    }
    Ok(())
}

/// Deletes a folder, if it exists, and the rest of an earlier deletion. Renames it
/// first, so that a partly deleted folder never passes for a complete one.
fn delete(folder: &Path, to: &Path) -> Result<(), DataError> {
    let gone = sibling(to, GONE);
    let remove = |gone: &Path| std::fs::remove_dir_all(gone).map_err(DataError::write(gone));
    if gone.exists() {
        remove(&gone)?;
    }
    if folder.exists() {
        rename(folder, &gone)?;
        remove(&gone)?;
    }
    Ok(())
}

fn rename(from: &Path, to: &Path) -> Result<(), DataError> {
    durable::rename(from, to).map_err(DataError::write(to))
}

/// True when `to` is the source folder itself; refuses a place within it.
fn is_same_folder(root: &Path, to: &Path) -> Result<bool, DataError> {
    let root = root.canonicalize().map_err(|error| Problem::unreadable(root, &error))?;
    if let Ok(there) = to.canonicalize()
        && there == root
    {
        return Ok(true);
    }
    let parent = to.parent().unwrap_or(Path::new("."));
    durable::create_folders(parent).map_err(DataError::write(parent))?;
    let parent = parent.canonicalize().map_err(DataError::write(parent))?;
    if parent.starts_with(&root) {
        let holds = format!("lies within the benchmark {} itself", root.display());
        return Err(DataError::Occupied { path: parent, holds });
    }
    Ok(false)
}

fn refuse_other(to: &Path, digest: &str) -> Result<(), DataError> {
    let there = Benchmark::open(to)?;
    let found = there.digest(there.reference())?;
    if found == digest {
        return Ok(());
    }
    let holds = format!("holds another benchmark: its digest is {found}, expected {digest}");
    Err(DataError::Occupied { path: to.to_owned(), holds })
}

/// Manifest of all files below `root`, by relative path.
fn manifest(root: &Path, progress: &dyn Fn(usize, usize)) -> Result<Manifest, DataError> {
    let mut problems = Problems::default();
    let mut paths = Vec::new();
    list(root, "", &mut Vec::new(), &mut paths, &mut problems);
    let mut manifest = Manifest::default();
    // In chunks, to report progress.
    for (index, some) in paths.chunks(CHUNK).enumerate() {
        let digests: Vec<_> = some
            .par_iter()
            .map(|path| files::read_file(&root.join(path)).map(|bytes| file_digest(&bytes)))
            .collect();
        for (path, digest) in some.iter().zip(digests) {
            if let Some(digest) = problems.keep(digest) {
                manifest.add(path, digest);
            }
        }
        progress(index * CHUNK + some.len(), paths.len());
    }
    problems.or(manifest)
}

/// Number of files between two reports of progress.
const CHUNK: usize = 32;

/// Lists the files below `root/within`; `above` are the folders on the path to it.
fn list(
    root: &Path,
    within: &str,
    above: &mut Vec<PathBuf>,
    paths: &mut Vec<String>,
    problems: &mut Problems,
) {
    let folder = root.join(within);
    let opened = folder
        .canonicalize()
        .and_then(|real| Ok((real, folder.read_dir()?.collect::<Result<Vec<_>, _>>()?)))
        .map_err(|error| Problem::unreadable(&folder, &error));
    let Some((real, entries)) = problems.keep(opened) else { return };
    let place = folder.display().to_string();
    if above.contains(&real) {
        problems.push(Problem::new(place, "a folder", "a link to a folder that holds it", ""));
        return;
    }
    above.push(real);
    for entry in entries {
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            let found = name.to_string_lossy().into_owned();
            problems.push(Problem::new(&place, "names in UTF-8", found, "rename it"));
            continue;
        };
        if name.starts_with('.') {
            continue;
        }
        let path = if within.is_empty() { name.to_owned() } else { format!("{within}/{name}") };
        if entry.path().is_dir() {
            list(root, &path, above, paths, problems);
        } else {
            paths.push(path);
        }
    }
    above.pop();
}

fn copy_files(
    root: &Path,
    source: &Manifest,
    staging: &Staging,
    progress: &dyn Fn(&str, usize, usize),
) -> Result<(), DataError> {
    let total = source.files().len();
    for (done, (path, digest)) in source.files().enumerate() {
        if !staging.has(path) {
            let bytes = files::read_file(&root.join(path))?;
            if file_digest(&bytes) != *digest {
                return Err(changed(&root.join(path)).into());
            }
            staging.write(path, &bytes)?;
        }
        progress("copying", done + 1, total);
    }
    Ok(())
}

fn changed(path: &Path) -> Problem {
    let hint = "leave the folder alone while it is copied, and try again";
    Problem::new(path.display().to_string(), "the same as a moment ago", "a change", hint)
}

#[cfg(test)]
mod tests {
    use scr_image::{Mask, Size};

    use super::*;
    use crate::formats::png;

    /// A benchmark of two images and one structure, with a title and a mask's width.
    fn write_benchmark(folder: &Path, title: &str, width: usize) -> Benchmark {
        let toml = format!(
            "id = 'tiny'\ntitle = '{title}'\n[images]\ntable = 'images.csv'\nfolder = 'images'\n\
             pattern = '{{image_id}}.png'\nspacing_mm = 0.5\n[[structures]]\nid = 'lung'\n\
             name = 'Lung'\n[[objects]]\nid = 'lung'\nname = 'Lung'\nstructures = ['lung']\n\
             [[observers]]\nid = 'reference'\nname = 'First'\nfolder = 'masks'\n\
             pattern = '{{structure}}/{{image_id}}.png'\n[folds]\ncolumn = 'fold'\n\
             [terms]\nredistribution = 'allowed'\n"
        );
        files::write_file(&folder.join("benchmark.toml"), toml.as_bytes()).unwrap();
        files::write_file(&folder.join("images.csv"), b"image_id,fold\nA1,1\nA2,2\n").unwrap();
        let mask = png::write_mask(&Mask::from_fn(Size::new(8, 8), |col, _| col < width));
        for image in ["A1", "A2"] {
            files::write_file(&folder.join(format!("masks/lung/{image}.png")), &mask).unwrap();
        }
        Benchmark::open(folder).unwrap()
    }

    fn place(benchmark: &Benchmark, to: &Path) -> Result<BenchmarkCopy, DataError> {
        BenchmarkCopy::place(benchmark, to, &|_, _, _| {})
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = folder.read_dir().unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_copy_is_new_then_unchanged_then_replaced_and_leaves_nothing_beside_it() {
        let temp = tempfile::tempdir().unwrap();
        let source = temp.path().join("source");
        let to = temp.path().join("site/tiny");
        let benchmark = write_benchmark(&source, "Tiny", 4);
        std::fs::write(source.join(".hidden"), "x").unwrap();
        let copy = place(&benchmark, &to).unwrap();
        assert_eq!(copy.outcome(), CopyOutcome::New);
        copy.keep().unwrap();
        assert_eq!(names(&to), ["benchmark.toml", "images.csv", "masks"]);
        let copy = place(&benchmark, &to).unwrap();
        assert_eq!(copy.outcome(), CopyOutcome::Unchanged);
        copy.undo().unwrap();
        assert_eq!(
            place(&Benchmark::open(&to).unwrap(), &to).unwrap().outcome(),
            CopyOutcome::Unchanged
        );

        let retitled = write_benchmark(&source, "Tiny too", 4);
        let copy = place(&retitled, &to).unwrap();
        assert_eq!(copy.outcome(), CopyOutcome::Replaced);
        copy.keep().unwrap();
        assert_eq!(Benchmark::open(&to).unwrap().title, "Tiny too");
        assert_eq!(names(&temp.path().join("site")), ["tiny"]);
    }

    #[test]
    fn what_is_undone_or_was_killed_leaves_what_was_there() {
        let temp = tempfile::tempdir().unwrap();
        let source = temp.path().join("source");
        let to = temp.path().join("site/tiny");
        let benchmark = write_benchmark(&source, "Tiny", 4);
        place(&benchmark, &to).unwrap().undo().unwrap();
        assert!(names(&temp.path().join("site")).is_empty());
        place(&benchmark, &to).unwrap().keep().unwrap();

        let retitled = write_benchmark(&source, "Tiny too", 4);
        place(&retitled, &to).unwrap().undo().unwrap();
        assert_eq!(Benchmark::open(&to).unwrap().title, "Tiny");
        // Killed between `place` and `keep` or `undo`.
        let _ = place(&retitled, &to).unwrap();
        // Killed between two renames.
        std::fs::remove_dir_all(&to).unwrap();
        let copy = place(&retitled, &to).unwrap();
        assert_eq!(copy.outcome(), CopyOutcome::Replaced, "what was there was put back first");
        copy.keep().unwrap();
        assert_eq!(names(&temp.path().join("site")), ["tiny"]);
    }

    #[test]
    fn another_benchmark_and_a_place_within_are_refused() {
        let temp = tempfile::tempdir().unwrap();
        let source = temp.path().join("source");
        let to = temp.path().join("site/tiny");
        place(&write_benchmark(&source, "Tiny", 4), &to).unwrap().keep().unwrap();
        let other = write_benchmark(&source, "Tiny", 5);
        let error = place(&other, &to).unwrap_err();
        assert!(error.to_string().contains("holds another benchmark"), "{error}");
        let error = place(&other, &source.join("site/tiny")).unwrap_err();
        assert!(error.to_string().contains("lies within"), "{error}");
        assert_eq!(names(&temp.path().join("site")), ["tiny"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_once_round() {
        let temp = tempfile::tempdir().unwrap();
        let source = temp.path().join("source");
        let to = temp.path().join("site/tiny");
        let benchmark = write_benchmark(&source, "Tiny", 4);
        std::fs::rename(source.join("masks"), temp.path().join("elsewhere")).unwrap();
        std::os::unix::fs::symlink(temp.path().join("elsewhere"), source.join("masks")).unwrap();
        place(&benchmark, &to).unwrap().keep().unwrap();
        assert!(!to.join("masks").is_symlink() && to.join("masks/lung/A1.png").is_file());
        std::os::unix::fs::symlink(&source, source.join("round")).unwrap();
        let error = place(&benchmark, &to).unwrap_err();
        assert!(error.to_string().contains("a folder that holds it"), "{error}");
    }
}
