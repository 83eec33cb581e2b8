//! Image table of an entry: its values image by image, worst first.
//!
//! An undefined value counts as worst, as it does between entries; equal images are in the order
//! of their names. Images open in the browser in the order of the table.

use scr_documents::{BenchmarkDocument, Fold, ImageDocument};
use scr_measures::Better;
use scr_report::standings::Order;
use scr_store::EntryRow;

use crate::address;
use crate::cases::{CaseOrder, ScoreKey, WHOLE_IMAGE};
use crate::numbers::{MeasureFormat, has_column, shows_all};
use crate::options::Options;

/// Rows, one per image.
#[derive(Debug, Clone)]
pub(crate) struct ImageTable {
    /// Objects, each over the columns of its measures.
    pub(crate) groups: Vec<ObjectGroup>,
    /// Columns after the image and its fold.
    pub(crate) columns: Vec<ImageColumn>,
    /// Images in order.
    pub(crate) rows: Vec<ImageRow>,
    /// Sort order in words; empty for a table without columns.
    pub(crate) ordered_by: String,
    /// True with the worst first.
    pub(crate) is_worst_first: bool,
    /// Index of the column that the table is sorted by.
    pub(crate) sorted_by: usize,
    /// Faults of the address.
    pub(crate) notes: Vec<String>,
    /// True if the table shows all measures.
    pub(crate) shows_all: bool,
    /// Address of the table with all measures.
    pub(crate) all_href: String,
    /// Address of the table with a few common measures.
    pub(crate) fewer_href: String,
    /// Name and address of every column as JSON; empty for masks that are not public.
    pub(crate) files: Vec<(String, String)>,
}

/// An object over the columns of its measures.
#[derive(Debug, Clone)]
pub(crate) struct ObjectGroup {
    /// Name of the object.
    pub(crate) title: String,
    /// Number of columns.
    pub(crate) span: usize,
}

/// A column's head, which is a link that sorts.
#[derive(Debug, Clone)]
pub(crate) struct ImageColumn {
    /// Name and unit of the measure.
    pub(crate) label: String,
    /// Address of the page, sorted by the column.
    pub(crate) href: String,
    /// `ascending` or `descending` when the table is sorted by it.
    pub(crate) aria_sort: Option<&'static str>,
}

/// Row of an image.
#[derive(Debug, Clone)]
pub(crate) struct ImageRow {
    /// Identifier.
    pub(crate) image: String,
    /// Address of the result browser for the image, with this entry's outlines.
    pub(crate) href: String,
    /// Its fold.
    pub(crate) fold: Fold,
    /// Texts of the columns.
    pub(crate) cells: Vec<String>,
}

/// Query of the links to images.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ImageLinks<'a> {
    /// Options of the view; the browser keeps the order of the table.
    InOrder(&'a str),
    /// Options of the view; the browser keeps the benchmark's order, as for masks that are not
    /// public.
    Plain(&'a str),
}

/// Measure of an object, or of whole images.
struct Key<'a> {
    object: &'a str,
    measure: &'a str,
}

impl Key<'_> {
    fn written(&self) -> String {
        // A name never holds a slash, while a measure's key may hold dots.
        format!("{}/{}", self.object, self.measure)
    }

    fn value(&self, image: &ImageDocument) -> Option<f64> {
        let measures = match self.object {
            WHOLE_IMAGE => Some(&image.image_measures),
            object => image.objects.get(object),
        };
        measures.and_then(|measures| measures.get(self.measure).copied().flatten())
    }
}

