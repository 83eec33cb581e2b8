//! Training data: the images of a part of a benchmark, and the parts of models that methods
//! share.
//!
//! - [`TrainingImages`]: images, reference masks and landmarks, read when needed.
//! - [`TrainingPart`]: part of a benchmark that a model is trained on.
//! - [`TrainingSet`]: the images with everything that several methods learn from them once.

mod cache;
mod images;
mod part;
mod set;

pub use images::{SeenImage, Shapes, TrainingImages};
pub use part::TrainingPart;
pub use set::TrainingSet;
