//! `scr methods show`: figures of trained models.

use std::collections::BTreeMap;
use std::path::Path;

use crate::command::{files, run, run_well, text};

/// Benchmark of eight phantoms, with models of methods trained on fold 1.
fn phantoms_and_models(folder: &Path, methods: &[&str]) {
    let bench = text(&folder.join("bench"));
    run_well(["phantom", "--out", &bench, "--images", "8", "--seed", "5", "--size", "128"]);
    for method in methods {
        let model = text(&folder.join(format!("{method}.model")));
        run_well(["train", method, "--benchmark", &bench, "--fold", "1", "--out", &model]);
    }
}

/// Runs `scr methods show` on a method's model, into a folder beside it.
fn show(folder: &Path, method: &str, images: &[&str]) -> crate::command::Said {
    let model = text(&folder.join(format!("{method}.model")));
    let out = text(&folder.join(method));
    let mut arguments = vec!["methods", "show", method, "--model", &model, "--out", &out];
    for image in images {
        arguments.extend(["--image", image]);
    }
    run(arguments)
}

/// An SVG without the bytes of its pictures, which may contain any text.
fn without_pictures(svg: &str) -> String {
    let mut parts = svg.split("data:image/png;base64,");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('"').map_or("", |(_, rest)| rest))
}

/// Number of elements by name. Fails for malformed XML without comments and sections.
fn elements(xml: &str) -> BTreeMap<String, usize> {
    let (mut open, mut counts) = (Vec::new(), BTreeMap::new());
    for part in xml.trim_end().split('<').skip(1) {
        let (tag, content) = part.split_once('>').expect("every tag ends");
        assert!(!content.contains('>') && !content.contains("& "), "{content}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
            continue;
        }
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        if !tag.ends_with('/') {
            open.push(name);
        }
        *counts.entry(name.to_owned()).or_default() += 1;
    }
    assert!(open.is_empty() && xml.starts_with("<svg"), "{open:?}");
    counts
}

#[test]
fn figures_of_a_model_are_whole_files_and_listed() {
    let temp = tempfile::tempdir().unwrap();
    phantoms_and_models(temp.path(), &["mean-shape", "asm", "aam", "pc-post"]);
    let images = temp.path().join("bench/images");
    let (seen, unseen) = (text(&images.join("JPCLN001.png")), text(&images.join("JPCLN002.png")));
    for (method, names) in [
        ("mean-shape", vec!["mean-shape", "mean-shape-JPCLN001", "mean-shape-JPCLN002"]),
        ("asm", vec!["modes", "profiles", "search-JPCLN001", "search-JPCLN002", "variance"]),
        ("aam", vec!["modes", "search-JPCLN001", "search-JPCLN002", "textures", "variance"]),
        ("pc-post", vec!["posterior-JPCLN001", "posterior-JPCLN002", "samples"]),
    ] {
        let said = show(temp.path(), method, &[&seen, &unseen]);
        assert_eq!(said.code, 0, "{}", said.stderr);
        assert!(said.stderr.contains("JPCLN001.png") && !said.stderr.contains("JPCLN002.png"));
        let written = files(&temp.path().join(method));
        let mut expected: Vec<String> = names.iter().map(|name| format!("{name}.svg")).collect();
        expected.sort();
        assert!(written.keys().eq(&expected), "{method}: {:?}", written.keys());
        assert_eq!(said.stdout.lines().count(), written.len());
        for (name, bytes) in &written {
            assert!(said.stdout.contains(&format!("/{name}\n")), "{}", said.stdout);
            let svg = std::str::from_utf8(bytes).unwrap();
            let elements = elements(svg);
            assert!(elements["title"] == 1 && elements["desc"] == 1, "{name}");
            assert!(!without_pictures(svg).contains("NaN"), "{name}");
            let is_over_image = name.starts_with("search") || name.starts_with("posterior");
            assert!(!is_over_image || elements["image"] >= 1, "{name}");
        }
    }
    let again = show(temp.path(), "asm", &[]);
    assert!(again.code == 1 && again.stderr.contains("not an empty folder"), "{}", again.stderr);
}

#[test]
fn a_model_of_another_method_and_nothing_to_show_are_said_so() {
    let temp = tempfile::tempdir().unwrap();
    phantoms_and_models(temp.path(), &["asm", "voting"]);
    let (model, out) = (text(&temp.path().join("asm.model")), temp.path().join("out"));
    let said = run(["methods", "show", "aam", "--model", &model, "--out", &text(&out)]);
    assert_eq!((said.code, said.stdout.as_str()), (1, ""));
    assert!(said.stderr.contains("a model of aam, found one of asm"), "{}", said.stderr);
    assert!(!out.exists());
    let said = show(temp.path(), "voting", &[]);
    assert!(said.code == 1 && said.stderr.contains("--image"), "{}", said.stderr);
    let image = text(&temp.path().join("bench/images/JPCLN002.png"));
    let said = show(temp.path(), "voting", &[&image]);
    assert!(said.stdout.ends_with("votes-JPCLN002.svg\n"), "{}{}", said.stdout, said.stderr);
    let twice = show(temp.path(), "asm", &[&image, &image, "nowhere.png"]);
    assert!(twice.stderr.contains("2 problems"), "{}", twice.stderr);
    assert!(!temp.path().join("asm").exists());
}
