//! Huffman codes and bits of an entropy-coded segment (T.81, annexes C and F.2.2).

use super::frame::FORMAT;
use crate::FormatError;

/// Bits that the table looks up at once.
const FAST_BITS: u32 = 9;

/// Table of Huffman codes.
#[derive(Clone)]
pub(super) struct HuffmanTable {
    /// Symbol and length by the next nine bits; length 0 for longer codes.
    fast: Vec<(u8, u8)>,
    /// For each length from 1: the first code beyond those of this length, and the
    /// difference between a symbol's place and its code.
    ends: [(i32, i32); 16],
    symbols: Vec<u8>,
}

impl HuffmanTable {
    /// The table with `counts` codes of each length from 1 to 16.
    ///
    /// # Errors
    /// When there are more codes of a length than there can be.
    pub(super) fn new(counts: [u8; 16], symbols: &[u8]) -> Result<Self, FormatError> {
        let mut fast = vec![(0, 0); 1 << FAST_BITS];
        let mut ends = [(0, 0); 16];
        let (mut code, mut place) = (0i32, 0usize);
        for (length, count) in (1..).zip(counts) {
            ends[length - 1].1 = place as i32 - code;
            for _ in 0..count {
                if let Some(rest) = FAST_BITS.checked_sub(length as u32) {
                    let first = (code as usize) << rest;
                    let Some(slots) = fast.get_mut(first..first + (1 << rest)) else {
                        return Err(FormatError::damaged(FORMAT, "invalid Huffman codes"));
                    };
                    slots.fill((symbols[place], length as u8));
                }
                (code, place) = (code + 1, place + 1);
            }
            if code > 1 << length {
                return Err(FormatError::damaged(FORMAT, "invalid Huffman codes"));
            }
            ends[length - 1].0 = code;
            code <<= 1;
        }
        Ok(Self { fast, ends, symbols: symbols.to_vec() })
    }
}

/// Reader of the bits between two markers.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The next bits, from the highest.
    buffer: u64,
    n_buffered: u32,
}

impl<'a> Bits<'a> {
    pub(super) const fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, buffer: 0, n_buffered: 0 }
    }

    /// Fills the buffer, up to the next marker.
    fn fill(&mut self) {
        while self.n_buffered <= 56 {
            let byte = match self.bytes.get(self.at..) {
                Some(&[0xff, 0, ..]) => {
                    self.at += 2;
                    0xff
                }
                Some(&[byte, ..]) if byte != 0xff => {
                    self.at += 1;
                    byte
                }
                _ => return,
            };
            self.buffer |= u64::from(byte) << (56 - self.n_buffered);
            self.n_buffered += 8;
        }
    }

    fn skip(&mut self, n: u32) -> Result<(), FormatError> {
        if n > self.n_buffered {
            return Err(FormatError::damaged(FORMAT, "the pixels end early"));
        }
        self.buffer <<= n;
        self.n_buffered -= n;
        Ok(())
    }

    /// The next symbol.
    pub(super) fn symbol(&mut self, table: &HuffmanTable) -> Result<u8, FormatError> {
        if self.n_buffered < 16 {
            self.fill();
        }
        let (symbol, length) = table.fast[(self.buffer >> (64 - FAST_BITS)) as usize];
        if length > 0 {
            self.skip(length.into())?;
            return Ok(symbol);
        }
        for length in FAST_BITS + 1..=16 {
            let code = (self.buffer >> (64 - length)) as i32;
            let (end, difference) = table.ends[length as usize - 1];
            if code < end {
                self.skip(length)?;
                let place = usize::try_from(code + difference).ok();
                return place
                    .and_then(|place| table.symbols.get(place).copied())
                    .ok_or_else(|| FormatError::damaged(FORMAT, "a code that is in no table"));
            }
        }
        Err(FormatError::damaged(FORMAT, "a code that is in no table"))
    }

    /// The next `n` bits as a number, at most 16.
    pub(super) fn number(&mut self, n: u32) -> Result<i32, FormatError> {
        if n == 0 {
            return Ok(0);
        }
        if self.n_buffered < n {
            self.fill();
        }
        let number = (self.buffer >> (64 - n)) as i32;
        self.skip(n)?;
        Ok(number)
    }

    /// True when the next bit is set.
    pub(super) fn bit(&mut self) -> Result<bool, FormatError> {
        Ok(self.number(1)? == 1)
    }

    /// The next `n` bits as a signed number: without the top bit, negative (F.2.2.1).
    pub(super) fn signed(&mut self, n: u32) -> Result<i32, FormatError> {
        let number = self.number(n)?;
        let is_negative = n > 0 && number < 1 << (n - 1);
        Ok(if is_negative { number - (1 << n) + 1 } else { number })
    }

    /// Drops the bits that fill the last byte, and reads the restart marker `index`.
    pub(super) fn restart(&mut self, index: usize) -> Result<(), FormatError> {
        self.fill();
        let marker = 0xd0 + (index % 8) as u8;
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let n_filling = rest.iter().take_while(|&&byte| byte == 0xff).count();
        if self.n_buffered > 7 || n_filling == 0 || rest.get(n_filling) != Some(&marker) {
            return Err(FormatError::damaged(FORMAT, "a restart marker is missing"));
        }
        (self.buffer, self.n_buffered) = (0, 0);
        self.at += n_filling + 1;
        Ok(())
    }

    /// Place of the marker after the segment.
    ///
    /// # Errors
    /// When bytes are left before it.
    pub(super) fn end(mut self) -> Result<usize, FormatError> {
        self.fill();
        if self.n_buffered > 7 {
            return Err(FormatError::damaged(FORMAT, "more bytes than pixels"));
        }
        Ok(self.at)
    }
}
