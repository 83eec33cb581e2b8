//! Hostile archives, and archives of unusual tools.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::fixture::{Fixture, masks, zip};

/// Fields of an entry in the directory, by their places in its header.
mod field {
    pub(super) const HEADER_BYTES: usize = 46;
    pub(super) const FLAGS: usize = 8;
    pub(super) const METHOD: usize = 10;
    pub(super) const CRC: usize = 16;
    pub(super) const COMPRESSED_BYTES: usize = 20;
    pub(super) const BYTES: usize = 24;
    pub(super) const ATTRIBUTES: usize = 38;
    pub(super) const HEADER_START: usize = 42;
}

/// Position of an entry's header in the directory, which follows all entries.
fn header(zip: &[u8], name: &str) -> usize {
    let at = zip.windows(name.len()).rposition(|window| window == name.as_bytes()).unwrap();
    at - field::HEADER_BYTES
}

/// Overwrites a field of an entry.
fn set(zip: &mut [u8], name: &str, field: usize, bytes: &[u8]) {
    let at = header(zip, name) + field;
    zip[at..at + bytes.len()].copy_from_slice(bytes);
}

/// Renames an entry in both its headers; the new name has the same length.
fn rename(zip: &mut [u8], from: &str, to: &[u8]) {
    assert_eq!(from.len(), to.len(), "{}", to.escape_ascii());
    for at in 0..zip.len() - from.len() {
        if zip[at..].starts_with(from.as_bytes()) {
            zip[at..at + to.len()].copy_from_slice(to);
        }
    }
}

fn whole() -> Vec<u8> {
    zip(&masks(3, |_| String::new()))
}

#[test]
fn a_name_that_leads_out_or_misleads_is_refused_and_shown_harmlessly() {
    let fixture = Fixture::new(3);
    for (name, found) in [
        (&b"/etc/passwd/A1.png"[..], "a path from the root of a disk"),
        (b"C:/heart/A1.png", "a path from the root of a disk"),
        (b"../../heart/A1.png", "leads out"),
        (b"heart/../../A1.png", "leads out"),
        (b"heart/..", "leads out"),
        (b"heart\\A1.png", "a backslash"),
        (b"heart/A1\0.png", "a control character"),
        (b"heart/A1\x1b[2J\r\n.png", "a control character"),
        (b"heart//A1.png", "a part without a name"),
        (b"./heart/A1.png", "a part without a name"),
        (b"heart/\xff\xfe.png", "a name that is not UTF-8"),
        (b"/", "a part without a name"),
    ] {
        let mut files = masks(3, |_| String::new());
        let stand_in = "#".repeat(name.len());
        files.push((stand_in.clone(), files[0].1.clone()));
        let mut bytes = zip(&files);
        rename(&mut bytes, &stand_in, name);
        let problems = fixture.problems_of(&bytes);
        assert_eq!(problems.len(), 1, "{problems:#?}");
        assert!(problems[0].starts_with("pred.zip/"), "{problems:?}");
        assert!(problems[0].contains(found), "{problems:?}");
        assert!(!problems[0].replace('\n', "").contains(char::is_control), "{problems:?}");
    }
    let mut files = masks(3, |_| String::new());
    files.push(("x".repeat(5000), Vec::new()));
    let problems = fixture.problems_of(&zip(&files));
    assert!(problems[0].contains("a name of 5000 bytes") && problems[0].len() < 500);
}

#[test]
fn an_entry_that_is_no_plain_file_is_refused() {
    let fixture = Fixture::new(3);
    for (mode, found) in [
        (0o120_777_u32, "a symbolic link"),
        (0o010_644, "a named pipe"),
        (0o020_644, "a device"),
        (0o140_644, "a socket"),
        (0o040_755, "a folder"),
    ] {
        let mut bytes = whole();
        set(&mut bytes, "heart/A2.png", field::ATTRIBUTES, &(mode << 16).to_le_bytes());
        let hint = "zip the files themselves, without links";
        let expected =
            format!("pred.zip/heart/A2.png: expected a file, found {found}\n    hint: {hint}");
        assert_eq!(fixture.problems_of(&bytes), [expected]);
    }
    let mut zip = ZipWriter::new_append(Cursor::new(whole())).unwrap();
    zip.add_symlink("more", "../../etc", SimpleFileOptions::default()).unwrap();
    let problems = fixture.problems_of(&zip.finish().unwrap().into_inner());
    assert_eq!(problems.len(), 1);
    assert!(problems[0].starts_with("pred.zip/more: expected a file, found a symbolic link"));
}

