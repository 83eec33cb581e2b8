//! Images of a benchmark: identifiers and attributes of radiographs found in folders.

use std::collections::{BTreeMap, BTreeSet};

use scr_data::Problem;

use crate::faults::Faults;
use crate::listing::FoundFile;
use crate::matching::context;
use crate::words::{self, words};

/// Suffix of the first channel of nnU-Net.
const CHANNEL: &str = "_0000";

/// Image of the benchmark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlannedImage {
    /// Its radiograph.
    pub(crate) file: FoundFile,
    /// Identifier.
    pub(crate) id: String,
    /// Folder that it lies in, without words of roles; empty for none.
    pub(crate) folder: String,
}

/// Gives every radiograph an identifier: its name, and where names are not unique, its folders
/// and name.
pub(crate) fn identified(
    files: Vec<FoundFile>,
    faults: &mut Faults,
    notes: &mut Vec<String>,
) -> Vec<PlannedImage> {
    let is_nnunet = !files.is_empty() && files.iter().all(|file| file.stem.ends_with(CHANNEL));
    check_channels(&files, faults);
    let stem = |file: &FoundFile| {
        let stem = if is_nnunet { file.stem.strip_suffix(CHANNEL) } else { None };
        stem.unwrap_or(&file.stem).to_owned()
    };
    let names: Vec<[String; 3]> = files.iter().map(|file| forms(file, &stem(file))).collect();
    // The shortest form in which all names differ, also where case does not count.
    let form = (0..3).find(|&form| {
        let mut seen = BTreeSet::new();
        names.iter().all(|forms| seen.insert(forms[form].to_lowercase()))
    });
    let form = form.unwrap_or(2);
    let mut by_id: BTreeMap<String, usize> = BTreeMap::new();
    let mut changed = Vec::new();
    let mut images = Vec::new();
    for (file, forms) in files.into_iter().zip(names) {
        let id = forms[form].clone();
        if id.is_empty() {
            let expected = "a name with ASCII letters or digits";
            faults.push("names", Problem::new(file.place(), expected, "none", "rename the file"));
            continue;
        }
        if let Some(&other) = by_id.get(&id.to_lowercase()) {
            let images: &[PlannedImage] = &images;
            let found = format!("{}, another of the same name `{id}`", images[other].file.place());
            let expected = "one radiograph of each name";
            let hint = "rename or remove one; other pictures do not belong among the radiographs";
            faults.push("names", Problem::new(file.place(), expected, found, hint));
            continue;
        }
        by_id.insert(id.to_lowercase(), images.len());
        if form == 0 && id != stem(&file) {
            changed.push(format!("`{}` is `{id}`", stem(&file)));
        }
        let folder = context(&file.folders).into_iter().collect::<Vec<_>>().join("/");
        images.push(PlannedImage { file, id, folder });
    }
    if is_nnunet {
        notes.push(format!("images are called without nnU-Net's channel, {CHANNEL}"));
    }
    if form > 0 {
        notes.push(
            "images of one name lie in several folders: their folders are part of their names"
                .to_owned(),
        );
    }
    if !changed.is_empty() {
        let example = &changed[0];
        notes.push(format!(
            "{} names of images are changed to plain ones: {example}",
            changed.len()
        ));
    }
    images
}

/// Forms of a name: the file's, with its telling folders, with all folders.
fn forms(file: &FoundFile, stem: &str) -> [String; 3] {
    let is_role = |word: &String| words::is_image_word(word) || words::is_filler(word);
    let is_telling = |folder: &&String| !words::without_role(folder).is_empty();
    let telling: Vec<&str> = file.folders.iter().filter(is_telling).map(String::as_str).collect();
    let own = if words(stem).iter().all(is_role) { None } else { Some(stem) };
    let with_folders = telling.iter().copied().chain(own).collect::<Vec<_>>().join("_");
    let folders = file.folders.iter().map(String::as_str);
    let whole = folders.chain([stem]).collect::<Vec<_>>().join("_");
    [stem, &with_folders, &whole].map(words::plain_name)
}

/// Several channels of one image cannot become one radiograph.
fn check_channels(files: &[FoundFile], faults: &mut Faults) {
    for file in files {
        let Some(image) = file.stem.strip_suffix("_0001") else { continue };
        let first = format!("{image}{CHANNEL}");
        if files.iter().any(|other| other.stem == first && other.folders == file.folders) {
            let found = format!("`{}` beside `{first}`", file.stem);
            let hint = "leave one channel of each image in the folder";
            faults
                .push("channels", Problem::new(file.place(), "images of one channel", found, hint));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(paths: &[&str]) -> (Vec<String>, Vec<String>, bool) {
        let file = |path: &&str| {
            let mut folders: Vec<String> = path.split('/').map(str::to_owned).collect();
            let stem = folders.pop().unwrap();
            FoundFile { path: path.into(), folders, stem, extension: "png".to_owned() }
        };
        let (mut faults, mut notes) = (Faults::default(), Vec::new());
        let images = identified(paths.iter().map(file).collect(), &mut faults, &mut notes);
        (images.into_iter().map(|image| image.id).collect(), notes, faults.is_empty())
    }

    #[test]
    fn names_are_as_short_as_they_can_be() {
        assert_eq!(ids(&["images/a", "images/b"]).0, ["a", "b"]);
        assert_eq!(ids(&["a_0000", "b_0000"]).0, ["a", "b"]);
        assert_eq!(ids(&["train/images/1", "test/images/1"]).0, ["train_1", "test_1"]);
        assert_eq!(ids(&["p1/cxr", "p2/cxr"]).0, ["p1", "p2"]);
        assert_eq!(ids(&["IMG 1 (2)"]).0, ["IMG_1_2"]);
        assert!(ids(&["IMG 1"]).1[0].contains("`IMG 1` is `IMG_1`"));
    }

    #[test]
    fn two_of_one_name_and_channels_are_faults() {
        assert!(!ids(&["a/x", "a/x"]).2);
        assert!(!ids(&["x_0000", "x_0001"]).2);
        assert!(!ids(&["肺"]).2);
    }
}
