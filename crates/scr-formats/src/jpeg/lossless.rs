//! Lossless frames of one component (T.81, annex H).

use super::frame::{FORMAT, Frame};
use super::huffman::Bits;
use super::scans::{ScanHeader, Tables};
use crate::FormatError;

/// Decodes the only scan: values row by row.
pub(super) fn decode_lossless(
    frame: &Frame,
    scan: &ScanHeader,
    tables: &Tables,
    restart_interval: usize,
    bits: &mut Bits<'_>,
) -> Result<Vec<u16>, FormatError> {
    let table = Tables::get(&tables.dc, scan.parts[0].dc)?;
    let width = frame.size.width;
    if !restart_interval.is_multiple_of(width) {
        let found = format!("every {restart_interval} pixels of rows of {width}");
        let hint = "save the image again without restart markers";
        return Err(FormatError::unsupported("restarts at the ends of rows", found, hint));
    }
    let rows_between = restart_interval / width;
    let shift = scan.low;
    let start = 1i32 << (frame.bits - shift - 1);
    let most = (1u32 << frame.bits) - 1;
    let mut values: Vec<u16> = Vec::with_capacity(frame.size.area());
    let (mut above, mut current) = (vec![0i32; width], vec![0i32; width]);
    for row in 0..frame.size.height {
        let is_restart = rows_between > 0 && row > 0 && row % rows_between == 0;
        if is_restart {
            bits.restart(row / rows_between - 1)?;
        }
        let is_first = row == 0 || is_restart;
        for col in 0..width {
            let prediction = match (is_first, col) {
                (true, 0) => start,
                (true, _) => current[col - 1],
                (false, 0) => above[0],
                _ => predicted(scan.first, current[col - 1], above[col], above[col - 1]),
            };
            let difference = match bits.symbol(table)? {
                n @ 0..=15 => bits.signed(n.into())?,
                16 => 32768,
                _ => return Err(FormatError::damaged(FORMAT, "a difference of too many bits")),
            };
            // Differences are modulo 2^16.
            let value = (prediction + difference) & 0xffff;
            current[col] = value;
            let shown = (value as u32) << shift;
            if shown > most {
                return Err(FormatError::damaged(FORMAT, "a value of more bits than stated"));
            }
            values.push(shown as u16);
        }
        std::mem::swap(&mut above, &mut current);
    }
    Ok(values)
}

/// Predictors 1 to 7, by the pixels to the left, above, and above to the left (table H.1).
fn predicted(predictor: usize, left: i32, above: i32, corner: i32) -> i32 {
    match predictor {
        1 => left,
        2 => above,
        3 => corner,
        4 => left + above - corner,
        5 => left + ((above - corner) >> 1),
        6 => above + ((left - corner) >> 1),
        _ => (left + above) >> 1,
    }
}
