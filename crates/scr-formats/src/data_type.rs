//! Data types of stored numbers, decoded as whole numbers.

use crate::FormatError;

/// Data type of stored numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DataType {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    F32,
    F64,
}

impl DataType {
    /// Bytes of a number.
    pub(crate) const fn bytes(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }

    /// Greatest value of a type of at most 16 bits: white. A wider type does not tell.
    pub(crate) const fn white(self) -> Option<u16> {
        match self {
            Self::U8 => Some(u8::MAX as u16),
            Self::I8 => Some(i8::MAX as u16),
            Self::U16 => Some(u16::MAX),
            Self::I16 => Some(i16::MAX as u16),
            _ => None,
        }
    }

    /// Decodes `bytes` into `values`.
    ///
    /// # Errors
    /// [`FormatError::NotWhole`] for a number that is not whole, or beyond i64.
    pub(crate) fn decode(
        self,
        bytes: &[u8],
        is_little: bool,
        values: &mut Vec<i64>,
    ) -> Result<(), FormatError> {
        values.clear();
        match self {
            Self::U8 => values.extend(bytes.iter().map(|&v| i64::from(v))),
            Self::I8 => values.extend(bytes.iter().map(|&v| i64::from(v as i8))),
            Self::U16 => each(bytes, is_little, |b| values.push(u16::from_le_bytes(b).into())),
            Self::I16 => each(bytes, is_little, |b| values.push(i16::from_le_bytes(b).into())),
            Self::U32 => each(bytes, is_little, |b| values.push(u32::from_le_bytes(b).into())),
            Self::I32 => each(bytes, is_little, |b| values.push(i32::from_le_bytes(b).into())),
            Self::I64 => values.extend(ordered(bytes, is_little).map(i64::from_le_bytes)),
            Self::U64 => {
                for stored in ordered(bytes, is_little).map(u64::from_le_bytes) {
                    let too_large = |_| FormatError::NotWhole { found: stored as f64 };
                    values.push(i64::try_from(stored).map_err(too_large)?);
                }
            }
            Self::F32 => {
                for stored in ordered(bytes, is_little).map(f32::from_le_bytes) {
                    values.push(whole(stored.into())?);
                }
            }
            Self::F64 => {
                for stored in ordered(bytes, is_little).map(f64::from_le_bytes) {
                    values.push(whole(stored)?);
                }
            }
        }
        Ok(())
    }
}

/// The bytes of each value, low byte first.
fn ordered<const N: usize>(bytes: &[u8], is_little: bool) -> impl Iterator<Item = [u8; N]> + '_ {
    bytes.as_chunks().0.iter().map(move |value: &[u8; N]| {
        let mut value = *value;
        if !is_little {
            value.reverse();
        }
        value
    })
}

/// Calls `push` with the bytes of each value, low byte first.
fn each<const N: usize>(bytes: &[u8], is_little: bool, push: impl FnMut([u8; N])) {
    ordered(bytes, is_little).for_each(push);
}

/// A floating point number as a whole number.
pub(crate) fn whole(found: f64) -> Result<i64, FormatError> {
    // Up to 2^53 every whole f64 is an i64 of its own.
    if found.fract() == 0.0 && found.abs() <= 9_007_199_254_740_992.0 {
        Ok(found as i64)
    } else {
        Err(FormatError::NotWhole { found })
    }
}
