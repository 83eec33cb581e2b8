//! The model that ships with the program, and its entry in a demo.

use scr_data::digest::{digest_text, file_digest};
use scr_documents::{EntryRole, ModelAccess};
use scr_store::Store;

use crate::command::{root, run_well, text};

#[test]
fn a_demo_has_a_verified_entry_of_the_model_that_ships_with_the_program() {
    let file = std::fs::read(root().join("crates/scr/models/phantom-unet.onnx")).unwrap();
    assert!(file.len() < 1_500_000, "{} bytes", file.len());
    let digest = digest_text(&file_digest(&file));
    let about = std::fs::read_to_string(root().join("crates/scr/models/README.md")).unwrap();
    assert!(about.contains(&digest), "{digest} is not the digest of the documented model");

    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("demo");
    let demo = || run_well(["demo", "--dir", &text(&dir), "--images", "4", "--no-serve"]);
    demo();
    let entries = || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let store = Store::open(&dir).await.unwrap();
            store.entries().list("phantom").await.unwrap()
        })
    };
    let all = entries();
    let mut verified = all.iter().filter(|entry| entry.verified_run.is_some());
    let entry = verified.next().expect("an entry that the program ran itself");
    assert!(verified.next().is_none());
    assert_eq!(entry.role, EntryRole::Baseline);
    let run = entry.verified_run.as_ref().unwrap();
    assert_eq!((&run.model_digest, run.n_images), (&digest, 4));
    assert_eq!(run.model_access, ModelAccess::Public);
    let overlap = |object: &str| entry.result.objects[object]["overlap"].mean.unwrap();
    for (object, least) in [("lungs", 0.93), ("heart", 0.9), ("clavicles", 0.7)] {
        assert!(overlap(object) > least, "{object}: {}", overlap(object));
    }
    demo();
    assert_eq!(entries().len(), all.len(), "the second run publishes nothing");
}
