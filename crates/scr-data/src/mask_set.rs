//! A set of masks that someone wants scored: a folder `STRUCTURE/IMAGE.png`.
//!
//! Opening lists the folder and checks names alone, whole: what is missing, what
//! does not belong, what is there twice. Pixels are read mask by mask, later.
//!
//! Tolerated: `right lung` for `right_lung`, folders above the structures called
//! `fold1`, `fold2` or `masks` as in the original database, one enclosing folder,
//! and what operating systems leave behind (`__MACOSX`, `.DS_Store`); the last
//! two are named in a notice.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use scr_image::{Mask, Size};

use crate::benchmark::wrong_size;
use crate::digest::{Manifest, file_digest};
use crate::{Benchmark, DataError, Fold, Problem, Problems, files, formats};

/// How deep folders may lie within each other.
const MAX_DEPTH: usize = 8;
/// More files than any set of masks has.
const MAX_FILES: usize = 1_000_000;

/// A set of masks for a benchmark, complete for the structures and folds it covers.
#[derive(Debug, Clone)]
pub struct MaskSet {
    root: PathBuf,
    /// Path relative to the root by structure and image (indices into the benchmark).
    masks: BTreeMap<(usize, usize), String>,
    structures: Vec<usize>,
    notices: Vec<String>,
}

impl MaskSet {
    /// Lists the masks in the folder `root` and checks their names against `benchmark`.
    ///
    /// A set may cover only some objects, and only one fold, but every structure
    /// of an object and every image of a fold that it covers.
    ///
    /// # Errors
    /// [`DataError::Problems`] with every missing, unknown, doubled or misplaced
    /// file; every mask that is there is then read as well, so that the list
    /// also holds those that are damaged or of the wrong size.
    pub fn open(root: &Path, benchmark: &Benchmark) -> Result<Self, DataError> {
        if !root.is_dir() {
            let found = if root.exists() { "a file" } else { "nothing" };
            return Err(Problem::new(
                root.display().to_string(),
                "a folder of masks, STRUCTURE/IMAGE.png",
                found,
                "give the folder that holds one folder for each structure",
            )
            .into());
        }
        let mut listing = Listing::default();
        listing.walk(root, "", 0)?;
        let mut sorting = Sorting::new(root, benchmark);
        for path in &listing.files {
            sorting.sort(path);
        }
        sorting.finish(listing.notices)
    }

    /// What was passed over, in words, for the user to know.
    #[must_use]
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// The structures that the set covers, as ascending indices into
    /// [`Benchmark::structures`].
    #[must_use]
    pub fn structures(&self) -> &[usize] {
        &self.structures
    }

    /// The images that the set covers, as ascending indices into [`Benchmark::images`].
    #[must_use]
    pub fn images(&self) -> Vec<usize> {
        let images: BTreeSet<usize> = self.masks.keys().map(|&(_, image)| image).collect();
        images.into_iter().collect()
    }

    /// Reads one mask, which must have the size given, if any, and notes the file in
    /// `manifest` under `STRUCTURE/IMAGE` by the benchmark's identifiers, so that
    /// the same masks have the same digest however their folders are named.
    ///
    /// # Errors
    /// A [`Problem`] when the set does not cover it, it cannot be read, is no
    /// binary mask or has another size.
    pub fn read_mask(
        &self,
        benchmark: &Benchmark,
        structure: usize,
        image: usize,
        size: Option<Size>,
        manifest: &mut Manifest,
    ) -> Result<Mask, Problem> {
        let name = format!("{}/{}", benchmark.structures[structure].id, benchmark.images[image].id);
        let Some(path) = self.masks.get(&(structure, image)) else {
            return Err(Problem::new(name, "a mask", "none in this set", ""));
        };
        let path = self.root.join(path);
        let bytes = files::read_file(&path)?;
        manifest.add(name, file_digest(&bytes));
        let place = path.display().to_string();
        let mask =
            formats::read_mask(&place, &bytes).map_err(|error| Problem::format(&place, &error))?;
        match size {
            Some(size) if size != mask.size() => Err(wrong_size(&place, size, mask.size())),
            _ => Ok(mask),
        }
    }
}

