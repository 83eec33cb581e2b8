//! Benchmarks and sets of masks on disk, valid and invalid.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "tests make and damage files")]

use std::fs;
use std::path::{Path, PathBuf};

use scr_data::digest::Manifest;
use scr_data::{Benchmark, DataError, Fold, MaskSet, formats};
use scr_image::{Mask, Size};
use tempfile::TempDir;

const TOML: &str = r#"
id = "tiny"
title = "Tiny"
[images]
table = "images.csv"
folder = "images"
pattern = "{image_id}.png"
spacing_mm = 0.35
[[structures]]
id = "right_lung"
name = "Right lung"
[[structures]]
id = "left_lung"
name = "Left lung"
[[structures]]
id = "heart"
name = "Heart"
[[objects]]
id = "lungs"
name = "Lung fields"
structures = ["right_lung", "left_lung"]
[[objects]]
id = "heart"
name = "Heart"
structures = ["heart"]
[[observers]]
id = "reference"
name = "First observer"
folder = "masks/reference"
pattern = "{structure}/{image_id}.png"
[folds]
column = "fold"
protocol = "two-fold"
"#;

const TABLE: &str = "image_id,age,fold\nA1,50,1\nA2,?,2\nA3,61,1\n";
const STRUCTURES: [&str; 3] = ["right_lung", "left_lung", "heart"];
const IMAGES: [&str; 3] = ["A1", "A2", "A3"];

fn mask(size: usize) -> Vec<u8> {
    formats::png::write_mask(&Mask::from_fn(Size::square(size), |col, row| col > row))
}

fn write(path: &Path, bytes: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// A benchmark of three images without radiographs.
fn benchmark(toml: &str, table: &str) -> TempDir {
    let temp = tempfile::tempdir().unwrap();
    write(&temp.path().join("benchmark.toml"), toml);
    write(&temp.path().join("images.csv"), table);
    for structure in STRUCTURES {
        for image in IMAGES {
            let name = format!("masks/reference/{structure}/{image}.png");
            write(&temp.path().join(name), mask(16));
        }
    }
    temp
}

/// A set of masks under `prefix/STRUCTURE/IMAGE.png`.
fn masks(prefix: impl Fn(&str) -> String) -> TempDir {
    let temp = tempfile::tempdir().unwrap();
    for structure in STRUCTURES {
        for image in IMAGES {
            write(&temp.path().join(format!("{}{structure}/{image}.png", prefix(image))), mask(16));
        }
    }
    temp
}

fn problems(error: DataError) -> Vec<String> {
    match error {
        DataError::Problems(problems) => problems.list().iter().map(ToString::to_string).collect(),
        other => panic!("{other}"),
    }
}

fn open(temp: &TempDir) -> Benchmark {
    Benchmark::open(temp.path()).unwrap()
}

#[test]
fn a_benchmark_says_what_is_in_it() {
    let temp = benchmark(TOML, TABLE);
    let benchmark = open(&temp);
    assert_eq!(benchmark.objects[0].structures, [0, 1]);
    assert_eq!(benchmark.images[0].spacing.unwrap().x_mm(), 0.35);
    assert_eq!(benchmark.fold(Fold::Number(1)).count(), 2);
    assert_eq!(benchmark.images[1].attributes, [("age".to_owned(), "?".to_owned())]);
    let masks =
        benchmark.read_masks(benchmark.reference(), &benchmark.images[0], &mut Manifest::default());
    assert_eq!(masks.unwrap()[2].count(), 120);
}

#[test]
fn everything_wrong_with_a_definition_is_said_at_once() {
    let toml = TOML
        .replace("id = \"tiny\"", "id = \"Tiny!\"")
        .replace("0.35", "-1")
        .replace("[\"heart\"]", "[\"hart\"]")
        .replace("masks/reference", "../elsewhere");
    let temp = benchmark(&toml, "image_id,fold\nA1,3\nA1,1\n../x,2\n");
    let found = problems(Benchmark::open(temp.path()).unwrap_err());
    for word in ["Tiny!", "-1", "hart", "../elsewhere", "`3`", "second time", "../x"] {
        assert!(found.iter().any(|text| text.contains(word)), "{word} is not in {found:#?}");
    }
}

#[test]
fn a_table_outside_the_folder_is_refused_and_never_opened() {
    // Another file of a table.
    let other = benchmark(TOML, TABLE);
    let outside = other.path().join("images.csv").display().to_string();
    for table in [outside.as_str(), "/dev/full", "../images.csv", "a/../../images.csv"] {
        let toml = TOML.replace("table = \"images.csv\"", &format!("table = \"{table}\""));
        assert_ne!(toml, TOML);
        let found = problems(Benchmark::open(benchmark(&toml, TABLE).path()).unwrap_err());
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].contains("images.table") && found[0].contains(table), "{found:#?}");
    }
}

