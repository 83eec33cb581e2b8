//! Pixel classification: every pixel gets the label that pixels like it had.
//!
//! Each pixel is described by what Gaussian derivative filters of several scales
//! answer there and by its place in the chest; a k-nearest-neighbour classifier
//! compares it with pixels of the training images. Two methods share one trained
//! [`PixelClassifier`]: [`PixelClassification`] takes its posterior as it is,
//! [`PixelClassificationPost`] tidies it.
//!
//! Knows no shape: what a structure looks like as a whole is for other methods,
//! which may start from the [`Posterior`].
//!
//! In the order of the computation: `features.rs` describes pixels, `samples.rs`
//! picks those to learn from, `neighbours.rs` finds the nearest, by `groups.rs` without
//! looking at all, `stage.rs` turns them into a [`Posterior`] (asking only where needed: `refinement.rs`),
//! `classifier.rs` looks twice, first coarsely, `posterior.rs` makes masks, `parts.rs`
//! tidies masks, `methods.rs` has the two methods.

mod classifier;
mod features;
mod groups;
mod methods;
mod neighbours;
mod parts;
mod posterior;
mod refinement;
mod samples;
mod stage;

pub(crate) use classifier::ClassifierFile;
pub use classifier::{PixelClassifier, PixelSettings};
pub(crate) use methods::{PIXEL_PARAMETERS, pixel_settings};
pub use methods::{PixelClassification, PixelClassificationPost};
pub use neighbours::Neighbours;
pub use parts::largest_part_filled;
pub use posterior::Posterior;
