//! Zip bombs: a megabyte that declares a gigabyte, a megabyte that unpacks to a gigabyte
//! without declaring it, and a million names. Runs in its own process, to measure memory.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "tests make and damage files")]

use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;

use flate2::write::DeflateEncoder;
use flate2::{Compression, FlushCompress};
use scr_data::digest::Manifest;
use scr_data::{Benchmark, MaskSet};

const GIGABYTE: u32 = 1 << 30;

/// A gigabyte of zeros, compressed to a megabyte.
fn zeros() -> Vec<u8> {
    let megabyte = vec![0; 1 << 20];
    let mut whole = Vec::new();
    let mut compress = flate2::Compress::new(Compression::best(), false);
    let mut part = Vec::with_capacity(1 << 16);
    compress.compress_vec(&megabyte, &mut part, FlushCompress::Full).unwrap();
    for _ in 0..1024 {
        whole.extend_from_slice(&part);
    }
    // The last block, which is empty.
    whole.extend(DeflateEncoder::new(Vec::new(), Compression::none()).finish().unwrap());
    whole
}

/// A zip file of one entry, by hand.
fn zip(name: &str, compressed: &[u8], declared_bytes: u32) -> Vec<u8> {
    let fields = |zip: &mut Vec<u8>| {
        // Version 2.0, no flags, deflate, no time, no checksum.
        zip.extend([20, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        zip.extend((compressed.len() as u32).to_le_bytes());
        zip.extend(declared_bytes.to_le_bytes());
        zip.extend((name.len() as u32).to_le_bytes());
    };
    let mut zip = b"PK\x03\x04".to_vec();
    fields(&mut zip);
    zip.extend(name.as_bytes());
    zip.extend(compressed);
    let directory = zip.len() as u32;
    zip.extend(b"PK\x01\x02\x14\0");
    fields(&mut zip);
    zip.extend([0; 14]);
    zip.extend(name.as_bytes());
    let directory_bytes = zip.len() as u32 - directory;
    zip.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    zip.extend(directory_bytes.to_le_bytes());
    zip.extend(directory.to_le_bytes());
    zip.extend([0; 2]);
    zip
}

/// Peak memory of the process in kilobytes; none when the system does not report it.
fn most_memory_kb() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}

/// A benchmark of one image and one structure.
fn benchmark(folder: &Path) -> Benchmark {
    let write = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
    write("images.csv", b"image_id,fold\nA1,1\n");
    write(
        "benchmark.toml",
        b"id = \"tiny\"\ntitle = \"Tiny\"\n\
          [images]\ntable = \"images.csv\"\nfolder = \"i\"\npattern = \"{image_id}.png\"\n\
          spacing_mm = \"unknown\"\n\
          [[structures]]\nid = \"heart\"\nname = \"Heart\"\n\
          [[objects]]\nid = \"heart\"\nname = \"Heart\"\nstructures = [\"heart\"]\n\
          [[observers]]\nid = \"reference\"\nname = \"First\"\nfolder = \"masks\"\n\
          pattern = \"{structure}/{image_id}.png\"\n[folds]\ncolumn = \"fold\"\n",
    );
    Benchmark::open(folder).unwrap()
}

/// Writes a zip file whose directory holds `count` names, each of an empty file.
fn write_names(path: &Path, count: u64) {
    let mut file = BufWriter::new(fs::File::create(path).unwrap());
    let mut directory_bytes = 0;
    for index in 0..count {
        let name = format!("heart/{index}.png");
        let mut record = b"PK\x01\x02\x14\0\x14\0".to_vec();
        record.extend([0; 20]);
        record.extend((name.len() as u16).to_le_bytes());
        record.extend([0; 16]);
        record.extend(name.as_bytes());
        file.write_all(&record).unwrap();
        directory_bytes += record.len() as u64;
    }
    // The Zip64 end record, its locator, and the end record.
    let mut end = b"PK\x06\x06\x2c\0\0\0\0\0\0\0\x2d\0\x2d\0\0\0\0\0\0\0\0\0".to_vec();
    for number in [count, count, directory_bytes, 0] {
        end.extend(number.to_le_bytes());
    }
    end.extend(b"PK\x06\x07\0\0\0\0");
    end.extend(directory_bytes.to_le_bytes());
    end.extend(b"\x01\0\0\0PK\x05\x06\0\0\0\0");
    end.extend([0xff; 12]);
    end.extend([0; 2]);
    file.write_all(&end).unwrap();
    file.flush().unwrap();
}

#[test]
fn a_million_names_are_refused_without_making_room_for_them() {
    let temp = tempfile::tempdir().unwrap();
    let benchmark = benchmark(temp.path());
    let path = temp.path().join("pred.zip");
    let before = most_memory_kb();
    write_names(&path, 1_000_001);
    let error = MaskSet::open(&path, &benchmark).unwrap_err().to_string();
    assert!(error.contains("1000001"), "{error}");
    if let (Some(before), Some(after)) = (before, most_memory_kb()) {
        assert!(after - before < 30_000, "{before} kB before, {after} kB after");
    }
}

#[test]
fn a_zip_bomb_is_refused_without_making_room_for_it() {
    let temp = tempfile::tempdir().unwrap();
    let benchmark = benchmark(temp.path());
    let path = temp.path().join("pred.zip");
    let compressed = zeros();
    assert!(compressed.len() < 2 << 20);
    let before = most_memory_kb();

    fs::write(&path, zip("heart/A1.png", &compressed, GIGABYTE)).unwrap();
    let error = MaskSet::open(&path, &benchmark).unwrap_err().to_string();
    assert!(error.contains("heart/A1.png") && error.contains("1073741824 bytes"), "{error}");

    fs::write(&path, zip("heart/A1.png", &compressed, 5000)).unwrap();
    let set = MaskSet::open(&path, &benchmark).unwrap();
    let problem = set.read_mask(&benchmark, 0, 0, None, &mut Manifest::default()).unwrap_err();
    assert!(problem.found.contains("arger than its declared"), "{problem}");

    if let (Some(before), Some(after)) = (before, most_memory_kb()) {
        assert!(after - before < 30_000, "{before} kB before, {after} kB after");
    }
}
