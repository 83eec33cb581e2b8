//! HTML report: one self-contained file.
//!
//! Tables, plots and pictures of existing results. Loads no other file, has no script, and
//! prints well.

mod examples;
pub(crate) mod overlay;

use askama::Template;
use indexmap::IndexMap;
use scr_data::Benchmark;
use scr_documents::{ComparisonDocument, Fold};

use crate::comparison::NamedResult;
use crate::layout::Table;
use crate::plot::{
    AgreementPlot, AgreementPoint, BoxPlotRow, RankRow, agreement_plot, box_plot, rank_plot,
};
use crate::tables::{self, Width};

pub use examples::{Example, ExampleRank, choose_examples};
pub use overlay::{Overlay, overlay_svg, picture};

/// Rows of a table of images, which a browser can still lay out.
const MAX_IMAGE_ROWS: usize = 500;

/// Plot with a file name and a caption.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// File name, without its extension.
    pub name: String,
    /// Caption.
    pub caption: String,
    /// Object; none for whole images.
    pub object: Option<String>,
    /// SVG text.
    pub svg: String,
}

/// Example image with its masks.
#[derive(Debug, Clone, PartialEq)]
pub struct ExampleFigure {
    /// Name of the result.
    pub result: String,
    /// Example image.
    pub example: Example,
    /// Masks, in the frame of the picture.
    pub overlay: Overlay,
}

/// Content of a report.
#[derive(Debug)]
pub struct Report<'a> {
    /// Benchmark.
    pub benchmark: &'a Benchmark,
    /// Results, with every image's values.
    pub results: &'a [NamedResult],
    /// Comparison of the results.
    pub comparison: &'a ComparisonDocument,
    /// Pictures by image, as `data:` addresses.
    pub pictures: &'a IndexMap<String, String>,
    /// Example images with their masks.
    pub examples: &'a [ExampleFigure],
    /// Command that made the report.
    pub command: &'a str,
}

/// Plots of a comparison: a box plot for each object and measure, rank stability for each
/// object by its first measure, and the agreement of each method's cardiothoracic ratio.
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
                    outliers: Vec::new(),
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
            let caption = format!("{subject}: rank by mean {key} over bootstrap resamples");
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
        let points: Vec<AgreementPoint> = named
            .result
            .images
            .iter()
            .flatten()
            .filter_map(|image| {
                let of = |key: &str| image.image_measures.get(key).copied().flatten();
                Some(AgreementPoint {
                    image: image.image.clone(),
                    reference: of("ctr_reference")?,
                    measured: of("ctr")?,
                    href: None,
                })
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

/// File name that is valid on every system.
fn file_name(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_alphanumeric() || "._-@".contains(c) { c } else { '-' })
        .collect()
}

#[derive(Template)]
#[template(path = "tables.html")]
struct TablesPart<'a> {
    tables: &'a [Table],
}

/// Tables as a part of an HTML page, such as a notebook's.
#[must_use]
pub fn tables_html(tables: &[Table]) -> String {
    let part = TablesPart { tables };
    part.render().expect("templates are checked when they are compiled, and text takes all")
}

/// Renders the report as HTML text.
#[must_use]
pub fn report(report: &Report<'_>) -> String {
    let Report { benchmark, results, comparison, .. } = *report;
    let plots = plots(results, comparison);
    let all = tables::comparison_tables(comparison, Width::Report);
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
        examples: report
            .examples
            .iter()
            .filter(|figure| Some(figure.example.object.as_str()) == object)
            .collect(),
    });
    let page = Page {
        report,
        sections: sections.collect(),
        summaries: results
            .iter()
            .map(|named| (named.name.as_str(), tables::result_tables(&named.result, Width::Report)))
            .collect(),
        images: results.iter().flat_map(image_tables).collect(),
        agreement: all
            .iter()
            .filter(|table| table.title.starts_with("cardiothoracic"))
            .cloned()
            .collect(),
        agreement_plots: plots.iter().filter(|plot| plot.name.starts_with("ctr-")).collect(),
        notes: all.last().map(|table| table.notes.clone()).unwrap_or_default(),
        literature: tables::literature_tables(&benchmark.literature, "", Width::Report),
    };
    page.render().expect("templates are checked when they are compiled, and text takes all")
}

/// Tables of every image's values of a result, with its name; of large benchmarks the first
/// [`MAX_IMAGE_ROWS`] images.
fn image_tables(named: &NamedResult) -> Vec<Table> {
    let mut tables = tables::image_tables(&named.result, Width::Report);
    for table in &mut tables {
        let n_rows = table.rows.len();
        table.title = format!("{}: {}", named.name, table.title);
        if n_rows > MAX_IMAGE_ROWS {
            table.rows.truncate(MAX_IMAGE_ROWS);
            table.notes.push(format!(
                "The first {MAX_IMAGE_ROWS} of {n_rows} images; `scr evaluate --format csv --per-image` has all."
            ));
        }
    }
    tables
}

/// Section of one object, or of whole images.
struct Section<'a> {
    id: String,
    title: String,
    tables: Vec<Table>,
    plots: Vec<&'a Plot>,
    examples: Vec<&'a ExampleFigure>,
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    report: &'a Report<'a>,
    sections: Vec<Section<'a>>,
    summaries: Vec<(&'a str, Vec<Table>)>,
    images: Vec<Table>,
    agreement: Vec<Table>,
    agreement_plots: Vec<&'a Plot>,
    notes: Vec<String>,
    literature: Vec<Table>,
}