#[test]
fn a_misspelt_key_is_refused() {
    let temp = benchmark(&TOML.replace("spacing_mm", "spacing"), TABLE);
    assert!(problems(Benchmark::open(temp.path()).unwrap_err())[0].contains("spacing"));
}

#[test]
fn spacing_may_differ_between_columns_and_rows() {
    for (written, xy_mm, text) in [
        ("0.35", Some((0.35, 0.35)), "0.35"),
        ("[0.35, 0.4]", Some((0.35, 0.4)), "0.35 0.4"),
        ("[0.35, 0.35]", Some((0.35, 0.35)), "0.35"),
        ("[1, 0.5]", Some((1.0, 0.5)), "1 0.5"),
        ("2", Some((2.0, 2.0)), "2"),
        ("\"unknown\"", None, "unknown"),
    ] {
        let temp = benchmark(&TOML.replace("0.35", written), TABLE);
        let benchmark = open(&temp);
        let found = benchmark.images[0].spacing.map(|spacing| (spacing.x_mm(), spacing.y_mm()));
        assert_eq!(found, xy_mm, "{written}");
        let definition = benchmark.scoring_definition();
        let line = definition.lines().nth(1).unwrap();
        assert_eq!(line, format!("spacing_mm {text}"), "{written}");
    }
}

#[test]
fn a_spacing_that_is_none_is_refused() {
    let numbers = ["0", "0.0", "-0.35", "nan", "-nan", "inf", "-inf"];
    let alone = numbers.map(str::to_owned);
    let as_x = numbers.map(|number| format!("[{number}, 0.4]"));
    let as_y = numbers.map(|number| format!("[0.4, {number}]"));
    let others =
        ["\"unknwon\"", "\"0.35\"", "[]", "[0.35]", "[0.35, 0.4, 0.5]", "[\"a\", 1]", "true"];
    let others = others.map(str::to_owned);
    for written in alone.iter().chain(&as_x).chain(&as_y).chain(&others) {
        let temp = benchmark(&TOML.replace("0.35", written), TABLE);
        let found = problems(Benchmark::open(temp.path()).unwrap_err());
        assert_eq!(found.len(), 1, "{written}: {found:?}");
        assert!(found[0].contains("spacing_mm"), "{written}: {found:?}");
        assert!(found[0].contains("[x, y], or \"unknown\""), "{written}: {found:?}");
    }
}

