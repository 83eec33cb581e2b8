//! Limits of image files.

/// Maximum number of pixels of an image: 67 megapixels, four times the area of the largest
/// detectors in use.
pub const MAX_AREA_PX: usize = 1 << 26;
