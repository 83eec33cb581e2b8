//! Rows of an 8-bit PNG with one byte a pixel, unfiltered for masks.
//!
//! Masks are runs, so most filtered bytes are zero: eight of them at once repeat what is to their
//! left or above, where PNG's filters allow it. A row that equals the one above is reported as
//! such. Chunks, checksums and inflating are the crate's. A file with any fault has no rows here:
//! [`Image`](super::Image) reads it again and says why.

use png::{ColorType, DecodeOptions, Decoded, StreamingDecoder, UnfilterRegion, chunk};

/// Bytes that inflating may look back, which stay in the buffer.
const WINDOW_BYTES: usize = 1 << 15;
/// Room that the decoder fills at most in one call.
const STEP_BYTES: usize = 1 << 13;
/// Bytes of a group whose filtered values are looked at together.
const GROUP: usize = 8;

/// A row of pixels.
pub(super) enum Row<'a> {
    /// Values of the pixels.
    Values(&'a [u8]),
    /// The values of the row above.
    Repeated,
}

/// Calls `found` with the `height` rows of `width` pixels of a file whose header is checked, from
/// the top. None when the file has a fault, or a chunk after the pixels; then not all rows were
/// found.
pub(super) fn each_row(
    bytes: &[u8],
    options: DecodeOptions,
    (width, height): (usize, usize),
    mut found: impl FnMut(Row<'_>),
) -> Option<()> {
    let row_bytes = width + 1;
    let mut decoder = StreamingDecoder::new_with_options(options);
    let mut buffer = vec![0; row_bytes.max(2 * WINDOW_BYTES) + WINDOW_BYTES + STEP_BYTES];
    let mut region = UnfilterRegion::default();
    let mut rest = bytes;
    let mut next = 0;
    let mut n_rows = 0;
    let mut lines = Lines { above: vec![0; width], line: vec![0; width] };
    loop {
        if buffer.len() - region.filled < STEP_BYTES {
            let passed = next.min(region.available);
            buffer.copy_within(passed..region.filled, 0);
            next -= passed;
            region.available -= passed;
            region.filled -= passed;
        }
        let (used, event) = decoder.update(rest, Some(&mut region.as_buf(&mut buffer))).ok()?;
        rest = &rest[used..];
        while region.filled - next >= row_bytes && n_rows < height {
            let (filter, filtered) = buffer[next..next + row_bytes].split_first()?;
            let is_repeated = lines.unfilter(*filter, filtered)?;
            // The row above the first is zero by definition, and not found.
            let is_repeated = is_repeated && n_rows > 0;
            found(if is_repeated { Row::Repeated } else { Row::Values(&lines.above) });
            next += row_bytes;
            n_rows += 1;
        }
        match event {
            Decoded::ImageDataFlushed => break,
            _ if rest.is_empty() => return None,
            _ => {}
        }
    }
    let is_whole = n_rows == height && next == region.filled;
    // The end of the file, with its checksum.
    loop {
        let (used, event) = decoder.update(rest, None).ok()?;
        rest = &rest[used..];
        match event {
            Decoded::ChunkComplete(chunk::IEND) => return is_whole.then_some(()),
            Decoded::ChunkBegin(_, kind) if kind != chunk::IEND => return None,
            _ if rest.is_empty() => return None,
            _ => {}
        }
    }
}

/// The row read last and room for the next.
struct Lines {
    above: Vec<u8>,
    line: Vec<u8>,
}

impl Lines {
    /// Unfilters the next row into `above`. True when it equals the row before; none for an
    /// unknown filter.
    fn unfilter(&mut self, filter: u8, filtered: &[u8]) -> Option<bool> {
        let Self { above, line } = self;
        match filter {
            0 if above == filtered => return Some(true),
            // Nothing is added to the row above.
            2 | 4 if is_zero(filtered) => return Some(true),
            0 => line.copy_from_slice(filtered),
            1 => {
                predict(filtered, above, line, |left, _, _| left, |left, _, _| Some([left; GROUP]));
            }
            2 => {
                for ((line, filtered), above) in line.iter_mut().zip(filtered).zip(&*above) {
                    *line = filtered.wrapping_add(*above);
                }
            }
            3 => predict(filtered, above, line, average, |left, above, _| {
                (above == [left; GROUP]).then_some(above)
            }),
            4 => predict(filtered, above, line, paeth, |left, above, corner| {
                if left == corner {
                    Some(above)
                } else {
                    (above == [corner; GROUP]).then_some([left; GROUP])
                }
            }),
            _ => return None,
        }
        std::mem::swap(above, line);
        Some(above == line)
    }
}

/// Adds to each filtered byte the prediction from its neighbours: left, above, and above to the
/// left. `repeated` knows all eight bytes of a group whose filtered bytes are zero, or none.
fn predict(
    filtered: &[u8],
    above: &[u8],
    line: &mut [u8],
    prediction: impl Fn(u8, u8, u8) -> u8,
    repeated: impl Fn(u8, [u8; GROUP], u8) -> Option<[u8; GROUP]>,
) {
    let (mut left, mut corner) = (0, 0);
    let groups = filtered.chunks(GROUP).zip(above.chunks(GROUP)).zip(line.chunks_mut(GROUP));
    for ((filtered, above), line) in groups {
        let known = match (<[u8; GROUP]>::try_from(filtered), <[u8; GROUP]>::try_from(above)) {
            (Ok(filtered), Ok(above)) if filtered == [0; GROUP] => repeated(left, above, corner),
            _ => None,
        };
        if let Some(known) = known {
            line.copy_from_slice(&known);
        } else {
            let (mut left, mut corner) = (left, corner);
            for ((line, filtered), &above) in line.iter_mut().zip(filtered).zip(above) {
                left = filtered.wrapping_add(prediction(left, above, corner));
                corner = above;
                *line = left;
            }
        }
        left = line.last().copied().unwrap_or_default();
        corner = above.last().copied().unwrap_or_default();
    }
}

fn average(left: u8, above: u8, _corner: u8) -> u8 {
    left.midpoint(above)
}

/// The neighbour nearest to left + above - corner; in doubt left, then above.
fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let [a, b, c] = [left, above, corner].map(i16::from);
    let [from_left, from_above] = [(b - c).abs(), (a - c).abs()];
    let from_corner = (a + b - 2 * c).abs();
    if from_left <= from_above && from_left <= from_corner {
        left
    } else if from_above <= from_corner {
        above
    } else {
        corner
    }
}

