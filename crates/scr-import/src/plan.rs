//! Plan of a benchmark: everything that is decided before anything is written.

use std::path::PathBuf;

use scr_data::benchmark_file::{
    BenchmarkFile, FoldsSection, ImagesSection, ObjectSection, ObserverSection, SpacingColumn,
    SpacingValue, StructureSection, TermsSection,
};
use scr_data::formats::MASK_EXTENSIONS;
use scr_image::Size;

use crate::doubts::Doubt;
use crate::folds::PlannedFolds;
use crate::image_table::ImageTable;
use crate::images::PlannedImage;
use crate::listing::FoundFile;
use crate::spacing::{PlannedSpacing, spacing_text};
use crate::structures::{MaskSource, PlannedStructure};
use crate::words::{Side, title};

/// Name of the column of folds.
const FOLD: &str = "fold";
/// Name of the column of spacings.
const SPACING: &str = "spacing_mm";
/// Name of the column of extensions.
const EXTENSION: &str = "extension";

/// Plan of a benchmark.
#[derive(Debug)]
pub struct Plan {
    /// Folder to write.
    pub(crate) out: PathBuf,
    /// True to link radiographs.
    pub(crate) link: bool,
    /// Identifier of the benchmark.
    pub(crate) id: String,
    /// Layout in words.
    pub(crate) layout: String,
    /// Images that have masks.
    pub(crate) images: Vec<PlannedImage>,
    /// Sizes of the images.
    pub(crate) sizes: Vec<Size>,
    /// Images without masks.
    pub(crate) without_masks: Vec<PlannedImage>,
    /// Files of masks, which sources name by index.
    pub(crate) files: Vec<FoundFile>,
    /// Structures with the sources of their masks, and the side to take of them.
    pub(crate) structures: Vec<(PlannedStructure, Option<Side>)>,
    /// Objects.
    pub(crate) objects: Vec<ObjectSection>,
    /// Folds.
    pub(crate) folds: PlannedFolds,
    /// Spacing.
    pub(crate) spacing: PlannedSpacing,
    /// Table of the user.
    pub(crate) table: Option<ImageTable>,
    /// Statements about what was assumed.
    pub(crate) notes: Vec<String>,
    /// Open doubts: the plan can be written only when there is none.
    pub(crate) doubts: Vec<Doubt>,
}

impl Plan {
    /// Open doubts.
    #[must_use]
    pub fn doubts(&self) -> &[Doubt] {
        &self.doubts
    }

    /// Extension of all radiographs; none when they differ.
    pub(crate) fn image_extension(&self) -> Option<&str> {
        let first = extension(&self.images.first()?.file);
        self.images.iter().all(|image| extension(&image.file) == first).then_some(first)
    }

    /// Extension of all masks: that of the files, where all are copied, and else PNG.
    pub(crate) fn mask_extension(&self) -> &str {
        let mut found: Option<&str> = None;
        for (structure, side) in &self.structures {
            for source in structure.masks.values() {
                let MaskSource::File(at) = source else { return "png" };
                let extension = extension(&self.files[*at]);
                let is_other = found.is_some_and(|other| other != extension);
                if side.is_some() || is_other || !MASK_EXTENSIONS.contains(&extension) {
                    return "png";
                }
                found = Some(extension);
            }
        }
        found.unwrap_or("png")
    }

    /// Name of an image's radiograph.
    pub(crate) fn image_name(&self, image: &PlannedImage) -> String {
        format!("{}.{}", image.id, extension(&image.file))
    }

    /// Table of images.
    pub(crate) fn table_rows(&self) -> Vec<Vec<String>> {
        let mut header = vec!["image_id".to_owned()];
        let has_folds = !self.folds.values.is_empty();
        let spacings = match &self.spacing {
            PlannedSpacing::Each(all) => Some(all),
            PlannedSpacing::Common(_) => None,
        };
        let mixes_extensions = self.image_extension().is_none();
        let has_folders = self.images.iter().any(|image| image.folder != self.images[0].folder);
        header.extend(has_folds.then(|| FOLD.to_owned()));
        header.extend(spacings.map(|_| SPACING.to_owned()));
        header.extend(mixes_extensions.then(|| EXTENSION.to_owned()));
        header.extend(has_folders.then(|| "folder".to_owned()));
        let columns = self.table.as_ref().map_or(Vec::new(), |table| {
            let is_used =
                |at: &usize| Some(*at) != table.fold || !self.folds.origin.contains("table");
            (0..table.columns.len()).filter(is_used).collect()
        });
        for column in &columns {
            let mut name =
                self.table.as_ref().map_or("", |table| &table.columns[*column]).to_owned();
            while header.contains(&name) || name.is_empty() {
                name = format!("table_{name}");
            }
            header.push(name);
        }
        let mut rows = vec![header];
        for (at, image) in self.images.iter().enumerate() {
            let mut row = vec![image.id.clone()];
            row.extend(has_folds.then(|| self.folds.values[at].clone()));
            row.extend(spacings.map(|all| all[at].map_or(String::new(), spacing_text)));
            row.extend(mixes_extensions.then(|| extension(&image.file).to_owned()));
            row.extend(has_folders.then(|| image.folder.clone()));
            let table = self.table.iter();
            row.extend(table.flat_map(|table| {
                columns.iter().map(move |column| table.value(at, *column).to_owned())
            }));
            rows.push(row);
        }
        rows
    }

    /// Definition of the benchmark.
    pub(crate) fn benchmark_file(&self) -> BenchmarkFile {
        let extension = self.image_extension().unwrap_or("{extension}");
        let structure = |(structure, _): &(PlannedStructure, Option<Side>)| StructureSection {
            id: structure.id.clone(),
            name: title(&structure.id),
        };
        let spacing_mm = match &self.spacing {
            PlannedSpacing::Common(None) => SpacingValue::Word("unknown".to_owned()),
            PlannedSpacing::Common(Some(spacing)) if spacing.is_isotropic() => {
                SpacingValue::Mm(spacing.x_mm())
            }
            PlannedSpacing::Common(Some(spacing)) => {
                SpacingValue::XyMm([spacing.x_mm(), spacing.y_mm()])
            }
            PlannedSpacing::Each(_) => {
                SpacingValue::Column(SpacingColumn { column: SPACING.to_owned() })
            }
        };
        BenchmarkFile {
            id: self.id.clone(),
            title: title(&self.id),
            description: format!(
                "{} chest radiographs, imported from {}.",
                self.images.len(),
                self.layout
            ),
            definition: String::new(),
            phantom: false,
            images: ImagesSection {
                table: "images.csv".to_owned(),
                folder: "images".to_owned(),
                pattern: format!("{{image_id}}.{extension}"),
                spacing_mm,
            },
            structures: self.structures.iter().map(structure).collect(),
            objects: self.objects.clone(),
            observers: vec![ObserverSection {
                id: "reference".to_owned(),
                name: "Reference".to_owned(),
                folder: "masks".to_owned(),
                pattern: format!("{{structure}}/{{image_id}}.{}", self.mask_extension()),
                landmarks: None,
            }],
            folds: FoldsSection {
                column: (!self.folds.values.is_empty()).then(|| FOLD.to_owned()),
                protocol: self.folds.protocol.to_owned(),
            },
            terms: TermsSection::default(),
            scoring: None,
            literature: None,
        }
    }
}

/// Extension in its shortest usual form.
pub(crate) fn extension(file: &FoundFile) -> &str {
    match file.extension.as_str() {
        "jpeg" | "jpe" => "jpg",
        "tiff" => "tif",
        "dicom" | "dic" => "dcm",
        other => other,
    }
}
