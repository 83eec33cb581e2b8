//! Run lengths in a CSV table, as in Kaggle's challenges and CheXmask.
//!
//! A row has an image and a mask of a class, or a mask in each of several columns. Empty cells
//! and `-1` are empty masks; rows of one image and class are united. Which convention the
//! numbers follow is told from the numbers where it can be: starts that go back are relative
//! to the run before, and the usual step from run to run is the image's height (down the
//! columns) or width (along the rows).

use std::collections::BTreeMap;

use scr_data::{Problem, Problems};
use scr_image::Size;

use super::layout::{Layout, Sources};
use crate::annotations::{AnnotatedImage, Annotations};
use crate::doubts::Doubt;
use crate::drawing::Part;
use crate::listing::FoundFile;
use crate::runs::{Convention, numbers};
use crate::tables::{TableReader, plain};

pub(super) struct RunCsv;

const IMAGE_COLUMNS: &[&str] = &[
    "imageid",
    "imagename",
    "image",
    "filename",
    "file",
    "img",
    "imageindex",
    "dicomid",
    "path",
    "imageidclassid",
    "imagelabel",
    "sopinstanceuid",
    "uid",
    "id",
    "name",
];
const RUN_COLUMNS: &[&str] = &[
    "encodedpixels",
    "encodedpixel",
    "rle",
    "rlemask",
    "maskrle",
    "encodedmask",
    "rleencoding",
    "segmentation",
    "encoding",
    "encoded",
    "annotation",
    "pixels",
    "runs",
    "mask",
];
const CLASS_COLUMNS: &[&str] = &[
    "class",
    "classname",
    "classid",
    "label",
    "labelname",
    "structure",
    "category",
    "categoryname",
    "categoryid",
    "organ",
    "object",
];
/// Columns of numbers that are no runs.
const OTHER_NUMBERS: &[&str] = &["landmark", "box", "point", "contour"];
/// Records in which columns of runs are looked for.
const N_SAMPLED: usize = 20;
/// Steps from run to run that make a convention certain.
const N_CERTAIN: usize = 20;
/// Maximum number of runs of a table that are kept in memory.
const MAX_RUNS: usize = 1 << 28;

/// Columns of a table of runs.
struct Columns {
    image: usize,
    /// True when the class stands behind the image's name, as in `a.png_2`.
    has_class_in_image: bool,
    class: Option<usize>,
    /// Columns of runs with their labels; the label is empty where a class or nothing names it.
    runs: Vec<(usize, String)>,
    height: Option<usize>,
    width: Option<usize>,
}

/// Cell of runs.
struct Cell {
    image: usize,
    label: String,
    numbers: Vec<u32>,
}

impl Layout for RunCsv {
    fn name(&self) -> &'static str {
        "run lengths in a CSV table"
    }

    fn documents<'a>(&self, sources: &Sources<'a>) -> Vec<&'a FoundFile> {
        let tables = ["csv", "tsv"].into_iter().flat_map(|e| sources.with_extension(e));
        let has_runs = |file: &&FoundFile| columns(file).is_ok_and(|found| found.is_some());
        tables.filter(has_runs).collect()
    }

    fn read(
        &self,
        documents: &[&FoundFile],
        sources: &Sources<'_>,
    ) -> Result<Annotations, Problems> {
        let mut problems = Problems::default();
        let mut images: Vec<AnnotatedImage> = Vec::new();
        let mut cells = Vec::new();
        let mut labels: Vec<String> = Vec::new();
        let mut is_wide = false;
        for file in documents {
            is_wide |= columns(file).is_ok_and(|found| found.is_some_and(|c| c.runs.len() > 1));
            if let Err(problem) = read(file, sources, &mut images, &mut cells, &mut labels) {
                problems.push(problem);
            }
        }
        let (convention, doubt) = match sources.runs {
            Some(stated) => (stated, None),
            None => convention(&cells, &images, is_wide, sources),
        };
        for Cell { image, label, numbers } in cells {
            let image = &mut images[image];
            match convention.runs(&numbers) {
                Ok(runs) if numbers.is_empty() => drop((runs, image.add(&label, []))),
                Ok(runs) => image.add(&label, [Part::Runs { runs, size: image.size }]),
                Err(found) => {
                    let place = format!("{}, image `{}`", image.place, image.name);
                    problems.push(Problem::new(place, "pairs of start and length", found, ""));
                }
            }
        }
        if !problems.list().is_empty() {
            return Err(problems);
        }
        let mut annotations = Annotations::new(images, &labels);
        annotations.notes.push(format!("run lengths: {}", convention.meaning()));
        annotations.doubts.extend(doubt);
        Ok(annotations)
    }
}

