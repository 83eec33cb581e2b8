//! Thumbnails of radiographs, with or without outlines, for lists and examples.

use scr_documents::{BenchmarkDocument, Fold, ImageEntryDocument};
use scr_store::{Copies, OutlinesDocument, PublicStore};
use std::fmt::Write as _;

use crate::address;
use crate::error::Failure;
use crate::outlines;

/// Number of steps across the image's width to which outlines are simplified.
const STEPS_ACROSS: f64 = 160.0;
/// Colours and dashes of structures, as in `static/style.css`.
const STRUCTURES: [(&str, &str); 5] = [
    ("#56b4e9", "none"),
    ("#e69f00", "7 2"),
    ("#f0e442", "none"),
    ("#cc79a7", "4 2"),
    ("#00b386", "2 2"),
];
/// Colour and dashes of an entry's outlines, which no structure has.
const ENTRY: (&str, &str) = ("#ffffff", "3 2");

/// Strokes of outlines over a thumbnail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strokes {
    /// Colour and dashes by structure.
    Reference,
    /// White and dashed, to be told from a reference below.
    Entry,
}
/// Thumbnail that links to the image browser.
#[derive(Debug, Clone)]
pub(crate) struct Thumbnail {
    /// Identifier of the image.
    pub(crate) image: String,
    /// Fold of the image, where the benchmark has several.
    pub(crate) fold: Option<Fold>,
    /// Columns of the frame that outlines are in.
    pub(crate) width: usize,
    /// Rows of that frame.
    pub(crate) height: usize,
    /// The picture; none where the terms forbid display or there are no pixels.
    pub(crate) src: Option<String>,
    /// The browser on this image.
    pub(crate) href: String,
    /// True for a phantom.
    pub(crate) phantom: bool,
    /// The reference's outlines as SVG paths, one a structure; none for a plain picture.
    pub(crate) paths: Vec<String>,
}

impl Thumbnail {
    /// Thumbnail without outlines.
    pub(crate) fn plain(benchmark: &BenchmarkDocument, image: &ImageEntryDocument) -> Self {
        let may_show = benchmark.terms.display.is_allowed() && image.has_pixels;
        let has_folds = matches!(image.fold, Fold::Number(_));
        Self {
            image: image.id.clone(),
            fold: Some(image.fold).filter(|_| has_folds),
            width: image.width,
            height: image.height,
            src: may_show.then(|| address::thumbnail(benchmark, &image.id)),
            href: address::browse(&benchmark.id, &image.id, ""),
            phantom: benchmark.phantom,
            paths: Vec::new(),
        }
    }

    /// Thumbnail with the reference's outlines.
    pub(crate) async fn outlined(
        store: &PublicStore,
        benchmark: &BenchmarkDocument,
        image: &ImageEntryDocument,
    ) -> Result<Self, Failure> {
        let mut thumbnail = Self::plain(benchmark, image);
        if !benchmark.terms.display.is_allowed() {
            return Ok(thumbnail);
        }
        let Some(reference) = benchmark.reference() else { return Ok(thumbnail) };
        let file = store
            .benchmarks()
            .outlines(benchmark, &reference.id, &image.id, Copies::Display)
            .await?;
        if let Some(file) = file {
            let outlines = outlines::read(&file)?;
            let step_px = outlines.size[0] as f64 / STEPS_ACROSS;
            thumbnail.paths = benchmark
                .structures
                .iter()
                .map(|structure| outlines::path(&outlines, &structure.id, step_px))
                .collect();
        }
        Ok(thumbnail)
    }
}

/// `n` images of a benchmark, evenly spaced.
pub(crate) fn evenly_spaced(benchmark: &BenchmarkDocument, n: usize) -> Vec<&ImageEntryDocument> {
    let images = &benchmark.images;
    let n = n.min(images.len());
    (0..n).map(|index| &images[index * images.len() / n]).collect()
}

/// Outlines as an SVG picture of an image's frame, without a background. A picture has no
/// style sheet, so its strokes are attributes; dashes are in pixels of the screen.
pub(crate) fn outlines_svg(
    benchmark: &BenchmarkDocument,
    read: &OutlinesDocument,
    strokes: Strokes,
) -> String {
    let [width, height] = read.size;
    let step_px = width as f64 / STEPS_ACROSS;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" fill=\"none\" \
         stroke-linejoin=\"round\">"
    );
    for (index, structure) in benchmark.structures.iter().enumerate() {
        let path = outlines::path(read, &structure.id, step_px);
        if path.is_empty() {
            continue;
        }
        let ((colour, dashes), width) = match strokes {
            Strokes::Reference => (STRUCTURES[index % STRUCTURES.len()], 1.5),
            Strokes::Entry => (ENTRY, 1.0),
        };
        write!(
            svg,
            "<path d=\"{path}\" stroke=\"{colour}\" stroke-width=\"{width}\" \
             stroke-dasharray=\"{dashes}\" vector-effect=\"non-scaling-stroke\"/>"
        )
        .expect("writing to a String does not fail");
    }
    svg + "</svg>"
}
