//! JPEG-LS (ITU-T T.87): frames with one component of 2 to 16 bits, lossless and
//! near-lossless.
//!
//! Mapping tables, restart intervals and point transforms are refused by name. Main
//! function: [`decode`].

use scr_image::Size;

use super::jpeg_ls_scan::{Parameters, Thresholds};
use super::markers::{Fields, Markers};
use super::samples::Samples;
use crate::FormatError;
use crate::size::stated_size;

const FORMAT: &str = "JPEG-LS";

/// Decodes a frame of the `expected` size.
///
/// # Errors
/// When the frame has several components, another size than `expected`, an extension that
/// is not supported, or is damaged.
pub(crate) fn decode(bytes: &[u8], expected: Size) -> Result<Samples, FormatError> {
    let damaged = |reason| FormatError::damaged(FORMAT, reason);
    let mut markers = Markers::new(bytes)?;
    let mut bits = None;
    let mut preset = [0; 5];
    loop {
        let mut segment = markers.next()?;
        let fields = &mut segment.fields;
        match segment.marker {
            0xf7 if bits.is_some() => return Err(damaged("a second frame")),
            0xf7 => bits = Some(frame_bits(fields, expected)?),
            0xf8 => preset = preset_parameters(fields)?,
            0xdd if fields.number_16()? > 0 => return Err(unsupported("restart intervals")),
            0xda => {
                let bits = bits.ok_or_else(|| damaged("a scan without a frame"))?;
                let near = near(fields)?;
                let parameters = parameters(bits, near, preset)?;
                let values = parameters.decode(expected, markers.rest())?;
                return Ok(Samples { bits, is_lossy: near > 0, is_signed: false, values });
            }
            _ => {}
        }
    }
}

fn unsupported(found: &str) -> FormatError {
    let hint = "save the image without compression, or with another lossless one";
    FormatError::unsupported("JPEG-LS without extensions", format!("JPEG-LS with {found}"), hint)
}

fn frame_bits(fields: &mut Fields<'_>, expected: Size) -> Result<u32, FormatError> {
    let bits = u32::from(fields.number_8()?);
    let (height, width) = (fields.number_16()?, fields.number_16()?);
    let components = fields.number_8()?;
    if components != 1 {
        return Err(FormatError::Channels { found: format!("{components} components") });
    }
    if !(2..=16).contains(&bits) {
        return Err(FormatError::damaged(FORMAT, format!("samples of {bits} bits")));
    }
    stated_size(width.into(), height.into(), Some(expected))?;
    Ok(bits)
}

/// Greatest value, three thresholds and the reset interval; 0 for the default.
fn preset_parameters(fields: &mut Fields<'_>) -> Result<[i32; 5], FormatError> {
    match fields.number_8()? {
        1 => {}
        2 | 3 => return Err(unsupported("mapping tables")),
        _ => return Err(unsupported("an extended size")),
    }
    let mut preset = [0; 5];
    for value in &mut preset {
        *value = fields.number_16()?.into();
    }
    Ok(preset)
}

/// Greatest difference between a sample and its decoded value.
fn near(fields: &mut Fields<'_>) -> Result<i32, FormatError> {
    if fields.number_8()? != 1 {
        return Err(FormatError::damaged(FORMAT, "a scan of several components"));
    }
    let _component = fields.number_8()?;
    if fields.number_8()? != 0 {
        return Err(unsupported("mapping tables"));
    }
    let near = fields.number_8()?.into();
    let _interleaving = fields.number_8()?;
    if fields.number_8()? != 0 {
        return Err(unsupported("a point transform"));
    }
    Ok(near)
}

/// Coding parameters, with defaults where 0 is preset (T.87, C.2.4.1.1).
fn parameters(bits: u32, near: i32, preset: [i32; 5]) -> Result<Parameters, FormatError> {
    let greatest = (1 << bits) - 1;
    let or_default = |value: i32, default: i32| if value == 0 { default } else { value };
    let [max_value, first, second, third, reset] = preset;
    let max_value = or_default(max_value, greatest);
    if max_value > greatest || near > max_value.min(510) / 2 {
        return Err(FormatError::damaged(FORMAT, "impossible coding parameters"));
    }
    let default = default_thresholds(max_value, near);
    let thresholds = [
        or_default(first, default[0]),
        or_default(second, default[1]),
        or_default(third, default[2]),
    ];
    let reset = or_default(reset, 64);
    if !thresholds.is_sorted() || thresholds[0] <= near || thresholds[2] > max_value || reset < 3 {
        return Err(FormatError::damaged(FORMAT, "impossible coding parameters"));
    }
    Ok(Parameters::new(max_value, near, Thresholds(thresholds), reset.into()))
}

fn default_thresholds(max_value: i32, near: i32) -> [i32; 3] {
    let within =
        |value: i32, least: i32| if value > max_value || value < least { least } else { value };
    let widened = [3 * near, 5 * near, 7 * near];
    let [first, second, third] = if max_value >= 128 {
        let factor = (max_value.min(4095) + 128) / 256;
        let basic = [factor + 2, factor * 4 + 3, factor * 17 + 4];
        std::array::from_fn(|i| basic[i] + widened[i])
    } else {
        let factor = 256 / (max_value + 1);
        let basic = [3, 7, 21];
        std::array::from_fn(|i| (basic[i] / factor + widened[i]).max(i as i32 + 2))
    };
    let first = within(first, near + 1);
    let second = within(second, first);
    [first, second, within(third, second)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_thresholds_are_those_of_the_standard() {
        // T.87, table C.3.
        assert_eq!(default_thresholds(255, 0), [3, 7, 21]);
        assert_eq!(default_thresholds(4095, 0), [18, 67, 276]);
        assert_eq!(default_thresholds(65535, 0), [18, 67, 276]);
        assert_eq!(default_thresholds(255, 2), [9, 17, 35]);
    }
}
