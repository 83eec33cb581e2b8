//! JPEG: radiographs.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| scr_fuzz::image("x.jpg", data));
