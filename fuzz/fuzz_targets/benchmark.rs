//! `benchmark.toml` and the tables that it names: three files, parted by `%%`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scr_data::Benchmark;

fuzz_target!(|data: &[u8]| {
    scr_fuzz::in_folder(|folder| {
        let files = ["benchmark.toml", "images.csv", "literature.csv"];
        for (name, bytes) in files.iter().zip(scr_fuzz::parts(data)) {
            std::fs::write(folder.join(name), bytes).expect("a temporary folder takes files");
        }
        if let Ok(benchmark) = Benchmark::open(folder) {
            let _ = benchmark.scoring_definition();
        }
    });
});
