//! Measures of batches of masks, on all cores.

use numpy::{PyArray1, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use rayon::prelude::*;
use scr_data::{Problem, Problems};
use scr_image::Mask;
use scr_measures::{Scratch, measure_object};

use crate::{arrays, background, keys, pair, problems};

/// Measure the agreement of two batches of masks, image by image, as in a training loop.
///
/// Parameters
/// ----------
/// reference, prediction : array of shape (images, rows, columns) or (images, objects, rows, columns)
///     Masks, as in evaluate(), of equal shape: numpy arrays, or arrays with DLPack in the
///     memory of the CPU, such as torch tensors, which are read without a copy.
/// spacing : None, float, or (float, float)
///     As in evaluate(), the same for all images.
/// measures : list of str, optional
///     Keys, as in evaluate().
///
/// Returns
/// -------
/// dict of str to numpy.ndarray
///     Values of each measure, float64 of shape (images,) or (images, objects); NaN where
///     undefined, so that numpy.nanmean is the mean of the defined ones.
///
/// Raises
/// ------
/// ProblemsError, TypeError, KeyboardInterrupt
///     As evaluate() and evaluate_dir() do; a problem names its image as reference[3].
///
/// Runs on all cores, without holding the interpreter's lock.
#[pyfunction]
#[pyo3(signature = (reference, prediction, spacing=None, measures=None))]
#[expect(clippy::needless_pass_by_value, reason = "pyo3 hands over what it made")]
pub(crate) fn evaluate_batch<'py>(
    py: Python<'py>,
    reference: &Bound<'py, PyAny>,
    prediction: &Bound<'py, PyAny>,
    spacing: Option<&Bound<'py, PyAny>>,
    measures: Option<Vec<String>>,
) -> PyResult<Bound<'py, PyDict>> {
    let mut problems = Problems::default();
    let measures = keys::read(measures.as_deref(), |_| false, &mut problems);
    let spacing = pair::read_spacing_for(spacing, &measures, &mut problems);
    let (shape, references) = read_batch("reference", reference, &mut problems)?;
    let (other, predictions) = read_batch("prediction", prediction, &mut problems)?;
    if shape != other && problems.list().is_empty() {
        let expected = format!("the reference's {}", arrays::shape(&shape));
        let hint = "masks are compared pixel by pixel: nothing is resized here";
        problems.push(Problem::new("prediction", expected, arrays::shape(&other), hint));
    }
    problems::or_exception(py, problems, ())?;
    let scored = background::run(py, |after_step| -> Vec<Vec<Option<f64>>> {
        let pairs = references.par_iter().zip(&predictions);
        pairs
            .map_init(Scratch::default, |scratch, (reference, prediction)| {
                let values = measure_object(reference, prediction, spacing, &measures, scratch);
                after_step();
                values
            })
            .collect()
    })?;
    let dict = PyDict::new(py);
    let batch = &shape[..shape.len() - 2];
    for (index, measure) in measures.iter().enumerate() {
        let values = scored.iter().map(|values| values[index].unwrap_or(f64::NAN)).collect();
        let values = PyArray1::<f64>::from_vec(py, values);
        dict.set_item(measure.result_key(spacing.is_some()), values.reshape(batch.to_vec())?)?;
    }
    Ok(dict)
}

/// Shape and masks of a batch, which are in the order of its axes.
fn read_batch(
    place: &str,
    batch: &Bound<'_, PyAny>,
    problems: &mut Problems,
) -> PyResult<(Vec<usize>, Vec<Mask>)> {
    let batch = match arrays::to_numpy(place, batch)? {
        Ok(batch) => batch,
        Err(problem) => {
            problems.push(problem);
            return Ok((Vec::new(), Vec::new()));
        }
    };
    let shape: Vec<usize> = batch.getattr("shape")?.extract()?;
    if ![3, 4].contains(&shape.len()) {
        let expected =
            "an array of shape (images, rows, columns) or (images, objects, rows, columns)";
        let hint = "evaluate() takes a single pair";
        problems.push(Problem::new(place, expected, arrays::shape(&shape), hint));
        return Ok((shape, Vec::new()));
    }
    let mut masks = Vec::new();
    for image in 0..shape[0] {
        let of_image = batch.get_item(image)?;
        let place = format!("{place}[{image}]");
        if shape.len() == 3 {
            masks.extend(problems.keep(arrays::read_mask(&place, &of_image)?));
            continue;
        }
        for object in 0..shape[1] {
            let place = format!("{place}[{object}]");
            let mask = arrays::read_mask(&place, &of_image.get_item(object)?)?;
            masks.extend(problems.keep(mask));
        }
    }
    Ok((shape, masks))
}
