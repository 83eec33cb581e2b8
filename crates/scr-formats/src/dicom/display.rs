//! Grey scale pipeline: from stored values to brightness (PS3.3, C.11; PS3.4, N.2).
//!
//! Modality transform (rescaling or a table), then the first window or, without a window,
//! the first table of the VOI LUT. The turn of MONOCHROME1 follows in the caller. What
//! else decides on the brightness is refused by name: a table that is ignored silently can
//! invert the contrast.

use super::elements::Elements;
use super::form::Form;
use super::lut::Lut;
use super::tags::*;
use crate::FormatError;

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
            let expected = "grey values that need no further lookup table";
            Err(FormatError::unsupported(expected, found, hint))
        }
    }
}

/// Map from stored values to brightness, before the turn of MONOCHROME1.
pub(super) struct Display {
    /// White.
    pub(super) max_value: u16,
    lowest: i64,
    modality: Modality,
    voi: Option<Voi>,
}

/// Transform to the units of the modality.
enum Modality {
    Rescaling(Rescaling),
    Table(Lut),
}

/// Choice of the values of interest.
enum Voi {
    Window(Window),
    Table(Lut),
}

struct Rescaling {
    slope: f64,
    intercept: f64,
}

struct Window {
    centre: f64,
    width: f64,
    function: Function,
}

#[derive(Clone, Copy)]
enum Function {
    Linear,
    LinearExact,
    Sigmoid,
}

impl Display {
    /// # Errors
    /// When a presentation table or groups of functions decide on the brightness, or when a
    /// number or a table is none.
    pub(super) fn of(elements: &Elements<'_>, form: Form) -> Result<Self, FormatError> {
        let tables = [
            (PRESENTATION_LUT_SEQUENCE, "a PresentationLUTSequence"),
            (SHARED_FUNCTIONAL_GROUPS, "a SharedFunctionalGroupsSequence"),
            (PER_FRAME_FUNCTIONAL_GROUPS, "a PerFrameFunctionalGroupsSequence"),
        ];
        let hint = "apply it and save the image as it is shown, for example with dcm2pnm of DCMTK";
        refuse(elements, &tables, hint)?;
        let window = Window::of(elements)?;
        let rescaling = Rescaling::of(elements)?;
        let modality = match Lut::of(elements, MODALITY_LUT_SEQUENCE, form.is_signed)? {
            Some(table) => Modality::Table(table),
            None => Modality::Rescaling(rescaling),
        };
        // A window and a VOI LUT are alternatives (PS3.3, C.11.2.1.1): one is enough.
        let voi = match window {
            Some(window) => Some(Voi::Window(window)),
            None => Lut::of(elements, VOI_LUT_SEQUENCE, form.is_signed)?.map(Voi::Table),
        };
        if let (Some(Voi::Table(_)), Modality::Rescaling(rescaling)) = (&voi, &modality) {
            rescaling.check_whole()?;
        }
        let modality_bits = match &modality {
            Modality::Rescaling(_) => form.stored,
            Modality::Table(table) => table.bits,
        };
        let max_value = match &voi {
            None => greatest(modality_bits),
            Some(Voi::Window(_)) if modality_bits <= 8 => 255,
            Some(Voi::Window(_)) => u16::MAX,
            Some(Voi::Table(table)) => greatest(table.bits),
        };
        let lowest = if form.is_signed { -(1i64 << (form.stored - 1)) } else { 0 };
        Ok(Self { max_value, lowest, modality, voi })
    }

    pub(super) fn shade(&self, stored: i64) -> u16 {
        match (&self.modality, &self.voi) {
            (Modality::Rescaling(rescaling), None) => {
                // Without a window a positive rescaling moves no brightness against another.
                let shade = (stored - self.lowest) as u16;
                if rescaling.slope > 0.0 { shade } else { self.max_value - shade }
            }
            (Modality::Table(table), None) => table.entry(stored),
            (modality, Some(Voi::Window(window))) => {
                let value = match modality {
                    Modality::Rescaling(rescaling) => rescaling.value(stored),
                    Modality::Table(table) => table.entry(stored).into(),
                };
                (window.share(value) * f64::from(self.max_value)).round() as u16
            }
            (modality, Some(Voi::Table(voi))) => voi.entry(match modality {
                Modality::Rescaling(rescaling) => rescaling.value(stored) as i64,
                Modality::Table(table) => table.entry(stored).into(),
            }),
        }
    }
}

/// Greatest value of this many bits, at most 16.
const fn greatest(bits: u32) -> u16 {
    ((1u64 << bits) - 1) as u16
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

    fn value(&self, stored: i64) -> f64 {
        self.slope * stored as f64 + self.intercept
    }

    /// Refuses a rescaling to fractions, which no table maps.
    fn check_whole(&self) -> Result<(), FormatError> {
        let Self { slope, intercept } = self;
        if slope.fract() == 0.0 && intercept.fract() == 0.0 {
            return Ok(());
        }
        let found = format!("RescaleSlope {slope}, RescaleIntercept {intercept}");
        let hint = "apply both and save the image as it is shown";
        Err(FormatError::unsupported("whole numbers before a VOILUTSequence", found, hint))
    }
}

impl Window {
    /// The first window.
    fn of(elements: &Elements<'_>) -> Result<Option<Self>, FormatError> {
        let function = match elements.first_text(VOI_LUT_FUNCTION) {
            "" | "LINEAR" => Ok(Function::Linear),
            "LINEAR_EXACT" => Ok(Function::LinearExact),
            "SIGMOID" => Ok(Function::Sigmoid),
            other => Err(other),
        };
        let is_wide = |width: f64| match function {
            Ok(Function::LinearExact | Function::Sigmoid) => width > 0.0,
            _ => width >= 1.0,
        };
        match (
            decimal(elements, WINDOW_CENTER, "WindowCenter")?,
            decimal(elements, WINDOW_WIDTH, "WindowWidth")?,
        ) {
            (Some(centre), Some(width)) if is_wide(width) => match function {
                Ok(function) => Ok(Some(Self { centre, width, function })),
                Err(other) => {
                    let hint = "export the image with a linear window, or without one";
                    let expected = "VOILUTFunction LINEAR, LINEAR_EXACT or SIGMOID";
                    Err(FormatError::unsupported(expected, other, hint))
                }
            },
            (None, None) => Ok(None),
            (centre, width) => {
                let reason = format!("a window with centre {centre:?} and width {width:?}");
                Err(FormatError::damaged(FORMAT, reason))
            }
        }
    }

    /// Share of white, 0 to 1 (PS3.3, C.11.2.1.2 and C.11.2.1.3).
    fn share(&self, value: f64) -> f64 {
        let Self { centre, width, function } = *self;
        let (from_centre, width) = match function {
            Function::Linear => (value - (centre - 0.5), width - 1.0),
            Function::LinearExact => (value - centre, width),
            // libm: the same value on every platform.
            Function::Sigmoid => return 1.0 / (1.0 + libm::exp(-4.0 * (value - centre) / width)),
        };
        if from_centre <= -width / 2.0 {
            0.0
        } else if from_centre > width / 2.0 {
            1.0
        } else {
            from_centre / width + 0.5
        }
    }
}

/// The first number of an element of decimal strings; none when it is absent.
fn decimal(elements: &Elements<'_>, tag: Tag, name: &str) -> Result<Option<f64>, FormatError> {
    let Some(&text) = elements.texts(tag).first() else { return Ok(None) };
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Some(number)),
        _ => Err(FormatError::damaged(FORMAT, format!("{name} is `{text}`"))),
    }
}
