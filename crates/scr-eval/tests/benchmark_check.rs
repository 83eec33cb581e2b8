//! Check of benchmarks on small phantoms: right ones raise no warning; each simulated accident
//! raises its own and no other.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "tests make and damage files")]

mod phantoms;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use scr_data::benchmark_file::{BenchmarkFile, ObjectSection, StructureSection};
use scr_data::digest::Manifest;
use scr_data::{BENCHMARK_FILE, Benchmark, formats};
use scr_eval::{BenchmarkReport, Rule, Warning, check_benchmark};
use scr_image::{Mask, Size};
use tempfile::TempDir;

const SIDE: usize = 192;

/// Phantoms of a test, a copy of those that are drawn once.
struct Phantoms {
    _temp: TempDir,
    folder: PathBuf,
}

fn drawn() -> &'static Path {
    static FOLDER: LazyLock<TempDir> = LazyLock::new(|| phantoms::draw(SIDE));
    FOLDER.path()
}

impl Phantoms {
    /// The first `count` of twelve phantoms.
    fn new(count: usize) -> Self {
        let temp = tempfile::tempdir().unwrap();
        let folder = temp.path().join("bench");
        phantoms::copy(&drawn().join("bench"), &folder);
        let phantoms = Self { _temp: temp, folder };
        phantoms.table(|lines| lines.truncate(count + 1));
        phantoms
    }

    /// Changes the lines of the table of images, the header first.
    fn table(&self, change: impl Fn(&mut Vec<String>)) {
        let path = self.folder.join("images.csv");
        let table = fs::read_to_string(&path).unwrap();
        let mut lines: Vec<String> = table.lines().map(str::to_owned).collect();
        change(&mut lines);
        fs::write(path, lines.join("\n")).unwrap();
    }

    /// Reduces the benchmark to some structures, of the reference alone.
    fn only(&self, structures: &[&str]) {
        let path = self.folder.join(BENCHMARK_FILE);
        let mut file: BenchmarkFile = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let section = |id: &&str| StructureSection { id: (*id).into(), name: (*id).into() };
        file.structures = structures.iter().map(section).collect();
        let structures = structures.iter().map(|id| (*id).to_owned()).collect();
        file.objects = vec![ObjectSection { id: "all".into(), name: "All".into(), structures }];
        file.observers.truncate(1);
        fs::write(path, file.to_toml()).unwrap();
    }

    fn open(&self) -> Benchmark {
        Benchmark::open(&self.folder).unwrap()
    }

    /// Changes the reference's masks of some structures and images, by their place.
    fn change(&self, change: impl Fn(&str, usize, &Mask) -> Option<Mask>) {
        let benchmark = self.open();
        let reference = benchmark.reference();
        for structure in &benchmark.structures {
            for (place, image) in benchmark.images.iter().enumerate() {
                let mut files = Manifest::default();
                let mask = benchmark.read_mask(reference, structure, image, &mut files).unwrap();
                if let Some(changed) = change(&structure.id, place, &mask) {
                    let path = benchmark.mask_path(reference, structure, image);
                    fs::write(path, formats::png::write_mask(&changed)).unwrap();
                }
            }
        }
    }

    fn check(&self) -> BenchmarkReport {
        check_benchmark(&self.open(), &|| ())
    }

    /// The only warning about a benchmark without errors.
    fn only_warning(&self) -> Warning {
        let report = self.check();
        assert_eq!(report.problems.list(), []);
        assert_eq!(report.warnings.len(), 1, "{:#?}", report.warnings);
        report.warnings[0].clone()
    }

    fn images(&self, places: &[usize]) -> Vec<String> {
        let benchmark = self.open();
        places.iter().map(|&place| benchmark.images[place].id.clone()).collect()
    }
}

/// Mask whose pixel at shares (x, y) of the image comes from `source(x, y)`.
fn moved(mask: &Mask, source: impl Fn(f64, f64) -> (f64, f64)) -> Mask {
    let size = mask.size();
    Mask::from_fn(size, |col, row| {
        let share = |at: usize, length: usize| (at as f64 + 0.5) / length as f64;
        let (x, y) = source(share(col, size.width), share(row, size.height));
        let inside = (0.0..1.0).contains(&x) && (0.0..1.0).contains(&y);
        inside && mask.get((x * size.width as f64) as usize, (y * size.height as f64) as usize)
    })
}

#[test]
fn right_benchmarks_raise_no_warning() {
    let phantoms = Phantoms::new(12);
    let report = phantoms.check();
    assert_eq!((report.warnings.as_slice(), report.problems.list()), (&[][..], &[][..]));
    assert_eq!((report.n_images, report.n_radiographs, report.n_compared), (12, 12, 12));
    assert_eq!(report.notices, Vec::<String>::new());
    let benchmark = phantoms.open();
    assert_eq!(report.digest, Some(benchmark.digest(benchmark.reference()).unwrap()));
    for structures in
        [&["heart"][..], &["left_clavicle"], &["right_lung"], &["right_lung", "left_lung"]]
    {
        phantoms.only(structures);
        assert_eq!(phantoms.check().warnings, [], "{structures:?}");
    }
}

