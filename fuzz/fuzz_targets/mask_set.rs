//! A set of masks as a zip file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scr_data::MaskSet;
use scr_data::digest::Manifest;

fuzz_target!(init: { scr_fuzz::benchmark(); }, |data: &[u8]| {
    scr_fuzz::in_folder(|folder| {
        let zip = folder.join("masks.zip");
        std::fs::write(&zip, data).expect("a temporary folder takes files");
        let benchmark = scr_fuzz::benchmark();
        if let Ok(set) = MaskSet::open(&zip, benchmark) {
            let mut manifest = Manifest::default();
            for (structure, image) in set.masks() {
                let _ = set.read_mask(benchmark, structure, image, None, &mut manifest);
            }
        }
    });
});