impl MaskSet {
    /// Every mask of the set that cannot be read or has not the reference's size.
    fn unusable(&self, benchmark: &Benchmark) -> Vec<Problem> {
        self.masks
            .par_iter()
            .filter_map(|(&(structure, image), _)| {
                let mut files = Manifest::default();
                let (of, at) = (&benchmark.structures[structure], &benchmark.images[image]);
                let reference = benchmark.read_mask(benchmark.reference(), of, at, &mut files);
                let size = reference.ok().map(|mask| mask.size());
                self.read_mask(benchmark, structure, image, size, &mut files).err()
            })
            .collect()
    }
}

#[derive(Default)]
struct Listing {
    files: Vec<String>,
    notices: Vec<String>,
}

impl Listing {
    fn walk(&mut self, folder: &Path, prefix: &str, depth: usize) -> Result<(), DataError> {
        let entries = std::fs::read_dir(folder).map_err(|e| Problem::unreadable(folder, &e))?;
        let mut names: Vec<(String, bool)> = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|e| Problem::unreadable(folder, &e))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            names.push((name, entry.path().is_dir()));
        }
        names.sort();
        for (name, is_folder) in names {
            let path = format!("{prefix}{name}");
            if name.starts_with('.') || name == "__MACOSX" {
                self.notices.push(format!("{path} was passed over"));
            } else if is_folder && depth < MAX_DEPTH {
                self.walk(&folder.join(&name), &format!("{path}/"), depth + 1)?;
            } else if is_folder || self.files.len() >= MAX_FILES {
                let expected = format!("at most {MAX_DEPTH} folders deep and {MAX_FILES} files");
                return Err(Problem::new(path, expected, "more", "is it the right folder?").into());
            } else {
                self.files.push(path);
            }
        }
        Ok(())
    }
}

/// Puts files where they belong and notes what belongs nowhere.
struct Sorting<'a> {
    root: &'a Path,
    benchmark: &'a Benchmark,
    images: BTreeMap<&'a str, usize>,
    masks: BTreeMap<(usize, usize), String>,
    notices: Vec<String>,
    enclosing: BTreeSet<String>,
    unknown_folders: BTreeMap<String, usize>,
    problems: Problems,
}

impl<'a> Sorting<'a> {
    fn new(root: &'a Path, benchmark: &'a Benchmark) -> Self {
        let images =
            benchmark.images.iter().enumerate().map(|(i, image)| (image.id.as_str(), i)).collect();
        Self {
            root,
            benchmark,
            images,
            masks: BTreeMap::new(),
            notices: Vec::new(),
            enclosing: BTreeSet::new(),
            unknown_folders: BTreeMap::new(),
            problems: Problems::default(),
        }
    }

    fn place(&self, path: &str) -> String {
        self.root.join(path).display().to_string()
    }

    fn sort(&mut self, path: &str) {
        let parts: Vec<&str> = path.split('/').collect();
        let (file, folders) = parts.split_last().expect("splitting gives at least one part");
        let Some(stem) = mask_stem(file) else {
            self.notices.push(format!("{path} is no mask file and was passed over"));
            return;
        };
        let Some((structure_folder, above)) = folders.split_last() else {
            self.problems.push(Problem::new(
                self.place(path),
                "masks in a folder for each structure",
                "a mask beside the folders",
                "put it into the folder of its structure",
            ));
            return;
        };
        let structure = self
            .benchmark
            .structures
            .iter()
            .position(|structure| plain(&structure.id) == plain(structure_folder));
        let Some(structure) = structure else {
            *self.unknown_folders.entry(folders.join("/")).or_default() += 1;
            return;
        };
        let Some(&image) = self.images.get(stem) else {
            self.problems.push(Problem::new(
                self.place(path),
                format!(
                    "a mask of one of the {} images of {}",
                    self.images.len(),
                    self.benchmark.id
                ),
                format!("`{stem}`, which is none of them"),
                "take it out of the folder, or check the benchmark",
            ));
            return;
        };
        self.check_folders_above(path, above, image);
        if let Some(other) = self.masks.insert((structure, image), path.to_owned()) {
            self.problems.push(Problem::new(
                self.place(path),
                "one mask for each structure and image",
                format!("{other} as well"),
                "keep one of the two",
            ));
        }
    }

