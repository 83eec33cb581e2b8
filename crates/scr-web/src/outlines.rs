//! Outlines of the store as SVG paths.
//!
//! Traces no mask.

use scr_store::OutlinesDocument;
use std::fmt::Write as _;

use crate::error::Failure;

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
}
