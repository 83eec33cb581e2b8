//! Search of the original files by name: lists all missing, misplaced, unknown and
//! duplicate files at once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::originals::{PHANTOM_MARKER, STRUCTURES, ScrImport, fold};
use scr_data::{DataError, Fold, Problem, Problems, formats};

/// Prefix and number of the images with a nodule, `JPCLN001` to `JPCLN154`.
const WITH_NODULE: (&str, u32) = ("JPCLN", 154);
/// Prefix and number of the images without a nodule, `JPCNN001` to `JPCNN093`.
const WITHOUT_NODULE: (&str, u32) = ("JPCNN", 93);

/// Files of one image.
#[derive(Debug, Clone)]
pub(super) struct ImageFiles {
    /// `JPCLN001`.
    pub(super) id: String,
    pub(super) radiograph: PathBuf,
    /// In the order of [`STRUCTURES`].
    pub(super) masks: Vec<PathBuf>,
    pub(super) second_masks: Option<Vec<PathBuf>>,
    pub(super) points: Option<PathBuf>,
}

impl ImageFiles {
    /// Every file.
    pub(super) fn all(&self) -> impl Iterator<Item = &PathBuf> {
        let second = self.second_masks.iter().flatten();
        std::iter::once(&self.radiograph).chain(&self.masks).chain(second).chain(&self.points)
    }
}

/// Original files to import.
#[derive(Debug, Default)]
pub(super) struct Sources {
    /// Images, ascending by id.
    pub(super) images: Vec<ImageFiles>,
    /// Clinical lists.
    pub(super) texts: Vec<PathBuf>,
    /// True when the phantom drew the files.
    pub(super) is_phantom: bool,
    pub(super) notices: Vec<String>,
}

impl Sources {
    /// Lists the folders.
    ///
    /// # Errors
    /// [`DataError::Problems`] with all obstacles to an import.
    pub(super) fn find(import: &ScrImport) -> Result<Self, DataError> {
        let mut search = Search::default();
        let (radiographs, texts) = search.radiographs(&import.jsrt);
        let first = search.observer(&import.scr, true);
        let second = import.second_observer.as_ref().map(|root| search.observer(root, false));
        // A missing folder would list each of its files.
        let mut problems = search.problems;
        if search.is_folder_missing {
            return problems.or(Self::default());
        }

        let ids: BTreeSet<String> = if import.subset {
            let observers = std::iter::once(&first).chain(&second);
            let annotated =
                observers.flat_map(|o| o.masks.keys().map(|(id, _)| id).chain(o.points.keys()));
            radiographs.keys().chain(annotated).cloned().collect()
        } else {
            whole_database().collect()
        };
        if ids.is_empty() {
            let place = import.jsrt.display().to_string();
            problems.push(Problem::new(place, "at least one image", "none", ""));
        }
        let hint =
            if import.subset { "add it, or take the image's other files out" } else { "add it" };
        let is_nowhere = |id: &String| {
            !radiographs.contains_key(id)
                && !first.points.contains_key(id)
                && (0..STRUCTURES.len()).all(|s| !first.masks.contains_key(&(id.clone(), s)))
        };
        let absent: Vec<&String> = ids.iter().filter(|id| is_nowhere(id)).collect();
        if !absent.is_empty() {
            let place = import.jsrt.display();
            problems.push(Problem::new(
                place.to_string(),
                format!(
                    "all {} images of the database, 124 in fold 1 and 123 in fold 2",
                    ids.len()
                ),
                format!("{}: {} are missing", ids.len() - absent.len(), absent.len()),
                "to import only some images, say --subset",
            ));
            for id in &absent {
                let place = import.jsrt.join(format!("{id}.IMG")).display().to_string();
                problems.push(Problem::new(place, "the image with its masks", "nothing of it", ""));
            }
        }
        let mut missing = |place: PathBuf, what: &str| {
            problems.push(Problem::new(place.display().to_string(), what, "none", hint));
        };
        let mut images = Vec::new();
        for id in ids.iter().filter(|id| !absent.contains(id)).cloned() {
            let radiograph = radiographs.get(&id);
            if radiograph.is_none() {
                missing(import.jsrt.join(format!("{id}.IMG")), "a radiograph");
            }
            let masks = first.masks_of(&id, &mut missing);
            let second_masks = second.as_ref().map(|o| o.masks_of(&id, &mut missing));
            let points = first.points.get(&id);
            if points.is_none() && !first.points.is_empty() {
                let place = first.root.join(format!("{}/points/{id}.pfs", fold(&id).folder()));
                missing(place, "points, as other images have them");
            }
            if let (Some(radiograph), Some(masks)) = (radiograph, masks)
                && second_masks.as_ref().is_none_or(Option::is_some)
            {
                images.push(ImageFiles {
                    id,
                    radiograph: radiograph.clone(),
                    masks,
                    second_masks: second_masks.flatten(),
                    points: points.cloned(),
                });
            }
        }
        let is_phantom = import.jsrt.join(PHANTOM_MARKER).is_file();
        problems.or(Self { images, texts, is_phantom, notices: search.notices })
    }
}