#[test]
fn few_images_are_not_compared_and_that_is_said() {
    let report = Phantoms::new(5).check();
    assert_eq!(report.warnings, []);
    assert!(report.notices[0].contains("on 6 images or more, here are 5"), "{:?}", report.notices);
}

#[test]
fn stretched_and_shifted_masks_are_found_with_their_scale_and_shift() {
    // Each mask pixel comes from elsewhere; the message says how to bring it back.
    type Change = fn(f64, f64) -> (f64, f64);
    let cases: [(Change, &[&str]); 5] = [
        (|x, y| (0.5 + (x - 0.5) * 0.82, y), &["scaled by 0.7", "in x,"]),
        (|x, y| (x * 0.8, y * 0.8), &["scaled by 0.7", "in x and", "% of the width left"]),
        (|x, y| (2.0 * x, 2.0 * y), &["scaled by 1.", "width right", "height down"]),
        (|x, y| (x - 0.05, y), &["shifted by 4.", "% of the width left,"]),
        (|x, y| (x, y + 0.06), &["shifted by ", "% of the height down,"]),
    ];
    for (change, words) in cases {
        let phantoms = Phantoms::new(10);
        phantoms.only(&["right_lung", "left_lung", "heart"]);
        phantoms.change(|_, _, mask| Some(moved(mask, change)));
        let warning = phantoms.only_warning();
        assert_eq!((warning.rule, warning.images.len()), (Rule::BesideAnatomy, 10));
        assert_eq!(warning.structures, ["right_lung", "left_lung", "heart"]);
        for word in words {
            assert!(warning.message.contains(word), "{word}: {}", warning.message);
        }
    }
}

#[test]
fn one_structure_beside_the_anatomy_is_named() {
    let phantoms = Phantoms::new(12);
    phantoms.change(|structure, _, mask| {
        (structure == "left_lung").then(|| moved(mask, |x, y| (x - 0.07, y)))
    });
    let warning = phantoms.only_warning();
    assert_eq!(
        (warning.rule, warning.structures.as_slice()),
        (Rule::BesideAnatomy, &["left_lung".to_owned()][..])
    );
    assert!(warning.message.contains("of the width left"), "{}", warning.message);
}

#[test]
fn turned_masks_are_found_by_name() {
    type Change = fn(f64, f64) -> (f64, f64);
    let cases: [(Change, &str); 4] = [
        (|x, y| (1.0 - x, y), "mirrored left to right"),
        (|x, y| (x, 1.0 - y), "upside down"),
        (|x, y| (y, x), "transposed, rows"),
        (|x, y| (y, 1.0 - x), "rotated by 90 degrees clockwise"),
    ];
    for (change, words) in cases {
        let phantoms = Phantoms::new(8);
        phantoms.only(&["right_lung", "left_lung", "heart"]);
        phantoms.change(|_, _, mask| Some(moved(mask, change)));
        let warning = phantoms.only_warning();
        assert_eq!((warning.rule, warning.images.len()), (Rule::Orientation, 8));
        assert!(warning.message.contains(words), "{words}: {}", warning.message);
    }
}

#[test]
fn exchanged_sides_are_found_image_by_image() {
    let phantoms = Phantoms::new(8);
    phantoms.only(&["right_lung", "left_lung"]);
    let folder = phantoms.folder.join("masks/reference");
    let images = phantoms.images(&[2, 5]);
    for image in &images {
        let name = |side: &str| folder.join(format!("{side}_lung/{image}.png"));
        fs::rename(name("right"), folder.join("kept.png")).unwrap();
        fs::rename(name("left"), name("right")).unwrap();
        fs::rename(folder.join("kept.png"), name("left")).unwrap();
    }
    let warning = phantoms.only_warning();
    assert_eq!((warning.rule, &warning.images), (Rule::LeftRightSwap, &images));
    assert_eq!(warning.structures, ["right_lung", "left_lung"]);
}

#[test]
fn empty_inverted_and_equal_masks_are_found() {
    let phantoms = Phantoms::new(10);
    phantoms.change(|structure, place, mask| match (structure, place) {
        ("heart", 3) => Some(Mask::empty(Size::square(SIDE))),
        ("heart", 4) => Some(!mask),
        _ => None,
    });
    let masks = phantoms.folder.join("masks/reference");
    let images = phantoms.images(&[6, 7]);
    let path = |structure: &str, image: &str| masks.join(format!("{structure}/{image}.png"));
    fs::copy(path("right_clavicle", &images[0]), path("right_clavicle", &images[1])).unwrap();
    fs::copy(path("right_lung", &images[1]), path("heart", &images[1])).unwrap();
    let second = phantoms.folder.join(format!("masks/second/left_lung/{}.png", images[0]));
    fs::copy(path("left_lung", &images[0]), second).unwrap();
    let report = phantoms.check();
    let found: Vec<(Rule, Vec<String>)> =
        report.warnings.iter().map(|w| (w.rule, w.images.clone())).collect();
    let expected = [
        (Rule::Inverted, phantoms.images(&[4])),
        (Rule::Empty, phantoms.images(&[3])),
        (Rule::EqualsReference, phantoms.images(&[6])),
        (Rule::IdenticalStructures, phantoms.images(&[7])),
        (Rule::IdenticalMasks, images.clone()),
    ];
    assert_eq!(found, expected, "{:#?}", report.warnings);
    assert!(report.warnings[2].message.starts_with("observer second: "));
    assert_eq!(report.warnings[3].structures, ["right_lung", "heart"]);
}

