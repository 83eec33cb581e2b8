//! Seeds of the fuzz targets in `fuzz/`: one valid file of every kind.
//!
//! Written to `target/fuzz-seeds/TARGET/NAME` for `fuzz/run`. The test also reads each seed,
//! since a seed that its reader refuses does not help the fuzzer.

mod images;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use scr_data::{Benchmark, Fold, Landmarks, MaskSet, formats};
use scr_eval::{Settings, Shard, ShardEvaluation};
use scr_methods::{METHODS, Model, Parameters, TrainingSet, train};
use scr_phantom::{Population, write_benchmark};
use scr_report::{checkpoint_image, shard_document};

use crate::command::{files, root, run_well, text};
use crate::resuming::MemoryCheckpoint;

/// Maximal size of a seed: the fuzzer changes few bytes at a time.
const MAX_SEED_BYTES: usize = 256 << 10;
const CLAIMS: &str = r#"{"iss":"https://orcid.org","sub":"0000-0002-1825-0097","aud":["APP-1"],"azp":"APP-1","exp":60,"nonce":"nonce","name":"Josiah Carberry","email":"j@example.org"}"#;
const TOKEN: &str = "eyJpc3MiOiJodHRwczovL29yY2lkLm9yZyIsInN1YiI6IjAwMDAtMDAwMi0xODI1LTAwOTciLCJhdWQiOlsiQVBQLTEiXSwiYXpwIjoiQVBQLTEiLCJleHAiOjYwLCJub25jZSI6Im5vbmNlIiwibmFtZSI6Ikpvc2lhaCBDYXJiZXJyeSIsImVtYWlsIjoiakBleGFtcGxlLm9yZyJ9";

/// Seeds of one target: name and bytes.
type Seeds = Vec<(String, Vec<u8>)>;

#[test]
fn every_fuzz_target_has_seeds_that_its_reader_takes() {
    let temp = tempfile::tempdir().expect("a folder can be made");
    let folder = temp.path().join("benchmark");
    write_benchmark(&Population::new(4, 5), 64, &folder, &|_, _, _| ()).expect("it is drawn");
    let benchmark = Benchmark::open(&folder).expect("it is a benchmark");
    let image = &benchmark.images[0];
    let radiograph = benchmark.read_radiograph(image).expect("it is drawn");
    let mask = benchmark
        .read_mask(
            benchmark.reference(),
            &benchmark.structures[2],
            image,
            &mut benchmark.manifest(),
        )
        .expect("it is drawn");

    let mut seeds: BTreeMap<&str, Seeds> = images::seeds(&mask, &radiograph);
    seeds.extend(of_a_benchmark(&benchmark, temp.path()));
    seeds.extend(of_a_site());
    seeds.insert("annotations", annotations());
    seeds.insert("model", models(&benchmark));

    let targets: BTreeSet<String> = files(&root().join("fuzz/fuzz_targets"))
        .into_keys()
        .map(|name| name.trim_end_matches(".rs").to_owned())
        .collect();
    let named: BTreeSet<String> = seeds.keys().map(|&name| name.to_owned()).collect();
    assert_eq!(named, targets);
    let out = root().join("target/fuzz-seeds");
    for (target, seeds) in seeds {
        let folder = out.join(target);
        fs::create_dir_all(&folder).expect("it can be made");
        for (name, bytes) in seeds.into_iter().filter(|(_, bytes)| bytes.len() <= MAX_SEED_BYTES) {
            fs::write(folder.join(name), bytes).expect("it can be written");
        }
    }
}

fn named(list: Vec<(&str, Vec<u8>)>) -> Seeds {
    list.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect()
}

fn of_a_benchmark(benchmark: &Benchmark, temp: &Path) -> BTreeMap<&'static str, Seeds> {
    let read = |path: &str| fs::read(benchmark.root().join(path)).expect("it is drawn");
    let tables = ["benchmark.toml", "images.csv", "literature.csv"].map(read);
    let landmarks = read(&format!("landmarks/reference/{}.csv", benchmark.images[0].id));
    assert!(Landmarks::from_csv("landmarks", &landmarks).is_ok());
    let pfs = b"{\n[Label=right lung]\n[Mode=1]\n{ 1.5, 2 }\n{ 3, 4.25 }\n} ; end\n";
    assert!(formats::pfs::parse(pfs).is_ok_and(|objects| objects[0].points.len() == 2));

    let masks = benchmark.root().join("masks/reference");
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files(&masks) {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("it is small");
        zip.write_all(&bytes).expect("memory takes all bytes");
    }
    let zip = zip.finish().expect("memory takes all bytes").into_inner();
    fs::write(temp.join("masks.zip"), &zip).expect("it can be written");
    assert!(MaskSet::open(&temp.join("masks.zip"), benchmark).is_ok());

    let (masks, root) = (text(&masks), text(benchmark.root()));
    let arguments = ["evaluate", &masks, "--benchmark", &root, "--format", "json", "--per-image"];
    let shard = ["evaluate", &masks, "--benchmark", &root, "--shard", "1/1"];
    BTreeMap::from([
        ("benchmark", named(vec![("phantoms", tables.join(&b"\n%%\n"[..]))])),
        ("landmarks", named(vec![("phantom.csv", landmarks)])),
        ("pfs", named(vec![("one.pfs", pfs.to_vec())])),
        ("mask_set", named(vec![("masks.zip", zip)])),
        ("onnx", named(vec![("sigmoid.onnx", crate::onnx_models::fuzz_seed())])),
        ("result", named(vec![("exact.json", run_well(arguments).into_bytes())])),
        ("shard", named(vec![("whole.json", run_well(shard).into_bytes())])),
        ("checkpoint", named(vec![("whole", checkpoint(benchmark))])),
    ])
}

