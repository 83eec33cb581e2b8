//! DICOM: single grey images, uncompressed.
//!
//! A radiograph has the values of a viewer's first display: the reader applies the
//! rescale slope and intercept and, if present, the first window (PS3.3, C.11.2.1.2,
//! the linear function), and inverts MONOCHROME1, so that values rise with brightness.
//! The spacing is `PixelSpacing` if stated, else `ImagerPixelSpacing`; the latter is
//! measured at the detector, where the patient appears enlarged.
//!
//! A mask has the stored values, without rescaling and window.
//!
//! Compressed pixels, colour, several frames and lookup tables are not supported;
//! `display.rs` lists the files that show other values than they store.

mod display;
mod elements;
mod tags;

use scr_image::{Mask, Radiograph, Size, Spacing};

use crate::grey::radiograph;
use crate::layers::Layers;
use crate::masks::MaskRows;
use crate::meaning::Meaning;
use crate::size::stated_size;
use crate::stored::Stored;
use crate::{FormatError, MaskValue};
use display::Display;
use elements::Elements;
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
];

/// Reads a mask: 1, 8, 16 or 32 bits allocated, MONOCHROME2.
///
/// # Errors
/// See [`read_mask`](super::read_mask). MONOCHROME1 is refused, as its 0 may mean
/// background or white. So are lookup tables and a rescaling that moves 0.
pub fn read_mask(bytes: &[u8]) -> Result<Mask, FormatError> {
    read_mask_sized(bytes, None)
}

/// [`read_mask`], refused by its header when it has another size than `expected`.
pub(super) fn read_mask_sized(bytes: &[u8], expected: Option<Size>) -> Result<Mask, FormatError> {
    let image = open_mask(bytes, expected)?;
    let mut rows = MaskRows::new(image.size, |v: i64| v);
    let mut values = Vec::with_capacity(image.size.width);
    for row in 0..image.size.height {
        values.clear();
        values.extend(image.row(row));
        rows.push(&values);
    }
    rows.finish(|stored| Ok(MaskValue::Number(stored)))
}

/// Reads a label map: as a mask, with any number of values.
///
/// # Errors
/// See [`read_layers`](super::read_layers) and [`read_mask`].
pub(super) fn read_layers(bytes: &[u8], expected: Option<Size>) -> Result<Layers, FormatError> {
    let image = open_mask(bytes, expected)?;
    let spacing = spacing(&image.elements)?;
    let stored = Stored {
        format: FORMAT,
        size: image.size,
        spacing,
        white: None,
        meaning: Meaning::NUMBER,
        rows: Box::new(move |push| {
            (0..image.size.height).try_for_each(|row| push(&image.row(row).collect::<Vec<i64>>()))
        }),
    };
    stored.into_layers()
}

/// Reads a radiograph: 8 or 16 bits allocated.
///
/// Its greatest value is that of the stored bits (4095 for 12) when no window is
/// stated; with one it is 255 for up to 8 stored bits and 65535 for more.
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
    let image = Image::open(bytes, &[8, 16], expected)?;
    let display = Display::of(&image.elements, image.stored, image.is_signed)?;
    let mut pixels = Vec::with_capacity(image.size.area());
    for row in 0..image.size.height {
        pixels.extend(image.row(row).map(|stored| display.shade(stored)));
    }
    let spacing = spacing(&image.elements)?;
    let radiograph = radiograph(image.size, display.max_value, pixels, spacing);
    Ok(if image.is_inverted { radiograph.inverted() } else { radiograph })
}

/// Opens an image whose stored values are those of a mask.
fn open_mask(bytes: &[u8], expected: Option<Size>) -> Result<Image<'_>, FormatError> {
    let image = Image::open(bytes, &[1, 8, 16, 32], expected)?;
    if image.is_inverted {
        let hint = "save the mask as MONOCHROME2: in MONOCHROME1 its 0 is shown white";
        return Err(FormatError::unsupported("MONOCHROME2", "MONOCHROME1", hint));
    }
    display::check_mask(&image.elements)?;
    Ok(image)
}

/// Image with a checked description.
struct Image<'a> {
    elements: Elements<'a>,
    size: Size,
    allocated: usize,
    stored: u32,
    is_signed: bool,
    is_inverted: bool,
    pixels: &'a [u8],
}

