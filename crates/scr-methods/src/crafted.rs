//! Crafted model files: genuine files with a changed part and a valid checksum.
//!
//! The payload of every method is decoded to a tree of numbers and lists, changed in one place
//! and encoded again; so is the header. Loading then either refuses the file, naming the
//! part, or gives a model that segments. No time is asserted.

use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg64;
use scr_data::digest::file_digest;
use scr_data::{Benchmark, Fold};
use scr_image::{Radiograph, Size};
use scr_phantom::{Population, write_benchmark};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::active_appearance::ActiveAppearanceModel;
use crate::active_shape::ActiveShapeModel;
use crate::pixel_classification::ClassifierFile;
use crate::stored::{MAX_STRUCTURES, read};
use crate::{METHODS, Method, MethodError, Model, Parameters, Subject, TrainingSet, train};

/// Number of crafted files of a method.
const FILES: usize = 40;

/// Placeholders for the numbers that JSON lacks, with the numbers.
const PLACEHOLDERS: [(f64, f64); 3] = [
    (1.234_567_89e-30, f64::NAN),
    (2.345_678_91e-30, f64::INFINITY),
    (3.456_789_12e-30, f64::NEG_INFINITY),
];

/// Replacements for numbers.
const NUMBERS: [f64; 8] = [0.0, -1.0, 1.0, 3.0, 1e6, 1e20, 1e308, -1e308];

fn quiet(_: &str, _: usize, _: usize) {}

/// Trains a small model of a method.
fn trained(method: &dyn Method, set: &TrainingSet<'_>) -> Model {
    let smallest = [
        ("points", "8"),
        ("side", if method.info().id.starts_with("pc") { "16" } else { "32" }),
        ("levels", "2"),
        ("scales", "1"),
        ("centre_side", "16"),
        ("width", "4"),
        ("steps", "2"),
        ("batch", "1"),
        ("unet_side", "32"),
        ("unet_width", "4"),
        ("unet_steps", "2"),
        ("unet_batch", "1"),
        ("pc_side", "16"),
        ("pc_scales", "1"),
        ("pc_centre_side", "16"),
    ];
    let is_network = method.info().id == "unet";
    let has = |key: &str| {
        let is_own = key != "steps" || is_network;
        is_own && method.info().parameters.iter().any(|parameter| parameter.key == key)
    };
    let own = smallest.into_iter().filter(|(key, _)| has(key));
    let own: Vec<(String, String)> = own.map(|(key, value)| (key.into(), value.into())).collect();
    train(method, set, &Parameters::new(method.info(), &own).unwrap(), 1, &quiet).unwrap()
}

/// Random number below `n`.
fn below(random: &mut Pcg64, n: usize) -> usize {
    (random.next_u32() as usize) % n.max(1)
}

/// Changes one random number, text or list of a tree.
fn change(tree: &mut Value, random: &mut Pcg64) {
    match tree {
        Value::Array(list) if !list.is_empty() && below(random, 5) > 0 => {
            let index = below(random, list.len());
            change(&mut list[index], random);
        }
        Value::Object(fields) if !fields.is_empty() => {
            let index = below(random, fields.len());
            let (_, field) = fields.iter_mut().nth(index).unwrap();
            change(field, random);
        }
        Value::Array(list) => {
            let last = list.last().cloned().unwrap_or(json!(1));
            match below(random, 6) {
                0 => list.clear(),
                1 => drop(list.pop()),
                2 => list.push(last),
                3 => list.truncate(list.len() / 2),
                4 => list.extend_from_within(..),
                _ => {
                    let (a, b) = (below(random, list.len()), below(random, list.len()));
                    if a != b {
                        list.swap(a, b);
                    }
                }
            }
        }
        Value::Number(number) if number.is_u64() => {
            let value = number.as_u64().unwrap_or_default();
            let others = [0, 1, value + 1, value.wrapping_sub(1), 1 << 20, 1 << 32, u64::MAX];
            *tree = json!(others[below(random, others.len())]);
        }
        Value::Number(_) => {
            let index = below(random, NUMBERS.len() + PLACEHOLDERS.len());
            let placeholder = |index: usize| PLACEHOLDERS[index - NUMBERS.len()].0;
            *tree = json!(NUMBERS.get(index).copied().unwrap_or_else(|| placeholder(index)));
        }
        Value::Bool(value) => *value = !*value,
        Value::String(text) => text.push_str("/../x"),
        _ => *tree = json!(0),
    }
}

/// Payload of type `F`, changed in one place; `None` when the type cannot represent the change.
fn changed<F: Serialize + DeserializeOwned>(payload: &[u8], random: &mut Pcg64) -> Option<Vec<u8>> {
    let file = read(payload, Ok::<F, _>).unwrap();
    let mut tree = serde_json::to_value(&file).unwrap();
    change(&mut tree, random);
    let file: F = serde_json::from_value(tree).ok()?;
    let mut bytes = postcard::to_stdvec(&file).unwrap();
    for (from, to) in PLACEHOLDERS {
        replace(&mut bytes, &from.to_le_bytes(), &to.to_le_bytes());
        replace(&mut bytes, &(from as f32).to_le_bytes(), &(to as f32).to_le_bytes());
    }
    Some(bytes)
}