#[test]
fn the_digest_changes_with_what_is_scored_and_with_nothing_else() {
    let temp = benchmark(TOML, TABLE);
    let digest = |temp: &TempDir| {
        let benchmark = open(temp);
        benchmark.digest(benchmark.reference()).unwrap()
    };
    let before = digest(&temp);
    write(&temp.path().join("images/A1.png"), "no image at all");
    write(&temp.path().join("benchmark.toml"), TOML.replace("Tiny", "Tiny, mended"));
    write(&temp.path().join("images.csv"), TABLE.replace("61", "62"));
    assert_eq!(digest(&temp), before);
    for (file, bytes) in [
        ("masks/reference/heart/A2.png", mask(17)),
        ("benchmark.toml", TOML.replace("0.35", "0.7").into_bytes()),
        ("images.csv", TABLE.replace("A2,?,2", "A2,?,1").into_bytes()),
    ] {
        let path = temp.path().join(file);
        let kept = fs::read(&path).unwrap();
        write(&path, bytes);
        assert_ne!(digest(&temp), before, "{file}");
        write(&path, kept);
    }

    // The digest by hand, as docs/reference/benchmark-file.md says.
    let mut manifest = Manifest::default();
    let definition = "benchmark tiny\nspacing_mm 0.35\nstructure right_lung\nstructure left_lung\n\
        structure heart\nobject lungs right_lung left_lung\nobject heart heart\n\
        image A1 fold 1\nimage A2 fold 2\nimage A3 fold 1\n";
    manifest.add("definition", scr_data::digest::file_digest(definition.as_bytes()));
    for structure in STRUCTURES {
        for image in IMAGES {
            manifest.add(format!("{structure}/{image}"), scr_data::digest::file_digest(&mask(16)));
        }
    }
    assert_eq!(manifest.digest(), before);
}

#[test]
fn layouts_in_circulation_are_understood() {
    let reference = benchmark(TOML, TABLE);
    fn fold(image: &str) -> u8 {
        if image == "A2" { 2 } else { 1 }
    }
    let layouts: [fn(&str) -> String; 4] = [
        |_| String::new(),
        |_| "my results/".into(),
        |image| format!("fold{}/masks/", fold(image)),
        |image| format!("scratch/fold{}/masks/", fold(image)),
    ];
    let mut digests = Vec::new();
    for layout in layouts {
        let temp = masks(layout);
        write(&temp.path().join("__MACOSX/x"), "");
        write(&temp.path().join(".DS_Store"), "");
        let set = MaskSet::open(temp.path(), &open(&reference)).unwrap();
        assert!(set.notices().iter().any(|notice| notice.contains("__MACOSX")));
        let mut manifest = Manifest::default();
        for structure in 0..3 {
            for image in 0..3 {
                let size = Some(Size::square(16));
                set.read_mask(&open(&reference), structure, image, size, &mut manifest).unwrap();
            }
        }
        digests.push(manifest.digest());
    }
    digests.dedup();
    assert_eq!(digests.len(), 1, "the same masks have the same digest in every layout");
}

#[test]
fn everything_wrong_with_a_set_of_masks_is_said_at_once() {
    let reference = benchmark(TOML, TABLE);
    let temp = masks(|_| String::new());
    let root: PathBuf = temp.path().to_owned();
    fs::remove_file(root.join("heart/A2.png")).unwrap();
    write(&root.join("heart/B7.png"), mask(16));
    write(&root.join("spleen/A1.png"), mask(16));
    write(&root.join("heart/A1.gif"), mask(16));
    write(&root.join("A1.png"), mask(16));
    write(&root.join("right_lung/A3.png"), b"no image");
    write(&root.join("right_lung/A2.png"), mask(8));
    write(&root.join("fold2/left_lung/A3.png"), mask(16));
    let found = problems(MaskSet::open(&root, &open(&reference)).unwrap_err());
    for word in [
        "heart/A2.png",
        "B7",
        "spleen",
        "heart/A1",
        "A1.png: expected masks in a folder",
        "fold2",
        "right_lung/A3",
        "8x8",
    ] {
        assert!(found.iter().any(|text| text.contains(word)), "{word} is not in {found:#?}");
    }
}

