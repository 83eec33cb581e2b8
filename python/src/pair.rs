//! Measures of two arrays.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use scr_data::{Problem, Problems};
use scr_image::Spacing;
use scr_measures::{Measure, Scratch, measure_object};

use crate::{arrays, keys, problems};

/// Measure the agreement of two masks.
///
/// Parameters
/// ----------
/// reference, prediction : array of shape (rows, columns)
///     Masks of one object: numpy arrays, or arrays with DLPack in the memory of the
///     CPU, such as torch tensors, which are read without a copy; of equal shape and of bool or any integer dtype: 0 is
///     background, one other value the object. Any strides; only arrays in foreign
///     byte order, or misaligned, are copied.
/// spacing : None, float, or (float, float)
///     Distance between neighbouring pixels' centres in mm. None: unknown, and
///     distances are in pixels. One number: the same in both directions. Two:
///     (ROW_SPACING, COLUMN_SPACING), in numpy's order of axes: first between rows
///     (y), then between columns (x). DICOM's PixelSpacing and scipy's `sampling`
///     have this order too; SimpleITK's GetSpacing and `spacing_mm` of
///     benchmark.toml have the REVERSE order, (x, y).
/// measures : list of str, optional
///     Keys, see measures(): "dice", "hausdorff_95.pooled",
///     "nsd@2px". Default: overlap, dice, sensitivity, specificity, precision,
///     masd, assd, hausdorff, hausdorff_95.
///
/// Returns
/// -------
/// dict of str to float or None
///     Values in the order of `measures`, under the keys of `scr evaluate --format
///     json`; the key of a distance ends in its unit, "masd_px" or "masd_mm". None
///     for an undefined measure, as distances are when exactly one mask is empty.
///
/// Raises
/// ------
/// ProblemsError
///     A ValueError with all problems: more than one value beside 0, two values
///     without 0, floats, other axes, shapes that differ, a spacing that is not
///     positive, unknown keys, lengths in mm without a spacing.
/// TypeError
///     An argument is no numpy array, or no list of str.
///
/// Examples
/// --------
/// >>> reference = numpy.array([[1, 1, 0, 0]])
/// >>> prediction = numpy.array([[0, 1, 1, 0]])
/// >>> scr_eval.evaluate(reference, prediction, measures=["dice", "hausdorff"])
/// {'dice': 0.5, 'hausdorff_px': 1.0}
#[pyfunction]
#[pyo3(signature = (reference, prediction, spacing=None, measures=None))]
#[expect(clippy::needless_pass_by_value, reason = "pyo3 hands over what it made")]
pub(crate) fn evaluate<'py>(
    py: Python<'py>,
    reference: &Bound<'py, PyAny>,
    prediction: &Bound<'py, PyAny>,
    spacing: Option<&Bound<'py, PyAny>>,
    measures: Option<Vec<String>>,
) -> PyResult<Bound<'py, PyDict>> {
    let mut problems = Problems::default();
    let measures = keys::read(measures.as_deref(), |_| false, &mut problems);
    let spacing = read_spacing_for(spacing, &measures, &mut problems);
    let reference = problems.keep(arrays::read_mask("reference", reference)?);
    let prediction = problems.keep(arrays::read_mask("prediction", prediction)?);
    if let (Some(reference), Some(prediction)) = (&reference, &prediction)
        && reference.size() != prediction.size()
    {
        problems.push(arrays::other_shape("prediction", reference, prediction));
    }
    let both = problems::or_exception(py, problems, reference.zip(prediction))?;
    let (reference, prediction) = both.expect("a mask that is not there is a problem");
    // The masks are ours now: other threads of Python run while they are measured.
    let values = py.detach(|| {
        measure_object(&reference, &prediction, spacing, &measures, &mut Scratch::default())
    });
    let dict = PyDict::new(py);
    for (measure, value) in measures.iter().zip(values) {
        dict.set_item(measure.result_key(spacing.is_some()), value)?;
    }
    Ok(dict)
}

/// Spacing of the arrays; where none is given, measures in mm are problems.
pub(crate) fn read_spacing_for(
    spacing: Option<&Bound<'_, PyAny>>,
    measures: &[Measure],
    problems: &mut Problems,
) -> Option<Spacing> {
    if spacing.is_none() {
        problems.extend(measures.iter().filter(|measure| measure.needs_spacing()).map(in_mm));
    }
    spacing.and_then(|spacing| problems.keep(read_spacing(spacing)))
}

fn read_spacing(spacing: &Bound<'_, PyAny>) -> Result<Spacing, Problem> {
    let wrong = |found: String| {
        let expected = "a positive number of mm, or two: (row_spacing, column_spacing)";
        Problem::new("spacing", expected, found, "None stands for an unknown spacing")
    };
    let numbers = spacing.extract::<f64>().map(|mm| [mm, mm]);
    match numbers.or_else(|_| spacing.extract::<[f64; 2]>()) {
        Ok([between_rows, between_columns]) => {
            Spacing::new(between_columns, between_rows).map_err(|_| wrong(spacing.to_string()))
        }
        Err(_) => {
            Err(wrong(spacing.repr().map_or("something else".into(), |text| text.to_string())))
        }
    }
}

fn in_mm(measure: &Measure) -> Problem {
    let hint = "give the length in pixels, as in nsd@2px, or the spacing";
    Problem::new(format!("measure `{measure}`"), "a known spacing", "none", hint)
}