/// Replaces all occurrences of `from` by `to`.
fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    for place in 0..=bytes.len().saturating_sub(from.len()) {
        if bytes[place..].starts_with(from) {
            bytes[place..][..to.len()].copy_from_slice(to);
        }
    }
}

/// Payload of a method, changed in one place.
fn changed_payload(method: &str, payload: &[u8], random: &mut Pcg64) -> Option<Vec<u8>> {
    type OnPosterior<M> = (f64, M, ClassifierFile);
    match method {
        "mean-shape" => changed::<crate::mean_shape::MeanLandmarks>(payload, random),
        "asm" | "asm-tuned" => changed::<ActiveShapeModel>(payload, random),
        "aam" | "aam-whiskers" | "aam-whiskers-bfgs" => {
            changed::<ActiveAppearanceModel>(payload, random)
        }
        "pc" => changed::<ClassifierFile>(payload, random),
        "pc-post" => changed::<(f64, Vec<usize>, ClassifierFile)>(payload, random),
        "asm-pc" | "asm-pc-grey" => changed::<OnPosterior<ActiveShapeModel>>(payload, random),
        "aam-pc" => changed::<OnPosterior<ActiveAppearanceModel>>(payload, random),
        "unet" => changed::<crate::unet::UnetFile>(payload, random),
        "unet-asm" => changed::<(f64, ActiveShapeModel, Vec<u8>)>(payload, random),
        other => panic!("{other} is missing here"),
    }
}

/// Model file of a header and a payload, with a valid checksum.
fn file(header: &Value, payload: &[u8]) -> Vec<u8> {
    let header = serde_json::to_vec(header).unwrap();
    let length = (header.len() as u32).to_le_bytes();
    let mut bytes = [b"SCRMODEL\n", &length[..], &header, payload].concat();
    bytes.extend(file_digest(&bytes));
    bytes
}

/// Loads a model file; if it is accepted, segments and computes all insights. Returns whether it
/// was accepted.
fn is_accepted(bytes: &[u8], n_structures: usize) -> bool {
    let model = match Model::from_bytes("crafted.model", bytes) {
        Ok(model) => model,
        Err(error @ MethodError::Model { .. }) => {
            let text = error.to_string();
            assert!(text.starts_with("crafted.model ") && text.ends_with("`scr train`"), "{text}");
            return false;
        }
        Err(error) => panic!("{error} names no file"),
    };
    let size = Size::new(40, 30);
    let pixels = (0..size.area()).map(|pixel| (pixel * 7919) as u16).collect();
    let radiograph = Radiograph::new(size, u16::MAX, pixels, None).unwrap();
    let subject = Subject::new(&radiograph);
    let masks = model.segmenter().segment(&subject).unwrap();
    assert_eq!(masks.len(), n_structures);
    assert!(masks.iter().all(|mask| mask.size() == size));
    model.segmenter().insights();
    model.segmenter().insights_on(&subject).unwrap();
    true
}

/// Small phantoms to train on.
fn phantoms() -> (tempfile::TempDir, Benchmark) {
    let temp = tempfile::tempdir().unwrap();
    let folder = temp.path().join("bench");
    write_benchmark(&Population::new(4, 5), 64, &folder, &quiet).unwrap();
    let benchmark = Benchmark::open(&folder).unwrap();
    (temp, benchmark)
}

/// Header and payload of a model.
fn parts(model: &Model) -> (Value, Vec<u8>) {
    (serde_json::to_value(model.header()).unwrap(), model.segmenter().to_bytes())
}

/// Part of a model file that the refusal names.
fn refused(bytes: &[u8]) -> String {
    match Model::from_bytes("crafted.model", bytes) {
        Err(MethodError::Model { field, .. }) => field,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("a crafted model was accepted"),
    }
}

#[test]
fn a_crafted_model_is_refused_with_the_name_of_the_part_or_segments() {
    let (_temp, benchmark) = phantoms();
    let set = TrainingSet::new(&benchmark, Fold::Number(1));
    let n_structures = benchmark.structures.len();
    let mut random = Pcg64::seed_from_u64(11);
    for &method in METHODS.iter().filter(|method| !method.info().id.starts_with("voting")) {
        let (header, payload) = parts(&trained(method, &set));
        assert!(is_accepted(&file(&header, &payload), n_structures), "{}", method.info().id);
        let mut n_refused = 0;
        for number in 0..FILES {
            let bytes = if number % 5 == 0 {
                let mut header = header.clone();
                change(&mut header, &mut random);
                file(&header, &payload)
            } else {
                let payload = changed_payload(method.info().id, &payload, &mut random);
                let Some(payload) = payload else { continue };
                file(&header, &payload)
            };
            n_refused += usize::from(!is_accepted(&bytes, n_structures));
        }
        assert!(n_refused > FILES / 5, "{}: {n_refused}", method.info().id);
    }
}

