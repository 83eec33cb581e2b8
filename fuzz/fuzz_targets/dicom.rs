//! DICOM: masks and radiographs.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scr_data::formats::dicom;

fuzz_target!(|data: &[u8]| {
    scr_fuzz::mask_survives(dicom::read_mask(data));
    let _ = dicom::read_radiograph(data);
});
