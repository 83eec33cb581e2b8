//! Structures of several parts: both lungs in one mask.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "tests make and damage files")]

use std::fs;
use std::path::PathBuf;

use scr_data::benchmark_file::{BenchmarkFile, ObjectSection, StructureSection};
use scr_data::digest::Manifest;
use scr_data::{BENCHMARK_FILE, Benchmark, Fold, formats};
use scr_image::Mask;
use scr_methods::{
    Method, MethodError, Model, Parameters, Subject, TrainingSet, find_method, train,
};
use scr_phantom::{Population, write_benchmark};
use tempfile::TempDir;

const LUNGS: [&str; 2] = ["right_lung", "left_lung"];

fn quiet(_: &str, _: usize, _: usize) {}

struct Phantoms {
    _temp: TempDir,
    folder: PathBuf,
}

impl Phantoms {
    /// Phantoms with lungs only and without landmarks.
    fn new(count: usize, side: usize) -> Self {
        let temp = tempfile::tempdir().unwrap();
        let folder = temp.path().join("bench");
        write_benchmark(&Population::new(count, 5), side, &folder, &quiet).unwrap();
        let phantoms = Self { _temp: temp, folder };
        phantoms.define(&LUNGS);
        phantoms
    }

    /// Rewrites the definition with some structures, and one object of all.
    fn define(&self, structures: &[&str]) {
        let path = self.folder.join(BENCHMARK_FILE);
        let mut file: BenchmarkFile = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let section = |id: &&str| StructureSection { id: (*id).into(), name: (*id).into() };
        file.structures = structures.iter().map(section).collect();
        let structures = structures.iter().map(|id| (*id).to_owned()).collect();
        file.objects = vec![ObjectSection { id: "all".into(), name: "All".into(), structures }];
        file.observers.truncate(1);
        file.observers[0].landmarks = None;
        fs::write(path, file.to_toml()).unwrap();
    }

    fn open(&self) -> Benchmark {
        Benchmark::open(&self.folder).unwrap()
    }

    /// Unites both lungs in the structure `lungs`, each mask changed by `change`.
    fn unite(&self, change: impl Fn(&str, Mask) -> Mask) {
        let apart = self.open();
        for image in &apart.images {
            let reference = apart.reference();
            let masks = apart.read_masks(reference, image, &mut Manifest::default()).unwrap();
            let path = self.folder.join(format!("masks/reference/lungs/{}.png", image.id));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let both = change(&image.id, &masks[0] | &masks[1]);
            fs::write(path, formats::png::write_mask(&both)).unwrap();
        }
        self.define(&["lungs"]);
    }
}

fn trained(method: &dyn Method, benchmark: &Benchmark) -> Result<Model, MethodError> {
    let parameters = Parameters::defaults(method.info());
    train(method, &TrainingSet::new(benchmark, Fold::Number(1)), &parameters, 1, &quiet)
}

/// Union of all masks that a method, trained on fold 1, gives for an image of fold 2.
fn segmented(method: &dyn Method, benchmark: &Benchmark) -> Mask {
    let model = trained(method, benchmark).unwrap();
    let model = Model::from_bytes("kept.model", &model.to_bytes()).unwrap();
    let image = benchmark.fold(Fold::Number(2)).nth(1).unwrap();
    let radiograph = benchmark.read_radiograph(image).unwrap();
    let masks = model.segmenter().segment(&Subject::new(&radiograph)).unwrap();
    Mask::union(masks.iter()).into_owned()
}

/// Dice coefficient.
fn dice(a: &Mask, b: &Mask) -> f64 {
    2.0 * (a & b).count() as f64 / (a.count() + b.count()) as f64
}

#[test]
fn both_lungs_in_one_mask_are_segmented_as_they_are_apart() {
    let phantoms = Phantoms::new(16, 128);
    let ids = ["mean-shape", "asm", "asm-tuned", "aam", "aam-whiskers-bfgs", "pc-post", "asm-pc"];
    let methods = ids.map(|id| find_method(id).unwrap());
    let apart = methods.map(|method| segmented(method, &phantoms.open()));
    phantoms.unite(|_, mask| mask);
    let benchmark = phantoms.open();
    let image = benchmark.fold(Fold::Number(2)).nth(1).unwrap();
    let reference = benchmark.read_masks(benchmark.reference(), image, &mut Manifest::default());
    let reference = &reference.unwrap()[0];
    for (method, apart) in methods.iter().zip(&apart) {
        let united = segmented(*method, &benchmark);
        let (united, apart) = (dice(&united, reference), dice(apart, reference));
        assert!(united > apart - 0.03, "{}: {united} for {apart}", method.info().id);
    }
    // Without a pixel classifier the points are the same, one outline after the other.
    for (method, apart) in methods.iter().zip(&apart).take(5) {
        assert!(segmented(*method, &benchmark) == *apart, "{}", method.info().id);
    }
}

#[test]
fn lungs_that_touch_in_some_images_are_refused_with_names_and_advice() {
    let phantoms = Phantoms::new(12, 96);
    let odd = phantoms.open().fold(Fold::Number(1)).nth(2).unwrap().id.clone();
    phantoms.unite(|id, mut mask| {
        if id == odd {
            (0..40).for_each(|row| mask.set_run(row + 28, 20, 76));
        }
        mask
    });
    let benchmark = phantoms.open();
    for id in ["mean-shape", "asm-tuned", "aam"] {
        let error = trained(find_method(id).unwrap(), &benchmark).err().unwrap();
        let MethodError::Parts { n_parts, odd: named, .. } = &error else { panic!("{error}") };
        assert_eq!((*n_parts, named.as_slice()), (2, &[format!("{odd} (1 part)")][..]));
        let text = error.to_string();
        assert!(text.contains("structure `lungs` has 2 parts in most training images"), "{text}");
        assert!(text.contains("scr init --split-sides"), "{text}");
    }
}
