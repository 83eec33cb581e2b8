//! Contact sheet as a PNG.

use scr_image::Size;

use super::canvas::{Canvas, LETTER_WIDTH, LINE_HEIGHT};
use super::{ContactSheet, SIDE, SheetImage, Stroke, stroke};

/// Space around pictures and texts in pixels.
const MARGIN: usize = 8;
/// Thickness of the frame around an image with findings.
const FRAME: usize = 4;
const TILE_WIDTH: usize = SIDE + 2 * MARGIN;
const TILE_HEIGHT: usize = SIDE + 2 * MARGIN + 2 * LINE_HEIGHT;
/// Smallest number of columns, for the texts of the head.
const LEAST_COLUMNS: usize = 4;
/// Largest number of findings in the head.
const MAX_FINDINGS: usize = 12;
/// Length of a line of the legend.
const SAMPLE: usize = 28;

const BLACK: [u8; 3] = [0, 0, 0];
const GREY: [u8; 3] = [0x55, 0x55, 0x55];
/// Vermilion, which everybody tells from white and grey.
const MARK: [u8; 3] = [0xd5, 0x5e, 0x00];

impl ContactSheet {
    /// The sheet as one PNG file.
    #[must_use]
    pub fn png(&self) -> Vec<u8> {
        // Somewhat wider than high.
        let n_columns = (1..).find(|n| 2 * n * n >= 3 * self.images.len()).unwrap_or(1);
        let n_columns = n_columns.max(LEAST_COLUMNS);
        let width = n_columns * TILE_WIDTH + 2 * MARGIN;
        let findings = self.head_lines();
        let legend = self.legend_lines(width);
        let head = (findings.len() + legend.len()) * LINE_HEIGHT + 2 * MARGIN;
        let n_rows = self.images.len().div_ceil(n_columns);
        let mut canvas = Canvas::white(Size::new(width, head + n_rows * TILE_HEIGHT + MARGIN));
        let mut y = MARGIN;
        for (index, line) in findings.iter().enumerate() {
            let colour = if index < 2 { BLACK } else { MARK };
            canvas.text(2 * MARGIN, y, width - 4 * MARGIN, line, colour);
            y += LINE_HEIGHT;
        }
        for line in legend {
            for (structure, x) in line {
                draw_sample(&mut canvas, x, y + LINE_HEIGHT / 2, stroke(structure));
                let name = &self.structures[structure];
                canvas.text(x + SAMPLE + MARGIN, y, width, name, BLACK);
            }
            y += LINE_HEIGHT;
        }
        for (index, image) in self.images.iter().enumerate() {
            let x = MARGIN + index % n_columns * TILE_WIDTH;
            draw_tile(&mut canvas, [x, head + index / n_columns * TILE_HEIGHT], image);
        }
        canvas.png()
    }

    /// Title, number of images, findings about the whole benchmark.
    fn head_lines(&self) -> Vec<String> {
        let mut lines = vec![self.title.clone(), self.count()];
        lines.extend(self.findings.iter().take(MAX_FINDINGS).map(|text| format!("! {text}")));
        if self.findings.len() > MAX_FINDINGS {
            lines.push(format!("! and {} more", self.findings.len() - MAX_FINDINGS));
        }
        lines
    }

    /// Lines of the legend: structures with their places along x.
    fn legend_lines(&self, width: usize) -> Vec<Vec<(usize, usize)>> {
        let mut lines = vec![Vec::new()];
        let mut x = 2 * MARGIN;
        for (structure, name) in self.structures.iter().enumerate() {
            let length = SAMPLE + 3 * MARGIN + name.chars().count() * LETTER_WIDTH;
            if x + length > width && x > 2 * MARGIN {
                lines.push(Vec::new());
                x = 2 * MARGIN;
            }
            if let Some(line) = lines.last_mut() {
                line.push((structure, x));
            }
            x += length;
        }
        lines
    }
}

/// Line of a structure on dark grey, as on a radiograph.
fn draw_sample(canvas: &mut Canvas, x: usize, y: usize, stroke: &Stroke) {
    canvas.fill([x, y - 5, SAMPLE, 9], GREY);
    for at in (0..SAMPLE).filter(|&at| is_drawn(stroke, at)) {
        canvas.fill([x + at, y - 1, 1, 2], stroke.colour);
    }
}

fn draw_tile(canvas: &mut Canvas, [x, y]: [usize; 2], image: &SheetImage) {
    let size = image.picture.size();
    let is_marked = !image.findings.is_empty();
    let left = x + MARGIN + (SIDE - size.width) / 2;
    let top = y + MARGIN;
    if is_marked {
        let frame = [left - FRAME, top - FRAME, size.width + 2 * FRAME, size.height + 2 * FRAME];
        canvas.fill(frame, MARK);
    }
    for (at, &grey) in image.picture.pixels().iter().enumerate() {
        let (col, row) = (at % size.width, at / size.width);
        canvas.set(left + col, top + row, [grey as u8; 3]);
    }
    for (structure, mask) in image.masks.iter().enumerate() {
        let stroke = stroke(structure);
        let of = mask.size();
        let is_set = |col: usize, row: usize| {
            mask.get(col * of.width / size.width, row * of.height / size.height)
        };
        for at in 0..size.area() {
            let (col, row) = (at % size.width, at / size.width);
            let is_edge = is_set(col, row)
                && (col == 0
                    || row == 0
                    || col + 1 == size.width
                    || row + 1 == size.height
                    || !is_set(col - 1, row)
                    || !is_set(col + 1, row)
                    || !is_set(col, row - 1)
                    || !is_set(col, row + 1));
            if is_edge && is_drawn(stroke, col + row) {
                canvas.set(left + col, top + row, stroke.colour);
            }
        }
    }
    let below = top + size.height + FRAME + 1;
    let name = if is_marked { format!("! {}", image.id) } else { image.id.clone() };
    canvas.text(x + MARGIN, below, SIDE, &name, BLACK);
    canvas.text(x + MARGIN, below + LINE_HEIGHT, SIDE, &image.findings.join(", "), MARK);
}

fn is_drawn(stroke: &Stroke, at: usize) -> bool {
    let [dash, gap] = stroke.dash;
    at % (dash + gap) < dash
}

#[cfg(test)]
mod tests {
    use super::super::tests::sheet;

    #[test]
    fn the_picture_has_a_row_of_tiles_below_its_head() {
        let bytes = sheet().png();
        assert!(bytes.starts_with(b"\x89PNG"));
        let number = |at: usize| u32::from_be_bytes([0, 1, 2, 3].map(|byte| bytes[at + byte]));
        assert_eq!((number(16), number(20)), (4 * 176 + 16, 4 * 12 + 16 + 200 + 8));
        assert_eq!(sheet().png(), bytes);
    }

    #[test]
    fn many_structures_take_several_lines_of_the_legend() {
        let mut sheet = sheet();
        sheet.structures = (0..30).map(|index| format!("structure number {index}")).collect();
        let lines = sheet.legend_lines(720);
        assert!(lines.len() > 5 && lines.iter().all(|line| !line.is_empty()));
        assert_eq!(lines.concat().len(), 30);
    }
}
