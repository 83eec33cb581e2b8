//! Matching of masks and annotations to images by name.
//!
//! Names are compared in steps, from equal names to names without words of roles and leading
//! zeros; the first step with a match decides. Folders that images lie in, such as `train` or
//! `patient07`, tell apart images of one name.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::listing::FoundFile;
use crate::words::{self, words};

/// Result of a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Match {
    /// One image, and the words of the name that are not the image's.
    One {
        /// Index of the image.
        image: usize,
        /// Words that remain of folders and name.
        rest: Vec<String>,
    },
    /// No image.
    None,
    /// More than one image fits equally well.
    Several(Vec<usize>),
}

/// Index of images by their names.
#[derive(Debug)]
pub(crate) struct Matcher {
    /// Images by lower-case name.
    exact: HashMap<String, Vec<usize>>,
    /// Images by key, a map for each step.
    steps: Vec<HashMap<String, Vec<usize>>>,
    /// Images by folder, where it is the only image there and below.
    folders: HashMap<String, usize>,
    /// Folders of each image without words of roles.
    contexts: Vec<BTreeSet<String>>,
    all_contexts: BTreeSet<String>,
}

/// Steps of the comparison.
const STEPS: [Step; 4] = [Step::Words, Step::NoRoles, Step::NoCommon, Step::NoZeros];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// All words.
    Words,
    /// Without words of radiographs and the channel of nnU-Net.
    NoRoles,
    /// Without the words that all images begin or end with.
    NoCommon,
    /// As `NoRoles`, with numbers without leading zeros.
    NoZeros,
}

