//! Shards that others scored, JSON, as `scr merge` reads them.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scr_documents::ShardDocument;
use scr_report::{read_shard, result_document, shard_document};

/// More resamples cost time and run no other code.
const MAX_RESAMPLES: usize = 100;

fuzz_target!(|data: &[u8]| {
    let Ok(document) = serde_json::from_slice::<ShardDocument>(data) else { return };
    let Ok(mut part) = read_shard("shard.json", document) else { return };
    let written = shard_document(&part);
    assert_eq!(read_shard("shard.json", written).as_ref(), Ok(&part), "a shard survives writing");
    part.evaluation.bootstrap_resamples = part.evaluation.bootstrap_resamples.min(MAX_RESAMPLES);
    let twice = ["a.json", "b.json"].map(|name| (name.to_owned(), part.clone()));
    assert!(scr_eval::merge(twice.into()).is_err(), "a shard that is there twice is refused");
    if let Ok(evaluation) = scr_eval::merge(vec![("a.json".to_owned(), part)]) {
        let _ = result_document(&evaluation, true);
    }
});
