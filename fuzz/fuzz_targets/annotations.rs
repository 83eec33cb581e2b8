//! Annotations and tables beside a radiograph, planned as a benchmark: the first byte chooses
//! the kind of document.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scr_data::formats::png;
use scr_image::{Mask, Radiograph, Size};
use scr_import::Init;

/// Size of the radiograph.
const SIZE: Size = Size::new(12, 8);

fuzz_target!(|data: &[u8]| {
    let Some((kind, bytes)) = data.split_first() else { return };
    let name =
        ["a.json", "a.xml", "a.csv", "a.txt", "labels.csv", "dataset.json"][*kind as usize % 6];
    scr_fuzz::in_folder(|folder| {
        for old in folder.read_dir().expect("the folder is there").flatten() {
            let _ = std::fs::remove_file(old.path());
        }
        let grey = (0..SIZE.area() as u16).collect();
        let image = Radiograph::new(SIZE, 255, grey, None).expect("values fit");
        let image = png::write_radiograph(&image).expect("8 bits fit");
        let mask = png::write_mask(&Mask::from_fn(SIZE, |col, _| col < 3));
        let is_document = *kind % 6 < 4;
        let beside = if is_document { vec![] } else { vec![("a_mask.png", mask)] };
        for (name, bytes) in [("a.png", image), (name, bytes.to_vec())].into_iter().chain(beside) {
            std::fs::write(folder.join(name), bytes).expect("a temporary folder takes files");
        }
        let init =
            Init { images: folder.to_owned(), out: folder.join("benchmark"), ..Init::default() };
        if let Ok(plan) = init.plan(&|_, _, _| ()) {
            let _ = plan.report().to_string();
        }
    });
});
