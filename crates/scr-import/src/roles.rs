//! Roles of pictures: radiograph, mask or neither, by the names of folders and files.
//!
//! Contents of a few files of each group decide where names leave it open: a picture of
//! few values is a mask.

use std::collections::{BTreeMap, BTreeSet};

use crate::listing::{FoundFile, Listing};
use crate::words::{self, words};

/// Files of a group whose contents are looked at.
const PEEKED: usize = 3;

/// Files of a folder up to which all of their contents are looked at.
const MAX_SMALL: usize = 8;

/// Pictures by role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Roles {
    /// Radiographs.
    pub(crate) images: Vec<FoundFile>,
    /// Masks.
    pub(crate) masks: Vec<FoundFile>,
    /// Number of pictures that are neither, such as overlays.
    pub(crate) n_ignored: usize,
}

/// Role of a picture, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Image,
    Mask,
    Ignored,
    Unknown,
}

/// Roles of the pictures of one folder that holds radiographs and masks; `is_mask` looks at
/// the contents of a file.
pub(crate) fn divide(listing: &Listing, is_mask: &dyn Fn(&FoundFile) -> bool) -> Roles {
    let pictures: Vec<&FoundFile> = listing.files.iter().filter(|f| f.is_picture()).collect();
    let mut roles: Vec<Role> = pictures.iter().map(|file| of_folders(file)).collect();
    by_mask_words(&pictures, &mut roles);
    let mut peek = |group: &[usize]| group.iter().take(PEEKED).all(|&at| is_mask(pictures[at]));
    by_longer_names(&pictures, &mut roles, &mut peek);
    by_extension(&pictures, &mut roles, &mut peek);
    by_contents(&pictures, &mut roles, &mut peek);
    sorted(&pictures, &roles)
}

/// Roles by names alone, where masks are known to lie elsewhere: everything that no name
/// calls a mask is a radiograph, and if that leaves none, everything is.
pub(crate) fn radiographs(listing: &Listing) -> Roles {
    let pictures: Vec<&FoundFile> = listing.files.iter().filter(|f| f.is_picture()).collect();
    let mut roles: Vec<Role> = pictures.iter().map(|file| of_folders(file)).collect();
    by_mask_words(&pictures, &mut roles);
    if roles.iter().all(|role| matches!(role, Role::Mask | Role::Ignored)) {
        roles.fill(Role::Image);
    }
    sorted(&pictures, &roles)
}

/// Masks of a folder of masks: everything that no folder calls a radiograph or an overlay.
pub(crate) fn masks(listing: &Listing) -> Roles {
    let pictures: Vec<&FoundFile> = listing.files.iter().filter(|f| f.is_picture()).collect();
    let as_mask = |role| if role == Role::Unknown { Role::Mask } else { role };
    let mut roles: Vec<Role> = pictures.iter().map(|file| as_mask(of_folders(file))).collect();
    if !roles.contains(&Role::Mask) {
        roles.fill(Role::Mask);
    }
    sorted(&pictures, &roles)
}

fn sorted(pictures: &[&FoundFile], roles: &[Role]) -> Roles {
    let mut sorted = Roles::default();
    for (&file, role) in pictures.iter().zip(roles) {
        match role {
            Role::Image | Role::Unknown => sorted.images.push(file.clone()),
            Role::Mask => sorted.masks.push(file.clone()),
            Role::Ignored => sorted.n_ignored += 1,
        }
    }
    sorted
}

/// Role by the nearest folder whose name has a word of one.
fn of_folders(file: &FoundFile) -> Role {
    let of_folder = |folder: &String| {
        let words = words(folder);
        if words.iter().any(|word| words::is_ignored_word(word)) {
            Some(Role::Ignored)
        } else if words.iter().any(|word| words::is_mask_word(word)) {
            Some(Role::Mask)
        } else if words.iter().any(|word| words::is_image_word(word)) {
            Some(Role::Image)
        } else {
            None
        }
    };
    let nearest = file.folders.iter().rev().find_map(of_folder).unwrap_or(Role::Unknown);
    // `Lung Segmentation/test` may hold radiographs: contents decide below a folder of masks.
    let is_direct = file.folders.last().and_then(of_folder) == Some(nearest);
    if nearest == Role::Mask && !is_direct { Role::Unknown } else { nearest }
}

/// Groups of files by a key, in the order of their first file.
fn groups<K: Ord>(
    pictures: &[&FoundFile],
    key: impl Fn(usize, &FoundFile) -> Option<K>,
) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<K, Vec<usize>> = BTreeMap::new();
    for (at, &file) in pictures.iter().enumerate() {
        if let Some(key) = key(at, file) {
            groups.entry(key).or_default().push(at);
        }
    }
    let mut groups: Vec<Vec<usize>> = groups.into_values().collect();
    groups.sort_by_key(|group| group[0]);
    groups
}

/// Marks files with a word of masks, in folders where others have none.
fn by_mask_words(pictures: &[&FoundFile], roles: &mut [Role]) {
    let has_word = |at: usize| words(&pictures[at].stem).iter().any(|w| words::is_mask_word(w));
    let open = |at: usize| matches!(roles[at], Role::Image | Role::Unknown);
    let by_folder = groups(pictures, |at, file| open(at).then(|| file.folders.clone()));
    for group in by_folder {
        let (with, without): (Vec<usize>, Vec<usize>) =
            group.into_iter().partition(|&at| has_word(at));
        if !without.is_empty() {
            with.into_iter().for_each(|at| roles[at] = Role::Mask);
        }
    }
}