#[test]
fn an_encrypted_entry_and_one_of_another_method_say_what_to_do() {
    let fixture = Fixture::new(3);
    let mut bytes = whole();
    set(&mut bytes, "heart/A1.png", field::FLAGS, &[1, 0]);
    let problems = fixture.problems_of(&bytes);
    assert_eq!(problems.len(), 1);
    assert!(problems[0].contains("heart/A1.png"), "{problems:?}");
    assert!(problems[0].contains("found an encrypted one"), "{problems:?}");
    assert!(problems[0].contains("without a password"), "{problems:?}");

    for (method, name) in [(9, "Deflate64"), (14, "Lzma"), (93, "Zstd"), (77, "Unknown")] {
        let mut bytes = whole();
        set(&mut bytes, "heart/A1.png", field::METHOD, &[method, 0]);
        let problems = fixture.problems_of(&bytes);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].contains(&format!("found the method {name}")), "{problems:?}");
        assert!(problems[0].contains("deflate, or without compression"), "{problems:?}");
    }
}

#[test]
fn an_entry_that_lies_about_its_size_is_refused() {
    let fixture = Fixture::new(3);
    // One is stored, the other compressed.
    for name in ["heart/A1.png", "heart/A2.png"] {
        for (bytes, found) in [(9_u32, "arger"), (9_999_999, "fewer bytes than the 9999999")] {
            let mut zip = whole();
            set(&mut zip, name, field::BYTES, &bytes.to_le_bytes());
            let problems = fixture.problems_of(&zip);
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert!(problems[0].starts_with(&format!("pred.zip/{name}: ")), "{problems:?}");
            assert!(problems[0].contains(found), "{problems:?}");
        }
        let mut zip = whole();
        set(&mut zip, name, field::BYTES, &200_000_000_u32.to_le_bytes());
        let problems = fixture.problems_of(&zip);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].contains("found 200000000 bytes"), "{problems:?}");
    }
}

#[test]
fn an_entry_that_fails_its_checksum_is_refused() {
    let fixture = Fixture::new(3);
    for name in ["heart/A1.png", "heart/A2.png"] {
        let mut bytes = whole();
        set(&mut bytes, name, field::CRC, &[1, 2, 3, 4]);
        let problems = fixture.problems_of(&bytes);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].starts_with(&format!("pred.zip/{name}: ")), "{problems:?}");
        assert!(problems[0].contains("checksum"), "{problems:?}");
    }
}

#[test]
fn two_entries_with_one_name_are_refused() {
    let fixture = Fixture::new(3);
    let mut files = masks(3, |_| String::new());
    for stand_in in ["heart/##.png", "__MACOSX/#1", "__MACOSX/#2"] {
        files.push((stand_in.to_owned(), files[0].1.clone()));
    }
    let mut bytes = zip(&files);
    rename(&mut bytes, "heart/##.png", b"heart/A3.png");
    rename(&mut bytes, "__MACOSX/#1", b"__MACOSX/#2");
    let problems = fixture.problems_of(&bytes);
    assert_eq!(problems.len(), 1, "{problems:?}");
    let expected = "pred.zip/heart/A3.png: expected each name once, found a duplicate name";
    assert!(problems[0].starts_with(expected), "{problems:?}");
}

#[test]
fn entries_that_share_bytes_are_refused() {
    let fixture = Fixture::new(3);
    // The bytes of one mask stand for another as well.
    let mut bytes = whole();
    let at = header(&bytes, "heart/A1.png");
    let fields = [(field::CRC, 12), (field::HEADER_START, 4), (field::METHOD, 2)];
    for (field, length) in fields {
        let copied = bytes[at + field..at + field + length].to_vec();
        set(&mut bytes, "heart/A3.png", field, &copied);
    }
    let problems = fixture.problems_of(&bytes);
    assert_eq!(problems.len(), 1, "{problems:?}");
    let expected = "pred.zip/heart/A3.png: expected an entry with bytes of its own, found bytes shared with heart/A1.png";
    assert!(problems[0].starts_with(expected), "{problems:?}");

    // An entry as long as all that follow it.
    let mut bytes = whole();
    set(&mut bytes, "right_lung/A1.png", field::COMPRESSED_BYTES, &3000_u32.to_le_bytes());
    let problems = fixture.problems_of(&bytes);
    let all = problems.join("\n");
    assert!(all.contains("heart/A3.png: expected an entry with bytes of its own"), "{all}");
    assert!(all.contains("right_lung/A1.png: expected an entry with bytes of its own"), "{all}");
}

