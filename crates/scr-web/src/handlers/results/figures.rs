//! Figures of the results page: box plots, rank stability, entries over time; the same as SVG
//! files.

use axum::extract::{Path, State};
use axum::response::Response;
use scr_documents::{BenchmarkDocument, EntryRole};
use scr_report::board::{Board, BoardSubject, Distribution};
use scr_report::plot::{
    BoxOutlier, BoxPlotRow, ProgressPlot, ProgressPoint, RankRow, box_plot, progress_plot,
    rank_plot, standalone,
};
use scr_store::{EntryRow, PublicStore};
use std::collections::HashMap;
use std::sync::Arc;

use super::choice::{filter_of, page_range};
use crate::address;
use crate::boards::Boards;
use crate::computed::Computed;
use crate::error::Failure;
use crate::extractors::PublishedBenchmark;
use crate::handlers::entry_files::{file, plain};
use crate::numbers::{MeasureFormat, date};
use crate::options::Options;
use crate::page_links::{current, with_query};
use crate::results_table::{Subject, TablePage, TableRequest};

/// Seconds of a day.
const SECONDS_A_DAY: f64 = 86_400.0;

/// Kind of figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FigureKind {
    Boxes,
    Ranks,
    Progress,
}

impl FigureKind {
    pub(super) const ALL: [Self; 3] = [Self::Boxes, Self::Ranks, Self::Progress];

    /// Key in the address of the file.
    const fn key(self) -> &'static str {
        match self {
            Self::Boxes => "boxes",
            Self::Ranks => "ranks",
            Self::Progress => "time",
        }
    }
}

/// Box plots and rank plots of more rows are pictures, which a browser loads when they are
/// seen, without links: a rank plot grows with the square of its rows.
const MAX_ROWS_WITHIN: usize = 12;
/// Options of the address that choose the rows of a table.
pub(super) const CHOOSING: [&str; 6] = ["kind", "q", "object", "sort", "order", "page"];

/// Figure of a subject.
pub(super) struct Figure {
    /// The figure within the page; none for a picture.
    pub(super) svg: Option<String>,
    /// The same as a file.
    pub(super) file_href: String,
}

/// Input of the figures of a table.
#[derive(Clone, Copy)]
pub(super) struct Figures<'a> {
    pub(super) benchmark: &'a BenchmarkDocument,
    /// Rows of the table, the best first.
    pub(super) page: &'a TablePage<'a>,
    pub(super) board: Option<&'a BoardSubject>,
    /// Options of the page; none for a file, which has no links to images and entries.
    pub(super) options: Option<&'a Options>,
}

