//! Result of an evaluation, in forms for Python's tools.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use scr_documents::{Fold, ImageDocument, MeasureMap, ResultDocument, SummaryDocument};
use scr_report::html::tables_html;
use scr_report::tables::{Width, result_tables};

/// Result of scoring a set of masks against a benchmark.
///
/// to_json()       the text that `scr evaluate --format json` prints
/// to_dict()       the same, parsed
/// images          a record an image and object
/// image_measures  a record an image, with the measures of whole images
/// summary         a record an object and measure
/// notices         ignored files
/// to_pandas()     one of the three tables as a DataFrame
///
/// A notebook draws its tables.
#[pyclass(frozen, module = "scr_eval", name = "Result")]
pub(crate) struct EvaluationResult {
    pub(crate) document: ResultDocument,
    pub(crate) notices: Vec<String>,
}

type Rows<'py> = Vec<Bound<'py, PyDict>>;

#[pymethods]
impl EvaluationResult {
    /// The result as JSON text, byte for byte the output of `scr evaluate --format json`,
    /// with `--per-image` for per_image=True.
    fn to_json(&self) -> String {
        self.document.to_json()
    }

    /// The result as a dict: to_json(), parsed. Numbers are the same to the last bit.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        py.import("json")?.call_method1("loads", (self.to_json(),))
    }

    /// A flat record an image and object: image, fold (its number, or "test" or "all"), object, then each
    /// measure under its key; None where undefined. A list of dict.
    ///
    /// Raises ValueError where per_image=False.
    #[getter]
    fn images<'py>(&self, py: Python<'py>) -> PyResult<Rows<'py>> {
        let mut rows = Vec::new();
        for image in self.image_documents()? {
            for (object, values) in &image.objects {
                let row = image_row(py, image)?;
                row.set_item("object", object)?;
                add_values(&row, values)?;
                rows.push(row);
            }
        }
        Ok(rows)
    }

    /// A flat record an image: image, fold (as in images), then the measures of whole images,
    /// such as pixel_error; None where undefined. A list of dict.
    ///
    /// Raises ValueError where per_image=False.
    #[getter]
    fn image_measures<'py>(&self, py: Python<'py>) -> PyResult<Rows<'py>> {
        let row = |image: &ImageDocument| {
            let row = image_row(py, image)?;
            add_values(&row, &image.image_measures)?;
            Ok(row)
        };
        self.image_documents()?.iter().map(row).collect()
    }

    /// A flat record an object and measure, over all images: object, measure, mean,
    /// sd, min, q1, median, q3, max, ci95_low, ci95_high, n, n_undefined; None for a missing
    /// number. Measures of whole images come last, with object None. to_dict()["folds"] has
    /// the same for each fold, where there are several. A list of dict.
    #[getter]
    fn summary<'py>(&self, py: Python<'py>) -> PyResult<Rows<'py>> {
        let objects = self.document.objects.iter().map(|(id, found)| (Some(id.as_str()), found));
        let all = objects.chain([(None, &self.document.image_measures)]);
        all.flat_map(|(object, found)| {
            found.iter().map(move |(measure, found)| summary_row(py, object, measure, found))
        })
        .collect()
    }

    /// Notices about ignored files of the set of masks. A list of str.
    #[getter]
    fn notices(&self) -> Vec<String> {
        self.notices.clone()
    }

    /// A table as a pandas.DataFrame: "images", "image_measures" or "summary".
    ///
    /// Columns of measures are float64, undefined values NaN. Needs pandas, which only this
    /// method imports.
    #[pyo3(signature = (table="images"))]
    fn to_pandas<'py>(&self, py: Python<'py>, table: &str) -> PyResult<Bound<'py, PyAny>> {
        let rows = match table {
            "images" => self.images(py)?,
            "image_measures" => self.image_measures(py)?,
            "summary" => self.summary(py)?,
            _ => {
                return Err(PyValueError::new_err(format!(
                    "expected `images`, `image_measures` or `summary`, found `{table}`"
                )));
            }
        };
        // A column of undefined values has no number to infer its type from.
        let types = PyDict::new(py);
        if let Some(row) = rows.first() {
            for column in row.keys() {
                let name: String = column.extract()?;
                if !NOT_NUMBERS.contains(&name.as_str()) {
                    types.set_item(column, "float64")?;
                }
            }
        }
        let frame = py.import("pandas")?.getattr("DataFrame")?.call1((rows,))?;
        frame.call_method1("astype", (types,))
    }

    fn _repr_html_(&self) -> String {
        tables_html(&result_tables(&self.document, Width::Report))
    }

    fn __repr__(&self) -> String {
        let document = &self.document;
        let objects: Vec<&str> = document.objects.keys().map(String::as_str).collect();
        format!(
            "<scr_eval.Result of {} against {}: {}>",
            document.masks_digest,
            document.benchmark,
            objects.join(", ")
        )
    }
}

/// Columns of words and counts.
const NOT_NUMBERS: [&str; 6] = ["image", "fold", "object", "measure", "n", "n_undefined"];

impl EvaluationResult {
    fn image_documents(&self) -> PyResult<&[ImageDocument]> {
        self.document.images.as_deref().ok_or_else(|| {
            PyValueError::new_err("expected the values of images, found per_image=False")
        })
    }
}

fn image_row<'py>(py: Python<'py>, image: &ImageDocument) -> PyResult<Bound<'py, PyDict>> {
    let row = PyDict::new(py);
    row.set_item("image", &image.image)?;
    set_fold(&row, "fold", image.fold)?;
    Ok(row)
}

/// Sets an item to a fold: its number, or "train", "validation", "test" or "all".
pub(crate) fn set_fold(row: &Bound<'_, PyDict>, key: &str, fold: Fold) -> PyResult<()> {
    match fold {
        Fold::Number(number) => row.set_item(key, number),
        set @ Fold::Set(_) => row.set_item(key, set.to_string()),
    }
}

fn add_values(row: &Bound<'_, PyDict>, values: &MeasureMap<Option<f64>>) -> PyResult<()> {
    values.iter().try_for_each(|(key, value)| row.set_item(key, value))
}

fn summary_row<'py>(
    py: Python<'py>,
    object: Option<&str>,
    measure: &str,
    found: &SummaryDocument,
) -> PyResult<Bound<'py, PyDict>> {
    let row = PyDict::new(py);
    row.set_item("object", object)?;
    row.set_item("measure", measure)?;
    row.set_item("mean", found.mean)?;
    row.set_item("sd", found.sd)?;
    row.set_item("min", found.min)?;
    row.set_item("q1", found.q1)?;
    row.set_item("median", found.median)?;
    row.set_item("q3", found.q3)?;
    row.set_item("max", found.max)?;
    row.set_item("ci95_low", found.ci95.map(|[low, _]| low))?;
    row.set_item("ci95_high", found.ci95.map(|[_, high]| high))?;
    row.set_item("n", found.n)?;
    row.set_item("n_undefined", found.n_undefined)?;
    Ok(row)
}
