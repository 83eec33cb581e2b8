//! Rows of fewer than eight bits a pixel.

/// The values of a row of 1, 2 or 4 bits a pixel, leftmost in the highest bits.
pub(crate) fn unpacked(row: &[u8], bits: usize, width: usize) -> Vec<u8> {
    let in_byte = 8 / bits;
    let value = |col: usize| {
        let shift = 8 - bits * (col % in_byte + 1);
        row[col / in_byte] >> shift & ((1 << bits) - 1)
    };
    (0..width.min(row.len() * in_byte)).map(value).collect()
}
