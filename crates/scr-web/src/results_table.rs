//! A table of results: entries down, measures across, a link on every column head.
//!
//! Turns the rows of a page into texts and links. The store orders and ranks them, by the mean
//! unless the address asks for another column. Links sort on the server, so that sorting needs
//! no script and every order has an address.
//!
//! - `page.rs`: reads a page of rows. `sorting.rs`: columns and order of an address.
//! - `cells.rs`: a number, a note, an interval mark.

mod cells;
mod page;
mod sorting;
mod subject;

use scr_report::board::BoardSubject;
use scr_report::standings::{Order, Statistic};
use scr_store::{NamedEntry, StandingRow};

use crate::address;
use crate::numbers::{MeasureFormat, NO_VALUE};
use crate::options::Options;
use crate::standings::SortKey;
use crate::versions::EntryLink;
use cells::Cells;
pub(crate) use cells::{Cell, tile_cell};
pub(crate) use page::{TablePage, TableRequest};
use sorting::{BY_NAME, better, described};
pub(crate) use subject::{Subject, reference_mark};

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

/// Sources of a table beside the rows of its page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TableSource<'a> {
    /// Identifier of the benchmark.
    pub(crate) benchmark: &'a str,
    /// Rank stability and significance groups, where they are known.
    pub(crate) board: Option<&'a BoardSubject>,
    /// Options of the address.
    pub(crate) options: &'a Options,
}

impl ResultsTable {
    /// The table of a page.
    pub(crate) fn new(source: TableSource<'_>, page: TablePage<'_>, caption: String) -> Self {
        let TableSource { benchmark, board, options } = source;
        let TablePage { subject, columns, sorting, rows: found, is_compact, .. } = &page;
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
        Self {
            id: subject.key().to_owned(),
            caption,
            name_head: head("Entry", BY_NAME, Order::Ascending, sorting.by_name),
            groups: groups(columns),
            columns: column_heads,
            has_undefined: page.has_undefined,
            has_two_ranks: page.n_submissions > 0 && page.n_submissions < page.n_listed,
            has_board: board.is_some(),
            rows: rows(found, *subject, columns, board),
            is_compact: *is_compact,
            ordered_by: described(&sorting.key),
            ordered_on: match page.has_means_alone {
                true => "as it is shown",
                false => "on full precision",
            },
            notes: page.notes,
        }
    }
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
    found: &[StandingRow],
    subject: Subject<'_>,
    columns: &[SortKey],
    board: Option<&BoardSubject>,
) -> Vec<Row> {
    let measures = found.iter().filter_map(|row| subject.measures(&row.entry));
    let cells = Cells::new(columns, &measures);
    let words =
        |rank: Option<u64>| rank.map_or_else(|| NO_VALUE.to_owned(), |rank| rank.to_string());
    let link = |entry: &Option<NamedEntry>| entry.as_ref().map(EntryLink::to);
    let row = |row: &StandingRow| {
        let entry = &row.entry;
        let found = board.and_then(|board| board.rows.get(&entry.id));
        Row {
            rank: words(row.rank),
            rank_among_submissions: words(row.rank_among_submissions),
            rank_interval: match found.and_then(|found| found.rank_ci95) {
                Some([best, worst]) if best == worst => best.to_string(),
                Some([best, worst]) => format!("{best} to {worst}"),
                None => NO_VALUE.to_owned(),
            },
            letters: found.and_then(|found| found.letters.clone()).unwrap_or_default(),
            id: entry.id.clone(),
            name: entry.card.name.clone(),
            href: address::entry(&entry.id),
            mark: reference_mark(entry.role),
            corrects: link(&row.corrects),
            corrected_by: link(&row.corrected_by),
            cells: cells.of(&entry.result, subject.measures(entry)),
        }
    };
    found.iter().map(row).collect()
}
