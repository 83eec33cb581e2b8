//! Checkpoints of interrupted evaluations, as `scr evaluate --out` resumes from them.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use scr_data::{DataError, Problem, read_lines};
use scr_documents::{CheckpointImage, ShardDocument};
use scr_eval::EvaluationPart;
use scr_report::{checkpoint_image, read_checkpoint_image, read_shard};

fn refused(error: &serde_json::Error) -> Problem {
    Problem::new("checkpoint", "JSON", error.to_string(), "")
}

fuzz_target!(|data: &[u8]| {
    let mut outline: Option<EvaluationPart> = None;
    let mut on_line = |line: &str| -> Result<(), DataError> {
        let Some(outline) = &outline else {
            let document = serde_json::from_str::<ShardDocument>(line);
            outline = Some(read_shard("checkpoint", document.map_err(|error| refused(&error))?)?);
            return Ok(());
        };
        let image = serde_json::from_str::<CheckpointImage>(line);
        let image = image.map_err(|error| refused(&error))?;
        let image = read_checkpoint_image("checkpoint", image, outline)?;
        let written = checkpoint_image(&image);
        let again = read_checkpoint_image("checkpoint", written, outline);
        assert_eq!(again.as_ref(), Ok(&image), "an image survives writing");
        Ok(())
    };
    if let Ok(whole_bytes) = read_lines(Path::new("checkpoint"), &mut &*data, &mut on_line) {
        assert!(whole_bytes <= data.len() as u64);
        assert!(!data[whole_bytes as usize..].contains(&b'\n'), "what is cut off is one line");
    }
});