/// Checkpoint of an evaluation of the reference against itself.
fn checkpoint(benchmark: &Benchmark) -> Vec<u8> {
    let masks = MaskSet::open(&benchmark.root().join("masks/reference"), benchmark);
    let (masks, settings) = (masks.expect("they are drawn"), Settings::default());
    let evaluation = ShardEvaluation::new(benchmark, &masks, &settings, Shard::WHOLE);
    let evaluation = evaluation.expect("the reference is there");
    let kept = MemoryCheckpoint::default();
    evaluation.run(Some(&kept), &|| ()).expect("they are drawn");
    let outline = serde_json::to_string(&shard_document(&evaluation.outline()));
    let images = kept.images().into_values();
    let images = images.map(|image| serde_json::to_string(&checkpoint_image(&image)));
    let lines: Result<Vec<String>, _> = [outline].into_iter().chain(images).collect();
    (lines.expect("they have text keys").join("\n") + "\n").into_bytes()
}

/// Annotations of an image `a.png` of 12 x 8 pixels, behind the byte of their kind. Each is
/// planned as a benchmark in `scr-import`'s own tests.
fn annotations() -> Seeds {
    let coco = r#"{"images":[{"id":1,"file_name":"a.png","width":12,"height":8}],"categories":
        [{"id":1,"name":"lung"}],"annotations":[{"id":1,"image_id":1,"category_id":1,
        "segmentation":[[1,1,5,1,5,5]]},{"id":2,"image_id":1,"category_id":1,
        "segmentation":{"size":[8,12],"counts":"322OO"}}]}"#;
    let darwin = r#"{"version":"2.0","item":{"name":"a.png","path":"/","slots":[]},"annotations":
        [{"id":"x","name":"lung","polygon":{"paths":[[{"x":1,"y":1},{"x":5,"y":1},{"x":5,"y":5}]]}}]}"#;
    let labelme = r#"{"shapes":[{"label":"lung","points":[[1,1],[5,1],[5,5]],"shape_type":
        "polygon"}],"imagePath":"a.png","imageHeight":8,"imageWidth":12}"#;
    let cvat = r#"<annotations><image name="a.png" width="12" height="8"><polygon label="lung"
        points="1,1;5,1;5,5"/><mask label="lung" rle="1,2,1" left="0" top="0" width="2" height="2"/>
        </image></annotations>"#;
    let seed = |kind: u8, text: &str| [&[kind], text.as_bytes()].concat();
    named(vec![
        ("coco.json", seed(0, coco)),
        ("darwin.json", seed(0, darwin)),
        ("labelme.json", seed(0, labelme)),
        ("cvat.xml", seed(1, cvat)),
        ("runs.csv", seed(2, "image_id,class,EncodedPixels\na.png,lung,1 3 9 3\n")),
        ("yolo.txt", seed(3, "0 0.1 0.1 0.5 0.1 0.5 0.5\n")),
        ("labels.csv", seed(4, "value,name\n0,background\n255,lung\n")),
        ("dataset.json", seed(5, r#"{"labels":{"background":0,"lung":255}}"#)),
    ])
}

/// Model files without their checksum, which the target adds.
fn models(benchmark: &Benchmark) -> Seeds {
    let set = TrainingSet::new(benchmark, Fold::Number(1));
    let model = |method: &&dyn scr_methods::Method| {
        let parameters = Parameters::new(method.info(), &[]).expect("defaults are good");
        let model = train(*method, &set, &parameters, 1, &|_, _, _| ()).expect("it is trained");
        let mut bytes = model.to_bytes();
        assert!(Model::from_bytes(method.info().id, &bytes).is_ok());
        bytes.truncate(bytes.len() - 32);
        (method.info().id.to_owned(), bytes)
    };
    // The other methods hold a pixel classifier, whose samples make models large.
    METHODS.iter().take(6).map(model).collect()
}

fn of_a_site() -> BTreeMap<&'static str, Seeds> {
    let answer = format!(r#"{{"id_token":"e30.{TOKEN}.x","token_type":"Bearer"}}"#);
    let body = |which: u8, body: &str| [&[which], body.as_bytes()].concat();
    let card = r##"{"card":{"name":"A","authors":["B"],"description":"# C","two_fold_declaration":true},
        "size_bytes":10,"accept_terms":true,"confirm":true,"file":{"name":"m.zip","beginning":"00"}}"##;
    let publication = r#"{"doi":"10.1000/1","title":"T","authors":["A"],"year":2020}"#;
    let part = "--B\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nA\r\n--B--\r\n";
    let text = "# A\n\n*b* **c** `d` [e](https://f.org) ![g](h)\n\n- i\n\n> j\n\n|k|l|\n|-|-|\n|m|n|\n\n<b>o</b>\n";
    BTreeMap::from([
        (
            "id_token",
            named(vec![("answer.json", answer.into_bytes()), ("claims.json", CLAIMS.into())]),
        ),
        ("markdown", named(vec![("card.md", text.into())])),
        (
            "api",
            named(vec![
                ("begin", body(0, card)),
                ("piece", body(1, "PK")),
                ("review", body(4, r#"{"decision":"return","message":"no"}"#)),
                ("terms", body(6, r#"{"version":"x"}"#)),
                ("publication", body(7, publication)),
                ("message", body(8, r#"{"message":"m","reply_to":"a@b.org"}"#)),
                ("name", body(9, r#"{"name":"N"}"#)),
            ]),
        ),
        (
            "forms",
            named(vec![
                ("submit", body(0, part)),
                ("publication", body(1, "title=T&authors=A&year=2020&doi=10.1000/1")),
                ("message", body(3, "message=m&reply_to=a@b.org")),
                ("token", body(5, "name=n&scope=read&password=x")),
            ]),
        ),
    ])
}
