//! Both layouts of a small population, written to disk and read back.
#![expect(clippy::disallowed_methods, reason = "tests make and damage files")]

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use scr_data::digest::Manifest;
use scr_data::{Benchmark, DataError, Fold, formats};
use scr_image::{Mask, Outline, Size};
use scr_phantom::{Observer, Population, STRUCTURES, write_benchmark, write_originals};

fn quiet(_: &str, _: usize, _: usize) {}

#[test]
fn a_benchmark_opens_and_holds_the_cases_masks() {
    let temp = tempfile::tempdir().unwrap();
    let out = temp.path().join("phantom");
    let population = Population::new(3, 1);
    let most = AtomicUsize::new(0);
    let progress = |_: &str, done: usize, all: usize| {
        assert_eq!(all, 3);
        most.fetch_max(done, Ordering::Relaxed);
    };
    write_benchmark(&population, 128, &out, &progress).unwrap();
    assert_eq!(most.load(Ordering::Relaxed), 3);

    let benchmark = Benchmark::open(&out).unwrap();
    assert!(
        benchmark.is_phantom
            && benchmark.terms.download.is_allowed()
            && benchmark.terms.display.is_allowed()
    );
    assert_eq!(benchmark.images[0].spacing.unwrap().x_mm(), 2.8);
    let ids: Vec<&str> = benchmark.images.iter().map(|image| image.id.as_str()).collect();
    assert_eq!(ids, population.ids());
    assert!(benchmark.literature.len() > 10);
    for (index, image) in benchmark.images.iter().enumerate() {
        let phantom = population.phantom(index);
        let read = benchmark.read_radiograph(image).unwrap();
        assert_eq!(read.pixels(), phantom.radiograph(128).stretched_to_16_bits().pixels());
        for (observer, written) in
            [("reference", Observer::Reference), ("second", Observer::Second)]
        {
            let observer = benchmark.observer(observer).unwrap();
            let masks = benchmark.read_masks(observer, image, &mut Manifest::default()).unwrap();
            let expected: Vec<Mask> =
                phantom.masks(written, 128).into_iter().map(|(_, mask)| mask).collect();
            assert_eq!(masks, expected);
        }
        let landmarks = benchmark.read_landmarks(benchmark.reference(), image).unwrap().unwrap();
        assert_eq!(landmarks.get("heart").unwrap(), &phantom.reference[2].1.scaled(0.125, 0.125));
    }
    assert_eq!(benchmark.images[0].fold, Fold::Number(1));
    assert_eq!(benchmark.images[1].fold, Fold::Number(2));
}

#[test]
fn an_interrupted_benchmark_goes_on_and_ends_the_same() {
    let temp = tempfile::tempdir().unwrap();
    let whole = temp.path().join("whole");
    let broken = temp.path().join("broken");
    let population = Population::new(2, 3);
    write_benchmark(&population, 64, &whole, &quiet).unwrap();
    std::fs::rename(&whole, temp.path().join("broken.partial")).unwrap();
    let plan = "phantom benchmark, drawing 1, seed 3, 2 images, 64 pixels";
    std::fs::write(temp.path().join("broken.partial/.plan"), plan).unwrap();
    let mark = temp.path().join("broken.partial/images/JPCLN001.png");
    std::fs::write(&mark, "kept").unwrap();
    write_benchmark(&population, 64, &broken, &quiet).unwrap();
    assert_eq!(std::fs::read(broken.join("images/JPCLN001.png")).unwrap(), b"kept");
    assert!(Benchmark::open(&broken).is_ok());
}

fn pfs(folder: &Path, path: &str) -> Vec<formats::pfs::PfsObject> {
    let bytes = std::fs::read(folder.join(path)).expect("the file is there");
    formats::pfs::parse(&bytes).expect("the file is whole")
}

#[test]
fn the_originals_hold_images_masks_points_and_lists() {
    let temp = tempfile::tempdir().unwrap();
    let out = temp.path().join("originals");
    let population = Population::new(2, 1);
    write_originals(&population, &out, &quiet).unwrap();
    let ids = population.ids();
    assert_eq!(ids, ["JPCLN001", "JPCNN001"]);
    let phantom = population.phantom(0);
    let image = formats::jsrt_img::read(&std::fs::read(out.join("jsrt/JPCLN001.IMG")).unwrap());
    assert_eq!(image.unwrap().pixels(), phantom.radiograph(2048).pixels());
    for (folder, observer) in [("scr", Observer::Reference), ("scr-observer2", Observer::Second)] {
        for (structure, mask) in phantom.masks(observer, 1024) {
            let structure = structure.replace('_', " ");
            let path = format!("{folder}/fold1/masks/{structure}/JPCLN001.gif");
            let bytes = std::fs::read(out.join(path)).unwrap();
            assert_eq!(formats::gif::read_mask(&bytes).unwrap(), mask);
        }
    }
    let first = pfs(&out, "scr/fold1/points/JPCLN001.pfs");
    let other = pfs(&out, "scr/fold1/points/JPCNN001.pfs");
    let masks = phantom.masks(Observer::Reference, 1024);
    for (index, (id, count)) in STRUCTURES.iter().enumerate() {
        let [plain, fixed] = [&first[2 * index], &first[2 * index + 1]];
        assert_eq!(plain.label, id.replace('_', " "));
        assert_eq!(fixed.label, format!("{} fixed", plain.label));
        assert_eq!(fixed.points.len(), *count);
        let fill = |points: &[scr_image::Point]| {
            Mask::filled(Size::square(1024), &[Outline::new(points.to_vec())])
        };
        assert_eq!(fill(&fixed.points), masks[index].1);
        let wrong = (&fill(&plain.points) ^ &masks[index].1).count();
        assert!(wrong < 30, "{id}: {wrong} pixels differ");
    }
    let counts = |objects: &[formats::pfs::PfsObject]| -> Vec<usize> {
        objects.iter().step_by(2).map(|object| object.points.len()).collect()
    };
    assert_ne!(counts(&first), counts(&other), "clicked points do not correspond");
    let nodules = std::fs::read_to_string(out.join("jsrt/CLNDAT_EN.txt")).unwrap();
    assert_eq!(nodules.lines().count(), 1);
    assert!(nodules.split('\t').count() >= 9 && nodules.starts_with("JPCLN001.IMG\t"));
    let others = std::fs::read_to_string(out.join("jsrt/CNNDAT_EN.txt")).unwrap();
    let words: Vec<&str> = others.split_whitespace().collect();
    assert_eq!((words.len(), words[0], words[3]), (4, "JPCNN001.IMG", "non-nodule"));
}

#[test]
fn sides_and_numbers_that_make_no_benchmark_are_refused() {
    let temp = tempfile::tempdir().unwrap();
    let out = temp.path().join("out");
    for (images, side) in [(0, 1024), (2, 0), (2, 100_000)] {
        let error = write_benchmark(&Population::new(images, 1), side, &out, &quiet).unwrap_err();
        assert!(matches!(error, DataError::Problems(_)), "{error}");
    }
    assert!(write_originals(&Population::new(0, 1), &out, &quiet).is_err());
    assert!(!out.exists());
}
