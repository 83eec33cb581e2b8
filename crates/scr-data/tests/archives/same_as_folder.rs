//! Equality of a zip file and the folder it was made of.

use rayon::prelude::*;
use scr_data::digest::Manifest;
use scr_data::{Fold, MaskSet};

use crate::fixture::{Files, Fixture, mask, masks, zip};

#[test]
fn a_zip_has_the_masks_and_the_digest_of_its_folder_in_every_layout() {
    let fixture = Fixture::new(4);
    let layouts: [fn(usize) -> String; 4] = [
        |_| String::new(),
        |_| "my results/".to_owned(),
        |index| format!("fold{}/masks/", index % 2 + 1),
        |index| format!("Lunge und Herz, geübt/fold{}/masks/", index % 2 + 1),
    ];
    let mut digests = Vec::new();
    for layout in layouts {
        let mut files = masks(4, layout);
        files.push(("__MACOSX/heart/._A1.png".to_owned(), b"left behind".to_vec()));
        files.push(("heart/.DS_Store".to_owned(), b"left behind".to_vec()));
        files.push(("readme.txt".to_owned(), b"made by hand".to_vec()));
        let folder = fixture.open(&fixture.folder(&files)).unwrap();
        let archive = fixture.open(&fixture.archive(&zip(&files))).unwrap();
        assert_eq!(archive.notices(), folder.notices());
        assert_eq!(archive.notices()[0], "__MACOSX was ignored");
        assert_eq!(archive.structures(), folder.structures());
        assert_eq!(archive.images(), [0, 1, 2, 3]);
        assert_eq!(archive.folds(), [Fold::Number(1), Fold::Number(2)]);
        assert!(archive.masks().eq(folder.masks()));
        assert_eq!(fixture.read(&archive), fixture.read(&folder));
        digests.push(fixture.read(&archive).1);
    }
    digests.dedup();
    let benchmark = &fixture.benchmark;
    assert_eq!(digests, [benchmark.digest(benchmark.reference()).unwrap()]);
}

#[test]
fn a_zip_has_the_problems_of_its_folder() {
    let fixture = Fixture::new(3);
    let mut files = masks(3, |_| String::new());
    let png = files[0].1.clone();
    files.retain(|(path, _)| path != "heart/A2.png");
    for (path, bytes) in [
        ("heart/B7.png", png.clone()),
        ("spleen/A1.png", png.clone()),
        ("heart/A1.gif", png.clone()),
        ("heart-left/A1.png", png.clone()),
        ("A1.png", png.clone()),
        ("fold2/left_lung/A3.png", png.clone()),
        ("a/right_lung/A1.png", png.clone()),
        ("b/right_lung/A1.png", png.clone()),
        ("1/2/3/4/5/6/7/8/9/10/A1.png", png.clone()),
        ("1/2/3/4/5/6/7/8/9/11/A1.png", png.clone()),
        ("heart/A\u{1b}[2J.png", png.clone()),
        ("heart/tab\t/A1.png", png),
        ("left_lung/A2.dcm", b"no image".to_vec()),
    ] {
        files.push((path.to_owned(), bytes));
    }
    let folder = fixture.problems(fixture.open(&fixture.folder(&files)).unwrap_err());
    let archive = fixture.problems_of(&zip(&files));
    let as_folder: Vec<String> =
        archive.iter().map(|text| text.replace("pred.zip", "pred")).collect();
    assert_eq!(as_folder, folder);
    assert!(archive.len() > 10, "{archive:#?}");
    for word in ["pred.zip/heart/A2.png: expected a mask for", "spleen", "deep", "\\u{1b}", "\\t"] {
        assert!(archive.iter().any(|text| text.contains(word)), "{word} is not in {archive:#?}");
    }
    // Independent of the order of the entries.
    files.reverse();
    assert_eq!(fixture.problems_of(&zip(&files)), archive);
}

#[test]
fn a_zip_may_cover_one_object_and_one_fold() {
    let fixture = Fixture::new(4);
    let mut files = masks(4, |_| String::new());
    files.retain(|(path, _)| path.starts_with("heart/") && !path.contains(['2', '4']));
    let set = fixture.open(&fixture.archive(&zip(&files))).unwrap();
    assert_eq!((set.structures(), set.images()), (&[2][..], vec![0, 2]));
    assert_eq!(set.folds(), [Fold::Number(1)]);
    assert_eq!(set.masks().collect::<Vec<_>>(), [(2, 0), (2, 2)]);
}

