//! Assignment of a set's files to structures and images. Unknown, missing and duplicate
//! files become problems.
//!
//! Looks at names alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::bounded_problems::BoundedProblems;
use super::source::{CARD, Listing, RUN_RECORD, Source, place};
use crate::{Benchmark, Fold, Problem, Protocol, formats};

/// Requirement of all masks of the objects and folds that a set covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Completeness {
    /// A missing mask is a problem.
    Required,
    /// Missing masks are a notice.
    Optional,
}

/// Masks of a set by their names, with all problems of names.
pub(super) struct SortedMasks {
    /// Path relative to the root by structure and image (indices into the benchmark).
    pub(super) masks: BTreeMap<(usize, usize), String>,
    pub(super) structures: Vec<usize>,
    pub(super) folds: Vec<Fold>,
    /// Paths of cards and run records, relative to the root.
    pub(super) companions: Vec<String>,
    pub(super) notices: Vec<String>,
    pub(super) problems: BoundedProblems,
}

/// Assigns files to structures and images.
pub(super) struct Sorting<'a> {
    root: &'a Path,
    benchmark: &'a Benchmark,
    images: BTreeMap<&'a str, usize>,
    /// Images that are not scored, by identifier.
    not_scored: BTreeMap<&'a str, Fold>,
    masks: BTreeMap<(usize, usize), String>,
    /// Number of masks of images that are not scored, by fold.
    ignored: BTreeMap<Fold, usize>,
    companions: Vec<String>,
    notices: Vec<String>,
    enclosing: BTreeSet<String>,
    unknown_folders: BTreeMap<String, usize>,
    problems: BoundedProblems,
}

impl<'a> Sorting<'a> {
    /// An empty assignment.
    pub(super) fn new(root: &'a Path, benchmark: &'a Benchmark) -> Self {
        let images =
            benchmark.images.iter().enumerate().map(|(i, image)| (image.id.as_str(), i)).collect();
        let not_scored =
            benchmark.not_scored.iter().map(|image| (image.id.as_str(), image.fold)).collect();
        Self {
            root,
            benchmark,
            images,
            not_scored,
            masks: BTreeMap::new(),
            ignored: BTreeMap::new(),
            companions: Vec::new(),
            notices: Vec::new(),
            enclosing: BTreeSet::new(),
            unknown_folders: BTreeMap::new(),
            problems: BoundedProblems::default(),
        }
    }

    fn place(&self, path: &str) -> String {
        place(self.root, path)
    }

    /// Sorts the files of `listing` and checks that they are a complete set.
    pub(super) fn sort(
        mut self,
        listing: Listing,
        source: &dyn Source,
        completeness: Completeness,
    ) -> SortedMasks {
        let mut notices = listing.notices();
        let (files, problems) = listing.into_parts();
        self.problems = problems;
        for path in &files {
            self.sort_file(path);
        }
        let archive = files.iter().find(|path| path.to_ascii_lowercase().ends_with(".zip"));
        self.check_folders(archive.map(String::as_str));
        for path in self.masks.values() {
            if let Some(problem) = source.refusal(path) {
                self.problems.push(problem);
            }
        }
        let structures: BTreeSet<usize> = self.masks.keys().map(|&(s, _)| s).collect();
        let folds: BTreeSet<Fold> =
            self.masks.keys().map(|&(_, image)| self.benchmark.images[image].fold).collect();
        match completeness {
            Completeness::Required => self.check_completeness(&structures, &folds),
            Completeness::Optional => {
                let expected = structures.len() * self.benchmark.images.len();
                let n_missing = expected - self.masks.len();
                if n_missing > 0 {
                    notices.push(format!("{n_missing} of {expected} masks are missing"));
                }
            }
        }
        let enclosing = self.enclosing.iter();
        notices.extend(enclosing.map(|f| format!("the enclosing folder {f} was searched")));
        let ignored = self.ignored.iter();
        notices.extend(ignored.map(|(fold, count)| {
            let masks = if *count == 1 { "mask" } else { "masks" };
            format!("{count} {masks} of {} were ignored: it is not scored", fold.phrase())
        }));
        notices.extend(self.notices);
        SortedMasks {
            masks: self.masks,
            structures: structures.into_iter().collect(),
            folds: folds.into_iter().collect(),
            companions: self.companions,
            notices,
            problems: self.problems,
        }
    }

