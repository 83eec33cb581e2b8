//! A trained method as a file, with its origin inside.
//!
//! ```text
//! SCRMODEL\n | header length, u32 little-endian | header, JSON | payload | SHA-256 of all before
//! ```
//!
//! The header says which images the model has seen: it refuses to segment them
//! unless told so, so that nobody tests on what was trained on by mistake.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use scr_data::digest::{file_digest, hex};
use scr_data::{Fold, Image, files, is_identifier};
use scr_image::{Mask, Radiograph};
use serde::{Deserialize, Serialize};

use crate::stored::equal;
use crate::{
    Declared, Method, MethodError, ModelFault, Parameters, Segmenter, Subject, TrainingSet,
    find_method,
};

const MAGIC: &[u8] = b"SCRMODEL\n";
const DIGEST_BYTES: usize = 32;

/// Version of the file format: changes when older programs could misread it.
const FORMAT: u32 = 1;

/// Structures of a model at most.
const MAX_STRUCTURES: usize = 1024;

/// Names of structures, in words.
const IDENTIFIER: &str = "lower-case letters, digits, `-` and `_`, at most 64, each name once";

/// Where a model comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelHeader {
    /// Version of the file format.
    pub format: u32,
    /// Name of the method.
    pub method: String,
    /// Version of the method.
    pub method_version: String,
    /// Every parameter.
    pub parameters: Parameters,
    /// Seed of the training.
    pub seed: u64,
    /// Identifier of the benchmark trained on.
    pub benchmark: String,
    /// Digest of the benchmark trained on, against its reference observer.
    pub benchmark_digest: String,
    /// Fold trained on, 1 or 2.
    pub fold: u8,
    /// Identifiers of the structures segmented, in order.
    pub structures: Vec<String>,
    /// The images trained on.
    pub seen: Vec<SeenImage>,
}

/// An image that a model was trained on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeenImage {
    /// Identifier of the image.
    pub id: String,
    /// SHA-256 of its file in hexadecimal; null when the file was not there.
    pub file_sha256: Option<String>,
}

impl ModelHeader {
    /// The method that the header is of, where everything in it is as `scr train` writes it.
    fn check(&self) -> Result<&'static dyn Method, ModelFault> {
        equal("format", &self.format, &FORMAT)?;
        let method = find_method(&self.method)
            .map_err(|error| ModelFault::new("method", "one of `scr methods`", error))?;
        equal("method_version", &self.method_version.as_str(), &method.version())?;
        self.parameters.check(method).map_err(|fault| fault.within("parameters"))?;
        if Fold::from_number(self.fold).is_none() {
            return Err(ModelFault::new("fold", "1 or 2", self.fold));
        }
        // Structures name the files that masks are written to.
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

/// A segmenter and where it comes from.
pub struct Model {
    header: ModelHeader,
    segmenter: Arc<dyn Segmenter>,
}

impl Model {
    pub(crate) fn new(header: ModelHeader, segmenter: Arc<dyn Segmenter>) -> Self {
        Self { header, segmenter }
    }

    /// Where the model comes from.
    #[must_use]
    pub const fn header(&self) -> &ModelHeader {
        &self.header
    }

    /// What segments.
    #[must_use]
    pub fn segmenter(&self) -> &dyn Segmenter {
        self.segmenter.as_ref()
    }

    pub(crate) fn shared_segmenter(&self) -> Arc<dyn Segmenter> {
        self.segmenter.clone()
    }

    /// One mask a structure, at the radiograph's size: see [`Segmenter::segment`].
    ///
    /// # Errors
    /// What the method says.
    pub fn segment(&self, radiograph: &Radiograph) -> Result<Vec<Mask>, MethodError> {
        self.segmenter.segment(&Subject::new(radiograph))
    }

    /// The file's bytes.
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

    /// Reads a model from the bytes of the file called `place`.
    ///
    /// # Errors
    /// [`MethodError::Model`] when the file is none, is cut or damaged, was written by
    /// another version, or holds what training cannot have written.
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
        let segmenter = method.restore(payload, Declared { parameters, n_structures })?;
        Ok(Self { header, segmenter })
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// [`MethodError::Data`] when it cannot be read, else as [`from_bytes`](Self::from_bytes).
    pub fn open(path: &Path) -> Result<Self, MethodError> {
        Self::from_bytes(&path.display().to_string(), &files::read_file(path)?)
    }

    /// Whether the model was trained on the image with this identifier of the
    /// benchmark with this digest, or on a file with these bytes.
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

/// The header of a model about to be trained.
pub(crate) fn header(
    method: &dyn Method,
    parameters: &Parameters,
    seed: u64,
    set: &TrainingSet<'_>,
) -> Result<ModelHeader, MethodError> {
    let benchmark = set.benchmark();
    // The same for every method that is trained on the set, and much to read.
    let (benchmark_digest, seen) = set.shared("what a header says of the images", || {
        let seen = |image: &&Image| SeenImage {
            id: image.id.clone(),
            file_sha256: files::read_file(&benchmark.radiograph_path(image))
                .ok()
                .map(|bytes| hex(&file_digest(&bytes))),
        };
        let seen: Vec<SeenImage> = set.images().iter().map(seen).collect();
        Ok((benchmark.digest(benchmark.reference())?, seen))
    })?;
    Ok(ModelHeader {
        format: FORMAT,
        method: method.id().to_owned(),
        method_version: method.version().to_owned(),
        parameters: parameters.clone(),
        seed,
        benchmark: benchmark.id.clone(),
        benchmark_digest,
        fold: set.fold().number(),
        structures: benchmark.structures.iter().map(|s| s.id.clone()).collect(),
        seen,
    })
}
