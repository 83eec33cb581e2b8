//! Exception for problems of the input, which lists all of them.

use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use scr_data::{DataError, Problem, Problems};

pyo3::create_exception!(
    scr_eval,
    ProblemsError,
    PyValueError,
    "Everything that is wrong with the input, at once.

str(error) is the list as text. error.problems is a list of dicts with the keys
place, expected, found and hint, all of them text, sorted by place; hint is empty
where the rest says it."
);

/// Converts an error of the crates to an exception.
pub(crate) fn to_exception(py: Python<'_>, error: &DataError) -> PyErr {
    let DataError::Problems(problems) = error else {
        return PyOSError::new_err(error.to_string());
    };
    let exception = ProblemsError::new_err(problems.to_string());
    let with_list = dicts(py, problems)
        .and_then(|list| exception.value(py).setattr(pyo3::intern!(py, "problems"), list));
    with_list.err().unwrap_or(exception)
}

/// `value` without problems, else all problems as an exception.
pub(crate) fn or_exception<T>(py: Python<'_>, problems: Problems, value: T) -> PyResult<T> {
    problems.or(value).map_err(|error| to_exception(py, &error))
}

fn dicts<'py>(py: Python<'py>, problems: &Problems) -> PyResult<Bound<'py, PyList>> {
    let dict = |problem: &Problem| -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        dict.set_item("place", &problem.place)?;
        dict.set_item("expected", &problem.expected)?;
        dict.set_item("found", &problem.found)?;
        dict.set_item("hint", &problem.hint)?;
        Ok(dict)
    };
    PyList::new(py, problems.list().iter().map(dict).collect::<PyResult<Vec<_>>>()?)
}