#[test]
fn a_structure_that_is_often_empty_is_a_notice() {
    let phantoms = Phantoms::new(10);
    phantoms.only(&["heart"]);
    phantoms.change(|_, place, _| (place > 3).then(|| Mask::empty(Size::square(SIDE))));
    let report = phantoms.check();
    assert_eq!(report.warnings, []);
    assert_eq!(report.notices, ["heart is empty on 6 of 10 images"]);
}

#[test]
fn a_mask_in_another_place_is_an_outlier() {
    let phantoms = Phantoms::new(12);
    phantoms.only(&["right_lung", "left_lung", "heart"]);
    phantoms.change(|structure, place, mask| {
        (structure == "heart" && place == 9).then(|| moved(mask, |x, y| (x, y + 0.5)))
    });
    let warning = phantoms.only_warning();
    assert_eq!((warning.rule, warning.images), (Rule::Outlier, phantoms.images(&[9])));
}

#[test]
fn patients_in_two_folds_and_radiographs_under_two_names_are_found() {
    let phantoms = Phantoms::new(8);
    phantoms.table(|lines| {
        for (index, line) in lines.iter_mut().enumerate() {
            // Images 1 and 4 are of one patient; so are 2 and 6, of one fold.
            let patient = match index {
                0 => "Patient_ID".to_owned(),
                5 => "p2".to_owned(),
                7 => "p3".to_owned(),
                _ => format!("p{index}"),
            };
            *line += &format!(",{patient}");
        }
    });
    let warning = phantoms.only_warning();
    assert_eq!(
        (warning.rule, &warning.images),
        (Rule::PatientInTwoFolds, &phantoms.images(&[1, 4]))
    );
    assert!(warning.message.contains("1 patient (p2) has images in more than one fold"));
    assert_eq!(warning.structures, Vec::<String>::new());

    let phantoms = Phantoms::new(8);
    let images = phantoms.images(&[1, 4]);
    let path = |image: &str| phantoms.folder.join(format!("images/{image}.png"));
    fs::copy(path(&images[0]), path(&images[1])).unwrap();
    let warning = phantoms.only_warning();
    assert_eq!((warning.rule, &warning.images), (Rule::IdenticalRadiographs, &images));
    let words = format!("{} = {}", images[0], images[1]);
    assert!(warning.message.contains(&words), "{}", warning.message);
    assert!(warning.message.contains("1 of them in more than one fold"), "{}", warning.message);
}

#[test]
fn missing_radiographs_are_warnings_and_none_at_all_a_notice() {
    let phantoms = Phantoms::new(8);
    let images = phantoms.images(&[0, 3]);
    for image in &images {
        fs::remove_file(phantoms.folder.join(format!("images/{image}.png"))).unwrap();
    }
    let warning = phantoms.only_warning();
    assert_eq!((warning.rule, warning.images), (Rule::MissingRadiograph, images));
    fs::remove_dir_all(phantoms.folder.join("images")).unwrap();
    let report = phantoms.check();
    assert_eq!((report.warnings.len(), report.n_radiographs), (0, 0));
    assert!(report.notices[0].contains("no radiographs"), "{:?}", report.notices);
}

#[test]
fn every_unreadable_file_and_wrong_size_is_listed_at_once() {
    let phantoms = Phantoms::new(8);
    let images = phantoms.images(&[0, 1, 2, 3, 4]);
    let at = |path: String| phantoms.folder.join(path);
    let small = formats::png::write_mask(&Mask::empty(Size::square(40)));
    fs::write(at(format!("images/{}.png", images[0])), "no image").unwrap();
    fs::write(at(format!("images/{}.png", images[1])), &small).unwrap();
    fs::write(at(format!("masks/reference/heart/{}.png", images[2])), &small).unwrap();
    fs::remove_file(at(format!("masks/second/heart/{}.png", images[3]))).unwrap();
    fs::write(at(format!("landmarks/reference/{}.csv", images[4])), "x").unwrap();
    let report = phantoms.check();
    let text = report.problems.to_string();
    assert!(text.starts_with("5 problems"), "{text}");
    for part in ["expected 192x192 pixels as the masks of this image, found 40x40", "second/heart"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(report.images_with_problems, images);
    assert_eq!((report.digest, report.n_images), (None, 8));
}
