//! Outlines of the store as SVG paths.
//!
//! Traces no mask.

use scr_store::OutlinesDocument;
use std::fmt::Write as _;

use crate::error::Failure;
use crate::simplify::simplified;

/// The outlines in a file of the store.
pub(crate) fn read(file: &[u8]) -> Result<OutlinesDocument, Failure> {
    OutlinesDocument::from_json(file).map_err(|error| {
        tracing::error!(%error, "an outline file cannot be read");
        Failure::Internal
    })
}

/// The path of one structure: `M`, lines and `Z` for each outline, even-odd.
///
/// Points nearer than `step_px` to the last one kept are left out, for small
/// pictures; 0 keeps all. Empty for a structure without outlines.
pub(crate) fn path(outlines: &OutlinesDocument, structure: &str, step_px: f64) -> String {
    let mut path = String::new();
    for outline in outlines.structures.get(structure).into_iter().flatten() {
        let mut last: Option<(u32, u32)> = None;
        for point in outline.chunks_exact(2) {
            let x = point[0];
            let y = point[1];
            let command = match last {
                None => 'M',
                Some(last) if distance_px(last, (x, y)) < step_px => continue,
                Some(_) => 'L',
            };
            write!(path, "{command}{x} {y}").expect("writing to a String does not fail");
            last = Some((x, y));
        }
        if last.is_some() {
            path.push('Z');
        }
    }
    path
}

/// One path of the outlines of several structures for a page: simplified within `tolerance_px`
/// and rounded to a tenth of a pixel, with relative steps. Empty without outlines.
pub(crate) fn display_path<'a>(
    outlines: &OutlinesDocument,
    structures: impl Iterator<Item = &'a str>,
    tolerance_px: f64,
) -> String {
    let mut path = String::new();
    let tenths = |value: f64| (value * 10.0).round() as i64;
    for ring in structures.filter_map(|id| outlines.structures.get(id)).flatten() {
        let ring: Vec<(f64, f64)> =
            ring.chunks_exact(2).map(|corner| (corner[0].into(), corner[1].into())).collect();
        let corners: Vec<(i64, i64)> = simplified(&ring, tolerance_px)
            .into_iter()
            .map(|(x, y)| (tenths(x), tenths(y)))
            .collect();
        let Some(&(x, y)) = corners.first() else { continue };
        path += &format!("M{} {}", in_tenths(x), in_tenths(y));
        for (i, pair) in corners.windows(2).enumerate() {
            let (dx, dy) = (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1);
            // A sign separates numbers too.
            path += if i == 0 {
                "l"
            } else if dx < 0 {
                ""
            } else {
                " "
            };
            path += &in_tenths(dx);
            path += if dy < 0 { "" } else { " " };
            path += &in_tenths(dy);
        }
        path.push('z');
    }
    path
}

/// Shortest form of a number of tenths: `12`, `-.5`.
fn in_tenths(tenths: i64) -> String {
    let sign = if tenths < 0 { "-" } else { "" };
    let (whole, rest) = (tenths.abs() / 10, tenths.abs() % 10);
    match (whole, rest) {
        (_, 0) => format!("{sign}{whole}"),
        (0, _) => format!("{sign}.{rest}"),
        _ => format!("{sign}{whole}.{rest}"),
    }
}

fn distance_px(from: (u32, u32), to: (u32, u32)) -> f64 {
    (f64::from(to.0) - f64::from(from.0)).hypot(f64::from(to.1) - f64::from(from.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_outline_is_closed_and_near_points_are_left_out() {
        let outlines = OutlinesDocument::from_json(
            br#"{"size":[8,8],"structures":{"heart":[[0,0,4,0,5,0,5,4],[6,6,7,6,7,7]],"none":[]}}"#,
        )
        .unwrap();
        assert_eq!(path(&outlines, "heart", 0.0), "M0 0L4 0L5 0L5 4ZM6 6L7 6L7 7Z");
        assert_eq!(path(&outlines, "heart", 2.0), "M0 0L4 0L5 4ZM6 6Z");
        assert_eq!(path(&outlines, "none", 0.0), "");
        assert_eq!(path(&outlines, "missing", 0.0), "");
    }

    #[test]
    fn a_path_for_a_page_has_relative_steps() {
        let outlines = OutlinesDocument::from_json(
            br#"{"size":[8,8],"structures":{"heart":[[0,0,4,0,4,4]],"lung":[[6,6,7,6,5,7]]}}"#,
        )
        .unwrap();
        let both = ["heart", "missing", "lung"];
        let path = display_path(&outlines, both.into_iter(), 0.35);
        assert_eq!(path, "M0 0l4 0 0 4zM6 6l1 0-2 1z");
        assert_eq!([-15, -5, 0, 7, 120].map(in_tenths), ["-1.5", "-.5", "0", ".7", "12"]);
    }
}
