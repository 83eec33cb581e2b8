//! Model files: a trained method with its provenance.
//!
//! ```text
//! SCRMODEL\n | header length, u32 little-endian | header, JSON | payload | SHA-256 of all before
//! ```
//!
//! The header lists the training images. A run refuses to segment these unless it is allowed
//! to, so that nobody tests on training images by mistake.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use scr_data::digest::{file_digest, hex};
use scr_data::{files, is_identifier};
use scr_image::{Mask, Radiograph};
use serde::{Deserialize, Serialize};

use crate::stored::{MAX_STRUCTURES, equal};
use crate::{
    Method, MethodError, ModelDeclaration, ModelFault, Parameters, SeenImage, Segmenter, Subject,
    TrainingImages, TrainingPart, find_method,
};

const MAGIC: &[u8] = b"SCRMODEL\n";
const DIGEST_BYTES: usize = 32;

/// Version of the file format: changes when older programs could misread it.
const FORMAT: u32 = 1;

/// Rule for names of structures, in words.
const IDENTIFIER: &str = "lower-case letters, digits, `-` and `_`, at most 64, each name once";

/// Header of a model file: method, parameters and training data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelHeader {
    /// Version of the file format.
    pub format: u32,
    /// Identifier of the method.
    pub method: String,
    /// Version of the method.
    pub method_version: String,
    /// Values of all parameters.
    pub parameters: Parameters,
    /// Seed of the training.
    pub seed: u64,
    /// Identifier of the benchmark trained on.
    pub benchmark: String,
    /// Digest of the benchmark trained on, against its reference observer.
    pub benchmark_digest: String,
    /// Part of the benchmark trained on: its fold, or the fold held out.
    pub fold: TrainingPart,
    /// Identifiers of the structures segmented, in order.
    pub structures: Vec<String>,
    /// Training images.
    pub seen: Vec<SeenImage>,
}

impl ModelHeader {
    /// Validates the header, and returns its method.
    fn check(&self) -> Result<&'static dyn Method, ModelFault> {
        equal("format", &self.format, &FORMAT)?;
        let method = find_method(&self.method)
            .map_err(|error| ModelFault::new("method", "one of `scr methods`", error))?;
        equal("method_version", &self.method_version.as_str(), &method.info().version)?;
        self.parameters.check(method.info()).map_err(|fault| fault.within("parameters"))?;
        if !self.fold.is_valid() {
            let expected = "1 or 2, `train`, or a fold that was held out";
            return Err(ModelFault::new("fold", expected, self.fold));
        }
        // The names of structures become file names of masks.
        let mut names = BTreeSet::new();
        for name in &self.structures {
            if !(is_identifier(name) && names.insert(name)) {
                return Err(ModelFault::new("structures", IDENTIFIER, format!("{name:?}")));
            }
        }
        match self.structures.len() {
            1..=MAX_STRUCTURES => Ok(method),
            n => Err(ModelFault::new("structures", format!("1 to {MAX_STRUCTURES}"), n)),
        }
    }
}

/// Trained method with its provenance.
pub struct Model {
    header: ModelHeader,
    segmenter: Arc<dyn Segmenter>,
}

impl Model {
    pub(crate) fn new(header: ModelHeader, segmenter: Arc<dyn Segmenter>) -> Self {
        Self { header, segmenter }
    }

    /// Header with the provenance.
    #[must_use]
    pub const fn header(&self) -> &ModelHeader {
        &self.header
    }

    /// Segmenter of the model.
    #[must_use]
    pub fn segmenter(&self) -> &dyn Segmenter {
        self.segmenter.as_ref()
    }

    pub(crate) fn shared_segmenter(&self) -> Arc<dyn Segmenter> {
        self.segmenter.clone()
    }

    /// Segments a radiograph: one mask a structure, at its size. See [`Segmenter::segment`].
    ///
    /// # Errors
    /// Those of [`Segmenter::segment`].
    pub fn segment(&self, radiograph: &Radiograph) -> Result<Vec<Mask>, MethodError> {
        self.segmenter.segment(&Subject::new(radiograph))
    }

