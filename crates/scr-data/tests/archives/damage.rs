//! Damaged archives: no panic, no hang, no wrong mask.

use proptest::prelude::*;
use proptest::sample::Index;
use scr_data::digest::Manifest;

use crate::fixture::{Files, Fixture, mask, masks, zip};

/// The masks of the heart in fold 1: one stored, one compressed.
fn small() -> Files {
    let mut files = masks(3, |_| String::new());
    files.retain(|(path, _)| path.starts_with("heart/") && !path.contains('2'));
    files
}

/// Opens the bytes as a zip file and reads every mask: each is refused or equal to the
/// one written. Returns the number of masks read.
fn read_all(fixture: &Fixture, bytes: &[u8]) -> Result<usize, String> {
    let Ok(set) = fixture.open(&fixture.archive(bytes)) else { return Ok(0) };
    let mut n_read = 0;
    for (structure, image) in set.masks() {
        let mut manifest = Manifest::default();
        match set.read_mask(&fixture.benchmark, structure, image, None, &mut manifest) {
            Ok(found) if found == mask(structure, image) => n_read += 1,
            Ok(_) => return Err(format!("another mask for {structure} {image}")),
            Err(problem) if problem.place.contains("pred.zip/") => {}
            Err(problem) => return Err(format!("no place in the archive: {problem}")),
        }
    }
    Ok(n_read)
}

#[test]
fn a_zip_cut_off_anywhere_is_refused() {
    let fixture = Fixture::new(3);
    let whole = zip(&small());
    assert_eq!(read_all(&fixture, &whole), Ok(2));
    for length in 0..whole.len() {
        let problems = fixture.problems_of(&whole[..length]);
        assert_eq!(problems.len(), 1, "cut to {length} bytes: {problems:?}");
    }
}

#[test]
fn a_flipped_bit_never_gives_another_mask() {
    let fixture = Fixture::new(3);
    let whole = zip(&small());
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut flipped = whole.clone();
            flipped[at] ^= 1 << bit;
            let read = read_all(&fixture, &flipped);
            assert!(read.is_ok(), "byte {at}, bit {bit}: {read:?}");
        }
    }
}

#[test]
fn every_byte_of_the_directory_may_be_anything() {
    let fixture = Fixture::new(3);
    let whole = zip(&small());
    let directory = whole.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    for at in directory..whole.len() {
        for value in [0, 1, 0x7f, 0x80, 0xff] {
            let mut damaged = whole.clone();
            damaged[at] = value;
            let read = read_all(&fixture, &damaged);
            assert!(read.is_ok(), "byte {at} as {value}: {read:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn random_bytes_are_no_set_of_masks(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let fixture = Fixture::new(3);
        prop_assert_eq!(fixture.problems_of(&bytes).len(), 1);
        // Within a true beginning and a true end.
        let whole = zip(&small());
        let middle = whole.len() / 2;
        let spliced = [&whole[..middle], &bytes, &whole[middle..]].concat();
        prop_assert!(read_all(&fixture, &spliced).is_ok());
    }

    #[test]
    fn several_flipped_bits_do_no_harm(
        flips in prop::collection::vec((any::<Index>(), 0u8..8), 1..12),
    ) {
        let fixture = Fixture::new(3);
        let mut bytes = zip(&masks(3, |_| String::new()));
        for (at, bit) in flips {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        prop_assert!(read_all(&fixture, &bytes).is_ok());
    }

    #[test]
    fn lost_and_repeated_parts_do_no_harm(
        from in any::<Index>(), to in any::<Index>(), back in any::<Index>(),
    ) {
        let fixture = Fixture::new(3);
        let whole = zip(&masks(3, |_| String::new()));
        let [from, to, back] = [from, to, back].map(|index| index.index(whole.len()));
        let lost = [&whole[..from.min(to)], &whole[from.max(to)..]].concat();
        prop_assert!(read_all(&fixture, &lost).is_ok());
        let repeated = [&whole[..from], &whole[back..]].concat();
        prop_assert!(read_all(&fixture, &repeated).is_ok());
    }

    #[test]
    fn any_numbers_in_the_last_record_do_no_harm(
        numbers in prop::collection::vec(any::<u8>(), 18), small in any::<[bool; 18]>(),
    ) {
        let fixture = Fixture::new(3);
        let mut bytes = zip(&masks(3, |_| String::new()));
        let end = bytes.len() - 18;
        for (index, number) in numbers.into_iter().enumerate() {
            if !small[index] {
                bytes[end + index] = number;
            }
        }
        prop_assert!(read_all(&fixture, &bytes).is_ok());
    }
}
