//! Segments between markers, in their order (T.81, annex B).

use scr_image::Size;

use super::coefficients::Coefficients;
use super::frame::{FORMAT, Frame, Process};
use super::huffman::{Bits, HuffmanTable};
use super::lossless::decode_lossless;
use super::scans::{ScanHeader, Tables, ZIGZAG, decode_scan};
use crate::FormatError;

/// Maximum number of scans; progressive files have about ten.
const MAX_SCANS: usize = 100;

/// Decoded image.
pub(super) struct Decoded {
    pub(super) frame: Frame,
    /// Grey values, row by row.
    pub(super) values: Vec<u16>,
}

/// Decodes a file.
pub(super) fn decode_segments(
    bytes: &[u8],
    expected: Option<Size>,
) -> Result<Decoded, FormatError> {
    let mut decoder = Decoder::default();
    let mut at = 2;
    loop {
        let (marker, start) = marker_at(bytes, at)?;
        if marker == 0xd9 {
            return decoder.finish();
        }
        let length = bytes.get(start..).and_then(|rest| rest.first_chunk()).copied();
        let length = usize::from(u16::from_be_bytes(length.ok_or_else(early)?));
        let segment = length.checked_sub(2).and_then(|n| bytes.get(start + 2..)?.get(..n));
        let segment = segment.ok_or_else(early)?;
        at = start + length;
        match marker {
            0xc4 => decoder.read_huffman_tables(segment)?,
            0xc0..=0xcf => decoder.read_frame(marker, segment, expected)?,
            0xdb => decoder.read_quantisation_tables(segment)?,
            0xdd => decoder.restart_interval = restart_interval(segment)?,
            0xee => decoder.has_plain_colours = is_adobe_rgb(segment),
            0xda => at = decoder.read_scan(segment, bytes, at)?,
            0xe0..=0xfe | 0x01 => {}
            other => {
                let reason = format!("a marker {other:#04x} out of place");
                return Err(FormatError::damaged(FORMAT, reason));
            }
        }
    }
}

/// The marker at a place, and the place after it.
fn marker_at(bytes: &[u8], at: usize) -> Result<(u8, usize), FormatError> {
    let rest = bytes.get(at..).ok_or_else(early)?;
    let n_filling = rest.iter().take_while(|&&byte| byte == 0xff).count();
    match rest.get(n_filling) {
        Some(&marker) if n_filling > 0 => Ok((marker, at + n_filling + 1)),
        None => Err(early()),
        Some(_) => Err(FormatError::damaged(FORMAT, "bytes without a marker")),
    }
}

#[derive(Default)]
struct Decoder {
    tables: Tables,
    quantisation: [Option<[u16; 64]>; 4],
    restart_interval: usize,
    /// True for red, green and blue in place of brightness and two colour differences.
    has_plain_colours: bool,
    frame: Option<Frame>,
    components: Vec<Component>,
    lossless: Option<Vec<u16>>,
    n_scans: usize,
}

struct Component {
    coefficients: Coefficients,
    /// The quantisation table at the first scan.
    table: Option<[u16; 64]>,
}

impl Decoder {
    fn read_frame(
        &mut self,
        marker: u8,
        segment: &[u8],
        expected: Option<Size>,
    ) -> Result<(), FormatError> {
        if self.frame.is_some() {
            return Err(FormatError::damaged(FORMAT, "two frames"));
        }
        self.frame = Some(Frame::read(marker, segment, expected)?);
        Ok(())
    }

    fn read_huffman_tables(&mut self, mut segment: &[u8]) -> Result<(), FormatError> {
        while let Some((&class, rest)) = segment.split_first() {
            let (counts, rest) = rest.split_first_chunk::<16>().ok_or_else(early)?;
            let n_symbols = counts.iter().map(|&count| usize::from(count)).sum();
            let (symbols, rest) = rest.split_at_checked(n_symbols).ok_or_else(early)?;
            let tables = if class >> 4 == 0 { &mut self.tables.dc } else { &mut self.tables.ac };
            let table = tables.get_mut(usize::from(class & 15)).filter(|_| class >> 4 < 2);
            let table = table.ok_or_else(|| FormatError::damaged(FORMAT, "a table's number"))?;
            *table = Some(HuffmanTable::new(*counts, symbols)?);
            segment = rest;
        }
        Ok(())
    }

