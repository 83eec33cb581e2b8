//! Rules of the architecture that a test can check.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::command::root;
use crate::imports::{circles, imports_within};

/// Dependencies of the crates of the workspace by name, without those of tests.
pub(crate) fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let packages = metadata();
    let list = |value: &serde_json::Value| value.as_array().cloned().unwrap_or_default();
    list(&packages["packages"])
        .iter()
        .filter(|package| package["source"].is_null())
        .map(|package| {
            let needs = list(&package["dependencies"])
                .iter()
                .filter(|dependency| dependency["kind"].is_null())
                .map(|dependency| dependency["name"].as_str().unwrap_or_default().to_owned())
                .collect();
            (package["name"].as_str().unwrap_or_default().to_owned(), needs)
        })
        .collect()
}

/// Limits `cargo metadata` to this platform: other dependencies are not fetched.
pub(crate) fn metadata() -> serde_json::Value {
    let compiler = std::env::var_os("RUSTC").unwrap_or("rustc".into());
    let about = Command::new(compiler).arg("-vV").output().expect("the compiler runs").stdout;
    let about = String::from_utf8(about).expect("the compiler says what it is in UTF-8");
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--filter-platform"])
        .arg(host.expect("the compiler names its host"))
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo prints JSON")
}

/// Source files of a package.
fn files(package: &str) -> Vec<(PathBuf, String)> {
    let mut open = vec![root().join("crates").join(package).join("src")];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let code = fs::read_to_string(&path).expect("the file can be read");
                found.push((path, code));
            }
        }
    }
    found
}

/// Source files of a package without their tests.
fn sources(package: &str) -> Vec<(String, String)> {
    let without_tests = |(path, code): (PathBuf, String)| {
        let code = code.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
        (path.display().to_string(), code)
    };
    files(package).into_iter().map(without_tests).collect()
}

#[test]
fn data_flows_in_one_direction() {
    let order = [
        "scr-docs",
        "scr-image",
        "scr-stats",
        "scr-documents",
        "scr-measures",
        "scr-formats",
        "scr-data",
        "scr-import",
        "scr-phantom",
        "scr-onnx",
        "scr-unet",
        "scr-methods",
        "scr-eval",
        "scr-standings",
        "scr-report",
        "scr-bucket",
        "scr-store",
        "scr-work",
        "scr-verify",
        "scr-web",
        "scr",
        "scr-fuzz",
    ];
    let dependencies = dependencies();
    assert_eq!(
        dependencies.keys().map(String::as_str).collect::<BTreeSet<_>>(),
        order.into_iter().collect(),
        "every crate has its place"
    );
    for (place, name) in order.iter().enumerate() {
        for later in &order[place..] {
            assert!(!dependencies[*name].contains(*later), "{name} depends on {later}");
        }
    }
}

#[test]
fn files_import_each_other_in_no_circle() {
    for package in dependencies().keys() {
        let sources = root().join("crates").join(package).join("src");
        if !sources.is_dir() {
            continue;
        }
        let circles = circles(&sources).into_iter();
        let imports: String = circles.map(|circle| imports_within(&sources, &circle)).collect();
        assert!(
            imports.is_empty(),
            "{package}: files import each other in a circle:\n{imports}\
             move what both sides need to a file of its own"
        );
    }
}

#[test]
fn a_score_never_learns_who_made_the_mask() {
    let dependencies = dependencies();
    for name in ["scr-eval", "scr-measures", "scr-report"] {
        assert!(!dependencies[name].contains("scr-methods"), "{name} depends on scr-methods");
    }
    for computing in ["scr-eval", "scr-stats", "scr-image"] {
        assert!(!dependencies["scr-web"].contains(computing), "scr-web depends on {computing}");
    }
    // Pages use the registry of measures, and compute none.
    for (path, code) in sources("scr-web") {
        for word in ["measure_object", "Counts::of", "BoundaryDistances"] {
            assert!(!code.contains(word), "{path} computes a score with {word}");
        }
    }
}

