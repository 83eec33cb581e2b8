//! A trained method as a file, with its origin inside.
//!
//! ```text
//! SCRMODEL\n | header length, u32 little-endian | header, JSON | payload | SHA-256 of all before
//! ```
//!
//! The header says which images the model has seen: it refuses to segment them
//! unless told so, so that nobody tests on what was trained on by mistake.

use std::path::Path;
use std::sync::Arc;

use scr_data::digest::{file_digest, hex};
use scr_data::{Image, files};
use scr_image::{Mask, Radiograph};
use serde::{Deserialize, Serialize};

use crate::{MethodError, Parameters, Segmenter, Subject, TrainingSet, find_method};

const MAGIC: &[u8] = b"SCRMODEL\n";
const DIGEST_BYTES: usize = 32;

/// Version of the file format: changes when older programs could misread it.
const FORMAT: u32 = 1;

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
    /// [`MethodError::Model`] when the file is none, is cut or damaged, or was
    /// written by another version.
    pub fn from_bytes(place: &str, bytes: &[u8]) -> Result<Self, MethodError> {
        let refuse = |expected: &str, found: String| MethodError::Model {
            place: place.to_owned(),
            expected: expected.to_owned(),
            found,
        };
        let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| {
            refuse("a model written by `scr train`", "a file that begins otherwise".into())
        })?;
        let whole = bytes.len().checked_sub(DIGEST_BYTES).map(|end| bytes.split_at(end));
        let (_, digest) =
            whole.filter(|(content, digest)| file_digest(content) == *digest).ok_or_else(|| {
                refuse("a whole file", "a cut or damaged one: train the model again".into())
            })?;
        let damaged = || refuse("a readable header", "none".into());
        let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
        let content = rest.strip_suffix(digest).ok_or_else(damaged)?;
        let (header, payload) =
            content.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or_else(damaged)?;
        let header: ModelHeader = serde_json::from_slice(header)
            .map_err(|error| refuse("a header of this version", error.to_string()))?;
        if header.format != FORMAT {
            let expected = format!("format version {FORMAT}");
            return Err(refuse(&expected, format!("version {}", header.format)));
        }
        let method = find_method(&header.method)?;
        if method.version() != header.method_version {
            let expected = format!("{} version {}", method.id(), method.version());
            let found = format!("version {}: train the model again", header.method_version);
            return Err(refuse(&expected, found));
        }
        let segmenter = method
            .restore(payload)
            .ok_or_else(|| refuse("the method's own data", "something else".into()))?;
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
    method: &dyn crate::Method,
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
