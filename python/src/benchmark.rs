//! Benchmark folders: their images and masks as arrays, and scores against them.

use std::path::PathBuf;
use std::sync::Arc;

use numpy::PyArray2;
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use scr_data::digest::Manifest;
use scr_data::{Benchmark, DataError, Image, Object, Problem, Problems};
use scr_image::Mask;
use scr_measures::{Scratch, measure_object};

use crate::folder::{self, Scoring};
use crate::images::Radiograph;
use crate::overlay::Overlay;
use crate::result::{EvaluationResult, set_fold};
use crate::{arrays, background, images, keys, problems};

/// Benchmark: radiographs and masks in a folder with benchmark.toml.
///
/// from_folder(path)                    open a folder
/// id, title, images, objects, folds    its definition
/// radiograph(image)                    grey values, as read_radiograph() gives them
/// mask(image, object)                  reference mask as an array
/// score(image, predictions)            scores of arrays, as in a training loop
/// evaluate(masks)                      scores of a set of masks on disk
/// overlay(image, object, prediction)   picture for a notebook
#[pyclass(frozen, module = "scr_eval", name = "Benchmark")]
pub(crate) struct PyBenchmark {
    benchmark: Arc<Benchmark>,
}

#[pymethods]
impl PyBenchmark {
    /// Open the benchmark in a folder that holds benchmark.toml.
    ///
    /// Raises ProblemsError with everything that is wrong with its definition.
    #[staticmethod]
    #[expect(clippy::needless_pass_by_value, reason = "pyo3 hands over what it made")]
    fn from_folder(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let opened = py.detach(|| Benchmark::open(&path));
        let benchmark = opened.map_err(|error| problems::to_exception(py, &error))?;
        Ok(Self { benchmark: Arc::new(benchmark) })
    }

    /// Identifier.
    #[getter]
    fn id(&self) -> &str {
        &self.benchmark.id
    }

    /// Name for people.
    #[getter]
    fn title(&self) -> &str {
        &self.benchmark.title
    }

    /// Identifiers of the images, in the order of the table. A list of str.
    #[getter]
    fn images(&self) -> Vec<&str> {
        self.benchmark.images.iter().map(|image| image.id.as_str()).collect()
    }

