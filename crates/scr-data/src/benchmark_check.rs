//! Validation of a benchmark's definition, with all problems at once.
//!
//! Names become paths: identifiers and patterns must be plain file names, which cannot
//! lead out of the benchmark's folder.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use scr_documents::{LiteratureDocument, Protocol};

use crate::benchmark_file::{BenchmarkFile, FoldsSection, ScoringSection, SpacingSource};
use crate::benchmark_keys::KeyLines;
use crate::benchmark_parts::{BenchmarkParts, EXTENSION, EXTENSION_HOLE};
use crate::definition::{Image, Object};
use crate::image_table::{ImageTable, is_file_name};
use crate::{DataError, Problem, Problems, files};

/// Checks the file and reads its tables.
pub(crate) fn parts(
    root: &Path,
    place: &str,
    lines: &KeyLines,
    file: BenchmarkFile,
) -> Result<BenchmarkParts, DataError> {
    let mut check = Check { place, lines, problems: Problems::default() };
    check.identifiers(&file);
    check.paths(&file);
    check.spacing(&file);
    let objects = check.objects(&file);
    let protocol = check.protocol(&file);
    let images = check.images(root, &file, protocol);
    check.extensions(&file, &images);
    let literature = check.literature(root, &file);
    check.problems.or(())?;
    let protocol = protocol.expect("without a problem there is a protocol");
    Ok(BenchmarkParts { file, protocol, images, objects, literature })
}

struct Check<'a> {
    place: &'a str,
    lines: &'a KeyLines,
    problems: Problems,
}

impl Check<'_> {
    fn expect(&mut self, holds: bool, key: &str, expected: &str, found: impl Into<String>) {
        if !holds {
            let place = self.lines.place(self.place, key);
            self.problems.push(Problem::new(place, expected, found, ""));
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
            for (at, id) in ids.into_iter().enumerate() {
                let key = format!("{key}[{at}].id");
                self.expect(is_identifier(id), &key, word, format!("`{id}`"));
                self.expect(seen.insert(id), &key, "each id once", format!("`{id}` twice"));
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
        let pattern = file.images.pattern.replace(EXTENSION_HOLE, "png");
        expect("images.pattern", &pattern, &["{image_id}"]);
        for (at, observer) in file.observers.iter().enumerate() {
            let key = |name: &str| format!("observers[{at}].{name}");
            expect(&key("folder"), &observer.folder, &[]);
            expect(&key("pattern"), &observer.pattern, &["{structure}", "{image_id}"]);
            if let Some(landmarks) = &observer.landmarks {
                expect(&key("landmarks"), landmarks, &["{image_id}"]);
            }
        }
        if let Some(literature) = &file.literature {
            expect("literature.table", &literature.table, &[]);
        }
    }

    /// Extensions of a table are part of file names.
    fn extensions(&mut self, file: &BenchmarkFile, images: &[Image]) {
        if !file.images.pattern.contains(EXTENSION_HOLE) {
            return;
        }
        for image in images {
            let value = image.attribute(EXTENSION);
            let is_plain = value.is_some_and(is_file_name);
            let found = value.map_or("none".to_owned(), |value| format!("`{value}`"));
            let expected =
                format!("an extension of image `{}` in the column `{EXTENSION}`", image.id);
            self.expect(is_plain, "images.pattern", &expected, found);
        }
    }

    fn spacing(&mut self, file: &BenchmarkFile) {
        if let Err(found) = file.images.spacing_mm.source() {
            let expected = "a number of mm above 0, two of them as [x, y], or \"unknown\", or \
                            { column = \"NAME\" }";
            self.expect(false, "images.spacing_mm", expected, found);
        }
        if let Some(Err(found)) = file.scoring.as_ref().map(ScoringSection::undefined_as) {
            self.expect(false, "scoring.undefined", "`counted` or `diagonal`", found);
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
        for (at, object) in file.objects.iter().enumerate() {
            let key = format!("objects[{at}].structures");
            let mut structures = Vec::new();
            self.expect(!object.structures.is_empty(), &key, "at least one", "none");
            for id in &object.structures {
                let index = file.structures.iter().position(|structure| structure.id == *id);
                let found = format!("`{id}` in object `{}`", object.id);
                self.expect(index.is_some(), &key, "ids of structures", found);
                structures.extend(index);
            }
            objects.push(Object { id: object.id.clone(), name: object.name.clone(), structures });
        }
        objects
    }

    /// Protocol of the folds, unless it is unknown or the fold column does not fit. Without a
    /// name it is two-fold, as in old files.
    fn protocol(&mut self, file: &BenchmarkFile) -> Option<Protocol> {
        let FoldsSection { column, protocol: name } = &file.folds;
        let named = if name.is_empty() { "two-fold" } else { name };
        let Some(protocol) = Protocol::from_name(named) else {
            let expected = format!("one of {}", Protocol::ALL.map(Protocol::name).join(", "));
            self.expect(false, "folds.protocol", &expected, format!("`{name}`"));
            return None;
        };
        let (expected, found) = match (protocol, column) {
            (Protocol::EvaluationOnly, Some(column)) => {
                ("no column: evaluation-only scores all images", format!("`{column}`"))
            }
            (Protocol::EvaluationOnly, None) | (_, Some(_)) => return Some(protocol),
            (_, None) => ("the column of the table that holds the fold", "none".to_owned()),
        };
        self.expect(false, "folds.column", expected, found);
        None
    }

    fn images(
        &mut self,
        root: &Path,
        file: &BenchmarkFile,
        protocol: Option<Protocol>,
    ) -> Vec<Image> {
        let Some(protocol) = protocol.filter(|_| is_inside(&file.images.table)) else {
            return Vec::new();
        };
        let fold_column = file.folds.column.as_deref();
        let spacing = file.images.spacing_mm.source().unwrap_or(SpacingSource::Common(None));
        let path = root.join(&file.images.table);
        ImageTable { protocol, fold_column, spacing }.read(&path, &mut self.problems)
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
