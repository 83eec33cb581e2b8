//! The keys of measures: read from Python, and explained to it.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use scr_data::{Problem, Problems};
use scr_measures::peers::PEERS;
use scr_measures::{Measure, UnknownMeasure};

/// The measures that keys name, each once, [`Measure::DEFAULT`] where none are
/// given; a problem for each key that names none and is not to be passed over.
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

/// What there is to measure: what `scr measures --format json` says of it.
///
/// Returns
/// -------
/// list of dict
///     One a kind of measure, in the order of tables:
///     key          as `measures` arguments take it, without variant and length
///     name         in full
///     definition   what it is, exactly
///     range        from where to where
///     better       "higher" or "lower"
///     empty        what it is when masks are empty
///     source       where it was first described
///     unit         None, or "mm or px" for distances
///     needs_length whether the key ends in a length: "nsd@2px", "nsd@3mm"
///     variants     list of what may follow the key after a full stop
///     equals       dict: by key with variant, a list of whose numbers it equals, as
///                  "medpy: hd95"; a length of 2px stands for any
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

/// The numbers of other tools that keys of a kind give, by key.
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
