//! Report of a plan: what was recognised and assumed, as text and JSON.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::plan::Plan;

/// Report of a plan. Its keys are a contract.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// Folder of the benchmark.
    pub out: String,
    /// Layout in words.
    pub layout: String,
    /// Number of images.
    pub n_images: usize,
    /// Images without masks, which are no part of the benchmark.
    pub images_without_masks: Vec<String>,
    /// File formats of the radiographs, with their number.
    pub image_formats: BTreeMap<String, usize>,
    /// File format of the masks.
    pub mask_format: String,
    /// Structures.
    pub structures: Vec<StructureReport>,
    /// Structures of each object.
    pub objects: BTreeMap<String, Vec<String>>,
    /// Protocol.
    pub protocol: String,
    /// Origin of the folds.
    pub folds_origin: String,
    /// Number of images of each fold.
    pub folds: BTreeMap<String, usize>,
    /// Spacing in words.
    pub spacing: String,
    /// Statements about what was assumed.
    pub notes: Vec<String>,
}

/// Structure of a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StructureReport {
    /// Identifier.
    pub id: String,
    /// Origin of its name.
    pub origin: String,
    /// Number of images in which its mask is not empty.
    pub n_present: usize,
}

impl Plan {
    /// Report of the plan.
    #[must_use]
    pub fn report(&self) -> Report {
        let count = |keys: Vec<String>| {
            keys.into_iter().fold(BTreeMap::new(), |mut counts: BTreeMap<String, usize>, key| {
                *counts.entry(key).or_default() += 1;
                counts
            })
        };
        let formats = self.images.iter().map(|image| image.file.extension.clone()).collect();
        let structures = self.structures.iter().map(|(structure, side)| StructureReport {
            id: structure.id.clone(),
            origin: structure.origin.clone(),
            n_present: if side.is_some() { self.images.len() } else { structure.shapes.len() },
        });
        Report {
            benchmark: self.id.clone(),
            out: self.out.display().to_string(),
            layout: self.layout.clone(),
            n_images: self.images.len(),
            images_without_masks: self.without_masks.iter().map(|image| image.id.clone()).collect(),
            image_formats: count(formats),
            mask_format: self.mask_extension().to_owned(),
            structures: structures.collect(),
            objects: self.objects.iter().map(|o| (o.id.clone(), o.structures.clone())).collect(),
            protocol: self.folds.protocol.to_owned(),
            folds_origin: self.folds.origin.clone(),
            folds: count(self.folds.values.clone()),
            spacing: self.spacing.text(),
            notes: self.notes.clone(),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let formats = self.image_formats.iter().map(|(format, count)| format!("{count} {format}"));
        let formats = formats.collect::<Vec<_>>().join(", ");
        writeln!(f, "images      {} ({formats})", self.n_images)?;
        if !self.images_without_masks.is_empty() {
            writeln!(f, "            {} more without masks", self.images_without_masks.len())?;
        }
        writeln!(f, "layout      {}", self.layout)?;
        for (at, structure) in self.structures.iter().enumerate() {
            let StructureReport { id, origin, n_present } = structure;
            let head = if at == 0 { "structures" } else { "" };
            writeln!(f, "{head:<11} {id}: {origin}, in {n_present} of {} images", self.n_images)?;
        }
        for (at, (object, structures)) in self.objects.iter().enumerate() {
            let head = if at == 0 { "objects" } else { "" };
            writeln!(f, "{head:<11} {object} = {}", structures.join(" + "))?;
        }
        let folds = self.folds.iter().map(|(fold, count)| format!("{count} in {fold}"));
        let folds = folds.collect::<Vec<_>>().join(", ");
        writeln!(f, "folds       {}: {folds} ({})", self.protocol, self.folds_origin)?;
        writeln!(f, "spacing     {}", self.spacing)?;
        for note in &self.notes {
            writeln!(f, "note        {note}")?;
        }
        Ok(())
    }
}
