//! Decoded samples of a frame with one component.

/// Decoded samples, row by row from the top.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Samples {
    /// Precision of a sample in bits, 1 to 16.
    pub(crate) bits: u32,
    /// True when the encoder may have changed values.
    pub(crate) is_lossy: bool,
    /// True when `values` are in two's complement.
    pub(crate) is_signed: bool,
    /// Samples.
    pub(crate) values: Vec<u16>,
}
