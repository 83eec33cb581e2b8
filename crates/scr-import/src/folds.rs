//! Folds of a benchmark: from a table, from folders, from a list of test images, or by the
//! order of names. The images of a patient stay in one fold.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use scr_data::Problem;

use crate::documents;
use crate::faults::Faults;
use crate::image_table::ImageTable;
use crate::images::PlannedImage;
use crate::matching::{Match, Matcher};
use crate::words::{self, words};

/// Largest number of folds.
const MAX_FOLDS: u8 = 20;

/// Folds that the user asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FoldsChoice {
    /// Two folds.
    TwoFold,
    /// k folds.
    KFold(u8),
    /// The images that the file lists are the test set, the others the training set.
    Test(PathBuf),
    /// Folders such as `train` and `test` that the radiographs lie in.
    Folders,
    /// No folds: all images are for evaluation only.
    EvaluationOnly,
}

impl FoldsChoice {
    /// Parses `two-fold`, `k=5`, `test=FILE`, `folders` or `evaluation-only`.
    ///
    /// # Errors
    /// The values that there are.
    pub fn parse(text: &str) -> Result<Self, String> {
        let expected = || {
            format!(
                "expected two-fold, k=N (2 to {MAX_FOLDS}), test=FILE, folders or evaluation-only"
            )
        };
        match (text, text.split_once('=')) {
            ("two-fold", _) => Ok(Self::TwoFold),
            ("folders", _) => Ok(Self::Folders),
            ("evaluation-only", _) => Ok(Self::EvaluationOnly),
            (_, Some(("k", count))) => {
                let count = count.parse().ok().filter(|count| (2..=MAX_FOLDS).contains(count));
                count.map(Self::KFold).ok_or_else(expected)
            }
            (_, Some(("test", file))) if !file.is_empty() => Ok(Self::Test(file.into())),
            _ => Err(expected()),
        }
    }
}

/// Folds of the images.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PlannedFolds {
    /// Protocol, as in `benchmark.toml`.
    pub(crate) protocol: &'static str,
    /// Fold of each image; empty for evaluation only.
    pub(crate) values: Vec<String>,
    /// Origin of the folds, in words.
    pub(crate) origin: String,
}

/// Sources of folds.
pub(crate) struct FoldSources<'a> {
    /// Images in the order of names.
    pub(crate) images: &'a [PlannedImage],
    /// Index of their names.
    pub(crate) matcher: &'a Matcher,
    /// Table of the user.
    pub(crate) table: Option<&'a ImageTable>,
}

