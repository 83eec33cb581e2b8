//! Table of texts, with writers for a terminal, Markdown and LaTeX.
//!
//! Does not know the meaning of the texts; [`tables`](crate::tables) fills them.

use comfy_table::{CellAlignment, ContentArrangement, presets};
use scr_data::terminal::TerminalText;

/// Characters of a line of text, where words can be wrapped.
const TEXT_WIDTH: usize = 100;
/// Characters of a column of words, below which it is not wrapped.
const MIN_WORDS_WIDTH: usize = 18;

/// Format of a written table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Text for a terminal without colour.
    Text,
    /// Markdown.
    Markdown,
    /// LaTeX for a document that loads `booktabs`.
    Latex,
}

/// Table with a title and notes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// Title.
    pub title: String,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows, one text a column.
    pub rows: Vec<Vec<String>>,
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
}

impl Column {
    /// A column of texts.
    pub fn text(head: impl Into<String>) -> Self {
        Self { head: head.into(), is_number: false }
    }

    /// A column of numbers.
    pub fn number(head: impl Into<String>) -> Self {
        Self { head: head.into(), is_number: true }
    }
}

/// Writes tables, with an empty line between.
#[must_use]
pub fn write(tables: &[Table], layout: Layout) -> String {
    let written: Vec<String> = tables.iter().map(|table| table.write(layout)).collect();
    written.join("\n")
}

impl Table {
    fn write(&self, layout: Layout) -> String {
        let table = self.shown();
        match layout {
            Layout::Text => table.text(),
            Layout::Markdown => table.markdown(),
            Layout::Latex => table.latex(),
        }
    }

    /// Escapes all texts for a terminal, each on one line.
    fn shown(&self) -> Self {
        let shown = |text: &String| TerminalText(text).to_string();
        let head = |column: &Column| Column { head: shown(&column.head), ..*column };
        Self {
            title: shown(&self.title),
            columns: self.columns.iter().map(head).collect(),
            rows: self.rows.iter().map(|row| row.iter().map(shown).collect()).collect(),
            notes: self.notes.iter().map(shown).collect(),
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        if !self.title.is_empty() {
            text += &format!("{}\n", self.title);
        }
        if !self.columns.is_empty() {
            let widths = self.text_widths();
            let row = |row: &Vec<String>| -> Vec<String> {
                row.iter().zip(&widths).map(|(cell, &width)| wrapped(cell, width)).collect()
            };
            let rows: Vec<Vec<String>> = self.rows.iter().map(row).collect();
            text += &format!("{}\n", self.grid(&rows));
        }
        for note in &self.notes {
            text += &format!("{}\n", wrapped(note, TEXT_WIDTH));
        }
        text
    }

    /// Characters of every column of a text: columns of words, the widest first, give way
    /// until the table fits. Columns of numbers and longest words keep their width.
    fn text_widths(&self) -> Vec<usize> {
        let cells = |index: usize| {
            let column = self.rows.iter().filter_map(move |row| row.get(index));
            column.chain([&self.columns[index].head])
        };
        let width = |index: usize| longest(cells(index).map(String::as_str));
        let mut widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        let least = |(index, column): (usize, &Column)| {
            let words = cells(index).flat_map(|cell| cell.split(' '));
            if column.is_number { usize::MAX } else { longest(words).max(MIN_WORDS_WIDTH) }
        };
        let least: Vec<usize> = self.columns.iter().enumerate().map(least).collect();
        while widths.iter().map(|width| width + 3).sum::<usize>() + 1 > TEXT_WIDTH {
            let wide = widths.iter_mut().zip(&least).filter(|(width, least)| **width > **least);
            let Some((width, _)) = wide.max_by_key(|(width, _)| **width) else { break };
            *width -= 1;
        }
        widths
    }

    fn markdown(&self) -> String {
        let escaped = |text: &String| text.replace('\\', "\\\\").replace('|', "\\|");
        let mut text = String::new();
        if !self.title.is_empty() {
            text += &format!("### {}\n\n", self.title);
        }
        if !self.columns.is_empty() {
            let rows: Vec<Vec<String>> =
                self.rows.iter().map(|row| row.iter().map(escaped).collect()).collect();
            text += &format!("{}\n", self.grid(&rows));
        }
        if !self.notes.is_empty() {
            text += &format!("\n{}\n", self.notes.join("  \n"));
        }
        text
    }

    /// Rows between bars, as in Markdown.
    fn grid(&self, rows: &[Vec<String>]) -> String {
        let mut grid = comfy_table::Table::new();
        grid.load_style(presets::ASCII_MARKDOWN)
            .set_content_arrangement(ContentArrangement::Disabled)
            .set_header(self.columns.iter().map(|column| &column.head))
            .add_rows(rows);
        for (column, cells) in self.columns.iter().zip(grid.column_iter_mut()) {
            if column.is_number {
                cells.set_cell_alignment(CellAlignment::Right);
            }
        }
        grid.trim_fmt()
    }

    fn latex(&self) -> String {
        if self.columns.is_empty() {
            return self.notes.iter().map(|note| format!("% {note}\n")).collect();
        }
        let alignment: String =
            self.columns.iter().map(|column| if column.is_number { 'r' } else { 'l' }).collect();
        let line = |cells: Vec<String>| format!("    {} \\\\\n", cells.join(" & "));
        let heads = self.columns.iter().map(|column| in_latex(&column.head)).collect();
        let mut text = format!(
            "\\begin{{table}}\n  \\centering\n  \\caption{{{}}}\n  \\begin{{tabular}}{{{alignment}}}\n    \\toprule\n",
            in_latex(&self.title)
        );
        text += &line(heads);
        text += "    \\midrule\n";
        for row in &self.rows {
            text += &line(row.iter().map(|cell| in_latex(cell)).collect());
        }
        text += "    \\bottomrule\n  \\end{tabular}\n";
        for note in &self.notes {
            text += &format!("  \\par\\smallskip\\footnotesize {}\n", in_latex(note));
        }
        text + "\\end{table}\n"
    }
}

/// Characters of the longest text.
fn longest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(|text| text.chars().count()).max().unwrap_or(0)
}

