//! Folders of small radiographs and masks, and imports of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use scr_data::formats::png;
use scr_data::{Benchmark, DataError};
use scr_image::{Mask, Radiograph, Size};
use scr_import::{Init, Plan};
use tempfile::TempDir;

/// Size of all images.
pub(crate) const SIZE: Size = Size::new(10, 6);

/// The patient's right lung, on the left of the image, a pixel wider in each further image.
pub(crate) fn right(number: usize) -> Mask {
    Mask::from_fn(SIZE, |col, row| (1..=number % 2 + 2).contains(&col) && (1..5).contains(&row))
}

/// The patient's left lung.
pub(crate) fn left(number: usize) -> Mask {
    Mask::from_fn(SIZE, |col, row| (6..9).contains(&col) && (1..=number % 2 + 2).contains(&row))
}

/// Folder with files of a test.
pub(crate) struct Folder {
    temp: TempDir,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self { temp: tempfile::tempdir().expect("a folder can be made") }
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.temp.path().join("data").join(path)
    }

    pub(crate) fn out(&self) -> PathBuf {
        self.temp.path().join("benchmark")
    }

    pub(crate) fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("it is made");
        std::fs::write(path, bytes).expect("it is written");
    }

    /// Writes a radiograph with many grey values.
    pub(crate) fn image(&self, path: &str) {
        let pixels = (0..SIZE.area()).map(|at| 40 + at as u16 * 3).collect();
        let image = Radiograph::new(SIZE, 255, pixels, None).expect("values fit");
        self.write(path, &png::write_radiograph(&image).expect("8 bits fit"));
    }

    pub(crate) fn mask(&self, path: &str, mask: &Mask) {
        self.write(path, &png::write_mask(mask));
    }

    /// Writes a label map of both lungs, with a value for each.
    pub(crate) fn label_map(&self, path: &str, number: usize, values: [u16; 2]) {
        let (right, left) = (right(number), left(number));
        let value = |at: usize| {
            let (col, row) = (at % SIZE.width, at / SIZE.width);
            u16::from(right.get(col, row)) * values[0] + u16::from(left.get(col, row)) * values[1]
        };
        let pixels = (0..SIZE.area()).map(value).collect();
        let image = Radiograph::new(SIZE, 255, pixels, None).expect("values fit");
        self.write(path, &png::write_radiograph(&image).expect("8 bits fit"));
    }

    /// Options for the whole folder.
    pub(crate) fn init(&self) -> Init {
        Init { images: self.path(""), out: self.out(), ..Init::default() }
    }

    /// Options for two folders.
    pub(crate) fn init_of(&self, images: &str, masks: &str) -> Init {
        Init { images: self.path(images), masks: Some(self.path(masks)), ..self.init() }
    }
}

/// Plans and writes a benchmark, which must succeed.
#[track_caller]
pub(crate) fn import(init: &Init) -> (Plan, Benchmark) {
    let plan = match init.plan(&|_, _, _| ()) {
        Ok(plan) => plan,
        Err(error) => panic!("{error}"),
    };
    assert_eq!(plan.doubts(), [], "no doubt");
    plan.write(&|_, _, _| ()).expect("it is written");
    let benchmark = Benchmark::open(&init.out).expect("what was written is a benchmark");
    (plan, benchmark)
}

/// Text of the problems of an import, which must fail before anything is written.
#[track_caller]
pub(crate) fn refused(init: &Init) -> String {
    let text = match init.plan(&|_, _, _| ()) {
        Err(error @ DataError::Problems(_)) => error.to_string(),
        Err(other) => panic!("{other}"),
        Ok(plan) => panic!("it was planned:\n{}", plan.report()),
    };
    assert!(!init.out.exists(), "nothing is written");
    text
}

/// Masks of a benchmark by image and structure.
pub(crate) fn masks(benchmark: &Benchmark) -> BTreeMap<(String, String), Mask> {
    let mut found = BTreeMap::new();
    for image in benchmark.all_images() {
        benchmark.read_radiograph(image).expect("the radiograph is there");
        for structure in &benchmark.structures {
            let mut manifest = benchmark.manifest();
            let mask = benchmark
                .read_mask(benchmark.reference(), structure, image, &mut manifest)
                .expect("the mask is there");
            found.insert((image.id.clone(), structure.id.clone()), mask);
        }
    }
    found
}

/// Checks that a benchmark has the lungs of images called `ids`, in the order of their numbers.
#[track_caller]
pub(crate) fn has_lungs(benchmark: &Benchmark, ids: &[&str]) {
    let expected: BTreeMap<(String, String), Mask> = ids
        .iter()
        .enumerate()
        .flat_map(|(number, id)| {
            [("right_lung", right(number)), ("left_lung", left(number))]
                .map(|(structure, mask)| (((*id).to_owned(), structure.to_owned()), mask))
        })
        .collect();
    let found = masks(benchmark);
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (key, mask) in &expected {
        assert_eq!(&found[key], mask, "{key:?}");
    }
    let objects: Vec<&str> = benchmark.objects.iter().map(|object| object.id.as_str()).collect();
    assert_eq!(objects, ["lungs"]);
}

/// Names of the files of a folder and below.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(current) = open.pop() {
        for entry in current.read_dir().expect("it can be read") {
            let path = entry.expect("it can be read").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("it lies within");
                found.push(name.display().to_string());
            }
        }
    }
    found.sort();
    found
}
