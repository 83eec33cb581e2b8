//! Definition of the imported benchmark.

use scr_data::benchmark_file::{
    BenchmarkFile, FoldsSection, ImagesSection, LiteratureSection, ObjectSection, ObserverSection,
    SpacingValue, StructureSection, TermsSection,
};
use scr_data::formats::jsrt_img;

/// Published results of others on these images.
pub const PUBLISHED_RESULTS: &str = include_str!("published-results.csv");

/// Definition of the benchmark of `n_images` images.
pub(super) fn benchmark_file(
    n_images: usize,
    has_landmarks: bool,
    has_second_observer: bool,
) -> BenchmarkFile {
    let text = str::to_owned;
    let structure = |id: &str, name: &str| StructureSection { id: text(id), name: text(name) };
    let object = |id: &str, name: &str, structures: &[&str]| ObjectSection {
        id: text(id),
        name: text(name),
        structures: structures.iter().copied().map(text).collect(),
    };
    let observer = |id: &str, name: &str, landmarks: bool| ObserverSection {
        id: text(id),
        name: text(name),
        folder: format!("masks/{id}"),
        pattern: text("{structure}/{image_id}.png"),
        landmarks: landmarks.then(|| text("landmarks/reference/{image_id}.csv")),
    };
    let mut observers = vec![observer("reference", "First observer", has_landmarks)];
    if has_second_observer {
        observers.push(observer("second", "Second observer", false));
    }
    let size = match n_images {
        247 => text("all 247 images"),
        n => format!("{n} of the 247 images"),
    };
    BenchmarkFile {
        id: text("scr"),
        title: text("Segmentation in chest radiographs (SCR)"),
        description: format!(
            "Posterior-anterior chest radiographs of the JSRT database with the annotations of \
             the SCR database: {size}."
        ),
        definition: text(
            "Lung fields: any pixel where radiation passed through lung but not through the \
             mediastinum, the heart, structures below the diaphragm or the aorta; a visible \
             superior vena cava is not part of the mediastinum. Heart: pixels where radiation \
             passes through the heart, its top and bottom border from anatomical knowledge. Right \
             and left are the patient's.",
        ),
        phantom: false,
        images: ImagesSection {
            table: text("images.csv"),
            folder: text("images"),
            pattern: text("{image_id}.png"),
            spacing_mm: SpacingValue::Mm(2.0 * jsrt_img::SPACING_MM),
        },
        structures: vec![
            structure("right_lung", "Right lung"),
            structure("left_lung", "Left lung"),
            structure("heart", "Heart"),
            structure("right_clavicle", "Right clavicle"),
            structure("left_clavicle", "Left clavicle"),
        ],
        objects: vec![
            object("lungs", "Lung fields", &["right_lung", "left_lung"]),
            object("heart", "Heart", &["heart"]),
            object("clavicles", "Clavicles", &["right_clavicle", "left_clavicle"]),
        ],
        observers,
        folds: FoldsSection { column: Some(text("fold")), protocol: text("two-fold") },
        terms: TermsSection {
            licence: text(
                "JSRT: for those who obtained it from the JSRT itself. SCR: no redistribution.",
            ),
            redistribution: text("forbidden"),
            // The operator of a site decides by the site's own terms with the JSRT.
            display: Some(text("forbidden")),
            obtain: text(
                "The radiographs from the Japanese Society of Radiological Technology itself, \
                 after registration; the annotations from the SCR database.",
            ),
            cite: vec![
                text("Shiraishi et al., American Journal of Roentgenology 174:71-74, 2000"),
                text(
                    "van Ginneken, Stegmann, Loog, Medical Image Analysis 10:19-40, 2006, \
                     doi:10.1016/j.media.2005.02.002",
                ),
            ],
        },
        scoring: None,
        literature: Some(LiteratureSection {
            table: text("literature.csv"),
            note: text(
                "Published by others on the JSRT radiographs with the SCR annotations; where it \
                 says `protocol not read`, nobody here checked which split was used.",
            ),
        }),
    }
}

/// Definition for files drawn by the phantom, which hold nothing of the database.
pub(super) fn of_phantoms(file: BenchmarkFile) -> BenchmarkFile {
    BenchmarkFile {
        id: "phantom-originals".to_owned(),
        title: "Phantom chest radiographs, imported".to_owned(),
        description: "Drawn by the phantom in the formats of JSRT and SCR, and imported from \
                      them. No patient is shown; each image bears the word PHANTOM."
            .to_owned(),
        phantom: true,
        terms: TermsSection {
            licence: "CC0 1.0".to_owned(),
            redistribution: "allowed".to_owned(),
            ..TermsSection::default()
        },
        literature: file.literature.map(|section| LiteratureSection {
            note: "Measured by others on the JSRT/SCR radiographs of patients and shown for \
                   orientation only: none of these numbers was measured on phantoms."
                .to_owned(),
            ..section
        }),
        ..file
    }
}
