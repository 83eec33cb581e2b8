//! NRRD (`.nrrd`, `.seg.nrrd`): masks, radiographs and segmentations of 3D Slicer.
//!
//! One slice; the first axis of `sizes` is x, unless it lists the layers of a
//! segmentation. Raw bytes, gzip or text in the same file. The spacing is `spacings`, or
//! the length of `space directions`; directions flip and turn nothing.

mod header;
mod segments;

use std::io::{Cursor, Read};

use flate2::bufread::MultiGzDecoder;
use scr_image::Size;

use crate::array::Array;
use crate::data_type::DataType;
use crate::header_text::text_array;
use crate::layers::{LayerRows, Layers};
use crate::size::stated_size;
use crate::stored::StoredImage;
use crate::{FormatError, MAX_AREA_PX, MaskValue, magic};
use header::{Encoding, FORMAT, Header};
use segments::Segments;

/// Maximum number of numbers, of all layers together.
const MAX_NUMBERS: usize = 4 * MAX_AREA_PX;

/// Opens a file of one layer.
///
/// # Errors
/// The first reason why its header is not that of one slice of numbers in the same file.
pub(crate) fn open(bytes: &[u8], expected: Option<Size>) -> Result<StoredImage<'_>, FormatError> {
    let (header, array) = array(bytes, expected)?;
    if header.in_pixel != 1 {
        let found = format!("{} layers or channels", header.in_pixel);
        return Err(FormatError::Channels { found });
    }
    Ok(array.stored())
}

/// Reads a label map, with the names of its segments if it is a segmentation of 3D Slicer.
///
/// # Errors
/// As [`open`]; when the file names a layer that it does not hold.
pub(crate) fn read_layers(bytes: &[u8], expected: Option<Size>) -> Result<Layers, FormatError> {
    let (header, array) = array(bytes, expected)?;
    let (in_pixel, size, spacing) = (header.in_pixel, array.size, array.spacing);
    let segments = Segments::of(&header)?;
    if segments.is_empty() {
        return open(bytes, expected)?.into_layers();
    }
    let mut built: Vec<LayerRows> = (0..in_pixel).map(|_| LayerRows::new(size, in_pixel)).collect();
    let mut row = Vec::with_capacity(size.width);
    array.each_row(in_pixel, &mut |values| {
        for (layer, built) in built.iter_mut().enumerate() {
            row.clear();
            row.extend(values[layer..].iter().step_by(in_pixel));
            built.push(&row);
        }
        Ok(())
    })?;
    let mut layers = Vec::new();
    for (layer, built) in built.into_iter().enumerate() {
        layers.extend(segments.named(layer, built.finish()?, size));
    }
    layers.sort_by_key(|layer| layer.value);
    layers.retain(|layer| layer.value != MaskValue::Number(0));
    Ok(Layers { size, spacing, layers })
}

fn array(bytes: &[u8], expected: Option<Size>) -> Result<(Header<'_>, Array<'_>), FormatError> {
    magic::expect(FORMAT, "an NRRD file", bytes)?;
    let (header, data) = Header::read(bytes)?;
    let size = stated_size(header.width, header.height, expected)?;
    let count = size.area() * header.in_pixel;
    if count > MAX_NUMBERS || size.width * header.in_pixel > MAX_AREA_PX {
        let found = format!("{} layers or channels of {size} pixels", header.in_pixel);
        return Err(FormatError::Channels { found });
    }
    let (mut data_type, white) = (header.data_type, header.data_type.white());
    let mut is_little = header.is_little;
    let bytes: Box<dyn Read> = match header.encoding {
        Encoding::Raw => {
            let at = if header.is_at_end {
                data.len().checked_sub(count * data_type.bytes())
            } else {
                Some(0)
            };
            let early = || FormatError::damaged(FORMAT, "the file ends early");
            Box::new(&data[at.ok_or_else(early)?..])
        }
        Encoding::Gzip => Box::new(MultiGzDecoder::new(data)),
        Encoding::Text => {
            (data_type, is_little) = (DataType::I64, true);
            Box::new(Cursor::new(text_array(FORMAT, data, count)?))
        }
    };
    let spacing = header.spacing();
    let array = Array {
        format: FORMAT,
        size,
        spacing,
        data_type,
        white,
        is_little,
        bytes,
        max_rest_bytes: 0,
    };
    Ok((header, array))
}

#[cfg(test)]
pub(super) mod tests;
