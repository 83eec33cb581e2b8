//! Imports of small originals, drawn here in the original formats.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use scr_image::{Outline, Point, Radiograph, Size};
use tempfile::TempDir;

use super::originals::fold;
use super::*;
use scr_data::formats::pfs::{self, PfsObject};
use scr_data::{Benchmark, Fold};

const IDS: [&str; 3] = ["JPCLN001", "JPCLN002", "JPCNN001"];

/// The outline of a structure in the frame of the masks: `count` points of an
/// ellipse, which differs a little from image to image.
fn outline(image: usize, structure: usize, count: usize) -> Outline {
    let (x, y, wide, high) = [
        (300.0, 500.0, 170.0, 330.0),
        (720.0, 500.0, 150.0, 330.0),
        (560.0, 640.0, 160.0, 140.0),
        (300.0, 230.0, 160.0, 40.0),
        (720.0, 230.0, 160.0, 40.0),
    ][structure];
    let shift = image as f64 * 7.25;
    let point = |index: usize| {
        let angle = std::f64::consts::TAU * index as f64 / count as f64;
        Point::new(x + shift + wide * angle.cos(), y - shift + high * angle.sin())
    };
    Outline::new((0..count).map(point).collect())
}

fn mask(image: usize, structure: usize) -> Mask {
    Mask::filled(MASK_SIZE, &[outline(image, structure, 40)])
}

/// Layout of a test's points.
struct PointsLayout {
    plain_counts: [usize; 3],
    fixed_counts: [usize; 3],
    /// Map from the masks' frame to the file's.
    place: fn(Point) -> Point,
}

const USUAL: PointsLayout =
    PointsLayout { plain_counts: [31, 33, 35], fixed_counts: [40; 3], place: |p| p };

struct Originals {
    temp: TempDir,
}

impl Originals {
    fn new(layout: &PointsLayout) -> Self {
        let originals = Self { temp: tempfile::tempdir().unwrap() };
        for (index, id) in IDS.iter().enumerate() {
            let number = fold(id);
            let pixels = (0..formats::jsrt_img::SIZE.area())
                .map(|i| ((i / 3 + 100 * index) % 4096) as u16)
                .collect();
            let size = formats::jsrt_img::SIZE;
            let image = Radiograph::new(size, 4095, pixels, None).unwrap();
            originals.write(&format!("jsrt/{id}.IMG"), &formats::jsrt_img::write(&image).unwrap());
            let mut objects = Vec::new();
            for (s, structure) in STRUCTURES.iter().enumerate() {
                let name = structure.replace('_', " ");
                let gif = formats::gif::write_mask(&mask(index, s)).unwrap();
                originals.write(&format!("scr/fold{number}/masks/{name}/{id}.gif"), &gif);
                for (label, count) in [
                    (name.clone(), layout.plain_counts[index]),
                    (format!("{name} fixed"), layout.fixed_counts[index]),
                ] {
                    let outline = outline(index, s, count);
                    let points = outline.points().iter().copied().map(layout.place).collect();
                    objects.push(PfsObject { label, attributes: vec![], points });
                }
            }
            let text = pfs::write(&objects);
            originals.write(&format!("scr/fold{number}/points/{id}.pfs"), text.as_bytes());
        }
        originals.write(
            "jsrt/CLNDAT_EN.txt",
            b"JPCLN001.IMG\t5\t15\t53\tMale\t1634\t692\tmalignant\t\tx\r\
              JPCLN002.IMG\t1\t20.5\t?\tFemale\t9\t8\tbenign\tx\r",
        );
        originals.write("jsrt/CNNDAT_E.TXT", b"JPCNN001.IMG   48  Female   non-nodule\n");
        originals
    }

    fn path(&self, name: &str) -> PathBuf {
        self.temp.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        files::write_file(&self.path(name), bytes).unwrap();
    }

    fn remove(&self, name: &str) {
        std::fs::remove_file(self.path(name)).unwrap();
    }

    fn rename(&self, from: &str, to: &str) {
        std::fs::create_dir_all(self.path(to).parent().unwrap()).unwrap();
        std::fs::rename(self.path(from), self.path(to)).unwrap();
    }

    fn import(&self) -> ScrImport {
        ScrImport {
            jsrt: self.path("jsrt"),
            scr: self.path("scr"),
            second_observer: None,
            out: self.path("out"),
            subset: true,
        }
    }

