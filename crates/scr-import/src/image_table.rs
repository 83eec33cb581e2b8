//! Table of images that the user gives: names, folds and attributes.

use std::collections::BTreeMap;
use std::path::Path;

use scr_data::{Problem, Problems};

use crate::matching::{Match, Matcher};
use crate::tables::Table;

/// Columns of the image's name, the contract's first.
const IMAGE_COLUMNS: &[&str] = &[
    "imageid",
    "image",
    "filename",
    "file",
    "imagename",
    "imageindex",
    "studyid",
    "id",
    "name",
    "path",
    "dicomid",
];
/// Columns of the patient.
const PATIENT_COLUMNS: &[&str] = &[
    "patientid",
    "patient",
    "subjectid",
    "subject",
    "patientname",
    "participant",
    "participantid",
    "pid",
];
/// Columns of the fold.
const FOLD_COLUMNS: &[&str] = &["fold", "split", "subset", "partition"];

/// Rows of the table, by image.
#[derive(Debug, Clone, Default)]
pub(crate) struct ImageTable {
    /// Names of the columns other than the image's.
    pub(crate) columns: Vec<String>,
    /// Values a column, by index of the image.
    pub(crate) rows: BTreeMap<usize, Vec<String>>,
    /// Place of the fold among the columns.
    pub(crate) fold: Option<usize>,
    /// Place of the patient among the columns.
    pub(crate) patient: Option<usize>,
    /// Number of rows of images that are not there.
    pub(crate) n_elsewhere: usize,
}

impl ImageTable {
    /// Reads the table and matches its rows to the images.
    ///
    /// # Errors
    /// Problems of the table: no column of images, an image twice.
    pub(crate) fn read(path: &Path, matcher: &Matcher) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let place = path.display().to_string();
        let Some(table) = problems.keep(Table::read(path)) else { return Err(problems) };
        let Some(image) = table.column(IMAGE_COLUMNS) else {
            let hint = "name the column of the images' names `image_id`";
            let found = table.columns.join(", ");
            problems.push(Problem::new(place, "a column `image_id`", found, hint));
            return Err(problems);
        };
        let is_other = |&column: &usize| column != image;
        let others: Vec<usize> = (0..table.columns.len()).filter(is_other).collect();
        let place_of = |names| {
            let column = table.column(names)?;
            others.iter().position(|&other| other == column)
        };
        let mut found = Self {
            columns: others.iter().map(|&column| table.columns[column].clone()).collect(),
            fold: place_of(FOLD_COLUMNS),
            patient: place_of(PATIENT_COLUMNS),
            ..Self::default()
        };
        for (number, record) in table.records.iter().enumerate() {
            let name = &record[image];
            let line = || format!("{place}, line {}", number + 2);
            match matcher.of_name(name) {
                Match::One { image, .. } => {
                    let row = others.iter().map(|&column| record[column].clone()).collect();
                    if found.rows.insert(image, row).is_some() {
                        let expected = "each image once";
                        problems.push(Problem::new(
                            line(),
                            expected,
                            format!("`{name}` again"),
                            "",
                        ));
                    }
                }
                Match::None => found.n_elsewhere += 1,
                Match::Several(_) => {
                    let found = format!("`{name}`, which several images are called");
                    let hint = "give the folder too: train/1.png";
                    problems.push(Problem::new(line(), "one image", found, hint));
                }
            }
        }
        if problems.list().is_empty() { Ok(found) } else { Err(problems) }
    }

    /// Value of an image in a column; empty where the table has none.
    pub(crate) fn value(&self, image: usize, column: usize) -> &str {
        self.rows.get(&image).map_or("", |row| row[column].as_str())
    }
}
