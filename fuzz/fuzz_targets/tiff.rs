//! TIFF: masks and radiographs.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scr_data::formats::tiff;

fuzz_target!(|data: &[u8]| {
    scr_fuzz::mask_survives(tiff::read_mask(data));
    let _ = tiff::read_radiograph(data);
});
