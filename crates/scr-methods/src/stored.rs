//! Decoding and validation of model payloads.
//!
//! The checksum of a model file proves that the file is whole, not that training wrote it.
//! [`read`] is the one place that decodes a payload. It passes the decoded file to a check,
//! which has to refuse every length, index and number that training cannot write. So a
//! search can trust its model: it asserts nothing and checks nothing again.
//!
//! Three limits bound the work and the memory of a valid model: the ranges of the method's
//! parameters, the header's number of structures, and the length of the file, which holds
//! every number that is used. While decoding, an empty list takes one byte of the file and
//! 24 bytes of memory, so [`at_most`] limits the lists of lists.

use std::fmt;
use std::marker::PhantomData;
use std::ops::RangeInclusive;

use serde::de::{DeserializeOwned, Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::{ModelFault, Parameters};

/// Largest number of structures of a model.
pub(crate) const MAX_STRUCTURES: usize = 1024;

/// Largest number of levels of a model.
pub(crate) const MAX_LEVELS: usize = 8;

/// Longest list of lists, where no smaller limit is known.
pub(crate) const MAX_LISTS: usize = 1 << 20;

/// Largest absolute value of a number of a model. Training gives values many orders of
/// magnitude below; products of several still are finite.
pub(crate) const LARGEST: f64 = 1e12;

/// Any number of a model that may have either sign.
pub(crate) const ANY: RangeInclusive<f64> = -LARGEST..=LARGEST;

/// Any number of a model that has no sign: a variance, a scale, an error.
pub(crate) const NOT_NEGATIVE: RangeInclusive<f64> = 0.0..=LARGEST;

/// Declarations of a model file's header that its payload has to match.
#[derive(Debug, Clone, Copy)]
pub struct ModelDeclaration<'a> {
    /// Every parameter of the method, in its range.
    pub parameters: &'a Parameters,
    /// Number of structures, at least 1.
    pub n_structures: usize,
}

/// Decodes `bytes` and returns the value that `checked` makes of them.
#[expect(clippy::disallowed_methods, reason = "this is the place that checks what it decodes")]
pub(crate) fn read<F: DeserializeOwned, T>(
    bytes: &[u8],
    checked: impl FnOnce(F) -> Result<T, ModelFault>,
) -> Result<T, ModelFault> {
    match postcard::take_from_bytes(bytes) {
        Ok((file, [])) => checked(file),
        Ok((_, rest)) => {
            Err(ModelFault::new("payload", "no more bytes", format!("{} more", rest.len())))
        }
        Err(error) => Err(ModelFault::new("payload", "the method's own data", error)),
    }
}

/// Decodes a list of at most `MAX` elements: longer ones are refused before an element is
/// decoded.
///
/// # Errors
/// When the list is longer, or an element cannot be decoded.
pub(crate) fn at_most<'de, D, T, const MAX: usize>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct Limited<T, const MAX: usize>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>, const MAX: usize> Visitor<'de> for Limited<T, MAX> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a list of at most {MAX} elements")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Vec<T>, A::Error> {
            let mut list = Vec::new();
            if let Some(length) = elements.size_hint().filter(|&length| length > MAX) {
                return Err(A::Error::invalid_length(length, &self));
            }
            while let Some(element) = elements.next_element()? {
                if list.len() == MAX {
                    return Err(A::Error::invalid_length(MAX + 1, &self));
                }
                list.push(element);
            }
            Ok(list)
        }
    }

    deserializer.deserialize_seq(Limited::<T, MAX>(PhantomData))
}

/// Refuses a list of another length.
pub(crate) fn count(field: &str, found: usize, expected: usize) -> Result<(), ModelFault> {
    if found == expected {
        return Ok(());
    }
    Err(ModelFault::new(field, format!("a length of {expected}"), found))
}

/// Refuses a value that differs from the one that the rest of the model implies.
pub(crate) fn equal<T: PartialEq + fmt::Debug>(
    field: &str,
    found: &T,
    expected: &T,
) -> Result<(), ModelFault> {
    if found == expected {
        return Ok(());
    }
    Err(ModelFault::new(field, format!("{expected:?}"), format!("{found:?}")))
}

/// Refuses numbers outside of `range`, and NaN.
pub(crate) fn numbers<N: Into<f64>>(
    field: &str,
    found: impl IntoIterator<Item = N>,
    range: RangeInclusive<f64>,
) -> Result<(), ModelFault> {
    for (index, value) in found.into_iter().enumerate() {
        let value = value.into();
        if !range.contains(&value) {
            let expected = format!("numbers from {:e} to {:e}", range.start(), range.end());
            return Err(ModelFault::new(field, expected, format!("{value:e} at index {index}")));
        }
    }
    Ok(())
}

/// Refuses pairs with a number outside of `range`.
pub(crate) fn pairs(
    field: &str,
    found: &[(f64, f64)],
    range: RangeInclusive<f64>,
) -> Result<(), ModelFault> {
    numbers(field, found.iter().flat_map(|&(x, y)| [x, y]), range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Lists {
        #[serde(deserialize_with = "at_most::<_, _, 3>")]
        lists: Vec<Vec<u8>>,
    }

    #[test]
    fn lists_are_decoded_up_to_their_limit() {
        let lengths = |bytes: &[u8]| {
            read(bytes, |file: Lists| Ok(file.lists.iter().map(Vec::len).collect::<Vec<_>>()))
        };
        assert_eq!(lengths(&[3, 0, 2, 7, 7, 0]), Ok(vec![0, 2, 0]));
        for bytes in [&[4, 0, 0, 0, 0][..], &[255, 255, 255, 255, 15]] {
            assert_eq!(lengths(bytes).unwrap_err().field, "payload");
        }
        // Formats that do not give the length in advance.
        let json = |text: &str| serde_json::from_str::<Lists>(text);
        assert_eq!(json(r#"{"lists": [[], [1]]}"#).unwrap().lists.len(), 2);
        let error = json(r#"{"lists": [[], [], [], []]}"#).err().unwrap().to_string();
        assert!(error.contains("a list of at most 3 elements"), "{error}");
    }
}
