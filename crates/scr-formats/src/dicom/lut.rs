//! Lookup tables (PS3.3, C.11.1.1.1 and C.11.2.1.1).

use super::elements::Elements;
use super::tags::{FORMAT, LUT_DATA, LUT_DESCRIPTOR, Tag};
use crate::FormatError;

/// Lookup table: inputs below or above those mapped have the first or the last entry.
pub(super) struct Lut {
    /// Input of the first entry.
    first: i64,
    /// Bits of an entry.
    pub(super) bits: u32,
    entries: Vec<u16>,
}

impl Lut {
    /// Table in the first item of a sequence; none when the sequence is absent or empty.
    ///
    /// `is_signed` is the sign of the inputs, where the file does not state it.
    ///
    /// # Errors
    /// When descriptor and data contradict each other.
    pub(super) fn of(
        elements: &Elements<'_>,
        sequence: Tag,
        is_signed: bool,
    ) -> Result<Option<Self>, FormatError> {
        let wanted = [LUT_DESCRIPTOR, LUT_DATA];
        let Some(item) = elements.first_item(sequence, &wanted)? else { return Ok(None) };
        let damaged =
            |reason: &str| Err(FormatError::damaged(FORMAT, format!("a lookup table {reason}")));
        let descriptor: Vec<u16> = item.numbers(LUT_DESCRIPTOR).collect();
        let [count, first, bits] = descriptor[..] else {
            return damaged("without a descriptor of three numbers");
        };
        let count = if count == 0 { 1 << 16 } else { usize::from(count) };
        if !(1..=16).contains(&bits) {
            return damaged(&format!("of {bits} bits"));
        }
        let data = item.bytes(LUT_DATA).unwrap_or_default();
        let entries: Vec<u16> = if data.len() == 2 * count {
            item.numbers(LUT_DATA).collect()
        } else if bits <= 8
            && data.len() == count.next_multiple_of(2)
            && !item.encoding().is_big_endian
        {
            data[..count].iter().map(|&entry| entry.into()).collect()
        } else {
            return damaged(&format!("of {count} entries in {} bytes", data.len()));
        };
        if entries.iter().any(|&entry| u32::from(entry) >> bits > 0) {
            return damaged(&format!("with entries of more than its {bits} bits"));
        }
        let is_signed = match &item.kind(LUT_DESCRIPTOR) {
            b"SS" => true,
            b"US" => false,
            _ => is_signed,
        };
        let first = if is_signed { i64::from(first as i16) } else { first.into() };
        Ok(Some(Self { first, bits: bits.into(), entries }))
    }

    /// Entry of an input.
    pub(super) fn entry(&self, input: i64) -> u16 {
        let last = self.entries.len() as i64 - 1;
        self.entries[(input - self.first).clamp(0, last) as usize]
    }
}