/// Columns of a table of runs; none for another table.
fn columns(file: &FoundFile) -> Result<Option<Columns>, Problem> {
    let mut table = TableReader::open(&file.path)?;
    let Some(image) = table.column(IMAGE_COLUMNS) else { return Ok(None) };
    let class = table.column(CLASS_COLUMNS);
    let mut records = Vec::new();
    while let Some(record) = table.next() {
        records.push(record?);
        if records.len() == N_SAMPLED {
            break;
        }
    }
    let is_of_runs = |&column: &usize| {
        let name = plain(&table.columns[column]);
        let values = || records.iter().filter_map(|record| record.get(column));
        column != image
            && Some(column) != class
            && !OTHER_NUMBERS.iter().any(|word| name.contains(word))
            && values().all(|value| runs_of(value).is_some())
            && (RUN_COLUMNS.contains(&name.as_str())
                || values().any(|value| runs_of(value).is_some_and(|runs| runs.len() >= 4)))
    };
    let found: Vec<usize> = (0..table.columns.len()).filter(is_of_runs).collect();
    let label = |column: &usize| {
        let is_class =
            found.len() == 1 || RUN_COLUMNS.contains(&plain(&table.columns[*column]).as_str());
        (*column, if is_class { String::new() } else { table.columns[*column].clone() })
    };
    let name = plain(&table.columns[image]);
    Ok((!found.is_empty()).then(|| Columns {
        image,
        has_class_in_image: matches!(name.as_str(), "imageidclassid" | "imagelabel"),
        class,
        runs: found.iter().map(label).collect(),
        height: table.column(&["height"]),
        width: table.column(&["width"]),
    }))
}

/// Numbers of a cell, an even count; empty for an empty mask, none for another text.
fn runs_of(cell: &str) -> Option<Vec<u32>> {
    match cell.trim() {
        "" | "-1" | "-1.0" | "nan" | "NaN" | "None" => Some(Vec::new()),
        text => numbers(text).ok().filter(|numbers| numbers.len() % 2 == 0),
    }
}

/// Reads a table into images and cells.
fn read(
    file: &FoundFile,
    sources: &Sources<'_>,
    images: &mut Vec<AnnotatedImage>,
    cells: &mut Vec<Cell>,
    labels: &mut Vec<String>,
) -> Result<(), Problem> {
    let Some(columns) = columns(file)? else { return Ok(()) };
    let mut table = TableReader::open(&file.path)?;
    let mut by_name: BTreeMap<String, usize> = BTreeMap::new();
    let mut n_runs = 0;
    while let Some(record) = table.next() {
        let record = record?;
        let value = |column: Option<usize>| column.and_then(|column| record.get(column));
        let mut name = record.get(columns.image).unwrap_or_default().trim();
        let mut class = value(columns.class).unwrap_or_default().trim();
        if columns.has_class_in_image {
            (name, class) = name.rsplit_once('_').unwrap_or((name, class));
        }
        let is_known = sources.images.has(name);
        let side = |column| value(column)?.trim().trim_end_matches(".0").parse::<usize>().ok();
        let size = side(columns.width).zip(side(columns.height));
        let image = *by_name.entry(name.to_owned()).or_insert_with(|| {
            images.push(AnnotatedImage {
                place: file.place(),
                name: name.to_owned(),
                size: size.map(|(width, height)| Size::new(width, height)),
                ..AnnotatedImage::default()
            });
            images.len() - 1
        });
        // Tables of whole databases list more images than most people have.
        if !is_known {
            continue;
        }
        for (column, label) in &columns.runs {
            let label = if label.is_empty() { class } else { label };
            let text = record.get(*column).unwrap_or_default();
            let Some(numbers) = runs_of(text) else {
                let place = format!("{}, image `{name}`", file.place());
                let expected = "pairs of start and length, or -1 for an empty mask";
                let found = format!("`{}`", text.chars().take(40).collect::<String>());
                return Err(Problem::new(place, expected, found, ""));
            };
            n_runs += numbers.len() / 2;
            if n_runs > MAX_RUNS {
                let expected = format!("at most {MAX_RUNS} runs");
                return Err(Problem::new(file.place(), expected, "more", "divide the table"));
            }
            if !labels.iter().any(|known| known == label) {
                labels.push(label.to_owned());
            }
            cells.push(Cell { image, label: label.to_owned(), numbers });
        }
    }
    Ok(())
}

