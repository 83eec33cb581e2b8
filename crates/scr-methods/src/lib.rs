//! Segmentation methods: from a radiograph to one mask for each structure.
//!
//! Computes no score and knows no other method's results. A method segments no image that it
//! was trained on; model files list their training images.
//!
//! - [`Method`]: segmentation method that can be trained; [`METHODS`] lists them all.
//! - [`TrainingSet`]: training images, with the parts of models that methods share.
//! - [`Segmenter`]: trained method: radiograph in, masks out.
//! - [`Model`]: segmenter with its provenance, read from and written to a file.
//! - [`Insight`]: view of a model, or of its work on an image.
//! - [`BenchmarkRun`]: run of several methods over a whole benchmark, as its protocol says.
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
mod fault;
mod hybrid;
mod info;
mod insight;
mod landmarks;
mod mean_shape;
mod memory;
mod method;
mod model;
mod parameter;
mod parameters;
mod parts;
pub mod pixel_classification;
mod progress;
mod pyramid;
mod registry;
mod run;
mod segmenter;
pub mod shape_model;
mod shape_search;
mod stored;
mod subject;
mod training;
mod unet;
mod voting;

pub use active_appearance::ActiveAppearance;
pub use active_shape::ActiveShape;
pub use error::MethodError;
pub use example::Example;
pub use fault::ModelFault;
pub use hybrid::Hybrid;
pub use info::MethodInfo;
pub use insight::{
    Insight, LandmarkProfiles, Profile, Profiles, SampleCount, SearchStep, SearchSteps, ShapeModes,
    Stage, StructureOutlines, TextureModes, Votes, Watch,
};
pub use landmarks::derive_landmarks;
pub use mean_shape::MeanShape;
pub use method::Method;
pub use model::{Model, ModelHeader};
pub use parameter::Parameter;
pub use parameters::Parameters;
pub use pixel_classification::{
    PixelClassification, PixelClassificationPost, PixelClassifier, PixelSettings, Posterior,
};
pub use progress::Progress;
pub use pyramid::Pyramid;
pub use registry::{METHODS, find_method};
pub use run::{BenchmarkRun, Job, RunCost, RunPlan, RunRecord, SeenImages, segment_fold, train};
pub use scr_image::{GreyImage, gaussian, working_size};
pub use segmenter::{OnnxExport, Segmenter};
pub use shape_search::ShapeSearch;
pub use stored::ModelDeclaration;
pub use subject::Subject;
pub use training::{SeenImage, Shapes, TrainingImages, TrainingPart, TrainingSet};
pub use unet::{UnetMethod, UnetShape};
pub use voting::Voting;
