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

use crate::address;
use crate::boards::board_of;
use crate::computed::Computed;
use crate::error::Failure;
use crate::extractors::PublishedBenchmark;
use crate::handlers::entry_files::{file, plain};
use crate::numbers::{MeasureFormat, date};
use crate::options::Options;
use crate::results_table::{ResultsTable, Subject, TableSource};

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
    const ALL: [Self; 3] = [Self::Boxes, Self::Ranks, Self::Progress];

    /// Key in the address of the file.
    const fn key(self) -> &'static str {
        match self {
            Self::Boxes => "boxes",
            Self::Ranks => "ranks",
            Self::Progress => "time",
        }
    }
}

/// Figure of a subject.
pub(super) struct Figure {
    pub(super) svg: String,
    pub(super) file_href: String,
}

/// Input of the figures.
#[derive(Clone, Copy)]
pub(super) struct Figures<'a> {
    pub(super) benchmark: &'a BenchmarkDocument,
    pub(super) entries: &'a [EntryRow],
    pub(super) board: Option<&'a Board>,
    /// True draws links to images and entries.
    pub(super) has_links: bool,
}

impl Figures<'_> {
    /// The figure of a subject; none where there is nothing to draw.
    pub(super) fn figure(&self, kind: FigureKind, subject: Subject<'_>) -> Option<Figure> {
        let svg = self.drawn(kind, subject)?;
        let name = format!("{}-{}.svg", kind.key(), subject.key());
        let folder = address::benchmark(&self.benchmark.id, "plots");
        Some(Figure { svg, file_href: format!("{folder}/{}", address::encoded(&name)) })
    }

    fn drawn(&self, kind: FigureKind, subject: Subject<'_>) -> Option<String> {
        let ranked = self.ranked(subject)?;
        match kind {
            FigureKind::Boxes => self.boxes(subject, &ranked),
            FigureKind::Ranks => self.ranks(subject, &ranked),
            FigureKind::Progress => self.progress(subject, &ranked),
        }
    }

    /// Entries of a subject from the best on.
    fn ranked(&self, subject: Subject<'_>) -> Option<Vec<&EntryRow>> {
        let options = Options::default();
        let source = TableSource {
            benchmark: &self.benchmark.id,
            entries: self.entries,
            board: None,
            options: &options,
        };
        let table = ResultsTable::new(source, subject, String::new())?;
        let by_id = |id: &str| self.entries.iter().find(|entry| entry.id == id);
        Some(table.rows.iter().filter_map(|row| by_id(&row.id)).collect())
    }

    fn on_board(&self, subject: Subject<'_>) -> Option<&BoardSubject> {
        let object = match subject {
            Subject::Object(id) => Some(id),
            Subject::WholeImage => None,
        };
        self.board?.subjects.iter().find(|found| found.object.as_deref() == object)
    }

    fn object_name(&self, subject: Subject<'_>) -> String {
        let object = self.benchmark.objects.iter().find(|object| object.id == subject.key());
        object.map_or_else(|| "the whole image".to_owned(), |object| object.name.to_lowercase())
    }

    fn boxes(&self, subject: Subject<'_>, ranked: &[&EntryRow]) -> Option<String> {
        let board = self.on_board(subject)?;
        let row = |entry: &&EntryRow| {
            let Distribution { whiskers: [min, max], q1, median, q3, mean, outliers } =
                board.rows.get(&entry.id)?.distribution.clone()?;
            let look = address::query([("entries", entry.id.as_str())]);
            let outlier = |(image, value): (String, f64)| BoxOutlier {
                href: self.has_links.then(|| address::browse(&self.benchmark.id, &image, &look)),
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
        let rows: Vec<BoxPlotRow> = ranked.iter().filter_map(row).collect();
        let format = MeasureFormat::page(&board.key);
        let title = format!("{} of {} over the images", format.title(), self.object_name(subject));
        (!rows.is_empty()).then(|| box_plot(&title, &format.title(), &rows))
    }

    fn ranks(&self, subject: Subject<'_>, ranked: &[&EntryRow]) -> Option<String> {
        let board = self.on_board(subject)?;
        let row = |entry: &&EntryRow| {
            let found = board.rows.get(&entry.id)?;
            Some(RankRow {
                label: entry.card.name.clone(),
                shares: found.rank_shares.clone(),
                median: found.rank_median,
            })
        };
        let rows: Vec<RankRow> = ranked.iter().filter_map(row).collect();
        let measure = MeasureFormat::page(&board.key).name;
        let title =
            format!("Ranks by mean {measure} of {} over resamples", self.object_name(subject));
        (rows.len() > 1).then(|| rank_plot(&title, &rows))
    }

    /// None where all entries were published on one day.
    fn progress(&self, subject: Subject<'_>, ranked: &[&EntryRow]) -> Option<String> {
        let first = ranked.first()?;
        let measures = match subject {
            Subject::Object(id) => first.result.objects.get(id)?,
            Subject::WholeImage => &first.result.image_measures,
        };
        let key = measures.keys().find(|key| MeasureFormat::page(key).better.is_some())?;
        let format = MeasureFormat::of(&first.result, key);
        let point = |entry: &&EntryRow| {
            let measures = match subject {
                Subject::Object(id) => entry.result.objects.get(id)?,
                Subject::WholeImage => &entry.result.image_measures,
            };
            let value = measures.get(key)?.mean?;
            Some(ProgressPoint {
                name: entry.card.name.clone(),
                day: day(&entry.published_at)?,
                value,
                words: format!("{}, {}", format.value(Some(value)), date(&entry.published_at)),
                is_reference: entry.role != EntryRole::Method,
                href: self.has_links.then(|| address::entry(&entry.id)),
            })
        };
        let points: Vec<ProgressPoint> = ranked.iter().filter_map(point).collect();
        let mut days: Vec<(f64, String)> = ranked
            .iter()
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
        let title =
            format!("{} of {} by entry over time", format.title(), self.object_name(subject));
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

/// Answers `/benchmarks/ID/plots/KIND-OBJECT.svg`.
pub(crate) async fn plot(
    State(store): State<PublicStore>,
    State(boards): State<Arc<Computed<Board>>>,
    PublishedBenchmark(row): PublishedBenchmark,
    Path(segments): Path<HashMap<String, String>>,
) -> Result<Response, Failure> {
    let benchmark = row.document;
    let name = segments.get("plot").map(String::as_str).unwrap_or_default();
    let (kind, object) = named(&benchmark, name).ok_or(Failure::NoFile)?;
    let entries = store.entries().summaries(&benchmark.id).await?;
    let board = board_of(&store, &boards, &benchmark, &entries).await?;
    let figures = Figures {
        benchmark: &benchmark,
        entries: &entries,
        board: board.as_deref(),
        has_links: false,
    };
    let svg = figures.drawn(kind, object).ok_or(Failure::NoFile)?;
    let name = format!("{}-{}-{}.svg", plain(&benchmark.id), kind.key(), plain(object.key()));
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
