//! `.pfs`: the points of the SCR database.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scr_data::formats::pfs;

fuzz_target!(|data: &[u8]| {
    let _ = pfs::parse(data);
});