/// Convention of the cells, and the doubt about it where the numbers leave it open.
fn convention(
    cells: &[Cell],
    images: &[AnnotatedImage],
    is_wide: bool,
    sources: &Sources<'_>,
) -> (Convention, Option<Doubt>) {
    let mut n_steps = 0;
    let mut votes = (0usize, 0usize);
    for cell in cells {
        let (pairs, _) = cell.numbers.as_chunks::<2>();
        let image = &images[cell.image];
        let size = || image.size.or_else(|| sources.images.size(&image.name));
        if pairs.windows(2).any(|two| two[1][0] < two[0][0].saturating_add(two[0][1])) {
            // Numbers that fill more than the image are no gaps: such runs are out of order.
            let total: u64 = cell.numbers.iter().map(|&number| u64::from(number)).sum();
            if size().is_none_or(|size| total <= size.area() as u64) {
                return (Convention::Siim, None);
            }
        }
        n_steps += pairs.len().saturating_sub(1);
        if votes.0 + votes.1 < N_CERTAIN && pairs.len() > 4 {
            match size().and_then(|size| is_by_rows(pairs, size)) {
                Some(true) => votes.1 += 1,
                Some(false) => votes.0 += 1,
                None => {}
            }
        }
    }
    let found = match votes {
        (0, 0) if is_wide && images.iter().all(|image| image.size.is_some()) => {
            Convention::CheXmask
        }
        (columns, rows) if rows > columns => Convention::CheXmask,
        _ => Convention::Kaggle,
    };
    let is_certain = n_steps >= N_CERTAIN || cells.iter().all(|cell| cell.numbers.is_empty());
    let doubt = (!is_certain).then(|| {
        let mut conventions = Convention::ALL.to_vec();
        conventions.sort_by_key(|other| *other != found);
        let example = cells.iter().find(|cell| !cell.numbers.is_empty());
        let example = example.map_or(String::new(), |cell| {
            let first: Vec<String> = cell.numbers.iter().take(6).map(u32::to_string).collect();
            format!(", such as `{}` of image `{}`", first.join(" "), images[cell.image].name)
        });
        Doubt::new(
            "--runs",
            format!("which pixels are the run lengths{example}? too few runs tell"),
            conventions.into_iter().map(|other| (other.key(), other.meaning())),
        )
    });
    (found, doubt)
}

/// True when the usual step from run to run is the width, false when it is the height; none
/// where both are near.
fn is_by_rows(pairs: &[[u32; 2]], size: Size) -> Option<bool> {
    let mut steps: Vec<u32> =
        pairs.windows(2).map(|two| two[1][0].saturating_sub(two[0][0])).collect();
    steps.sort_unstable();
    let usual = f64::from(steps[steps.len() / 2]);
    let (from_width, from_height) =
        ((usual - size.width as f64).abs(), (usual - size.height as f64).abs());
    let is_near = from_width.min(from_height) < 0.1 * usual;
    (is_near && (from_width - from_height).abs() > 0.05 * usual).then_some(from_width < from_height)
}
