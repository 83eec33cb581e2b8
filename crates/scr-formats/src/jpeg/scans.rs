//! Scans of sequential and progressive frames: from bits to coefficients (T.81, F.2, G.1).

use super::coefficients::Coefficients;
use super::frame::{Component, FORMAT, Frame, Process};
use super::huffman::{Bits, HuffmanTable};
use crate::FormatError;

/// Natural order of the coefficients by their place in the zigzag.
pub(super) const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
    13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59,
    52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// Header of a scan (B.2.3).
pub(super) struct ScanHeader {
    pub(super) parts: Vec<ScanPart>,
    /// First and last coefficient; in a lossless frame the predictor, and 0.
    pub(super) first: usize,
    pub(super) last: usize,
    /// Bits known before and after the scan (successive approximation).
    pub(super) high: u32,
    pub(super) low: u32,
}

/// Component in a scan.
pub(super) struct ScanPart {
    /// Place in the frame.
    pub(super) component: usize,
    /// Numbers of the tables for the first coefficient and the others.
    pub(super) dc: usize,
    pub(super) ac: usize,
}

impl ScanHeader {
    pub(super) fn read(segment: &[u8], frame: &Frame) -> Result<Self, FormatError> {
        let damaged = || FormatError::damaged(FORMAT, "an invalid scan header");
        let (&n_parts, rest) = segment.split_first().ok_or_else(damaged)?;
        let (pairs, rest) = rest.split_at_checked(2 * usize::from(n_parts)).ok_or_else(damaged)?;
        let &[first, last, approximation] = rest else { return Err(damaged()) };
        let mut parts: Vec<ScanPart> = Vec::new();
        for &[id, tables] in pairs.as_chunks().0 {
            let component = frame.components.iter().position(|c| c.id == id);
            let component = component.ok_or_else(damaged)?;
            let (dc, ac) = (usize::from(tables >> 4), usize::from(tables & 15));
            if dc > 3 || ac > 3 || parts.iter().any(|part| part.component >= component) {
                return Err(damaged());
            }
            parts.push(ScanPart { component, dc, ac });
        }
        let (first, last) = (usize::from(first), usize::from(last));
        let (high, low) = (u32::from(approximation >> 4), u32::from(approximation & 15));
        let is_valid = match frame.process {
            Process::Sequential => (first, last, high, low) == (0, 63, 0, 0),
            // Each scan refines by one bit, and only one component beyond the first
            // coefficients.
            Process::Progressive => {
                (high == 0 || high == low + 1)
                    && low <= 13
                    && if first == 0 { last == 0 } else { parts.len() == 1 && first <= last }
                    && last < 64
            }
            Process::Lossless => (1..=7).contains(&first) && low < frame.bits && high == 0,
        };
        if parts.is_empty() || !is_valid {
            return Err(damaged());
        }
        Ok(Self { parts, first, last, high, low })
    }
}

/// Huffman tables by their numbers.
#[derive(Default)]
pub(super) struct Tables {
    pub(super) dc: [Option<HuffmanTable>; 4],
    pub(super) ac: [Option<HuffmanTable>; 4],
}

impl Tables {
    pub(super) fn get(
        tables: &[Option<HuffmanTable>; 4],
        number: usize,
    ) -> Result<&HuffmanTable, FormatError> {
        tables[number].as_ref().ok_or_else(|| FormatError::damaged(FORMAT, "a table is missing"))
    }
}

/// Decodes a scan into the coefficients of each component.
pub(super) fn decode_scan(
    frame: &Frame,
    scan: &ScanHeader,
    tables: &Tables,
    restart_interval: usize,
    bits: &mut Bits<'_>,
    coefficients: &mut [&mut Coefficients],
) -> Result<(), FormatError> {
    let mut decoder = BlockDecoder { frame, scan, tables, predictions: [0; 4], end_run: 0 };
    let component = |part: &ScanPart| &frame.components[part.component];
    // A scan of one component has its blocks one by one, without padding (A.2.2).
    let (groups, is_single) = match &scan.parts[..] {
        [part] => {
            let Component { size, .. } = component(part);
            ((size.width.div_ceil(8), size.height.div_ceil(8)), true)
        }
        _ => ((frame.groups.width, frame.groups.height), false),
    };
    for index in 0..groups.0 * groups.1 {
        if restart_interval > 0 && index > 0 && index % restart_interval == 0 {
            bits.restart(index / restart_interval - 1)?;
            decoder.predictions = [0; 4];
            decoder.end_run = 0;
        }
        let (col, row) = (index % groups.0, index / groups.0);
        for (place, part) in scan.parts.iter().enumerate() {
            let coefficients = &mut *coefficients[part.component];
            if is_single {
                decoder.block(bits, place, coefficients.block(col, row))?;
                continue;
            }
            let Component { horizontal, vertical, .. } = *component(part);
            for v in 0..vertical {
                for h in 0..horizontal {
                    let block = coefficients.block(col * horizontal + h, row * vertical + v);
                    decoder.block(bits, place, block)?;
                }
            }
        }
    }
    Ok(())
}

struct BlockDecoder<'a> {
    frame: &'a Frame,
    scan: &'a ScanHeader,
    tables: &'a Tables,
    /// First coefficient of the block before, by place in the scan.
    predictions: [i32; 4],
    /// Blocks left without further coefficients.
    end_run: i32,
}