    /// Encodes the model file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let header = serde_json::to_vec(&self.header).expect("a header is always valid JSON");
        let mut bytes = MAGIC.to_vec();
        bytes.extend((header.len() as u32).to_le_bytes());
        bytes.extend(header);
        bytes.extend(self.segmenter.to_bytes());
        let digest = file_digest(&bytes);
        bytes.extend(digest);
        bytes
    }

    /// Decodes a model from the bytes of the file called `place`.
    ///
    /// # Errors
    /// [`MethodError::Model`] when the file is no model, is cut or damaged, was written by
    /// another version, or holds a value that training cannot have written.
    pub fn from_bytes(place: &str, bytes: &[u8]) -> Result<Self, MethodError> {
        Self::checked(bytes).map_err(|ModelFault { field, expected, found }| {
            let place = place.to_owned();
            MethodError::Model { place, field, expected, found }
        })
    }

    fn checked(bytes: &[u8]) -> Result<Self, ModelFault> {
        let refuse =
            |field: &str, expected: &str, found: &str| Err(ModelFault::new(field, expected, found));
        let Some(rest) = bytes.strip_prefix(MAGIC) else {
            return refuse("first bytes", "those of a model written by `scr train`", "others");
        };
        let Some((rest, digest)) = rest.split_last_chunk::<DIGEST_BYTES>() else {
            return refuse("length", "a whole file", "a cut one");
        };
        if file_digest(&bytes[..bytes.len() - DIGEST_BYTES]) != *digest {
            return refuse("checksum", "that of a whole file", "a cut or damaged file");
        }
        let parts = rest
            .split_first_chunk::<4>()
            .and_then(|(length, rest)| rest.split_at_checked(u32::from_le_bytes(*length) as usize));
        let Some((header, payload)) = parts else {
            return refuse("header", "a length within the file", "a larger one");
        };
        let header: ModelHeader = serde_json::from_slice(header)
            .map_err(|error| ModelFault::new("header", "one of this version", error))?;
        let method = header.check().map_err(|fault| fault.within("header"))?;
        let (parameters, n_structures) = (&header.parameters, header.structures.len());
        let segmenter = method.restore(payload, ModelDeclaration { parameters, n_structures })?;
        Ok(Self { header, segmenter })
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// [`MethodError::Data`] when it cannot be read, else as [`from_bytes`](Self::from_bytes).
    pub fn open(path: &Path) -> Result<Self, MethodError> {
        Self::from_bytes(&path.display().to_string(), &files::read_file(path)?)
    }

    /// Test for a training image: by the identifier, in the benchmark with this digest, or by
    /// the bytes of the file.
    #[must_use]
    pub fn has_seen(&self, benchmark_digest: Option<&str>, id: &str, file: Option<&[u8]>) -> bool {
        let is_its_benchmark = benchmark_digest == Some(self.header.benchmark_digest.as_str());
        let file_sha256 = file.map(|bytes| hex(&file_digest(bytes)));
        self.header.seen.iter().any(|seen| {
            (is_its_benchmark && seen.id == id)
                || (file_sha256.is_some() && seen.file_sha256 == file_sha256)
        })
    }
}

/// Header for a model that is about to be trained.
pub(crate) fn header(
    method: &dyn Method,
    parameters: &Parameters,
    seed: u64,
    images: &TrainingImages<'_>,
) -> Result<ModelHeader, MethodError> {
    let (benchmark, provenance) = (images.benchmark(), images.provenance()?);
    Ok(ModelHeader {
        format: FORMAT,
        method: method.info().id.to_owned(),
        method_version: method.info().version.to_owned(),
        parameters: parameters.clone(),
        seed,
        benchmark: benchmark.id.clone(),
        benchmark_digest: provenance.benchmark_digest.clone(),
        fold: images.part(),
        structures: benchmark.structures.iter().map(|s| s.id.clone()).collect(),
        seen: provenance.seen.clone(),
    })
}
