//! Layers of the image browser: outlines of observers and entries, and addresses of
//! posteriors.
//!
//! Lists layers and their visibility; draws nothing.

use std::collections::BTreeMap;

use futures_util::future::try_join_all;
use scr_documents::{BenchmarkDocument, EntryRole, ImageEntryDocument, ObserverDocument};
use scr_store::{Copies, EntryRow, OutlinesDocument, PublicStore, Submission};

use crate::address;
use crate::error::Failure;
use crate::options::Options;
use crate::outline_form::OutlineForm;
use crate::outlines;

/// Visible layers that the page itself draws and scores, which bounds its size and time; its script
/// fetches the others.
pub(super) const MAX_PLAIN_LAYERS: usize = 12;

/// Layer: outlines of an observer or an entry.
pub(super) struct Layer {
    pub(super) id: String,
    pub(super) name: String,
    /// `observer` or `entry`.
    pub(super) kind: &'static str,
    /// Role or authors.
    pub(super) about: String,
    pub(super) page_href: Option<String>,
    /// Entry with the scores of this layer; `None` for the reference.
    pub(super) scored_as: Option<String>,
    pub(super) outlines_href: String,
    /// Addresses of posteriors by structure, as JSON; `None` without posteriors.
    pub(super) posteriors: Option<String>,
    pub(super) shown: bool,
    /// Index of colour and dashes, by [`style_index`].
    pub(super) index: usize,
    /// Outlines of the first visible layers.
    pub(super) outlines: Option<OutlinesDocument>,
}

impl Layer {
    /// Key of the layer on a page, as in the viewer's script.
    pub(super) fn key(&self) -> String {
        let list = if self.kind == "observer" { "observers" } else { "entries" };
        format!("{list}:{}", self.id)
    }
}

/// Structure in the list of structures.
pub(super) struct StructureChoice {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) shown: bool,
}

/// Drawing of a visible layer on a page without script.
pub(super) struct DrawnLayer {
    pub(super) name: String,
    pub(super) index: usize,
    /// SVG path of all visible structures.
    pub(super) path: String,
}

/// Drawings of the visible layers, within a budget of bytes.
pub(super) struct Drawing {
    pub(super) layers: Vec<DrawnLayer>,
    /// Largest distance from the exact outlines, in pixels of the masks.
    pub(super) tolerance_px: f64,
}

/// View of one image: its possible layers, and the options that choose among them.
pub(super) struct View<'a> {
    pub(super) benchmark: &'a BenchmarkDocument,
    pub(super) image: &'a ImageEntryDocument,
    /// Entries among which the address chooses.
    pub(super) entries: &'a [EntryRow],
    /// Private submission among the layers.
    pub(super) submission: Option<&'a Submission>,
    pub(super) options: &'a Options,
    pub(super) copies: Copies,
}

/// Layers in order: observers, the private submission, entries that are not an observer's.
/// The first visible layers have their outlines.
pub(super) async fn layers(store: &PublicStore, view: &View<'_>) -> Result<Vec<Layer>, Failure> {
    let &View { benchmark, image, entries, submission, options, copies } = view;
    let observers = options.list("observers").unwrap_or_else(|| {
        benchmark.observers.first().map(|first| first.id.as_str()).into_iter().collect()
    });
    let chosen = options.list("entries").unwrap_or_default();
    let mut layers = Vec::new();
    // The terms decide if observers' outlines are shown.
    let may_show = benchmark.shows_observers();
    let observed = if may_show { benchmark.observers.as_slice() } else { &[] };
    // Observers' outlines are often an entry too: list them once, as the observer's.
    let entry_of = |observer: &ObserverDocument| {
        let is_same = |entry: &&EntryRow| {
            entry.role == EntryRole::Observer && entry.card.name == observer.name
        };
        entries.iter().find(is_same).map(|entry| entry.id.clone())
    };
    let listed: Vec<String> = observed.iter().filter_map(entry_of).collect();
    for observer in observed {
        let is_reference = benchmark.reference().is_some_and(|found| found.id == observer.id);
        let entry = entry_of(observer);
        let is_chosen = entry.as_deref().is_some_and(|entry| chosen.contains(&entry));
        let shown = is_chosen || observers.contains(&observer.id.as_str());
        let about = if is_reference { "reference" } else { "observer" };
        layers.push(Layer {
            id: observer.id.clone(),
            name: observer.name.clone(),
            kind: "observer",
            about: about.to_owned(),
            page_href: entry.as_deref().map(address::entry),
            scored_as: entry,
            outlines_href: address::outlines(
                benchmark,
                &observer.id,
                &image.id,
                copies,
                OutlineForm::Packed,
            ),
            posteriors: None,
            shown,
            index: style_index(layers.len()),
            outlines: None,
        });
    }
    if let Some(submission) = submission {
        let shown = chosen.contains(&submission.id.as_str());
        layers.push(Layer {
            id: submission.id.clone(),
            name: submission.card.name.clone(),
            kind: "entry",
            about: "submitted, not public".to_owned(),
            page_href: Some(address::submission(&submission.id)),
            scored_as: Some(submission.id.clone()),
            outlines_href: address::submission_outlines(&submission.id, &image.id),
            posteriors: None,
            shown,
            index: style_index(layers.len()),
            outlines: None,
        });
    }
    let may_list = |entry: &&EntryRow| may_show || entry.role != EntryRole::Observer;
    for entry in entries.iter().filter(may_list).filter(|entry| !listed.contains(&entry.id)) {
        let shown = chosen.contains(&entry.id.as_str());
        let about = match entry.role {
            EntryRole::Observer => "human observer".to_owned(),
            EntryRole::Baseline => "baseline".to_owned(),
            EntryRole::Method => entry.card.authors.join(", "),
        };
        layers.push(Layer {
            id: entry.id.clone(),
            name: entry.card.name.clone(),
            kind: "entry",
            about,
            page_href: Some(address::entry(&entry.id)),
            scored_as: Some(entry.id.clone()),
            outlines_href: address::entry_outlines(entry, &image.id, copies),
            posteriors: posteriors(entry, image),
            shown,
            index: style_index(layers.len()),
            outlines: None,
        });
    }
    let plain = layers.iter().filter(|layer| layer.shown).take(MAX_PLAIN_LAYERS);
    let files = try_join_all(plain.map(|layer| outlines_of(store, view, layer))).await?;
    for (layer, outlines) in layers.iter_mut().filter(|layer| layer.shown).zip(files) {
        layer.about += &in_blocks(outlines.as_ref());
        layer.outlines = outlines;
    }
    Ok(layers)
}

