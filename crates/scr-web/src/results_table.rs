//! A table of results: entries down, measures across, a link on every column head.
//!
//! Turns entries into texts and links for the page, in the order of
//! [`scr_report::standings`]. Links sort on the server, so that sorting needs no script and
//! every order has an address. The only place that ranks entries for pages: by the mean,
//! unless the address asks for another column.

mod cells;

use scr_documents::{EntryRole, MeasureMap, SummaryDocument};
use scr_measures::Better;
use scr_report::board::BoardSubject;
use scr_report::standings::{Order, Ranks, Standing, Statistic};
use scr_store::EntryRow;
use std::cmp::Ordering;

use crate::numbers::{MeasureFormat, NO_VALUE, has_column, shows_all};
use crate::options::Options;
use crate::standings::SortKey;
use crate::versions::EntryLink;
use crate::{address, versions};
pub(crate) use cells::Cell;
use cells::Cells;

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
    /// True with one column a measure.
    pub(crate) is_compact: bool,
    /// True if an entry has images without a value.
    pub(crate) has_undefined: bool,
    /// True where submissions have ranks of their own: there are reference rows too.
    pub(crate) has_two_ranks: bool,
    /// True where rows have rank intervals and significance groups.
    pub(crate) has_board: bool,
    /// Measure and statistic of order and ranks, in words.
    pub(crate) ordered_by: String,
    /// Precision of the order: full, or as shown.
    pub(crate) ordered_on: &'static str,
    /// Faults of the address.
    pub(crate) notes: Vec<String>,
}

/// A measure over the columns that show it.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    /// Name and unit.
    pub(crate) title: String,
    /// Short name and unit.
    pub(crate) short: String,
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
    /// Identifier of the entry.
    pub(crate) id: String,
    /// Rank, or a dash.
    pub(crate) rank: String,
    /// Rank among submissions, or a dash.
    pub(crate) rank_among_submissions: String,
    /// The 95 % interval of the rank over resamples, or a dash.
    pub(crate) rank_interval: String,
    /// Significance groups as letters; may be empty.
    pub(crate) letters: String,
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
    /// Cells of the columns.
    pub(crate) cells: Vec<Cell>,
}

/// Measures of a table.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Subject<'a> {
    /// An object by its identifier.
    Object(&'a str),
    /// Measures of whole images.
    WholeImage,
}

/// What a table is made of beside its subject.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TableSource<'a> {
    /// Identifier of the benchmark.
    pub(crate) benchmark: &'a str,
    /// Entries, with the summaries that the table shows.
    pub(crate) entries: &'a [EntryRow],
    /// Rank stability and significance groups, where they are known.
    pub(crate) board: Option<&'a BoardSubject>,
    /// Options of the address.
    pub(crate) options: &'a Options,
}

impl Subject<'_> {
    /// Key in addresses.
    pub(crate) fn key(&self) -> &str {
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
    if role == EntryRole::Method { "" } else { role.key() }
}

/// Entry in the table.
struct Line<'a> {
    entry: &'a EntryRow,
    measures: &'a MeasureMap<SummaryDocument>,
}

/// Sort order of the rows. Ranks always follow `key`.
struct Sorting {
    key: SortKey,
    by_name: bool,
    order: Order,
}

impl ResultsTable {
    /// The table of a subject; `None` when no entry has results for it.
    ///
    /// Without a sort key that fits in the options, the best come first by the mean of the
    /// first measure.
    pub(crate) fn new(
        source: TableSource<'_>,
        subject: Subject<'_>,
        caption: String,
    ) -> Option<Self> {
        let TableSource { benchmark, entries, board, options } = source;
        let lines: Vec<Line<'_>> = entries
            .iter()
            .filter_map(|entry| Some(Line { entry, measures: subject.measures(entry)? }))
            .collect();
        let all = columns(subject, &lines, options);
        let is_compact = !shows_all(options);
        let columns: Vec<SortKey> = match is_compact {
            true => all.iter().filter(|key| key.statistic == Statistic::Mean).cloned().collect(),
            false => all.clone(),
        };
        let first = columns.first()?;
        let mut notes = Vec::new();
        let sorting = Sorting::read(subject, first, &all, options, &mut notes);
        let link = |word: &str, order: Order| {
            let kept = ["measures", "fold", "kind", "q"].into_iter();
            let kept = kept.filter_map(|name| Some((name, options.first(name)?)));
            let wanted = [("object", subject.key()), ("sort", word), ("order", order.key())];
            let query = address::query(wanted.into_iter().chain(kept));
            let page = address::benchmark(benchmark, "results");
            format!("{page}?{query}#{}", address::encoded(subject.key()))
        };
        let head = |label, word: &str, natural: Order, is_current: bool| ColumnHead {
            label,
            href: link(word, if is_current { sorting.order.reversed() } else { natural }),
            aria_sort: is_current.then(|| sorting.order.name()),
        };
        let column_heads = columns
            .iter()
            .map(|column| {
                let natural = Order::best_first(better(column));
                let is_current = !sorting.by_name && *column == sorting.key;
                head(column.statistic.label(), &column.written(), natural, is_current)
            })
            .collect();
        // The board ranks by the mean of its measure.
        let board = board.filter(|board| {
            sorting.key.measure == board.key && sorting.key.statistic == Statistic::Mean
        });
        let is_reference = |line: &Line<'_>| line.entry.role != EntryRole::Method;
        Some(Self {
            id: subject.key().to_owned(),
            caption,
            name_head: head("Entry", BY_NAME, Order::Ascending, sorting.by_name),
            groups: groups(&columns),
            columns: column_heads,
            has_undefined: lines.iter().flat_map(|line| line.measures.values()).any(has_undefined),
            has_two_ranks: lines.iter().any(is_reference) && !lines.iter().all(is_reference),
            has_board: board.is_some(),
            rows: rows(entries, &lines, &columns, &sorting, board),
            is_compact,
            ordered_by: described(&sorting.key),
            ordered_on: match has_means_alone(&lines) {
                true => "as it is shown",
                false => "on full precision",
            },
            notes,
        })
    }
}

