//! Table of texts, and its grid of bars.

use std::collections::BTreeSet;

use comfy_table::{CellAlignment, ContentArrangement, presets};

/// Table with a title and notes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// Title.
    pub title: String,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows, one text a column. An empty first text continues the group of the row above.
    pub rows: Vec<Vec<String>>,
    /// Cells with a best value, as row and column: bold, or marked `*` in text.
    pub best: BTreeSet<(usize, usize)>,
    /// Notes below the table.
    pub notes: Vec<String>,
}

/// Column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Heading.
    pub head: String,
    /// True for a column of numbers, aligned to the right.
    pub is_number: bool,
    /// True where text may break inside a long word, as for names.
    pub breaks_words: bool,
}

impl Column {
    /// A column of texts.
    pub fn text(head: impl Into<String>) -> Self {
        Self { head: head.into(), is_number: false, breaks_words: false }
    }

    /// A column of names, which may be one long word.
    pub fn name(head: impl Into<String>) -> Self {
        Self { breaks_words: true, ..Self::text(head) }
    }

    /// A column of numbers.
    pub fn number(head: impl Into<String>) -> Self {
        Self { is_number: true, ..Self::text(head) }
    }
}

impl Table {
    /// Rows in a notation: every cell `escaped`, every best value `bold` as well.
    pub(super) fn rows_with_best(
        &self,
        escaped: impl Fn(&String) -> String,
        bold: impl Fn(String) -> String,
    ) -> Vec<Vec<String>> {
        let cell = |row: usize, column: usize, text: &String| {
            let text = escaped(text);
            if self.best.contains(&(row, column)) { bold(text) } else { text }
        };
        let row = |(row, cells): (usize, &Vec<String>)| {
            cells.iter().enumerate().map(|(column, text)| cell(row, column, text)).collect()
        };
        self.rows.iter().enumerate().map(row).collect()
    }
}

/// Rows between bars, as in Markdown.
pub(super) fn grid(columns: &[&Column], rows: &[Vec<String>]) -> String {
    let mut grid = comfy_table::Table::new();
    grid.load_style(presets::ASCII_MARKDOWN)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(columns.iter().map(|column| &column.head))
        .add_rows(rows);
    for (column, cells) in columns.iter().zip(grid.column_iter_mut()) {
        if column.is_number {
            cells.set_cell_alignment(CellAlignment::Right);
        }
    }
    grid.trim_fmt()
}