    /// Identifiers of the structures of each object. A dict of str to list of str.
    #[getter]
    fn objects<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let objects = PyDict::new(py);
        for object in &self.benchmark.objects {
            let id = |&index: &usize| self.benchmark.structures[index].id.as_str();
            let structures: Vec<&str> = object.structures.iter().map(id).collect();
            objects.set_item(&object.id, structures)?;
        }
        Ok(objects)
    }

    /// Identifiers of the observers; the first is the reference. A list of str.
    #[getter]
    fn observers(&self) -> Vec<&str> {
        self.benchmark.observers.iter().map(|observer| observer.id.as_str()).collect()
    }

    /// Fold of each scored image: its number, or "test" or "all". A dict of str to int or str.
    #[getter]
    fn folds<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let folds = PyDict::new(py);
        for image in &self.benchmark.images {
            set_fold(&folds, &image.id, image.fold)?;
        }
        Ok(folds)
    }

    /// Radiograph of an image, as read_radiograph() gives it; its spacing is that in the benchmark.
    ///
    /// Raises KeyError for an unknown image, ProblemsError for an unreadable file.
    fn radiograph(&self, py: Python<'_>, image: &str) -> PyResult<Radiograph> {
        let image = self.image(image)?;
        let read = py.detach(|| self.benchmark.read_radiograph(image));
        images::radiograph(py, &images::or_exception(py, read)?)
    }

    /// An observer's mask of an object, the union of its structures: an array of bool of shape
    /// (rows, columns). Default: the reference's.
    ///
    /// Raises KeyError for an unknown image or object, ProblemsError for an unreadable file.
    #[pyo3(signature = (image, object, observer=None))]
    fn mask(
        &self,
        py: Python<'_>,
        image: &str,
        object: &str,
        observer: Option<&str>,
    ) -> PyResult<Py<PyArray2<bool>>> {
        let (image, object) = (self.image(image)?, self.object(object)?);
        let mask = py.detach(|| self.read_object(image, object, observer));
        images::bools(py, &mask.map_err(|error| problems::to_exception(py, &error))?)
    }

    /// Score arrays of one image against the reference, as in a training loop.
    ///
    /// Parameters
    /// ----------
    /// image : str
    ///     Identifier of the image.
    /// predictions : dict of str to array
    ///     Masks by object, as in evaluate(): numpy arrays, or arrays with DLPack such as
    ///     torch tensors.
    /// measures : list of str, optional
    ///     Keys, as in evaluate().
    ///
    /// Returns
    /// -------
    /// dict of str to dict
    ///     Values by object and measure; None where undefined.
    #[pyo3(signature = (image, predictions, measures=None))]
    #[expect(clippy::needless_pass_by_value, reason = "pyo3 hands over what it made")]
    fn score<'py>(
        &self,
        py: Python<'py>,
        image: &str,
        predictions: &Bound<'py, PyDict>,
        measures: Option<Vec<String>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let image = self.image(image)?;
        let mut problems = Problems::default();
        let measures = keys::read(measures.as_deref(), |_| false, &mut problems);
        let mut pairs = Vec::new();
        for (object, array) in predictions.iter() {
            let object = self.object(&object.extract::<String>()?)?;
            let prediction = problems.keep(arrays::read_mask(&object.id, &array)?);
            let reference = match py.detach(|| self.read_object(image, object, None)) {
                Ok(reference) => Some(reference),
                Err(error) => return Err(problems::to_exception(py, &error)),
            };
            if let Some((reference, prediction)) = reference.zip(prediction) {
                if reference.size() == prediction.size() {
                    pairs.push((object, reference, prediction));
                } else {
                    problems.push(arrays::other_shape(&object.id, &reference, &prediction));
                }
            }
        }
        problems::or_exception(py, problems, ())?;
        let spacing = image.spacing.filter(|_| self.benchmark.has_spacing());
        let scored = py.detach(|| {
            let mut scratch = Scratch::default();
            let mut score = |reference: &Mask, prediction: &Mask| {
                measure_object(reference, prediction, spacing, &measures, &mut scratch)
            };
            pairs.iter().map(|(_, reference, prediction)| score(reference, prediction)).collect()
        });
        let scored: Vec<Vec<Option<f64>>> = scored;
        let result = PyDict::new(py);
        for ((object, ..), values) in pairs.iter().zip(scored) {
            let of_object = PyDict::new(py);
            for (measure, value) in measures.iter().zip(values) {
                of_object.set_item(measure.result_key(spacing.is_some()), value)?;
            }
            result.set_item(&object.id, of_object)?;
        }
        Ok(result)
    }

    /// Score a set of masks on disk against this benchmark: evaluate_dir() with this benchmark.
    #[pyo3(signature = (masks, observer=None, measures=None, per_image=true, labels=None))]
    #[expect(clippy::needless_pass_by_value, reason = "pyo3 hands over what it made")]
    fn evaluate(
        &self,
        py: Python<'_>,
        masks: PathBuf,
        observer: Option<&str>,
        measures: Option<Vec<String>>,
        per_image: bool,
        labels: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<EvaluationResult> {
        let observer = observer.unwrap_or(&self.benchmark.reference().id);
        let scoring = Scoring::new(py, observer, measures.as_deref(), per_image, labels)?;
        let benchmark = Arc::clone(&self.benchmark);
        let found = background::run(py, |on_image| scoring.score(&benchmark, &masks, on_image))?;
        folder::finished(py, found)
    }

    /// Picture of an object for a notebook: the radiograph, the reference's outline and, if
    /// given, a prediction's outline with the differences. An Overlay.
    #[pyo3(signature = (image, object, prediction=None))]
    fn overlay(
        &self,
        py: Python<'_>,
        image: &str,
        object: &str,
        prediction: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Overlay> {
        let (image, object) = (self.image(image)?, self.object(object)?);
        let reference = self
            .read_object(image, object, None)
            .map_err(|error| problems::to_exception(py, &error))?;
        let mut problems = Problems::default();
        let prediction = match prediction {
            Some(array) => problems.keep(arrays::read_mask("prediction", array)?),
            None => Some(reference.clone()),
        };
        if let Some(prediction) = &prediction
            && prediction.size() != reference.size()
        {
            problems.push(arrays::other_shape("prediction", &reference, prediction));
        }
        let is_there = self.benchmark.radiograph_path(image).exists();
        let radiograph =
            is_there.then(|| problems.keep(self.benchmark.read_radiograph(image))).flatten();
        let prediction = problems::or_exception(py, problems, prediction)?;
        let prediction = prediction.expect("a mask that is not there is a problem");
        let label = format!("{}, {}", image.id, object.name);
        Ok(Overlay::new(radiograph.as_ref(), &reference, &prediction, &label))
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let escape = py.import("html")?.getattr("escape")?;
        let text = |text: &str| escape.call1((text,))?.extract::<String>();
        let objects: Vec<&str> = self.benchmark.objects.iter().map(|o| o.name.as_str()).collect();
        Ok(format!(
            "<p><strong>{}</strong> ({}): {} images; {}</p>",
            text(&self.benchmark.title)?,
            text(&self.benchmark.id)?,
            self.benchmark.images.len(),
            text(&objects.join(", "))?
        ))
    }

    fn __repr__(&self) -> String {
        format!(
            "<scr_eval.Benchmark {}: {} images>",
            self.benchmark.id,
            self.benchmark.images.len()
        )
    }
}

impl PyBenchmark {
    fn image(&self, id: &str) -> PyResult<&Image> {
        let found = self.benchmark.images.iter().find(|image| image.id == id);
        found
            .ok_or_else(|| PyKeyError::new_err(format!("no image `{id}` in {}", self.benchmark.id)))
    }

    fn object(&self, id: &str) -> PyResult<&Object> {
        let found = self.benchmark.objects.iter().find(|object| object.id == id);
        found.ok_or_else(|| {
            let ids: Vec<&str> = self.benchmark.objects.iter().map(|o| o.id.as_str()).collect();
            PyKeyError::new_err(format!("expected an object of {}, found `{id}`", ids.join(", ")))
        })
    }

    /// An observer's mask of an object, by default the reference's.
    fn read_object(
        &self,
        image: &Image,
        object: &Object,
        observer: Option<&str>,
    ) -> Result<Mask, DataError> {
        let benchmark = &self.benchmark;
        let observer = match observer {
            Some(id) => benchmark.observer(id)?,
            None => benchmark.reference(),
        };
        let read = |&structure: &usize| -> Result<Mask, Problem> {
            let structure = &benchmark.structures[structure];
            benchmark.read_mask(observer, structure, image, &mut Manifest::default())
        };
        let masks = object.structures.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        Ok(Mask::union(masks.iter()).into_owned())
    }
}
