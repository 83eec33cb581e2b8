//! Pixel classification: each pixel gets the label of the most similar training pixels.
//!
//! The features of a pixel are the responses of Gaussian derivative filters at several scales,
//! and its place in the chest. A k-nearest-neighbour classifier compares it with pixels of
//! the training images. Two methods share one trained [`PixelClassifier`]:
//! [`PixelClassification`] thresholds its raw posterior, [`PixelClassificationPost`] blurs
//! it first and keeps the largest part of each mask.
//!
//! Knows no shape: other methods model the shape of a structure, and may start from the
//! [`Posterior`].
//!
//! In the order of the computation: `features.rs` computes features, `samples.rs` selects
//! training pixels, `neighbours.rs` finds the nearest ones, with a k-d tree of `groups.rs`
//! that skips those too far away, `stage.rs` counts their votes as a [`Posterior`] (only
//! where needed: `refinement.rs`), `classifier.rs` runs a coarse and a fine stage,
//! `posterior.rs` makes masks, `parts.rs` keeps their largest part, `methods.rs` has the two
//! methods, `settings.rs` their parameters.

mod classifier;
mod features;
mod groups;
mod methods;
mod neighbours;
mod parts;
mod posterior;
mod refinement;
mod samples;
mod settings;
mod stage;

pub use classifier::PixelClassifier;
pub(crate) use classifier::{ClassifierFile, LearntClassifier};
pub use methods::{PixelClassification, PixelClassificationPost};
pub use neighbours::{Neighbours, Search};
pub use parts::largest_parts_filled;
pub use posterior::Posterior;
pub(crate) use settings::PIXEL_PARAMETERS;
pub use settings::{ClassifierTraining, PixelSettings};
