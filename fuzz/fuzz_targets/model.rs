//! Models of methods, with the checksum at their end renewed; one that is read segments.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scr_data::digest::file_digest;
use scr_image::{Radiograph, Size};
use scr_methods::Model;

fuzz_target!(|data: &[u8]| {
    let mut file = data.to_vec();
    file.extend(file_digest(data));
    if let Ok(model) = Model::from_bytes("fuzzed.model", &file) {
        let size = Size::square(48);
        let pixels = (0..size.area()).map(|pixel| (pixel * 7919) as u16).collect();
        let radiograph = Radiograph::new(size, u16::MAX, pixels, None).expect("values fit");
        let _ = model.segment(&radiograph);
        let _ = model.segmenter().insights();
    }
});
