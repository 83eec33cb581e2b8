//! `scr evaluate --shard`, `scr merge` and Parquet.

use std::fs;

use crate::command::{run, run_well, text};

#[test]
fn shards_in_any_order_merge_to_the_bytes_of_one_run() {
    let temp = tempfile::tempdir().expect("a temporary folder");
    let bench = text(&temp.path().join("bench"));
    run_well(["phantom", "--out", &bench, "--images", "7", "--size", "96"]);
    let masks = text(&temp.path().join("bench/masks/second"));
    // A set of one fold: the reference of the other images counts in the benchmark's digest.
    let table = fs::read_to_string(temp.path().join("bench/images.csv")).expect("a table");
    let of_fold_2 = table.lines().filter_map(|line| {
        let (image, rest) = line.split_once(',')?;
        rest.starts_with("2,").then_some(image)
    });
    for image in of_fold_2 {
        for structure in fs::read_dir(&masks).expect("the masks are there") {
            let path = structure.expect("the folder can be read").path();
            fs::remove_file(path.join(format!("{image}.png"))).expect("the mask is there");
        }
    }
    let score = |more: &[&str]| {
        let line = ["evaluate", &masks, "--benchmark", &bench, "--measures", "dice,masd"];
        run_well(line.iter().chain(more))
    };
    let whole = score(&["--format", "json", "--per-image"]);
    let file = |name: &str| text(&temp.path().join(name));
    for number in 1..=3 {
        let shard = format!("{number}/3");
        score(&["--shard", &shard, "--out", &file(&format!("{number}.json"))]);
    }
    let (first, second, third) = (file("1.json"), file("2.json"), file("3.json"));
    assert_eq!(run_well(["merge", &third, &first, &second]), whole);
    // More shards than images: some have none.
    let of_twenty = |number: usize| {
        let (shard, file) = (format!("{number}/20"), file(&format!("of-twenty-{number}.json")));
        score(&["--shard", &shard, "--out", &file]);
        file
    };
    let twenty: Vec<String> = (1..=20).map(of_twenty).collect();
    assert_eq!(run_well(std::iter::once(&"merge".to_owned()).chain(&twenty)), whole);

    let csv = run_well(["merge", &first, &second, &third, "--format", "csv", "--per-image"]);
    assert_eq!(csv, score(&["--format", "csv", "--per-image"]));

    let refused = |files: &[&String], words: &str| {
        let finished = run(std::iter::once(&"merge".to_owned()).chain(files.iter().copied()));
        assert_eq!(finished.code, 1, "{}", finished.stderr);
        assert!(finished.stderr.contains(words), "{}", finished.stderr);
        assert!(finished.stdout.is_empty());
    };
    refused(&[&first, &third], "1 missing: 2/3");
    refused(&[&first, &second, &third, &first], "shard 1/3, which");
    refused(&[&first, &second, &third, &twenty[0]], "expected one of 3 shards");
    let other = file("other.json");
    let line = ["evaluate", &masks, "--benchmark", &bench, "--measures", "dice"];
    run_well(line.iter().chain(&["--shard", "2/3", "--out", &other]));
    refused(&[&first, &other, &third], "found dice");
    fs::write(&other, "{}").expect("the file can be written");
    refused(&[&first, &other, &third], "expected a shard as `scr evaluate --shard` writes it");
    let text = fs::read_to_string(&second).expect("the shard is there");
    let (name, many) = ("\"bootstrap_resamples\": 2000", "\"bootstrap_resamples\": 99999999999");
    assert!(text.contains(name), "{text}");
    fs::write(&other, text.replace(name, many)).expect("the file can be written");
    refused(&[&first, &other, &third], "expected at most 1000000 bootstrap resamples");

    // The spacing changes between two shards: the benchmark is another one.
    let table = temp.path().join("bench/benchmark.toml");
    let text = fs::read_to_string(&table).expect("the table is there");
    let line = text.lines().find(|line| line.starts_with("spacing_mm")).expect("a spacing");
    fs::write(&table, text.replace(line, "spacing_mm = 9.5")).expect("it can be written");
    score(&["--shard", "2/3", "--out", &other]);
    refused(&[&first, &other, &third], "another digest of `definition`");
}

#[test]
fn parquet_goes_to_a_file_and_is_the_same_of_shards() {
    let temp = tempfile::tempdir().expect("a temporary folder");
    let bench = text(&temp.path().join("bench"));
    run_well(["phantom", "--out", &bench, "--images", "4", "--size", "64"]);
    let masks = text(&temp.path().join("bench/masks/second"));
    let file = |name: &str| text(&temp.path().join(name));
    let line = ["evaluate", &masks, "--benchmark", &bench];
    let finished = run(line.iter().chain(&["--format", "parquet"]));
    assert_eq!(finished.code, 1);
    assert!(finished.stderr.contains("expected --out FILE"), "{}", finished.stderr);
    run_well(line.iter().chain(&["--format", "parquet", "--out", &file("whole.parquet")]));
    for shard in ["1/2", "2/2"] {
        let out = file(&shard.replace('/', "-of-"));
        run_well(line.iter().chain(&["--shard", shard, "--out", &out]));
    }
    let (first, second, merged) = (file("1-of-2"), file("2-of-2"), file("merged.parquet"));
    run_well(["merge", &first, &second, "--format", "parquet", "--out", &merged]);
    let bytes = fs::read(file("whole.parquet")).expect("the file is there");
    assert_eq!((&bytes[..4], &bytes[bytes.len() - 4..]), (&b"PAR1"[..], &b"PAR1"[..]));
    assert!(fs::read(&merged).expect("the file is there") == bytes);
}
