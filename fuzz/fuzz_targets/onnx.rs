//! ONNX models, and model cards after a NUL: what is read is loaded, and one that loads is run.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scr_image::{Radiograph, Size};
use scr_onnx::{InProcess, ModelCard, OnnxSegmenter};

/// Largest side of an input that is run.
const MAX_SIDE: usize = 64;

fuzz_target!(|data: &[u8]| {
    let cut = data.iter().rposition(|&byte| byte == 0).unwrap_or(data.len());
    let card = std::str::from_utf8(data.get(cut + 1..).unwrap_or_default()).unwrap_or_default();
    let card = ModelCard::parse("card", card).ok();
    let Ok(network) = InProcess::load("model", data[..cut].to_vec(), None, 1) else { return };
    let Some(card) = card else { return };
    let Ok(mut segmenter) = OnnxSegmenter::new(card, network, "card") else { return };
    let size = Size::square(24);
    let pixels = (0..size.area()).map(|pixel| (pixel * 7919) as u16).collect();
    let radiograph = Radiograph::new(size, u16::MAX, pixels, None).expect("values fit");
    let grid = segmenter.preparation().prepare(&radiograph).grey.size();
    if grid.width <= MAX_SIDE && grid.height <= MAX_SIDE {
        let _ = segmenter.segment(&radiograph, &["right_lung"], true);
    }
});