/// Marks files whose names are those of others with more words, such as `IMG_001_heart` beside
/// `IMG_001`, where their contents are those of masks.
fn by_longer_names(
    pictures: &[&FoundFile],
    roles: &mut [Role],
    peek: &mut dyn FnMut(&[usize]) -> bool,
) {
    let open = |at: usize| matches!(roles[at], Role::Image | Role::Unknown);
    let mut names: BTreeSet<(&[String], String)> = BTreeSet::new();
    for (at, file) in pictures.iter().enumerate() {
        if open(at) {
            names.insert((&file.folders, words(&file.stem).join(" ")));
        }
    }
    let longer = |at: usize, file: &FoundFile| {
        let all = words(&file.stem);
        let shorter = (1..all.len())
            .rev()
            .flat_map(|length| (0..=all.len() - length).map(move |start| (start, start + length)));
        let mut found = shorter.filter(|&(start, end)| {
            names.contains(&(file.folders.as_slice(), all[start..end].join(" ")))
        });
        let (start, end) = if open(at) { found.next()? } else { return None };
        Some((file.folders.clone(), [&all[..start], &["*".to_owned()], &all[end..]].concat()))
    };
    let by_affix = groups(pictures, longer);
    for group in by_affix {
        if peek(&group) {
            group.into_iter().for_each(|at| roles[at] = Role::Mask);
        }
    }
}

/// Marks files beside others of the same name and another extension, such as `1.png` beside
/// `1.jpg`.
fn by_extension(
    pictures: &[&FoundFile],
    roles: &mut [Role],
    peek: &mut dyn FnMut(&[usize]) -> bool,
) {
    let mut extensions: BTreeMap<(&[String], &str), BTreeSet<&str>> = BTreeMap::new();
    for file in pictures {
        let name = (file.folders.as_slice(), file.stem.as_str());
        extensions.entry(name).or_default().insert(&file.extension);
    }
    let is_twin = |at: usize, file: &FoundFile| {
        let others = extensions.get(&(file.folders.as_slice(), file.stem.as_str()));
        let open = matches!(roles[at], Role::Image | Role::Unknown);
        let has_twin = open && others.is_some_and(|others| others.len() > 1);
        has_twin.then(|| (file.folders.clone(), file.extension.clone()))
    };
    for group in groups(pictures, is_twin) {
        if peek(&group) {
            group.into_iter().for_each(|at| roles[at] = Role::Mask);
        }
    }
}

/// Marks what is left open by its contents: a folder of files of one kind at once, and in a
/// folder of several kinds, such as that of a patient, files of one name in all folders.
fn by_contents(
    pictures: &[&FoundFile],
    roles: &mut [Role],
    peek: &mut dyn FnMut(&[usize]) -> bool,
) {
    let by_folder =
        groups(pictures, |at, file| (roles[at] == Role::Unknown).then(|| file.folders.clone()));
    for group in by_folder {
        let n_seen = if group.len() <= MAX_SMALL { group.len() } else { PEEKED };
        let n_masks = group[..n_seen].iter().filter(|&&at| peek(&[at])).count();
        let role = match n_masks {
            0 => Role::Image,
            n if n == n_seen => Role::Mask,
            _ => continue,
        };
        group.into_iter().for_each(|at| roles[at] = role);
    }
    let by_name =
        groups(pictures, |at, file| (roles[at] == Role::Unknown).then(|| file.stem.clone()));
    for group in by_name {
        let role = if peek(&group) { Role::Mask } else { Role::Image };
        group.into_iter().for_each(|at| roles[at] = role);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(paths: &[&str]) -> Listing {
        let file = |path: &&str| {
            let mut folders: Vec<String> = path.split('/').map(str::to_owned).collect();
            let name = folders.pop().unwrap();
            let (stem, extension) = name.rsplit_once('.').unwrap();
            FoundFile {
                path: path.into(),
                folders,
                stem: stem.to_owned(),
                extension: extension.to_owned(),
            }
        };
        Listing { files: paths.iter().map(file).collect() }
    }

    /// Files and those of them that are masks; those with `#` in the list have few values.
    #[track_caller]
    fn check(paths: &[&str], masks: &[&str]) {
        let few: Vec<&str> = paths.iter().filter_map(|path| path.strip_prefix('#')).collect();
        let plain: Vec<&str> = paths.iter().map(|path| path.trim_start_matches('#')).collect();
        let roles = divide(&listing(&plain), &|file| few.contains(&file.path.to_str().unwrap()));
        let found: Vec<&str> = roles.masks.iter().map(|f| f.path.to_str().unwrap()).collect();
        assert_eq!(found, masks);
        assert_eq!(roles.images.len() + roles.masks.len() + roles.n_ignored, paths.len());
    }

    #[test]
    fn folders_and_suffixes_tell_masks() {
        check(&["Images/1.png", "Masks/1.png"], &["Masks/1.png"]);
        check(&["CXR_png/1.png", "ManualMask/leftMask/1.png"], &["ManualMask/leftMask/1.png"]);
        check(&["a_1.png", "a_1_mask.png", "a_2.png"], &["a_1_mask.png"]);
        check(&["images/1.png", "overlay/1.png", "gt/1.png"], &["gt/1.png"]);
        check(&["Lung Seg/test/1.png", "#Lung Seg/gt/a/1.png"], &["Lung Seg/gt/a/1.png"]);
    }

    #[test]
    fn contents_decide_where_names_do_not() {
        check(&["a.png", "#a_heart.png", "b.png", "b_lateral.png"], &["a_heart.png"]);
        check(&["1.jpg", "#1.png", "2.jpg", "#2.png"], &["1.png", "2.png"]);
        check(&["A/1.png", "#left lung/1.png", "#B/1.png"], &["left lung/1.png", "B/1.png"]);
        check(
            &["p1/cxr.png", "#p1/left.png", "p2/cxr.png", "#p2/left.png"],
            &["p1/left.png", "p2/left.png"],
        );
    }
}
