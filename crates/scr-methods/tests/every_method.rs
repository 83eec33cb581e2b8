//! Common properties of all methods, on a few small phantoms.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod quick;

use scr_data::{Benchmark, Fold, files};
use scr_image::{Mask, Radiograph, Size};
use scr_methods::{
    METHODS, Method, MethodError, Model, Parameters, Subject, TrainingSet, find_method, train,
};
use scr_phantom::{Population, write_benchmark};
use tempfile::TempDir;

use crate::quick::quick;

fn quiet(_: &str, _: usize, _: usize) {}

fn phantoms() -> (TempDir, Benchmark) {
    let temp = tempfile::tempdir().unwrap();
    let folder = temp.path().join("bench");
    write_benchmark(&Population::new(8, 5), 128, &folder, &quiet).unwrap();
    let benchmark = Benchmark::open(&folder).unwrap();
    (temp, benchmark)
}

fn trained(method: &dyn Method, set: &TrainingSet<'_>) -> Model {
    train(method, set, &quick(method.info()), 1, &quiet).unwrap()
}

fn all_trained(benchmark: &Benchmark) -> Vec<Model> {
    let set = TrainingSet::new(benchmark, Fold::Number(1));
    METHODS.iter().map(|method| trained(*method, &set)).collect()
}

fn segmented(model: &Model, subject: &Subject<'_>) -> Vec<Mask> {
    model.segmenter().segment(subject).unwrap()
}

#[test]
fn every_method_gives_one_mask_a_structure_for_any_image() {
    let (_temp, benchmark) = phantoms();
    let image = benchmark.read_radiograph(benchmark.fold(Fold::Number(2)).next().unwrap()).unwrap();
    let size = image.size();
    let turned = |pixel: fn(u16) -> u16| {
        let pixels = image.pixels().iter().rev().map(|&value| pixel(value)).collect();
        Radiograph::new(size, image.max_value(), pixels, None).unwrap()
    };
    let grey =
        |size: Size, value| Radiograph::new(size, 65535, vec![value; size.area()], None).unwrap();
    let images = [
        image.clone(),
        turned(|value| value),
        turned(|value| u16::MAX - value),
        grey(Size::square(64), 0),
        grey(Size::square(64), 65535),
        grey(Size::new(1, 1), 7),
        grey(Size::new(3, 200), 7),
    ];
    let models = all_trained(&benchmark);
    for (number, image) in images.iter().enumerate() {
        let subject = Subject::new(image);
        for model in &models {
            let (masks, method) = (segmented(model, &subject), &model.header().method);
            assert_eq!(masks.len(), 5, "{method}");
            assert!(masks.iter().all(|mask| mask.size() == image.size()), "{method}");
            let is_learnt = number == 0 && method != "unet";
            assert!(!is_learnt || masks.iter().all(|mask| !mask.is_empty()), "{method}");
        }
    }
}

#[test]
fn training_twice_gives_the_same_bytes_and_a_model_survives_its_file() {
    let (_temp, benchmark) = phantoms();
    let image = benchmark.fold(Fold::Number(2)).next().unwrap();
    let radiograph = benchmark.read_radiograph(image).unwrap();
    let subject = Subject::new(&radiograph);
    let again = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    let again = again.install(|| all_trained(&benchmark));
    for (first, again) in all_trained(&benchmark).iter().zip(&again) {
        let method = &first.header().method;
        assert!(first.to_bytes() == again.to_bytes(), "{method}");
        let restored = Model::from_bytes("x.model", &first.to_bytes()).unwrap();
        assert_eq!(restored.header(), first.header());
        assert_eq!(restored.segmenter().classifier(), first.segmenter().classifier());
        let masks = segmented(first, &subject);
        assert!(segmented(&restored, &subject) == masks, "{method}");
        let posterior = restored.segmenter().posterior(&subject).unwrap();
        assert_eq!(posterior.is_some(), find_method(method).unwrap().info().has_posterior);
        if let Some(posterior) = posterior {
            assert_eq!(posterior.full_size(), radiograph.size());
            assert_eq!(posterior.masks().len(), masks.len());
        }
    }
}

#[test]
fn a_cut_or_changed_model_file_is_refused_at_every_place() {
    let (_temp, benchmark) = phantoms();
    let bytes = trained(METHODS[0], &TrainingSet::new(&benchmark, Fold::Number(1))).to_bytes();
    for length in (0..bytes.len()).step_by(97) {
        assert!(Model::from_bytes("x.model", &bytes[..length]).is_err(), "cut at {length}");
    }
    for place in (0..bytes.len()).step_by(89) {
        let mut changed = bytes.clone();
        changed[place] ^= 0x10;
        let error = Model::from_bytes("x.model", &changed).err().unwrap();
        assert!(matches!(error, MethodError::Model { .. }), "changed at {place}: {error}");
    }
}