impl Figures<'_> {
    /// A figure; none where there is nothing to draw.
    pub(super) fn figure(&self, kind: FigureKind) -> Option<Figure> {
        let is_picture = kind != FigureKind::Progress && self.page.rows.len() > MAX_ROWS_WITHIN;
        let svg = match is_picture {
            true if self.board.is_none() => return None,
            true => None,
            false => Some(self.drawn(kind)?),
        };
        let name = format!("{}-{}.svg", kind.key(), self.page.subject.key());
        let folder = address::benchmark(&self.benchmark.id, "plots");
        let chosen = |name| Some((name, self.options?.first(name)?));
        let query = address::query(CHOOSING.into_iter().filter_map(chosen));
        let file_href = with_query(&format!("{folder}/{}", address::encoded(&name)), &query);
        Some(Figure { svg, file_href })
    }

    fn drawn(&self, kind: FigureKind) -> Option<String> {
        match kind {
            FigureKind::Boxes => self.boxes(),
            FigureKind::Ranks => self.ranks(),
            FigureKind::Progress => self.progress(),
        }
    }

    /// Entries of the page, in its order.
    fn entries(&self) -> impl Iterator<Item = &EntryRow> {
        self.page.rows.iter().map(|row| &row.entry)
    }

    const fn has_links(&self) -> bool {
        self.options.is_some()
    }

    fn object_name(&self) -> String {
        let key = self.page.subject.key();
        let object = self.benchmark.objects.iter().find(|object| object.id == key);
        object.map_or_else(|| "the whole image".to_owned(), |object| object.name.to_lowercase())
    }

    fn boxes(&self) -> Option<String> {
        let board = self.board?;
        let row = |entry: &EntryRow| {
            let Distribution { whiskers: [min, max], q1, median, q3, mean, outliers } =
                board.rows.get(&entry.id)?.distribution.clone()?;
            let look = address::query([("entries", entry.id.as_str())]);
            let outlier = |(image, value): (String, f64)| BoxOutlier {
                href: self.has_links().then(|| address::browse(&self.benchmark.id, &image, &look)),
                image,
                value,
            };
            Some(BoxPlotRow {
                label: entry.card.name.clone(),
                min,
                q1,
                median,
                q3,
                max,
                mean,
                is_reference: entry.role != EntryRole::Method,
                outliers: outliers.into_iter().map(outlier).collect(),
            })
        };
        let rows: Vec<BoxPlotRow> = self.entries().filter_map(row).collect();
        let format = MeasureFormat::page(&board.key);
        let title = format!("{} of {} over the images", format.title(), self.object_name());
        (!rows.is_empty()).then(|| box_plot(&title, &format.title(), &rows))
    }

    fn ranks(&self) -> Option<String> {
        let board = self.board?;
        let row = |entry: &EntryRow| {
            let found = board.rows.get(&entry.id)?;
            Some(RankRow {
                label: entry.card.name.clone(),
                shares: found.rank_shares.clone(),
                median: found.rank_median,
            })
        };
        let rows: Vec<RankRow> = self.entries().filter_map(row).collect();
        let measure = MeasureFormat::page(&board.key).name;
        let title = format!("Ranks by mean {measure} of {} over resamples", self.object_name());
        (rows.len() > 1).then(|| rank_plot(&title, &rows))
    }

    /// None where all entries were published on one day.
    fn progress(&self) -> Option<String> {
        let first = self.entries().next()?;
        let subject = self.page.subject;
        let measures = subject.measures(first)?;
        let key = measures.keys().find(|key| MeasureFormat::page(key).better.is_some())?;
        let format = MeasureFormat::of(&first.result, key);
        let point = |entry: &EntryRow| {
            let measures = subject.measures(entry)?;
            let value = measures.get(key)?.mean?;
            Some(ProgressPoint {
                name: entry.card.name.clone(),
                day: day(&entry.published_at)?,
                value,
                words: format!("{}, {}", format.value(Some(value)), date(&entry.published_at)),
                is_reference: entry.role != EntryRole::Method,
                href: self.has_links().then(|| address::entry(&entry.id)),
            })
        };
        let points: Vec<ProgressPoint> = self.entries().filter_map(point).collect();
        let mut days: Vec<(f64, String)> = self
            .entries()
            .filter_map(|entry| {
                Some((day(&entry.published_at)?, date(&entry.published_at).to_owned()))
            })
            .collect();
        days.sort_by(|one, other| one.0.total_cmp(&other.0));
        days.dedup_by(|one, other| one.1 == other.1);
        if days.len() < 2 {
            return None;
        }
        let ends = [days[0].clone(), days[days.len() - 1].clone()];
        let title = format!("{} of {} by entry over time", format.title(), self.object_name());
        Some(progress_plot(&ProgressPlot {
            title: &title,
            measure: &format.title(),
            better: format.better?,
            points: &points,
            days: &ends,
        }))
    }
}

/// Day of an RFC 3339 time, with a fraction.
fn day(time: &str) -> Option<f64> {
    let time: jiff::Timestamp = time.parse().ok()?;
    Some(time.as_second() as f64 / SECONDS_A_DAY)
}

/// Answers `/benchmarks/ID/plots/KIND-OBJECT.svg`: the figure of the first page of a table, or
/// of the rows that the options of the results page choose.
pub(crate) async fn plot(
    State(store): State<PublicStore>,
    State(kept): State<Arc<Computed<Board>>>,
    PublishedBenchmark(row): PublishedBenchmark,
    Path(segments): Path<HashMap<String, String>>,
    options: Options,
) -> Result<Response, Failure> {
    let benchmark = row.document;
    let name = segments.get("plot").map(String::as_str).unwrap_or_default();
    let (kind, subject) = named(&benchmark, name).ok_or(Failure::NoFile)?;
    let standings = store.standings(&benchmark.id).await?;
    let request = TableRequest {
        standings: &standings,
        fold: None,
        options: &options,
        filter: &filter_of(&options, &mut Vec::new()).0,
        range: page_range(current(options.first("page"), usize::MAX)),
    };
    let page = TablePage::read(request, subject).await?.ok_or(Failure::NoFile)?;
    let boards = Boards::new(&store, &benchmark, &standings, &kept).await?;
    let board = boards.of(subject, &page.rows).await?;
    let board = board.as_deref().and_then(|board| board.subject.as_ref());
    let figures = Figures { benchmark: &benchmark, page: &page, board, options: None };
    let svg = figures.drawn(kind).ok_or(Failure::NoFile)?;
    let name = format!("{}-{}-{}.svg", plain(&benchmark.id), kind.key(), plain(subject.key()));
    Ok(file(&name, "image/svg+xml", standalone(&svg)))
}

/// Kind and subject of a file name.
fn named<'a>(benchmark: &'a BenchmarkDocument, name: &str) -> Option<(FigureKind, Subject<'a>)> {
    let (kind, object) = name.strip_suffix(".svg")?.split_once('-')?;
    let kind = FigureKind::ALL.into_iter().find(|found| found.key() == kind)?;
    if object == "all" {
        return Some((kind, Subject::WholeImage));
    }
    let object = benchmark.objects.iter().find(|found| found.id == object)?;
    Some((kind, Subject::Object(&object.id)))
}
