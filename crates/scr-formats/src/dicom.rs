//! DICOM: single grey images, native or compressed, and segmentation objects.
//!
//! A radiograph has the values of a viewer's first display. The reader applies the modality
//! transform (rescaling or a table) and, if present, the first window, or without one the
//! first table of the VOI LUT (PS3.3, C.11), and inverts MONOCHROME1, so that values rise
//! with brightness. Pixels of `PixelPaddingValue` are values like all others. Overlays in
//! unused bits are left out.
//!
//! The spacing is `PixelSpacing` if stated, else `ImagerPixelSpacing`; the latter is
//! measured at the detector, where the patient appears enlarged.
//!
//! A mask has the stored values, without rescaling and window.
//!
//! Pixels may be compressed with RLE, JPEG (baseline, extended, lossless), JPEG-LS or
//! JPEG 2000, and data sets with deflate. Colour, several frames of one image and the
//! remaining syntaxes are refused by name; `display.rs` lists the files that show other
//! values than they store.

mod data_set;
mod display;
mod elements;
mod form;
mod layers;
mod lut;
mod objects;
mod pixels;
mod rle;
mod syntax;
mod tags;
mod walk;

use scr_image::{Mask, Radiograph, Size};

use crate::grey::radiograph;
use crate::layers::Layers;
use crate::masks::MaskRows;
use crate::{FormatError, MaskValue};
use data_set::DataSet;
use display::Display;
use elements::Elements;
use form::{Form, check_one_frame, spacing};
use pixels::Pixels;
use syntax::{Codec, Compression};
use tags::*;

const WANTED: &[Tag] = &[
    SOP_CLASS_UID,
    SAMPLES_PER_PIXEL,
    PHOTOMETRIC_INTERPRETATION,
    NUMBER_OF_FRAMES,
    ROWS,
    COLUMNS,
    PIXEL_SPACING,
    BITS_ALLOCATED,
    BITS_STORED,
    HIGH_BIT,
    PIXEL_REPRESENTATION,
    WINDOW_CENTER,
    WINDOW_WIDTH,
    RESCALE_INTERCEPT,
    RESCALE_SLOPE,
    VOI_LUT_FUNCTION,
    IMAGER_PIXEL_SPACING,
    MODALITY_LUT_SEQUENCE,
    VOI_LUT_SEQUENCE,
    PRESENTATION_LUT_SEQUENCE,
    PRESENTATION_LUT_SHAPE,
    SHARED_FUNCTIONAL_GROUPS,
    PER_FRAME_FUNCTIONAL_GROUPS,
    SEGMENTATION_TYPE,
    SEGMENT_SEQUENCE,
    MAXIMUM_FRACTIONAL_VALUE,
];

/// Reads a mask: 1, 8, 16 or 32 bits allocated, MONOCHROME2; or a segmentation object with
/// one segment.
///
/// # Errors
/// See [`read_mask`](super::read_mask). MONOCHROME1 is refused, as its 0 may mean
/// background or white. So are lookup tables, a rescaling that moves 0, and JPEG with loss.
pub fn read_mask(bytes: &[u8]) -> Result<Mask, FormatError> {
    read_mask_sized(bytes, None)
}

/// [`read_mask`], refused by its header when it has another size than `expected`.
pub(super) fn read_mask_sized(bytes: &[u8], expected: Option<Size>) -> Result<Mask, FormatError> {
    let data_set = DataSet::open(bytes)?;
    let elements = mask_elements(&data_set)?;
    if layers::is_segmentation(&elements) {
        let layers = layers::read(&elements, data_set.syntax, expected)?;
        return layers::only_mask(layers);
    }
    check_one_frame(&elements)?;
    let form = Form::of_mask(&elements, &[1, 8, 16, 32], expected)?;
    let frame = Pixels::of(&elements, data_set.syntax, form, 1)?.frame(0)?;
    let mut rows = MaskRows::new(form.size, |v: i64| v);
    let mut values = Vec::with_capacity(form.size.width);
    for row in 0..form.size.height {
        values.clear();
        values.extend(frame.row(row));
        rows.push(&values);
    }
    rows.finish(|stored| Ok(MaskValue::Number(stored)))
}

/// Reads the masks of a segmentation object or of a label map: 1, 8 or 16 bits allocated,
/// MONOCHROME2.
///
/// Layers of a segmentation object are its segments by number, with their labels; those of
/// another image its values but 0.
///
/// # Errors
/// As [`read_mask`]. A fraction of a segment is refused, and so are several frames of one
/// segment.
pub(super) fn read_layers(bytes: &[u8], expected: Option<Size>) -> Result<Layers, FormatError> {
    let data_set = DataSet::open(bytes)?;
    let elements = mask_elements(&data_set)?;
    layers::read(&elements, data_set.syntax, expected)
}

/// Reads a radiograph: 8 or 16 bits allocated.
///
/// Its greatest value is that of the stored bits (4095 for 12) or of the modality's table
/// when neither window nor VOI LUT is stated; with a window it is 255 for up to 8 bits and
/// 65535 for more, with a VOI LUT that of the table's bits.
///
/// # Errors
/// See [`read_radiograph`](super::read_radiograph).
pub fn read_radiograph(bytes: &[u8]) -> Result<Radiograph, FormatError> {
    read_radiograph_sized(bytes, None)
}

/// [`read_radiograph`], refused by its header when it has another size than `expected`.
pub(super) fn read_radiograph_sized(
    bytes: &[u8],
    expected: Option<Size>,
) -> Result<Radiograph, FormatError> {
    let data_set = DataSet::open(bytes)?;
    let elements = image_elements(&data_set)?;
    check_one_frame(&elements)?;
    let form = Form::of(&elements, &[8, 16], expected)?;
    let display = Display::of(&elements, form)?;
    let frame = Pixels::of(&elements, data_set.syntax, form, 1)?.frame(0)?;
    let mut pixels = Vec::with_capacity(form.size.area());
    for row in 0..form.size.height {
        pixels.extend(frame.row(row).map(|stored| display.shade(stored)));
    }
    let spacing = spacing(&elements)?;
    let radiograph = radiograph(form.size, display.max_value, pixels, spacing);
    Ok(if form.is_inverted { radiograph.inverted() } else { radiograph })
}

/// Elements of an image.
fn image_elements<'a>(data_set: &'a DataSet<'_>) -> Result<Elements<'a>, FormatError> {
    let elements = Elements::read(data_set.walk(), WANTED)?;
    if elements.pixel_data().is_none() {
        return Err(objects::not_an_image(&elements, data_set.class));
    }
    Ok(elements)
}

/// Elements of an image whose stored values are those of a mask.
fn mask_elements<'a>(data_set: &'a DataSet<'_>) -> Result<Elements<'a>, FormatError> {
    let elements = image_elements(data_set)?;
    display::check_mask(&elements)?;
    if data_set.syntax.compression == Compression::Pixels(Codec::Jpeg) {
        return Err(FormatError::Lossy { found: "DICOM with JPEG compression" });
    }
    Ok(elements)
}

#[cfg(test)]
pub(super) mod tests;
