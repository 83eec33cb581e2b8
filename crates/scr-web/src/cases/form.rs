//! Form that orders and filters cases, for the images page and the strip.
//!
//! Its fields are the options of [`CaseChoice`] in parts.

use scr_documents::{BenchmarkDocument, CaseEntry};

use super::choice::CaseChoice;
use super::order::CaseOrder;
use super::scored::Scored;
use crate::attributes::few_values;
use crate::numbers::capitalised;

/// Fields of the form that orders and filters.
#[derive(Debug, Clone)]
pub(crate) struct CaseForm {
    pub(crate) find: String,
    pub(crate) folds: Vec<FormChoice>,
    /// Values of attributes with few of them, by attribute.
    pub(crate) attributes: Vec<(String, Vec<FormChoice>)>,
    /// Orders that need no score.
    pub(crate) orders: Vec<FormChoice>,
    /// Orders by a score; empty without scores of single images.
    pub(crate) score_orders: Vec<FormChoice>,
    /// Measures by object.
    pub(crate) columns: Vec<(String, Vec<FormChoice>)>,
    pub(crate) entries: Vec<FormChoice>,
    pub(crate) others: Vec<FormChoice>,
    pub(crate) low: String,
    pub(crate) high: String,
}

/// Option of a list.
#[derive(Debug, Clone)]
pub(crate) struct FormChoice {
    pub(crate) value: String,
    pub(crate) name: String,
    pub(crate) is_chosen: bool,
}

impl CaseForm {
    /// Form of a benchmark that shows a choice; without `scored` entries it has no scores.
    pub(crate) fn new(benchmark: &BenchmarkDocument, scored: &Scored, choice: &CaseChoice) -> Self {
        let option = |value: &str, name: &str, is_chosen: bool| FormChoice {
            value: value.to_owned(),
            name: name.to_owned(),
            is_chosen,
        };
        let order = match &choice.order {
            order @ (CaseOrder::Up(_) | CaseOrder::Down(_)) => order.to_string(),
            order => order.kind().to_owned(),
        };
        let mut orders = vec![
            option("table", "the benchmark’s table", order == "table"),
            option("name", "name", order == "name"),
        ];
        let mut attributes = Vec::new();
        for (name, values) in few_values(&benchmark.images) {
            for (kind, words) in [("up", "ascending"), ("down", "descending")] {
                let value = format!("{kind}:{name}");
                orders.push(option(&value, &format!("{}, {words}", titled(&name)), order == value));
            }
            let with = |value: &String| {
                let with = choice.with.as_ref();
                let is_chosen = with.is_some_and(|(of, found)| *of == name && found == value);
                let shown = if value.is_empty() { "not given" } else { value };
                option(&format!("{name}:{value}"), shown, is_chosen)
            };
            if !values.is_empty() {
                attributes.push((titled(&name), values.iter().map(with).collect()));
            }
        }
        let score_order = |kind: &str, name: &str| option(kind, name, order == kind);
        let score_orders = vec![
            score_order("worst", "score, worst first"),
            score_order("best", "score, best first"),
            score_order("gap", "largest gap between two entries"),
        ];
        let key = choice.order.score();
        let mut columns: Vec<(String, Vec<FormChoice>)> = Vec::new();
        for column in &scored.columns {
            let value = format!("{}/{}", column.object, column.measure);
            let is_chosen =
                key.is_some_and(|key| format!("{}/{}", key.object, key.measure) == value);
            let name = format!("{}: {}", column.object_name, column.measure_name);
            let choice = option(&value, &name, is_chosen);
            match columns.last_mut().filter(|(object, _)| *object == column.object_name) {
                Some((_, choices)) => choices.push(choice),
                None => columns.push((column.object_name.clone(), vec![choice])),
            }
        }
        let other = if let CaseOrder::Gap(_, other) = &choice.order { Some(other) } else { None };
        let entries = |chosen: Option<&String>| {
            let entry =
                |entry: &CaseEntry| option(&entry.id, &entry.name, chosen == Some(&entry.id));
            scored.entries.iter().map(entry).collect()
        };
        let folds = benchmark.folds().into_iter().map(|(fold, _)| {
            let value = fold.to_string();
            option(&value, &fold.title(), choice.folds.contains(&value))
        });
        let limit = |at: usize| {
            let value = choice.score.map(|range| range[at]).filter(|value| value.is_finite());
            value.map(|value| value.to_string()).unwrap_or_default()
        };
        Self {
            find: choice.find.clone(),
            folds: folds.collect(),
            attributes,
            orders,
            score_orders: if scored.entries.is_empty() { Vec::new() } else { score_orders },
            columns,
            entries: entries(key.map(|key| &key.entry)),
            // Another entry than the first, so that a gap needs no second choice.
            others: entries(other.or_else(|| scored.entries.get(1).map(|entry| &entry.id))),
            low: limit(0),
            high: limit(1),
        }
    }
}

/// Name of an attribute for people.
pub(crate) fn titled(attribute: &str) -> String {
    capitalised(&attribute.replace('_', " "))
}
