//! Boundary of the masks of a sketch, as points with normals.
//!
//! A mask can be turned first, for hypotheses about its orientation.

use scr_image::Size;

use super::sketch::{Grid, Sketch};
use crate::turn::Turn;

/// Number of sectors around a structure's centre, whose points are pooled over images.
const SECTORS: usize = 8;
/// Standard deviation of the blur of a mask before its normals are computed.
const BLUR: f64 = 1.5;

/// Point of a boundary, in pixels of the sketch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct BoundaryPoint {
    pub(super) x: f64,
    pub(super) y: f64,
    /// Unit vector out of the mask.
    pub(super) normal: [f64; 2],
    /// Structure and sector around its centre, as one number below [`n_bins`].
    pub(super) bin: usize,
}

/// Number of bins of the points of `n_structures` structures.
pub(super) fn n_bins(n_structures: usize) -> usize {
    n_structures * SECTORS
}

/// Boundary points of the structures at the places `structures`, each mask turned by `turn`.
pub(super) fn boundary(sketch: &Sketch, structures: &[usize], turn: Turn) -> Vec<BoundaryPoint> {
    let mut points = Vec::new();
    for (index, &structure) in structures.iter().enumerate() {
        points.extend(of_mask(&turned(&sketch.masks[structure], turn), index * SECTORS));
    }
    points
}

fn turned(mask: &Grid, turn: Turn) -> Grid {
    let Size { width, height } = mask.size;
    let pixels = (0..height).flat_map(|row| (0..width).map(move |col| (col, row)));
    let value = |(col, row): (usize, usize)| {
        let (col, row) = turn.source(col, row, mask.size);
        mask.values[row * width + col]
    };
    Grid { size: mask.size, values: pixels.map(value).collect() }
}

/// Boundary of one mask: the outer sides of its pixels with a neighbour outside of the mask.
/// The border of the image is no boundary.
fn of_mask(mask: &Grid, first_bin: usize) -> Vec<BoundaryPoint> {
    let Size { width, height } = mask.size;
    let is_set = |col: usize, row: usize| mask.values[row * width + col] >= 0.5;
    let is_edge = |col: usize, row: usize| {
        is_set(col, row)
            && (col > 0 && !is_set(col - 1, row)
                || col + 1 < width && !is_set(col + 1, row)
                || row > 0 && !is_set(col, row - 1)
                || row + 1 < height && !is_set(col, row + 1))
    };
    let [across, down] = mask.blurred(BLUR).derivatives();
    let mut points = Vec::new();
    for row in 0..height {
        for col in (0..width).filter(|&col| is_edge(col, row)) {
            let cell = row * width + col;
            let out = [-f64::from(across.values[cell]), -f64::from(down.values[cell])];
            let length = out[0].hypot(out[1]);
            if length > 1e-3 {
                let normal = out.map(|part| part / length);
                let x = col as f64 + 0.5 + 0.5 * normal[0];
                let y = row as f64 + 0.5 + 0.5 * normal[1];
                points.push(BoundaryPoint { x, y, normal, bin: first_bin });
            }
        }
    }
    let n_points = points.len().max(1) as f64;
    let x = points.iter().map(|point| point.x).sum::<f64>() / n_points;
    let y = points.iter().map(|point| point.y).sum::<f64>() / n_points;
    for point in &mut points {
        point.bin += sector(point.x - x, point.y - y);
    }
    points
}

/// Sector of a direction, counted clockwise on the screen from the left.
fn sector(x: f64, y: f64) -> usize {
    let turns = y.atan2(x) / std::f64::consts::TAU + 0.5;
    (turns * SECTORS as f64) as usize % SECTORS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(size: Size) -> Grid {
        let is_in = |at: usize| {
            let (col, row) = (at % size.width, at / size.width);
            (10..30).contains(&col) && (8..20).contains(&row)
        };
        Grid { size, values: (0..size.area()).map(|at| f32::from(is_in(at))).collect() }
    }

    #[test]
    fn points_lie_on_the_sides_and_normals_point_out() {
        let points = of_mask(&square(Size::new(64, 40)), 0);
        let on_left = points.iter().filter(|p| p.normal[0] < -0.99).collect::<Vec<_>>();
        assert!(on_left.len() >= 6 && on_left.iter().all(|p| (p.x - 10.0).abs() < 0.01));
        let below = points.iter().filter(|p| p.normal[1] > 0.99).collect::<Vec<_>>();
        assert!(below.len() >= 12 && below.iter().all(|p| (p.y - 20.0).abs() < 0.01));
        assert!(points.iter().all(|p| p.bin < SECTORS));
    }

    #[test]
    fn the_border_of_the_image_is_no_boundary() {
        let size = Size::new(40, 40);
        let left_half =
            Grid { size, values: (0..1600).map(|at| f32::from(at % 40 < 20)).collect() };
        let points = of_mask(&left_half, 0);
        assert_eq!(points.len(), 40);
        assert!(points.iter().all(|p| (p.x - 20.0).abs() < 1e-6 && p.normal[0] > 0.99));
    }

    #[test]
    fn sectors_run_clockwise_from_the_left() {
        let directions = [(-1.0, -0.1), (-0.1, -1.0), (1.0, -0.1), (1.0, 0.1), (-1.0, 0.1)];
        assert_eq!(directions.map(|(x, y)| sector(x, y)), [0, 1, 3, 4, 7]);
    }

    #[test]
    fn a_turned_mask_lies_where_its_turn_says() {
        let size = Size::new(64, 40);
        let mirrored = turned(&square(size), Turn::ALL[1]);
        let columns = |grid: &Grid| -> Vec<usize> {
            (0..64).filter(|col| grid.values[10 * 64 + col] > 0.5).collect()
        };
        assert_eq!(columns(&square(size)), (10..30).collect::<Vec<_>>());
        assert_eq!(columns(&mirrored), (34..54).collect::<Vec<_>>());
    }
}
