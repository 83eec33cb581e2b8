//! Digests: SHA-256 of files and of sorted manifests.
//!
//! A manifest has the text that `sha256sum` prints, a line a file, sorted by name.
//! Anyone can check a digest with standard tools (see docs/reference/benchmark-file.md).

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::{ErrorKind, Read};

use scr_image::Mask;
use sha2::{Digest, Sha256};

/// SHA-256 of some bytes.
pub type FileDigest = [u8; 32];

/// SHA-256 of a file's bytes.
#[must_use]
pub fn file_digest(bytes: &[u8]) -> FileDigest {
    Sha256::digest(bytes).into()
}

/// SHA-256 of a reader's bytes, in constant memory.
///
/// # Errors
/// Errors of the reader.
pub fn reader_digest(mut reader: impl Read) -> std::io::Result<FileDigest> {
    let mut hash = Sha256::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        match reader.read(&mut piece) {
            Ok(0) => return Ok(hash.finalize().into()),
            Ok(count) => hash.update(&piece[..count]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// SHA-256 of a mask's pixels, independent of file format and compression.
///
/// The bytes are those of the mask as a binary PBM (`P4`): the head `P4\nWIDTH HEIGHT\n`,
/// then the rows, each padded to whole bytes, the leftmost pixel in the highest bit,
/// 1 inside of the structure.
///
/// ```
/// use scr_data::digest::{file_digest, mask_digest};
/// use scr_image::Mask;
/// let mask = Mask::from_text("#........# ..........");
/// assert_eq!(mask_digest(&mask), file_digest(b"P4\n10 2\n\x80\x40\x00\x00"));
/// ```
#[must_use]
pub fn mask_digest(mask: &Mask) -> FileDigest {
    let size = mask.size();
    let mut hash = Sha256::new();
    hash.update(format!("P4\n{} {}\n", size.width, size.height));
    let row_bytes = size.width.div_ceil(8);
    let mut packed = Vec::with_capacity(row_bytes + 8);
    for row in 0..size.height {
        packed.clear();
        packed.extend(mask.row(row).iter().flat_map(|word| word.reverse_bits().to_be_bytes()));
        hash.update(&packed[..row_bytes]);
    }
    hash.finalize().into()
}

/// A digest as text: `sha256:` and 64 hexadecimal digits.
#[must_use]
pub fn digest_text(digest: &FileDigest) -> String {
    format!("sha256:{}", hex(digest))
}

/// `bytes` in hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string does not fail");
        text
    })
}

/// Manifest: files by path, each with its digest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    files: BTreeMap<String, FileDigest>,
}

impl Manifest {
    /// Adds a file by its path, `/` between folders, relative to the whole.
    pub fn add(&mut self, path: impl Into<String>, digest: FileDigest) {
        self.files.insert(path.into(), digest);
    }

    /// Adds all files of another manifest.
    pub fn extend(&mut self, other: Self) {
        self.files.extend(other.files);
    }

    /// Adds all files of another manifest.
    ///
    /// # Errors
    /// The first path that has another digest there; then nothing is added.
    pub fn merge(&mut self, other: Self) -> Result<(), String> {
        let differs = |(path, digest): &(&String, &FileDigest)| {
            self.files.get(*path).is_some_and(|own| own != *digest)
        };
        if let Some((path, _)) = other.files.iter().find(differs) {
            return Err(path.clone());
        }
        self.extend(other);
        Ok(())
    }

    /// All files, sorted by path's bytes.
    pub fn files(&self) -> impl ExactSizeIterator<Item = (&str, &FileDigest)> {
        self.files.iter().map(|(path, digest)| (path.as_str(), digest))
    }

    /// The manifest's text: `HEX  PATH` a line, sorted by path's bytes.
    #[must_use]
    pub fn text(&self) -> String {
        self.files.iter().fold(String::new(), |mut text, (path, digest)| {
            writeln!(text, "{}  {path}", hex(digest)).expect("writing to a string does not fail");
            text
        })
    }

    /// The digest of the whole, of its [`text`](Self::text): `sha256:` and 64 hexadecimal digits.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for (path, digest) in &self.files {
            hash.update(format!("{}  {path}\n", hex(digest)));
        }
        digest_text(&hash.finalize().into())
    }

    /// Parses the [`text`](Self::text) of a manifest; none when a line is not `HEX  PATH`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let line = |line: &str| {
            let (digits, path) = line.split_once("  ")?;
            let digits = digits.as_bytes().as_chunks::<2>().0;
            let byte = |pair: &[u8; 2]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
            let digest: Vec<u8> = digits.iter().map(byte).collect::<Option<_>>()?;
            Some((path.to_owned(), digest.try_into().ok()?))
        };
        Some(Self { files: text.lines().map(line).collect::<Option<_>>()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_a_reader_is_that_of_its_bytes() {
        let bytes = vec![7; 200_000];
        assert_eq!(reader_digest(bytes.as_slice()).unwrap(), file_digest(&bytes));
    }

    #[test]
    fn the_manifest_is_what_sha256sum_prints_sorted() {
        let mut manifest = Manifest::default();
        manifest.add("b", file_digest(b"abc"));
        manifest.add("a", file_digest(b""));
        // printf '' > a; printf abc > b; sha256sum a b
        let expected = "\
            e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a\n\
            ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b\n";
        assert_eq!(manifest.text(), expected);
        // sha256sum a b | sha256sum
        assert_eq!(manifest.digest(), format!("sha256:{}", hex(&file_digest(expected.as_bytes()))));
        assert_eq!(Manifest::parse(expected), Some(manifest));
        for odd in ["x", "00  a", &expected.replace("  ", " "), &expected.replace('e', "g")] {
            assert_eq!(Manifest::parse(odd), None, "{odd}");
        }
    }

    #[test]
    fn the_digest_of_a_mask_is_that_of_its_pbm_file() {
        // A row of 70 pixels takes nine bytes and more than one word of a mask.
        let mask = Mask::from_fn(scr_image::Size::new(70, 2), |col, row| col == 69 || row == 1);
        let mut pbm = b"P4\n70 2\n".to_vec();
        pbm.extend([0, 0, 0, 0, 0, 0, 0, 0, 0b0000_0100]);
        pbm.extend([255, 255, 255, 255, 255, 255, 255, 255, 0b1111_1100]);
        assert_eq!(mask_digest(&mask), file_digest(&pbm));
    }
}