impl Matcher {
    /// An index of `images`.
    pub(crate) fn new(images: &[FoundFile]) -> Self {
        let all: Vec<Vec<String>> = images.iter().map(|image| words(&image.stem)).collect();
        let common = common_ends(&all);
        let mut exact: HashMap<String, Vec<usize>> = HashMap::new();
        let mut steps = vec![HashMap::<String, Vec<usize>>::new(); STEPS.len()];
        let mut folders: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, (image, words)) in images.iter().zip(&all).enumerate() {
            exact.entry(image.stem.to_lowercase()).or_default().push(index);
            for (step, keys) in STEPS.iter().zip(&mut steps) {
                let key = key(*step, words, common);
                if !key.is_empty() {
                    keys.entry(key).or_default().push(index);
                }
            }
            for folder in image.folders.iter().map(|folder| joined(folder)).collect::<BTreeSet<_>>()
            {
                folders.entry(folder).or_default().push(index);
            }
        }
        let contexts: Vec<BTreeSet<String>> =
            images.iter().map(|image| context(&image.folders)).collect();
        Self {
            exact,
            steps,
            folders: folders
                .into_iter()
                .filter_map(|(folder, images)| (images.len() == 1).then(|| (folder, images[0])))
                .collect(),
            all_contexts: contexts.iter().flatten().cloned().collect(),
            contexts,
        }
    }

    /// The image of a mask's file.
    pub(crate) fn of_file(&self, folders: &[String], stem: &str) -> Match {
        let found = self.of_stem(folders, stem, true);
        if found != Match::None {
            return found;
        }
        // A folder may carry the image's name: `case01/left.png`. A number is another name.
        let is_number = |word: &String| word.bytes().all(|byte| byte.is_ascii_digit());
        let has_number = words(stem).iter().any(is_number);
        for (at, folder) in folders.iter().enumerate().rev() {
            let others = [&folders[..at], &folders[at + 1..]].concat();
            let by_name = match self.of_stem(&others, folder, false) {
                Match::None if has_number => Match::None,
                Match::None => self.by_folder(folder, &others),
                found => found,
            };
            if let Match::One { image, rest } = by_name {
                let rest = [rest, words(stem)].concat();
                return Match::One { image, rest };
            }
        }
        Match::None
    }

    /// The image that a document names, as a path or name, with or without its extension.
    pub(crate) fn of_name(&self, name: &str) -> Match {
        let parts: Vec<&str> = name.split(['/', '\\']).filter(|part| !part.is_empty()).collect();
        let Some((name, folders)) = parts.split_last() else { return Match::None };
        let folders: Vec<String> = folders.iter().map(|&folder| folder.to_owned()).collect();
        // DICOM identifiers end in digits behind a dot, which are no extension.
        let without_extension = [*name, name.rsplit_once('.').map_or("", |(stem, _)| stem)];
        let gz = name.strip_suffix(".nii.gz").unwrap_or_default();
        for stem in without_extension.into_iter().chain([gz]).filter(|stem| !stem.is_empty()) {
            let found = self.of_stem(&folders, stem, false);
            if found != Match::None {
                return found;
            }
        }
        Match::None
    }

    /// The image of a name; with `is_part`, the image's name may be a part of it.
    fn of_stem(&self, folders: &[String], stem: &str, is_part: bool) -> Match {
        if let Some(images) = self.exact.get(&stem.to_lowercase()) {
            let found = self.narrowed(images, folders, &[]);
            if found != Match::None {
                return found;
            }
        }
        let all = words(stem);
        for (step, keys) in STEPS.iter().zip(&self.steps) {
            let all = if *step == Step::NoZeros { without_zeros(&all) } else { all.clone() };
            let shortest = if is_part { 1 } else { all.len() };
            for length in (shortest..=all.len()).rev() {
                for start in 0..=all.len() - length {
                    let window = all[start..start + length].join(" ");
                    let Some(images) = keys.get(&window) else { continue };
                    let rest = [&all[..start], &all[start + length..]].concat();
                    let found = self.narrowed(images, folders, &rest);
                    if found != Match::None {
                        return found;
                    }
                }
            }
            // Words of roles may stand in the middle: `p1_mask_2` of `p1_image_2`.
            if *step != Step::Words {
                let plain: Vec<String> =
                    all.into_iter().filter(|word| !is_role_word(word)).collect();
                if let Some(images) = keys.get(&plain.join(" ")) {
                    let found = self.narrowed(images, folders, &[]);
                    if found != Match::None {
                        return found;
                    }
                }
            }
        }
        Match::None
    }

    /// Those of `images` whose folders agree best with `folders`.
    fn narrowed(&self, images: &[usize], folders: &[String], rest: &[String]) -> Match {
        let named: BTreeSet<String> =
            context(folders).intersection(&self.all_contexts).cloned().collect();
        let agrees = |image: &&usize| named.is_subset(&self.contexts[**image]);
        let found: Vec<usize> = images.iter().filter(agrees).copied().collect();
        match found[..] {
            [] => Match::None,
            [image] => {
                Match::One { image, rest: [self.rest_of(image, folders), rest.to_vec()].concat() }
            }
            _ => Match::Several(found),
        }
    }

    fn by_folder(&self, folder: &str, others: &[String]) -> Match {
        match self.folders.get(&joined(folder)) {
            Some(&image) => Match::One { image, rest: self.rest_of(image, others) },
            None => Match::None,
        }
    }

    /// Words of folders that are not folders of the image.
    fn rest_of(&self, image: usize, folders: &[String]) -> Vec<String> {
        let is_other =
            |folder: &&String| !self.contexts[image].contains(&words::without_role(folder));
        folders.iter().filter(is_other).flat_map(|folder| words(folder)).collect()
    }
}

/// Folders' names without words of roles.
pub(crate) fn context(folders: &[String]) -> BTreeSet<String> {
    let names = folders.iter().map(|folder| words::without_role(folder));
    names.filter(|name| !name.is_empty()).collect()
}

fn is_role_word(word: &str) -> bool {
    words::is_mask_word(word) || words::is_image_word(word)
}

fn joined(name: &str) -> String {
    words(name).join(" ")
}

fn key(step: Step, words: &[String], common: (usize, usize)) -> String {
    let is_channel = |at: usize| at + 1 == words.len() && at > 0 && words[at] == "0000";
    let without_roles = || {
        let kept = words.iter().enumerate();
        let kept = kept.filter(|(at, word)| !words::is_image_word(word) && !is_channel(*at));
        kept.map(|(_, word)| word.clone()).collect::<Vec<String>>()
    };
    match step {
        Step::Words => words.join(" "),
        Step::NoRoles => without_roles().join(" "),
        Step::NoCommon => words[common.0..words.len() - common.1].join(" "),
        Step::NoZeros => without_zeros(&without_roles()).join(" "),
    }
}

fn without_zeros(words: &[String]) -> Vec<String> {
    let strip = |word: &String| {
        let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
        let stripped = word.trim_start_matches('0');
        match (is_number, stripped) {
            (true, "") => "0".to_owned(),
            (true, stripped) => stripped.to_owned(),
            (false, _) => word.clone(),
        }
    };
    words.iter().map(strip).collect()
}

