//! The report: one HTML file that needs nothing but a browser.
//!
//! Tables, plots and pictures of results that were computed before; loads nothing
//! from anywhere, holds no script, and prints well.

mod cases;
pub(crate) mod overlay;

use askama::Template;
use indexmap::IndexMap;
use scr_data::Benchmark;
use scr_documents::ComparisonDocument;

use crate::comparison::NamedResult;
use crate::layout::Table;
use crate::plot::{AgreementPlot, BoxPlotRow, RankRow, agreement_plot, box_plot, rank_plot};
use crate::tables;

pub use cases::{Case, Standing, choose_cases};
pub use overlay::{Overlay, picture};

/// A plot with a name for its file and words for the page.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// Name of a file, without its extension.
    pub name: String,
    /// What it shows.
    pub caption: String,
    /// The object that it belongs to; none for whole images.
    pub object: Option<String>,
    /// SVG text.
    pub svg: String,
}

/// An image of a set of masks, drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnCase {
    /// The name of the result that it belongs to.
    pub result: String,
    /// The image and why it is shown.
    pub case: Case,
    /// Its masks, in the frame of its picture.
    pub overlay: Overlay,
}

/// What goes into a report.
#[derive(Debug)]
pub struct Report<'a> {
    /// The benchmark scored against.
    pub benchmark: &'a Benchmark,
    /// The results, with every image's values.
    pub results: &'a [NamedResult],
    /// The same side by side.
    pub comparison: &'a ComparisonDocument,
    /// Pictures by image, as `data:` addresses.
    pub pictures: &'a IndexMap<String, String>,
    /// Images drawn with their masks.
    pub cases: &'a [DrawnCase],
    /// The command that made it.
    pub command: &'a str,
}

/// The plots of a comparison: for each object and measure a box plot, for each
/// object the stability of ranks by its first measure, and the agreement of each
/// method's cardiothoracic ratio.
#[must_use]
pub fn plots(results: &[NamedResult], comparison: &ComparisonDocument) -> Vec<Plot> {
    let mut plots = Vec::new();
    for (object, measures) in comparison.subjects() {
        let subject = object.unwrap_or("whole image");
        for (key, compared) in measures {
            let rows = compared.methods.iter().filter_map(|standing| {
                let summary = &standing.summary;
                Some(BoxPlotRow {
                    label: standing.name.clone(),
                    min: summary.min?,
                    q1: summary.q1?,
                    median: summary.median?,
                    q3: summary.q3?,
                    max: summary.max?,
                    mean: summary.mean?,
                    is_reference: false,
                })
            });
            let caption = format!("{subject}: {key} over the images");
            plots.push(Plot {
                name: file_name(&format!("{subject}-{key}")),
                svg: box_plot(&caption, key, &rows.collect::<Vec<_>>()),
                object: object.map(str::to_owned),
                caption,
            });
        }
        if let Some((key, compared)) = measures.first().filter(|_| results.len() > 1) {
            let rows = compared.methods.iter().map(|standing| RankRow {
                label: standing.name.clone(),
                shares: standing.rank_shares.clone(),
                median: standing.rank_median,
            });
            let caption = format!("{subject}: rank by mean {key} when the images are drawn again");
            plots.push(Plot {
                name: file_name(&format!("{subject}-{key}-ranks")),
                svg: rank_plot(&caption, &rows.collect::<Vec<_>>()),
                object: object.map(str::to_owned),
                caption,
            });
        }
    }
    plots.extend(results.iter().zip(&comparison.methods).filter_map(|(named, method)| {
        let agreement = method.ctr_agreement.as_ref()?;
        let points: Vec<(String, f64, f64)> = named
            .result
            .images
            .iter()
            .flatten()
            .filter_map(|image| {
                let of = |key: &str| image.image_measures.get(key).copied().flatten();
                Some((image.image.clone(), of("ctr_reference")?, of("ctr")?))
            })
            .collect();
        let caption =
            format!("{}: cardiothoracic ratio against the reference's (Bland-Altman)", named.name);
        let plot = AgreementPlot {
            title: &caption,
            quantity: "cardiothoracic ratio",
            points: &points,
            bias: agreement.bias?,
            limits: agreement.limits?,
        };
        Some(Plot {
            name: file_name(&format!("ctr-{}", named.name)),
            svg: agreement_plot(&plot),
            object: None,
            caption: caption.clone(),
        })
    }));
    plots
}

/// A name that is safe for a file everywhere.
fn file_name(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_alphanumeric() || "._-@".contains(c) { c } else { '-' })
        .collect()
}

/// The report as HTML text.
#[must_use]
pub fn report(report: &Report<'_>) -> String {
    let Report { benchmark, results, comparison, .. } = *report;
    let plots = plots(results, comparison);
    let all = tables::comparison_tables(comparison);
    let titled = |name: &str| -> Vec<Table> {
        let prefix = format!("{name}, ");
        all.iter().filter(|t| t.title == name || t.title.starts_with(&prefix)).cloned().collect()
    };
    let sections = comparison.subjects().map(|(object, _)| Section {
        id: object.unwrap_or("whole-image").to_owned(),
        title: match object {
            Some(id) => benchmark
                .objects
                .iter()
                .find(|object| object.id == id)
                .map_or_else(|| id.to_owned(), |object| object.name.clone()),
            None => "Whole image".to_owned(),
        },
        tables: titled(object.unwrap_or("whole image")),
        plots: plots
            .iter()
            .filter(|plot| plot.object.as_deref() == object && !plot.name.starts_with("ctr-"))
            .collect(),
        cases: report
            .cases
            .iter()
            .filter(|drawn| Some(drawn.case.object.as_str()) == object)
            .collect(),
    });
    let page = Page {
        report,
        sections: sections.collect(),
        summaries: results
            .iter()
            .map(|named| (named.name.as_str(), tables::result_tables(&named.result)))
            .collect(),
        agreement: all
            .iter()
            .filter(|table| table.title.starts_with("cardiothoracic"))
            .cloned()
            .collect(),
        agreement_plots: plots.iter().filter(|plot| plot.name.starts_with("ctr-")).collect(),
        notes: all.last().map(|table| table.notes.clone()).unwrap_or_default(),
        literature: tables::literature_tables(&benchmark.literature, ""),
    };
    page.render().expect("templates are checked when they are compiled, and text takes all")
}

/// What the page shows of one object, or of whole images.
struct Section<'a> {
    id: String,
    title: String,
    tables: Vec<Table>,
    plots: Vec<&'a Plot>,
    cases: Vec<&'a DrawnCase>,
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    report: &'a Report<'a>,
    sections: Vec<Section<'a>>,
    summaries: Vec<(&'a str, Vec<Table>)>,
    agreement: Vec<Table>,
    agreement_plots: Vec<&'a Plot>,
    notes: Vec<String>,
    literature: Vec<Table>,
}