impl ImageTable {
    /// The table of an entry, in the order that `options` ask for; else the
    /// worst first, by the first measure there is. It stands on the page `page_href`.
    pub(crate) fn new(
        benchmark: &BenchmarkDocument,
        entry: &EntryRow,
        page_href: &str,
        links: ImageLinks<'_>,
        options: &Options,
    ) -> Self {
        let (ImageLinks::InOrder(look) | ImageLinks::Plain(look)) = links;
        let mut look = look.to_owned();
        let keys = keys(entry, options);
        let mut images: Vec<&ImageDocument> = entry.result.images.iter().flatten().collect();
        let asked = options
            .first("sort")
            .and_then(|sort| keys.iter().position(|key| key.written() == sort));
        let current = asked.unwrap_or(0);
        let mut notes = Vec::new();
        if let (Some(word), None) = (options.first("sort"), asked) {
            notes
                .push(format!("There is no column {word} to sort by: the worst images are first."));
        }
        if let Some(word) = options.first("order").filter(|word| Order::from_key(word).is_none()) {
            notes.push(format!("There is no order {word}: it is asc or desc."));
        }
        let mut ordered_by = String::new();
        let mut current_order = Order::Ascending;
        if let Some(key) = keys.get(current) {
            let head = MeasureFormat::page(key.measure);
            current_order = options
                .first("order")
                .and_then(Order::from_key)
                .unwrap_or_else(|| worst_first(&head));
            let worst = match head.better.unwrap_or(Better::Lower) {
                Better::Higher => f64::NEG_INFINITY,
                Better::Lower => f64::INFINITY,
            };
            let value = |image: &ImageDocument| key.value(image).unwrap_or(worst);
            images.sort_by(|left, right| {
                let order = current_order.compare(value(left), value(right));
                order.then_with(|| left.image.cmp(&right.image))
            });
            if let ImageLinks::InOrder(_) = links {
                let score = ScoreKey {
                    object: key.object.to_owned(),
                    measure: key.measure.to_owned(),
                    entry: entry.id.clone(),
                };
                let is_worst_first = current_order == worst_first(&head);
                let order =
                    if is_worst_first { CaseOrder::Worst(score) } else { CaseOrder::Best(score) };
                look = format!("{look}&{}", address::query([("order", &*order.to_string())]));
            }
            ordered_by = match key.object {
                WHOLE_IMAGE => head.name,
                object => {
                    format!("{} of {}", head.name, name(benchmark, object).to_lowercase())
                }
            };
        }
        let columns = keys.iter().enumerate().map(|(index, key)| {
            let is_current = index == current;
            let order = if is_current {
                current_order.reversed()
            } else {
                worst_first(&MeasureFormat::page(key.measure))
            };
            let written = key.written();
            let all = shows_all(options).then_some(("measures", "all"));
            let sorting = [("sort", written.as_str()), ("order", order.key())];
            let query = address::query(sorting.into_iter().chain(all));
            ImageColumn {
                label: MeasureFormat::page(key.measure).title(),
                href: format!("{page_href}?{query}#images"),
                aria_sort: is_current.then(|| current_order.name()),
            }
        });
        let rows = images.iter().map(|image| ImageRow {
            image: image.image.clone(),
            href: address::browse(&benchmark.id, &image.image, &look),
            fold: image.fold,
            cells: keys
                .iter()
                .map(|key| MeasureFormat::of(&entry.result, key.measure).value(key.value(image)))
                .collect(),
        });
        let file = |key: &Key<'_>| {
            let name = MeasureFormat::page(key.measure).title();
            let of = self::name(benchmark, key.object);
            (format!("{of}: {name}"), address::scores_of_images(&entry.id, key.object, key.measure))
        };
        let files = match links {
            ImageLinks::InOrder(_) if !images.is_empty() => {
                all_keys(entry).map(|k| file(&k)).collect()
            }
            _ => Vec::new(),
        };
        Self {
            files,
            groups: keys
                .chunk_by(|left, right| left.object == right.object)
                .map(|group| ObjectGroup {
                    title: name(benchmark, group[0].object),
                    span: group.len(),
                })
                .collect(),
            columns: columns.collect(),
            rows: rows.collect(),
            ordered_by,
            sorted_by: current,
            is_worst_first: keys
                .get(current)
                .is_some_and(|key| current_order == worst_first(&MeasureFormat::page(key.measure))),
            notes,
            shows_all: shows_all(options),
            all_href: format!("{page_href}?measures=all#images"),
            fewer_href: format!("{page_href}#images"),
        }
    }
}

fn worst_first(head: &MeasureFormat) -> Order {
    Order::best_first(head.better.unwrap_or(Better::Lower)).reversed()
}

fn keys<'a>(entry: &'a EntryRow, options: &Options) -> Vec<Key<'a>> {
    all_keys(entry).filter(|key| has_column(key.measure, options)).collect()
}

fn all_keys(entry: &EntryRow) -> impl Iterator<Item = Key<'_>> {
    let whole = entry
        .result
        .image_measures
        .keys()
        .map(|measure| Key { object: WHOLE_IMAGE, measure: measure.as_str() });
    let objects = entry.result.objects.iter().flat_map(|(object, measures)| {
        measures.keys().map(move |measure| Key { object: object.as_str(), measure })
    });
    whole.chain(objects)
}

fn name(benchmark: &BenchmarkDocument, object: &str) -> String {
    let found = benchmark.objects.iter().find(|candidate| candidate.id == object);
    match found {
        Some(found) => found.name.clone(),
        None if object == WHOLE_IMAGE => "Whole image".to_owned(),
        None => object.to_owned(),
    }
}