/// The ids of all 247 images.
fn whole_database() -> impl Iterator<Item = String> {
    [WITH_NODULE, WITHOUT_NODULE]
        .into_iter()
        .flat_map(|(name, count)| (1..=count).map(move |number| format!("{name}{number:03}")))
}

/// Image of a file name without its extension; ignores letter case.
pub(super) fn image_id(stem: &str) -> Option<String> {
    let id = stem.to_ascii_uppercase();
    let known = |(name, count): (&str, u32)| {
        let digits = id.strip_prefix(name).filter(|digits| digits.len() == 3)?;
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        let number: u32 = if is_number { digits.parse().ok()? } else { return None };
        (1..=count).contains(&number).then_some(())
    };
    (known(WITH_NODULE).is_some() || known(WITHOUT_NODULE).is_some()).then_some(id)
}

/// Files of one observer.
#[derive(Debug, Default)]
struct ObserverFiles {
    /// Folder that holds `fold1` and `fold2`.
    root: PathBuf,
    /// By image and index into [`STRUCTURES`].
    masks: BTreeMap<(String, usize), PathBuf>,
    points: BTreeMap<String, PathBuf>,
}

impl ObserverFiles {
    /// The masks of one image; none when any is missing.
    fn masks_of(&self, id: &str, missing: &mut impl FnMut(PathBuf, &str)) -> Option<Vec<PathBuf>> {
        let mut masks = Vec::new();
        for (index, structure) in STRUCTURES.iter().enumerate() {
            if let Some(path) = self.masks.get(&(id.to_owned(), index)) {
                masks.push(path.clone());
            } else {
                let folder = structure.replace('_', " ");
                let name = format!("{}/masks/{folder}/{id}.gif", fold(id).folder());
                missing(self.root.join(name), "a mask");
            }
        }
        (masks.len() == STRUCTURES.len()).then_some(masks)
    }
}

/// File or folder.
struct Entry {
    name: String,
    path: PathBuf,
    is_folder: bool,
}

impl Entry {
    /// Name without the extension, if it is this one; ignores letter case.
    fn stem(&self, extension: &str) -> Option<&str> {
        let (stem, found) = self.name.rsplit_once('.')?;
        (!self.is_folder && found.eq_ignore_ascii_case(extension)).then_some(stem)
    }
}

#[derive(Default)]
struct Search {
    problems: Problems,
    notices: Vec<String>,
    is_folder_missing: bool,
}

impl Search {
    /// Entries of a folder, sorted, without system files.
    fn entries(&mut self, folder: &Path) -> Vec<Entry> {
        let list = || -> std::io::Result<Vec<Entry>> {
            let mut entries = Vec::new();
            for entry in folder.read_dir()? {
                let path = entry?.path();
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                if !name.starts_with('.') && name != "__MACOSX" {
                    entries.push(Entry { name, is_folder: path.is_dir(), path });
                }
            }
            entries.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(entries)
        };
        list().unwrap_or_else(|error| {
            self.is_folder_missing = true;
            self.problems.push(Problem::unreadable(folder, &error));
            Vec::new()
        })
    }

    fn ignored(&mut self, path: &Path) {
        self.notices.push(format!("{} was ignored", path.display()));
    }

    /// Records `path` as the file of `key`; a second file is a problem.
    fn note<K: Ord>(&mut self, files: &mut BTreeMap<K, PathBuf>, key: K, path: PathBuf) {
        if let Some(other) = files.get(&key) {
            self.problems.push(Problem::new(
                path.display().to_string(),
                "each file once",
                format!("{} as well", other.display()),
                "keep one of the two",
            ));
        } else {
            files.insert(key, path);
        }
    }

    /// Id of a file's image; a problem when there is none.
    fn id(&mut self, stem: &str, path: &Path) -> Option<String> {
        let id = image_id(stem);
        if id.is_none() {
            self.problems.push(Problem::new(
                path.display().to_string(),
                "JPCLN001 to JPCLN154 or JPCNN001 to JPCNN093",
                format!("`{stem}`"),
                "the database has no such image: take the file out",
            ));
        }
        id
    }

