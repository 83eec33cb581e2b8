//! Masks of several structures in one file: segmentation objects (PS3.3, A.51 and C.8.20)
//! of one image, and label maps.
//!
//! A segment has one frame, or none when it is empty. Segments may overlap. Main function:
//! [`read`].

use std::collections::BTreeMap;

use scr_image::{Mask, Size, Spacing};

use super::elements::Elements;
use super::form::{Form, check_one_frame, frame_count, spacing};
use super::pixels::{Frame, Pixels};
use super::syntax::Syntax;
use super::tags::*;
use crate::layers::{Layer, LayerRows, Layers};
use crate::{FormatError, MaskValue};

const SEGMENTATION: &str = "1.2.840.10008.5.1.4.1.1.66.4";
const LABEL_MAP_SEGMENTATION: &str = "1.2.840.10008.5.1.4.1.1.66.7";

/// Most values or names in a message.
const MAX_NAMED: usize = 5;

/// True for a segmentation object that describes its segments.
pub(super) fn is_segmentation(elements: &Elements<'_>) -> bool {
    let class = elements.first_text(SOP_CLASS_UID);
    matches!(class, SEGMENTATION | LABEL_MAP_SEGMENTATION) && elements.has_items(SEGMENT_SEQUENCE)
}

/// The masks of a segmentation object, or of the values of a label map.
///
/// # Errors
/// When the pixels are no numbers of segments or fractions, a segment has several frames,
/// or the file is damaged.
pub(super) fn read(
    elements: &Elements<'_>,
    syntax: Syntax,
    expected: Option<Size>,
) -> Result<Layers, FormatError> {
    let form = Form::of_mask(elements, &[1, 8, 16], expected)?;
    let layers = if is_segmentation(elements) {
        segments(elements, syntax, form)?
    } else {
        check_one_frame(elements)?;
        let frame = Pixels::of(elements, syntax, form, 1)?.frame(0)?;
        let masks = masks_by_value(&frame, form.size)?;
        masks.into_iter().map(|(value, mask)| layer(value, None, mask)).collect()
    };
    Ok(Layers { size: form.size, spacing: any_spacing(elements)?, layers })
}

fn layer(value: i64, name: Option<String>, mask: Mask) -> Layer {
    Layer { value: MaskValue::Number(value), index: None, name, mask }
}

/// Spacing of the image, or of all frames.
fn any_spacing(elements: &Elements<'_>) -> Result<Option<Spacing>, FormatError> {
    if let Some(spacing) = spacing(elements)? {
        return Ok(Some(spacing));
    }
    let groups = elements.first_item(SHARED_FUNCTIONAL_GROUPS, &[PIXEL_MEASURES_SEQUENCE])?;
    let Some(groups) = groups else { return Ok(None) };
    let measures = groups.first_item(PIXEL_MEASURES_SEQUENCE, &[PIXEL_SPACING])?;
    measures.map_or(Ok(None), |measures| spacing(&measures))
}

/// Segment without its mask.
struct Segment {
    number: u16,
    label: Option<String>,
}

impl Segment {
    fn name(&self) -> String {
        let label = self.label.as_deref().map_or(String::new(), |label| format!(" ({label})"));
        format!("{}{label}", self.number)
    }
}

fn segments(
    elements: &Elements<'_>,
    syntax: Syntax,
    form: Form,
) -> Result<Vec<Layer>, FormatError> {
    let segments = described(elements, form.size)?;
    let count = usize::try_from(frame_count(elements)?).unwrap_or(usize::MAX);
    let kind = elements.first_text(SEGMENTATION_TYPE);
    let mut masks = match kind {
        "LABELMAP" => {
            check_one_frame(elements)?;
            let frame = Pixels::of(elements, syntax, form, 1)?.frame(0)?;
            masks_by_value(&frame, form.size)?
        }
        "BINARY" | "FRACTIONAL" => {
            let greatest = match kind {
                "BINARY" => 1,
                _ => elements.number(MAXIMUM_FRACTIONAL_VALUE).unwrap_or(255).into(),
            };
            let numbers = frame_segments(elements, &segments, count)?;
            let pixels = Pixels::of(elements, syntax, form, count)?;
            let mut masks = BTreeMap::new();
            for (index, number) in numbers.into_iter().enumerate() {
                let mask = binary_mask(&pixels.frame(index)?, form.size, greatest)?;
                masks.insert(number.into(), mask);
            }
            masks
        }
        other => {
            let expected = "SegmentationType BINARY, FRACTIONAL or LABELMAP";
            return Err(FormatError::unsupported(expected, other, "export it as BINARY"));
        }
    };
    let layers = segments.into_iter().map(|Segment { number, label }| {
        let value = number.into();
        let mask = masks.remove(&value).unwrap_or_else(|| Mask::empty(form.size));
        layer(value, label, mask)
    });
    let layers = layers.collect();
    match masks.keys().next() {
        None => Ok(layers),
        Some(&number) => Err(not_described(number)),
    }
}

fn not_described(number: i64) -> FormatError {
    FormatError::damaged(FORMAT, format!("segment {number} is not described"))
}

