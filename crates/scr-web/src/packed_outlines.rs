//! Packed outlines: the file that the viewer fetches for each layer.
//!
//! A byte a corner in place of the six to ten of the JSON form. All numbers are LEB128 variable-length
//! integers: the number of structures; for each its name (length and UTF-8 bytes), the side of
//! its blocks in pixels (1 for exact outlines) and the number of its outlines; for each of these
//! four times the number of its corners plus a form, the first corner, and the steps to the
//! others. A step is zigzag-coded. Form 0 has x and y of every step; in forms 1 and 2 the steps
//! go along x and y in turn, as pixel edges do, beginning with x (1) or y (2).
//!
//! `outlines.js` reads it.

use scr_store::OutlinesDocument;

/// The outlines in packed form.
pub(crate) fn packed(outlines: &OutlinesDocument) -> Vec<u8> {
    let mut out = Vec::new();
    number(&mut out, outlines.structures.len() as u64);
    for (name, rings) in &outlines.structures {
        number(&mut out, name.len() as u64);
        out.extend_from_slice(name.as_bytes());
        let block_px = outlines.blocks_px.get(name).copied().unwrap_or(1);
        number(&mut out, block_px as u64);
        number(&mut out, rings.len() as u64);
        for ring in rings {
            pack_ring(&mut out, ring);
        }
    }
    out
}

fn pack_ring(out: &mut Vec<u8>, ring: &[u32]) {
    let corners: Vec<(i64, i64)> =
        ring.chunks_exact(2).map(|corner| (corner[0].into(), corner[1].into())).collect();
    let steps: Vec<(i64, i64)> =
        corners.windows(2).map(|pair| (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1)).collect();
    let goes_along = |first: usize| {
        let is_along = |(i, step): (usize, &(i64, i64))| match (i + first) % 2 {
            0 => step.1 == 0,
            _ => step.0 == 0,
        };
        steps.iter().enumerate().all(is_along)
    };
    let form = if goes_along(0) {
        1
    } else if goes_along(1) {
        2
    } else {
        0
    };
    number(out, corners.len() as u64 * 4 + form);
    let Some(&(x, y)) = corners.first() else { return };
    number(out, x.unsigned_abs());
    number(out, y.unsigned_abs());
    for (dx, dy) in steps {
        if form == 0 {
            number(out, zigzag(dx));
            number(out, zigzag(dy));
        } else {
            // One of both is 0.
            number(out, zigzag(dx + dy));
        }
    }
}

/// 0, -1, 1, -2, 2 become 0, 1, 2, 3, 4.
fn zigzag(step: i64) -> u64 {
    ((step << 1) ^ (step >> 63)).cast_unsigned()
}

fn number(out: &mut Vec<u8>, mut value: u64) {
    while value > 127 {
        out.push((value & 127) as u8 | 128);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_along_pixel_edges_take_a_byte_each() {
        let outlines = OutlinesDocument::from_json(
            br#"{"size":[400,8],"structures":{"a":[[300,1,304,1,304,5,300,5]],"b":[[0,0,1,2]],"c":[]},"blocks_px":{"b":2}}"#,
        )
        .unwrap();
        #[rustfmt::skip]
        let expected = [
            3,
            1, b'a', 1, 1, 4 * 4 + 1, 0xac, 0x02, 1, 8, 8, 7,
            1, b'b', 2, 1, 2 * 4, 0, 0, 2, 4,
            1, b'c', 1, 0,
        ];
        assert_eq!(packed(&outlines), expected);
    }
}
