//! Files of images as numpy arrays.

use std::path::PathBuf;

use numpy::{PyArray1, PyArray2, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use scr_data::formats::{self, FormatError, MaskValue};
use scr_data::{Problem, Problems, files};
use scr_image::{Mask, Size, Spacing};

use crate::problems;

/// Radiograph read from a file.
#[pyclass(frozen, get_all, module = "scr_eval")]
pub(crate) struct Radiograph {
    /// Grey values, an array of shape (rows, columns) and dtype uint16, which rise with
    /// brightness.
    pixels: Py<PyArray2<u16>>,
    /// Value of white: 255 for 8 bits, 4095 for 12, 65535 for 16.
    max_value: u16,
    /// (ROW_SPACING, COLUMN_SPACING) in mm; None where the file does not state it.
    spacing: Option<(f64, f64)>,
}

/// Mask of the pixels with one value of a label map.
#[pyclass(frozen, get_all, module = "scr_eval")]
pub(crate) struct Layer {
    /// The value: a number, or a colour as (red, green, blue).
    value: Py<PyAny>,
    /// Place in the palette, or None without one.
    index: Option<u8>,
    /// Name of the structure, or None where the file does not state it.
    name: Option<String>,
    /// Array of shape (rows, columns) and dtype bool.
    mask: Py<PyArray2<bool>>,
}

/// Read a radiograph in any format of a benchmark, by the extension of its name.
///
/// Raises
/// ------
/// ProblemsError
///     The file cannot be read exactly: the reason, and what to do.
#[pyfunction]
#[expect(clippy::needless_pass_by_value, reason = "pyo3 hands over what it made")]
pub(crate) fn read_radiograph(py: Python<'_>, path: PathBuf) -> PyResult<Radiograph> {
    let image = py.detach(|| read(&path, formats::read_radiograph));
    radiograph(py, &or_exception(py, image)?)
}

/// The radiograph for Python.
pub(crate) fn radiograph(py: Python<'_>, image: &scr_image::Radiograph) -> PyResult<Radiograph> {
    Ok(Radiograph {
        pixels: array(py, image.size(), image.pixels().to_vec())?,
        max_value: image.max_value(),
        spacing: image.spacing().map(|spacing: Spacing| (spacing.y_mm(), spacing.x_mm())),
    })
}

/// Read a mask, 0 and one other value, in any format of a set of masks: an array of shape
/// (rows, columns) and dtype bool.
///
/// Raises
/// ------
/// ProblemsError
///     The file cannot be read exactly, or holds more values.
#[pyfunction]
#[expect(clippy::needless_pass_by_value, reason = "pyo3 hands over what it made")]
pub(crate) fn read_mask(py: Python<'_>, path: PathBuf) -> PyResult<Py<PyArray2<bool>>> {
    let mask = py.detach(|| read(&path, formats::read_mask));
    bools(py, &or_exception(py, mask)?)
}

/// Read a label map as one mask a value other than background, by ascending values.
///
/// Segments of .seg.nrrd and DICOM SEG files have their names, and may overlap.
///
/// Raises
/// ------
/// ProblemsError
///     The file cannot be read exactly, or holds more than 256 values.
#[pyfunction]
#[expect(clippy::needless_pass_by_value, reason = "pyo3 hands over what it made")]
pub(crate) fn read_layers(py: Python<'_>, path: PathBuf) -> PyResult<Vec<Layer>> {
    let layers = py
        .detach(|| read(&path, |name: &str, bytes: &[u8]| formats::read_layers(name, bytes, None)));
    let layers = or_exception(py, layers)?.layers.into_iter().map(|layer| {
        let value = match layer.value {
            MaskValue::Number(number) => number.into_pyobject(py)?.into_any().unbind(),
            MaskValue::Colour(red, green, blue) => {
                PyTuple::new(py, [red, green, blue])?.into_any().unbind()
            }
        };
        Ok(Layer { value, index: layer.index, name: layer.name, mask: bools(py, &layer.mask)? })
    });
    layers.collect()
}

fn read<T>(
    path: &std::path::Path,
    read: impl FnOnce(&str, &[u8]) -> Result<T, FormatError>,
) -> Result<T, Problem> {
    let name = path.display().to_string();
    let bytes = files::read_file(path)?;
    read(&name, &bytes).map_err(|error| Problem::format(&name, &error))
}

/// A value, or its problem as an exception.
pub(crate) fn or_exception<T>(py: Python<'_>, read: Result<T, Problem>) -> PyResult<T> {
    let mut problems = Problems::default();
    let value = problems.keep(read);
    let value = problems::or_exception(py, problems, value)?;
    Ok(value.expect("a value that is not there is a problem"))
}

/// A mask as an array of bool.
pub(crate) fn bools(py: Python<'_>, mask: &Mask) -> PyResult<Py<PyArray2<bool>>> {
    let pixels = mask.to_bytes(1).into_iter().map(|pixel| pixel == 1).collect();
    array(py, mask.size(), pixels)
}

fn array<T: numpy::Element>(
    py: Python<'_>,
    size: Size,
    pixels: Vec<T>,
) -> PyResult<Py<PyArray2<T>>> {
    Ok(PyArray1::from_vec(py, pixels).reshape([size.height, size.width])?.unbind())
}
