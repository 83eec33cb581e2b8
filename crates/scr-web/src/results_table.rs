//! A table of results: entries down, measures across, a link on every column head.
//!
//! Turns entries into texts and links for the page, in the order of
//! [`scr_report::standings`]. Links sort on the server, so that sorting needs no script and
//! every order has an address.

use scr_documents::{EntryRole, MeasureMap, SummaryDocument};
use scr_measures::Better;
use scr_report::standings::{Order, Standing, Statistic, ranks};
use scr_store::EntryRow;
use std::cmp::Ordering;

use crate::numbers::{MeasureFormat, NO_VALUE, has_column, shows_all};
use crate::options::Options;
use crate::standings::SortKey;
use crate::versions::EntryLink;
use crate::{address, versions};

/// Sort key of the name.
const BY_NAME: &str = "name";

/// Table of results.
#[derive(Debug, Clone)]
pub(crate) struct ResultsTable {
    /// Anchor on the page, and the table's name in addresses.
    pub(crate) id: String,
    /// Caption.
    pub(crate) caption: String,
    /// The head of the column of names.
    pub(crate) name_head: ColumnHead,
    /// Measures, each over several columns.
    pub(crate) groups: Vec<Group>,
    /// Columns after the name.
    pub(crate) columns: Vec<ColumnHead>,
    /// Entries in order.
    pub(crate) rows: Vec<Row>,
    /// True if an entry has images without a value.
    pub(crate) has_undefined: bool,
    /// Measure and statistic of order and ranks, in words.
    pub(crate) ordered_by: String,
    /// Precision of the order: full, or as shown.
    pub(crate) ordered_on: &'static str,
}

/// A measure over the columns that show it.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    /// Name and unit.
    pub(crate) title: String,
    /// `higher is better` or `lower is better`; may be empty.
    pub(crate) better: &'static str,
    /// Number of columns.
    pub(crate) span: usize,
}

/// A column's head, which is a link that sorts.
#[derive(Debug, Clone)]
pub(crate) struct ColumnHead {
    /// Label.
    pub(crate) label: &'static str,
    /// Address of the page, sorted by the column.
    pub(crate) href: String,
    /// `ascending` or `descending` when the table is sorted by it.
    pub(crate) aria_sort: Option<&'static str>,
}

/// An entry's row.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// Rank, or a dash.
    pub(crate) rank: String,
    /// Name of the entry.
    pub(crate) name: String,
    /// Its page.
    pub(crate) href: String,
    /// `observer` or `baseline`; empty for a participant's method.
    pub(crate) mark: &'static str,
    /// The earlier entry that it corrects.
    pub(crate) corrects: Option<EntryLink>,
    /// The later entry that corrects it.
    pub(crate) corrected_by: Option<EntryLink>,
    /// Texts of the columns.
    pub(crate) cells: Vec<String>,
}

/// Measures of a table.
pub(crate) enum Subject<'a> {
    /// An object by its identifier.
    Object(&'a str),
    /// Measures of whole images.
    WholeImage,
}

impl Subject<'_> {
    fn key(&self) -> &str {
        match self {
            Self::Object(id) => id,
            Self::WholeImage => "all",
        }
    }

    fn measures<'e>(&self, entry: &'e EntryRow) -> Option<&'e MeasureMap<SummaryDocument>> {
        match self {
            Self::Object(id) => entry.result.objects.get(*id),
            Self::WholeImage => Some(&entry.result.image_measures),
        }
        .filter(|measures| !measures.is_empty())
    }

    fn statistics(&self, measure: &str) -> &'static [Statistic] {
        use Statistic::{Interval, LowerQuartile, Max, Mean, Median, Min, UpperQuartile};
        match self {
            Self::WholeImage if measure == "pixel_error" => {
                &[Mean, Interval, Min, LowerQuartile, Median, UpperQuartile, Max]
            }
            _ => &[Mean, Median, Interval],
        }
    }
}

/// `observer` or `baseline` for a reference row; empty for a participant's method.
pub(crate) fn reference_mark(role: EntryRole) -> &'static str {
    match role {
        EntryRole::Observer => "observer",
        EntryRole::Baseline => "baseline",
        EntryRole::Method => "",
    }
}

