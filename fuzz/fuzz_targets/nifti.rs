//! NIfTI: masks, plain and compressed.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scr_data::formats::nifti;

fuzz_target!(|data: &[u8]| {
    scr_fuzz::mask_survives(nifti::read_mask(data));
    scr_fuzz::mask_survives(nifti::read_mask_gz(data));
});