    /// Radiographs by id, and the clinical lists.
    fn radiographs(&mut self, root: &Path) -> (BTreeMap<String, PathBuf>, Vec<PathBuf>) {
        let mut entries = self.entries(root);
        let folders: Vec<PathBuf> =
            entries.iter().filter(|e| e.is_folder).map(|e| e.path.clone()).collect();
        for folder in folders {
            entries.extend(self.entries(&folder));
        }
        let mut radiographs = BTreeMap::new();
        let mut texts = Vec::new();
        for entry in entries {
            if let Some(stem) = entry.stem("img") {
                let Some(id) = self.id(stem, &entry.path) else { continue };
                self.check_length(&entry.path);
                self.note(&mut radiographs, id, entry.path);
            } else if entry.stem("txt").is_some() {
                let name = entry.name.to_ascii_uppercase();
                if name.contains("CLNDAT") || name.contains("CNNDAT") {
                    texts.push(entry.path);
                }
            }
        }
        (radiographs, texts)
    }

    fn check_length(&mut self, path: &Path) {
        let expected = formats::jsrt_img::FILE_BYTES as u64;
        match path.metadata() {
            Ok(data) if data.len() == expected => {}
            Ok(data) => {
                let error = formats::FormatError::ByteCount { expected, found: data.len() };
                self.problems.push(Problem::format(&path.display().to_string(), &error));
            }
            Err(error) => self.problems.push(Problem::unreadable(path, &error)),
        }
    }

    fn observer(&mut self, root: &Path, with_points: bool) -> ObserverFiles {
        let is_root = |root: &Path| root.join("fold1").is_dir() || root.join("fold2").is_dir();
        let scratch = root.join("scratch");
        let root = if !is_root(root) && is_root(&scratch) { &scratch } else { root };
        let mut observer = ObserverFiles { root: root.to_owned(), ..ObserverFiles::default() };
        if !is_root(root) {
            self.is_folder_missing = true;
            self.problems.push(Problem::new(
                root.display().to_string(),
                "a folder with fold1 and fold2",
                if root.is_dir() { "neither" } else { "no folder" },
                "give the folder into which the SCR archive was unpacked",
            ));
            return observer;
        }
        for fold in [1, 2].map(Fold::Number) {
            let folder = root.join(fold.folder());
            let masks = folder.join("masks");
            if masks.is_dir() {
                self.masks(&masks, fold, &mut observer);
            }
            for points in ["points", "landmarks"] {
                let points = folder.join(points);
                if with_points && points.is_dir() {
                    self.points(&points, fold, &mut observer);
                }
            }
        }
        observer
    }

    fn masks(&mut self, folder: &Path, fold: Fold, observer: &mut ObserverFiles) {
        for entry in self.entries(folder) {
            let name = entry.name.to_ascii_lowercase().replace([' ', '-'], "_");
            let structure = STRUCTURES.iter().position(|structure| *structure == name);
            match structure {
                _ if !entry.is_folder => self.ignored(&entry.path),
                None => self.problems.push(Problem::new(
                    entry.path.display().to_string(),
                    format!("one of {}", STRUCTURES.join(", ").replace('_', " ")),
                    format!("`{}`", entry.name),
                    "rename the folder to its structure, or take it out",
                )),
                Some(structure) => {
                    for file in self.entries(&entry.path) {
                        let Some(stem) = file.stem("gif") else {
                            self.ignored(&file.path);
                            continue;
                        };
                        if let Some(id) = self.id_in_fold(stem, &file.path, fold) {
                            self.note(&mut observer.masks, (id, structure), file.path);
                        }
                    }
                }
            }
        }
    }

    fn points(&mut self, folder: &Path, fold: Fold, observer: &mut ObserverFiles) {
        for file in self.entries(folder) {
            let Some(stem) = file.stem("pfs") else {
                self.ignored(&file.path);
                continue;
            };
            if let Some(id) = self.id_in_fold(stem, &file.path, fold) {
                self.note(&mut observer.points, id, file.path);
            }
        }
    }

    /// Id of a file's image, which must belong to the fold of its folder.
    fn id_in_fold(&mut self, stem: &str, path: &Path, found: Fold) -> Option<String> {
        let id = self.id(stem, path)?;
        let expected = fold(&id);
        if expected != found {
            self.problems.push(Problem::new(
                path.display().to_string(),
                format!("in {}, as its number says", expected.folder()),
                format!("in {}", found.folder()),
                "odd-numbered images are fold 1, even-numbered fold 2: move the file",
            ));
        }
        Some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_database_is_124_images_in_fold_1_and_123_in_fold_2() {
        let count = |wanted| whole_database().filter(|id| fold(id) == wanted).count();
        assert_eq!((count(Fold::Number(1)), count(Fold::Number(2))), (124, 123));
        assert!(whole_database().all(|id| image_id(&id.to_lowercase()) == Some(id)));
    }

    #[test]
    fn other_names_are_no_images_of_the_database() {
        for name in ["JPCLN155", "JPCNN094", "JPCLN000", "JPCLN1", "JPCLN+01", "JPCLN0001", "x"] {
            assert_eq!(image_id(name), None, "{name}");
        }
    }
}
