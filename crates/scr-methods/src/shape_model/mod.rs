//! Point distribution model: the variation of shapes, learnt from examples.
//!
//! All structures of an image form one shape, so that the position of each constrains
//! the others. Shapes are aligned to each other by Procrustes analysis, and a principal
//! component analysis describes their remaining variation by few modes: a shape is the mean
//! plus a weighted sum of modes, placed by a similarity transform.
//!
//! Uses no grey value.
//!
//! - [`Layout`]: assignment of points to structures.
//! - [`Pose`]: similarity transform: scale, rotation and translation.
//! - [`ShapeModel`]: mean shape and its modes.
//! - [`Start`]: mean pose, from which a search begins.
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
pub use model::{PosedShape, ShapeModel};
pub use pose::Pose;
pub use start::Start;
