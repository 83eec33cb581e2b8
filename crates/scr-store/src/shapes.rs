//! Shapes of structures over the images of a benchmark: areas, extents, frequency of each place,
//! and the mean radiograph.
//!
//! Computed once from outlines and thumbnails of the store, of at most [`MAX_IMAGES`] images, and
//! kept in the folder `cache` of the data folder, one file a benchmark. Compares no masks.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;
use scr_data::{durable, formats};
use scr_documents::BenchmarkDocument;
use scr_image::{Mask, Outline, Point, Radiograph, Size};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::blobs::{BlobKey, Blobs};
use crate::blocking::run_blocking;
use crate::outlines::OutlinesDocument;
use crate::publish::benchmark::THUMBNAIL_SIDE_PX;
use crate::storage_error::StorageError;

/// Most images that are read, evenly spaced over the benchmark: a few seconds of work.
pub const MAX_IMAGES: usize = 2000;
/// The same where files are made from masks and radiographs as they are asked for.
const MAX_MADE: usize = 64;
/// Version of this computation: a kept file of another one is computed again.
const VERSION: u32 = 1;
/// Shares of the images, in percent, whose contours are traced.
pub const CONTOUR_PERCENTS: [u32; 3] = [10, 50, 90];

/// Shapes of all structures of a reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShapesDocument {
    /// Key of the content that the shapes were computed from.
    key: String,
    /// Positions of the images in the benchmark that were read.
    pub images: Vec<usize>,
    /// Width and height of the frame of contours and mean radiograph: all images are scaled to it.
    pub size: [usize; 2],
    /// Structures in the benchmark's order.
    pub structures: Vec<StructureShapes>,
    /// Mean of the thumbnails, 0 to 255, row by row; empty without radiographs.
    pub mean: Vec<u8>,
    /// Number of radiographs in the mean.
    pub n_mean: usize,
}

/// Shapes of one structure; an image where it is empty has no values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StructureShapes {
    /// Identifier.
    pub id: String,
    /// Area in each image, in pixels of its masks.
    pub area_px2: Vec<Option<f64>>,
    /// Width and height of the smallest box around it in each image, in pixels.
    pub box_px: Vec<Option<[f64; 2]>>,
    /// Outlines of the places that belong to the structure in at least so many percent of the
    /// images ([`CONTOUR_PERCENTS`]): closed polygons `x0, y0, x1, y1, ...` in the frame.
    pub contours: [Vec<Vec<u32>>; 3],
}

/// Shapes in memory, and the lock under which they are computed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shapes {
    known: Arc<Mutex<HashMap<String, Arc<ShapesDocument>>>>,
}

impl Shapes {
    /// Shapes of the structures of `observer`: from memory, from the file at `kept`, or computed.
    /// Others wait meanwhile, so that no two are computed at once.
    pub(crate) async fn get(
        &self,
        blobs: &Blobs,
        kept: PathBuf,
        benchmark: &BenchmarkDocument,
        observer: &str,
    ) -> Result<Arc<ShapesDocument>, StorageError> {
        let key = key(benchmark, observer);
        let mut known = self.known.lock().await;
        if let Some(found) = known.get(&benchmark.id).filter(|found| found.key == key) {
            return Ok(Arc::clone(found));
        }
        let (blobs, of, observer) = (blobs.clone(), benchmark.clone(), observer.to_owned());
        let work = move || -> Result<ShapesDocument, StorageError> {
            if let Some(found) = read(&kept).filter(|found| found.key == key) {
                return Ok(found);
            }
            let found = computed(&blobs, &of, &observer, key)?;
            keep(&kept, &found);
            Ok(found)
        };
        let found = Arc::new(run_blocking(work).await?);
        known.insert(benchmark.id.clone(), Arc::clone(&found));
        Ok(found)
    }
}

fn key(benchmark: &BenchmarkDocument, observer: &str) -> String {
    let n_pixels = benchmark.images.iter().filter(|image| image.has_pixels).count();
    format!("{VERSION} {} {observer} {n_pixels}", benchmark.digest)
}

/// Shapes in a kept file; none if it is gone or damaged, and then they are computed again.
fn read(kept: &std::path::Path) -> Option<ShapesDocument> {
    serde_json::from_slice(&std::fs::read(kept).ok()?).ok()
}

