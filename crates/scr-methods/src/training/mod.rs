//! Training data: the images of one fold, and the parts of models that methods share.
//!
//! - [`TrainingImages`]: images, reference masks and landmarks, read when needed.
//! - [`TrainingSet`]: the images with everything that several methods learn from them once.

mod cache;
mod images;
mod set;

pub use images::{SeenImage, Shapes, TrainingImages};
pub use set::TrainingSet;
