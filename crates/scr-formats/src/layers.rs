//! Layers: the label map of a file as one mask a value.

use std::collections::{BTreeMap, BTreeSet};

use scr_image::{Mask, Size, Spacing};

use crate::{FormatError, MaskValue};

/// Maximum number of values of a label map.
pub const MAX_LAYERS: usize = 256;
/// Maximum number of pixels of all layers together, one bit each: 512 MB.
const MAX_LAYERS_AREA_PX: usize = 1 << 32;
/// Maximum number of values counted for the message.
const MAX_COUNTED: usize = 1000;

/// Label map of a file: a mask for each value other than background.
///
/// Layers have no pixel in common, unless the format stores each segment on its own
/// (`.seg.nrrd`, DICOM SEG).
#[derive(Debug, Clone, PartialEq)]
pub struct Layers {
    /// Width and height in pixels.
    pub size: Size,
    /// Distance between pixels, when the file states it.
    pub spacing: Option<Spacing>,
    /// The layers, by ascending values.
    pub layers: Vec<Layer>,
}

/// Mask of the pixels with one value.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// The value: the stored number, or the colour.
    pub value: MaskValue,
    /// Place in the palette, where the file has one. Programs differ in which of the two
    /// they call the label.
    pub index: Option<u8>,
    /// Name of the structure, where the file states it.
    pub name: Option<String>,
    /// The pixels; never empty, unless the file names a segment without any.
    pub mask: Mask,
}

/// Builder of layers, row by row from the top.
pub(crate) struct LayerRows {
    size: Size,
    /// Maximum number of values, with background.
    limit: usize,
    next_row: usize,
    masks: BTreeMap<i64, Mask>,
    /// Values beyond the limit.
    more: BTreeSet<i64>,
}

impl LayerRows {
    /// An empty builder of the checked `size`, one of `n_builders` that share the limits.
    pub(crate) fn new(size: Size, n_builders: usize) -> Self {
        // One more for background, which becomes no layer.
        let limit = (Self::most(size) / n_builders).max(1) + 1;
        Self { size, limit, next_row: 0, masks: BTreeMap::new(), more: BTreeSet::new() }
    }

    /// Maximum number of layers of this size.
    pub(crate) fn most(size: Size) -> usize {
        (MAX_LAYERS_AREA_PX / size.area().max(1)).min(MAX_LAYERS)
    }

    /// Adds the next row, one stored value a pixel.
    pub(crate) fn push(&mut self, stored: &[i64]) {
        let mut start = 0;
        for run in stored.chunk_by(|a, b| a == b) {
            let end = start + run.len();
            if self.masks.contains_key(&run[0]) || self.masks.len() < self.limit {
                let mask = self.masks.entry(run[0]).or_insert_with(|| Mask::empty(self.size));
                mask.set_run(self.next_row, start, end);
            } else if self.more.len() < MAX_COUNTED {
                self.more.insert(run[0]);
            }
            start = end;
        }
        self.next_row += 1;
    }

    /// The masks by stored value, after the last row.
    ///
    /// # Errors
    /// [`FormatError::ManyLayers`].
    pub(crate) fn finish(self) -> Result<BTreeMap<i64, Mask>, FormatError> {
        if self.more.is_empty() {
            return Ok(self.masks);
        }
        Err(FormatError::ManyLayers {
            count: self.masks.len() + self.more.len(),
            is_at_least: self.more.len() >= MAX_COUNTED,
            at_most: self.limit - 1,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_the_mask_of_its_pixels() {
        let mut rows = LayerRows::new(Size::new(4, 2), 1);
        rows.push(&[0, 7, 7, -3]);
        rows.push(&[7, 0, 0, 0]);
        let masks = rows.finish().unwrap();
        let expected = [(-3, "...# ...."), (0, "#... .###"), (7, ".##. #...")];
        let expected = expected.map(|(value, text)| (value, Mask::from_text(text)));
        assert_eq!(masks.into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn too_many_values_are_counted_and_cost_no_memory() {
        let size = Size::new(3000, 1);
        let mut rows = LayerRows::new(size, 1);
        rows.push(&(0..3000).map(|v| v % 300).collect::<Vec<i64>>());
        let error = rows.finish().unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected a label map of at most 256 values, found 300 values"
        );
        let mut rows = LayerRows::new(size, 1);
        rows.push(&(0..3000).collect::<Vec<i64>>());
        assert_eq!(rows.masks.len() + rows.more.len(), MAX_LAYERS + 1 + MAX_COUNTED);
        assert!(rows.finish().unwrap_err().found().starts_with("at least"));
        // Large images have fewer layers, so that all of them have a bounded size.
        assert_eq!(LayerRows::new(Size::square(8192), 1).limit, 65);
    }
}
