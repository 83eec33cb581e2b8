//! Rules of the check on small phantoms: each simulated accident raises its own
//! warning and no other; a correct set raises none.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "tests make and damage files")]

mod phantoms;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use scr_data::digest::Manifest;
use scr_data::{Benchmark, Fold, MaskSet, Structure, formats};
use scr_eval::{CheckReport, Rule, Settings, Warning, check, evaluate};
use scr_image::{Mask, Size};
use tempfile::TempDir;

const SIDE: usize = 128;

struct Phantoms {
    _temp: TempDir,
    benchmark: Benchmark,
}

/// Mask with its place in a set.
struct Made<'a> {
    structure: &'a str,
    /// Place of the image in the benchmark.
    image: usize,
    mask: Mask,
}

/// Twelve phantoms, drawn once for all tests.
fn drawn() -> &'static Path {
    static FOLDER: LazyLock<TempDir> = LazyLock::new(|| phantoms::draw(SIDE));
    FOLDER.path()
}

impl Phantoms {
    /// A benchmark of the first `count` of the twelve, without radiographs.
    fn new(count: usize) -> Self {
        let temp = tempfile::tempdir().unwrap();
        let from = drawn().join("bench");
        let to = temp.path().join("bench");
        phantoms::copy(&from.join("masks"), &to.join("masks"));
        for file in ["benchmark.toml", "literature.csv"] {
            phantoms::copy(&from.join(file), &to.join(file));
        }
        let table = fs::read_to_string(from.join("images.csv")).unwrap();
        let lines: Vec<&str> = table.lines().take(count + 1).collect();
        fs::write(to.join("images.csv"), lines.join("\n")).unwrap();
        Self { benchmark: Benchmark::open(&to).unwrap(), _temp: temp }
    }

    /// Writes the second observer's masks, a correct set, each modified by `change`.
    /// Replaces a set of the same name.
    fn set(&self, change: impl Fn(&mut Made<'_>)) -> PathBuf {
        let out = self.benchmark.root().join("made");
        let _ = fs::remove_dir_all(&out);
        let second = self.benchmark.observer("second").unwrap();
        for structure in &self.benchmark.structures {
            for (place, image) in self.benchmark.images.iter().enumerate() {
                let mut files = Manifest::default();
                let mask = self.benchmark.read_mask(second, structure, image, &mut files).unwrap();
                let mut made = Made { structure: &structure.id, image: place, mask };
                change(&mut made);
                let path = out.join(made.structure).join(format!("{}.png", image.id));
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, formats::png::write_mask(&made.mask)).unwrap();
            }
        }
        out
    }

    fn check(&self, masks: &Path) -> CheckReport {
        let masks = MaskSet::open(masks, &self.benchmark).unwrap();
        check(&self.benchmark, &masks, "reference", &|| ()).unwrap()
    }