/// Numbers of words with which all names begin and end.
fn common_ends(all: &[Vec<String>]) -> (usize, usize) {
    let Some((first, others)) = all.split_first() else { return (0, 0) };
    if others.is_empty() {
        return (0, 0);
    }
    let shortest = all.iter().map(Vec::len).min().unwrap_or(0);
    let begin =
        (0..shortest).take_while(|&at| others.iter().all(|words| words[at] == first[at])).count();
    let from_end = |words: &Vec<String>, at: usize| words[words.len() - 1 - at].clone();
    let end = (0..shortest - begin)
        .take_while(|&at| others.iter().all(|words| from_end(words, at) == from_end(first, at)))
        .count();
    (begin, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str) -> FoundFile {
        let mut folders: Vec<String> = path.split('/').map(str::to_owned).collect();
        let name = folders.pop().unwrap();
        let stem = name.split('.').next().unwrap().to_owned();
        FoundFile { path: path.into(), folders, stem, extension: "png".to_owned() }
    }

    /// Images, a mask, the index of its image and the words that remain.
    #[track_caller]
    fn check(images: &[&str], mask: &str, expected: Option<(usize, &str)>) {
        let images: Vec<FoundFile> = images.iter().map(|path| file(path)).collect();
        let mask = file(mask);
        let found = Matcher::new(&images).of_file(&mask.folders, &mask.stem);
        let found = match found {
            Match::One { image, rest } => Some((image, rest.join(" "))),
            Match::None | Match::Several(_) => None,
        };
        assert_eq!(found, expected.map(|(image, rest)| (image, rest.to_owned())));
    }

    #[test]
    fn names_may_have_prefixes_suffixes_and_other_zeros() {
        let numbered = ["IMG_001.png", "IMG_0010.png"];
        check(&numbered, "IMG_001_mask.png", Some((0, "mask")));
        check(&numbered, "heart/img-0010.png", Some((1, "heart")));
        check(&numbered, "mask_img_001_Left.png", Some((0, "mask left")));
        check(&["1.png", "2.png"], "lung_002.png", Some((1, "lung")));
        check(&["image1.jpg", "image2.jpg"], "label2.png", Some((1, "label")));
        check(&["case01_0000.png", "case02_0000.png"], "case02.png", Some((1, "")));
        check(&["p1_image_1.png", "p1_image_2.png"], "p1_mask_2.png", Some((1, "")));
        check(&["chest_01_v2.png", "chest_02_v2.png"], "lung_02.png", Some((1, "lung")));
        check(&numbered, "IMG_002_mask.png", None);
    }

    #[test]
    fn folders_tell_images_of_one_name_apart() {
        let images = ["train/images/1.png", "test/images/1.png"];
        check(&images, "test/masks/1.png", Some((1, "masks")));
        check(&images, "test/right_lung/1.png", Some((1, "right lung")));
        check(&images, "1.png", None);
        check(&["train/1.png"], "masks/train/1.png", Some((0, "masks")));
        check(&["train/1.png", "val/2.png"], "val/masks/1.png", None);
    }

    #[test]
    fn a_folder_may_carry_the_name_of_the_image() {
        check(&["p1/cxr.png", "p2/cxr.png"], "p2/left_lung.png", Some((1, "left lung")));
        check(&["p1.png", "p2.png"], "masks/p2/Heart.png", Some((1, "masks heart")));
        check(&["p1/cxr.png", "p2/cxr.png"], "p2/cxr_mask.png", Some((1, "mask")));
    }

    #[test]
    fn documents_name_images_by_path_or_name() {
        let images = [file("a/1.2.840.5.dcm"), file("x/IMG 1.png")];
        let mut images = images.to_vec();
        images[0].stem = "1.2.840.5".to_owned();
        let matcher = Matcher::new(&images);
        let one = |name: &str| match matcher.of_name(name) {
            Match::One { image, .. } => Some(image),
            _ => None,
        };
        assert_eq!(one("1.2.840.5"), Some(0));
        assert_eq!(one("1.2.840.5.dcm"), Some(0));
        assert_eq!(one("C:\\data\\IMG 1.jpg"), Some(1));
        assert_eq!(one("img_1"), Some(1));
        assert_eq!(one("IMG 10"), None);
    }
}
