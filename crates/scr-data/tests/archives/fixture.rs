//! Fixture: a small benchmark with sets of masks, as lists of files that become a folder
//! or a zip file.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use scr_data::digest::Manifest;
use scr_data::{Benchmark, DataError, MaskSet, formats};
use scr_image::{Mask, Size};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

pub(crate) const STRUCTURES: [&str; 3] = ["right_lung", "left_lung", "heart"];
pub(crate) const SIDE_PX: usize = 16;

/// Paths and bytes.
pub(crate) type Files = Vec<(String, Vec<u8>)>;

/// Benchmark with a temporary folder for sets of masks.
pub(crate) struct Fixture {
    temp: TempDir,
    pub(crate) benchmark: Benchmark,
}

/// The images A1, A2 ...; the odd ones are of fold 1.
pub(crate) fn image(index: usize) -> String {
    format!("A{}", index + 1)
}

/// A mask unique to a structure and an image.
pub(crate) fn mask(structure: usize, image: usize) -> Mask {
    Mask::from_fn(Size::square(SIDE_PX), |col, row| {
        col + 1 < row || (row == 0 && (image >> col) & 1 == 1) || (row == 1 && col == structure)
    })
}

/// A complete set of masks; `prefix` gives the prefix of a path by its image's index.
pub(crate) fn masks(n_images: usize, prefix: impl Fn(usize) -> String) -> Files {
    let mut files = Files::new();
    for (structure, name) in STRUCTURES.iter().enumerate() {
        for index in 0..n_images {
            let path = format!("{}{name}/{}.png", prefix(index), image(index));
            files.push((path, formats::png::write_mask(&mask(structure, index))));
        }
    }
    files
}

/// The list as a zip file's bytes: stored and compressed in turn, after entries for
/// the folders.
pub(crate) fn zip(files: &Files) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut folders: Vec<&str> =
        files.iter().filter_map(|(path, _)| path.rsplit_once('/')).map(|(f, _)| f).collect();
    folders.sort_unstable();
    folders.dedup();
    for folder in folders {
        zip.add_directory(folder, SimpleFileOptions::default()).unwrap();
    }
    for (index, (path, bytes)) in files.iter().enumerate() {
        let method = [CompressionMethod::Stored, CompressionMethod::Deflated][index % 2];
        let options = SimpleFileOptions::default().compression_method(method);
        zip.start_file(path, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

impl Fixture {
    /// A benchmark of `n_images` images, without radiographs.
    pub(crate) fn new(n_images: usize) -> Self {
        let temp = tempfile::tempdir().unwrap();
        let structures: String = STRUCTURES
            .iter()
            .map(|id| format!("[[structures]]\nid = \"{id}\"\nname = \"{id}\"\n"))
            .collect();
        let toml = format!(
            "id = \"tiny\"\ntitle = \"Tiny\"\n\
             [images]\ntable = \"images.csv\"\nfolder = \"images\"\npattern = \"{{image_id}}.png\"\n\
             spacing_mm = 0.35\n{structures}\
             [[objects]]\nid = \"lungs\"\nname = \"Lungs\"\nstructures = [\"right_lung\", \"left_lung\"]\n\
             [[objects]]\nid = \"heart\"\nname = \"Heart\"\nstructures = [\"heart\"]\n\
             [[observers]]\nid = \"reference\"\nname = \"First\"\nfolder = \"masks/reference\"\n\
             pattern = \"{{structure}}/{{image_id}}.png\"\n\
             [folds]\ncolumn = \"fold\"\nprotocol = \"two-fold\"\n"
        );
        let rows: String =
            (0..n_images).map(|index| format!("{},{}\n", image(index), index % 2 + 1)).collect();
        let root = temp.path().join("benchmark");
        let mut files = masks(n_images, |_| "masks/reference/".to_owned());
        files.push(("benchmark.toml".to_owned(), toml.into_bytes()));
        files.push(("images.csv".to_owned(), format!("image_id,fold\n{rows}").into_bytes()));
        write(&root, &files);
        let benchmark = Benchmark::open(&root).unwrap();
        Self { temp, benchmark }
    }

    /// Writes the files into a folder and replaces the previous one.
    pub(crate) fn folder(&self, files: &Files) -> PathBuf {
        let root = self.temp.path().join("pred");
        if root.exists() {
            fs::remove_dir_all(&root).unwrap();
        }
        fs::create_dir(&root).unwrap();
        write(&root, files);
        root
    }

    /// Writes the bytes into a zip file and replaces the previous one.
    pub(crate) fn archive(&self, bytes: &[u8]) -> PathBuf {
        let path = self.temp.path().join("pred.zip");
        fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn open(&self, path: &Path) -> Result<MaskSet, DataError> {
        MaskSet::open(path, &self.benchmark)
    }

    /// Problems of the bytes as a zip file: of opening it or, if it opens, of reading its
    /// masks. Places are relative to the folder of the zip.
    pub(crate) fn problems_of(&self, bytes: &[u8]) -> Vec<String> {
        match self.open(&self.archive(bytes)) {
            Ok(set) => {
                let mut manifest = Manifest::default();
                let read = set.masks().filter_map(|(structure, image)| {
                    set.read_mask(&self.benchmark, structure, image, None, &mut manifest).err()
                });
                read.map(|problem| self.relative(&problem.to_string())).collect()
            }
            Err(error) => self.problems(error),
        }
    }

    /// Problems as text, without the path of the temporary folder.
    pub(crate) fn problems(&self, error: DataError) -> Vec<String> {
        let DataError::Problems(problems) = error else { panic!("{error}") };
        problems.list().iter().map(|problem| self.relative(&problem.to_string())).collect()
    }

    fn relative(&self, text: &str) -> String {
        text.replace(&format!("{}/", self.temp.path().display()), "")
    }

    /// All masks of a set, and the digest of their files.
    pub(crate) fn read(&self, set: &MaskSet) -> (Vec<Mask>, String) {
        let mut manifest = self.benchmark.manifest();
        let size = Some(Size::square(SIDE_PX));
        let masks = set
            .masks()
            .map(|(structure, image)| {
                set.read_mask(&self.benchmark, structure, image, size, &mut manifest).unwrap()
            })
            .collect();
        (masks, manifest.digest())
    }
}

fn write(root: &Path, files: &Files) {
    for (path, bytes) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}
