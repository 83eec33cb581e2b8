//! Table of images: a CSV file with a row an image, checked with all problems at once.

use std::collections::BTreeSet;
use std::path::Path;

use csv::StringRecord;
use scr_documents::{Fold, Protocol};
use scr_image::Spacing;

use crate::benchmark_file::SpacingSource;
use crate::definition::Image;
use crate::{Problem, Problems, files};

const ID_COLUMN: &str = "image_id";

/// Columns of a table of images.
pub(crate) struct ImageTable<'a> {
    pub(crate) protocol: Protocol,
    /// Column of the fold; none where all images have the same.
    pub(crate) fold_column: Option<&'a str>,
    pub(crate) spacing: SpacingSource<'a>,
}

/// Places of the columns in the table.
struct Places {
    id: usize,
    fold: Option<usize>,
    spacing: Option<usize>,
}

impl ImageTable<'_> {
    /// Reads the table; what is wrong with it goes to `problems`.
    pub(crate) fn read(&self, path: &Path, problems: &mut Problems) -> Vec<Image> {
        let place = path.display().to_string();
        let Some(bytes) = problems.keep(files::read_file(path)) else { return Vec::new() };
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let headers = match reader.headers() {
            Ok(headers) => headers.clone(),
            Err(error) => {
                problems.push(Problem::new(place, "a CSV table", error.to_string(), ""));
                return Vec::new();
            }
        };
        let Some(places) = problems.keep(self.places(&place, &headers)) else { return Vec::new() };
        let mut images = Vec::new();
        let mut seen = BTreeSet::new();
        let mut n_rows = 0;
        for (index, record) in reader.records().enumerate() {
            n_rows += 1;
            let line = format!("{place}, line {}", index + 2);
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    problems.push(Problem::new(
                        line,
                        "a row like the header",
                        error.to_string(),
                        "",
                    ));
                    continue;
                }
            };
            let id = record[places.id].to_owned();
            if !is_file_name(&id) {
                let expected = "an image_id of letters, digits, `.`, `-` and `_`";
                problems.push(Problem::new(&line, expected, format!("`{id}`"), ""));
            }
            if !seen.insert(id.clone()) {
                let found = format!("`{id}` a second time");
                problems.push(Problem::new(&line, "each image once", found, ""));
            }
            let fold = problems.keep(self.fold(&line, places.fold.map(|at| &record[at])));
            let spacing = problems.keep(self.spacing(&line, places.spacing.map(|at| &record[at])));
            let (Some(fold), Some(spacing)) = (fold, spacing) else { continue };
            let taken = [Some(places.id), places.fold, places.spacing];
            let attributes = headers
                .iter()
                .zip(&record)
                .enumerate()
                .filter(|(at, _)| !taken.contains(&Some(*at)))
                .map(|(_, (name, value))| (name.to_owned(), value.to_owned()))
                .collect();
            images.push(Image { id, fold, spacing, attributes });
        }
        if images.len() == n_rows {
            problems.extend(self.missing_folds(&place, &images));
        }
        images
    }

    fn places(&self, place: &str, headers: &StringRecord) -> Result<Places, Problem> {
        let spacing_column = match self.spacing {
            SpacingSource::Column(name) => Some(name),
            SpacingSource::Common(_) => None,
        };
        let at = |name: &str| headers.iter().position(|header| header == name);
        let named = [Some(ID_COLUMN), self.fold_column, spacing_column];
        if named.into_iter().flatten().any(|name| at(name).is_none()) {
            let names: Vec<&str> = named.into_iter().flatten().collect();
            let expected = match names.split_last() {
                Some((last, others)) if !others.is_empty() => {
                    format!("the columns {} and {last}", others.join(", "))
                }
                _ => format!("the column {ID_COLUMN}"),
            };
            let found = headers.iter().collect::<Vec<_>>().join(", ");
            return Err(Problem::new(place, expected, found, ""));
        }
        Ok(Places {
            id: at(ID_COLUMN).unwrap_or_default(),
            fold: self.fold_column.and_then(at),
            spacing: spacing_column.and_then(at),
        })
    }

    fn fold(&self, line: &str, cell: Option<&str>) -> Result<Fold, Problem> {
        let Some(cell) = cell else { return Ok(Fold::ALL) };
        let fold = cell.trim().parse().ok().filter(|fold| self.protocol.has(*fold));
        fold.ok_or_else(|| {
            let (expected, hint) = match self.protocol {
                Protocol::TwoFold => {
                    ("fold 1 or 2".to_owned(), "more folds need protocol = \"k-fold\"")
                }
                Protocol::KFold => {
                    (format!("a fold from 1 to {}", Protocol::MAX_FOLDS), "count folds from 1")
                }
                Protocol::Split => ("train, validation or test".to_owned(), ""),
                Protocol::EvaluationOnly => ("no fold".to_owned(), ""),
            };
            Problem::new(line, expected, format!("`{cell}`"), hint)
        })
    }

    fn spacing(&self, line: &str, cell: Option<&str>) -> Result<Option<Spacing>, Problem> {
        let cell = match (self.spacing, cell) {
            (SpacingSource::Common(spacing), _) => return Ok(spacing),
            (SpacingSource::Column(_), cell) => cell.unwrap_or_default(),
        };
        let numbers: Option<Vec<f64>> =
            cell.split_whitespace().map(|number| number.parse().ok()).collect();
        let spacing = match numbers.as_deref() {
            Some([]) => return Ok(None),
            Some([mm]) => Spacing::isotropic(*mm).ok(),
            Some([x, y]) => Spacing::new(*x, *y).ok(),
            _ => None,
        };
        spacing.map(Some).ok_or_else(|| {
            let expected = "a spacing in mm above 0, or two of them as `x y`";
            let hint = "leave it empty where it is not known";
            Problem::new(line, expected, format!("`{cell}`"), hint)
        })
    }

    /// Problem of a table that leaves a fold of its protocol without images.
    fn missing_folds(&self, place: &str, images: &[Image]) -> Option<Problem> {
        let has = |fold: Fold| images.iter().any(|image| image.fold == fold);
        if images.is_empty() {
            return Some(Problem::new(place, "at least one image", "none", ""));
        }
        match self.protocol {
            Protocol::KFold => {
                let last = images.iter().map(|image| image.fold).max();
                let numbers = (1..=Protocol::MAX_FOLDS).map(Fold::Number);
                let least = Fold::Number(2);
                let mut folds = numbers.take_while(|fold| *fold <= least || Some(*fold) <= last);
                let missing = folds.find(|fold| !has(*fold))?;
                let expected = "images in every fold from 1 to the last, and at least two folds";
                Some(Problem::new(place, expected, format!("none in {}", missing.phrase()), ""))
            }
            Protocol::Split if !has(Fold::TEST) => Some(Problem::new(
                place,
                "images of the test set",
                "none",
                "the test set is scored",
            )),
            _ => None,
        }
    }
}

/// True when `name` is a plain file name on every system, which cannot leave a folder.
pub(crate) fn is_file_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    !name.is_empty() && name.len() <= 100 && !name.starts_with('.') && name.chars().all(plain)
}