#[test]
fn a_set_may_cover_one_object_and_one_fold_but_not_half_of_either() {
    let reference = open(&benchmark(TOML, TABLE));
    let temp = masks(|_| String::new());
    fs::remove_dir_all(temp.path().join("heart")).unwrap();
    for structure in ["right_lung", "left_lung"] {
        fs::remove_file(temp.path().join(structure).join("A2.png")).unwrap();
    }
    let set = MaskSet::open(temp.path(), &reference).unwrap();
    assert_eq!((set.structures(), set.images()), (&[0, 1][..], vec![0, 2]));
    fs::remove_dir_all(temp.path().join("left_lung")).unwrap();
    let found = problems(MaskSet::open(temp.path(), &reference).unwrap_err());
    assert!(found[0].contains("object `lungs` needs it"), "{found:?}");
}

#[test]
fn a_folder_without_masks_and_no_folder_at_all_are_refused() {
    let reference = open(&benchmark(TOML, TABLE));
    let temp = tempfile::tempdir().unwrap();
    assert!(problems(MaskSet::open(temp.path(), &reference).unwrap_err())[0].contains("no mask"));
    let nowhere = temp.path().join("nowhere");
    assert!(problems(MaskSet::open(&nowhere, &reference).unwrap_err())[0].contains("nothing"));
}

#[test]
fn a_file_where_a_set_of_masks_should_be_is_said_to_be_what_it_looks_like() {
    let reference = benchmark(TOML, TABLE);
    let path = reference.path().join("masks/reference/heart/A1.png");
    let found = problems(MaskSet::open(&path, &open(&reference)).unwrap_err());
    assert!(found[0].contains("or a zip file of one, found a PNG image"), "{found:?}");
}

#[cfg(unix)]
mod on_unix {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    use std::process::Command;

    use super::*;

    #[test]
    fn what_is_no_file_is_never_opened() {
        let reference = benchmark(TOML, TABLE);
        let temp = masks(|_| String::new());
        for name in ["heart/A1.png", "heart/A2.png", "heart/A3.png", "left_lung/A1.png"] {
            fs::remove_file(temp.path().join(name)).unwrap();
        }
        let pipe = temp.path().join("heart/A1.png");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let _socket = UnixListener::bind(temp.path().join("heart/A2.png")).unwrap();
        symlink("/dev/zero", temp.path().join("heart/A3.png")).unwrap();
        symlink("nowhere.png", temp.path().join("left_lung/A1.png")).unwrap();
        let found = problems(MaskSet::open(temp.path(), &open(&reference)).unwrap_err());
        assert_eq!(found.len(), 4, "{found:#?}");
        assert!(found[0].ends_with("heart/A1.png: expected a file, found a named pipe"));
        assert!(found[1].ends_with("heart/A2.png: expected a file, found a socket"));
        assert!(found[2].ends_with("heart/A3.png: expected a file, found a device"));
        assert!(found[3].contains("left_lung/A1.png: expected a readable file"), "{found:?}");
        // In a set of masks, and as a file of a benchmark.
        let found = problems(MaskSet::open(&pipe, &open(&reference)).unwrap_err());
        assert!(found[0].contains("or a zip file of one, found a named pipe"), "{found:?}");
        fs::remove_file(reference.path().join("images.csv")).unwrap();
        fs::rename(&pipe, reference.path().join("images.csv")).unwrap();
        let found = problems(Benchmark::open(reference.path()).unwrap_err());
        assert!(found[0].contains("images.csv: expected a file, found a named pipe"), "{found:?}");
    }

    #[test]
    fn links_are_followed_and_links_in_circles_are_not() {
        let reference = benchmark(TOML, TABLE);
        let elsewhere = masks(|_| String::new());
        let temp = tempfile::tempdir().unwrap();
        let root = &temp.path().join("set");
        fs::create_dir(root).unwrap();
        for structure in STRUCTURES {
            symlink(elsewhere.path().join(structure), root.join(structure)).unwrap();
        }
        assert!(MaskSet::open(root, &open(&reference)).is_ok());

        symlink(".", root.join("itself")).unwrap();
        symlink("..", root.join("above")).unwrap();
        fs::create_dir_all(root.join("a/b")).unwrap();
        symlink("../..", root.join("a/b/back")).unwrap();
        let found = problems(MaskSet::open(root, &open(&reference)).unwrap_err());
        for place in ["itself", "a/b/back", "above/set"] {
            let expected =
                format!("{place}: expected folders within each other, found a link back");
            assert!(found.iter().any(|text| text.contains(&expected)), "{place}: {found:#?}");
        }
    }

