//! Meaning of stored numbers: numbers, places in a palette, or colours.

use crate::{FormatError, MaskValue};

/// Meaning of the numbers of a stored image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The number itself.
    Number {
        /// The number that stands for a transparent pixel.
        transparent: Option<i64>,
    },
    /// A place in the palette.
    Palette(Vec<Entry>),
    /// A colour, as [`packed`] packs it.
    Colour {
        /// Alpha of an opaque pixel, the greatest value of a channel: 255 or 65535.
        opaque: u16,
    },
}

/// Entry of a palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) value: MaskValue,
    /// 255 for an opaque colour.
    pub(crate) opacity: u8,
}

/// Red, green, blue and alpha as one number.
pub(crate) fn packed([red, green, blue, alpha]: [u16; 4]) -> i64 {
    let join = |packed: u64, channel: u16| packed << 16 | u64::from(channel);
    [red, green, blue, alpha].into_iter().fold(0, join) as i64
}

fn unpacked(stored: i64) -> [u16; 4] {
    [48, 32, 16, 0].map(|shift| (stored as u64 >> shift) as u16)
}

impl Meaning {
    /// Plain numbers.
    pub(crate) const NUMBER: Self = Self::Number { transparent: None };

    /// Value of a stored number.
    ///
    /// # Errors
    /// [`FormatError::Transparent`], unless the colour is black, which is background in
    /// either reading; [`FormatError::Damaged`] for a place beyond the palette;
    /// [`FormatError::Channels`] for a colour of 16 bits a channel.
    pub(crate) fn value(
        &self,
        stored: i64,
        format: &'static str,
    ) -> Result<MaskValue, FormatError> {
        let (value, is_opaque) = match self {
            Self::Number { transparent } => {
                (MaskValue::Number(stored), *transparent != Some(stored))
            }
            Self::Palette(entries) => {
                let place = usize::try_from(stored).unwrap_or(usize::MAX);
                let Some(entry) = entries.get(place) else {
                    let reason = format!("colour {stored} of a palette of {}", entries.len());
                    return Err(FormatError::damaged(format, reason));
                };
                (entry.value, entry.opacity == 255)
            }
            Self::Colour { opaque } => {
                let [red, green, blue, alpha] = unpacked(stored);
                let value = if red == green && green == blue {
                    MaskValue::Number(red.into())
                } else if *opaque == 255 {
                    MaskValue::colour(red as u8, green as u8, blue as u8)
                } else {
                    let found = "colours of 16 bits a channel".into();
                    return Err(FormatError::Channels { found });
                };
                (value, alpha == *opaque)
            }
        };
        if is_opaque || value.is_background() { Ok(value) } else { Err(FormatError::Transparent) }
    }

    /// Representative of the stored numbers that mean the same.
    pub(crate) fn same(&self, stored: i64) -> i64 {
        match self {
            Self::Number { .. } => stored,
            Self::Palette(entries) => {
                // Black is background, transparent or not.
                let key = |entry: &Entry| {
                    (entry.value, entry.opacity == 255 || entry.value.is_background())
                };
                let entry = usize::try_from(stored).ok().and_then(|place| entries.get(place));
                let first = entry.and_then(|one| entries.iter().position(|e| key(e) == key(one)));
                first.map_or(stored, |first| first as i64)
            }
            Self::Colour { opaque } => match unpacked(stored) {
                [0, 0, 0, _] => packed([0, 0, 0, *opaque]),
                _ => stored,
            },
        }
    }

    /// Place in the palette.
    pub(crate) fn index(&self, stored: i64) -> Option<u8> {
        match self {
            Self::Palette(_) => u8::try_from(stored).ok(),
            _ => None,
        }
    }

    /// Grey value of a stored number.
    ///
    /// # Errors
    /// As [`value`](Self::value); [`FormatError::Channels`] for a colour.
    pub(crate) fn grey(&self, stored: i64, format: &'static str) -> Result<i64, FormatError> {
        if let Self::Colour { opaque } = self
            && unpacked(stored)[3] != *opaque
        {
            return Err(FormatError::Transparent);
        }
        match self.value(stored, format)? {
            MaskValue::Number(grey) => Ok(grey),
            colour @ MaskValue::Colour(..) => {
                Err(FormatError::Channels { found: format!("{colour}") })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_is_the_same_value_transparent_or_not() {
        let entry = |grey, opacity| Entry { value: MaskValue::Number(grey), opacity };
        let palette =
            Meaning::Palette(vec![entry(9, 255), entry(0, 0), entry(0, 255), entry(9, 1)]);
        assert_eq!([0, 1, 2, 3, 4].map(|stored| palette.same(stored)), [0, 1, 1, 3, 4]);
        let colours = Meaning::Colour { opaque: 255 };
        assert_eq!(colours.same(packed([0, 0, 0, 7])), colours.same(packed([0, 0, 0, 255])));
        assert_eq!(colours.value(packed([0, 0, 0, 7]), "PNG"), Ok(MaskValue::Number(0)));
        assert_eq!(colours.grey(packed([0, 0, 0, 7]), "PNG"), Err(FormatError::Transparent));
    }

    #[test]
    fn four_channels_of_16_bits_fit_into_a_number() {
        let channels = [u16::MAX, 1, 0x8000, 7];
        assert_eq!(unpacked(packed(channels)), channels);
    }
}
