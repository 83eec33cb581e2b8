//! PNG: masks and radiographs.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scr_data::formats::png;

fuzz_target!(|data: &[u8]| {
    scr_fuzz::mask_survives(png::read_mask(data));
    let _ = png::read_radiograph(data);
});
