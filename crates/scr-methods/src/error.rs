//! Errors of training, loading and running methods.

use scr_data::{DataError, Problem, Problems};

use crate::{ModelFault, TrainingPart};

/// Error of training, loading or running a method.
#[derive(Debug, thiserror::Error)]
pub enum MethodError {
    /// Unknown method.
    #[error("unknown method `{name}`, expected one of {known}")]
    UnknownMethod {
        /// Name in the request.
        name: String,
        /// All valid names.
        known: String,
    },
    /// Unknown parameter.
    #[error("method {method} has no parameter `{key}`, expected {known}")]
    UnknownParameter {
        /// Identifier of the method.
        method: &'static str,
        /// Name in the request.
        key: String,
        /// All valid names.
        known: String,
    },
    /// Parameter value outside of its range, or no number.
    #[error("parameter {key} is `{found}`, expected {expected}")]
    ParameterRange {
        /// Name of the parameter.
        key: String,
        /// Value in the request.
        found: String,
        /// Range in words.
        expected: String,
    },
    /// Benchmark whose protocol trains on none of its images.
    #[error(
        "{benchmark} is for evaluation only: none of its images is for training; expected a \
         benchmark with folds or a training set, or segment it by `scr segment` with a model \
         that was trained on other images"
    )]
    EvaluationOnly {
        /// Identifier of the benchmark.
        benchmark: String,
    },
    /// Part of a benchmark without images.
    #[error("{part} of {benchmark} has no images, and {method} needs at least one to train on")]
    NoImages {
        /// Identifier of the benchmark.
        benchmark: String,
        /// The part, in words.
        part: String,
        /// Identifier of the method.
        method: &'static str,
    },
    /// Structure that is empty in every training image.
    #[error(
        "structure `{structure}` is empty in all {n_images} training images, and {method} needs it in at least one"
    )]
    NeverDrawn {
        /// Identifier of the structure.
        structure: String,
        /// Number of training images.
        n_images: usize,
        /// Identifier of the method.
        method: &'static str,
    },
    /// Structures that are empty in training images.
    #[error(
        "{method} needs every structure in every training image, and {} of them are empty: {}",
        places.len(),
        shortened(places)
    )]
    MissingStructures {
        /// Structures and images, in words: `heart in JPCLN001`.
        places: Vec<String>,
        /// Identifier of the method.
        method: &'static str,
    },
    /// Masks of a structure whose parts do not correspond.
    #[error(
        "structure `{structure}` has {n_parts} part{} in most training images, but other parts in {} of {n_images}: {}; methods that learn outlines need the same parts in every image: correct these masks, or make a structure of each part with `scr init --split-sides`",
        if *n_parts == 1 { "" } else { "s" },
        odd.len(),
        shortened(odd)
    )]
    Parts {
        /// Identifier of the structure.
        structure: String,
        /// Usual number of parts.
        n_parts: usize,
        /// Number of training images.
        n_images: usize,
        /// Other images with their parts, in words: `JPCLN001 (1 part)`.
        odd: Vec<String>,
    },
    /// Numbers of landmarks that differ between images.
    #[error(
        "structure `{structure}` has {found} landmarks in image `{image}`, expected {expected} as in the images before"
    )]
    LandmarkCount {
        /// Identifier of the structure.
        structure: String,
        /// Identifier of the image.
        image: String,
        /// Number of points in the image.
        found: usize,
        /// Number of points in the images before.
        expected: usize,
    },
    /// File that is no model, or one that training cannot have written.
    #[error(
        "{place} is no model that can be used: {field}: expected {expected}, found {found}; train it anew with `scr train`"
    )]
    Model {
        /// Path of the file.
        place: String,
        /// Part of the file.
        field: String,
        /// Expected value.
        expected: String,
        /// Value in the file.
        found: String,
    },
    /// Training data that gives a model of impossible values.
    #[error(
        "{method} trained on these images gives a model that cannot be used: {}: expected {}, found {}; check the landmarks and masks of the training images",
        fault.field,
        fault.expected,
        fault.found
    )]
    Unusable {
        /// Identifier of the method.
        method: &'static str,
        /// First part of the model that is impossible.
        fault: ModelFault,
    },
    /// Training images among the images to segment.
    #[error(
        "the model was trained on {part} of {benchmark} and has seen {} of the images to segment: {}",
        images.len(),
        shortened(images)
    )]
    SeenImages {
        /// Benchmark of the training.
        benchmark: String,
        /// Part of the benchmark that it was trained on.
        part: TrainingPart,
        /// Identifiers of the images.
        images: Vec<String>,
    },
    /// Model for other structures than the benchmark's.
    #[error("the model segments {found}, expected the benchmark's structures {expected}")]
    Structures {
        /// Structures of the model.
        found: String,
        /// Structures of the benchmark.
        expected: String,
    },
    /// Training of a U-Net that cannot begin or go on.
    #[error("{method}: {error}")]
    Unet {
        /// Identifier of the method.
        method: &'static str,
        /// Error.
        error: scr_unet::UnetError,
    },
    /// Training that needs more memory than there is.
    #[error(
        "{method} needs about {:.1} GB of memory to train, and {:.1} GB are available; choose a smaller side, width or batch",
        *needed_bytes as f64 / 1e9,
        *available_bytes as f64 / 1e9
    )]
    Memory {
        /// Identifier of the method.
        method: &'static str,
        /// Estimated need in bytes.
        needed_bytes: u64,
        /// Available memory in bytes.
        available_bytes: u64,
    },
    /// Network that fails on an image.
    #[error(transparent)]
    Network(#[from] scr_onnx::ModelError),
    /// Files that cannot be read or written, or with invalid content.
    #[error(transparent)]
    Data(#[from] DataError),
}

impl MethodError {
    /// Test for a list of problems with files, which other files may extend.
    pub(crate) const fn is_about_files(&self) -> bool {
        matches!(self, Self::Data(DataError::Problems(_)))
    }
}

impl From<Problem> for MethodError {
    fn from(problem: Problem) -> Self {
        Self::Data(problem.into())
    }
}

/// Collects all values, or all problems with files as one error. The first error of another
/// kind is returned unchanged.
pub(crate) fn all_or_problems<T>(
    results: Vec<Result<T, MethodError>>,
) -> Result<Vec<T>, MethodError> {
    let (mut values, mut problems) = (Vec::with_capacity(results.len()), Problems::default());
    for result in results {
        match result {
            Ok(value) => values.push(value),
            Err(MethodError::Data(DataError::Problems(list))) => {
                problems.extend(list.list().iter().cloned());
            }
            Err(other) => return Err(other),
        }
    }
    Ok(problems.or(values)?)
}

/// First names of a list.
fn shortened(names: &[String]) -> String {
    let shown = names.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > 5 { format!("{shown}, ...") } else { shown }
}
