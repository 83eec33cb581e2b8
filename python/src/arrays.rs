//! Conversion of arrays to masks, without a copy: numpy arrays, and arrays with DLPack in the
//! memory of the CPU, such as torch tensors.
//!
//! The rule is that of mask files: 0 is background and one other value the structure;
//! nothing is thresholded. Rows are packed directly from the array, with any strides. Only
//! an array in foreign byte order, or misaligned, is copied first.

use std::collections::BTreeSet;

use numpy::ndarray::ArrayView2;
use numpy::{
    Element, PyArray2, PyArrayDescrMethods, PyArrayMethods, PyUntypedArray, PyUntypedArrayMethods,
};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;
use scr_data::Problem;
use scr_data::formats::{FormatError, MAX_AREA_PX, MaskValue};
use scr_image::{Mask, Size};

/// Converts the argument `place` to a mask.
///
/// # Errors
/// `TypeError` when it is no array; inside, a [`Problem`] when it is no mask.
pub(crate) fn read_mask(place: &str, array: &Bound<'_, PyAny>) -> PyResult<Result<Mask, Problem>> {
    let array = match to_numpy(place, array)? {
        Ok(array) => array,
        Err(problem) => return Ok(Err(problem)),
    };
    let array = array.cast::<PyUntypedArray>()?;
    if let Err(problem) = is_image(place, array)? {
        return Ok(Err(problem));
    }
    let (kind, bytes) = (array.dtype().kind(), array.dtype().itemsize());
    let mask = match (kind, bytes) {
        // A byte of a bool array may hold anything: 0 is false, the rest is true.
        (b'b', 1) => {
            pack(&array.call_method1("view", ("uint8",))?, |pixel: u8| u8::from(pixel != 0))
        }
        (b'u', 1) => pack(array, |pixel: u8| pixel),
        (b'u', 2) => pack(array, |pixel: u16| pixel),
        (b'u', 4) => pack(array, |pixel: u32| pixel),
        (b'u', 8) => pack(array, |pixel: u64| pixel),
        (b'i', 1) => pack(array, |pixel: i8| pixel),
        (b'i', 2) => pack(array, |pixel: i16| pixel),
        (b'i', 4) => pack(array, |pixel: i32| pixel),
        (b'i', 8) => pack(array, |pixel: i64| pixel),
        _ => return Ok(Err(no_integers(place, array))),
    }?;
    Ok(mask.map_err(|error| not_binary(place, &error)))
}

/// The argument `place` as a numpy array, which shares its memory.
///
/// # Errors
/// `TypeError` when it is no array; inside, a [`Problem`] when its memory cannot be shared.
pub(crate) fn to_numpy<'py>(
    place: &str,
    array: &Bound<'py, PyAny>,
) -> PyResult<Result<Bound<'py, PyAny>, Problem>> {
    if array.is_instance_of::<PyUntypedArray>() {
        return Ok(Ok(array.clone()));
    }
    let found = array.get_type().name()?;
    if !array.hasattr("__dlpack__")? {
        return Err(PyTypeError::new_err(format!(
            "{place}: expected a numpy array, or an array with DLPack such as a torch tensor, \
             found {found}; numpy.asarray makes one"
        )));
    }
    let shared = array.py().import("numpy")?.call_method1("from_dlpack", (array,));
    Ok(shared.map_err(|error| {
        let expected = "an array that numpy can share: on the CPU, without gradients";
        let hint = format!("of a torch tensor, {place}.detach().cpu()");
        Problem::new(place, expected, format!("{found}: {error}"), hint)
    }))
}

/// Problem of a mask whose shape is not the reference's.
pub(crate) fn other_shape(place: &str, reference: &Mask, prediction: &Mask) -> Problem {
    let shape = |mask: &Mask| shape(&[mask.size().height, mask.size().width]);
    let expected = format!("the reference's {}", shape(reference));
    let hint = "masks are compared pixel by pixel: nothing is resized here";
    Problem::new(place, expected, shape(prediction), hint)
}

/// Checks that the array can be an image: two axes, within the size limits of files.
fn is_image(place: &str, array: &Bound<'_, PyUntypedArray>) -> PyResult<Result<(), Problem>> {
    static MASKED: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    if array.is_instance(MASKED.import(array.py(), "numpy.ma", "MaskedArray")?)? {
        let hint = "which pixels are meant cannot be known: fill it, as in array.filled(0)";
        return Ok(Err(Problem::new(place, "a plain array", "a masked array", hint)));
    }
    let &[height, width] = array.shape() else {
        let hint = "give one image, without axes for channels or slices";
        let expected = "an array of shape (rows, columns)";
        return Ok(Err(Problem::new(place, expected, shape(array.shape()), hint)));
    };
    let (width, height) = (width as u64, height as u64);
    let error = match width.checked_mul(height) {
        Some(0) => FormatError::NoPixels { width, height },
        Some(area) if area <= MAX_AREA_PX as u64 => return Ok(Ok(())),
        _ => FormatError::TooLarge { width, height },
    };
    Ok(Err(Problem::new(place, error.expected(), shape(array.shape()), "")))
}