/// Entry in the table.
struct Line<'a> {
    entry: &'a EntryRow,
    measures: &'a MeasureMap<SummaryDocument>,
}

/// Sort order of the rows. Ranks always follow `key`.
struct Sorting<'a> {
    key: &'a SortKey,
    by_name: bool,
    order: Order,
}

impl ResultsTable {
    /// The table of a subject; `None` when no entry has results for it.
    ///
    /// Without a sort key that fits in `options`, the best come first by the
    /// median pixel error or the mean of the first measure.
    pub(crate) fn new(
        benchmark: &str,
        subject: &Subject<'_>,
        caption: String,
        entries: &[EntryRow],
        options: &Options,
    ) -> Option<Self> {
        let lines: Vec<Line<'_>> = entries
            .iter()
            .filter_map(|entry| Some(Line { entry, measures: subject.measures(entry)? }))
            .collect();
        let columns = columns(subject, &lines, options);
        let first = columns.first()?;
        let default = SortKey {
            measure: first.measure.clone(),
            statistic: match subject {
                Subject::WholeImage if !has_means_alone(&lines) => Statistic::Median,
                _ => Statistic::Mean,
            },
        };
        let is_meant = options.first("object").is_none_or(|object| object == subject.key());
        let asked = options.first("sort").filter(|_| is_meant);
        let by_name = asked == Some(BY_NAME);
        let asked_key = asked.map(SortKey::parsed).filter(|key| columns.contains(key));
        let is_asked = by_name || asked_key.is_some();
        let key = asked_key.unwrap_or(default);
        let best_first = Order::best_first(better(&key));
        let natural = if by_name { Order::Ascending } else { best_first };
        let order = options
            .first("order")
            .filter(|_| is_asked)
            .and_then(Order::from_key)
            .unwrap_or(natural);

        let link = |word: &str, order: Order| {
            let all = shows_all(options).then_some(("measures", "all"));
            let sorting = [("object", subject.key()), ("sort", word), ("order", order.key())];
            let query = address::query(sorting.into_iter().chain(all));
            let page = address::benchmark(benchmark, "results");
            format!("{page}?{query}#{}", address::encoded(subject.key()))
        };
        let head = |label, word: &str, natural: Order, is_current: bool| ColumnHead {
            label,
            href: link(word, if is_current { order.reversed() } else { natural }),
            aria_sort: is_current.then(|| order.name()),
        };
        let column_heads = columns
            .iter()
            .map(|column| {
                let natural = Order::best_first(better(column));
                let is_current = !by_name && *column == key;
                head(column.statistic.label(), &column.written(), natural, is_current)
            })
            .collect();

        Some(Self {
            id: subject.key().to_owned(),
            caption,
            name_head: head("Entry", BY_NAME, Order::Ascending, by_name),
            groups: groups(&columns),
            columns: column_heads,
            rows: rows(entries, &lines, &columns, &Sorting { key: &key, by_name, order }),
            has_undefined: columns.iter().any(|key| key.statistic == Statistic::Undefined),
            ordered_by: described(&key),
            ordered_on: match has_means_alone(&lines) {
                true => "as it is shown",
                false => "on full precision",
            },
        })
    }
}

fn better(key: &SortKey) -> Better {
    match key.statistic {
        Statistic::Undefined => Better::Lower,
        _ => MeasureFormat::page(&key.measure).better.unwrap_or(Better::Lower),
    }
}

/// The columns in order: every measure that is shown, each with its
/// statistics and, where it is needed, the count of undefined values.
fn columns(subject: &Subject<'_>, lines: &[Line<'_>], options: &Options) -> Vec<SortKey> {
    let mut measures: Vec<&String> = Vec::new();
    for line in lines {
        for measure in line.measures.keys() {
            if !measures.contains(&measure) && has_column(measure, options) {
                measures.push(measure);
            }
        }
    }
    let mut columns = Vec::new();
    for measure in measures {
        let is_undefined_somewhere = lines
            .iter()
            .filter_map(|line| line.measures.get(measure))
            .any(|summary| summary.n_undefined.is_some_and(|n| n > 0));
        let statistics = match has_means_alone(lines) {
            true => [Statistic::Mean].as_slice(),
            false => subject.statistics(measure),
        };
        let statistics = statistics.iter().copied();
        let undefined = is_undefined_somewhere.then_some(Statistic::Undefined);
        columns.extend(
            statistics
                .chain(undefined)
                .map(|statistic| SortKey { measure: measure.clone(), statistic }),
        );
    }
    columns
}

