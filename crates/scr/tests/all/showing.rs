//! `scr methods show`: figures of trained models.

use std::collections::BTreeMap;
use std::path::Path;

use crate::command::{files, run, run_well, text};

/// Draws eight phantoms and trains methods on fold 1.
fn draw_and_train(folder: &Path, methods: &[&str]) {
    let bench = text(&folder.join("bench"));
    run_well(["phantom", "--out", &bench, "--images", "8", "--seed", "5", "--size", "128"]);
    for method in methods {
        let model = text(&folder.join(format!("{method}.model")));
        run_well(["train", method, "--benchmark", &bench, "--fold", "1", "--out", &model]);
    }
}

/// Runs `scr methods show` for the model of a method.
fn show(folder: &Path, method: &str, images: &[&str]) -> crate::command::Finished {
    let model = text(&folder.join(format!("{method}.model")));
    let out = text(&folder.join(method));
    let mut arguments = vec!["methods", "show", method, "--model", &model, "--out", &out];
    for image in images {
        arguments.extend(["--image", image]);
    }
    run(arguments)
}

/// Text of an SVG without the bytes of its pictures, which can contain any word.
fn without_pictures(svg: &str) -> String {
    let mut parts = svg.split("data:image/png;base64,");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('"').map_or("", |(_, rest)| rest))
}

/// Counts the elements of a well-formed XML file without comments and sections; panics for a
/// file that is not well-formed.
fn count_elements(xml: &str) -> BTreeMap<String, usize> {
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
fn figures_of_a_model_are_well_formed_and_listed() {
    let temp = tempfile::tempdir().unwrap();
    draw_and_train(temp.path(), &["mean-shape", "asm", "aam", "pc-post"]);
    let images = temp.path().join("bench/images");
    let (seen, unseen) = (text(&images.join("JPCLN001.png")), text(&images.join("JPCLN002.png")));
    for (method, names) in [
        ("mean-shape", vec!["mean-shape", "mean-shape-JPCLN001", "mean-shape-JPCLN002"]),
        ("asm", vec!["modes", "profiles", "search-JPCLN001", "search-JPCLN002", "variance"]),
        ("aam", vec!["modes", "search-JPCLN001", "search-JPCLN002", "textures", "variance"]),
        ("pc-post", vec!["posterior-JPCLN001", "posterior-JPCLN002", "samples"]),
    ] {
        let finished = show(temp.path(), method, &[&seen, &unseen]);
        assert_eq!(finished.code, 0, "{}", finished.stderr);
        assert!(
            finished.stderr.contains("JPCLN001.png") && !finished.stderr.contains("JPCLN002.png")
        );
        let written = files(&temp.path().join(method));
        let mut expected: Vec<String> = names.iter().map(|name| format!("{name}.svg")).collect();
        expected.sort();
        assert!(written.keys().eq(&expected), "{method}: {:?}", written.keys());
        assert_eq!(finished.stdout.lines().count(), written.len());
        for (name, bytes) in &written {
            assert!(finished.stdout.contains(&format!("/{name}\n")), "{}", finished.stdout);
            let svg = std::str::from_utf8(bytes).unwrap();
            let elements = count_elements(svg);
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
fn a_model_of_another_method_and_a_model_without_figures_are_refused() {
    let temp = tempfile::tempdir().unwrap();
    draw_and_train(temp.path(), &["asm", "voting"]);
    let (model, out) = (text(&temp.path().join("asm.model")), temp.path().join("out"));
    let finished = run(["methods", "show", "aam", "--model", &model, "--out", &text(&out)]);
    assert_eq!((finished.code, finished.stdout.as_str()), (1, ""));
    assert!(finished.stderr.contains("a model of aam, found one of asm"), "{}", finished.stderr);
    assert!(!out.exists());
    let finished = show(temp.path(), "voting", &[]);
    assert!(finished.code == 1 && finished.stderr.contains("--image"), "{}", finished.stderr);
    let image = text(&temp.path().join("bench/images/JPCLN002.png"));
    let finished = show(temp.path(), "voting", &[&image]);
    assert!(
        finished.stdout.ends_with("votes-JPCLN002.svg\n"),
        "{}{}",
        finished.stdout,
        finished.stderr
    );
    let twice = show(temp.path(), "asm", &[&image, &image, "nowhere.png"]);
    assert!(twice.stderr.contains("2 problems"), "{}", twice.stderr);
    assert!(!temp.path().join("asm").exists());
}