/// Formats a shape as Python does.
pub(crate) fn shape(lengths: &[usize]) -> String {
    match lengths {
        [one] => format!("shape ({one},)"),
        _ => {
            let lengths: Vec<String> = lengths.iter().map(ToString::to_string).collect();
            format!("shape ({})", lengths.join(", "))
        }
    }
}

fn no_integers(place: &str, array: &Bound<'_, PyUntypedArray>) -> Problem {
    let expected = "an array of bool or integer dtype";
    let hint = format!("no threshold is chosen here: compare it yourself, as in {place} > 0.5");
    Problem::new(place, expected, format!("dtype {}", array.dtype()), hint)
}

fn not_binary(place: &str, error: &FormatError) -> Problem {
    let hint = format!("say which value is meant, as in {place} == 1: no threshold is chosen here");
    Problem::new(place, error.expected(), error.found(), hint)
}

/// Element of an array.
trait Pixel: Element + Copy + Ord + Default {
    /// The value in messages; values beyond i64 become its maximum.
    fn number(self) -> i64;
}

macro_rules! pixels {
    ($($integer:ty),*) => {
        $(impl Pixel for $integer {
            fn number(self) -> i64 {
                i64::try_from(self).unwrap_or(i64::MAX)
            }
        })*
    };
}
pixels!(u8, u16, u32, u64, i8, i16, i32, i64);

/// Converts an array of `T` to a mask; `meaning` maps a stored value to its value.
fn pack<T: Pixel>(
    array: &Bound<'_, PyAny>,
    meaning: impl Fn(T) -> T,
) -> PyResult<Result<Mask, FormatError>> {
    let array = array.cast::<PyUntypedArray>()?;
    let dtype = array.dtype();
    let copy;
    let array = if dtype.is_native_byteorder() == Some(false) || !array.is_aligned() {
        let native = dtype.call_method1("newbyteorder", ("=",))?;
        copy = array.call_method1("astype", (native,))?;
        copy.cast::<PyArray2<T>>()?
    } else {
        array.cast::<PyArray2<T>>()?
    };
    let array = array.try_readonly()?;
    Ok(pack_rows(&array.as_array(), meaning))
}

fn pack_rows<T: Pixel>(
    pixels: &ArrayView2<'_, T>,
    meaning: impl Fn(T) -> T,
) -> Result<Mask, FormatError> {
    let (height, width) = pixels.dim();
    let mut mask = Mask::empty(Size::new(width, height));
    let (mut value, mut is_known, mut gathered) = (None, true, Vec::new());
    for (row, line) in pixels.outer_iter().enumerate() {
        let line = match line.as_slice() {
            Some(line) => line,
            None => {
                gathered.clear();
                gathered.extend(&line);
                &gathered
            }
        };
        let first =
            || line.iter().map(|&pixel| meaning(pixel)).find(|&pixel| pixel != T::default());
        let Some(structure) = value.or_else(first) else { continue };
        value = Some(structure);
        mask.write_row(row, |words| {
            let (blocks, rest) = line.as_chunks::<64>();
            for (word, block) in words.iter_mut().zip(blocks) {
                *word = pack_word(block, structure, &meaning, &mut is_known);
            }
            if let (Some(word), false) = (words.last_mut(), rest.is_empty()) {
                *word = pack_word(rest, structure, &meaning, &mut is_known);
            }
        });
    }
    if is_known { Ok(mask) } else { Err(too_many_values(pixels)) }
}

/// Bit i is set where pixel i is not background. Compares into bytes first and
/// gathers these eight at a time, because compilers make vector code of the former.
fn pack_word<T: Pixel>(
    pixels: &[T],
    structure: T,
    meaning: &impl Fn(T) -> T,
    is_known: &mut bool,
) -> u64 {
    let (mut ones, mut unknown) = ([0u8; 64], 0u8);
    for (one, &pixel) in ones.iter_mut().zip(pixels) {
        let pixel = meaning(pixel);
        *one = u8::from(pixel != T::default());
        unknown |= *one & u8::from(pixel != structure);
    }
    *is_known &= unknown == 0;
    // The product holds the eight bytes' lowest bits in its topmost byte.
    let gather =
        |eight: &[u8; 8]| u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    ones.as_chunks::<8>().0.iter().rev().fold(0, |word, eight| word << 8 | gather(eight))
}

/// Maximum number of values counted for the message.
const MAX_COUNTED: usize = 1000;
/// Maximum number of values that the message names.
const MAX_NAMED: usize = 5;

fn too_many_values<T: Pixel>(pixels: &ArrayView2<'_, T>) -> FormatError {
    let mut values = BTreeSet::new();
    for &pixel in pixels {
        values.insert(pixel);
        if values.len() >= MAX_COUNTED {
            break;
        }
    }
    let mut numbers = values.iter().map(|value| MaskValue::Number(value.number()));
    if let (2, Some(lower), Some(upper)) = (values.len(), numbers.next(), numbers.next()) {
        return FormatError::NoBackground { values: [lower, upper] };
    }
    let first = values.iter().take(MAX_NAMED).map(|value| MaskValue::Number(value.number()));
    FormatError::ManyValues {
        count: values.len(),
        is_at_least: values.len() >= MAX_COUNTED,
        first: first.collect(),
    }
}
