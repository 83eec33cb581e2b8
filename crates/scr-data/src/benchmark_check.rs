//! Validation of a benchmark's definition, with all problems at once.
//!
//! Names become paths: identifiers and patterns must be plain file names, which cannot
//! lead out of the benchmark's folder.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use scr_documents::LiteratureDocument;

use crate::benchmark::BenchmarkParts;
use crate::benchmark_file::BenchmarkFile;
use crate::definition::{Fold, Image, Object};
use crate::{Benchmark, DataError, Problem, Problems, files};

/// Checks the file and reads its tables.
pub(crate) fn benchmark(
    root: &Path,
    place: &str,
    file: BenchmarkFile,
) -> Result<Benchmark, DataError> {
    let mut check = Check { place, problems: Problems::default() };
    check.identifiers(&file);
    check.paths(&file);
    check.spacing(&file);
    let objects = check.objects(&file);
    let images = check.images(root, &file);
    let literature = check.literature(root, &file);
    check.problems.or(())?;
    let parts = BenchmarkParts { file, images, objects, literature };
    Ok(Benchmark::from_parts(root, parts))
}

struct Check<'a> {
    place: &'a str,
    problems: Problems,
}

impl Check<'_> {
    fn expect(&mut self, holds: bool, key: &str, expected: &str, found: impl Into<String>) {
        if !holds {
            self.problems.push(Problem::new(format!("{}, {key}", self.place), expected, found, ""));
        }
    }

    fn identifiers(&mut self, file: &BenchmarkFile) {
        let word = "lower-case letters, digits, `-` and `_`, at most 64";
        self.expect(is_identifier(&file.id), "id", word, format!("`{}`", file.id));
        let lists = [
            ("structures", file.structures.iter().map(|s| &s.id).collect::<Vec<_>>()),
            ("objects", file.objects.iter().map(|o| &o.id).collect()),
            ("observers", file.observers.iter().map(|o| &o.id).collect()),
        ];
        for (key, ids) in lists {
            self.expect(!ids.is_empty(), key, "at least one", "none");
            let mut seen = BTreeSet::new();
            for id in ids {
                self.expect(is_identifier(id), key, word, format!("`{id}`"));
                self.expect(seen.insert(id), key, "each id once", format!("`{id}` twice"));
            }
        }
    }

    fn paths(&mut self, file: &BenchmarkFile) {
        let mut expect = |key: &str, path: &str, holes: &[&str]| {
            let plain = holes.iter().fold(path.to_owned(), |text, hole| text.replace(hole, "x"));
            self.expect(
                is_inside(&plain),
                key,
                "a path within the benchmark's folder",
                format!("`{path}`"),
            );
            for hole in holes {
                let expected = format!("a pattern with {hole}");
                self.expect(path.contains(hole), key, &expected, format!("`{path}`"));
            }
        };
        expect("images.table", &file.images.table, &[]);
        expect("images.folder", &file.images.folder, &[]);
        expect("images.pattern", &file.images.pattern, &["{image_id}"]);
        for observer in &file.observers {
            expect("observers.folder", &observer.folder, &[]);
            expect("observers.pattern", &observer.pattern, &["{structure}", "{image_id}"]);
            if let Some(landmarks) = &observer.landmarks {
                expect("observers.landmarks", landmarks, &["{image_id}"]);
            }
        }
        if let Some(literature) = &file.literature {
            expect("literature.table", &literature.table, &[]);
        }
    }

    fn spacing(&mut self, file: &BenchmarkFile) {
        if let Err(found) = file.images.spacing_mm.spacing() {
            let expected = "a number of mm above 0, two of them as [x, y], or \"unknown\"";
            self.expect(false, "images.spacing_mm", expected, found);
        }
        if let Err(found) = file.terms.download() {
            let expected = "words that begin with `allowed` or `forbidden`";
            self.expect(false, "terms.redistribution", expected, found);
        }
        if let Err(found) = file.terms.display() {
            self.expect(false, "terms.display", "`allowed` or `forbidden`", found);
        }
    }

    fn objects(&mut self, file: &BenchmarkFile) -> Vec<Object> {
        let mut objects = Vec::new();
        for object in &file.objects {
            let mut structures = Vec::new();
            self.expect(
                !object.structures.is_empty(),
                "objects.structures",
                "at least one",
                "none",
            );
            for id in &object.structures {
                let index = file.structures.iter().position(|structure| structure.id == *id);
                let found = format!("`{id}` in object `{}`", object.id);
                self.expect(index.is_some(), "objects.structures", "ids of structures", found);
                structures.extend(index);
            }
            objects.push(Object { id: object.id.clone(), name: object.name.clone(), structures });
        }
        objects
    }

    fn images(&mut self, root: &Path, file: &BenchmarkFile) -> Vec<Image> {
        if !is_inside(&file.images.table) {
            return Vec::new();
        }
        let path = root.join(&file.images.table);
        let place = path.display().to_string();
        let Some(bytes) = self.problems.keep(files::read_file(&path)) else { return Vec::new() };
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let headers = match reader.headers() {
            Ok(headers) => headers.clone(),
            Err(error) => {
                self.problems.push(Problem::new(place, "a CSV table", error.to_string(), ""));
                return Vec::new();
            }
        };
        let column = |name: &str| headers.iter().position(|header| header == name);
        let (Some(id_column), Some(fold_column)) = (column("image_id"), column(&file.folds.column))
        else {
            let expected = format!("the columns image_id and {}", file.folds.column);
            let found = headers.iter().collect::<Vec<_>>().join(", ");
            self.problems.push(Problem::new(place, expected, found, ""));
            return Vec::new();
        };
        let mut images: Vec<Image> = Vec::new();
        let mut seen = BTreeSet::new();
        for (index, record) in reader.records().enumerate() {
            let line = format!("{place}, line {}", index + 2);
            let mut problem = |expected: &str, found: String| {
                self.problems.push(Problem::new(&line, expected, found, ""));
            };
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    problem("a row like the header", error.to_string());
                    continue;
                }
            };
            let id = record[id_column].to_owned();
            if !is_file_name(&id) {
                problem("an image_id of letters, digits, `.`, `-` and `_`", format!("`{id}`"));
            }
            if !seen.insert(id.clone()) {
                problem("each image once", format!("`{id}` a second time"));
            }
            let fold = record[fold_column].trim().parse().ok().and_then(Fold::from_number);
            let Some(fold) = fold else {
                problem("fold 1 or 2", format!("`{}`", &record[fold_column]));
                continue;
            };
            let attributes = headers
                .iter()
                .zip(&record)
                .enumerate()
                .filter(|(column, _)| *column != id_column && *column != fold_column)
                .map(|(_, (name, value))| (name.to_owned(), value.to_owned()))
                .collect();
            images.push(Image { id, fold, attributes });
        }
        if images.is_empty() {
            self.problems.push(Problem::new(place, "at least one image", "none", ""));
        }
        images
    }

    fn literature(&mut self, root: &Path, file: &BenchmarkFile) -> Vec<LiteratureDocument> {
        let Some(section) = &file.literature else { return Vec::new() };
        if !is_inside(&section.table) {
            return Vec::new();
        }
        let path = root.join(&section.table);
        let Some(bytes) = self.problems.keep(files::read_file(&path)) else { return Vec::new() };
        let rows: Result<Vec<LiteratureDocument>, _> =
            csv::Reader::from_reader(bytes.as_slice()).deserialize().collect();
        let found = rows.map_err(|error| {
            let expected = "published results as docs/reference/benchmark-file.md describes them";
            Problem::new(path.display().to_string(), expected, error.to_string(), "")
        });
        self.problems.keep(found).unwrap_or_default()
    }
}

/// True when a relative path stays within the folder that it is joined to. Any other
/// path is never opened.
fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && !path.contains(['\\', '{', '}', '\0'])
        && path.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
        && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

/// Identifier rule for benchmarks, structures, objects and observers: lower-case
/// letters, digits, `-` and `_`, at most 64.
#[must_use]
pub fn is_identifier(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    !id.is_empty() && id.len() <= 64 && id.chars().all(plain)
}

/// True when `name` is a plain file name on every system, which cannot leave a folder.
pub(crate) fn is_file_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    !name.is_empty() && name.len() <= 100 && !name.starts_with('.') && name.chars().all(plain)
}