impl<'a> Image<'a> {
    fn open(bytes: &'a [u8], depths: &[u16], expected: Option<Size>) -> Result<Self, FormatError> {
        let elements = Elements::read(bytes, WANTED)?;
        let Some(pixels) = elements.pixel_data() else { return Err(not_an_image(&elements)) };
        let need = |tag: Tag, name: &str| {
            elements
                .number(tag)
                .ok_or_else(|| FormatError::damaged(FORMAT, format!("{name} is missing")))
        };
        let frames = elements.texts(NUMBER_OF_FRAMES).first().map_or(Ok(1), |text| text.parse());
        match frames {
            Ok(1) => {}
            Ok(found) => return Err(FormatError::Frames { found }),
            Err(_) => return Err(FormatError::damaged(FORMAT, "NumberOfFrames is no number")),
        }
        let samples = elements.number(SAMPLES_PER_PIXEL).unwrap_or(1);
        let photometric =
            elements.texts(PHOTOMETRIC_INTERPRETATION).first().copied().unwrap_or_default();
        if samples != 1 || !matches!(photometric, "MONOCHROME1" | "MONOCHROME2") {
            let named =
                if photometric.is_empty() { "no PhotometricInterpretation" } else { photometric };
            return Err(FormatError::Channels { found: format!("{samples} ({named})") });
        }
        let is_inverted = display::is_inverted(&elements, photometric)?;
        let size =
            stated_size(need(COLUMNS, "Columns")?.into(), need(ROWS, "Rows")?.into(), expected)?;
        let allocated = need(BITS_ALLOCATED, "BitsAllocated")?;
        if !depths.contains(&allocated) {
            let depths: Vec<String> = depths.iter().map(u16::to_string).collect();
            let expected = format!("BitsAllocated {}", depths.join(", "));
            let hint = "save the image with 8 or 16 bits";
            return Err(FormatError::unsupported(expected, allocated.to_string(), hint));
        }
        let stored = elements.number(BITS_STORED).unwrap_or(allocated);
        let high_bit = elements.number(HIGH_BIT).unwrap_or(stored.saturating_sub(1));
        if stored > allocated || stored.checked_sub(1) != Some(high_bit) {
            let reason =
                format!("{stored} bits up to bit {high_bit} stored in {allocated} allocated");
            return Err(FormatError::damaged(FORMAT, reason));
        }
        let allocated = usize::from(allocated);
        let expected = (size.area() * allocated).div_ceil(8);
        // One byte more fills an odd length.
        if pixels.len() < expected || pixels.len() > expected + 1 {
            let reason = format!("{} bytes of pixels where {expected} are stated", pixels.len());
            return Err(FormatError::damaged(FORMAT, reason));
        }
        Ok(Self {
            size,
            allocated,
            stored: stored.into(),
            is_signed: elements.number(PIXEL_REPRESENTATION) == Some(1),
            is_inverted,
            pixels,
            elements,
        })
    }

    /// The stored values of one row, with their signs and without unused bits.
    fn row(&self, row: usize) -> impl Iterator<Item = i64> + '_ {
        let unused = u64::BITS - self.stored;
        let first = row * self.size.width;
        (first..first + self.size.width).map(move |index| {
            let raw = self.raw(index) << unused;
            if self.is_signed { (raw as i64) >> unused } else { (raw >> unused) as i64 }
        })
    }

    fn raw(&self, index: usize) -> u64 {
        let is_big = self.elements.is_big_endian();
        match self.allocated {
            // Bits run on over the ends of rows, lowest first (PS3.5, section 8.1.1).
            1 => u64::from(self.byte(index / 8) >> (index % 8) & 1),
            8 => u64::from(self.byte(index)),
            bits => {
                let bytes = &self.pixels[index * bits / 8..][..bits / 8];
                let join = |value: u64, &byte: &u8| value << 8 | u64::from(byte);
                if is_big { bytes.iter().fold(0, join) } else { bytes.iter().rev().fold(0, join) }
            }
        }
    }

    fn byte(&self, index: usize) -> u8 {
        let index = if self.elements.is_paired() { index ^ 1 } else { index };
        self.pixels.get(index).copied().unwrap_or_default()
    }
}

/// Error for a DICOM file without an image; names its class.
fn not_an_image(elements: &Elements<'_>) -> FormatError {
    // PS3.4, table B.5-1: the classes of files that accompany radiographs.
    const CLASSES: &[(&str, &str)] = &[
        ("1.2.840.10008.1.3.10", "a directory of files, DICOMDIR"),
        ("1.2.840.10008.5.1.4.1.1.11.", "a presentation state"),
        ("1.2.840.10008.5.1.4.1.1.66.", "a spatial registration or segmentation"),
        ("1.2.840.10008.5.1.4.1.1.88.", "a structured report"),
        ("1.2.840.10008.5.1.4.1.1.104.", "an encapsulated document"),
        ("1.2.840.10008.5.1.4.1.1.481.3", "a radiotherapy structure set"),
        ("1.2.840.10008.5.1.4.1.1.9.", "a waveform"),
    ];
    let uid = elements.texts(SOP_CLASS_UID).first().copied().unwrap_or_default();
    let class = CLASSES.iter().find(|(begin, _)| uid.starts_with(begin)).map(|(_, name)| *name);
    let what = class.map_or(String::new(), |name| format!(": {name}"));
    let hint = "give the file of the image itself: this one holds no pixels";
    FormatError::unsupported("a DICOM image", format!("a DICOM file without pixels{what}"), hint)
}

/// Spacing; the first number of the element is that between rows.
fn spacing(elements: &Elements<'_>) -> Result<Option<Spacing>, FormatError> {
    let texts = [PIXEL_SPACING, IMAGER_PIXEL_SPACING].map(|tag| elements.texts(tag));
    let Some(texts) = texts.into_iter().find(|texts| !texts.is_empty()) else { return Ok(None) };
    let damaged = || FormatError::damaged(FORMAT, format!("a spacing of `{}`", texts.join("\\")));
    let [rows, columns] = texts[..] else { return Err(damaged()) };
    let mm = |text: &str| text.parse::<f64>().map_err(|_| damaged());
    Spacing::new(mm(columns)?, mm(rows)?).map(Some).map_err(|_| damaged())
}

#[cfg(test)]
pub(super) mod tests;
