//! Outlines of any mask fill back bit for bit.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scr_image::{Mask, Size};

fuzz_target!(|data: &[u8]| {
    let Some((&width, bits)) = data.split_first() else { return };
    let size = Size::new(usize::from(width % 80) + 1, (bits.len() / 8).clamp(1, 80));
    let is_set = |col, row| {
        let bit: usize = row * size.width + col;
        bits.get(bit / 8).is_some_and(|byte| byte >> (bit % 8) & 1 == 1)
    };
    let mask = Mask::from_fn(size, is_set);
    assert_eq!(Mask::filled(size, &mask.outlines()), mask);
});
