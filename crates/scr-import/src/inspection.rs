//! Inspection of radiographs and masks: sizes, spacings and values, before anything is
//! written. Every file is read once, on all cores; none stays in memory.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use scr_data::formats::{self, MaskValue};
use scr_data::{Problem, Problems, files};
use scr_image::{Mask, Size, Spacing};

use crate::listing::FoundFile;
use crate::progress::Progress;

/// Formats that state a spacing of the patient; others state one of paper or screen.
const WITH_SPACING: &[&str] =
    &["dcm", "dicom", "dic", "mha", "mhd", "nrrd", "nhdr", "nii", "nii.gz", "img"];

/// Radiograph, as its file states it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct InspectedImage {
    /// Width and height.
    pub(crate) size: Size,
    /// Spacing, where the format states one of the patient.
    pub(crate) spacing: Option<Spacing>,
}

/// File of a mask or label map.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct InspectedMask {
    /// Width and height.
    pub(crate) size: Size,
    /// Layers that are not background.
    pub(crate) layers: Vec<InspectedLayer>,
}

/// Layer of a file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct InspectedLayer {
    /// Identification.
    pub(crate) key: LayerKey,
    /// Facts about its pixels.
    pub(crate) shape: Shape,
}

/// Identification of a layer within its file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LayerKey {
    /// Value or colour.
    pub(crate) value: MaskValue,
    /// Place in the palette, where there is one.
    pub(crate) index: Option<u8>,
    /// Name that the file states.
    pub(crate) name: Option<String>,
}

/// Facts about a mask.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Shape {
    /// Share of the image's pixels.
    pub(crate) share: f64,
    /// Mean column in shares of the width; 0.5 for an empty mask.
    pub(crate) centre_x: f64,
    /// True when empty columns divide it into two large parts.
    pub(crate) has_two_sides: bool,
}

impl Shape {
    /// Smallest share of a mask's pixels that is a side.
    const SIDE_SHARE: f64 = 0.1;

    /// Facts about a mask.
    pub(crate) fn of(mask: &Mask) -> Self {
        let size = mask.size();
        let mut columns = vec![0u64; size.width];
        for row in 0..size.height {
            mask.columns_in_row(row).for_each(|column| columns[column] += 1);
        }
        let count: u64 = columns.iter().sum();
        let sum: f64 =
            columns.iter().enumerate().map(|(at, &n)| (at as f64 + 0.5) * n as f64).sum();
        let mut has_two_sides = false;
        let mut before = 0;
        for &in_column in &columns {
            let share = before as f64 / count as f64;
            let is_between = (Self::SIDE_SHARE..=1.0 - Self::SIDE_SHARE).contains(&share);
            has_two_sides |= in_column == 0 && is_between;
            before += in_column;
        }
        Self {
            share: count as f64 / size.area() as f64,
            centre_x: if count == 0 { 0.5 } else { sum / count as f64 / size.width as f64 },
            has_two_sides,
        }
    }
}

/// Inspects radiographs.
pub(crate) fn images(
    list: &[FoundFile],
    progress: Progress<'_>,
) -> (Vec<Option<InspectedImage>>, Problems) {
    each("reading radiographs", list, progress, image)
}

/// Inspects files of masks.
pub(crate) fn masks(
    list: &[FoundFile],
    progress: Progress<'_>,
) -> (Vec<Option<InspectedMask>>, Problems) {
    each("reading masks", list, progress, mask)
}

/// Size of a radiograph by its header; none for an unreadable one.
pub(crate) fn image_size(file: &FoundFile) -> Option<Size> {
    let bytes = files::read_file(&file.path).ok()?;
    let nothing = Some(Size::new(0, 0));
    match formats::read_radiograph_sized(&file.format_name(), &bytes, nothing) {
        Err(formats::FormatError::OtherSize { found, .. }) => Some(found),
        _ => None,
    }
}

/// True for a picture of few values, such as a mask has.
pub(crate) fn looks_like_mask(file: &FoundFile) -> bool {
    const MAX_VALUES: usize = 32;
    let Ok(bytes) = files::read_file(&file.path) else { return false };
    formats::read_layers(&file.format_name(), &bytes, None)
        .is_ok_and(|layers| layers.layers.len() <= MAX_VALUES)
}

fn each<T: Send>(
    task: &str,
    list: &[FoundFile],
    progress: Progress<'_>,
    read: impl Fn(&FoundFile) -> Result<T, Problem> + Sync,
) -> (Vec<Option<T>>, Problems) {
    let done = AtomicUsize::new(0);
    let results: Vec<Result<T, Problem>> = list
        .par_iter()
        .map(|file| {
            let result = read(file);
            progress(task, done.fetch_add(1, Ordering::Relaxed) + 1, list.len());
            result
        })
        .collect();
    let mut problems = Problems::default();
    let values = results.into_iter().map(|result| problems.keep(result)).collect();
    (values, problems)
}

fn image(file: &FoundFile) -> Result<InspectedImage, Problem> {
    let bytes = files::read_file(&file.path)?;
    let radiograph = formats::read_radiograph(&file.format_name(), &bytes)
        .map_err(|error| Problem::format(&file.place(), &error))?;
    let states = WITH_SPACING.contains(&file.extension.as_str());
    let spacing = radiograph.spacing().filter(|_| states);
    Ok(InspectedImage { size: radiograph.size(), spacing })
}

fn mask(file: &FoundFile) -> Result<InspectedMask, Problem> {
    let bytes = files::read_file(&file.path)?;
    let layers = formats::read_layers(&file.format_name(), &bytes, None)
        .map_err(|error| Problem::format(&file.place(), &error))?;
    let layer = |layer: formats::Layer| InspectedLayer {
        shape: Shape::of(&layer.mask),
        key: LayerKey { value: layer.value, index: layer.index, name: layer.name },
    };
    Ok(InspectedMask { size: layers.size, layers: layers.layers.into_iter().map(layer).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_columns_divide_sides() {
        let shape = |text: &str| Shape::of(&Mask::from_text(text));
        let two = shape("##..## ##..##");
        assert!(two.has_two_sides && two.centre_x == 0.5);
        assert!(!shape(".####. .####.").has_two_sides);
        assert!(!shape("...... ......").has_two_sides);
        assert!(shape("##.... ##....").centre_x < 0.2);
    }
}