impl BlockDecoder<'_> {
    fn block(
        &mut self,
        bits: &mut Bits<'_>,
        place: usize,
        block: &mut [i16; 64],
    ) -> Result<(), FormatError> {
        let &ScanHeader { first, high, low, .. } = self.scan;
        match (self.frame.process, first, high) {
            (Process::Progressive, 0, 0) => {
                block[0] = (self.first_coefficient(bits, place)?).wrapping_shl(low) as i16;
                Ok(())
            }
            (Process::Progressive, 0, _) => {
                block[0] |= i16::from(bits.bit()?) << low;
                Ok(())
            }
            (Process::Progressive, _, 0) => self.band(bits, place, block),
            (Process::Progressive, ..) => self.refined_band(bits, place, block),
            _ => {
                block[0] = self.first_coefficient(bits, place)? as i16;
                self.others(bits, place, block)
            }
        }
    }

    fn first_coefficient(&mut self, bits: &mut Bits<'_>, place: usize) -> Result<i32, FormatError> {
        let table = Tables::get(&self.tables.dc, self.scan.parts[place].dc)?;
        let n = bits.symbol(table)?;
        if n > 16 {
            return Err(FormatError::damaged(FORMAT, "a difference of too many bits"));
        }
        let prediction = &mut self.predictions[place];
        *prediction = prediction.wrapping_add(bits.signed(n.into())?);
        Ok(*prediction)
    }

    /// The coefficients after the first, of a sequential frame.
    fn others(
        &self,
        bits: &mut Bits<'_>,
        place: usize,
        block: &mut [i16; 64],
    ) -> Result<(), FormatError> {
        let table = Tables::get(&self.tables.ac, self.scan.parts[place].ac)?;
        let mut k = 1;
        while k < 64 {
            let symbol = bits.symbol(table)?;
            let (zeros, n) = (usize::from(symbol >> 4), u32::from(symbol & 15));
            match (zeros, n) {
                (15, 0) => k += 16,
                (_, 0) => break,
                _ => {
                    k += zeros;
                    *coefficient(block, k)? = bits.signed(n)? as i16;
                    k += 1;
                }
            }
        }
        Ok(())
    }

    /// The first scan of a band of coefficients.
    fn band(
        &mut self,
        bits: &mut Bits<'_>,
        place: usize,
        block: &mut [i16; 64],
    ) -> Result<(), FormatError> {
        if self.end_run > 0 {
            self.end_run -= 1;
            return Ok(());
        }
        let table = Tables::get(&self.tables.ac, self.scan.parts[place].ac)?;
        let mut k = self.scan.first;
        while k <= self.scan.last {
            let symbol = bits.symbol(table)?;
            let (zeros, n) = (u32::from(symbol >> 4), u32::from(symbol & 15));
            match (zeros, n) {
                (15, 0) => k += 16,
                (_, 0) => {
                    self.end_run = (1 << zeros) - 1 + bits.number(zeros)?;
                    break;
                }
                _ => {
                    k += zeros as usize;
                    let value = bits.signed(n)?.wrapping_shl(self.scan.low) as i16;
                    *coefficient(block, k)? = value;
                    k += 1;
                }
            }
        }
        Ok(())
    }

    /// A later scan of a band: one more bit of each coefficient (G.1.2.3).
    fn refined_band(
        &mut self,
        bits: &mut Bits<'_>,
        place: usize,
        block: &mut [i16; 64],
    ) -> Result<(), FormatError> {
        let &ScanHeader { first, last, low, .. } = self.scan;
        let one = 1i16 << low;
        let mut k = first;
        if self.end_run == 0 {
            let table = Tables::get(&self.tables.ac, self.scan.parts[place].ac)?;
            while k <= last {
                let symbol = bits.symbol(table)?;
                let (zeros, n) = (u32::from(symbol >> 4), symbol & 15);
                let mut value = 0;
                if n != 0 {
                    value = if bits.bit()? { one } else { -one };
                } else if zeros < 15 {
                    self.end_run = (1 << zeros) + bits.number(zeros)?;
                    break;
                }
                k = refine(bits, block, k..last + 1, one, Some(zeros))?;
                if value != 0 {
                    *coefficient(block, k)? = value;
                }
                k += 1;
            }
        }
        if self.end_run > 0 {
            refine(bits, block, k..last + 1, one, None)?;
            self.end_run -= 1;
        }
        Ok(())
    }
}

/// Refines the coefficients that are not 0, up to the one after `zeros` zeros, if given.
/// Returns the place where it stopped.
fn refine(
    bits: &mut Bits<'_>,
    block: &mut [i16; 64],
    band: std::ops::Range<usize>,
    one: i16,
    zeros: Option<u32>,
) -> Result<usize, FormatError> {
    let mut zeros = zeros;
    for k in band.clone() {
        let value = coefficient(block, k)?;
        if *value != 0 {
            if bits.bit()? && *value & one == 0 {
                *value = value.wrapping_add(if *value > 0 { one } else { -one });
            }
        } else if let Some(left) = &mut zeros {
            if *left == 0 {
                return Ok(k);
            }
            *left -= 1;
        }
    }
    Ok(band.end)
}

/// The coefficient at a place of the zigzag.
fn coefficient(block: &mut [i16; 64], k: usize) -> Result<&mut i16, FormatError> {
    match ZIGZAG.get(k) {
        Some(&at) => Ok(&mut block[usize::from(at)]),
        None => Err(FormatError::damaged(FORMAT, "more than 64 coefficients")),
    }
}