#[test]
fn many_threads_read_one_zip_at_once() {
    fn is_shareable<T: Clone + Send + Sync>(_: &T) {}
    let fixture = Fixture::new(40);
    let set = fixture.open(&fixture.archive(&zip(&masks(40, |_| String::new())))).unwrap();
    is_shareable(&set);
    let wanted: Vec<(usize, usize)> = set.masks().collect();
    let clone = set.clone();
    let is_right = |set: &MaskSet, structure: usize, image: usize| {
        let mut manifest = Manifest::default();
        let read = set.read_mask(&fixture.benchmark, structure, image, None, &mut manifest);
        read.unwrap() == mask(structure, image)
    };
    (0..20).into_par_iter().for_each(|round| {
        wanted.par_iter().for_each(|&(structure, image)| {
            let set = if round % 2 == 0 { &set } else { &clone };
            assert!(is_right(set, structure, image), "{structure} {image}");
        });
    });
}

#[test]
fn thousands_of_masks_are_read_from_a_folder_and_from_a_zip() {
    let fixture = Fixture::new(1500);
    let files = masks(1500, |index| format!("fold{}/masks/", index % 2 + 1));
    let folder = fixture.open(&fixture.folder(&files)).unwrap();
    let archive = fixture.open(&fixture.archive(&zip(&files))).unwrap();
    assert_eq!(archive.masks().count(), 4500);
    let (masks, digest) = fixture.read(&archive);
    assert!(masks.iter().zip(archive.masks()).all(|(found, (s, i))| *found == mask(s, i)));
    assert_eq!(digest, fixture.read(&folder).1);
}

#[test]
fn a_zip_of_more_entries_than_sixteen_bits_count_is_read() {
    let fixture = Fixture::new(2);
    let mut files: Files = (0..66_000).map(|n| (format!("notes/{n}"), Vec::new())).collect();
    files.extend(masks(2, |_| String::new()));
    let set = fixture.open(&fixture.archive(&zip(&files))).unwrap();
    assert_eq!(set.notices().len(), 66_000);
    assert_eq!(fixture.read(&set).0[0], mask(0, 0));
}

#[test]
fn an_empty_zip_and_an_empty_folder_hold_no_mask() {
    let fixture = Fixture::new(2);
    let folder = fixture.problems(fixture.open(&fixture.folder(&Files::new())).unwrap_err());
    let expected = "expected folders called right_lung, left_lung, heart, found no mask\n    \
        hint: lay masks out as STRUCTURE/IMAGE.png";
    assert_eq!(folder, [format!("pred: {expected}")]);
    assert_eq!(fixture.problems_of(&zip(&Files::new())), [format!("pred.zip: {expected}")]);
}

#[test]
fn a_zip_within_a_zip_or_a_folder_is_named_and_not_opened() {
    let fixture = Fixture::new(2);
    let inner = zip(&masks(2, |_| String::new()));
    let files = vec![("results/masks.zip".to_owned(), inner)];
    let folder = fixture.problems(fixture.open(&fixture.folder(&files)).unwrap_err());
    let archive = fixture.problems_of(&zip(&files));
    for found in [&folder, &archive] {
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("results/masks.zip, which is not opened"), "{found:?}");
    }
}

#[test]
fn an_image_of_900_megapixels_is_refused_by_its_header() {
    let fixture = Fixture::new(2);
    let mut files = masks(2, |_| String::new());
    let mut header = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x75\x30\0\0\x75\x30\x01\0\0\0\0".to_vec();
    let crc = crc32(&header[12..]);
    header.extend(crc.to_be_bytes());
    header.extend(b"\0\0\x10\0IDAT");
    files[0].1 = header;
    let archive = fixture.problems_of(&zip(&files));
    assert_eq!(archive.len(), 1);
    assert!(archive[0].starts_with("pred.zip/right_lung/A1.png: "), "{archive:?}");
    assert!(archive[0].contains("30000x30000"), "{archive:?}");
    let set = fixture.open(&fixture.folder(&files)).unwrap();
    let mut manifest = Manifest::default();
    let problem = set.read_mask(&fixture.benchmark, 0, 0, None, &mut manifest).unwrap_err();
    assert!(archive[0].ends_with(problem.to_string().split_once(": ").unwrap().1), "{problem}");
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}
