//! Strips of images with the outlines of one or two entries.

use scr_documents::BenchmarkDocument;
use scr_store::{Copies, EntryRow, PublicStore};

use crate::error::Failure;
use crate::outlines;
use crate::thumbnails::Thumbnail;

/// Number of steps across the image's width to which outlines are simplified.
const STEPS_ACROSS: f64 = 160.0;

/// Image of a strip.
pub(crate) struct StripItem {
    pub(crate) thumbnail: Thumbnail,
    /// Target of its link.
    pub(crate) href: String,
    /// Outlines as SVG paths, by entry.
    pub(crate) paths: Vec<Vec<String>>,
    /// Words below its name.
    pub(crate) text: String,
}

/// Image to be shown in a strip.
pub(crate) struct Shown {
    /// Identifier.
    pub(crate) image: String,
    /// Target of its link.
    pub(crate) href: String,
    /// Words below its name.
    pub(crate) text: String,
}

/// Images with the outlines of `entries`, of one object or of all structures.
pub(crate) async fn strip(
    store: &PublicStore,
    benchmark: &BenchmarkDocument,
    object: Option<&str>,
    entries: &[&EntryRow],
    shown: Vec<Shown>,
) -> Result<Vec<StripItem>, Failure> {
    let structures = structures(benchmark, object);
    let mut items = Vec::new();
    for shown in shown {
        let Some(image) = benchmark.images.iter().find(|image| image.id == shown.image) else {
            continue;
        };
        let mut paths = Vec::new();
        for entry in entries {
            let file =
                store.entries().outlines(benchmark, entry, &image.id, Copies::Display).await?;
            let Some(file) = file else {
                paths.push(Vec::new());
                continue;
            };
            let drawn = outlines::read(&file)?;
            let step_px = drawn.size[0] as f64 / STEPS_ACROSS;
            let path = |structure: &&str| outlines::path(&drawn, structure, step_px);
            paths.push(structures.iter().map(path).collect());
        }
        items.push(StripItem {
            thumbnail: Thumbnail::plain(benchmark, image),
            href: shown.href,
            text: shown.text,
            paths,
        });
    }
    Ok(items)
}

/// Structures of an object, or all.
fn structures<'a>(benchmark: &'a BenchmarkDocument, object: Option<&str>) -> Vec<&'a str> {
    match benchmark.objects.iter().find(|found| Some(found.id.as_str()) == object) {
        Some(object) => object.structures.iter().map(String::as_str).collect(),
        None => benchmark.structures.iter().map(|structure| structure.id.as_str()).collect(),
    }
}
