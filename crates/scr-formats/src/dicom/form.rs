//! Form of an image's pixels, checked: size, depth, sign, polarity.

use scr_image::{Size, Spacing};

use super::elements::Elements;
use super::tags::*;
use crate::FormatError;
use crate::size::stated_size;

/// Form of the pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    pub(super) size: Size,
    /// Bits of a pixel's cell: 1, 8, 16 or 32.
    pub(super) allocated: usize,
    /// Lowest bits of a cell that hold the value; others may hold overlays.
    pub(super) stored: u32,
    pub(super) is_signed: bool,
    /// True when the stored minimum is shown white.
    pub(super) is_inverted: bool,
}

impl Form {
    /// Form of pixels of one of the `depths`.
    ///
    /// # Errors
    /// When the pixels are no grey values, have another size than `expected`, or a form that
    /// is not supported or contradicts itself.
    pub(super) fn of(
        elements: &Elements<'_>,
        depths: &[u16],
        expected: Option<Size>,
    ) -> Result<Self, FormatError> {
        let need = |tag: Tag, name: &str| {
            elements
                .number(tag)
                .ok_or_else(|| FormatError::damaged(FORMAT, format!("{name} is missing")))
        };
        let samples = elements.number(SAMPLES_PER_PIXEL).unwrap_or(1);
        let photometric = elements.first_text(PHOTOMETRIC_INTERPRETATION);
        if samples != 1 || !matches!(photometric, "MONOCHROME1" | "MONOCHROME2") {
            let named =
                if photometric.is_empty() { "no PhotometricInterpretation" } else { photometric };
            return Err(FormatError::Channels { found: format!("{samples} ({named})") });
        }
        let is_inverted = is_inverted(elements, photometric)?;
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
        Ok(Self {
            size,
            allocated: allocated.into(),
            stored: stored.into(),
            is_signed: elements.number(PIXEL_REPRESENTATION) == Some(1),
            is_inverted,
        })
    }

    /// Form of a mask's pixels.
    ///
    /// # Errors
    /// As [`Form::of`]; when 0 is shown white.
    pub(super) fn of_mask(
        elements: &Elements<'_>,
        depths: &[u16],
        expected: Option<Size>,
    ) -> Result<Self, FormatError> {
        let form = Self::of(elements, depths, expected)?;
        if form.is_inverted {
            let hint = "save the mask as MONOCHROME2: in MONOCHROME1 its 0 is shown white";
            return Err(FormatError::unsupported("MONOCHROME2", "MONOCHROME1", hint));
        }
        Ok(form)
    }
}

/// Polarity: true when the stored minimum is shown white.
///
/// `PresentationLUTShape` repeats `PhotometricInterpretation` (PS3.3, C.8.11.3.1.2:
/// INVERSE goes with MONOCHROME1, IDENTITY with MONOCHROME2), so that both together
/// invert an image once.
///
/// # Errors
/// When the two contradict each other.
fn is_inverted(elements: &Elements<'_>, photometric: &str) -> Result<bool, FormatError> {
    let is_inverted = photometric == "MONOCHROME1";
    let shape = elements.first_text(PRESENTATION_LUT_SHAPE);
    let expected = if is_inverted { "INVERSE" } else { "IDENTITY" };
    if shape.is_empty() || shape == expected {
        return Ok(is_inverted);
    }
    let hint = "black and white cannot be told apart: correct one of the two elements";
    Err(FormatError::unsupported(
        format!("PresentationLUTShape {expected} with {photometric}"),
        format!("PresentationLUTShape {shape}"),
        hint,
    ))
}

/// Number of frames.
///
/// # Errors
/// When it is no number.
pub(super) fn frame_count(elements: &Elements<'_>) -> Result<u64, FormatError> {
    match elements.first_text(NUMBER_OF_FRAMES) {
        "" => Ok(1),
        text => {
            text.parse().map_err(|_| FormatError::damaged(FORMAT, "NumberOfFrames is no number"))
        }
    }
}

/// Refuses several frames.
///
/// # Errors
/// When there is another number of frames than one.
pub(super) fn check_one_frame(elements: &Elements<'_>) -> Result<(), FormatError> {
    match frame_count(elements)? {
        1 => Ok(()),
        found => Err(FormatError::Frames { found }),
    }
}

/// Spacing; the first number of the element is that between rows.
///
/// `PixelSpacing` goes before `ImagerPixelSpacing` where both are stated: it is calibrated
/// for the patient (PS3.3, 10.7.1.3).
///
/// # Errors
/// When the element does not hold two positive numbers.
pub(super) fn spacing(elements: &Elements<'_>) -> Result<Option<Spacing>, FormatError> {
    // Some writers state zeros where they know no spacing.
    let is_stated = |texts: &Vec<&str>| texts.iter().any(|text| text.parse::<f64>() != Ok(0.0));
    let texts = [PIXEL_SPACING, IMAGER_PIXEL_SPACING].map(|tag| elements.texts(tag));
    let Some(texts) = texts.into_iter().find(is_stated) else { return Ok(None) };
    let damaged = || FormatError::damaged(FORMAT, format!("a spacing of `{}`", texts.join("\\")));
    let [rows, columns] = texts[..] else { return Err(damaged()) };
    let mm = |text: &str| text.parse::<f64>().map_err(|_| damaged());
    Spacing::new(mm(columns)?, mm(rows)?).map(Some).map_err(|_| damaged())
}