    /// The only warning about a set without errors.
    fn only_warning(&self, change: impl Fn(&mut Made<'_>)) -> Warning {
        let report = self.check(&self.set(change));
        assert_eq!(report.problems.list(), []);
        assert_eq!(report.warnings.len(), 1, "{:#?}", report.warnings);
        report.warnings[0].clone()
    }

    /// Identifiers of images by their places.
    fn images<const N: usize>(&self, places: [usize; N]) -> [&str; N] {
        places.map(|place| self.benchmark.images[place].id.as_str())
    }
}

/// Rearranges a mask: pixel (column, row) comes from `source(column, row)`, if any.
fn moved(mask: &Mask, source: impl Fn(usize, usize) -> Option<(usize, usize)>) -> Mask {
    Mask::from_fn(mask.size(), |col, row| {
        source(col, row).is_some_and(|(col, row)| mask.get(col, row))
    })
}

fn mirrored(mask: &Mask) -> Mask {
    moved(mask, |col, row| Some((SIDE - 1 - col, row)))
}

fn disc(centre: (usize, usize), radius: usize) -> Mask {
    Mask::from_fn(Size::square(SIDE), |col, row| {
        col.abs_diff(centre.0).pow(2) + row.abs_diff(centre.1).pow(2) <= radius.pow(2)
    })
}

/// `right_lung` for `left_lung` and the reverse.
fn swap_sides(made: &mut Made<'_>) {
    made.structure = match made.structure {
        "right_lung" => "left_lung",
        "left_lung" => "right_lung",
        "right_clavicle" => "left_clavicle",
        "left_clavicle" => "right_clavicle",
        other => other,
    };
}

#[test]
fn a_correct_set_raises_no_warning() {
    let phantoms = Phantoms::new(10);
    let report = phantoms.check(&phantoms.set(|_| ()));
    assert_eq!((report.warnings.as_slice(), report.problems.list()), (&[][..], &[][..]));
    assert_eq!(report.n_images, 10);
    assert_eq!(report.structures.len(), 5);
    assert_eq!(report.notices.len(), 0);
}

#[test]
fn a_weak_method_that_errs_on_each_image_in_another_way_raises_no_warning() {
    let phantoms = Phantoms::new(12);
    let report = phantoms.check(&phantoms.set(|made| {
        // Every structure is torn another way, by up to a tenth of the image.
        let seed = made.image * 7 + made.structure.len() * 5;
        let x = seed % 13;
        let y = seed * 3 % 13;
        let cut = seed % 6;
        made.mask = moved(&made.mask, |col, row| {
            let is_kept = !(col + row).is_multiple_of(cut + 5);
            is_kept.then_some(((col + x).checked_sub(6)?, (row + y).checked_sub(6)?))
        });
    }));
    assert_eq!(report.warnings, []);
}

#[test]
fn errors_and_digests_are_the_evaluators() {
    let phantoms = Phantoms::new(4);
    let benchmark = &phantoms.benchmark;
    let set = phantoms.set(|_| ());
    let masks = MaskSet::open(&set, benchmark).unwrap();
    let score = |masks: &MaskSet| evaluate(benchmark, masks, &Settings::default(), &|| ());
    let report = phantoms.check(&set);
    let found = score(&masks).unwrap();
    assert_eq!(report.masks_digest, Some(found.masks_digest));
    assert_eq!(report.benchmark_digest, Some(found.benchmark_digest));

    fs::write(set.join("heart").join(phantoms.images([1])[0]).with_extension("png"), "x").unwrap();
    let bad =
        benchmark.mask_path(benchmark.reference(), &benchmark.structures[0], &benchmark.images[2]);
    fs::write(bad, "y").unwrap();
    let report = phantoms.check(&set);
    let error = score(&masks).unwrap_err();
    assert_eq!(report.problems.list().len(), 2);
    assert_eq!(report.problems.to_string(), error.to_string());
    assert_eq!((report.masks_digest, report.benchmark_digest), (None, None));
}

#[test]
fn swapped_sides_are_found_image_by_image() {
    let phantoms = Phantoms::new(6);
    let warning = phantoms.only_warning(swap_sides);
    assert_eq!((warning.rule, warning.images.len()), (Rule::LeftRightSwap, 6));
    assert_eq!(warning.structures, ["right_lung", "left_lung", "right_clavicle", "left_clavicle"]);
    assert!(warning.message.contains("swapped on 6 of 6 images"), "{}", warning.message);

    let warning = phantoms.only_warning(|made| {
        if made.structure.ends_with("lung") && [1, 4].contains(&made.image) {
            swap_sides(made);
        }
    });
    assert_eq!(warning.structures, ["right_lung", "left_lung"]);
    assert_eq!(warning.images, phantoms.images([1, 4]));
}

#[test]
fn a_set_that_lies_in_a_wrong_way_is_told_which() {
    let phantoms = Phantoms::new(6);
    type Turn = fn(usize, usize) -> (usize, usize);
    let turns: [(&str, Turn); 7] = [
        ("mirrored left to right:", |col, row| (127 - col, row)),
        ("upside down", |col, row| (col, 127 - row)),
        ("rotated by 180 degrees", |col, row| (127 - col, 127 - row)),
        ("transposed, rows and columns", |col, row| (row, col)),
        ("90 degrees clockwise", |col, row| (row, 127 - col)),
        ("90 degrees anticlockwise", |col, row| (127 - row, col)),
        ("transposed and rotated", |col, row| (127 - row, 127 - col)),
    ];
    for (words, turn) in turns {
        let warning = phantoms.only_warning(|made| {
            made.mask = moved(&made.mask, |col, row| Some(turn(col, row)));
        });
        assert_eq!((warning.rule, warning.images.len()), (Rule::Orientation, 6));
        assert!(warning.message.contains(words), "{words}: {}", warning.message);
    }
    let warning = phantoms.only_warning(|made| {
        made.mask = mirrored(&made.mask);
        swap_sides(made);
    });
    let both = "mirrored left to right, its left and right structures swapped";
    assert!(warning.message.contains(both), "{}", warning.message);
}

#[test]
fn a_mirrored_image_among_others_is_named_and_no_swap() {
    let phantoms = Phantoms::new(6);
    let warning = phantoms.only_warning(|made| {
        if [2, 3].contains(&made.image) {
            made.mask = mirrored(&made.mask);
        }
    });
    assert_eq!(warning.rule, Rule::Orientation);
    assert_eq!(warning.images, phantoms.images([2, 3]));
    assert!(warning.message.starts_with("2 of 6 images look mirrored"), "{}", warning.message);
}

#[test]
fn content_at_another_scale_or_beside_its_place_is_found() {
    let phantoms = Phantoms::new(6);
    let warning = phantoms.only_warning(|made| {
        made.mask = moved(&made.mask, |col, row| Some((2 * col, 2 * row)));
    });
    assert_eq!((warning.rule, warning.images.len()), (Rule::ScaledContent, 6));
    assert!(warning.message.contains("0.50 times as wide"), "{}", warning.message);

    let warning = phantoms.only_warning(|made| {
        made.mask = moved(&made.mask, |col, row| Some((col + 8, row)));
    });
    assert_eq!((warning.rule, warning.images.len()), (Rule::ShiftedContent, 6));
    let words = ["% of the width to the left", "on all images alike"];
    assert!(words.iter().all(|word| warning.message.contains(word)), "{}", warning.message);
}

#[test]
fn exchanged_foreground_and_background_is_found_and_nothing_else() {
    let phantoms = Phantoms::new(10);
    let warning = phantoms.only_warning(|made| made.mask = !&made.mask);
    assert_eq!((warning.rule, warning.images.len()), (Rule::Inverted, 10));
    assert_eq!(warning.structures.len(), 5);

    let warning = phantoms.only_warning(|made| {
        if made.structure == "heart" && made.image == 3 {
            made.mask = !&made.mask;
        }
    });
    assert_eq!(
        (warning.rule, warning.images),
        (Rule::Inverted, phantoms.images([3]).map(String::from).to_vec())
    );
}

#[test]
fn empty_masks_are_named_together_where_the_method_failed_on_the_image() {
    let phantoms = Phantoms::new(6);
    let warning = phantoms.only_warning(|made| {
        if [0, 5].contains(&made.image) && made.structure != "heart" {
            made.mask = Mask::empty(Size::square(SIDE));
        }
    });
    assert_eq!((warning.rule, warning.structures.len()), (Rule::Empty, 4));
    assert_eq!(warning.images, phantoms.images([0, 5]));
}

#[test]
fn a_mask_is_not_missed_where_the_reference_has_none() {
    let phantoms = Phantoms::new(4);
    let benchmark = &phantoms.benchmark;
    let heart = benchmark.structures.iter().find(|structure| structure.id == "heart").unwrap();
    let empty = formats::png::write_mask(&Mask::empty(Size::square(SIDE)));
    let path = benchmark.mask_path(benchmark.reference(), heart, &benchmark.images[1]);
    fs::write(path, empty).unwrap();
    let report = phantoms.check(&phantoms.set(|made| {
        if made.structure == "heart" && made.image == 1 {
            made.mask = Mask::empty(Size::square(SIDE));
        }
    }));
    assert_eq!(report.warnings, []);
}

#[test]
fn the_reference_itself_is_recognised_whole_and_in_part() {
    let phantoms = Phantoms::new(12);
    let benchmark = &phantoms.benchmark;
    let report = phantoms.check(&benchmark.masks_folder(benchmark.reference()));
    assert_eq!(report.warnings.len(), 1, "{:#?}", report.warnings);
    let warning = &report.warnings[0];
    assert_eq!((warning.rule, warning.structures.len()), (Rule::EqualsReference, 5));
    assert!(warning.message.contains("12 of 12 images"), "{}", warning.message);

    let reference = |structure: &Structure, image: usize| {
        let image = &benchmark.images[image];
        benchmark.read_mask(benchmark.reference(), structure, image, &mut Manifest::default())
    };
    let warning = phantoms.only_warning(|made| {
        if made.structure == "heart" && made.image == 2 {
            made.mask = reference(&benchmark.structures[2], 2).unwrap();
        }
    });
    assert_eq!(warning.structures, ["heart"]);
    assert_eq!(warning.images, phantoms.images([2]));
    // The other observer is another reference.
    let masks = MaskSet::open(&phantoms.set(|_| ()), benchmark).unwrap();
    let report = check(benchmark, &masks, "second", &|| ()).unwrap();
    assert_eq!(report.warnings[0].rule, Rule::EqualsReference);
    let error = check(benchmark, &masks, "third", &|| ()).unwrap_err().to_string();
    assert!(error.contains("reference, second"), "{error}");
}

#[test]
fn one_mask_for_several_images_is_found_and_a_mean_shape_told_that_it_may() {
    let phantoms = Phantoms::new(10);
    // One shape for each structure and fold, where a mean shape might have it.
    let warning = phantoms.only_warning(|made| {
        let (col, row, radius) = match made.structure {
            "right_lung" => (38, 64, 24),
            "left_lung" => (90, 64, 24),
            "heart" => (68, 84, 18),
            "right_clavicle" => (44, 28, 8),
            _ => (84, 28, 8),
        };
        let fold = phantoms.benchmark.images[made.image].fold == Fold::Number(2);
        made.mask = disc((col, row), radius + usize::from(fold));
    });
    assert_eq!((warning.rule, warning.images.len()), (Rule::IdenticalMasks, 10));
    assert_eq!(warning.structures.len(), 5);
    assert!(warning.message.contains("10 of 10 images have 2 different masks"));
    assert!(warning.hint.contains("a mean shape does that rightly"));
}

#[test]
fn the_same_mask_of_the_same_image_twice_is_no_wonder() {
    let phantoms = Phantoms::new(4);
    let benchmark = &phantoms.benchmark;
    for observer in &benchmark.observers {
        for structure in &benchmark.structures {
            let [from, to] =
                [0, 3].map(|i| benchmark.mask_path(observer, structure, &benchmark.images[i]));
            fs::copy(from, to).unwrap();
        }
    }
    assert_eq!(phantoms.check(&phantoms.set(|_| ())).warnings, []);
}

#[test]
fn a_mask_far_from_where_the_others_are_is_named() {
    let phantoms = Phantoms::new(10);
    for lost in [disc((8, 120), 6), disc((64, 64), 64)] {
        let warning = phantoms.only_warning(|made| {
            if made.structure == "left_lung" && made.image == 7 {
                made.mask = lost.clone();
            }
        });
        assert_eq!(warning.rule, Rule::Outlier);
        assert_eq!(warning.structures, ["left_lung"]);
        assert_eq!(warning.images, phantoms.images([7]));
    }
    // Too few masks for fences.
    let few = Phantoms::new(6);
    let report = few.check(&few.set(|made| {
        if made.structure == "left_lung" && made.image == 4 {
            made.mask = disc((8, 120), 6);
        }
    }));
    assert_eq!(report.warnings, []);
}

#[test]
fn masks_of_the_wrong_size_are_errors_and_their_common_cause_a_warning() {
    let phantoms = Phantoms::new(4);
    let report = phantoms.check(&phantoms.set(|made| {
        let mask = &made.mask;
        made.mask = Mask::from_fn(Size::square(SIDE / 2), |col, row| mask.get(2 * col, 2 * row));
    }));
    assert_eq!((report.problems.list().len(), report.warnings.len()), (20, 1));
    let warning = &report.warnings[0];
    assert_eq!((warning.rule, warning.structures.len()), (Rule::WrongSize, 5));
    let text = warning.to_string();
    assert!(text.contains("all 20 masks") && text.contains("0.500 times"), "{text}");
}

#[test]
fn what_could_be_read_is_looked_at_beside_the_errors() {
    let phantoms = Phantoms::new(5);
    let set = phantoms.set(swap_sides);
    fs::write(set.join("heart").join(phantoms.images([0])[0]).with_extension("png"), "x").unwrap();
    let report = phantoms.check(&set);
    assert_eq!(report.problems.list().len(), 1);
    assert!(report.masks_digest.is_none() && report.benchmark_digest.is_some());
    assert_eq!(report.warnings[0].images, phantoms.images([1, 2, 3, 4]));
}

#[test]
fn a_missing_fold_is_a_notice_and_no_warning() {
    let phantoms = Phantoms::new(6);
    let set = phantoms.set(|_| ());
    for image in phantoms.benchmark.images.iter().filter(|image| image.fold == Fold::Number(2)) {
        for structure in &phantoms.benchmark.structures {
            fs::remove_file(set.join(&structure.id).join(format!("{}.png", image.id))).unwrap();
        }
    }
    let report = phantoms.check(&set);
    assert_eq!(report.warnings, []);
    assert_eq!(report.notices.len(), 1);
    assert!(report.notices[0].contains("covers fold 1 only"), "{}", report.notices[0]);
}

#[test]
fn a_report_does_not_depend_on_threads_and_reads_in_a_few_lines() {
    let phantoms = Phantoms::new(10);
    let set = phantoms.set(|made| {
        if made.image < 7 {
            made.mask = !&made.mask;
        } else if made.structure == "heart" {
            made.mask = disc((30, 30), 9);
        }
    });
    let reports = [1, 3].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| phantoms.check(&set))
    });
    assert_eq!(reports[0], reports[1]);
    let rules: BTreeSet<&str> = reports[0].warnings.iter().map(|w| w.rule.key()).collect();
    assert_eq!(rules.into_iter().collect::<Vec<_>>(), ["identical_masks", "inverted"]);
    let text = reports[0].warnings[0].to_string();
    assert_eq!(
        text,
        "inverted: right_lung, left_lung, heart, right_clavicle, left_clavicle: foreground and \
         background look exchanged on 7 of 10 images\n    \
         images: JPCLN001, JPCLN002, JPCLN003, JPCLN004, JPCLN005 and 2 more\n    \
         hint: 0 is the background: invert the masks when exporting"
    );
}