#[test]
fn the_site_has_no_way_to_what_is_hidden() {
    // scr-web has only `PublicStore`, which leads to no `Store`.
    for (path, code) in sources("scr-web") {
        let words = code.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let mut words = words;
        let unfiltered = words.find(|word| ["Store", "Blobs", "BlobKey"].contains(word));
        assert_eq!(unfiltered, None, "{path}, expected `PublicStore` alone");
    }
    let unfiltered = ["Store", "Benchmarks", "Entries", "Evidence"];
    let leads_to = |answer: &str| {
        let mut words = answer.split(|letter: char| !letter.is_alphanumeric());
        words.find(|word| unfiltered.contains(word)).map(str::to_owned)
    };
    let answers = |code: &str| -> Vec<String> {
        let answers = code.lines().filter_map(|line| line.split_once("->"));
        answers.map(|(_, answer)| answer.to_owned()).collect()
    };
    for (path, code) in sources("scr-store") {
        if path.contains("/public/") {
            for answer in answers(&code) {
                assert_eq!(leads_to(&answer), None, "{path} leads to unfiltered reads");
            }
        }
        // `PublicStore` has the handles of `StoreCore` too.
        if path.ends_with("/store.rs") && !path.contains("/public/") {
            let (_, core) = code.split_once("impl StoreCore {").expect("it has handles");
            let (core, _) = core.split_once("\n}\n").expect("it ends");
            assert!(answers(core).len() > 10, "it has handles");
            for answer in answers(core) {
                assert_eq!(leads_to(&answer), None, "`StoreCore` leads to unfiltered reads");
            }
        }
    }
}

#[test]
fn the_core_reads_no_file_and_no_clock() {
    for package in ["scr-image", "scr-measures", "scr-stats"] {
        for (path, code) in sources(package) {
            for word in ["std::fs", "std::time", "std::env", "std::io", "SystemTime", "Instant"] {
                assert!(!code.contains(word), "{path} uses {word}");
            }
        }
    }
}

#[test]
fn a_package_embeds_nothing_from_outside_its_folder() {
    for package in metadata()["packages"].as_array().expect("a list") {
        if !package["source"].is_null() {
            continue;
        }
        let manifest = PathBuf::from(package["manifest_path"].as_str().expect("a path"));
        let folder = manifest.parent().expect("it lies in a folder");
        let name = package["name"].as_str().expect("a name");
        let in_crates = folder.parent().is_some_and(|parent| parent.ends_with("crates"));
        for (path, code) in in_crates.then(|| files(name)).into_iter().flatten() {
            for embedded in ["include_str!(\"", "include_bytes!(\""] {
                for rest in code.split(embedded).skip(1) {
                    let file = rest.split('"').next().expect("it is quoted");
                    let file = path.parent().expect("it lies in a folder").join(file);
                    let whole = file.canonicalize().expect("what is embedded is there");
                    let root = folder.canonicalize().expect("the package is there");
                    assert!(whole.starts_with(&root), "{name} embeds {}", whole.display());
                }
            }
        }
    }
}

#[test]
fn every_path_named_in_the_architecture_is_there() {
    let text =
        fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md is there");
    assert!(text.lines().count() < 300);
    let mut n_paths = 0;
    for word in text.split('`').skip(1).step_by(2) {
        let is_path = ["crates/", "docs/", "tests/"].iter().any(|start| word.starts_with(start));
        if is_path {
            n_paths += 1;
            assert!(root().join(word).exists(), "{word} is named and not there");
        }
    }
    assert!(n_paths > 15, "the architecture names its rooms");
}

#[test]
fn the_site_asks_nobody_on_the_web_but_providers_of_identities() {
    // Hyper is a server here; its client is a feature.
    let clients = ["curl", "isahc", "reqwest", "ureq"];
    let dependencies = dependencies();
    for package in ["scr-store", "scr-work", "scr-web"] {
        let mut found = clients.iter().filter(|client| dependencies[package].contains(**client));
        let allowed = if package == "scr-web" { Some(&"ureq") } else { None };
        let other = found.find(|client| Some(*client) != allowed);
        assert_eq!(other, None, "{package} can fetch what a card links to");
    }
    let asks = |(_, code): &(PathBuf, String)| code.contains("ureq");
    let asking = files("scr-web").into_iter().filter(asks).map(|(path, _)| path);
    let asking: Vec<PathBuf> = asking.collect();
    assert_eq!(asking, [root().join("crates/scr-web/src/identity/provider.rs")]);
    let manifest =
        fs::read_to_string(root().join("crates/scr-web/Cargo.toml")).expect("it is there");
    let manifest: toml::Table = manifest.parse().expect("it is TOML");
    let workspace = fs::read_to_string(root().join("Cargo.toml")).expect("it is there");
    let workspace: toml::Table = workspace.parse().expect("it is TOML");
    for library in ["hyper", "hyper-util"] {
        let of = [&manifest["dependencies"], &workspace["workspace"]["dependencies"]];
        let has_client = of.iter().any(|table| table[library].to_string().contains("client"));
        assert!(!has_client, "{library} is a client in scr-web");
    }
}