    fn check_folders_above(&mut self, path: &str, above: &[&str], image: usize) {
        let fold = self.benchmark.images[image].fold.number();
        let mut enclosing = Vec::new();
        for folder in above {
            match *folder {
                "masks" => {}
                "fold1" | "fold2" if folder.ends_with(&fold.to_string()) => {}
                "fold1" | "fold2" => self.problems.push(Problem::new(
                    self.place(path),
                    format!("in fold{fold}, the fold of this image"),
                    format!("in {folder}"),
                    format!("move it to fold{fold}, and check that its method was trained on the other fold"),
                )),
                other => enclosing.push(other),
            }
        }
        if !enclosing.is_empty() {
            self.enclosing.insert(enclosing.join("/"));
        }
    }

    fn finish(mut self, mut notices: Vec<String>) -> Result<MaskSet, DataError> {
        let ids: Vec<&str> = self.benchmark.structures.iter().map(|s| s.id.as_str()).collect();
        for (folder, count) in std::mem::take(&mut self.unknown_folders) {
            self.problems.push(Problem::new(
                self.place(&folder),
                format!("a folder called one of {}", ids.join(", ")),
                format!("`{folder}` with {count} file{}", if count == 1 { "" } else { "s" }),
                "rename it to its structure, or take it out",
            ));
        }
        if self.enclosing.len() > 1 {
            let found = self.enclosing.iter().cloned().collect::<Vec<_>>().join(", ");
            self.problems.push(Problem::new(
                self.root.display().to_string(),
                "one set of masks in at most one enclosing folder",
                format!("masks in {found}"),
                "give the folder of one set",
            ));
        }
        let structures: BTreeSet<usize> = self.masks.keys().map(|&(s, _)| s).collect();
        if structures.is_empty() && self.problems.list().is_empty() {
            self.problems.push(Problem::new(
                self.root.display().to_string(),
                format!("folders called {}", ids.join(", ")),
                "no mask",
                "lay masks out as STRUCTURE/IMAGE.png",
            ));
        }
        self.check_completeness(&structures);
        notices.extend(
            self.enclosing.iter().map(|f| format!("the enclosing folder {f} was looked into")),
        );
        notices.extend(self.notices);
        let set = MaskSet {
            root: self.root.to_owned(),
            masks: self.masks,
            structures: structures.into_iter().collect(),
            notices,
        };
        if !self.problems.list().is_empty() {
            self.problems.extend(set.unusable(self.benchmark));
        }
        self.problems.or(set)
    }

    fn check_completeness(&mut self, structures: &BTreeSet<usize>) {
        for (object, missing) in self.benchmark.half_covered_objects(structures) {
            for structure in missing {
                self.problems.push(Problem::new(
                    self.place(&structure.id),
                    format!("a folder of masks: object `{}` needs it", object.id),
                    "none",
                    "add it, or leave the whole object out",
                ));
            }
        }
        let folds: BTreeSet<Fold> =
            self.masks.keys().map(|&(_, image)| self.benchmark.images[image].fold).collect();
        let expected = folds.iter().map(|fold| fold.number().to_string()).collect::<Vec<_>>();
        for &structure in structures {
            let folder = self.folder_of(structure);
            for (index, image) in self.benchmark.images.iter().enumerate() {
                if folds.contains(&image.fold) && !self.masks.contains_key(&(structure, index)) {
                    self.problems.push(Problem::new(
                        self.place(&format!("{folder}/{}.png", image.id)),
                        format!("a mask for every image of fold {}", expected.join(" and ")),
                        "none",
                        "add it; where the structure was not found, an empty mask says so",
                    ));
                }
            }
        }
    }

    /// The folder, as the user named it, in which a structure's masks lie.
    fn folder_of(&self, structure: usize) -> String {
        self.masks
            .range((structure, 0)..)
            .next()
            .filter(|((found, _), _)| *found == structure)
            .and_then(|(_, path)| path.rsplit_once('/'))
            .map_or_else(|| self.benchmark.structures[structure].id.clone(), |(f, _)| f.to_owned())
    }
}

/// A mask's file name without its extension; none when it has no mask's extension.
fn mask_stem(file: &str) -> Option<&str> {
    let lower = file.to_ascii_lowercase();
    formats::MASK_EXTENSIONS
        .iter()
        .filter_map(|extension| lower.strip_suffix(&format!(".{extension}")).map(str::len))
        .min()
        .map(|length| &file[..length])
}

/// Folder names are compared without case and with one separator.
fn plain(name: &str) -> String {
    name.to_ascii_lowercase().replace([' ', '-'], "_")
}
