//! Segments of a segmentation of 3D Slicer, from the pairs `SegmentN_...` of its header.

use std::collections::BTreeMap;

use scr_image::{Mask, Size};

use super::header::{FORMAT, Header};
use crate::layers::{Layer, MAX_LAYERS};
use crate::{FormatError, MaskValue};

/// Segments in the order of the file.
pub(super) struct Segments(Vec<Segment>);

struct Segment {
    name: Option<String>,
    layer: usize,
    value: i64,
}

impl Segments {
    /// Reads the segments.
    ///
    /// # Errors
    /// When one has no whole number as its value, or a layer that the file does not hold.
    pub(super) fn of(header: &Header<'_>) -> Result<Self, FormatError> {
        let mut segments = Vec::new();
        for index in 0..=MAX_LAYERS {
            let of = |field: &str| header.pairs.get(format!("Segment{index}_{field}").as_str());
            let name = of("Name").copied();
            if name.is_none() && of("ID").is_none() {
                break;
            }
            let number = |field: &str, default: i64| match of(field) {
                None => Ok(default),
                Some(text) => text.parse::<i64>().map_err(|_| {
                    FormatError::damaged(FORMAT, format!("Segment{index}_{field} is `{text}`"))
                }),
            };
            // Files from before layers were shared have a layer a segment, of 0 and 1.
            let is_old = of("LabelValue").is_none() && header.in_pixel > 1;
            let layer = number("Layer", if is_old { index as i64 } else { 0 })?;
            let value = number("LabelValue", 1)?;
            let layer = usize::try_from(layer).ok().filter(|&layer| layer < header.in_pixel);
            let Some(layer) = layer else {
                let reason = format!("Segment{index} is in a layer that is not there");
                return Err(FormatError::damaged(FORMAT, reason));
            };
            let name = name.filter(|name| !name.is_empty()).map(str::to_owned);
            segments.push(Segment { name, layer, value });
        }
        Ok(Self(segments))
    }

    /// True when the file is no segmentation.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Layers of the masks of one layer of the file, with the names of their segments. A
    /// segment without pixels has an empty mask.
    pub(super) fn named(
        &self,
        layer: usize,
        mut masks: BTreeMap<i64, Mask>,
        size: Size,
    ) -> Vec<Layer> {
        let mut named = Vec::new();
        for segment in self.0.iter().filter(|segment| segment.layer == layer) {
            let mask = masks.remove(&segment.value).unwrap_or_else(|| Mask::empty(size));
            let value = MaskValue::Number(segment.value);
            named.push(Layer { value, index: None, name: segment.name.clone(), mask });
        }
        let unnamed = masks.into_iter().map(|(value, mask)| {
            let value = MaskValue::Number(value);
            Layer { value, index: None, name: None, mask }
        });
        named.extend(unnamed);
        named
    }
}