impl FoldSources<'_> {
    /// Gives every image a fold.
    pub(crate) fn folds(
        &self,
        choice: Option<&FoldsChoice>,
        faults: &mut Faults,
        notes: &mut Vec<String>,
    ) -> PlannedFolds {
        let folds = match choice {
            None => self.of_table(faults, notes).unwrap_or_else(|| self.in_turn(2, notes)),
            Some(FoldsChoice::TwoFold) => self.in_turn(2, notes),
            Some(FoldsChoice::KFold(count)) => self.in_turn(*count, notes),
            Some(FoldsChoice::Test(file)) => self.of_list(file, faults),
            Some(FoldsChoice::Folders) => self.of_folders(faults),
            Some(FoldsChoice::EvaluationOnly) => PlannedFolds {
                protocol: "evaluation-only",
                values: Vec::new(),
                origin: "asked for".to_owned(),
            },
        };
        self.check(&folds, faults);
        folds
    }

    /// Patient of an image: of the table, or of a folder such as `patient07`.
    fn patient(&self, image: usize) -> Option<String> {
        let of_table = self.table.and_then(|table| {
            let value = table.value(image, table.patient?);
            (!value.is_empty()).then(|| value.to_owned())
        });
        let is_patient = |folder: &&String| {
            let words = words(folder);
            let first = words.first().map(String::as_str);
            words.len() > 1 && matches!(first, Some("patient" | "pat" | "subject" | "sub" | "pid"))
        };
        of_table.or_else(|| self.images[image].file.folders.iter().find(is_patient).cloned())
    }

    /// One fold after the other, in the order of names, patient by patient.
    fn in_turn(&self, count: u8, notes: &mut Vec<String>) -> PlannedFolds {
        let mut of_patient: BTreeMap<String, usize> = BTreeMap::new();
        let mut n_groups = 0;
        let mut n_kept = 0;
        let values = (0..self.images.len()).map(|image| {
            let mut next = || {
                n_groups += 1;
                n_groups - 1
            };
            let group = match self.patient(image) {
                None => next(),
                Some(patient) => match of_patient.get(&patient) {
                    Some(&group) => {
                        n_kept += 1;
                        group
                    }
                    None => {
                        let group = next();
                        of_patient.insert(patient, group);
                        group
                    }
                },
            };
            (group % usize::from(count) + 1).to_string()
        });
        let values = values.collect();
        if n_kept > 0 {
            notes.push(format!(
                "images of a patient are in one fold: {} patients",
                of_patient.len()
            ));
        }
        let what = if of_patient.is_empty() { "images" } else { "patients" };
        let protocol = if count == 2 { "two-fold" } else { "k-fold" };
        PlannedFolds { protocol, values, origin: format!("{what} in turn, in the order of names") }
    }

    /// Folds of the table's column; none without one.
    fn of_table(&self, faults: &mut Faults, notes: &mut Vec<String>) -> Option<PlannedFolds> {
        let table = self.table?;
        let column = table.fold?;
        let name = &table.columns[column];
        let values: Vec<&str> =
            (0..self.images.len()).map(|image| table.value(image, column)).collect();
        let is_fold = name.eq_ignore_ascii_case("fold");
        let known =
            |value: &&str| value.is_empty() || number(value).is_some() || set(value).is_some();
        if !is_fold && !values.iter().all(&known) {
            return None;
        }
        for (image, value) in self.images.iter().zip(&values) {
            if value.is_empty() || !known(value) {
                let place = format!("image `{}`", image.id);
                let expected = format!(
                    "a fold in the column `{name}` of the table: a number, train, validation or test"
                );
                let found = if value.is_empty() { "none".to_owned() } else { format!("`{value}`") };
                faults.push("folds", Problem::new(place, expected, found, "complete the table"));
            }
        }
        let origin = format!("column `{name}` of the table");
        if values.iter().any(|value| set(value).is_some()) {
            let values = values.iter().map(|value| set(value).unwrap_or_default().to_owned());
            return Some(PlannedFolds { protocol: "split", values: values.collect(), origin });
        }
        let numbers: Vec<u8> = values.iter().filter_map(|value| number(value)).collect();
        let shift = u8::from(numbers.contains(&0));
        if shift > 0 {
            notes
                .push("folds of the table count from 0: they are called 1, 2 and so on".to_owned());
        }
        let is_two_fold = numbers.iter().all(|number| number + shift <= 2);
        let values = values.iter().map(|value| {
            number(value).map_or(String::new(), |number| (number + shift).to_string())
        });
        let protocol = if is_two_fold { "two-fold" } else { "k-fold" };
        Some(PlannedFolds { protocol, values: values.collect(), origin })
    }

    /// Test set of a list of names, a name a line or in the first column.
    fn of_list(&self, file: &Path, faults: &mut Faults) -> PlannedFolds {
        let mut is_test = vec![false; self.images.len()];
        match documents::read(file) {
            Err(problem) => faults.push("folds", problem),
            Ok(bytes) => {
                let text = String::from_utf8_lossy(documents::without_mark(&bytes)).into_owned();
                let names = text
                    .lines()
                    .map(|line| line.split([',', ';', '\t']).next().unwrap_or_default().trim());
                for (number, name) in names.enumerate().filter(|(_, name)| !name.is_empty()) {
                    match self.matcher.of_name(name) {
                        Match::One { image, .. } => is_test[image] = true,
                        _ if number == 0 => {}
                        _ => {
                            let place = format!("{}, line {}", file.display(), number + 1);
                            let found = format!("`{name}`");
                            let expected = "the name of one image";
                            faults.push("folds", Problem::new(place, expected, found, ""));
                        }
                    }
                }
            }
        }
        let value = |is_test: bool| if is_test { "test" } else { "train" }.to_owned();
        PlannedFolds {
            protocol: "split",
            values: is_test.into_iter().map(value).collect(),
            origin: format!("test images of {}", file.display()),
        }
    }

    /// Sets that folders name.
    fn of_folders(&self, faults: &mut Faults) -> PlannedFolds {
        let value = |image: &PlannedImage| {
            let found = set_of_folders(&image.file.folders);
            if found.is_none() {
                let expected = "a folder such as train, val or test above it";
                let found = "none";
                faults.push("folds", Problem::new(image.file.place(), expected, found, ""));
            }
            found.unwrap_or_default().to_owned()
        };
        let values = self.images.iter().map(value).collect();
        PlannedFolds { protocol: "split", values, origin: "folders of the radiographs".to_owned() }
    }

    /// A patient in two folds and a protocol without images to score are faults.
    fn check(&self, folds: &PlannedFolds, faults: &mut Faults) {
        let mut of_patient: BTreeMap<String, BTreeMap<&str, &str>> = BTreeMap::new();
        for (image, value) in folds.values.iter().enumerate() {
            if let (Some(patient), false) = (self.patient(image), value.is_empty()) {
                let folds = of_patient.entry(patient).or_default();
                folds.entry(value).or_insert(&self.images[image].id);
            }
        }
        for (patient, in_folds) in of_patient.iter().filter(|(_, folds)| folds.len() > 1) {
            let found = in_folds.iter().map(|(fold, image)| format!("`{image}` in fold {fold}"));
            let found = found.collect::<Vec<_>>().join(", ");
            let hint = "a method would be tested on patients that it was trained on";
            let expected = "all images in one fold";
            let place = format!("patient `{patient}`");
            faults.push("patients", Problem::new(place, expected, found, hint));
        }
        let used: BTreeSet<&str> = folds.values.iter().map(String::as_str).collect();
        let lacks = match folds.protocol {
            "split" if !used.contains("test") => Some("at least one test image"),
            "two-fold" | "k-fold" if used.len() < 2 && !self.images.is_empty() => {
                Some("images in at least two folds")
            }
            "k-fold"
                if used.iter().filter_map(|fold| number(fold)).max() != Some(used.len() as u8) =>
            {
                Some("images in every fold from 1 on")
            }
            _ => None,
        };
        if let Some(expected) = lacks {
            let found = used.into_iter().collect::<Vec<_>>().join(", ");
            let hint = "--folds evaluation-only makes a benchmark for evaluation alone";
            faults.push("folds", Problem::new("folds", expected, found, hint));
        }
    }
}