#[test]
fn everything_wrong_with_an_archive_is_said_at_once() {
    let fixture = Fixture::new(3);
    let mut files = masks(3, |_| String::new());
    files.retain(|(path, _)| path != "left_lung/A2.png");
    files.push(("spleen/A1.png".to_owned(), files[0].1.clone()));
    files.push(("##/##.png".to_owned(), files[0].1.clone()));
    files.push(("heart/##.png".to_owned(), files[0].1.clone()));
    let mut bytes = zip(&files);
    rename(&mut bytes, "##/##.png", b"../##.png");
    rename(&mut bytes, "heart/##.png", b"heart/A3.png");
    set(&mut bytes, "heart/A1.png", field::FLAGS, &[1, 0]);
    set(&mut bytes, "heart/A2.png", field::METHOD, &[14, 0]);
    set(&mut bytes, "right_lung/A1.png", field::BYTES, &[0xff, 0xff, 0xff, 0xf0]);
    set(&mut bytes, "right_lung/A2.png", field::ATTRIBUTES, &(0o120_777_u32 << 16).to_le_bytes());
    set(&mut bytes, "right_lung/A3.png", field::CRC, &[0; 4]);
    let problems = fixture.problems_of(&bytes);
    let places: Vec<&str> = problems.iter().map(|text| text.split_once(": ").unwrap().0).collect();
    let expected = [
        "../##.png",
        "heart/A1.png",
        "heart/A2.png",
        "heart/A3.png",
        "left_lung/A2.png",
        "right_lung/A1.png",
        "right_lung/A2.png",
        "right_lung/A3.png",
        "spleen",
    ];
    assert_eq!(places, expected.map(|place| format!("pred.zip/{place}")), "{problems:#?}");
}

#[test]
fn what_is_no_zip_is_said_to_be_what_it_looks_like() {
    let fixture = Fixture::new(3);
    let mut tar = vec![0; 1024];
    tar[257..262].copy_from_slice(b"ustar");
    let zip = whole();
    let prepended = [b"#!/bin/sh\n", &zip[..]].concat();
    for (bytes, found) in [
        (&b""[..], "found an empty file"),
        (b"right_lung, left_lung, heart", "found text"),
        (&masks(1, |_| String::new())[0].1, "found a PNG image"),
        (b"\x1f\x8b\x08", "found a gzip file"),
        (b"7z\xbc\xaf\x27\x1c\0", "found a 7-Zip archive"),
        (b"Rar!\x1a\x07\0", "found a RAR archive"),
        (&tar, "found a tar archive"),
        (&zip[..zip.len() - 9], "found a zip archive that cannot be read: "),
        (&zip[..zip.len() / 2], "found a zip archive that cannot be read: "),
        (&prepended, "found bytes of an unknown format"),
    ] {
        let problems = fixture.problems_of(bytes);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].starts_with("pred.zip: expected a folder of masks"), "{problems:?}");
        assert!(problems[0].contains(found), "{problems:?}");
    }
}

#[test]
fn thousands_of_odd_names_fill_no_screen() {
    let fixture = Fixture::new(3);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..20_000 {
        zip.start_file(format!("#!#!{index}"), SimpleFileOptions::default()).unwrap();
        zip.write_all(b"").unwrap();
    }
    let mut bytes = zip.finish().unwrap().into_inner();
    rename(&mut bytes, "#!#!", b"\\!#!");
    let problems = fixture.problems_of(&bytes);
    assert_eq!(problems.len(), 10_001);
    assert!(problems[0].contains("found 10000 more than are listed"), "{}", problems[0]);
}