    /// Problems of an import that must fail, without its folder's path.
    fn problems(&self, import: &ScrImport) -> Vec<Problem> {
        let Err(DataError::Problems(problems)) = import.run(&|_, _, _| {}) else {
            panic!("the import did not fail as it should")
        };
        assert!(!import.out.exists(), "something was written");
        let root = format!("{}/", self.temp.path().display());
        let plain = |p: &Problem| Problem { place: p.place.replace(&root, ""), ..p.clone() };
        problems.list().iter().map(plain).collect()
    }
}

fn run(import: &ScrImport) -> ImportReport {
    import.run(&|_, _, _| {}).unwrap()
}

#[test]
fn the_originals_become_a_benchmark() {
    let originals = Originals::new(&USUAL);
    let steps = Mutex::new(Vec::new());
    let import = originals.import();
    let report = import
        .run(&|what, done, total| steps.lock().unwrap().push((what.to_owned(), done, total)))
        .unwrap();
    assert_eq!(report.n_images, 3);
    assert!(steps.into_inner().unwrap().contains(&("converting".into(), 3, 3)));

    let benchmark = Benchmark::open(&import.out).unwrap();
    assert_eq!((benchmark.id.as_str(), benchmark.images.len()), ("scr", 3));
    assert_eq!(benchmark.images[0].spacing.unwrap().x_mm(), 0.35);
    assert!(!benchmark.terms.download.is_allowed() && !benchmark.terms.display.is_allowed());
    assert!(!benchmark.literature.is_empty());
    let folds: Vec<Fold> = benchmark.images.iter().map(|i| i.fold).collect();
    assert_eq!(folds, [1, 2, 1].map(Fold::Number));
    let attribute = |image: usize, name: &str| {
        let attributes = &benchmark.images[image].attributes;
        attributes.iter().find(|(key, _)| key == name).unwrap().1.clone()
    };
    assert_eq!(attribute(0, "age"), "53");
    assert_eq!(
        (attribute(1, "age"), attribute(1, "nodule_size_mm")),
        (String::new(), "20.5".into())
    );
    assert_eq!((attribute(2, "sex"), attribute(2, "nodule")), ("female".into(), "no".into()));

    let mut manifest = scr_data::digest::Manifest::default();
    for (index, image) in benchmark.images.iter().enumerate() {
        let masks = benchmark.read_masks(benchmark.reference(), image, &mut manifest).unwrap();
        assert_eq!(masks, (0..5).map(|s| mask(index, s)).collect::<Vec<_>>());
        let landmarks = benchmark.read_landmarks(benchmark.reference(), image).unwrap().unwrap();
        assert_eq!(landmarks.get("heart"), Some(&outline(index, 2, 40)));
    }
    assert!(!(&mask(0, 0) & &mask(0, 3)).is_empty(), "overlaps are kept");
}

#[test]
fn radiographs_are_halved_and_stretched_with_white_bright() {
    let originals = Originals::new(&USUAL);
    // 2 x 2 stored values of 4095 are black; of 0, white; of 2048, just below the middle.
    let mut bytes = vec![0u8; formats::jsrt_img::FILE_BYTES];
    for (col, stored) in [(0, 4095u16), (1, 4095), (2, 0), (3, 0), (4, 2048), (5, 2048)] {
        for row in 0..2 {
            bytes[2 * (row * 2048 + col)..][..2].copy_from_slice(&stored.to_be_bytes());
        }
    }
    originals.write("jsrt/JPCLN001.IMG", &bytes);
    let import = originals.import();
    run(&import);
    let benchmark = Benchmark::open(&import.out).unwrap();
    let image = benchmark.read_radiograph(&benchmark.images[0]).unwrap();
    assert_eq!((image.size(), image.max_value()), (Size::square(1024), 65535));
    // 2047 of 4095, turned, on the scale of 65535.
    assert_eq!(image.pixels()[..3], [0, 65535, 32759]);
}

#[test]
fn the_fixed_points_are_taken_where_they_correspond() {
    let choice = run(&Originals::new(&USUAL).import()).landmarks.unwrap();
    assert_eq!(
        (choice.block(), choice.frame_px(), choice.origin()),
        (Block::Fixed, 1024, Origin::Corner)
    );
    assert!(choice.is_corresponding && choice.least_overlap() == 1.0);
}