fn is_zero(bytes: &[u8]) -> bool {
    let (groups, rest) = bytes.as_chunks::<64>();
    groups.iter().all(|group| group.iter().fold(0, |all, byte| all | byte) == 0)
        && rest.iter().all(|&byte| byte == 0)
}

/// True for images with one byte a pixel whose rows are stored in order.
pub(super) fn has_byte_rows(info: &png::Info<'_>) -> bool {
    let is_one = matches!(info.color_type, ColorType::Grayscale | ColorType::Indexed);
    is_one && info.bit_depth == png::BitDepth::Eight && !info.interlaced
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A file whose rows the encoder filters by `filter`, with the pixels in few chunks or many.
    fn file(width: usize, pixels: &[u8], filter: png::Filter) -> Vec<u8> {
        let mut bytes = Vec::new();
        let height = pixels.len() / width;
        let mut encoder = png::Encoder::new(&mut bytes, width as u32, height as u32);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_filter(filter);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(pixels).unwrap();
        writer.finish().unwrap();
        bytes
    }

    fn rows(bytes: &[u8], width: usize, height: usize) -> Option<Vec<u8>> {
        let mut pixels: Vec<u8> = Vec::new();
        each_row(bytes, crate::png::strict(), (width, height), |row| match row {
            Row::Values(values) => pixels.extend(values),
            Row::Repeated => pixels.extend_from_within(pixels.len() - width..),
        })?;
        Some(pixels)
    }

    const FILTERS: [png::Filter; 6] = [
        png::Filter::NoFilter,
        png::Filter::Sub,
        png::Filter::Up,
        png::Filter::Avg,
        png::Filter::Paeth,
        png::Filter::Adaptive,
    ];

    proptest! {
        #[test]
        fn rows_of_every_filter_are_those_written(
            width in 1usize..90, height in 1usize..12, run in 1u64..40, n_values in 1u64..5,
            seed: u64,
        ) {
            let value = |index: usize| {
                let part = (index as u64 / run).wrapping_mul(seed | 1) >> 40;
                (part % n_values * 85) as u8
            };
            let pixels: Vec<u8> = (0..width * height).map(value).collect();
            for filter in FILTERS {
                let bytes = file(width, &pixels, filter);
                prop_assert_eq!(rows(&bytes, width, height), Some(pixels.clone()), "{:?}", filter);
            }
        }
    }

    #[test]
    fn a_file_longer_than_the_buffer_is_read_whole() {
        for (width, height) in [(1024, 700), (200_000, 3)] {
            let pixel = |index: usize| ((index / 700).wrapping_mul(0x9e37_79b9) >> 13) as u8 & 1;
            let pixels: Vec<u8> = (0..width * height).map(pixel).collect();
            for filter in FILTERS {
                let bytes = file(width, &pixels, filter);
                assert!(rows(&bytes, width, height) == Some(pixels.clone()), "{filter:?}");
            }
        }
    }

    #[test]
    fn a_file_with_a_fault_has_no_rows() {
        let pixels: Vec<u8> = (0..300).map(|index| (index / 7 % 2) as u8).collect();
        let bytes = file(20, &pixels, png::Filter::Paeth);
        assert_eq!(rows(&bytes, 20, 14), None, "a row too many");
        assert_eq!(rows(&bytes, 20, 16), None, "a row too few");
        for length in 0..bytes.len() {
            assert_eq!(rows(&bytes[..length], 20, 15), None, "cut to {length} bytes");
        }
        // Any bit after the signature, up to the end of IEND.
        for bit in 64..8 * bytes.len() {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(rows(&damaged, 20, 15), None, "bit {bit}");
        }
    }
}
