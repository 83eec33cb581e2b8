//! Tables as text of a terminal.

use std::collections::BTreeSet;

use super::table::{Column, Table, grid};

/// Characters of a line of text, where words can be wrapped.
pub(super) const TEXT_WIDTH: usize = 100;
/// Characters of a column of words, below which it is not wrapped.
const MIN_WORDS_WIDTH: usize = 18;
/// Mark after a best value, since text has no bold letters.
const BEST_MARK: char = '*';

impl Table {
    /// The table as text, of lines of at most `max_width` characters where the columns allow it.
    pub(super) fn text(&self, max_width: usize) -> String {
        let mut text = String::new();
        if !self.title.is_empty() {
            text += &format!("{}\n", wrapped(&self.title, TEXT_WIDTH));
        }
        if !self.columns.is_empty() {
            text += &self.marked().blocks(max_width).join("\n");
        }
        for note in &self.notes {
            text += &format!("{}\n", wrapped(note, TEXT_WIDTH));
        }
        text
    }

    /// Copy with a mark after every best value, and room for it after the others.
    fn marked(&self) -> Self {
        let mut table = self.clone();
        let columns: BTreeSet<usize> = self.best.iter().map(|&(_, column)| column).collect();
        for (index, row) in table.rows.iter_mut().enumerate() {
            for &column in &columns {
                let mark = if self.best.contains(&(index, column)) { BEST_MARK } else { ' ' };
                row[column].push(mark);
            }
        }
        table
    }

    /// Grids of at most `max_width` characters a line, where the columns allow it. Each begins
    /// with the leading columns of text.
    fn blocks(&self, max_width: usize) -> Vec<String> {
        let widths = self.text_widths(max_width);
        let total = |columns: &[usize]| columns.iter().map(|&c| widths[c] + 3).sum::<usize>() + 1;
        let n_leading = self.columns.iter().take_while(|column| !column.is_number).count();
        let leading: Vec<usize> = (0..n_leading).collect();
        let mut blocks = vec![leading.clone()];
        for column in n_leading..self.columns.len() {
            let block = blocks.last_mut().expect("there is a first block");
            block.push(column);
            if total(block) > max_width && block.len() > n_leading + 1 {
                block.pop();
                blocks.push(leading.iter().copied().chain([column]).collect());
            }
        }
        let of_block = |block: &Vec<usize>| {
            let row = |row: &Vec<String>| -> Vec<String> {
                block.iter().map(|&column| self.cell(&row[column], column, &widths)).collect()
            };
            let rows: Vec<Vec<String>> = self.rows.iter().map(row).collect();
            let columns: Vec<&Column> = block.iter().map(|&column| &self.columns[column]).collect();
            format!("{}\n", grid(&columns, &rows))
        };
        blocks.iter().map(of_block).collect()
    }

    /// Cell of a text, wrapped to the width of its column.
    fn cell(&self, text: &str, column: usize, widths: &[usize]) -> String {
        let lines = wrapped(text, widths[column]);
        if self.columns[column].breaks_words { broken(&lines, widths[column]) } else { lines }
    }

    /// Characters of every column of a text: columns of words, the widest first, give way
    /// until the table fits. Columns of numbers keep their width, and all but columns of names
    /// that of their longest word.
    fn text_widths(&self, max_width: usize) -> Vec<usize> {
        let cells = |index: usize| {
            let column = self.rows.iter().filter_map(move |row| row.get(index));
            column.chain([&self.columns[index].head])
        };
        let width = |index: usize| longest(cells(index).map(String::as_str));
        let mut widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        let least = |(index, column): (usize, &Column)| {
            let words = cells(index).flat_map(|cell| cell.split(' '));
            match (column.is_number, column.breaks_words) {
                (true, _) => usize::MAX,
                (false, true) => MIN_WORDS_WIDTH,
                (false, false) => longest(words).max(MIN_WORDS_WIDTH),
            }
        };
        let least: Vec<usize> = self.columns.iter().enumerate().map(least).collect();
        while widths.iter().map(|width| width + 3).sum::<usize>() + 1 > max_width {
            let wide = widths.iter_mut().zip(&least).filter(|(width, least)| **width > **least);
            let Some((width, _)) = wide.max_by_key(|(width, _)| **width) else { break };
            *width -= 1;
        }
        widths
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

/// Breaks lines of more than `width` characters.
fn broken(text: &str, width: usize) -> String {
    let broken_line = |line: &str| -> Vec<String> {
        let letters: Vec<char> = line.chars().collect();
        if letters.is_empty() {
            return vec![String::new()];
        }
        letters.chunks(width.max(1)).map(|part| part.iter().collect()).collect()
    };
    text.lines().flat_map(broken_line).collect::<Vec<_>>().join("\n")
}
