//! JSRT's raw images: 2048 x 2048 values and no header, the data over and over.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scr_data::formats::jsrt_img;

fuzz_target!(|data: &[u8]| {
    let _ = jsrt_img::read(data);
    if data.is_empty() {
        return;
    }
    let mut whole = data.repeat(jsrt_img::FILE_BYTES.div_ceil(data.len()));
    whole.truncate(jsrt_img::FILE_BYTES);
    if let Ok(radiograph) = jsrt_img::read(&whole) {
        assert_eq!(jsrt_img::write(&radiograph), Ok(whole));
    }
});
