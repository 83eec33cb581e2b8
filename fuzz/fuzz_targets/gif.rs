//! GIF: masks as the SCR database has them.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scr_data::formats::gif;

fuzz_target!(|data: &[u8]| scr_fuzz::mask_survives(gif::read_mask(data)));