    fn sort_file(&mut self, path: &str) {
        let parts: Vec<&str> = path.split('/').collect();
        let (file, folders) = parts.split_last().expect("splitting gives at least one part");
        let Some(stem) = mask_stem(file) else {
            if [CARD, RUN_RECORD].contains(file) {
                self.companions.push(path.to_owned());
                return;
            }
            if let Some(problem) = self.unread_mask(path, file, folders) {
                self.problems.push(problem);
            } else {
                self.notices.push(format!("{path} is no mask file and was ignored"));
            }
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
        let Some(structure) = self.structure_of(structure_folder) else {
            *self.unknown_folders.entry(folders.join("/")).or_default() += 1;
            return;
        };
        if let Some(&fold) = self.not_scored.get(stem) {
            self.check_folders_above(path, above, fold);
            *self.ignored.entry(fold).or_default() += 1;
            return;
        }
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
        self.check_folders_above(path, above, self.benchmark.images[image].fold);
        if let Some(other) = self.masks.insert((structure, image), path.to_owned()) {
            self.problems.push(Problem::new(
                self.place(path),
                "one mask for each structure and image",
                format!("{other} as well"),
                "keep one of the two",
            ));
        }
    }

    /// Structure that a folder is named after.
    pub(super) fn structure_of(&self, folder: &str) -> Option<usize> {
        let structures = &self.benchmark.structures;
        structures.iter().position(|structure| normalised(&structure.id) == normalised(folder))
    }

    /// Problem of a file that is named after an image, in the folder of a structure, but is
    /// in no format of masks.
    fn unread_mask(&self, path: &str, file: &str, folders: &[&str]) -> Option<Problem> {
        self.structure_of(folders.last()?)?;
        let error = formats::mask_extension(file).err()?;
        let mut stems = file.match_indices('.').map(|(at, _)| &file[..at]);
        let is_image = stems.any(|stem| self.images.contains_key(stem));
        is_image.then(|| Problem::format(&self.place(path), &error))
    }

    fn check_folders_above(&mut self, path: &str, above: &[&str], fold: Fold) {
        let mut enclosing = Vec::new();
        for folder in above {
            if *folder == "masks" || *folder == fold.folder() {
                continue;
            }
            if !self.is_fold(folder) {
                enclosing.push(*folder);
                continue;
            }
            let (right, protocol) = (fold.folder(), self.benchmark.protocol);
            let training = match protocol {
                Protocol::TwoFold => ", and check that its method was trained on the other fold",
                Protocol::KFold => ", and check that its method was trained on the other folds",
                Protocol::Split | Protocol::EvaluationOnly => "",
            };
            self.problems.push(Problem::new(
                self.place(path),
                format!("in {right}, the fold of this image"),
                format!("in {folder}"),
                format!("move it to {right}{training}"),
            ));
        }
        if !enclosing.is_empty() {
            self.enclosing.insert(enclosing.join("/"));
        }
    }

    /// True for the folder of a fold that the benchmark's protocol can have.
    fn is_fold(&self, folder: &str) -> bool {
        let fold: Option<Fold> = folder.strip_prefix("fold").unwrap_or(folder).parse().ok();
        fold.is_some_and(|fold| self.benchmark.protocol.has(fold) && fold.folder() == folder)
    }

    /// Checks the folders, after all files are sorted.
    fn check_folders(&mut self, archive_within: Option<&str>) {
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
        if self.masks.is_empty() && self.problems.is_empty() {
            let (found, hint) = match archive_within {
                _ if !self.ignored.is_empty() => {
                    ("masks of other images only".to_owned(), "give masks of the test set")
                }
                Some(archive) => (
                    format!("no mask, and {archive}, which is not opened"),
                    "unzip it, and give the folder in it",
                ),
                None => ("no mask".to_owned(), "lay masks out as STRUCTURE/IMAGE.png"),
            };
            self.problems.push(Problem::new(
                self.root.display().to_string(),
                format!("folders called {}", ids.join(", ")),
                found,
                hint,
            ));
        }
    }

    /// Reports missing structures of objects and missing images of folds.
    fn check_completeness(&mut self, structures: &BTreeSet<usize>, folds: &BTreeSet<Fold>) {
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
        let expected = every_image_of(folds);
        for &structure in structures {
            let folder = self.folder_of(structure);
            for (index, image) in self.benchmark.images.iter().enumerate() {
                if folds.contains(&image.fold) && !self.masks.contains_key(&(structure, index)) {
                    self.problems.push(Problem::new(
                        self.place(&format!("{folder}/{}.png", image.id)),
                        format!("a mask for every image{expected}"),
                        "none",
                        "add it; where the structure was not found, an empty mask says so",
                    ));
                }
            }
        }
    }

    /// Folder of a structure's masks, as the user named it.
    fn folder_of(&self, structure: usize) -> String {
        self.masks
            .range((structure, 0)..)
            .next()
            .filter(|((found, _), _)| *found == structure)
            .and_then(|(_, path)| path.rsplit_once('/'))
            .map_or_else(|| self.benchmark.structures[structure].id.clone(), |(f, _)| f.to_owned())
    }
}

/// These folds, as they continue `every image`.
fn every_image_of(folds: &BTreeSet<Fold>) -> String {
    let of = |fold: &Fold| match fold {
        Fold::Number(number) => number.to_string(),
        Fold::Set(_) => fold.phrase(),
    };
    let names = folds.iter().map(of).collect::<Vec<_>>().join(" and ");
    match folds.first() {
        Some(Fold::Number(_)) => format!(" of fold {names}"),
        Some(&Fold::ALL) => String::new(),
        _ => format!(" of {names}"),
    }
}

/// File name without a mask's extension; none for other extensions.
fn mask_stem(file: &str) -> Option<&str> {
    let lower = file.to_ascii_lowercase();
    formats::MASK_EXTENSIONS
        .iter()
        .filter_map(|extension| lower.strip_suffix(&format!(".{extension}")).map(str::len))
        .min()
        .map(|length| &file[..length])
}

/// Normalises a folder name for comparison: lower case, one separator.
fn normalised(name: &str) -> String {
    name.to_ascii_lowercase().replace([' ', '-'], "_")
}
