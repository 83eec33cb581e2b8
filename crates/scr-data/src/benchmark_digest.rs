//! Digest of a benchmark: of its scoring definition and of an observer's masks.

use scr_documents::Protocol;
use scr_image::Spacing;

use crate::digest::{Manifest, file_digest};
use crate::{Benchmark, DataError, Observer, Problems};

impl Benchmark {
    /// Scoring definition: the part of the definition that a score depends on, as text.
    /// It leaves out titles, terms and attributes, so that a correction of these makes
    /// no other benchmark.
    ///
    /// docs/reference/benchmark-file.md has its lines.
    #[must_use]
    pub fn scoring_definition(&self) -> String {
        let mut text = format!("benchmark {}\n", self.id);
        if self.protocol != Protocol::TwoFold {
            text += &format!("protocol {}\n", self.protocol.name());
        }
        let common = self.images.first().and_then(|image| image.spacing);
        let spacing =
            if self.has_spacing_column { "by image".to_owned() } else { in_words(common) };
        text += &format!("spacing_mm {spacing}\n");
        if self.undefined_as.is_some() {
            text += "undefined diagonal\n";
        }
        for structure in &self.structures {
            text += &format!("structure {}\n", structure.id);
        }
        for object in &self.objects {
            text += &format!("object {}", object.id);
            for &structure in &object.structures {
                text += &format!(" {}", self.structures[structure].id);
            }
            text.push('\n');
        }
        for image in &self.images {
            text += &format!("image {} fold {}", image.id, image.fold);
            if self.has_spacing_column {
                text += &format!(" spacing_mm {}", in_words(image.spacing));
            }
            text.push('\n');
        }
        text
    }

    /// Manifest with the [scoring definition](Self::scoring_definition) alone, under the
    /// name `definition`. Readers add masks to it.
    #[must_use]
    pub fn manifest(&self) -> Manifest {
        let mut manifest = Manifest::default();
        manifest.add("definition", file_digest(self.scoring_definition().as_bytes()));
        manifest
    }

    /// Digest of the benchmark for scores against `observer`: of the scoring definition
    /// and all of the observer's masks, of no image.
    ///
    /// # Errors
    /// [`DataError::Problems`] with every mask that cannot be read.
    pub fn digest(&self, observer: &Observer) -> Result<String, DataError> {
        let mut manifest = self.manifest();
        let mut problems = Problems::default();
        for image in &self.images {
            for structure in &self.structures {
                problems.keep(self.note_mask(observer, structure, image, &mut manifest));
            }
        }
        problems.or(manifest.digest())
    }
}

/// A spacing as the scoring definition has it.
fn in_words(spacing: Option<Spacing>) -> String {
    match spacing.map(|spacing| (spacing.x_mm(), spacing.y_mm())) {
        None => "unknown".to_owned(),
        Some((x, y)) if x == y => x.to_string(),
        Some((x, y)) => format!("{x} {y}"),
    }
}
