//! Scripts of the viewer: the bundles in `static` are those of the sources in `viewer`.

use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;

/// Folders of bundles, with their largest sum in bytes before compression: what a picture waits
/// for, and what follows it.
const BUNDLES: [(&str, usize); 2] = [("static/viewer", 60_000), ("static/analysis", 32_000)];

#[test]
fn bundles_are_those_of_the_sources() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut digest = Sha256::new();
    for (name, text) in scripts(&root.join("viewer")) {
        digest.update(name);
        digest.update([0]);
        digest.update(text);
        digest.update([0]);
    }
    let digest: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let marked = format!("sources sha256:{digest}");
    for (folder, max_bytes) in BUNDLES {
        let bundles = scripts(&root.join(folder));
        assert!(!bundles.is_empty());
        for (name, text) in &bundles {
            let text = String::from_utf8_lossy(text);
            let head: String = text.chars().take(200).collect();
            assert!(head.contains(&marked), "{folder}/{name} is out of date: run `just viewer`");
        }
        let bytes: usize = bundles.iter().map(|(_, text)| text.len()).sum();
        assert!(bytes <= max_bytes, "{folder}: {bytes} bytes of scripts, at most {max_bytes}");
    }
}

/// Names and contents of the scripts of a folder, in the order of names.
fn scripts(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).expect("the folder is part of the crate");
    let mut scripts: Vec<(String, Vec<u8>)> = entries
        .map(|entry| entry.expect("the folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "js"))
        .map(|path| {
            let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
            (name, fs::read(path).expect("a script can be read"))
        })
        .collect();
    scripts.sort();
    scripts
}
