//! Layout of a figure: rows of cells from the top, then the legend.

use super::cell::{Cell, Row};
use super::picture::{GreyRange, Picture};
use super::place::{Place, text};
use super::strokes::stroke;
use crate::plot::{escaped, push};

const MARGIN: f64 = 16.0;
/// Gap between cells.
const GAP: f64 = 14.0;
/// Height of a line of text and the gap below it.
const LINE: f64 = 18.0;
/// Mean width of a letter in text 12 high; only line breaks depend on it.
const LETTER: f64 = 6.1;
/// Least width of a figure, for legends and notes.
const MIN_WIDTH: f64 = 480.0;

/// Frame of a figure, drawn from the top.
pub(super) struct Frame {
    svg: String,
    width: f64,
    cell_width: f64,
    /// Lower end of the drawing.
    y: f64,
}

impl Frame {
    pub(super) fn new(n_columns: usize, cell_width: f64) -> Self {
        let columns = n_columns.max(1) as f64;
        let width = 2.0 * MARGIN + columns * cell_width + (columns - 1.0) * GAP;
        Self { svg: String::new(), width: width.max(MIN_WIDTH), cell_width, y: MARGIN }
    }

    pub(super) fn heading(&mut self, title: &str) {
        let letters = ((self.width - 2.0 * MARGIN) / (LETTER * 1.25)) as usize;
        for line in lines(title, letters) {
            push(
                &mut self.svg,
                format_args!(
                    "<text fill=\"#222\" x=\"{MARGIN}\" y=\"{:.1}\" font-size=\"15\" font-weight=\"bold\">{}</text>",
                    self.y + 14.0,
                    escaped(&line)
                ),
            );
            self.y += LINE + 2.0;
        }
        self.y += 4.0;
    }

    pub(super) fn row(&mut self, row: &Row, n_pictures: usize) {
        if !row.label.is_empty() {
            push(
                &mut self.svg,
                format_args!(
                    "<text fill=\"#222\" x=\"{MARGIN}\" y=\"{:.1}\" font-size=\"13\" font-weight=\"bold\">{}</text>",
                    self.y + 13.0,
                    escaped(&row.label)
                ),
            );
            self.y += LINE;
        }
        let width = self.cell_width;
        let letters = (width / LETTER) as usize;
        let captions: Vec<Vec<String>> =
            row.cells.iter().map(|cell| lines(cell.caption(), letters)).collect();
        let n_lines = captions.iter().map(Vec::len).max().unwrap_or(0);
        let height = row.cells.iter().map(|cell| cell.height(width)).fold(0.0, f64::max);
        for (column, (cell, caption)) in row.cells.iter().zip(captions).enumerate() {
            let x = MARGIN + column as f64 * (width + GAP);
            for (line, words) in caption.iter().enumerate() {
                let y = self.y + 12.0 + (LINE - 3.0) * line as f64;
                text(&mut self.svg, (x, y), "start", 12.0, words);
            }
            let y = self.y + (LINE - 3.0) * n_lines as f64 + 3.0;
            let place = Place { x, y, width };
            match cell {
                Cell::Panel(panel) => {
                    let is_there = panel.picture.is_none_or(|p| p < n_pictures);
                    assert!(is_there, "the picture of a panel is one of the figure's");
                    panel.draw(&mut self.svg, place);
                }
                Cell::Chart(chart) => chart.draw(&mut self.svg, place),
                Cell::Bars(bars) => bars.draw(&mut self.svg, place),
            }
        }
        self.y += (LINE - 3.0) * n_lines as f64 + 3.0 + height + GAP;
    }

    /// Legend: the structures' lines, then the greys from black to white.
    pub(super) fn legend(&mut self, structures: &[String], greys: Option<&GreyRange>) {
        let mut x = MARGIN;
        for (index, name) in structures.iter().enumerate() {
            let width = 46.0 + 1.1 * LETTER * name.chars().count() as f64 + 14.0;
            if x > MARGIN && x + width > self.width - MARGIN {
                (x, self.y) = (MARGIN, self.y + LINE);
            }
            let (colour, dashes) = stroke(index);
            let y = self.y + 8.0;
            push(
                &mut self.svg,
                format_args!(
                    "<path d=\"M{x:.1} {y:.1}h38\" stroke=\"{colour}\" \
                     stroke-dasharray=\"{dashes}\" stroke-width=\"2.4\"/>"
                ),
            );
            text(&mut self.svg, (x + 46.0, y + 4.0), "start", 12.0, name);
            x += width;
        }
        if !structures.is_empty() {
            self.y += LINE + 4.0;
        }
        let Some(greys) = greys else { return };
        let y = self.y;
        let width = 180.0;
        push(
            &mut self.svg,
            format_args!(
                "<rect x=\"{MARGIN}\" y=\"{y:.1}\" width=\"{width}\" height=\"12\" \
                 fill=\"url(#greys)\" stroke=\"#bbb\"/>"
            ),
        );
        let [low, high] = greys.ends;
        let middle = f64::midpoint(low, high);
        for (value, share, anchor) in
            [(low, 0.0, "start"), (middle, 0.5, "middle"), (high, 1.0, "end")]
        {
            let at = (MARGIN + share * width, y + 25.0);
            text(&mut self.svg, at, anchor, 11.0, &value.to_string());
        }
        text(&mut self.svg, (MARGIN + width + 12.0, y + 11.0), "start", 12.0, &greys.quantity);
        self.y += 34.0;
    }

    pub(super) fn notes(&mut self, notes: &[String]) {
        let letters = ((self.width - 2.0 * MARGIN) / LETTER) as usize;
        for note in notes {
            for line in lines(note, letters) {
                text(&mut self.svg, (MARGIN, self.y + 11.0), "start", 12.0, &line);
                self.y += LINE - 2.0;
            }
            self.y += 3.0;
        }
    }

    pub(super) fn finished(self, title: &str, description: &str, pictures: &[Picture]) -> String {
        let width = self.width.ceil();
        let height = (self.y + MARGIN / 2.0).ceil();
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"sans-serif\" \
             fill=\"none\"><title>{}</title><desc>{}</desc><defs>\
             <linearGradient id=\"greys\"><stop stop-color=\"#000\"/>\
             <stop offset=\"1\" stop-color=\"#fff\"/></linearGradient>",
            escaped(title),
            escaped(description)
        );
        for (number, picture) in pictures.iter().enumerate() {
            let rendering = if picture.is_coarse { " image-rendering=\"pixelated\"" } else { "" };
            push(
                &mut svg,
                format_args!(
                    "<image id=\"picture-{number}\" width=\"1\" height=\"1\" \
                     preserveAspectRatio=\"none\"{rendering} href=\"{}\"/>",
                    picture.address
                ),
            );
        }
        svg + "</defs><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>" + &self.svg + "</svg>\n"
    }
}

/// Breaks text between words into lines of at most `letters` letters; keeps a longer word
/// whole.
fn lines(text: &str, letters: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= letters => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
