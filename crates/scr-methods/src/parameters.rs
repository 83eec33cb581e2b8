//! Numbers that a user may set.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Method, MethodError, ModelFault};

/// A parameter of a method.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Parameter {
    /// Name, as in `--set NAME=VALUE`.
    pub key: &'static str,
    /// What it means, with its unit.
    pub meaning: &'static str,
    /// Value when nothing is said.
    pub default: f64,
    /// Smallest value allowed.
    pub min: f64,
    /// Largest value allowed.
    pub max: f64,
    /// Whether only whole numbers are allowed.
    pub is_whole: bool,
}

impl Parameter {
    /// A parameter that takes whole numbers from `min` to `max`.
    pub(crate) const fn whole(
        key: &'static str,
        meaning: &'static str,
        default: f64,
        [min, max]: [f64; 2],
    ) -> Self {
        Self { key, meaning, default, min, max, is_whole: true }
    }

    /// A parameter that takes numbers from `min` to `max`.
    pub(crate) const fn number(
        key: &'static str,
        meaning: &'static str,
        default: f64,
        [min, max]: [f64; 2],
    ) -> Self {
        Self { key, meaning, default, min, max, is_whole: false }
    }

    /// Landmarks a structure, for benchmarks that hold masks only.
    pub(crate) const POINTS: Self = Self::whole(
        "points",
        "landmarks a structure, where the data holds masks only",
        64.0,
        [8.0, 512.0],
    );

    /// Range check of a value.
    fn allows(&self, value: f64) -> bool {
        (self.min..=self.max).contains(&value) && (!self.is_whole || value.fract() == 0.0)
    }
}

impl fmt::Display for Parameter {
    /// Its range: `a whole number from 8 to 512`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_whole { "a whole number" } else { "a number" };
        write!(f, "{kind} from {} to {}", self.min, self.max)
    }
}

/// The value of every parameter of a method.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Parameters {
    values: BTreeMap<String, f64>,
}

impl Parameters {
    /// A method's defaults.
    #[must_use]
    pub fn defaults(method: &dyn Method) -> Self {
        let default = |parameter: &Parameter| (parameter.key.to_owned(), parameter.default);
        Self { values: method.parameters().iter().map(default).collect() }
    }

    /// A method's defaults with some of them set: `(key, value)` as text.
    ///
    /// # Errors
    /// [`MethodError::UnknownParameter`] and [`MethodError::ParameterRange`].
    pub fn new(method: &dyn Method, settings: &[(String, String)]) -> Result<Self, MethodError> {
        let known = method.parameters();
        let Self { mut values } = Self::defaults(method);
        for (key, text) in settings {
            let Some(parameter) = known.iter().find(|parameter| parameter.key == key) else {
                let known: Vec<&str> = known.iter().map(|p| p.key).collect();
                return Err(MethodError::UnknownParameter {
                    method: method.id(),
                    key: key.clone(),
                    known: if known.is_empty() { "none".into() } else { known.join(", ") },
                });
            };
            let value = text.trim().parse::<f64>().ok().filter(|value| parameter.allows(*value));
            let Some(value) = value else {
                return Err(MethodError::ParameterRange {
                    key: key.clone(),
                    found: text.clone(),
                    expected: parameter.to_string(),
                });
            };
            values.insert(key.clone(), value);
        }
        Ok(Self { values })
    }

    /// The same with one of them set anew.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with(&self, method: &dyn Method, key: &str, value: &str) -> Result<Self, MethodError> {
        let set = Self::new(method, &[(key.to_owned(), value.to_owned())])?;
        let mut values = self.values.clone();
        values.insert(key.to_owned(), set.get(key));
        Ok(Self { values })
    }

    /// Refuses parameters of a file that are not those of a method, each in its range.
    pub(crate) fn check(&self, method: &dyn Method) -> Result<(), ModelFault> {
        for parameter in method.parameters() {
            let found = self.find(parameter.key);
            if !found.is_some_and(|value| parameter.allows(value)) {
                let found = found.map_or_else(|| "none".to_owned(), |value| value.to_string());
                return Err(ModelFault::new(parameter.key, parameter.to_string(), found));
            }
        }
        let is_known = |key: &str| method.parameters().iter().any(|p| p.key == key);
        match self.values.keys().find(|key| !is_known(key)) {
            Some(key) => Err(ModelFault::new(key, "no such parameter", "one")),
            None => Ok(()),
        }
    }

    /// The value of a parameter.
    ///
    /// # Panics
    /// When the method does not list it: a bug of the method.
    #[must_use]
    pub fn get(&self, key: &str) -> f64 {
        *self.values.get(key).unwrap_or_else(|| panic!("the method lists no parameter `{key}`"))
    }

    /// The value of a parameter that not every variant of a method has.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<f64> {
        self.values.get(key).copied()
    }

    /// The value of a whole-number parameter.
    ///
    /// # Panics
    /// When the method does not list it: a bug of the method.
    #[must_use]
    pub fn whole(&self, key: &str) -> usize {
        self.get(key) as usize
    }

    /// All names and values, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.values.iter().map(|(key, &value)| (key.as_str(), value))
    }
}
