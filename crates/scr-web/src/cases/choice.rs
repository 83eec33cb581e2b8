//! Choice of cases: order and filters of an address.
//!
//! Reads options; `list.rs` applies them. An option that cannot be read is said on the page
//! and otherwise ignored.

use scr_documents::BenchmarkDocument;

use super::order::CaseOrder;
use crate::options::Options;

/// Options of an address that choose and order cases.
pub(crate) const OPTIONS: [&str; 5] = ["order", "fold", "find", "with", "score"];

/// Order and filters of cases.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CaseChoice {
    /// Order.
    pub(crate) order: CaseOrder,
    /// Folds, as in addresses; empty for all.
    pub(crate) folds: Vec<String>,
    /// Part of a name, in lower case; empty for all.
    pub(crate) find: String,
    /// Attribute and its value; none for all.
    pub(crate) with: Option<(String, String)>,
    /// Least and greatest score, both included; infinite without a limit.
    pub(crate) score: Option<[f64; 2]>,
    /// Texts for people about options that cannot be read.
    pub(crate) problems: Vec<String>,
}

impl CaseChoice {
    /// Choice of an address. A form without script gives the order in parts (`by`, `of`,
    /// `entry`, `and`), and the range of scores (`low`, `high`).
    pub(crate) fn of(options: &Options, benchmark: &BenchmarkDocument) -> Self {
        let mut problems = Vec::new();
        let order = match (options.first("order"), options.first("by")) {
            (Some(text), _) => CaseOrder::parsed(text).or_else(|| {
                problems.push(format!("order={text} is no order: the benchmark’s order is shown."));
                None
            }),
            (None, Some(kind)) => {
                let order = in_parts(kind, options);
                if order.is_none() {
                    problems.push("This order needs a measure and its entries.".to_owned());
                }
                order
            }
            (None, None) => None,
        };
        let mut folds = Vec::new();
        for fold in options.list("fold").unwrap_or_default() {
            if benchmark.images.iter().any(|image| image.fold.to_string() == fold) {
                folds.push(fold.to_owned());
            } else {
                problems.push(format!("No image is in fold {fold}."));
            }
        }
        let with = options.first("with").and_then(|text| {
            let (name, value) = text.split_once(':')?;
            let is_known = benchmark.images.iter().any(|image| image.attributes.contains_key(name));
            if !is_known {
                problems.push(format!("No image has the attribute {name}."));
            }
            is_known.then(|| (name.to_owned(), value.to_owned()))
        });
        let [low, high] = ["low", "high"].map(|name| options.first(name).unwrap_or_default());
        let in_parts = format!("{low}..{high}");
        let written = options.first("score").or((in_parts != "..").then_some(&*in_parts));
        let score = written.and_then(|text| {
            let range = range(text);
            if range.is_none() {
                problems.push(format!("score={text} is no range, such as 0.5..0.9."));
            }
            range
        });
        Self {
            order: order.unwrap_or(CaseOrder::Table(None)),
            folds,
            find: options.first("find").unwrap_or_default().to_lowercase(),
            with,
            score,
            problems,
        }
    }

    /// Options of an address that give this choice again, in the order of [`OPTIONS`].
    pub(crate) fn written(&self) -> Vec<(&'static str, String)> {
        let order = match &self.order {
            CaseOrder::Table(None) => String::new(),
            order => order.to_string(),
        };
        let with =
            self.with.as_ref().map(|(name, value)| format!("{name}:{value}")).unwrap_or_default();
        let limit = |value: f64| if value.is_finite() { value.to_string() } else { String::new() };
        let score = self.score.map(|[low, high]| format!("{}..{}", limit(low), limit(high)));
        let values =
            [order, self.folds.join(","), self.find.clone(), with, score.unwrap_or_default()];
        OPTIONS.into_iter().zip(values).filter(|(_, value)| !value.is_empty()).collect()
    }
}

fn in_parts(kind: &str, options: &Options) -> Option<CaseOrder> {
    let part = |name: &str| options.first(name).unwrap_or_default();
    let text = match kind {
        "table" | "name" => kind.to_owned(),
        "gap" => format!("gap:{}:{}:{}", part("of"), part("entry"), part("and")),
        "worst" | "best" => format!("{kind}:{}:{}", part("of"), part("entry")),
        attribute => attribute.to_owned(),
    };
    CaseOrder::parsed(&text)
}

fn range(text: &str) -> Option<[f64; 2]> {
    let (low, high) = text.split_once("..")?;
    let limit = |text: &str, without: f64| match text {
        "" => Some(without),
        text => text.parse().ok().filter(|value: &f64| value.is_finite()),
    };
    Some([limit(low, f64::NEG_INFINITY)?, limit(high, f64::INFINITY)?])
}
