//! Parameter of a method: name, meaning, default and range.

use std::fmt;

use serde::Serialize;

/// Parameter of a method.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Parameter {
    /// Name, as in `--set NAME=VALUE`.
    pub key: &'static str,
    /// Meaning, with the unit.
    pub meaning: &'static str,
    /// Default value.
    pub default: f64,
    /// Smallest allowed value.
    pub min: f64,
    /// Largest allowed value.
    pub max: f64,
    /// Restriction to whole numbers.
    pub is_whole: bool,
}

impl Parameter {
    /// Number of landmarks a structure, for benchmarks that hold masks only.
    pub(crate) const POINTS: Self = Self::whole(
        "points",
        "landmarks a structure, where the data holds masks only",
        64.0,
        [8.0, 512.0],
    );

    /// Parameter for whole numbers from `min` to `max`.
    pub(crate) const fn whole(
        key: &'static str,
        meaning: &'static str,
        default: f64,
        [min, max]: [f64; 2],
    ) -> Self {
        Self { key, meaning, default, min, max, is_whole: true }
    }

    /// Parameter for numbers from `min` to `max`.
    pub(crate) const fn number(
        key: &'static str,
        meaning: &'static str,
        default: f64,
        [min, max]: [f64; 2],
    ) -> Self {
        Self { key, meaning, default, min, max, is_whole: false }
    }

    /// Range check of a value.
    pub(crate) fn allows(&self, value: f64) -> bool {
        (self.min..=self.max).contains(&value) && (!self.is_whole || value.fract() == 0.0)
    }
}

/// Two lists of parameters, one after the other; `N` is the sum of both lengths.
pub(crate) const fn concatenated<const N: usize>(
    first: &[Parameter],
    second: &[Parameter],
) -> [Parameter; N] {
    assert!(first.len() + second.len() == N, "the result has room for both lists");
    let mut all = [Parameter::POINTS; N];
    let mut index = 0;
    while index < N {
        let is_first = index < first.len();
        all[index] = if is_first { first[index] } else { second[index - first.len()] };
        index += 1;
    }
    all
}

impl fmt::Display for Parameter {
    /// Range in words: `a whole number from 8 to 512`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_whole { "a whole number" } else { "a number" };
        write!(f, "{kind} from {} to {}", self.min, self.max)
    }
}