    fn read_quantisation_tables(&mut self, mut segment: &[u8]) -> Result<(), FormatError> {
        while let Some((&class, rest)) = segment.split_first() {
            let bytes = 1 + usize::from(class >> 4);
            let (values, rest) = rest.split_at_checked(64 * bytes).ok_or_else(early)?;
            let mut table = [0; 64];
            for (value, &at) in values.chunks_exact(bytes).zip(&ZIGZAG) {
                let join = |all: u16, &byte: &u8| all << 8 | u16::from(byte);
                table[usize::from(at)] = value.iter().fold(0, join);
            }
            let slot = self.quantisation.get_mut(usize::from(class & 15)).filter(|_| bytes <= 2);
            *slot.ok_or_else(|| FormatError::damaged(FORMAT, "a table's number"))? = Some(table);
            segment = rest;
        }
        Ok(())
    }

    /// Decodes a scan whose pixels begin at `at`; returns the place after them.
    fn read_scan(&mut self, segment: &[u8], bytes: &[u8], at: usize) -> Result<usize, FormatError> {
        let frame = self.frame.as_ref();
        let frame = frame.ok_or_else(|| FormatError::damaged(FORMAT, "a scan before its frame"))?;
        let scan = ScanHeader::read(segment, frame)?;
        self.n_scans += 1;
        if self.n_scans > MAX_SCANS {
            return Err(FormatError::damaged(FORMAT, format!("more than {MAX_SCANS} scans")));
        }
        let mut bits = Bits::new(bytes, at);
        if frame.process == Process::Lossless {
            let interval = self.restart_interval;
            let values = decode_lossless(frame, &scan, &self.tables, interval, &mut bits)?;
            if self.lossless.replace(values).is_some() {
                return Err(FormatError::damaged(FORMAT, "two scans of the same pixels"));
            }
            return bits.end();
        }
        if self.components.is_empty() {
            let coefficients = frame.components.iter().map(|c| Coefficients::new(frame, c));
            self.components
                .extend(coefficients.map(|coefficients| Component { coefficients, table: None }));
        }
        for part in &scan.parts {
            let table = self.quantisation[frame.components[part.component].table];
            let component = &mut self.components[part.component];
            component.table = component.table.or(table);
            if component.table.is_none() {
                return Err(FormatError::damaged(FORMAT, "a table is missing"));
            }
        }
        let interval = self.restart_interval;
        let mut coefficients: Vec<&mut Coefficients> =
            self.components.iter_mut().map(|c| &mut c.coefficients).collect();
        decode_scan(frame, &scan, &self.tables, interval, &mut bits, &mut coefficients)?;
        bits.end()
    }

    /// The image, after the last segment.
    fn finish(self) -> Result<Decoded, FormatError> {
        let frame = self.frame.ok_or_else(|| FormatError::damaged(FORMAT, "no frame"))?;
        if let Some(values) = self.lossless {
            return Ok(Decoded { frame, values });
        }
        let is_named_rgb = frame.components.iter().map(|c| c.id).eq(*b"RGB");
        let is_rgb = self.has_plain_colours || is_named_rgb;
        let mut values = Vec::new();
        for (index, component) in frame.components.iter().enumerate() {
            let scanned = self.components.get(index);
            let (coefficients, table) = scanned
                .and_then(|c| Some((&c.coefficients, c.table?)))
                .ok_or_else(|| FormatError::damaged(FORMAT, "a channel without pixels"))?;
            let size = component.size;
            if index == 0 {
                if size != frame.size {
                    return Err(FormatError::Channels { found: "colours".into() });
                }
                values.reserve_exact(size.area());
                coefficients.each_row(&table, frame.bits, size, |row| values.extend(row));
                continue;
            }
            // A colour difference of 0 is stored as the middle value.
            let middle = 1u16 << (frame.bits - 1);
            let mut is_grey = !is_rgb || size == frame.size;
            let mut rows = values.chunks_exact(frame.size.width);
            coefficients.each_row(&table, frame.bits, size, |row| {
                is_grey &= if is_rgb {
                    rows.next() == Some(row)
                } else {
                    row.iter().all(|&sample| sample == middle)
                };
            });
            if !is_grey {
                return Err(FormatError::Channels { found: "colours".into() });
            }
        }
        Ok(Decoded { frame, values })
    }
}

fn restart_interval(segment: &[u8]) -> Result<usize, FormatError> {
    let interval = segment.try_into().map(u16::from_be_bytes).map(usize::from);
    interval.map_err(|_| FormatError::damaged(FORMAT, "a restart interval of another length"))
}

/// True for Adobe's segment that states red, green and blue.
fn is_adobe_rgb(segment: &[u8]) -> bool {
    segment.starts_with(b"Adobe") && segment.get(11) == Some(&0)
}

fn early() -> FormatError {
    FormatError::damaged(FORMAT, "the file ends early")
}
