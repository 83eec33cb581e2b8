//! `scr run onnx`, `scr segment MODEL.onnx` and `scr model check`.

use std::fs;
use std::path::{Path, PathBuf};

use rten_onnx::onnx::{
    AttributeProto, DataLocation, DataType, Dimension, GraphProto, ModelProto, NodeProto,
    OperatorSetIdProto, StringStringEntryProto, TensorProto, TensorShapeProto, TypeProto,
    TypeProtoTensor, ValueInfoProto,
};

use crate::command::{files, run, run_well, text};

pub(crate) const CARD: &str = "[input]\nsize = [64, 64]\nscaling = \"min-max\"\nresampling = \"area\"\n\
    [output]\nkind = \"sigmoid\"\nthreshold = 0.5\n\
    structures = [\"right_lung\", \"left_lung\", \"heart\", \"right_clavicle\", \"left_clavicle\"]\n";

fn value(name: &str, shape: &[i64]) -> ValueInfoProto {
    let side = |&side: &i64| Dimension { dim_value: Some(side), dim_param: None };
    let shape = TensorShapeProto { dim: shape.iter().map(side).collect() };
    let tensor = TypeProtoTensor { elem_type: Some(DataType::FLOAT), shape: Some(shape) };
    let kind = TypeProto { tensor_type: Some(tensor), ..TypeProto::default() };
    ValueInfoProto { name: Some(name.into()), r#type: Some(kind) }
}

fn node(operator: &str, inputs: &[&str], output: &str) -> NodeProto {
    NodeProto {
        op_type: Some(operator.into()),
        input: inputs.iter().map(ToString::to_string).collect(),
        output: vec![output.into()],
        ..NodeProto::default()
    }
}

fn constant(name: &str, dims: &[i64], values: &[f32]) -> TensorProto {
    TensorProto {
        name: Some(name.into()),
        dims: dims.to_vec(),
        data_type: Some(DataType::FLOAT),
        float_data: values.to_vec(),
        ..TensorProto::default()
    }
}

/// A convolution of one pixel from grey to five channels, without the attributes that ONNX lets a
/// model leave out, then a sigmoid: `n` pixels below about 0.4 are of the n-th structure.
fn dark() -> GraphProto {
    GraphProto {
        node: vec![node("Conv", &["x", "k", "b"], "c"), node("Sigmoid", &["c"], "y")],
        initializer: vec![
            constant("k", &[5, 1, 1, 1], &[-20.0, 20.0, -10.0, -5.0, 5.0]),
            constant("b", &[5], &[8.0, -8.0, 4.0, 2.0, -2.0]),
        ],
        input: vec![value("x", &[1, 1, 64, 64])],
        output: vec![value("y", &[1, 5, 64, 64])],
        value_info: Vec::new(),
    }
}

fn model(graph: GraphProto) -> ModelProto {
    ModelProto {
        ir_version: Some(9),
        graph: Some(graph),
        opset_import: vec![OperatorSetIdProto { domain: None, version: Some(17) }],
        ..ModelProto::default()
    }
}

/// Seed of the fuzz target: a model, a NUL and its card.
pub(crate) fn fuzz_seed() -> Vec<u8> {
    let mut small = dark();
    small.input = vec![value("x", &[1, 1, 16, 16])];
    small.output = vec![value("y", &[1, 5, 16, 16])];
    let card = CARD.replace("[64, 64]", "[16, 16]");
    [&model(small).write_buf().expect("a test's file or model")[..], b"\0", card.as_bytes()]
        .concat()
}

struct Scene {
    temp: tempfile::TempDir,
    bench: String,
}

impl Scene {
    fn new() -> Self {
        let temp = tempfile::tempdir().expect("a test's file or model");
        let bench = text(&temp.path().join("bench"));
        run_well(["phantom", "--out", &bench, "--images", "6", "--seed", "4", "--size", "96"]);
        fs::write(temp.path().join("model.toml"), CARD).expect("a test's file or model");
        Self { temp, bench }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.temp.path().join(name)
    }

    fn place(&self, name: &str) -> String {
        text(&self.path(name))
    }

    fn save(&self, name: &str, model: &ModelProto) -> String {
        fs::write(self.path(name), model.write_buf().expect("a test's file or model"))
            .expect("a test's file or model");
        self.place(name)
    }

    /// Error of `scr model check`.
    fn refusal(&self, name: &str, model: &ModelProto) -> String {
        let model = self.save(name, model);
        let finished = run(["model", "check", &model, "--card", &self.place("model.toml")]);
        assert_eq!(finished.code, 1, "{}", finished.stdout);
        finished.stderr
    }
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).expect("a test's file or model")
}

