//! Table of texts, with writers for a terminal, Markdown and LaTeX.
//!
//! Does not know the meaning of the texts; [`tables`](crate::tables) fills them.

mod latex;
mod table;
mod text;

use scr_data::terminal::TerminalText;

use table::grid;
pub use table::{Column, Table};
use text::TEXT_WIDTH;
pub use text::wrapped;

/// Format of a written table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Text for a terminal of 100 columns, without colour. A wider table is split into
    /// blocks that repeat its leading columns of text.
    Text,
    /// Text of any width.
    WideText,
    /// Markdown.
    Markdown,
    /// LaTeX for a document that loads `booktabs`.
    Latex,
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
            Layout::Text => table.text(TEXT_WIDTH),
            Layout::WideText => table.text(usize::MAX),
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
            best: self.best.clone(),
        }
    }

    fn markdown(&self) -> String {
        let escaped = |text: &String| text.replace('\\', "\\\\").replace('|', "\\|");
        let mut text = String::new();
        if !self.title.is_empty() {
            text += &format!("### {}\n\n", self.title);
        }
        if !self.columns.is_empty() {
            let rows = self.rows_with_best(escaped, |cell| format!("**{cell}**"));
            text += &format!("{}\n", grid(&self.columns.iter().collect::<Vec<_>>(), &rows));
        }
        if !self.notes.is_empty() {
            text += &format!("\n{}\n", self.notes.join("  \n"));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn table() -> Table {
        Table {
            title: "A & B".into(),
            columns: vec![Column::text("entry"), Column::number("masd_px ↓")],
            rows: vec![vec!["a|b_c".into(), "1.5".into()], vec!["x".into(), "10.25".into()]],
            notes: vec!["50 % of it".into()],
            ..Table::default()
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
    fn a_wide_table_is_split_into_blocks_that_repeat_the_leading_texts() {
        let wide = Table {
            columns: std::iter::once(Column::text("image"))
                .chain((0..9).map(|n| Column::number(format!("measure_{n}_mm"))))
                .collect(),
            rows: vec![
                std::iter::once("A".to_owned()).chain((0..9).map(|n| n.to_string())).collect(),
            ],
            ..Table::default()
        };
        let text = write(std::slice::from_ref(&wide), Layout::Text);
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        assert_eq!(text.matches("| image |").count(), 2, "{text}");
        assert_eq!(text.matches("measure_8_mm").count(), 1, "{text}");
        assert_eq!(write(&[wide], Layout::WideText).lines().count(), 3);
    }

    #[test]
    fn a_long_name_is_broken_so_that_a_table_fits() {
        let name = "pixel_classification_".repeat(6);
        let columns = vec![Column::name("method"), Column::number("n")];
        let rows = vec![vec![name, "1".into()]];
        let text = write(&[Table { columns, rows, ..Table::default() }], Layout::Text);
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        assert_eq!(text.matches("pixel").count(), 6, "{text}");
    }

    #[test]
    fn a_best_value_is_bold_or_marked_and_groups_are_spaced() {
        let rows = [["lungs", "a", "0.9"], ["", "b", "0.8"], ["heart", "a", "0.7"]];
        let table = Table {
            columns: vec![Column::text("object"), Column::text("method"), Column::number("dice")],
            rows: rows.map(|row| row.map(str::to_owned).to_vec()).to_vec(),
            best: BTreeSet::from([(0, 2)]),
            ..Table::default()
        };
        let of = |layout| write(std::slice::from_ref(&table), layout);
        assert!(of(Layout::Text).contains("| 0.9* |"), "{}", of(Layout::Text));
        assert!(of(Layout::Text).contains("| 0.8  |"), "{}", of(Layout::Text));
        assert!(of(Layout::Markdown).contains("**0.9** |"));
        assert!(of(Layout::Latex).contains("lungs & a & \\textbf{0.9} \\\\\n     & b & 0.8"));
        assert!(of(Layout::Latex).contains("\\addlinespace\n    heart & a & 0.7"));
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
