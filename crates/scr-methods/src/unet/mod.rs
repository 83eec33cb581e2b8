//! U-Net: a convolutional network that learns from images and masks alone, by itself and under a
//! shape model.

mod checkpoint;
mod learning;
mod method;
mod model;
mod settings;
mod shape;

pub use method::UnetMethod;
#[cfg(test)]
pub(crate) use model::UnetFile;
pub(crate) use settings::{UNET_PARAMETERS, member_parameters};
pub use shape::UnetShape;