/// The segments that are described, without a label map's background.
fn described(elements: &Elements<'_>, size: Size) -> Result<Vec<Segment>, FormatError> {
    let mut segments: Vec<Segment> = Vec::new();
    for item in elements.items(SEGMENT_SEQUENCE, &[SEGMENT_NUMBER, SEGMENT_LABEL]) {
        let item = item?;
        let missing = || FormatError::damaged(FORMAT, "a segment without a number");
        let number = item.number(SEGMENT_NUMBER).ok_or_else(missing)?;
        let label = item.first_text(SEGMENT_LABEL);
        let label = (!label.is_empty()).then(|| label.to_owned());
        if number == 0 {
            continue;
        }
        if segments.iter().any(|segment| segment.number == number) {
            let reason = format!("segment {number} is described twice");
            return Err(FormatError::damaged(FORMAT, reason));
        }
        let (count, at_most) = (segments.len() + 1, LayerRows::most(size));
        if count > at_most {
            return Err(FormatError::ManyLayers { count, is_at_least: true, at_most });
        }
        segments.push(Segment { number, label });
    }
    segments.sort_by_key(|segment| segment.number);
    Ok(segments)
}

/// Number of the segment of each frame.
fn frame_segments(
    elements: &Elements<'_>,
    segments: &[Segment],
    count: usize,
) -> Result<Vec<u16>, FormatError> {
    let identification = &[SEGMENT_IDENTIFICATION_SEQUENCE];
    let number_in = |groups: &Elements<'_>| -> Result<Option<u16>, FormatError> {
        let wanted = &[REFERENCED_SEGMENT_NUMBER];
        let item = groups.first_item(SEGMENT_IDENTIFICATION_SEQUENCE, wanted)?;
        Ok(item.and_then(|item| item.number(REFERENCED_SEGMENT_NUMBER)))
    };
    let shared = match elements.first_item(SHARED_FUNCTIONAL_GROUPS, identification)? {
        Some(groups) => number_in(&groups)?,
        None => None,
    };
    let only = if let [only] = segments { Some(only.number) } else { None };
    if let (1, Some(only)) = (count, only) {
        return Ok(vec![only]);
    }
    let mut numbers = Vec::new();
    for groups in elements.items(PER_FRAME_FUNCTIONAL_GROUPS, identification) {
        let number = number_in(&groups?)?.or(shared).or(only);
        let missing = || FormatError::damaged(FORMAT, "a frame without a segment");
        numbers.push(number.ok_or_else(missing)?);
    }
    if numbers.is_empty() && count == 1 {
        numbers.extend(shared);
    }
    if numbers.len() != count {
        let reason = format!("{} described frames where {count} are stated", numbers.len());
        return Err(FormatError::damaged(FORMAT, reason));
    }
    let is_described = |number: &u16| segments.iter().any(|segment| segment.number == *number);
    if let Some(number) = numbers.iter().find(|number| !is_described(number)) {
        return Err(not_described((*number).into()));
    }
    for segment in segments {
        let frames = numbers.iter().filter(|&&number| number == segment.number).count();
        if frames > 1 {
            let found = format!("{frames} frames of segment {}", segment.name());
            let hint = "the frames are slices or several images: export one image a file";
            return Err(FormatError::unsupported("one frame a segment", found, hint));
        }
    }
    Ok(numbers)
}

/// Mask of a frame of 0 and `greatest`.
fn binary_mask(frame: &Frame<'_>, size: Size, greatest: i64) -> Result<Mask, FormatError> {
    let mut mask = Mask::empty(size);
    for row in 0..size.height {
        for (col, value) in frame.row(row).enumerate() {
            if value == greatest {
                mask.set(col, row);
            } else if value != 0 {
                let found = format!("{value} at column {col}, row {row}");
                let hint =
                    "threshold it yourself and export it as BINARY: no threshold is chosen here";
                let expected = format!("0 or {greatest} at each pixel of a segment");
                return Err(FormatError::unsupported(expected, found, hint));
            }
        }
    }
    Ok(mask)
}

/// Mask of each value but 0.
fn masks_by_value(frame: &Frame<'_>, size: Size) -> Result<BTreeMap<i64, Mask>, FormatError> {
    let mut rows = LayerRows::new(size, 1);
    for row in 0..size.height {
        rows.push(&frame.row(row).collect::<Vec<i64>>());
    }
    let mut masks = rows.finish()?;
    masks.remove(&0);
    Ok(masks)
}

/// The only mask of a segmentation object.
///
/// # Errors
/// When there are several, by their names.
pub(super) fn only_mask(layers: Layers) -> Result<Mask, FormatError> {
    let name = |layer: &Layer| match &layer.name {
        Some(name) => format!("{} ({name})", layer.value),
        None => layer.value.to_string(),
    };
    let named: Vec<String> = layers.layers.iter().take(MAX_NAMED).map(name).collect();
    let count = layers.layers.len();
    match <[Layer; 1]>::try_from(layers.layers) {
        Ok([only]) => Ok(only.mask),
        Err(_) => {
            let more = if count > named.len() { ", ..." } else { "" };
            let found = format!("{count} segments: {}{more}", named.join(", "));
            let hint = "export each segment as a file of its own";
            Err(FormatError::unsupported("one segment", found, hint))
        }
    }
}