/// Wraps a text at spaces into lines of at most `width` characters; longer words stay whole.
#[must_use]
pub fn wrapped(text: &str, width: usize) -> String {
    let mut lines: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some((end, _)) = rest.char_indices().nth(width) {
        let is_space = rest[end..].starts_with(' ');
        let fits = if is_space { Some(end) } else { rest[..end].rfind(' ') };
        let Some(space) = fits.or_else(|| rest.find(' ')) else { break };
        lines.push(&rest[..space]);
        rest = &rest[space + 1..];
    }
    lines.push(rest);
    lines.join("\n")
}

/// Escapes text for LaTeX.
fn in_latex(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            '\\' => escaped += "\\textbackslash{}",
            '~' => escaped += "\\textasciitilde{}",
            '^' => escaped += "\\textasciicircum{}",
            '<' => escaped += "$<$",
            '>' => escaped += "$>$",
            '↑' => escaped += "$\\uparrow$",
            '↓' => escaped += "$\\downarrow$",
            '±' => escaped += "$\\pm$",
            '–' => escaped += "--",
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        Table {
            title: "A & B".into(),
            columns: vec![Column::text("entry"), Column::number("masd_px ↓")],
            rows: vec![vec!["a|b_c".into(), "1.5".into()], vec!["x".into(), "10.25".into()]],
            notes: vec!["50 % of it".into()],
        }
    }

    #[test]
    fn a_terminal_sees_numbers_to_the_right() {
        let expected = "A & B\n| entry | masd_px ↓ |\n|-------|-----------|\n| a|b_c |       1.5 |\n| x     |     10.25 |\n50 % of it\n";
        assert_eq!(write(&[table()], Layout::Text), expected);
    }

    #[test]
    fn a_terminal_sees_wide_words_wrapped_to_its_width_and_numbers_whole() {
        let words = "one method - another method ".repeat(4);
        let wide = Table {
            columns: vec![Column::text("words"), Column::text("more"), Column::number("n")],
            rows: vec![vec![words.clone(), words.clone(), "1".repeat(20)]],
            notes: vec![words.repeat(2), format!("sha256:{}", "0".repeat(120))],
            ..Table::default()
        };
        let text = write(&[wide], Layout::Text);
        let digest = text.lines().last().unwrap_or_default();
        assert_eq!(digest.len(), 127, "a word stays whole: {text}");
        assert!(text.lines().rev().skip(1).all(|line| line.len() <= 100), "{text}");
        assert_eq!(text.matches("another").count(), 16, "{text}");
        assert!(text.contains(&"1".repeat(20)), "{text}");
        assert_eq!(wrapped("ähnlich größer", 7), "ähnlich\ngrößer");
        assert_eq!(wrapped("unbreakable word", 3), "unbreakable\nword");
    }

    #[test]
    fn markdown_keeps_bars_inside_their_cells() {
        assert!(write(&[table()], Layout::Markdown).contains("| a\\|b_c |"));
    }

    #[test]
    fn latex_escapes_what_it_would_take_as_commands() {
        let latex = write(&[table()], Layout::Latex);
        for expected in [
            "\\caption{A \\& B}",
            "\\begin{tabular}{lr}",
            "entry & masd\\_px $\\downarrow$ \\\\",
            "a|b\\_c & 1.5 \\\\",
            "50 \\% of it",
        ] {
            assert!(latex.contains(expected), "{expected} in {latex}");
        }
    }
}