#[test]
fn the_refusal_names_the_part_that_training_cannot_have_written() {
    let (_temp, benchmark) = phantoms();
    let set = TrainingSet::new(&benchmark, Fold::Number(1));
    let changed = |payload: &[u8], place: &str, value: Value| {
        let file = read(payload, Ok::<ActiveShapeModel, _>).unwrap();
        let mut tree = serde_json::to_value(file).unwrap();
        *tree.pointer_mut(place).unwrap() = value;
        postcard::to_stdvec(&serde_json::from_value::<ActiveShapeModel>(tree).unwrap()).unwrap()
    };
    let (header, payload) = parts(&trained(&crate::ActiveShape::DEFAULT, &set));
    for (place, value, field) in [
        // Found by fuzzing: a search indexed the empty list of a level without profiles.
        ("/profiles", json!([]), "profiles by level"),
        ("/profiles/1", json!([]), "profiles of level 1"),
        ("/profiles/1/0/mean", json!([0.5]), "profiles of level 1, mean"),
        ("/profiles/1/0/whitening", json!([]), "profiles of level 1, whitening"),
        ("/settings/levels", json!(1u64 << 40), "settings"),
        ("/settings/limit", json!(-1.0), "settings"),
        ("/layout/counts", json!([[8]]), "layout, structures"),
        ("/layout/counts/0/0", json!(u64::MAX), "layout, structures"),
        ("/layout/counts/0", json!([]), "layout, structures"),
        ("/layout/counts/0/0", json!(9), "shape, mean"),
        // A mode with a limit of NaN ended the process.
        ("/shape/variances/0", json!(-1.0), "shape, variances"),
        ("/shape/mean/0/0", json!(1e308), "shape, mean"),
        ("/shape/modes", json!([]), "shape, modes"),
        ("/start/centre/0", json!(1e300), "start, centre"),
        ("/noise_px", json!([]), "noise_px"),
    ] {
        let payload = changed(&payload, place, value);
        assert_eq!(refused(&file(&header, &payload)), field, "{place}");
    }
    assert_eq!(refused(&file(&header, &[&payload[..], &[0]].concat())), "payload");
    for (place, value, field) in [
        ("/structures/0", json!("../../heart"), "header, structures"),
        ("/structures/0", json!("left_lung"), "header, structures"),
        ("/structures", json!([]), "header, structures"),
        ("/structures", json!(["heart"]), "layout, structures"),
        ("/parameters/side", json!(1e9), "header, parameters, side"),
        ("/parameters/side", json!(33), "settings"),
        ("/parameters/more", json!(1), "header, parameters, more"),
        ("/method", json!("aam"), "header, parameters, texture"),
        ("/method_version", json!("0"), "header, method_version"),
        ("/fold", json!(3), "header, fold"),
    ] {
        let mut header = header.clone();
        if place == "/parameters/more" {
            header["parameters"]["more"] = json!(1);
        } else {
            *header.pointer_mut(place).unwrap() = value;
        }
        assert_eq!(refused(&file(&header, &payload)), field, "{place}");
    }
}

#[test]
fn other_members_of_a_vote_and_unfitting_ones_are_refused() {
    type Members = Vec<(String, String, Vec<u8>)>;
    let (_temp, benchmark) = phantoms();
    let set = TrainingSet::new(&benchmark, Fold::Number(1));
    for voting in [crate::Voting::FAMILIES, crate::Voting::WITH_HYBRIDS] {
        let (header, payload) = parts(&trained(&voting, &set));
        assert!(is_accepted(&file(&header, &payload), benchmark.structures.len()));
        let refuses = |header: &Value, change: fn(&mut Members)| {
            let mut members = read(&payload, Ok::<Members, _>).unwrap();
            change(&mut members);
            refused(&file(header, &postcard::to_stdvec(&members).unwrap()))
        };
        assert_eq!(refuses(&header, Members::clear), "members");
        assert_eq!(refuses(&header, |members| members.swap(0, 1)), "method");
        assert_eq!(refuses(&header, |members| members[1].1.push('0')), "method_version");
        let swapped = refuses(&header, |members| members[0].2 = members[1].2.clone());
        assert!(swapped.starts_with("asm-tuned, "), "{swapped}");
        let mut fewer = header.clone();
        fewer["structures"].as_array_mut().unwrap().pop();
        assert_eq!(refuses(&fewer, |_| ()), "asm-tuned, layout, structures");
    }
}

#[test]
fn long_lists_of_empty_lists_are_refused_before_they_take_memory() {
    let (_temp, benchmark) = phantoms();
    let set = TrainingSet::new(&benchmark, Fold::Number(1));
    let (header, _) = parts(&trained(&crate::MeanShape, &set));
    let structures = vec![Vec::<usize>::new(); MAX_STRUCTURES + 1];
    let payload = postcard::to_stdvec(&(structures, Vec::<(f64, f64)>::new())).unwrap();
    // The check of the decoded file would name the structures.
    assert_eq!(refused(&file(&header, &payload)), "payload");
    let (header, _) = parts(&trained(&crate::Voting::FAMILIES, &set));
    let members = vec![(String::new(), String::new(), Vec::<u8>::new()); 9];
    let payload = postcard::to_stdvec(&members).unwrap();
    assert_eq!(refused(&file(&header, &payload)), "payload");
}
