//! Distributions over the images of a benchmark, for the page about data: areas and shapes of
//! structures, agreement of observers, attributes.
//!
//! Fills plots and tables; computes no score.

use scr_documents::{BenchmarkDocument, EntryRole, Fold, SpacingDocument};
use scr_report::plot::{SpreadPoint, SpreadRow, spread_plot};
use scr_store::{EntryFilter, PublicStore, RowRange, ShapesDocument, Standings, StructureShapes};

use crate::address;
use crate::attributes::Distribution;
use crate::cases::{CaseOrder, ScoreColumns, ScoreKey, Scored};
use crate::error::Failure;
use crate::numbers::MeasureFormat;

/// Most observers whose agreement is plotted.
const MAX_OBSERVERS: u32 = 10;
/// More folds than this share one lane.
const MAX_LANES: usize = 5;

/// Plot with a table of its extremes.
#[derive(Debug, Clone)]
pub(crate) struct Spread {
    /// Caption of the plot.
    pub(crate) title: String,
    /// SVG, with its texts escaped.
    pub(crate) plot: String,
    /// Rows of the table.
    pub(crate) rows: Vec<SpreadTableRow>,
}

/// Quartiles and extremes of one quantity.
#[derive(Debug, Clone)]
pub(crate) struct SpreadTableRow {
    /// Name of the quantity.
    pub(crate) label: String,
    /// Page of all images in the order of the quantity; none without such an order.
    pub(crate) href: Option<String>,
    /// Number of images.
    pub(crate) n: usize,
    /// Lower quartile, median and upper quartile.
    pub(crate) quartiles: [String; 3],
    /// Smallest and largest value with their images.
    pub(crate) ends: [ExtremeImage; 2],
}

/// Image with an extreme value.
#[derive(Debug, Clone)]
pub(crate) struct ExtremeImage {
    /// Identifier.
    pub(crate) image: String,
    /// Its value.
    pub(crate) value: String,
    /// Address of the image.
    pub(crate) href: String,
}

/// Quantity over the images.
struct Quantity {
    label: String,
    href: Option<String>,
    /// Query of links to images.
    look: String,
    /// Positions of images and their values.
    values: Vec<(usize, f64)>,
}

/// Areas of structures: in cm² where all spacings are known, else in percent of the image.
pub(crate) fn areas(benchmark: &BenchmarkDocument, shapes: &ShapesDocument) -> Option<Spread> {
    let is_known = shapes.images.iter().all(|place| pixel_mm(benchmark, *place).is_some());
    let area = |place: usize, structure: &StructureShapes, index: usize| {
        let area_px2 = structure.area_px2[index]?;
        let image = &benchmark.images[place];
        Some(match pixel_mm(benchmark, place).filter(|_| is_known) {
            Some([x, y]) => area_px2 * x * y / 100.0,
            None => area_px2 / (image.width * image.height).max(1) as f64 * 100.0,
        })
    };
    let unit = if is_known { "cm²" } else { "% of the image" };
    spread(
        benchmark,
        &format!("Area of each structure in {unit}"),
        &format!("area in {unit}"),
        &of_structures(benchmark, shapes, area),
    )
}

/// Heights of the smallest boxes around structures, by their widths.
pub(crate) fn slenderness(
    benchmark: &BenchmarkDocument,
    shapes: &ShapesDocument,
) -> Option<Spread> {
    let ratio = |place: usize, structure: &StructureShapes, index: usize| {
        let [width, height] = structure.box_px[index]?;
        let [x, y] = pixel_mm(benchmark, place).unwrap_or([1.0, 1.0]);
        Some(height * y / (width * x))
    };
    spread(
        benchmark,
        "Shape of each structure: height by width of the smallest box around it",
        "height / width",
        &of_structures(benchmark, shapes, ratio),
    )
}

/// Agreement of observers with the reference: their entries' overlaps, where these are public.
pub(crate) async fn agreement(
    store: &PublicStore,
    columns: &ScoreColumns,
    benchmark: &BenchmarkDocument,
    standings: &Standings<'_>,
) -> Result<Option<Spread>, Failure> {
    const MEASURE: &str = "overlap";
    let observers = EntryFilter { role: Some(EntryRole::Observer), ..EntryFilter::default() };
    let range = RowRange { start: 0, count: MAX_OBSERVERS };
    let observers = store.entries().listed(&benchmark.id, &observers, range).await?;
    let scored = Scored::of(store, standings, benchmark, &observers).await?;
    let ids: Vec<&str> = scored.entries.iter().map(|entry| entry.id.as_str()).collect();
    let entries = standings.entries(&ids).await?;
    let mut quantities = Vec::new();
    for entry in scored.observers() {
        let Some(row) = entries.iter().find(|row| row.id == entry.id) else { continue };
        for object in &benchmark.objects {
            let scores = columns.get(store, benchmark, row, &object.id, MEASURE).await?;
            let Some(scores) = scores else { continue };
            let order = CaseOrder::Worst(ScoreKey {
                object: object.id.clone(),
                measure: MEASURE.to_owned(),
                entry: entry.id.clone(),
            });
            let order = order.to_string();
            let look = address::query([("entries", entry.id.as_str()), ("order", &order)]);
            let base = address::benchmark(&benchmark.id, "browse");
            let values = scores.iter().enumerate();
            quantities.push(Quantity {
                label: match scored.observers().count() {
                    1 => object.name.clone(),
                    _ => format!("{}: {}", entry.name, object.name),
                },
                href: Some(format!("{base}?{}", address::query([("order", order.as_str())]))),
                look,
                values: values.filter_map(|(at, score)| Some((at, score.known()?))).collect(),
            });
        }
    }
    let format = MeasureFormat::page(MEASURE);
    let title = format!("{} of the observers’ drawings with the reference", format.title());
    Ok(spread(benchmark, &title, &format.name, &quantities))
}