#[test]
fn the_plain_points_are_taken_where_only_they_correspond() {
    let swapped = PointsLayout {
        plain_counts: USUAL.fixed_counts,
        fixed_counts: USUAL.plain_counts,
        ..USUAL
    };
    let choice = run(&Originals::new(&swapped).import()).landmarks.unwrap();
    assert_eq!(choice.block(), Block::Plain);
}

#[test]
fn points_of_the_radiographs_frame_counted_from_centres_are_found_out() {
    let other = PointsLayout { place: |p| Point::new(2.0 * p.x - 0.5, 2.0 * p.y - 0.5), ..USUAL };
    let originals = Originals::new(&other);
    let import = originals.import();
    let report = run(&import);
    let choice = report.landmarks.clone().unwrap();
    assert_eq!((choice.frame_px(), choice.origin()), (2048, Origin::Centre));
    assert!(report.notices.iter().any(|n| n.contains("a frame of 2048 pixels")), "{report:?}");
    let benchmark = Benchmark::open(&import.out).unwrap();
    let landmarks =
        benchmark.read_landmarks(benchmark.reference(), &benchmark.images[1]).unwrap().unwrap();
    let found = landmarks.get("left_lung").unwrap();
    let drawn = outline(1, 1, 40);
    for (a, b) in found.points().iter().zip(drawn.points()) {
        assert!(a.distance_px(*b) < 1e-9);
    }
}

#[test]
fn points_that_fit_no_mask_are_refused_with_the_best_figures() {
    let elsewhere = PointsLayout { place: |p| Point::new(p.x + 30.0, p.y), ..USUAL };
    let originals = Originals::new(&elsewhere);
    let problems = originals.problems(&originals.import());
    assert_eq!(problems.len(), 1);
    assert!(
        problems[0].found.starts_with("at best the blocks with ` fixed` in a frame of 1024"),
        "{problems:?}"
    );
    assert!(problems[0].found.contains("heart 0.7867"), "{problems:?}");
}

#[test]
fn without_points_the_benchmark_has_no_landmarks_and_says_so() {
    let originals = Originals::new(&USUAL);
    for number in [1, 2] {
        std::fs::remove_dir_all(originals.path(&format!("scr/fold{number}/points"))).unwrap();
    }
    let import = originals.import();
    let report = run(&import);
    assert_eq!(report.landmarks, None);
    assert!(report.notices.iter().any(|n| n.starts_with("no points")));
    assert!(!Benchmark::open(&import.out).unwrap().reference().has_landmarks());
}

#[test]
fn everything_that_is_wrong_is_listed_before_anything_is_written() {
    let originals = Originals::new(&USUAL);
    originals.remove("scr/fold1/masks/heart/JPCLN001.gif");
    originals
        .rename("scr/fold2/masks/left lung/JPCLN002.gif", "scr/fold1/masks/left lung/JPCLN002.gif");
    originals.write("scr/fold1/masks/aorta/JPCLN001.gif", b"GIF89a");
    originals.write("jsrt/JPCLN155.IMG", b"");
    originals.write("jsrt/JPCLN004.IMG", b"");
    originals.remove("jsrt/JPCNN001.IMG");
    let problems = originals.problems(&originals.import());
    let found: Vec<(&str, &str)> =
        problems.iter().map(|p| (p.place.as_str(), p.found.as_str())).collect();
    for expected in [
        ("jsrt/JPCLN004.IMG", "0 bytes"),
        ("jsrt/JPCLN155.IMG", "`JPCLN155`"),
        ("jsrt/JPCNN001.IMG", "none"),
        ("scr/fold1/masks/aorta", "`aorta`"),
        ("scr/fold1/masks/heart/JPCLN001.gif", "none"),
        ("scr/fold1/masks/left lung/JPCLN002.gif", "in fold1"),
        ("scr/fold2/masks/heart/JPCLN004.gif", "none"),
        ("scr/fold2/points/JPCLN004.pfs", "none"),
    ] {
        assert!(found.contains(&expected), "{expected:?} is not in {found:#?}");
    }
    assert_eq!(found.len(), 12, "{found:#?}");
}

#[test]
fn without_subset_every_image_of_the_whole_database_is_asked_for() {
    let originals = Originals::new(&USUAL);
    let import = ScrImport { subset: false, ..originals.import() };
    let problems = originals.problems(&import);
    assert_eq!(problems.len(), 1 + 244);
    assert!(problems[0].expected.contains("all 247 images"), "{}", problems[0]);
    assert!(problems[0].hint.contains("--subset"));
    assert!(problems[1..].iter().all(|p| p.found == "nothing of it"));
}

