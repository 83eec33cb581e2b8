//! Image browser: radiograph, outlines and scores of one image.
//!
//! The address holds the whole view, so that it can be linked. The page works without
//! script; `viewer/` of this crate enhances the figure from the same fields.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use scr_documents::{BenchmarkDocument, Fold, ImageEntryDocument, SpacingDocument};
use scr_store::{Copies, PublicStore};
use std::collections::HashMap;
use std::sync::Arc;

use super::draw::private_page;
use super::layers::{Drawing, Layer, MAX_PLAIN_LAYERS, StructureChoice, View, layers};
use super::scores::{ImageScores, place_of};
use super::submissions;
use crate::address;
use crate::address_state::{Known, faults};
use crate::cases::{self, CaseChoice, CaseForm, Cases, ScoreColumns, Scored};
use crate::error::Failure;
use crate::extractors::{PublishedBenchmark, Visitor};
use crate::numbers::capitalised;
use crate::offered::Offered;
use crate::options::Options;
use crate::rights::copies_for;

#[derive(Template)]
#[template(path = "browse.html")]
struct BrowsePage {
    benchmark: BenchmarkDocument,
    image: ImageEntryDocument,
    /// Position of the image among the cases, from 1; none if the filters leave it out.
    position: Option<usize>,
    count: usize,
    /// Cases as JSON, for the strip.
    cases_href: String,
    /// Images page in the same order.
    images_href: String,
    /// Controls of the strip; its script adds measures and entries.
    form: CaseForm,
    /// Addresses of the neighbours, with the options that go along.
    previous: Option<String>,
    next: Option<String>,
    /// Address of the radiograph; `None` if the terms forbid display or the pixels are
    /// missing.
    image_href: Option<String>,
    /// True if the radiograph is reduced and the observers' outlines are simplified.
    is_display_copy: bool,
    /// Citation of the data, in one line.
    citation: String,
    /// Spacing in mm per pixel, if it is known and equal in both directions.
    spacing_mm: Option<f64>,
    layers: Vec<Layer>,
    /// Layers that the page itself leaves out.
    n_left_out: usize,
    /// Number of entries that are not among the layers.
    n_other_entries: u64,
    drawing: Drawing,
    /// Sentences on options of the address that make no sense.
    faults: Vec<String>,
    /// True if a layer has posteriors.
    has_posteriors: bool,
    structures: Vec<StructureChoice>,
    /// Grey window `LOW-HIGH` as in the address.
    window: Option<String>,
    invert: bool,
    scores: ImageScores,
    scores_href: String,
    attributes: Vec<(String, String)>,
    /// Private submission among the layers.
    submission: Option<String>,
}

impl BrowsePage {
    /// True for the identifier of a scored object.
    fn is_object(&self, id: &str) -> bool {
        self.benchmark.objects.iter().any(|object| object.id == id)
    }
}

