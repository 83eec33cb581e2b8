//! Grey scale pipeline: from stored values to brightness (PS3.3, C.11; PS3.4, N.2).
//!
//! Applies formulas: rescaling, a linear window, and the inversion that
//! `PhotometricInterpretation` and `PresentationLUTShape` state together. Refuses lookup
//! tables by name: a table that is ignored silently can invert the contrast.

use super::elements::Elements;
use super::tags::*;
use crate::FormatError;

/// Polarity: true when the stored minimum is shown white.
///
/// `PresentationLUTShape` repeats `PhotometricInterpretation` (PS3.3, C.8.11.3.1.2:
/// INVERSE goes with MONOCHROME1, IDENTITY with MONOCHROME2), so that both together
/// invert an image once.
///
/// # Errors
/// When the two contradict each other.
pub(super) fn is_inverted(elements: &Elements<'_>, photometric: &str) -> Result<bool, FormatError> {
    let is_inverted = photometric == "MONOCHROME1";
    let shape = elements.texts(PRESENTATION_LUT_SHAPE).first().copied().unwrap_or_default();
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

/// Refuses a mask whose stored values differ from its displayed values.
///
/// # Errors
/// When the file names a lookup table, or a rescaling by anything but a positive
/// slope without an intercept, which leaves 0 at 0.
pub(super) fn check_mask(elements: &Elements<'_>) -> Result<(), FormatError> {
    const TABLES: &[(Tag, &str)] = &[
        (MODALITY_LUT_SEQUENCE, "a ModalityLUTSequence"),
        (VOI_LUT_SEQUENCE, "a VOILUTSequence"),
        (PRESENTATION_LUT_SEQUENCE, "a PresentationLUTSequence"),
    ];
    refuse(elements, TABLES, "save the mask without lookup tables, 0 for background")?;
    let Rescaling { slope, intercept } = Rescaling::of(elements)?;
    if slope > 0.0 && intercept == 0.0 {
        return Ok(());
    }
    let found = format!("RescaleSlope {slope}, RescaleIntercept {intercept}");
    let hint = "save the mask unscaled, 0 for background";
    Err(FormatError::unsupported("unscaled values", found, hint))
}

/// Refuses the file when it holds one of the sequences.
fn refuse(
    elements: &Elements<'_>,
    sequences: &[(Tag, &str)],
    hint: &'static str,
) -> Result<(), FormatError> {
    match sequences.iter().find(|(tag, _)| elements.has_items(*tag)) {
        None => Ok(()),
        Some(&(_, found)) => {
            Err(FormatError::unsupported("grey values that need no lookup table", found, hint))
        }
    }
}

/// Modality transform without a table.
struct Rescaling {
    slope: f64,
    intercept: f64,
}

impl Rescaling {
    fn of(elements: &Elements<'_>) -> Result<Self, FormatError> {
        let slope = decimal(elements, RESCALE_SLOPE, "RescaleSlope")?.unwrap_or(1.0);
        let intercept = decimal(elements, RESCALE_INTERCEPT, "RescaleIntercept")?.unwrap_or(0.0);
        if slope == 0.0 {
            return Err(FormatError::damaged(FORMAT, "RescaleSlope is 0"));
        }
        Ok(Self { slope, intercept })
    }
}

/// Map from stored values to brightness, before the turn of MONOCHROME1.
pub(super) struct Display {
    /// White.
    pub(super) max_value: u16,
    lowest: i64,
    rescaling: Rescaling,
    /// Centre and width.
    window: Option<(f64, f64)>,
}

impl Display {
    /// # Errors
    /// When a table or groups of functions decide on the brightness, or when a number
    /// is none.
    pub(super) fn of(
        elements: &Elements<'_>,
        stored_bits: u32,
        is_signed: bool,
    ) -> Result<Self, FormatError> {
        let window = window(elements)?;
        // A window and a VOI LUT are alternatives (PS3.3, C.11.2.1.1): one is enough.
        let tables = [
            (MODALITY_LUT_SEQUENCE, "a ModalityLUTSequence"),
            (PRESENTATION_LUT_SEQUENCE, "a PresentationLUTSequence"),
            (SHARED_FUNCTIONAL_GROUPS, "a SharedFunctionalGroupsSequence"),
            (PER_FRAME_FUNCTIONAL_GROUPS, "a PerFrameFunctionalGroupsSequence"),
            (VOI_LUT_SEQUENCE, "a VOILUTSequence without a window"),
        ];
        let tables = &tables[..tables.len() - usize::from(window.is_some())];
        let hint = "apply it and save the image as it is shown, for example with apply_modality_lut and apply_voi_lut of pydicom, or dcm2pnm of DCMTK";
        refuse(elements, tables, hint)?;
        let greatest = ((1u64 << stored_bits) - 1) as u16;
        let max_value = match window {
            None => greatest,
            Some(_) if stored_bits <= 8 => 255,
            Some(_) => u16::MAX,
        };
        let lowest = if is_signed { -(1i64 << (stored_bits - 1)) } else { 0 };
        Ok(Self { max_value, lowest, rescaling: Rescaling::of(elements)?, window })
    }

    pub(super) fn shade(&self, stored: i64) -> u16 {
        let Rescaling { slope, intercept } = self.rescaling;
        let Some((centre, width)) = self.window else {
            // Without a window a positive rescaling moves no brightness against another.
            let shade = (stored - self.lowest) as u16;
            return if slope > 0.0 { shade } else { self.max_value - shade };
        };
        let value = slope * stored as f64 + intercept;
        let from_centre = value - (centre - 0.5);
        let share = if from_centre <= -(width - 1.0) / 2.0 {
            0.0
        } else if from_centre > (width - 1.0) / 2.0 {
            1.0
        } else {
            from_centre / (width - 1.0) + 0.5
        };
        (share * f64::from(self.max_value)).round() as u16
    }
}

/// The first window: centre and width.
fn window(elements: &Elements<'_>) -> Result<Option<(f64, f64)>, FormatError> {
    let window = match (
        decimal(elements, WINDOW_CENTER, "WindowCenter")?,
        decimal(elements, WINDOW_WIDTH, "WindowWidth")?,
    ) {
        (Some(centre), Some(width)) if width >= 1.0 => Some((centre, width)),
        (None, None) => None,
        (centre, width) => {
            let reason = format!("a window with centre {centre:?} and width {width:?}");
            return Err(FormatError::damaged(FORMAT, reason));
        }
    };
    let function = elements.texts(VOI_LUT_FUNCTION).first().copied().unwrap_or_default();
    if window.is_some() && !matches!(function, "" | "LINEAR") {
        let hint = "export the image with a linear window, or without one";
        return Err(FormatError::unsupported("a LINEAR window", function, hint));
    }
    Ok(window)
}

/// The first number of an element of decimal strings; none when it is absent.
fn decimal(elements: &Elements<'_>, tag: Tag, name: &str) -> Result<Option<f64>, FormatError> {
    let Some(&text) = elements.texts(tag).first() else { return Ok(None) };
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Some(number)),
        _ => Err(FormatError::damaged(FORMAT, format!("{name} is `{text}`"))),
    }
}