/// Keeps shapes for the next start; without a place for them they are computed again then.
fn keep(kept: &std::path::Path, found: &ShapesDocument) {
    let written = serde_json::to_vec(found)
        .map_err(std::io::Error::other)
        .and_then(|json| durable::write(kept, &json));
    if let Err(error) = written {
        tracing::warn!(%error, path = %kept.display(), "shapes of a benchmark cannot be kept");
    }
}

/// Sums over the images that one thread has read.
struct Sums {
    /// Number of images that have a structure at a pixel of the frame, by structure.
    counts: Vec<Vec<u32>>,
    mean: Vec<u32>,
    n_mean: u32,
}

impl Sums {
    fn new(n_structures: usize, area: usize) -> Self {
        Self { counts: vec![vec![0; area]; n_structures], mean: vec![0; area], n_mean: 0 }
    }

    fn with(mut self, other: &Self) -> Self {
        let pairs = self.counts.iter_mut().zip(&other.counts);
        for (sums, more) in pairs.chain([(&mut self.mean, &other.mean)]) {
            sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        }
        self.n_mean += other.n_mean;
        self
    }
}

/// Area and box of a structure in one image.
type Shape = Option<(f64, [f64; 2])>;

fn computed(
    blobs: &Blobs,
    benchmark: &BenchmarkDocument,
    observer: &str,
    key: String,
) -> Result<ShapesDocument, StorageError> {
    let images = &benchmark.images;
    let n = images.len().min(if blobs.are_made() { MAX_MADE } else { MAX_IMAGES });
    let places: Vec<usize> = (0..n).map(|index| index * images.len() / n).collect();
    let size = frame(benchmark);
    let n_structures = benchmark.structures.len();
    let read = |place: usize| -> Result<(Vec<Shape>, Sums), StorageError> {
        let mut sums = Sums::new(n_structures, size.area());
        let shapes = add_outlines(blobs, benchmark, observer, place, size, &mut sums)?;
        if images[place].has_pixels {
            add_thumbnail(blobs, &benchmark.id, &images[place].id, size, &mut sums)?;
        }
        Ok((shapes, sums))
    };
    // Few images at a time: their sums are added before the next ones are read.
    let mut shapes: Vec<Vec<Shape>> = Vec::with_capacity(n);
    let mut sums = Sums::new(n_structures, size.area());
    for chunk in places.chunks(2 * rayon::current_num_threads().max(1)) {
        let found: Vec<_> = chunk.par_iter().map(|place| read(*place)).collect();
        for found in found {
            let (of_image, more) = found?;
            shapes.push(of_image);
            sums = sums.with(&more);
        }
    }
    let structures = benchmark.structures.iter().enumerate().map(|(index, structure)| {
        let of_images = || shapes.iter().map(|of_image| of_image.get(index).copied().flatten());
        StructureShapes {
            id: structure.id.clone(),
            area_px2: of_images().map(|shape| shape.map(|(area, _)| area)).collect(),
            box_px: of_images().map(|shape| shape.map(|(_, sides)| sides)).collect(),
            contours: CONTOUR_PERCENTS
                .map(|percent| contour(&sums.counts[index], size, n, percent)),
        }
    });
    let n_mean = sums.n_mean;
    let mean = sums.mean.iter().map(|sum| ((sum + n_mean / 2) / n_mean.max(1)) as u8);
    Ok(ShapesDocument {
        key,
        images: places,
        size: [size.width, size.height],
        structures: structures.collect(),
        mean: if n_mean == 0 { Vec::new() } else { mean.collect() },
        n_mean: n_mean as usize,
    })
}

/// Frame with the shape of the middle image by width to height, as large as a thumbnail.
fn frame(benchmark: &BenchmarkDocument) -> Size {
    let mut sizes: Vec<(usize, usize)> =
        benchmark.images.iter().map(|image| (image.width.max(1), image.height.max(1))).collect();
    sizes.sort_by(|left, right| (left.0 * right.1).cmp(&(right.0 * left.1)));
    let (width, height) = sizes.get(sizes.len() / 2).copied().unwrap_or((1, 1));
    let longest = width.max(height);
    let side = |length: usize| (length * THUMBNAIL_SIDE_PX / longest).max(1);
    Size::new(side(width), side(height))
}

