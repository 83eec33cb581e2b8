//! Landmarks of a benchmark, CSV.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scr_data::Landmarks;

fuzz_target!(|data: &[u8]| {
    if let Ok(landmarks) = Landmarks::from_csv("landmarks.csv", data) {
        let _ = landmarks.to_csv();
    }
});
