//! Seeds of the fuzz targets in `fuzz/`: one valid file of every kind.
//!
//! Written to `target/fuzz-seeds/TARGET/NAME` for `fuzz/run`. The test also reads each seed,
//! since a seed that its reader refuses does not help the fuzzer.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use scr_data::{Benchmark, Fold, Landmarks, MaskSet, formats};
use scr_image::{Mask, Radiograph};
use scr_methods::{METHODS, Model, Parameters, TrainingSet, train};
use scr_phantom::{Population, write_benchmark};
use tiff::encoder::{Compression, DeflateLevel, TiffEncoder, colortype};

use crate::command::{files, root, run_well, text};

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

    let mut seeds: BTreeMap<&str, Seeds> = images(&mask, &radiograph);
    seeds.extend(of_a_benchmark(&benchmark, temp.path()));
    seeds.extend(of_a_site());
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

fn images(mask: &Mask, radiograph: &Radiograph) -> BTreeMap<&'static str, Seeds> {
    let png = formats::png::write_radiograph(radiograph).expect("16 bits fit");
    let nifti = nifti(mask);
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(&nifti).expect("memory takes all bytes");
    let gz = gz.finish().expect("memory takes all bytes");
    let seeds = BTreeMap::from([
        ("png", vec![("mask.png", formats::png::write_mask(mask)), ("radiograph.png", png)]),
        ("gif", vec![("mask.gif", formats::gif::write_mask(mask).expect("it is small"))]),
        (
            "tiff",
            vec![
                ("plain.tif", tiff_mask(mask, Compression::Uncompressed)),
                ("lzw.tif", tiff_mask(mask, Compression::Lzw)),
                ("deflate.tif", tiff_mask(mask, Compression::Deflate(DeflateLevel::Fast))),
                ("packbits.tif", tiff_mask(mask, Compression::Packbits)),
                ("radiograph.tif", tiff_radiograph(radiograph)),
            ],
        ),
        (
            "dicom",
            vec![
                ("mask.dcm", dicom(mask, 8, &mask.to_bytes(1))),
                ("radiograph.dcm", dicom(mask, 16, &mask.to_bytes(9).repeat(2))),
            ],
        ),
        ("nifti", vec![("mask.nii", nifti), ("mask.nii.gz", gz)]),
    ]);
    for (name, bytes) in seeds.values().flatten() {
        let is_read = if name.starts_with("radiograph") {
            formats::read_radiograph(name, bytes).map(|_| ())
        } else {
            formats::read_mask(name, bytes).map(|read| assert_eq!(read, *mask, "{name}"))
        };
        assert_eq!(is_read, Ok(()), "{name}");
    }
    let mut seeds: BTreeMap<_, _> =
        seeds.into_iter().map(|(target, list)| (target, named(list))).collect();
    seeds.insert("jsrt", named(vec![("dark", vec![0, 0]), ("bright", vec![0x0f, 0xff, 1, 2])]));
    let bits = mask.to_bytes(1).iter().enumerate().map(|(at, bit)| bit << (at % 8)).collect();
    seeds.insert("outlines", named(vec![("mask", bits), ("noise", (0..200).collect())]));
    seeds
}

fn tiff_mask(mask: &Mask, compression: Compression) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let (width, height) = (mask.size().width as u32, mask.size().height as u32);
    TiffEncoder::new(&mut bytes)
        .expect("memory takes all bytes")
        .with_compression(compression)
        .write_image::<colortype::Gray8>(width, height, &mask.to_bytes(255))
        .expect("it is a small image");
    bytes.into_inner()
}

fn tiff_radiograph(radiograph: &Radiograph) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let (width, height) = (radiograph.size().width as u32, radiograph.size().height as u32);
    TiffEncoder::new(&mut bytes)
        .expect("memory takes all bytes")
        .write_image::<colortype::Gray16>(width, height, radiograph.pixels())
        .expect("it is a small image");
    bytes.into_inner()
}

/// DICOM file with explicit value representations, little-endian (PS3.5, A.2).
fn dicom(mask: &Mask, bits: u16, pixels: &[u8]) -> Vec<u8> {
    let element = |group: u16, number: u16, kind: &str, value: &[u8]| {
        let mut bytes = [group.to_le_bytes(), number.to_le_bytes()].concat();
        bytes.extend(kind.as_bytes());
        if kind == "OW" {
            bytes.extend([0, 0]);
            bytes.extend((value.len() as u32).to_le_bytes());
        } else {
            bytes.extend((value.len() as u16).to_le_bytes());
        }
        bytes.extend(value);
        bytes
    };
    let number = |number, value: usize| element(0x28, number, "US", &(value as u16).to_le_bytes());
    let syntax = element(2, 0x10, "UI", b"1.2.840.10008.1.2.1\0");
    let mut bytes = vec![0; 128];
    bytes.extend(b"DICM");
    bytes.extend(element(2, 0, "UL", &(syntax.len() as u32).to_le_bytes()));
    bytes.extend(syntax);
    bytes.extend(number(0x02, 1));
    bytes.extend(element(0x28, 0x04, "CS", b"MONOCHROME2 "));
    bytes.extend(number(0x10, mask.size().height));
    bytes.extend(number(0x11, mask.size().width));
    bytes.extend(element(0x28, 0x30, "DS", b"1.4\\1.4 "));
    let bits = usize::from(bits);
    for (at, value) in [(0x100, bits), (0x101, bits), (0x102, bits - 1), (0x103, 0)] {
        bytes.extend(number(at, value));
    }
    bytes.extend(element(0x7fe0, 0x10, "OW", pixels));
    bytes
}

/// NIfTI-1 file, little-endian, 8-bit.
fn nifti(mask: &Mask) -> Vec<u8> {
    let mut bytes = vec![0; 352];
    let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
    put(0, &348i32.to_le_bytes());
    let dim = [2, mask.size().width as u16, mask.size().height as u16];
    put(40, &dim.map(u16::to_le_bytes).concat());
    put(70, &2i16.to_le_bytes());
    put(72, &8i16.to_le_bytes());
    put(108, &352f32.to_le_bytes());
    put(344, b"n+1\0");
    bytes.extend(mask.to_bytes(1));
    bytes
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
    BTreeMap::from([
        ("benchmark", named(vec![("phantoms", tables.join(&b"\n%%\n"[..]))])),
        ("landmarks", named(vec![("phantom.csv", landmarks)])),
        ("pfs", named(vec![("one.pfs", pfs.to_vec())])),
        ("mask_set", named(vec![("masks.zip", zip)])),
        ("result", named(vec![("exact.json", run_well(arguments).into_bytes())])),
    ])
}

/// Model files without their checksum, which the target adds.
fn models(benchmark: &Benchmark) -> Seeds {
    let set = TrainingSet::new(benchmark, Fold::One);
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
