//! U-Net for radiographs: network, training and export to ONNX, without a framework.
//!
//! One architecture, with gradients written by hand, on the processor alone. Knows no benchmark,
//! no file and no method: `scr-methods` makes a method of it, and `scr-onnx` runs what it exports.
//!
//! - [`Architecture`]: sizes of the network.
//! - [`Sample`]: training image.
//! - [`Training`]: training by a [`Recipe`], a step at a time.
//! - [`Unet`]: trained network, which exports itself.

mod architecture;
mod augmentation;
mod convolution;
mod error;
mod loss;
mod network;
mod normalisation;
mod onnx;
mod optimiser;
mod planes;
mod protobuf;
mod random;
mod resolution;
mod sample;
mod training;
mod unet;

pub use architecture::Architecture;
pub use error::UnetError;
pub use sample::Sample;
pub use training::{Recipe, Training, TrainingState};
pub use unet::Unet;
