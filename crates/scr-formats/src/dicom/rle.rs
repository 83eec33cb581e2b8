//! RLE compression of DICOM (PS3.5, annex G).

use scr_image::Size;

use super::tags::FORMAT;
use crate::FormatError;

/// Bytes of the header: the number of segments and up to 15 offsets.
const HEADER: usize = 64;

/// Decodes one frame of `cell_bytes` bytes a pixel, high byte last.
///
/// # Errors
/// When the frame is damaged, or has other segments than one a byte of a pixel.
pub(super) fn decode(frame: &[u8], size: Size, cell_bytes: usize) -> Result<Vec<u8>, FormatError> {
    let damaged = |reason: &str| FormatError::damaged(FORMAT, format!("RLE: {reason}"));
    let (numbers, _) =
        frame.get(..HEADER).ok_or_else(|| damaged("the header ends early"))?.as_chunks::<4>();
    let numbers: Vec<usize> =
        numbers.iter().map(|&four| u32::from_le_bytes(four) as usize).collect();
    if numbers[0] != cell_bytes {
        return Err(damaged(&format!("{} segments for {cell_bytes} bytes a pixel", numbers[0])));
    }
    let mut pixels = vec![0; size.area() * cell_bytes];
    for segment in 0..cell_bytes {
        let begin = numbers[1 + segment];
        let end = if segment + 1 < cell_bytes { numbers[2 + segment] } else { frame.len() };
        let packed = frame.get(begin..end).filter(|_| begin >= HEADER);
        let packed = packed.ok_or_else(|| damaged("a segment lies outside of its frame"))?;
        // The segment of the highest byte comes first.
        let cells = pixels.iter_mut().skip(cell_bytes - 1 - segment).step_by(cell_bytes);
        unpack(packed, cells).ok_or_else(|| damaged("a segment ends early"))?;
    }
    Ok(pixels)
}

/// Unpacks literal and repeated runs into the cells; none when they do not fill them.
fn unpack<'a>(mut packed: &[u8], mut cells: impl Iterator<Item = &'a mut u8>) -> Option<()> {
    let mut next = cells.next();
    while next.is_some() {
        let (&control, rest) = packed.split_first()?;
        let control = control as i8;
        let (literal, is_repeated) = match control {
            0.. => (rest.get(..usize::from(control.unsigned_abs()) + 1)?, false),
            -128 => (&rest[..0], false),
            _ => (rest.get(..1)?, true),
        };
        packed = &rest[literal.len()..];
        let count =
            if is_repeated { usize::from(control.unsigned_abs()) + 1 } else { literal.len() };
        for index in 0..count {
            // What goes beyond the last cell fills the segment to an even length.
            let Some(cell) = next else { return Some(()) };
            *cell = literal[if is_repeated { 0 } else { index }];
            next = cells.next();
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpacked(packed: &[u8], count: usize) -> Option<Vec<u8>> {
        let mut cells = vec![0; count];
        unpack(packed, cells.iter_mut()).map(|()| cells)
    }

    #[test]
    fn runs_are_unpacked_as_the_standard_says() {
        // Three literal bytes, a byte four times, nothing, one literal byte.
        let packed = [2, 7, 8, 9, 253, 5, 128, 0, 6];
        assert_eq!(unpacked(&packed, 8), Some(vec![7, 8, 9, 5, 5, 5, 5, 6]));
        assert_eq!(unpacked(&packed, 6), Some(vec![7, 8, 9, 5, 5, 5]));
        assert_eq!(unpacked(&packed, 9), None);
        assert_eq!(unpacked(&packed[..3], 2), None);
    }
}
