//! Keys of measures: parser and documentation.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use scr_data::{Problem, Problems};
use scr_measures::peers::PEERS;
use scr_measures::{Measure, UnknownMeasure};

/// Parses keys to distinct measures, by default [`Measure::DEFAULT`]; each unknown key that
/// is not ignored is a problem.
pub(crate) fn read(
    keys: Option<&[String]>,
    is_passed_over: impl Fn(&str) -> bool,
    problems: &mut Problems,
) -> Vec<Measure> {
    let Some(keys) = keys else { return Measure::DEFAULT.to_vec() };
    if keys.is_empty() {
        let hint = "leave `measures` out for the default ones";
        problems.push(Problem::new("measures", "at least one key", "none", hint));
    }
    let mut measures = Vec::new();
    for key in keys.iter().filter(|key| !is_passed_over(key)) {
        let measure = key.parse().map_err(|error: UnknownMeasure| {
            let expected = "keys as scr_eval.measures() explains them";
            Problem::new("measures", expected, format!("`{key}`"), error.reason)
        });
        if let Some(measure) = problems.keep(measure)
            && !measures.contains(&measure)
        {
            measures.push(measure);
        }
    }
    measures
}

/// List the measures, as `scr measures --format json` does.
///
/// Returns
/// -------
/// list of dict
///     One a kind of measure, in the order of tables:
///     key          as `measures` arguments take it, without variant and length
///     name         in full
///     definition   definition
///     range        range of the values
///     better       "higher" or "lower"
///     empty        value for empty masks
///     source       first description
///     unit         None, or "mm or px" for distances
///     needs_length whether the key ends in a length: "nsd@2px", "nsd@3mm"
///     variants     list of suffixes after a full stop
///     equals       dict: by key with variant, a list of equal numbers of other tools,
///                  such as "medpy: hd95"; a length of 2px stands for any
#[pyfunction]
pub(crate) fn measures(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let loads = py.import("json")?.getattr("loads")?;
    let measures = loads.call1((scr_report::measures::to_json(),))?.get_item("measures")?;
    for measure in measures.try_iter()? {
        let measure = measure?;
        let key: String = measure.get_item("key")?.extract()?;
        measure.set_item("equals", equals(py, &key)?)?;
    }
    Ok(measures)
}

/// Equal numbers of other tools for a kind, by key.
fn equals<'py>(py: Python<'py>, kind: &str) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for peer in &PEERS {
        for (name, key) in peer.numbers {
            if key.split(['.', '@']).next() == Some(kind) {
                let names = dict.call_method1("setdefault", (*key, PyList::empty(py)))?;
                names.call_method1("append", (format!("{}: {name}", peer.name),))?;
            }
        }
    }
    Ok(dict)
}