#[test]
fn damaged_contents_are_all_listed() {
    let originals = Originals::new(&USUAL);
    originals.write("scr/fold1/masks/heart/JPCLN001.gif", b"<html>");
    let small = formats::gif::write_mask(&Mask::empty(Size::square(512))).unwrap();
    originals.write("scr/fold2/masks/heart/JPCLN002.gif", &small);
    originals.write("scr/fold1/points/JPCNN001.pfs", b"{\n{ 1 }\n}");
    let problems = originals.problems(&originals.import());
    let found: Vec<&str> = problems.iter().map(|p| p.found.as_str()).collect();
    assert_eq!(found, ["text", "`{ 1 }`", "512x512 pixels"]);
}

#[test]
fn a_radiograph_with_values_above_12_bits_is_named() {
    let originals = Originals::new(&USUAL);
    let mut bytes = vec![0; formats::jsrt_img::FILE_BYTES];
    bytes[4] = 0x20;
    originals.write("jsrt/JPCLN002.IMG", &bytes);
    let problems = originals.problems(&originals.import());
    assert_eq!(problems[0].place, "jsrt/JPCLN002.IMG");
    assert_eq!(problems[0].found, "8192 at column 2, row 0");
}

#[test]
fn folders_may_be_nested_and_names_in_any_case() {
    let originals = Originals::new(&USUAL);
    originals.rename("jsrt/JPCLN001.IMG", "jsrt/Nodule154images/jpcln001.img");
    originals.rename("scr", "archive/scratch");
    originals.write("jsrt/.DS_Store", b"");
    originals.write("archive/scratch/fold1/masks/heart/._JPCLN001.gif", b"");
    originals.write("archive/scratch/fold1/masks/Thumbs.db", b"");
    let import = ScrImport { scr: originals.path("archive"), ..originals.import() };
    let report = run(&import);
    assert_eq!(report.n_images, 3);
    assert!(report.notices.iter().any(|n| n.ends_with("Thumbs.db was ignored")));
}

#[test]
fn the_second_observer_is_imported_beside_the_first() {
    let originals = Originals::new(&USUAL);
    copy(&originals.path("scr"), &originals.path("second"));
    let other = formats::gif::write_mask(&mask(1, 2)).unwrap();
    originals.write("second/fold1/masks/heart/JPCLN001.gif", &other);
    let import =
        ScrImport { second_observer: Some(originals.path("second")), ..originals.import() };
    run(&import);
    let benchmark = Benchmark::open(&import.out).unwrap();
    let second = benchmark.observer("second").unwrap();
    let mut manifest = scr_data::digest::Manifest::default();
    let masks = benchmark.read_masks(second, &benchmark.images[0], &mut manifest).unwrap();
    assert_eq!((&masks[2], &masks[0]), (&mask(1, 2), &mask(0, 0)));

    originals.remove("second/fold2/masks/heart/JPCLN002.gif");
    let import = ScrImport { out: originals.path("again"), ..import };
    let problems = originals.problems(&import);
    assert_eq!(problems[0].place, "second/fold2/masks/heart/JPCLN002.gif");
}

#[test]
fn an_interrupted_import_goes_on_from_what_is_there() {
    let originals = Originals::new(&USUAL);
    let import = originals.import();
    let sources = Sources::find(&import).unwrap();
    let choice = import.check(&sources, &|_, _, _| {}).unwrap();
    let staging = Staging::begin(&import.out, &plan(&sources, choice.as_ref())).unwrap();
    staging.write("images/JPCLN001.png", b"left by the first run").unwrap();
    drop(staging);
    run(&import);
    let kept = std::fs::read(import.out.join("images/JPCLN001.png")).unwrap();
    assert_eq!(kept, b"left by the first run");
    assert!(matches!(import.run(&|_, _, _| {}), Err(DataError::Occupied { .. })));
}

#[test]
fn a_missing_folder_is_one_problem_and_not_hundreds() {
    let originals = Originals::new(&USUAL);
    let import = ScrImport { scr: originals.path("nowhere"), subset: false, ..originals.import() };
    let problems = originals.problems(&import);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].found, "no folder");
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in from.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            std::fs::copy(&path, &to).unwrap();
        }
    }
}