impl Sorting {
    /// The order that the options ask for, if they mean this table; else the best first.
    fn read(
        subject: Subject<'_>,
        first: &SortKey,
        columns: &[SortKey],
        options: &Options,
        notes: &mut Vec<String>,
    ) -> Self {
        let default = SortKey { measure: first.measure.clone(), statistic: Statistic::Mean };
        let is_meant = options.first("object").is_none_or(|object| object == subject.key());
        let asked = options.first("sort").filter(|_| is_meant);
        let by_name = asked == Some(BY_NAME);
        let asked_key = asked.map(SortKey::parsed).filter(|key| columns.contains(key));
        let is_asked = by_name || asked_key.is_some();
        if let (Some(asked), false) = (asked, is_asked) {
            notes.push(format!(
                "There is no column {asked} to sort by: the best are first by the {}.",
                described(&default)
            ));
        }
        let key = asked_key.unwrap_or(default);
        let natural = if by_name { Order::Ascending } else { Order::best_first(better(&key)) };
        let word = options.first("order").filter(|_| is_asked);
        let order = word.and_then(Order::from_key);
        if let (Some(word), None) = (word, order) {
            notes.push(format!("There is no order {word}: it is asc or desc."));
        }
        Self { key, by_name, order: order.unwrap_or(natural) }
    }
}

fn has_undefined(summary: &SummaryDocument) -> bool {
    summary.n_undefined.is_some_and(|n| n > 0)
}

fn better(key: &SortKey) -> Better {
    match key.statistic {
        Statistic::Undefined => Better::Lower,
        _ => MeasureFormat::page(&key.measure).better.unwrap_or(Better::Lower),
    }
}

/// The columns in order: every measure that is shown, each with its
/// statistics and, where it is needed, the count of undefined values.
fn columns(subject: Subject<'_>, lines: &[Line<'_>], options: &Options) -> Vec<SortKey> {
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
        let is_undefined_somewhere =
            lines.iter().filter_map(|line| line.measures.get(measure)).any(has_undefined);
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
            let unit =
                if head.unit.is_empty() { String::new() } else { format!(" ({})", head.unit) };
            Group {
                title: head.title(),
                short: format!("{}{unit}", head.short_name),
                better: head.better_words(),
                span: group.len(),
            }
        })
        .collect()
}

fn rows(
    entries: &[EntryRow],
    lines: &[Line<'_>],
    columns: &[SortKey],
    sorting: &Sorting,
    board: Option<&BoardSubject>,
) -> Vec<Row> {
    let key = &sorting.key;
    let standing = |line: &Line<'_>| {
        let summary = line.measures.get(&key.measure);
        Standing::of(&line.entry.result, &key.measure, summary, key.statistic)
    };
    let standings: Vec<Standing> = lines.iter().map(standing).collect();
    let is_submission: Vec<bool> =
        lines.iter().map(|line| line.entry.role == EntryRole::Method).collect();
    let ranks = Ranks::of(&standings, &is_submission, better(key));
    let cells = Cells::new(columns, &lines.iter().map(|line| line.measures));
    let mut places: Vec<usize> = (0..lines.len()).collect();
    places.sort_by(|&left, &right| {
        let by_name_ascending = name_of(&lines[left]).cmp(&name_of(&lines[right]));
        match (sorting.by_name, sorting.order) {
            (true, Order::Ascending) => by_name_ascending,
            (true, Order::Descending) => by_name_ascending.reverse(),
            (false, order) => match standings[left].compare(standings[right], order) {
                Ordering::Equal => by_name_ascending,
                decided => decided,
            },
        }
    });
    let words =
        |rank: Option<usize>| rank.map_or_else(|| NO_VALUE.to_owned(), |rank| rank.to_string());
    places
        .into_iter()
        .map(|place| {
            let Line { entry, measures } = &lines[place];
            let found = board.and_then(|board| board.rows.get(&entry.id));
            let interval = found.and_then(|found| found.rank_ci95);
            Row {
                rank: words(ranks.among_all[place]),
                rank_among_submissions: words(ranks.among_submissions[place]),
                rank_interval: match interval {
                    Some([best, worst]) if best == worst => best.to_string(),
                    Some([best, worst]) => format!("{best} to {worst}"),
                    None => NO_VALUE.to_owned(),
                },
                letters: found.and_then(|found| found.letters.clone()).unwrap_or_default(),
                id: entry.id.clone(),
                name: entry.card.name.clone(),
                href: address::entry(&entry.id),
                mark: reference_mark(entry.role),
                corrects: versions::corrects(entry, entries),
                corrected_by: versions::corrected_by(entry, entries),
                cells: cells.of(&entry.result, measures),
            }
        })
        .collect()
}

fn name_of(line: &Line<'_>) -> (String, String) {
    (line.entry.card.name.to_lowercase(), line.entry.id.clone())
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