    /// Other systems have no such names.
    #[test]
    #[cfg(target_os = "linux")]
    fn a_name_that_is_not_utf8_is_refused() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;

        let reference = benchmark(TOML, TABLE);
        let temp = masks(|_| String::new());
        let name = OsStr::from_bytes(b"A1\xff.png");
        fs::write(temp.path().join("heart").join(name), mask(16)).unwrap();
        fs::create_dir(temp.path().join(OsStr::from_bytes(b"\xc3"))).unwrap();
        let found = problems(MaskSet::open(temp.path(), &open(&reference)).unwrap_err());
        assert_eq!(found.len(), 2, "{found:#?}");
        assert!(found.iter().all(|text| text.contains("found a name that is not UTF-8")));
        assert!(found[0].contains("heart/A1\u{fffd}.png: "), "{found:?}");
    }
}

#[test]
fn a_mask_in_another_format_is_named_with_the_reason() {
    let temp = benchmark(TOML, TABLE);
    let benchmark = open(&temp);
    let set = tempfile::tempdir().unwrap();
    write(&set.path().join("heart/A1.jpg"), b"\xff\xd8\xff");
    write(&set.path().join("heart/A2.svg"), "<svg/>");
    write(&set.path().join("heart/notes.txt"), "none");
    let found = problems(MaskSet::open(set.path(), &benchmark).unwrap_err());
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[0].contains("A1.jpg") && found[0].contains("a JPEG image"), "{}", found[0]);
    assert!(found[0].contains("smears"), "{}", found[0]);
    assert!(found[1].contains("A2.svg") && found[1].contains("found .svg"), "{}", found[1]);
}

#[test]
fn a_wrong_size_and_many_values_are_said_together() {
    let temp = benchmark(TOML, TABLE);
    let benchmark = open(&temp);
    let set = masks(|_| String::new());
    let smooth: Vec<u16> = (0..80).collect();
    let image = scr_image::Radiograph::new(Size::new(80, 1), 255, smooth, None).unwrap();
    let bytes = formats::png::write_radiograph(&image).unwrap();
    write(&set.path().join("heart/A1.png"), bytes);
    let set = MaskSet::open(set.path(), &benchmark).unwrap();
    let size = Some(Size::square(16));
    let problem =
        set.read_mask(&benchmark, 2, 0, size, &mut Manifest::default()).unwrap_err().to_string();
    assert!(problem.contains("found 80x1 pixels; and 80 values"), "{problem}");
}

#[test]
fn a_set_may_be_in_any_format_of_masks() {
    let temp = benchmark(TOML, TABLE);
    let benchmark = open(&temp);
    let set = tempfile::tempdir().unwrap();
    let header = "NRRD0005\ntype: uchar\nsizes: 16 16\nencoding: raw\n\n";
    let mut segmentation = header.as_bytes().to_vec();
    segmentation.extend([1; 256]);
    let mut pgm = b"P5 16 16 255\n".to_vec();
    pgm.extend([1; 256]);
    for (name, bytes) in
        [("A1.seg.nrrd", &segmentation), ("A2.nrrd", &segmentation), ("A3.PGM", &pgm)]
    {
        write(&set.path().join("heart").join(name), bytes);
    }
    let set = MaskSet::open(set.path(), &benchmark).unwrap();
    assert_eq!(set.images(), [0, 1, 2]);
    for image in 0..3 {
        let mask = set.read_mask(&benchmark, 2, image, None, &mut Manifest::default()).unwrap();
        assert_eq!(mask.count(), 256);
    }
}