/// Library of ONNX Runtime; with `SCR_ONNXRUNTIME` set, it must be there.
fn onnxruntime() -> Option<String> {
    let library = std::env::var("SCR_ONNXRUNTIME").ok();
    if library.is_none() {
        println!("skipped: SCR_ONNXRUNTIME does not name a library of ONNX Runtime");
    }
    library
}

#[test]
fn onnx_runtime_gives_the_masks_of_the_built_in_runtime() {
    let Some(library) = onnxruntime() else { return };
    let scene = Scene::new();
    let (file, card) = (scene.save("dark.onnx", &model(dark())), scene.place("model.toml"));
    let segment = |out: &str, more: &[&str]| {
        let (out, soft) = (scene.place(out), scene.place(&format!("{out}-soft")));
        let line = ["run", "onnx", "--model", &file, "--card", &card, "--benchmark", &scene.bench];
        run_well([&line[..], &["--out", &out, "--soft", &soft], more].concat());
    };
    segment("built-in", &[]);
    segment("library", &["--onnxruntime", &library]);
    let (expected, found) = (files(&scene.path("built-in")), files(&scene.path("library")));
    assert_eq!(expected.len(), found.len());
    for (name, bytes) in &expected {
        assert!(name == "run.json" || *bytes == found[name], "{name}");
    }
    let record: serde_json::Value = serde_json::from_slice(&found["run.json"]).unwrap();
    let runtime = record["runtime"].as_str().unwrap();
    assert!(runtime.starts_with("onnxruntime, libonnxruntime"), "{runtime}");
    if cfg!(target_os = "linux") {
        let in_force = record["confinement"].as_str().unwrap();
        assert!(!in_force.contains("not in force"), "{in_force}");
    }
    let line = ["model", "check", &file, "--card", &card, "--onnxruntime", &library];
    assert!(run_well(line).contains("process       onnxruntime, lib"));
}

#[test]
fn a_library_that_is_not_onnx_runtime_is_refused() {
    let scene = Scene::new();
    let (file, card) = (scene.save("dark.onnx", &model(dark())), scene.place("model.toml"));
    let check = |library: &str| {
        let line = ["model", "check", &file, "--card", &card, "--onnxruntime", library];
        let finished = run(line);
        assert_eq!(finished.code, 1, "{}", finished.stdout);
        finished.stderr
    };
    let missing = check(&scene.place("missing.so"));
    assert!(missing.contains("missing.so"), "{missing}");
    let other = check(&file);
    assert!(other.contains("expected the shared library of ONNX Runtime"), "{other}");
}

#[test]
fn a_model_segments_a_benchmark_and_single_images_alike() {
    let scene = Scene::new();
    let (file, card) = (scene.save("dark.onnx", &model(dark())), scene.place("model.toml"));
    let out = scene.place("out");
    let line = ["run", "onnx", "--model", &file, "--card", &card, "--benchmark", &scene.bench];
    let table = run_well([&line[..], &["--out", &out, "--evaluate"]].concat());
    assert!(table.contains("| onnx "), "{table}");
    let masks = files(&scene.path("out"));
    assert_eq!(masks.len(), 6 * 5 + 1, "masks and the record");
    let record: serde_json::Value = serde_json::from_slice(&masks["run.json"]).unwrap();
    assert!(record["model_digest"].as_str().unwrap().starts_with("sha256:"), "{record}");
    if cfg!(target_os = "linux") {
        let in_force = record["confinement"].as_str().unwrap();
        assert!(!in_force.contains("not in force"), "{in_force}");
    }

    let two = ["--model-fold-2", &file, "--out", &scene.place("two")];
    run_well([&line[..], &two].concat());
    for (name, bytes) in files(&scene.path("two")) {
        assert!(name == "run.json" || masks[&name] == bytes, "{name}");
    }
    let image = text(&Path::new(&scene.bench).join("images/JPCLN001.png"));
    let (single, soft) = (scene.place("single"), scene.place("soft"));
    let segment = ["segment", &file, &image, "--card", &card, "--out", &single, "--soft", &soft];
    run_well(segment);
    let mask = "right_lung/JPCLN001.png";
    assert_eq!(read(&scene.path("single").join(mask)), masks[mask]);
    assert_eq!(files(&scene.path("soft")).len(), 5);
}

