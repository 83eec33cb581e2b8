//! Why a method could not be trained, loaded or run.

use scr_data::{DataError, Problem, Problems};

/// Why a method could not be trained, loaded or run.
#[derive(Debug, thiserror::Error)]
pub enum MethodError {
    /// No method has this name.
    #[error("unknown method `{name}`, expected one of {known}")]
    UnknownMethod {
        /// The name found.
        name: String,
        /// The names there are.
        known: String,
    },
    /// No parameter of the method has this name.
    #[error("method {method} has no parameter `{key}`, expected {known}")]
    UnknownParameter {
        /// The method.
        method: &'static str,
        /// The name found.
        key: String,
        /// The names there are.
        known: String,
    },
    /// A parameter is not a number of its range.
    #[error("parameter {key} is `{found}`, expected {expected}")]
    ParameterRange {
        /// The parameter.
        key: String,
        /// The value found.
        found: String,
        /// Its range in words.
        expected: String,
    },
    /// A fold without images.
    #[error(
        "fold {fold} of {benchmark} has no images, and {method} needs at least one to train on"
    )]
    NoImages {
        /// The benchmark.
        benchmark: String,
        /// The fold.
        fold: u8,
        /// The method.
        method: &'static str,
    },
    /// A structure that is empty in every training image.
    #[error(
        "structure `{structure}` is empty in all {n_images} training images, and {method} needs it in at least one"
    )]
    NeverDrawn {
        /// The structure.
        structure: String,
        /// How many images were looked at.
        n_images: usize,
        /// The method.
        method: &'static str,
    },
    /// Structures that are empty in training images.
    #[error(
        "{method} needs every structure in every training image, and {} of them are empty: {}",
        places.len(),
        shortened(places)
    )]
    MissingStructures {
        /// Which structure in which image, in words.
        places: Vec<String>,
        /// The method.
        method: &'static str,
    },
    /// Landmarks of which not every image has the same number.
    #[error(
        "structure `{structure}` has {found} landmarks in image `{image}`, expected {expected} as in the images before"
    )]
    LandmarkCount {
        /// The structure.
        structure: String,
        /// The image.
        image: String,
        /// Points found.
        found: usize,
        /// Points in the images before.
        expected: usize,
    },
    /// A file that is no model, or one that training cannot have written.
    #[error(
        "{place} is no model that can be used: {field}: expected {expected}, found {found}; train it anew with `scr train`"
    )]
    Model {
        /// The file.
        place: String,
        /// Part of the file.
        field: String,
        /// What should be there.
        expected: String,
        /// Value in the file.
        found: String,
    },
    /// Images that the model was trained on.
    #[error(
        "the model was trained on fold {fold} of {benchmark} and has seen {} of the images to segment: {}",
        images.len(),
        shortened(images)
    )]
    SeenImages {
        /// The benchmark that the model was trained on.
        benchmark: String,
        /// The fold that the model was trained on.
        fold: u8,
        /// The images.
        images: Vec<String>,
    },
    /// A model for other structures than the benchmark's.
    #[error("the model segments {found}, expected the benchmark's structures {expected}")]
    Structures {
        /// The model's structures.
        found: String,
        /// The benchmark's structures.
        expected: String,
    },
    /// Files that cannot be read or written.
    #[error(transparent)]
    Data(#[from] DataError),
}

impl MethodError {
    /// Whether it says what is wrong with files, so that others may be wrong too.
    pub(crate) const fn is_about_files(&self) -> bool {
        matches!(self, Self::Data(DataError::Problems(_)))
    }
}

impl From<Problem> for MethodError {
    fn from(problem: Problem) -> Self {
        Self::Data(problem.into())
    }
}

/// All values, or all problems with files as one error; the first error of another
/// kind as it is.
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

/// The first few of a list of names.
fn shortened(names: &[String]) -> String {
    let shown = names.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > 5 { format!("{shown}, ...") } else { shown }
}
