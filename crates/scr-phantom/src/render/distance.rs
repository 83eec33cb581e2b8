//! Signed distance map of closed lines.

use scr_image::{Mask, Outline, Point, Size};

use super::map::Map;
use crate::field::FIELD_MM;

/// Marker of a cell without a line yet.
const NONE: u32 = u32::MAX;

/// Distance in mm from the nearest of the closed `lines` at each cell's centre:
/// above zero inside (by the even-odd rule), below outside.
///
/// Exact next to the lines. Further away the nearest side is passed on from
/// neighbour to neighbour (Danielsson, Euclidean distance mapping, Computer
/// Graphics and Image Processing 14, 1980), which errs by far less than a cell.
pub(crate) fn signed_distance(side: usize, lines: &[&[Point]]) -> Map {
    let per_mm = side as f64 / FIELD_MM;
    let sides: Vec<[f32; 4]> = lines
        .iter()
        .flat_map(|line| line.iter().zip(line.iter().cycle().skip(1)))
        .map(|(a, b)| [a.x, a.y, b.x, b.y].map(|mm| (mm * per_mm) as f32))
        .collect();
    let mut nearest = vec![NONE; side * side];
    let mut squares = vec![f32::INFINITY; side * side];
    for (index, &[ax, ay, bx, by]) in sides.iter().enumerate() {
        let span = |a: f32, b: f32| {
            let from = (a.min(b) - 1.5).max(0.0) as usize;
            let to = (a.max(b) + 1.5).max(0.0) as usize;
            from.min(side)..to.min(side)
        };
        for row in span(ay, by) {
            for col in span(ax, bx) {
                let square = square_to(&sides[index], col, row);
                let cell = row * side + col;
                if square < squares[cell] {
                    (squares[cell], nearest[cell]) = (square, index as u32);
                }
            }
        }
    }
    let mut try_from = |cell: usize, col: usize, row: usize, neighbour: usize| {
        let index = nearest[neighbour];
        if index != NONE && index != nearest[cell] {
            let square = square_to(&sides[index as usize], col, row);
            if square < squares[cell] {
                (squares[cell], nearest[cell]) = (square, index);
            }
        }
    };
    for row in 0..side {
        for pass in [false, true] {
            for step in 0..side {
                let col = if pass { side - 1 - step } else { step };
                let cell = row * side + col;
                if !pass && row > 0 {
                    for near in col.saturating_sub(1)..=(col + 1).min(side - 1) {
                        try_from(cell, col, row, (row - 1) * side + near);
                    }
                }
                if step > 0 {
                    try_from(cell, col, row, if pass { cell + 1 } else { cell - 1 });
                }
            }
        }
    }
    for row in (0..side).rev() {
        for pass in [false, true] {
            for step in 0..side {
                let col = if pass { side - 1 - step } else { step };
                let cell = row * side + col;
                if !pass && row + 1 < side {
                    for near in col.saturating_sub(1)..=(col + 1).min(side - 1) {
                        try_from(cell, col, row, (row + 1) * side + near);
                    }
                }
                if step > 0 {
                    try_from(cell, col, row, if pass { cell + 1 } else { cell - 1 });
                }
            }
        }
    }
    let outlines: Vec<Outline> =
        lines.iter().map(|line| Outline::new(line.to_vec()).scaled(per_mm, per_mm)).collect();
    let inside = Mask::filled(Size::square(side), &outlines);
    let values = squares
        .iter()
        .enumerate()
        .map(|(cell, square)| {
            let distance = square.sqrt() / per_mm as f32;
            if inside.get(cell % side, cell / side) { distance } else { -distance }
        })
        .collect();
    Map { side, values }
}

/// Squared distance in cells from a cell's centre to a side.
fn square_to(&[ax, ay, bx, by]: &[f32; 4], col: usize, row: usize) -> f32 {
    let x = col as f32 + 0.5 - ax;
    let y = row as f32 + 0.5 - ay;
    let dx = bx - ax;
    let dy = by - ay;
    let length = dx * dx + dy * dy;
    let share = if length > 0.0 { ((x * dx + y * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    let x = x - share * dx;
    let y = y - share * dy;
    x * x + y * y
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_from_a_square_are_exact() {
        let square = [(100.0, 100.0), (260.0, 100.0), (260.0, 260.0), (100.0, 260.0)]
            .map(|(x, y)| Point::new(x, y));
        let map = signed_distance(128, &[&square]);
        for (x, y) in [(180.0, 180.0), (110.0, 180.0), (20.0, 180.0), (40.0, 40.0)] {
            let cell = |mm: f64| ((mm / 2.8) as usize, ((mm / 2.8).floor() + 0.5) * 2.8);
            let ((_, cx), (_, cy)) = (cell(x), cell(y));
            let outside_x = (100.0 - cx).max(cx - 260.0);
            let outside_y = (100.0 - cy).max(cy - 260.0);
            let expected = if outside_x < 0.0 && outside_y < 0.0 {
                -outside_x.max(outside_y)
            } else {
                let dx = outside_x.max(0.0);
                let dy = outside_y.max(0.0);
                -(dx * dx + dy * dy).sqrt()
            };
            assert!((f64::from(map.at(x, y)) - expected).abs() < 1e-3, "at {x}, {y}");
        }
    }
}
