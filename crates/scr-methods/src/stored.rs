//! Model files: what is read becomes a value of a method through checks alone.
//!
//! The checksum of a model file says that the file is whole, not that training wrote it.
//! [`read`] is the one place where a payload is decoded. It hands the decoded file to a
//! check, which has to name every length, index and number that training cannot give.
//! So a search takes its model as sound: it asserts nothing and asks nothing again.
//!
//! Three things bound the work and the memory of a model that passes: the ranges of the
//! method's parameters, the header's number of structures, and the length of the file,
//! which holds every number that is used.

use std::fmt::Display;
use std::ops::RangeInclusive;

use serde::de::DeserializeOwned;

use crate::Parameters;

/// Largest absolute value of a number of a model. Training gives values many orders of
/// magnitude below; products of several still are finite.
pub(crate) const LARGEST: f64 = 1e12;

/// Any number of a model that may have either sign.
pub(crate) const ANY: RangeInclusive<f64> = -LARGEST..=LARGEST;

/// Any number of a model that has no sign: a variance, a scale, an error.
pub(crate) const NOT_NEGATIVE: RangeInclusive<f64> = 0.0..=LARGEST;

/// Declarations of a model file's header on its payload.
#[derive(Debug, Clone, Copy)]
pub struct Declared<'a> {
    /// Every parameter of the method, in its range.
    pub parameters: &'a Parameters,
    /// Number of structures, at least 1.
    pub n_structures: usize,
}

/// Part of a model that training cannot have written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFault {
    /// Name of the part, from the outermost: `level 1, variances`.
    pub field: String,
    /// Expected value: one that training writes.
    pub expected: String,
    /// Value in the file.
    pub found: String,
}

impl ModelFault {
    /// A fault of the part `field`.
    pub fn new(field: impl Into<String>, expected: impl Into<String>, found: impl Display) -> Self {
        Self { field: field.into(), expected: expected.into(), found: found.to_string() }
    }

    /// The same fault, seen from the part that holds its own.
    #[must_use]
    pub fn within(mut self, whole: impl Display) -> Self {
        self.field = format!("{whole}, {}", self.field);
        self
    }
}

/// The value that `checked` makes of the decoded `bytes`.
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

/// Refuses a list of another length.
pub(crate) fn count(field: &str, found: usize, expected: usize) -> Result<(), ModelFault> {
    if found == expected {
        return Ok(());
    }
    Err(ModelFault::new(field, format!("a length of {expected}"), found))
}

/// Refuses another value than the one that the rest of the model asks for.
pub(crate) fn equal<T: PartialEq + std::fmt::Debug>(
    field: &str,
    found: &T,
    expected: &T,
) -> Result<(), ModelFault> {
    if found == expected {
        return Ok(());
    }
    Err(ModelFault::new(field, format!("{expected:?}"), format!("{found:?}")))
}

/// Refuses numbers outside of `range`, and what is no number.
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
