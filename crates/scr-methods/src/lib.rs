//! Segmentation methods: from a radiograph to one mask for each structure.
//!
//! Computes no score and knows no other method's results. A method is trained on
//! one fold and segments the other; models are files that say what they have seen.
//!
//! - [`Method`]: something that can be trained; [`METHODS`] lists them all.
//! - [`Segmenter`]: what training gives: radiograph in, masks out.
//! - [`Model`]: a segmenter with its origin, read from and written to a file.
//! - [`Insight`]: what a model lets people see of itself and of its work on an image.
//! - [`TwoFold`]: trains and segments a whole benchmark.
//!
//! A new method is a folder with an implementation of [`Method`] and a line in
//! the registry.
#![cfg_attr(test, expect(clippy::disallowed_methods, reason = "tests make and damage files"))]

pub mod active_appearance;
pub mod active_shape;
#[cfg(test)]
mod crafted;
mod error;
mod example;
mod grey;
mod hybrid;
mod insight;
mod landmarks;
mod mean_shape;
mod method;
mod model;
mod parameters;
pub mod pixel_classification;
mod pyramid;
mod registry;
mod run;
pub mod shape_model;
mod shape_search;
mod shared;
mod stored;
mod subject;
mod training;
mod voting;

pub use active_appearance::ActiveAppearance;
pub use active_shape::ActiveShape;
pub use error::MethodError;
pub use example::Example;
pub use grey::{GreyImage, gaussian, working_size};
pub use hybrid::Hybrid;
pub use insight::{
    Insight, LandmarkProfiles, Profile, Profiles, SampleCount, SearchStep, SearchSteps, ShapeModes,
    Stage, TextureModes, Votes, Watch,
};
pub use landmarks::derive_landmarks;
pub use mean_shape::MeanShape;
pub use method::{About, Method, Progress, Segmenter};
pub use model::{Model, ModelHeader, SeenImage};
pub use parameters::{Parameter, Parameters};
pub use pixel_classification::{
    PixelClassification, PixelClassificationPost, PixelClassifier, PixelSettings, Posterior,
};
pub use pyramid::Pyramid;
pub use registry::{METHODS, find_method};
pub use run::{Job, RunCost, RunPlan, RunRecord, TwoFold, segment_fold, train};
pub use shape_search::ShapeSearch;
pub use stored::{Declared, ModelFault};
pub use subject::Subject;
pub use training::{Shapes, TrainingSet};
pub use voting::Voting;