/// Set that folders name, the nearest first: `train`, `validation` or `test`.
pub(crate) fn set_of_folders(folders: &[String]) -> Option<&'static str> {
    folders.iter().rev().find_map(|folder| {
        let names = words(folder);
        let is_split = names.iter().any(|word| words::is_split_word(word));
        if is_split { names.iter().find_map(|word| set(word)) } else { None }
    })
}

fn set(value: &str) -> Option<&'static str> {
    match value.to_lowercase().as_str() {
        "train" | "training" | "trn" | "tr" => Some("train"),
        "val" | "valid" | "validation" | "va" | "dev" => Some("validation"),
        "test" | "testing" | "ts" => Some("test"),
        _ => None,
    }
}

fn number(value: &str) -> Option<u8> {
    let value = value.to_lowercase();
    let value = value.strip_prefix("fold").unwrap_or(&value).trim_matches(['_', ' ', '-']);
    value.strip_suffix(".0").unwrap_or(value).parse().ok().filter(|&number| number <= MAX_FOLDS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::listing::FoundFile;

    fn images(ids: &[&str]) -> Vec<PlannedImage> {
        let image = |path: &&str| {
            let mut folders: Vec<String> = path.split('/').map(str::to_owned).collect();
            let stem = folders.pop().unwrap();
            let extension = "png".to_owned();
            let file = FoundFile { path: path.into(), folders, stem: stem.clone(), extension };
            PlannedImage { file, id: stem, folder: String::new() }
        };
        ids.iter().map(image).collect()
    }

    fn table(columns: &[&str], rows: &[&[&str]]) -> ImageTable {
        let text = |list: &[&str]| list.iter().map(|&value| value.to_owned()).collect::<Vec<_>>();
        let place = |name: &str| columns.iter().position(|column| *column == name);
        ImageTable {
            columns: text(columns),
            rows: rows.iter().map(|row| text(row)).enumerate().collect(),
            fold: place("fold"),
            patient: place("patient"),
            n_elsewhere: 0,
        }
    }

    /// Folds of images by the table and the choice, and whether there are faults.
    fn folds(
        ids: &[&str],
        table: Option<&ImageTable>,
        choice: Option<&FoldsChoice>,
    ) -> (PlannedFolds, bool) {
        let images = images(ids);
        let files: Vec<FoundFile> = images.iter().map(|image| image.file.clone()).collect();
        let matcher = Matcher::new(&files);
        let sources = FoldSources { images: &images, matcher: &matcher, table };
        let (mut faults, mut notes) = (Faults::default(), Vec::new());
        let folds = sources.folds(choice, &mut faults, &mut notes);
        (folds, !faults.is_empty())
    }

    #[test]
    fn images_are_dealt_in_turn_and_patients_stay_together() {
        let ids = ["a", "b", "c", "d"];
        assert_eq!(folds(&ids, None, None).0.values, ["1", "2", "1", "2"]);
        let three = folds(&ids, None, Some(&FoldsChoice::KFold(3))).0;
        assert_eq!((three.protocol, three.values.join("")), ("k-fold", "1231".to_owned()));
        let patients = table(&["patient"], &[&["x"], &["x"], &["y"], &["x"]]);
        assert_eq!(folds(&ids, Some(&patients), None).0.values, ["1", "1", "2", "1"]);
        let in_folders = ["patient1/a", "patient1/b", "patient2/c"];
        assert_eq!(folds(&in_folders, None, None).0.values, ["1", "1", "2"]);
    }

    #[test]
    fn folds_of_a_table_are_numbers_or_sets() {
        let of = |values: [&str; 3]| {
            let rows = values.map(|value| [value]);
            let rows: Vec<&[&str]> = rows.iter().map(<[&str; 1]>::as_slice).collect();
            let (folds, has_faults) = folds(&["a", "b", "c"], Some(&table(&["fold"], &rows)), None);
            (folds.protocol, folds.values.join(" "), has_faults)
        };
        assert_eq!(of(["1", "2", "1"]), ("two-fold", "1 2 1".to_owned(), false));
        assert_eq!(of(["0", "1", "2"]), ("k-fold", "1 2 3".to_owned(), false));
        assert_eq!(of(["fold1", "fold_2", "3.0"]), ("k-fold", "1 2 3".to_owned(), false));
        assert_eq!(
            of(["Train", "val", "test"]),
            ("split", "train validation test".to_owned(), false)
        );
        assert!(of(["1", "", "2"]).2 && of(["1", "x", "2"]).2 && of(["1", "1", "1"]).2);
        assert!(of(["train", "train", "val"]).2, "nothing to score");
        assert!(of(["1", "2", "4"]).2, "fold 3 is empty");
    }

    #[test]
    fn a_patient_in_two_folds_is_a_fault() {
        let split = table(&["fold", "patient"], &[&["1", "x"], &["2", "x"]]);
        assert!(folds(&["a", "b"], Some(&split), None).1);
        let dealt = Some(&FoldsChoice::TwoFold);
        assert!(folds(&["a", "b"], Some(&split), dealt).1, "one patient fills one fold");
    }

    #[test]
    fn choices_are_parsed() {
        assert_eq!(FoldsChoice::parse("k=5"), Ok(FoldsChoice::KFold(5)));
        assert_eq!(FoldsChoice::parse("test=a.csv"), Ok(FoldsChoice::Test("a.csv".into())));
        for bad in ["k=1", "k=21", "test=", "x", ""] {
            assert!(FoldsChoice::parse(bad).is_err(), "{bad}");
        }
    }
}