/// Numbers of an attribute; none for words.
pub(crate) fn attribute(benchmark: &BenchmarkDocument, of: &Distribution) -> Option<Spread> {
    let order = CaseOrder::Up(of.column.clone()).to_string();
    let look = address::query([("order", order.as_str())]);
    let base = address::benchmark(&benchmark.id, "browse");
    let quantity = Quantity {
        label: of.name.clone(),
        href: Some(format!("{base}?{look}")),
        look,
        values: of.numbers.clone(),
    };
    spread(benchmark, &of.name, &of.name, &[quantity])
}

fn of_structures(
    benchmark: &BenchmarkDocument,
    shapes: &ShapesDocument,
    value: impl Fn(usize, &StructureShapes, usize) -> Option<f64>,
) -> Vec<Quantity> {
    let quantity = |structure: &StructureShapes| {
        let places = shapes.images.iter().enumerate();
        let found = benchmark.structures.iter().find(|found| found.id == structure.id);
        Quantity {
            label: found.map_or_else(|| structure.id.clone(), |found| found.name.clone()),
            href: None,
            look: address::query([("structures", structure.id.as_str())]),
            values: places
                .filter(|(_, place)| **place < benchmark.images.len())
                .filter_map(|(index, place)| Some((*place, value(*place, structure, index)?)))
                .filter(|(_, value)| value.is_finite())
                .collect(),
        }
    };
    shapes.structures.iter().map(quantity).collect()
}

/// Millimetres a pixel between columns and between rows.
fn pixel_mm(benchmark: &BenchmarkDocument, place: usize) -> Option<[f64; 2]> {
    match benchmark.spacing_of(benchmark.images.get(place)?)? {
        SpacingDocument::Same(mm) => Some([mm, mm]),
        SpacingDocument::Differs(mm) => Some(mm),
        SpacingDocument::Range { .. } => None,
    }
}

fn spread(
    benchmark: &BenchmarkDocument,
    title: &str,
    axis: &str,
    quantities: &[Quantity],
) -> Option<Spread> {
    let quantities: Vec<&Quantity> =
        quantities.iter().filter(|quantity| !quantity.values.is_empty()).collect();
    if quantities.is_empty() {
        return None;
    }
    let rows: Vec<SpreadRow> = quantities
        .iter()
        .map(|quantity| SpreadRow {
            label: quantity.label.clone(),
            lanes: lanes(benchmark, quantity),
        })
        .collect();
    Some(Spread {
        title: title.to_owned(),
        plot: spread_plot(title, axis, &rows),
        rows: quantities.into_iter().filter_map(|one| table_row(benchmark, one)).collect(),
    })
}

fn lanes(benchmark: &BenchmarkDocument, quantity: &Quantity) -> Vec<(String, Vec<SpreadPoint>)> {
    let point = |(place, value): &(usize, f64)| {
        let image = &benchmark.images[*place].id;
        let href = address::browse(&benchmark.id, image, &quantity.look);
        SpreadPoint { image: image.clone(), value: *value, href }
    };
    let folds = benchmark.folds();
    if !(2..=MAX_LANES).contains(&folds.len()) {
        return vec![(String::new(), quantity.values.iter().map(point).collect())];
    }
    let lane = |(fold, _): (Fold, usize)| {
        let of_fold =
            quantity.values.iter().filter(|(place, _)| benchmark.images[*place].fold == fold);
        (fold.title(), of_fold.map(point).collect())
    };
    folds.into_iter().map(lane).collect()
}

fn table_row(benchmark: &BenchmarkDocument, quantity: &Quantity) -> Option<SpreadTableRow> {
    let mut sorted = quantity.values.clone();
    sorted.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    let (first, last) = (sorted.first()?, sorted.last()?);
    let at = |share: f64| {
        let position = share * (sorted.len() - 1) as f64;
        let (low, high) = (sorted[position.floor() as usize].1, sorted[position.ceil() as usize].1);
        digits(low + (position - position.floor()) * (high - low))
    };
    let end = |(place, value): (usize, f64)| {
        let image = &benchmark.images[place].id;
        ExtremeImage {
            image: image.clone(),
            value: digits(value),
            href: address::browse(&benchmark.id, image, &quantity.look),
        }
    };
    Some(SpreadTableRow {
        label: quantity.label.clone(),
        href: quantity.href.clone(),
        n: sorted.len(),
        quartiles: [0.25, 0.5, 0.75].map(at),
        ends: [end(*first), end(*last)],
    })
}

/// A value with three digits; a whole number stays one.
fn digits(value: f64) -> String {
    if value == value.trunc() && value.abs() < 1e6 {
        return format!("{value}");
    }
    let places = (2.0 - value.abs().log10().floor()).clamp(0.0, 6.0) as usize;
    format!("{value:.places$}")
}
