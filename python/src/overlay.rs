//! Overlays of masks on radiographs, for notebooks.

use std::path::PathBuf;

use numpy::ndarray::ArrayView2;
use numpy::{PyArray2, PyArrayMethods};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use scr_data::{Problem, Problems, files};
use scr_image::{Mask, Radiograph, Size};
use scr_report::html;

use crate::{arrays, problems};

/// Picture of a reference and a prediction over a radiograph, which notebooks draw.
///
/// Blue is the reference's outline, orange and dashed the prediction's; dotted areas are
/// missed, hatched ones too much.
///
/// svg          the picture, as text of an SVG file
/// save(path)   write it to a file
#[pyclass(frozen, module = "scr_eval", name = "Overlay")]
pub(crate) struct Overlay {
    svg: String,
}

#[pymethods]
impl Overlay {
    /// The picture, as text of an SVG file.
    #[getter]
    fn svg(&self) -> &str {
        &self.svg
    }

    /// Write the picture to an SVG file.
    #[expect(clippy::needless_pass_by_value, reason = "pyo3 hands over what it made")]
    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        let written = files::write_file(&path, self.svg.as_bytes());
        written.map_err(|error| problems::to_exception(py, &error))
    }

    fn _repr_html_(&self) -> &str {
        &self.svg
    }

    #[expect(clippy::unused_self, reason = "Python asks the object")]
    fn __repr__(&self) -> &'static str {
        "<scr_eval.Overlay>"
    }
}

impl Overlay {
    pub(crate) fn new(
        radiograph: Option<&Radiograph>,
        reference: &Mask,
        prediction: &Mask,
        label: &str,
    ) -> Self {
        let picture = radiograph.map(html::picture);
        let overlay = html::Overlay::new(reference, prediction);
        Self { svg: html::overlay_svg(&overlay, picture.as_deref(), label) }
    }
}

/// Draw two masks over a radiograph, for a notebook.
///
/// Parameters
/// ----------
/// reference, prediction : array of shape (rows, columns)
///     Masks, as in evaluate().
/// radiograph : numpy.ndarray of shape (rows, columns), optional
///     Grey values of dtype uint8 or uint16. Default: a dark ground.
///
/// Returns
/// -------
/// Overlay
///
/// Raises
/// ------
/// ProblemsError
///     A ValueError with all problems of the arrays.
#[pyfunction]
#[pyo3(signature = (reference, prediction, radiograph=None))]
pub(crate) fn overlay(
    py: Python<'_>,
    reference: &Bound<'_, PyAny>,
    prediction: &Bound<'_, PyAny>,
    radiograph: Option<&Bound<'_, PyAny>>,
) -> PyResult<Overlay> {
    let mut problems = Problems::default();
    let reference = problems.keep(arrays::read_mask("reference", reference)?);
    let prediction = problems.keep(arrays::read_mask("prediction", prediction)?);
    let radiograph = match radiograph {
        Some(array) => problems.keep(read_radiograph(array)?),
        None => None,
    };
    if let (Some(reference), Some(prediction)) = (&reference, &prediction)
        && reference.size() != prediction.size()
    {
        problems.push(arrays::other_shape("prediction", reference, prediction));
    }
    let pair = problems::or_exception(py, problems, reference.zip(prediction))?;
    let (reference, prediction) = pair.expect("a mask that is not there is a problem");
    Ok(Overlay::new(radiograph.as_ref(), &reference, &prediction, "reference and prediction"))
}

fn read_radiograph(array: &Bound<'_, PyAny>) -> PyResult<Result<Radiograph, Problem>> {
    if let Ok(array) = array.cast::<PyArray2<u8>>() {
        let array = array.try_readonly()?;
        return Ok(radiograph(&array.as_array(), 255));
    }
    if let Ok(array) = array.cast::<PyArray2<u16>>() {
        let array = array.try_readonly()?;
        return Ok(radiograph(&array.as_array(), u16::MAX));
    }
    Err(PyTypeError::new_err(
        "radiograph: expected a numpy array of shape (rows, columns) and dtype uint8 or uint16",
    ))
}

fn radiograph<T: Copy + Into<u16>>(
    pixels: &ArrayView2<'_, T>,
    max_value: u16,
) -> Result<Radiograph, Problem> {
    let (height, width) = pixels.dim();
    let expected = "at least one pixel, and no more than a file may have";
    let found = || arrays::shape(&[height, width]);
    let area = width.saturating_mul(height);
    if area == 0 || area > scr_data::formats::MAX_AREA_PX {
        return Err(Problem::new("radiograph", expected, found(), ""));
    }
    let pixels = pixels.iter().map(|&pixel| pixel.into()).collect();
    Radiograph::new(Size::new(width, height), max_value, pixels, None)
        .map_err(|error| Problem::new("radiograph", expected, error.to_string(), ""))
}
