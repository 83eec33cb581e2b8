//! Values of a method's parameters.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{MethodError, MethodInfo, ModelFault, Parameter};

/// Values of all parameters of a method.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Parameters {
    values: BTreeMap<String, f64>,
}

impl Parameters {
    /// Default values of a method.
    #[must_use]
    pub fn defaults(method: &MethodInfo) -> Self {
        let default = |parameter: &Parameter| (parameter.key.to_owned(), parameter.default);
        Self { values: method.parameters.iter().map(default).collect() }
    }

    /// Default values of a method with some replaced: `(key, value)` as text.
    ///
    /// # Errors
    /// [`MethodError::UnknownParameter`] and [`MethodError::ParameterRange`].
    pub fn new(method: &MethodInfo, settings: &[(String, String)]) -> Result<Self, MethodError> {
        let known = method.parameters;
        let Self { mut values } = Self::defaults(method);
        for (key, text) in settings {
            let Some(parameter) = known.iter().find(|parameter| parameter.key == key) else {
                let known: Vec<&str> = known.iter().map(|p| p.key).collect();
                return Err(MethodError::UnknownParameter {
                    method: method.id,
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

    /// These values with one replaced.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with(&self, method: &MethodInfo, key: &str, value: &str) -> Result<Self, MethodError> {
        let set = Self::new(method, &[(key.to_owned(), value.to_owned())])?;
        let mut values = self.values.clone();
        values.insert(key.to_owned(), set.get(key));
        Ok(Self { values })
    }

    /// Replaces the value of a parameter that the method lists, by one in its range.
    pub(crate) fn set(&mut self, key: &str, value: f64) {
        if let Some(old) = self.values.get_mut(key) {
            *old = value;
        }
    }

    /// Refuses values of a file that are not those of a method, each in its range.
    pub(crate) fn check(&self, method: &MethodInfo) -> Result<(), ModelFault> {
        for parameter in method.parameters {
            let found = self.find(parameter.key);
            if !found.is_some_and(|value| parameter.allows(value)) {
                let found = found.map_or_else(|| "none".to_owned(), |value| value.to_string());
                return Err(ModelFault::new(parameter.key, parameter.to_string(), found));
            }
        }
        let is_known = |key: &str| method.parameters.iter().any(|p| p.key == key);
        match self.values.keys().find(|key| !is_known(key)) {
            Some(key) => Err(ModelFault::new(key, "no such parameter", "one")),
            None => Ok(()),
        }
    }

    /// Value of a parameter.
    ///
    /// # Panics
    /// When the method does not list it: a bug of the method.
    #[must_use]
    pub fn get(&self, key: &str) -> f64 {
        *self.values.get(key).unwrap_or_else(|| panic!("the method lists no parameter `{key}`"))
    }

    /// Value of a parameter that only some variants of a method have.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<f64> {
        self.values.get(key).copied()
    }

    /// Value of a whole-number parameter.
    ///
    /// # Panics
    /// When the method does not list it: a bug of the method.
    #[must_use]
    pub fn whole(&self, key: &str) -> usize {
        self.get(key) as usize
    }

    /// All names and values, in the order of names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.values.iter().map(|(key, &value)| (key.as_str(), value))
    }
}
