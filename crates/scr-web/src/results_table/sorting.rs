//! Columns of a table of results, and the order that an address asks for.

use scr_measures::Better;
use scr_report::standings::{Order, Statistic};
use scr_store::{StandingOrder, Standings, TableColumn};

use super::subject::Subject;
use crate::numbers::{MeasureFormat, has_column};
use crate::options::Options;
use crate::standings::SortKey;

/// Sort key of the name.
pub(super) const BY_NAME: &str = "name";

/// Sort order of the rows. Ranks always follow `key`.
#[derive(Debug, Clone)]
pub(crate) struct Sorting {
    pub(crate) key: SortKey,
    pub(super) by_name: bool,
    pub(super) order: Order,
}

impl Sorting {
    /// The order that the options ask for, if they mean this table; else the best first.
    pub(super) fn read(
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

    /// The order as the store takes it.
    pub(super) fn standing_order(&self) -> StandingOrder {
        StandingOrder {
            measure: self.key.measure.clone(),
            statistic: self.key.statistic,
            better: better(&self.key),
            order: self.order,
            by_name: self.by_name,
        }
    }
}

/// Better end of a column.
pub(super) fn better(key: &SortKey) -> Better {
    match key.statistic {
        Statistic::Undefined => Better::Lower,
        _ => MeasureFormat::page(&key.measure).better.unwrap_or(Better::Lower),
    }
}

/// Column in words.
pub(super) fn described(key: &SortKey) -> String {
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

/// The columns in order: every measure that is shown, each with its statistics and, where it is
/// needed, the count of undefined values.
pub(super) fn columns(
    standings: &Standings<'_>,
    fold: Option<&str>,
    subject: Subject<'_>,
    options: &Options,
) -> Vec<SortKey> {
    let has_means = has_means_alone(standings, fold, subject);
    let mut columns = Vec::new();
    let of_subject = standings.columns(subject.within(fold));
    for column in of_subject.filter(|column| has_column(&column.measure, options)) {
        let measure = &column.measure;
        let statistics = match has_means {
            true => [Statistic::Mean].as_slice(),
            false => subject.statistics(measure),
        };
        let statistics = statistics.iter().copied();
        let undefined = (column.n_with_undefined > 0).then_some(Statistic::Undefined);
        columns.extend(
            statistics
                .chain(undefined)
                .map(|statistic| SortKey { measure: measure.clone(), statistic }),
        );
    }
    columns
}

/// True if there are only means, as with a hidden reference.
pub(super) fn has_means_alone(
    standings: &Standings<'_>,
    fold: Option<&str>,
    subject: Subject<'_>,
) -> bool {
    let has_none = |column: &TableColumn| column.n_with_counts == 0;
    standings.columns(subject.within(fold)).all(has_none)
}
