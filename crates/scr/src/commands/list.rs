//! Lists on stdout, as tables or JSON.

use anyhow::Result;
use scr_report::layout::{self, Column, Layout, Table};

use super::arguments::Format;
use crate::stdout::print;

/// Prints a list: `rows` as a table, or `json`.
pub(crate) fn print_list(
    format: Format,
    heads: &[&str],
    rows: Vec<Vec<String>>,
    json: &(impl serde::Serialize + ?Sized),
) -> Result<()> {
    let columns = heads.iter().map(|&head| Column::text(head)).collect();
    let text = match format {
        Format::Json => serde_json::to_string_pretty(json)? + "\n",
        Format::Table => {
            layout::write(&[Table { columns, rows, ..Table::default() }], Layout::Text)
        }
    };
    print(None, &text)
}

/// A time in a table; a dash without one.
pub(crate) fn or_dash(time: Option<&String>) -> String {
    time.map_or_else(|| "-".to_owned(), Clone::clone)
}