#[test]
fn a_model_knows_the_images_it_has_seen() {
    let (_temp, benchmark) = phantoms();
    let model = trained(METHODS[0], &TrainingSet::new(&benchmark, Fold::Number(1)));
    let digest = model.header().benchmark_digest.clone();
    for image in &benchmark.images {
        let file = std::fs::read(benchmark.radiograph_path(image)).unwrap();
        let was_seen = image.fold == Fold::Number(1);
        assert_eq!(model.has_seen(Some(&digest), &image.id, None), was_seen);
        assert_eq!(model.has_seen(None, "renamed", Some(&file)), was_seen);
    }
}

#[test]
fn parameters_out_of_range_are_refused_with_the_range() {
    let set = |key: &str, value: &str| {
        Parameters::new(METHODS[0].info(), &[(key.to_owned(), value.to_owned())])
    };
    assert_eq!(set("points", "100").unwrap().whole("points"), 100);
    for bad in ["7", "513", "64.5", "NaN", "many"] {
        let error = set("points", bad).unwrap_err().to_string();
        assert!(error.contains("from 8 to 512"), "{error}");
    }
    assert!(set("pionts", "64").unwrap_err().to_string().contains("points"));
}

/// Phantoms whose landmarks of the first image of fold 1 are changed.
fn with_landmarks(change: impl Fn(&str) -> String) -> (TempDir, Benchmark) {
    let (temp, benchmark) = phantoms();
    let image = &benchmark.fold(Fold::Number(1)).next().unwrap().id;
    let path = temp.path().join(format!("bench/landmarks/reference/{image}.csv"));
    let text = std::fs::read_to_string(&path).unwrap();
    let (head, rows) = text.split_once('\n').unwrap();
    let rows: String = rows.lines().map(|row| change(row) + "\n").collect();
    files::write_file(&path, format!("{head}\n{rows}").as_bytes()).unwrap();
    (temp, benchmark)
}

fn shape_methods() -> impl Iterator<Item = &'static dyn Method> {
    let ids = ["mean-shape", "asm", "asm-tuned", "aam", "aam-whiskers-bfgs"];
    ids.into_iter().map(|id| find_method(id).unwrap())
}

#[test]
fn landmarks_far_outside_of_the_image_are_refused_with_their_image() {
    for place in ["1e300,5", "5,-1e9", "193,5"] {
        let (_temp, benchmark) = with_landmarks(|row| match row.strip_prefix("heart,3,") {
            Some(_) => format!("heart,3,{place}"),
            None => row.to_owned(),
        });
        let image = &benchmark.fold(Fold::Number(1)).next().unwrap().id;
        for method in shape_methods() {
            let set = TrainingSet::new(&benchmark, Fold::Number(1));
            let parameters = Parameters::defaults(method.info());
            let error = train(method, &set, &parameters, 1, &quiet).err().unwrap();
            assert!(matches!(error, MethodError::Data(_)), "{error}");
            let text = error.to_string();
            for part in [image.as_str(), "heart, point 3", "from -64 to 192"] {
                assert!(text.contains(part), "{text}");
            }
        }
    }
}

#[test]
fn a_model_that_training_returns_can_be_loaded_whatever_the_landmarks() {
    // All landmarks of an image in one place, or at random.
    let scrambled = |row: &str| {
        let mut fields = row.split(',');
        let (structure, point) = (fields.next().unwrap(), fields.next().unwrap());
        let number: usize = point.parse().unwrap();
        format!("{structure},{point},{},{}", number * 7919 % 190, number * 104_729 % 190)
    };
    let coinciding = |row: &str| {
        let place = row.splitn(3, ',').take(2).collect::<Vec<_>>().join(",");
        format!("{place},40,40")
    };
    for (_temp, benchmark) in [with_landmarks(scrambled), with_landmarks(coinciding)] {
        let set = TrainingSet::new(&benchmark, Fold::Number(1));
        for method in shape_methods() {
            let parameters = Parameters::defaults(method.info());
            match train(method, &set, &parameters, 1, &quiet) {
                Ok(model) => drop(Model::from_bytes("x.model", &model.to_bytes()).unwrap()),
                Err(MethodError::Unusable { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }
}
