//! A point distribution model: how shapes vary, learnt from examples.
//!
//! All structures of an image are one shape, so that the position of one says
//! something of the others. Shapes are aligned to each other, and what is left of
//! their variation is described by few modes: a shape is the mean plus a weighted
//! sum of modes, placed by a similarity.
//!
//! Looks at no grey value.
//!
//! - [`Layout`]: which points belong to which structure.
//! - [`Pose`]: a similarity: where, how large, how turned.
//! - [`ShapeModel`]: the mean shape and its modes.
//! - [`Start`]: where a search begins.
//!
//! # Source
//! Cootes, Taylor, Cooper and Graham, "Active shape models: their training and
//! application", Computer Vision and Image Understanding 61, 1995,
//! doi:10.1006/cviu.1995.1004. The notation is that of van Ginneken, Frangi,
//! Staal, ter Haar Romeny and Viergever, IEEE TMI 21(8), 2002,
//! doi:10.1109/TMI.2002.803121.

mod layout;
mod model;
mod pose;
mod start;

pub use layout::Layout;
pub(crate) use model::SIDES;
pub use model::{Placed, ShapeModel};
pub use pose::Pose;
pub use start::Start;