/// Outlines of a layer in the image; none where it has no masks.
async fn outlines_of(
    store: &PublicStore,
    view: &View<'_>,
    layer: &Layer,
) -> Result<Option<OutlinesDocument>, Failure> {
    let &View { benchmark, image, entries, submission, copies, .. } = view;
    let file = if layer.kind == "observer" {
        store.benchmarks().outlines(benchmark, &layer.id, &image.id, copies).await?
    } else if let Some(submission) = submission.filter(|submission| submission.id == layer.id) {
        return Ok(store.submissions().outlines(submission, &image.id).await?);
    } else if let Some(entry) = entries.iter().find(|entry| entry.id == layer.id) {
        store.entries().outlines(benchmark, entry, &image.id, copies).await?
    } else {
        None
    };
    file.as_deref().map(outlines::read).transpose()
}

/// `{"heart": ADDRESS, ...}` for the script.
fn posteriors(entry: &EntryRow, image: &ImageEntryDocument) -> Option<String> {
    let address = |structure: &String| {
        (structure.clone(), address::entry_posterior(&entry.id, structure, &image.id))
    };
    let addresses: BTreeMap<String, String> = entry.posteriors.iter().map(address).collect();
    let text = || serde_json::to_string(&addresses).expect("text by text is always valid JSON");
    (!addresses.is_empty()).then(text)
}

/// Colour (modulo six) and dashes (modulo five) of the layer at a position in the list. The
/// first colour belongs to the reference only, since all other layers are compared with it.
fn style_index(place: usize) -> usize {
    place + place.saturating_sub(1) / 5
}

/// Note on outlines that are not exact; empty for exact ones.
fn in_blocks(outlines: Option<&OutlinesDocument>) -> String {
    let block_px = outlines.and_then(|outlines| outlines.blocks_px.values().max());
    block_px.map_or(String::new(), |side| {
        format!(", too ragged to be drawn exactly: in blocks of {side} pixels")
    })
}

impl Drawing {
    /// Drawings of the visible structures of the visible layers, simplified within 0.35 screen
    /// pixels of a stage 700 pixels high, and more coarsely where many layers are shown. A layer
    /// without stored outlines, for example of an entry of other images, draws nothing.
    pub(super) fn new(
        layers: &[Layer],
        structures: &[StructureChoice],
        image: &ImageEntryDocument,
    ) -> Self {
        const STAGE_PX: f64 = 700.0;
        const TOLERANCE_SCREEN_PX: f64 = 0.35;
        const MAX_BYTES: usize = 12_000;
        let side = image.width.max(image.height) as f64;
        let mut tolerance_px = TOLERANCE_SCREEN_PX * (side / STAGE_PX).max(1.0);
        loop {
            let drawn = |layer: &Layer| {
                let ids =
                    structures.iter().filter(|choice| choice.shown).map(|one| one.id.as_str());
                let path = outlines::display_path(layer.outlines.as_ref()?, ids, tolerance_px);
                let found = DrawnLayer { name: layer.name.clone(), index: layer.index, path };
                (!found.path.is_empty()).then_some(found)
            };
            let drawn: Vec<DrawnLayer> = layers.iter().filter_map(drawn).collect();
            let bytes: usize = drawn.iter().map(|layer| layer.path.len()).sum();
            if bytes <= MAX_BYTES || tolerance_px > side / 16.0 {
                return Self { layers: drawn, tolerance_px };
            }
            tolerance_px *= (bytes as f64 / MAX_BYTES as f64).clamp(1.2, 4.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_other_layer_has_the_colour_of_the_reference() {
        assert_eq!(style_index(0) % 6, 0);
        assert!((1..40).all(|place| !style_index(place).is_multiple_of(6)));
        assert!((0..40).all(|place| style_index(place) < style_index(place + 1)));
    }
}