#[test]
fn a_card_in_the_metadata_is_used_and_explained() {
    let scene = Scene::new();
    let mut with_card = model(dark());
    with_card.metadata_props =
        vec![StringStringEntryProto { key: Some("scr.card".into()), value: Some(CARD.into()) }];
    // The runtime's writer keeps no metadata: the entry is field 14 of the message.
    let mut bytes = with_card.write_buf().unwrap();
    let entry = [&[10, 8][..], b"scr.card", &[18], &length(CARD.len()), CARD.as_bytes()].concat();
    bytes.extend([&[14 << 3 | 2][..], &length(entry.len()), &entry].concat());
    fs::write(scene.path("card.onnx"), bytes).unwrap();
    let (file, picture) = (scene.place("card.onnx"), scene.place("picture.svg"));
    let told = run_well(["model", "check", &file, "--out", &picture]);
    for part in ["Conv 1, Sigmoid 1", "64 x 64 px (area)", "darkest value to 0", "heart"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(told.lines().all(|line| line.chars().count() <= 100), "{told}");
    assert!(String::from_utf8(read(&scene.path("picture.svg"))).unwrap().contains("<svg"));
    let without = scene.save("without.onnx", &model(dark()));
    let finished = run(["model", "check", &without]);
    assert!(finished.stderr.contains("expected a model card"), "{}", finished.stderr);
}

fn length(n: usize) -> Vec<u8> {
    if n < 128 { vec![n as u8] } else { vec![n as u8 & 127 | 128, (n >> 7) as u8] }
}

#[test]
fn hostile_models_are_refused_with_words() {
    let scene = Scene::new();
    let refusal = |change: &dyn Fn(&mut ModelProto)| {
        let mut changed = model(dark());
        change(&mut changed);
        scene.refusal("changed.onnx", &changed)
    };
    fn graph(model: &mut ModelProto) -> &mut GraphProto {
        model.graph.as_mut().unwrap()
    }
    let external = refusal(&|model| {
        graph(model).initializer[0].data_location = Some(DataLocation::EXTERNAL);
    });
    assert!(external.contains("external data: `k`"), "{external}");
    let foreign = refusal(&|model| graph(model).node[1].domain = Some("com.evil".into()));
    assert!(foreign.contains("`com.evil`"), "{foreign}");
    let operators = refusal(&|model| {
        graph(model).node[0].op_type = Some("Loop".into());
        model.opset_import[0].version = Some(99);
    });
    assert!(operators.contains("`Loop`") && operators.contains("opset 99"), "{operators}");
    let absurd = refusal(&|model| graph(model).initializer[0].dims = vec![1 << 40, 1 << 40]);
    assert!(absurd.contains("larger ones"), "{absurd}");
    let inputs = refusal(&|model| graph(model).input.push(value("z", &[1, 1, 2, 2])));
    assert!(inputs.contains("one input"), "{inputs}");
    let size = refusal(&|model| graph(model).input = vec![value("x", &[1, 1, 32, 32])]);
    assert!(size.contains("[32, 32] as in the model"), "{size}");
    let channels = refusal(&|model| {
        graph(model).initializer[0] = constant("k", &[4, 1, 1, 1], &[1.0; 4]);
        graph(model).initializer[1] = constant("b", &[4], &[0.0; 4]);
    });
    assert!(channels.contains("1 x 5 x height x width"), "{channels}");
    let not_finite = refusal(&|model| {
        graph(model).initializer[1] = constant("b", &[5], &[f32::NAN; 5]);
    });
    assert!(not_finite.contains("finite numbers, found NaN"), "{not_finite}");
    let logits = refusal(&|model| {
        graph(model).node.pop();
        graph(model).output = vec![value("c", &[1, 5, 64, 64])];
    });
    assert!(logits.contains("output.logits = true"), "{logits}");
    let deep = refusal(&|model| {
        for _ in 0..40 {
            let inner = std::mem::take(graph(model));
            let mut outer = dark();
            outer.node[1].attribute =
                vec![AttributeProto { g: Some(inner), ..AttributeProto::default() }];
            *graph(model) = outer;
        }
    });
    assert!(deep.contains("deep"), "{deep}");
}

/// A model that asks for 64 GiB.
fn greedy() -> GraphProto {
    let mut greedy = dark();
    let shape = TensorProto {
        name: Some("s".into()),
        dims: vec![4],
        data_type: Some(DataType::INT64),
        int64_data: vec![1, 1, 1 << 17, 1 << 17],
        ..TensorProto::default()
    };
    greedy.initializer.push(shape);
    greedy.node.insert(0, node("ConstantOfShape", &["s"], "huge"));
    greedy.node.insert(1, node("ReduceMax", &["huge"], "most"));
    greedy.node[2].output = vec!["d".into()];
    greedy.node.insert(3, node("Add", &["d", "most"], "c"));
    greedy
}

/// A model of many convolutions, which for 4000 never ends.
fn slow(n_layers: usize) -> GraphProto {
    let mut slow = dark();
    let big = [1.0; 1600];
    slow.initializer.push(constant("w", &[1, 1, 40, 40], &big));
    slow.node.remove(0);
    let mut last = "x".to_owned();
    for layer in 0..n_layers {
        let next = format!("l{layer}");
        let mut convolution = node("Conv", &[&last, "w"], &next);
        let pads = vec![20, 20, 19, 19];
        convolution.attribute = vec![AttributeProto {
            name: Some("pads".into()),
            ints: pads,
            r#type: Some(rten_onnx::onnx::AttributeType::INTS),
            ..AttributeProto::default()
        }];
        slow.node.insert(layer, convolution);
        last = next;
    }
    slow.node.insert(n_layers, node("Conv", &[&last, "k", "b"], "c"));
    slow
}

/// Bytes of a model that takes about a second an image.
pub(crate) fn leisurely_model() -> Vec<u8> {
    model(slow(200)).write_buf().expect("a test's file or model")
}

/// Bytes of models of five structures by their names.
pub(crate) fn example_models() -> [(&'static str, Vec<u8>); 5] {
    let bytes = |graph: GraphProto| model(graph).write_buf().expect("a test's file or model");
    let mut not_finite = dark();
    not_finite.initializer[1] = constant("b", &[5], &[f32::NAN; 5]);
    let mut brighter = dark();
    brighter.initializer[1] = constant("b", &[5], &[9.0, -9.0, 5.0, 3.0, -3.0]);
    let graphs = [
        ("dark", dark()),
        ("brighter", brighter),
        ("not finite", not_finite),
        ("greedy", greedy()),
        ("slow", slow(4000)),
    ];
    graphs.map(|(name, graph)| (name, bytes(graph)))
}

#[test]
fn a_model_has_limits_of_memory_and_time() {
    let scene = Scene::new();
    let told = scene.refusal("greedy.onnx", &model(greedy()));
    assert!(told.contains("memory") || told.contains("the model"), "{told}");

    let file = scene.save("slow.onnx", &model(slow(4000)));
    let card = scene.place("model.toml");
    let finished = run(["model", "check", &file, "--card", &card, "--model-time", "1"]);
    assert!(finished.stderr.contains("took longer than 1 s"), "{}", finished.stderr);
}