fn add_outlines(
    blobs: &Blobs,
    benchmark: &BenchmarkDocument,
    observer: &str,
    place: usize,
    size: Size,
    sums: &mut Sums,
) -> Result<Vec<Shape>, StorageError> {
    let image = &benchmark.images[place];
    let Some(file) = blobs.read(&BlobKey::outlines(&benchmark.id, observer, &image.id)?)? else {
        return Ok(vec![None; benchmark.structures.len()]);
    };
    let outlines = OutlinesDocument::from_json(&file).map_err(|source| StorageError::Document {
        what: "outlines",
        id: image.id.clone(),
        source,
    })?;
    let [width, height] = outlines.size.map(|side| side.max(1) as f64);
    let scale = (size.width as f64 / width, size.height as f64 / height);
    let mut shapes = Vec::new();
    for (structure, counts) in benchmark.structures.iter().zip(&mut sums.counts) {
        let polygons = outlines.structures.get(&structure.id).map_or(&[][..], Vec::as_slice);
        let polygons: Vec<Outline> = polygons.iter().map(|polygon| outline(polygon)).collect();
        let scaled: Vec<Outline> =
            polygons.iter().map(|polygon| polygon.scaled(scale.0, scale.1)).collect();
        let mask = Mask::filled(size, &scaled);
        for row in 0..size.height {
            for col in mask.columns_in_row(row) {
                counts[row * size.width + col] += 1;
            }
        }
        shapes.push(shape(&polygons));
    }
    Ok(shapes)
}

fn outline(polygon: &[u32]) -> Outline {
    let points = polygon.chunks_exact(2);
    Outline::new(points.map(|point| Point::new(point[0].into(), point[1].into())).collect())
}

/// Area and box of traced outlines: parts turn one way and holes the other.
fn shape(polygons: &[Outline]) -> Shape {
    let area = polygons.iter().map(Outline::signed_area_px2).sum::<f64>().abs();
    if area == 0.0 {
        return None;
    }
    let points = || polygons.iter().flat_map(Outline::points);
    let extent = |of: fn(&Point) -> f64| {
        let ends = points().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| {
            (low.min(at), high.max(at))
        });
        ends.1 - ends.0
    };
    Some((area, [extent(|point| point.x), extent(|point| point.y)]))
}

fn add_thumbnail(
    blobs: &Blobs,
    benchmark: &str,
    image: &str,
    size: Size,
    sums: &mut Sums,
) -> Result<(), StorageError> {
    let Some(file) = blobs.read(&BlobKey::thumbnail(benchmark, image)?)? else { return Ok(()) };
    // A damaged picture is missing from the mean; its page reports it.
    let Ok(thumbnail) = formats::png::read_radiograph(&file) else { return Ok(()) };
    let Size { width, height } = thumbnail.size();
    for row in 0..size.height {
        let line = &thumbnail.pixels()[row * height / size.height * width..][..width];
        for col in 0..size.width {
            let value = line[col * width / size.width];
            sums.mean[row * size.width + col] += u32::from(value);
        }
    }
    sums.n_mean += 1;
    Ok(())
}

fn contour(counts: &[u32], size: Size, n: usize, percent: u32) -> Vec<Vec<u32>> {
    let least = (n as u64 * u64::from(percent)).div_ceil(100).max(1);
    let mask = Mask::from_fn(size, |col, row| u64::from(counts[row * size.width + col]) >= least);
    let outlines = mask.outlines();
    let numbers = |outline: &Outline| {
        outline.points().iter().flat_map(|p| [p.x as u32, p.y as u32]).collect()
    };
    outlines.iter().map(numbers).collect()
}

impl ShapesDocument {
    /// The mean radiograph as an 8-bit grey PNG; none without radiographs.
    #[must_use]
    pub fn mean_png(&self) -> Option<Vec<u8>> {
        let size = Size::new(self.size[0], self.size[1]);
        let pixels = self.mean.iter().map(|value| u16::from(*value)).collect();
        let mean = Radiograph::new(size, 255, pixels, None).ok()?;
        formats::png::write_radiograph(&mean).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_of_traced_outlines_is_the_number_of_pixels_without_holes() {
        let mask = Mask::from_text("####. #..#. ####. ....#");
        let found = shape(&mask.outlines()).unwrap();
        assert_eq!(found, (11.0, [5.0, 4.0]));
        assert_eq!(shape(&Mask::from_text("...").outlines()), None);
    }

    #[test]
    fn a_contour_encloses_the_places_of_so_many_images() {
        let size = Size::new(3, 1);
        let area = |percent| {
            let polygons = contour(&[10, 5, 1], size, 10, percent);
            polygons.iter().map(|polygon| outline(polygon).area_px2()).sum::<f64>()
        };
        assert_eq!([10, 50, 90].map(area), [3.0, 2.0, 1.0]);
    }
}
