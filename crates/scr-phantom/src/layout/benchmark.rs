//! Phantom as a benchmark folder.

use std::fmt::Write;
use std::path::Path;

use scr_data::benchmark_file::{
    BenchmarkFile, FoldsSection, ImagesSection, LiteratureSection, ObjectSection, ObserverSection,
    SpacingValue, StructureSection, TermsSection,
};
use scr_data::{BENCHMARK_FILE, DataError, Landmarks, Problem, Staging, formats};
use scr_import::scr::PUBLISHED_RESULTS;

use super::writing::{Progress, each_phantom, fold, plan, refused, unwritable};
use crate::attributes::Sex;
use crate::field::{FIELD_MM, OUTLINE_FRAME_PX};
use crate::{Attributes, Observer, Phantom, Population, STRUCTURES};

/// Allowed sides: below, no structure is visible; above, no detail is added.
const SIDES: std::ops::RangeInclusive<usize> = 64..=4096;
/// Observers with the folders of their masks.
const OBSERVERS: [(Observer, &str, &str); 2] = [
    (Observer::Reference, "reference", "First observer"),
    (Observer::Second, "second", "Second observer"),
];

/// Draws `population` as a benchmark into the folder `out`: images and masks of `side` x
/// `side` pixels, the landmarks of the reference, and published results on the original
/// images for orientation.
///
/// # Errors
/// [`DataError::Problems`] for a side outside 64 to 4096 or no images,
/// [`DataError::Occupied`] when `out` holds something else,
/// [`DataError::Write`] for an error of the system.
pub fn write_benchmark(
    population: &Population,
    side: usize,
    out: &Path,
    progress: Progress<'_>,
) -> Result<(), DataError> {
    if !SIDES.contains(&side) {
        let expected = format!("{} to {} pixels", SIDES.start(), SIDES.end());
        return Err(refused(Problem::new("side", expected, side.to_string(), "")));
    }
    if population.is_empty() {
        return Err(refused(Problem::new("images", "at least 1", "0", "")));
    }
    let staging = Staging::begin(out, &plan("benchmark", population, side))?;
    each_phantom(
        population,
        &staging,
        progress,
        |id| format!("landmarks/reference/{id}.csv"),
        |phantom| write_phantom(&staging, phantom, side),
    )?;
    staging.write("images.csv", table(population).as_bytes())?;
    staging.write("literature.csv", PUBLISHED_RESULTS.as_bytes())?;
    staging.write(BENCHMARK_FILE, benchmark_file(population, side).to_toml().as_bytes())?;
    staging.finish()
}

fn write_phantom(staging: &Staging, phantom: &Phantom, side: usize) -> Result<(), DataError> {
    let id = &phantom.id;
    let path = format!("images/{id}.png");
    let image = phantom.radiograph(side).stretched_to_16_bits();
    let bytes = formats::png::write_radiograph(&image).map_err(|e| unwritable(&path, &e))?;
    staging.write(&path, &bytes)?;
    for (observer, folder, _) in OBSERVERS {
        for (structure, mask) in phantom.masks(observer, side) {
            let path = format!("masks/{folder}/{structure}/{id}.png");
            staging.write(&path, &formats::png::write_mask(&mask))?;
        }
    }
    let scale = side as f64 / OUTLINE_FRAME_PX as f64;
    let landmarks = Landmarks::new(
        phantom
            .reference
            .iter()
            .map(|(structure, outline)| ((*structure).to_owned(), outline.scaled(scale, scale)))
            .collect(),
    );
    staging.write(&format!("landmarks/reference/{id}.csv"), landmarks.to_csv().as_bytes())
}

/// Table of images: folds and clinical attributes.
fn table(population: &Population) -> String {
    let mut text = String::from(
        "image_id,fold,age,sex,nodule,subtlety,nodule_size_mm,nodule_x_2048,nodule_y_2048,diagnosis\n",
    );
    for index in 0..population.len() {
        let phantom = population.phantom(index);
        let Attributes { sex, age, nodule } = &phantom.attributes;
        let sex = if *sex == Sex::Female { "female" } else { "male" };
        let nodule = nodule.as_ref().map_or_else(
            || "no,,,,,".to_owned(),
            |n| {
                let diagnosis = if n.malignant { "malignant" } else { "benign" };
                format!("yes,{},{},{},{},{diagnosis}", n.subtlety, n.size_mm, n.x, n.y)
            },
        );
        let fold = fold(&phantom.id);
        writeln!(text, "{},{fold},{age},{sex},{nodule}", phantom.id)
            .expect("writing to a string does not fail");
    }
    text
}

/// Definition of the benchmark.
#[must_use]
pub fn benchmark_file(population: &Population, side: usize) -> BenchmarkFile {
    let text = str::to_owned;
    let object = |id: &str, name: &str, structures: &[&str]| ObjectSection {
        id: text(id),
        name: text(name),
        structures: structures.iter().copied().map(text).collect(),
    };
    BenchmarkFile {
        id: text("phantom"),
        title: text("Phantom chest radiographs"),
        description: format!(
            "{} posterior-anterior chest radiographs of phantoms, drawn by a program with seed {}. \
             No patient is shown; each image bears the word PHANTOM.",
            population.images, population.seed
        ),
        definition: text(
            "Lung fields: where radiation passed through lung but not through the mediastinum, \
             the heart, structures below the diaphragm or the aorta. Heart: its whole silhouette, \
             with top and bottom by anatomy. Clavicles: the parts on lungs and rib cage. Right and \
             left are the patient's.",
        ),
        phantom: true,
        images: ImagesSection {
            table: text("images.csv"),
            folder: text("images"),
            pattern: text("{image_id}.png"),
            spacing_mm: SpacingValue::Mm(FIELD_MM / side as f64),
        },
        structures: STRUCTURES
            .iter()
            .map(|(id, _)| StructureSection { id: text(id), name: name(id) })
            .collect(),
        objects: vec![
            object("lungs", "Lung fields", &["right_lung", "left_lung"]),
            object("heart", "Heart", &["heart"]),
            object("clavicles", "Clavicles", &["right_clavicle", "left_clavicle"]),
        ],
        observers: OBSERVERS
            .iter()
            .map(|(observer, id, name)| ObserverSection {
                id: text(id),
                name: text(name),
                folder: format!("masks/{id}"),
                pattern: text("{structure}/{image_id}.png"),
                landmarks: (*observer == Observer::Reference)
                    .then(|| text("landmarks/reference/{image_id}.csv")),
            })
            .collect(),
        folds: FoldsSection { column: Some(text("fold")), protocol: text("two-fold") },
        terms: TermsSection {
            licence: text("CC0 1.0"),
            redistribution: text("allowed"),
            ..TermsSection::default()
        },
        scoring: None,
        literature: Some(LiteratureSection {
            table: text("literature.csv"),
            note: text(
                "Measured by others on the JSRT/SCR radiographs of patients and shown for \
                 orientation only: none of these numbers was measured on phantoms.",
            ),
        }),
    }
}

/// Name for people of a structure such as `right_lung`.
fn name(id: &str) -> String {
    let words = id.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}