/// Answers `/benchmarks/ID/browse/IMAGE`; with `?submission=ID` that submission is
/// among the layers, for its submitter and for curators.
pub(crate) async fn browse(
    State(store): State<PublicStore>,
    State(columns): State<Arc<ScoreColumns>>,
    Visitor(visitor): Visitor,
    PublishedBenchmark(row): PublishedBenchmark,
    Path(segments): Path<HashMap<String, String>>,
    options: Options,
) -> Result<Response, Failure> {
    let benchmark = row.document;
    let index = place_of(&benchmark, &segments)?;
    let image = benchmark.images[index].clone();
    let standings = store.standings(&benchmark.id).await?;
    let chosen = options.list("entries").unwrap_or_default();
    let offered = Offered::of(&store, &standings, &benchmark, &chosen).await?;
    let entries = offered.rows(&standings).await?;
    let structures = structures(&benchmark, &options);
    let user = visitor.as_ref().map(|member| &member.user);
    let copies = copies_for(&store, &benchmark, user).await?;
    let submission = submissions::wanted(&store, visitor, &options).await?;
    let private = submission.as_ref();
    let view = View {
        benchmark: &benchmark,
        image: &image,
        entries: &entries,
        submission: private,
        options: &options,
        copies,
    };
    let layers = layers(&store, &view).await?;
    let shown = layers.iter().filter(|layer| layer.shown).take(MAX_PLAIN_LAYERS);
    let scores = ImageScores::new(&store, &benchmark, &image, shown, private, &options).await?;
    let mut faults = faults(&options, &known(&layers, &structures, &benchmark));
    let kept = kept_options(&options);
    let choice = CaseChoice::of(&options, &benchmark);
    let cases = Cases::new(&store, &columns, &benchmark, &standings, choice).await?;
    let place = cases.place_of(index);
    let neighbour =
        |place: usize| address::browse(&benchmark.id, &benchmark.images[place].id, &kept);
    let written = cases.choice.written();
    let order = address::query(written.iter().map(|(name, value)| (*name, value.as_str())));
    let images_href = images_page(&benchmark, &image.id, &order, place.position);
    faults.extend(cases.choice.problems.iter().cloned());
    let may_show = benchmark.terms.display.is_allowed() && image.has_pixels;
    let page = BrowsePage {
        submission: submission.map(|submission| submission.id),
        position: place.position,
        count: place.count,
        previous: place.previous.map(neighbour),
        next: place.next.map(neighbour),
        form: CaseForm::new(&benchmark, &Scored::default(), &cases.choice),
        cases_href: address::cases(&benchmark.id),
        images_href,
        image_href: may_show.then(|| address::image(&benchmark, &image.id, copies)),
        is_display_copy: may_show && copies == Copies::Display,
        citation: crate::citation::line_of_benchmark(&benchmark, &row.published_at),
        spacing_mm: benchmark.spacing_of(&image).and_then(SpacingDocument::same),
        n_left_out: layers.iter().filter(|layer| layer.shown).skip(MAX_PLAIN_LAYERS).count(),
        has_posteriors: layers.iter().any(|layer| layer.posteriors.is_some()),
        drawing: Drawing::new(&layers, &structures, &image),
        faults,
        n_other_entries: offered.n_others(),
        layers,
        structures,
        window: options.first("window").map(str::to_owned),
        invert: options.first("invert").is_some_and(|value| value != "0"),
        scores,
        scores_href: address::scores(&benchmark.id, &image.id, options.first("submission")),
        attributes: image
            .attributes
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (capitalised(&name.replace('_', " ")), value.clone()))
            .collect(),
        image,
        benchmark,
    };
    if page.submission.is_some() {
        return private_page(StatusCode::OK, &page);
    }
    super::draw::page(&page)
}

/// Identifiers that an address can name. An observer who is an entry too is listed as an
/// observer, and named either way.
fn known<'a>(
    layers: &[Layer],
    structures: &'a [StructureChoice],
    benchmark: &'a BenchmarkDocument,
) -> Known<'a> {
    let of_entry = |layer: &Layer| layer.scored_as.as_ref().map(|id| format!("entries:{id}"));
    Known {
        layers: layers
            .iter()
            .flat_map(|layer| [Some(layer.key()), of_entry(layer)])
            .flatten()
            .collect(),
        structures: structures.iter().map(|structure| structure.id.as_str()).collect(),
        objects: benchmark.objects.iter().map(|object| object.id.as_str()).collect(),
    }
}

/// Place of an image on the images page.
fn images_page(
    benchmark: &BenchmarkDocument,
    image: &str,
    order: &str,
    position: Option<usize>,
) -> String {
    let page = position.map_or(1, |position| (position - 1) / cases::PAGE_SIZE + 1);
    let page = if page > 1 { format!("page={page}") } else { String::new() };
    let query: Vec<&str> = [order, &page].into_iter().filter(|part| !part.is_empty()).collect();
    let separator = if query.is_empty() { "" } else { "?" };
    let base = address::benchmark(&benchmark.id, "browse");
    format!("{base}{separator}{}#case-{}", query.join("&"), address::encoded(image))
}

fn structures(benchmark: &BenchmarkDocument, options: &Options) -> Vec<StructureChoice> {
    let chosen = options.list("structures");
    let is_shown = |id: &str| chosen.as_ref().is_none_or(|chosen| chosen.contains(&id));
    benchmark
        .structures
        .iter()
        .map(|structure| StructureChoice {
            id: structure.id.clone(),
            name: structure.name.clone(),
            shown: is_shown(&structure.id),
        })
        .collect()
}

/// Query string of the options that stay on another image; the viewport does not.
fn kept_options(options: &Options) -> String {
    let kept: Vec<(&str, String)> = ["submission"]
        .into_iter()
        .chain(address::DRAWN)
        .chain(cases::OPTIONS)
        .filter_map(|name| Some((name, options.list(name)?.join(","))))
        .collect();
    address::query(kept.iter().map(|(name, value)| (*name, value.as_str())))
}
