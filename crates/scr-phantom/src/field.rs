//! Field of the image.

/// Side of the image field, in mm: 2048 pixels of 0.175 mm.
pub const FIELD_MM: f64 = 358.4;
/// Side of the outlines' frame, in pixels.
pub const OUTLINE_FRAME_PX: usize = 1024;