/// True if there are only means, as with a hidden reference.
fn has_means_alone(lines: &[Line<'_>]) -> bool {
    let mut summaries = lines.iter().flat_map(|line| line.measures.values());
    summaries.all(|summary| summary.n.is_none())
}

fn groups(columns: &[SortKey]) -> Vec<Group> {
    columns
        .chunk_by(|left, right| left.measure == right.measure)
        .map(|group| {
            let head = MeasureFormat::page(&group[0].measure);
            Group { title: head.title(), better: head.better_words(), span: group.len() }
        })
        .collect()
}

fn rows(
    entries: &[EntryRow],
    lines: &[Line<'_>],
    columns: &[SortKey],
    sorting: &Sorting<'_>,
) -> Vec<Row> {
    let &Sorting { key, by_name, order } = sorting;
    let standings: Vec<Standing> = lines
        .iter()
        .map(|line| Standing::of(line.measures.get(&key.measure), key.statistic))
        .collect();
    let ranks = ranks(&standings, better(key));
    let mut places: Vec<usize> = (0..lines.len()).collect();
    places.sort_by(|&left, &right| {
        let by_name_ascending = name_of(&lines[left]).cmp(&name_of(&lines[right]));
        match (by_name, order) {
            (true, Order::Ascending) => by_name_ascending,
            (true, Order::Descending) => by_name_ascending.reverse(),
            (false, _) => match standings[left].compare(standings[right], order) {
                Ordering::Equal => by_name_ascending,
                decided => decided,
            },
        }
    });
    places
        .into_iter()
        .map(|place| {
            let Line { entry, measures } = &lines[place];
            Row {
                rank: ranks[place].map_or_else(|| NO_VALUE.to_owned(), |rank| rank.to_string()),
                name: entry.card.name.clone(),
                href: address::entry(&entry.id),
                mark: reference_mark(entry.role),
                corrects: versions::corrects(entry, entries),
                corrected_by: versions::corrected_by(entry, entries),
                cells: columns.iter().map(|column| cell(measures, column)).collect(),
            }
        })
        .collect()
}

fn name_of(line: &Line<'_>) -> (String, String) {
    (line.entry.card.name.to_lowercase(), line.entry.id.clone())
}

fn cell(measures: &MeasureMap<SummaryDocument>, column: &SortKey) -> String {
    let Some(summary) = measures.get(&column.measure) else { return NO_VALUE.to_owned() };
    let head = MeasureFormat::page(&column.measure);
    match column.statistic {
        Statistic::Mean => head.mean_sd(summary.mean, summary.sd),
        Statistic::Interval => head.interval(summary.ci95),
        Statistic::Undefined => {
            let counts = summary.n.zip(summary.n_undefined);
            counts.map_or(NO_VALUE.to_owned(), |(n, n_undefined)| {
                format!("{n_undefined} of {}", n + n_undefined)
            })
        }
        statistic => head.value(statistic.of(summary)),
    }
}

fn described(key: &SortKey) -> String {
    let head = MeasureFormat::page(&key.measure);
    let name = head.name;
    match key.statistic {
        Statistic::Mean => format!("mean of {name}"),
        Statistic::Interval => format!("lower end of the interval of {name}"),
        Statistic::Min => format!("smallest {name}"),
        Statistic::LowerQuartile => format!("lower quartile of {name}"),
        Statistic::Median => format!("median of {name}"),
        Statistic::UpperQuartile => format!("upper quartile of {name}"),
        Statistic::Max => format!("largest {name}"),
        Statistic::Undefined => format!("undefined values of {name}"),
    }
}
