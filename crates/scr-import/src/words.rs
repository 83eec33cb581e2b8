//! Words of file and folder names: roles, sides, structures and identifiers.
//!
//! Names are split into words at punctuation, at changes of case and between letters and
//! digits: `leftMask` is `left`, `mask`; `CXR_png` is `cxr`, `png`.

use unicode_normalization::UnicodeNormalization;

/// Words of masks.
const MASK_WORDS: &[&str] = &[
    "annot",
    "annotated",
    "annotation",
    "annotations",
    "contour",
    "contours",
    "groundtruth",
    "gt",
    "gts",
    "label",
    "labelmap",
    "labelmaps",
    "labels",
    "lbl",
    "manual",
    "mask",
    "masks",
    "msk",
    "reference",
    "seg",
    "segm",
    "segmentation",
    "segmentations",
    "segmented",
    "segments",
    "segs",
    "truth",
    "truths",
];
/// Words of radiographs.
const IMAGE_WORDS: &[&str] = &[
    "cxr",
    "cxrs",
    "image",
    "images",
    "img",
    "imgs",
    "input",
    "inputs",
    "jpegimages",
    "orig",
    "original",
    "originals",
    "photo",
    "picture",
    "pictures",
    "radiograph",
    "radiographs",
    "raw",
    "scan",
    "scans",
    "xray",
    "xrays",
];
/// Words that say nothing about a structure: file forms, parts of longer terms, states.
const FILLER_WORDS: &[&str] = &[
    "bin", "binary", "bmp", "class", "data", "dataset", "dcm", "dicom", "file", "files", "final",
    "gif", "gray", "grey", "ground", "gz", "jpeg", "jpg", "mha", "nifti", "nii", "nrrd", "object",
    "of", "png", "pngs", "ray", "rgb", "the", "tif", "tiff", "x",
];
/// Words of the parts of a database.
const SPLIT_WORDS: &[&str] = &[
    "dev",
    "eval",
    "fold",
    "split",
    "splits",
    "test",
    "testing",
    "tr",
    "train",
    "training",
    "trn",
    "ts",
    "va",
    "val",
    "valid",
    "validation",
];
/// Words of pictures that are neither radiographs nor masks.
const IGNORED_WORDS: &[&str] = &[
    "colored",
    "colorized",
    "coloured",
    "overlay",
    "overlays",
    "preview",
    "previews",
    "thumb",
    "thumbnail",
    "thumbnails",
    "thumbs",
    "vis",
    "visual",
    "visualisation",
    "visualisations",
    "visualization",
    "visualizations",
    "visuals",
    "viz",
];
/// Words of readers.
const READER_WORDS: &[&str] =
    &["annotator", "expert", "grader", "observer", "radiologist", "rater", "reader"];
/// Words of structures seen in chest radiographs.
const STRUCTURE_WORDS: &[&str] = &[
    "airway",
    "airways",
    "aorta",
    "aortic",
    "bone",
    "bones",
    "bronchi",
    "bronchus",
    "cardiac",
    "carina",
    "catheter",
    "clavicle",
    "clavicles",
    "consolidation",
    "device",
    "diaphragm",
    "effusion",
    "esophagus",
    "heart",
    "hila",
    "hilum",
    "humerus",
    "infection",
    "infiltrate",
    "left",
    "lesion",
    "lesions",
    "lobe",
    "lobes",
    "lung",
    "lungs",
    "mediastinum",
    "nodule",
    "nodules",
    "oesophagus",
    "opacity",
    "pleura",
    "pneumonia",
    "pneumothorax",
    "ptx",
    "rib",
    "ribs",
    "right",
    "scapula",
    "scapulae",
    "spine",
    "stomach",
    "thorax",
    "trachea",
    "tube",
    "tumor",
    "tumour",
    "vertebra",
    "vertebrae",
];

/// Side of the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    /// On the left of the image.
    Right,
    /// On the right of the image.
    Left,
}

impl Side {
    /// Prefix of a structure's identifier.
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Left => "left",
        }
    }
}

/// Words of a name, in lower case.
pub(crate) fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut is_new = true;
    for (place, &letter) in letters.iter().enumerate() {
        if !letter.is_alphanumeric() {
            is_new = true;
            continue;
        }
        let before = place.checked_sub(1).map(|before| letters[before]);
        let after = letters.get(place + 1);
        let starts = before.is_none_or(|before| {
            before.is_numeric() != letter.is_numeric()
                || (before.is_lowercase() && letter.is_uppercase())
                || (before.is_uppercase()
                    && letter.is_uppercase()
                    && after.is_some_and(|after| after.is_lowercase()))
        });
        if is_new || starts {
            words.push(String::new());
            is_new = false;
        }
        words.last_mut().expect("a word was begun").extend(letter.to_lowercase());
    }
    words
}

/// True for a word of masks.
pub(crate) fn is_mask_word(word: &str) -> bool {
    MASK_WORDS.contains(&word)
}

/// True for a word of radiographs.
pub(crate) fn is_image_word(word: &str) -> bool {
    IMAGE_WORDS.contains(&word)
}

/// True for a word that names no structure.
pub(crate) fn is_filler(word: &str) -> bool {
    FILLER_WORDS.contains(&word)
}

/// True for a word of a part of a database, such as `train`.
pub(crate) fn is_split_word(word: &str) -> bool {
    SPLIT_WORDS.contains(&word)
}

/// True for a word of pictures that are neither radiographs nor masks.
pub(crate) fn is_ignored_word(word: &str) -> bool {
    IGNORED_WORDS.contains(&word)
}

/// True for a word of a reader.
pub(crate) fn is_reader_word(word: &str) -> bool {
    READER_WORDS.contains(&word.trim_end_matches('s'))
}

/// True for a word of a structure or side.
pub(crate) fn is_structure_word(word: &str) -> bool {
    STRUCTURE_WORDS.contains(&word)
}

/// Words of a name that say more than a role or a file form, joined by spaces; empty when
/// there is none.
pub(crate) fn without_role(name: &str) -> String {
    let says_more = |word: &String| !is_mask_word(word) && !is_image_word(word) && !is_filler(word);
    words(name).into_iter().filter(says_more).collect::<Vec<_>>().join(" ")
}

/// Identifier of a structure's name: lower-case words joined by `_`, the side first;
/// none when no ASCII letter or digit is left.
pub(crate) fn structure_id(name: &str) -> Option<String> {
    let plain: String = name.nfkd().filter(char::is_ascii).collect();
    let all = words(&plain);
    let is_kept = |word: &&String| !is_mask_word(word) && !is_filler(word);
    let mut kept: Vec<&str> = all.iter().filter(is_kept).map(String::as_str).collect();
    if kept.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_digit())) {
        kept = all.iter().map(String::as_str).collect();
    }
    let side = |word: &str| match word {
        "right" => Some("right"),
        "left" => Some("left"),
        "r" | "rt" if kept.len() > 1 => Some("right"),
        "l" | "lt" if kept.len() > 1 => Some("left"),
        _ => None,
    };
    // The side stands at either end: `lung_right`, `R Lung`.
    let ends = [kept.len().saturating_sub(1), 0];
    let found = ends.into_iter().find_map(|at| Some((at, side(kept.get(at)?)?)));
    if let Some((at, side)) = found {
        kept.remove(at);
        kept.insert(0, side);
    }
    // `lungs/right` is the right lung.
    if found.is_some()
        && let Some(last) = kept.last_mut()
        && let Some(single) = last.strip_suffix('s')
        && STRUCTURE_WORDS.contains(&single)
    {
        *last = single;
    }
    let mut id = kept.join("_");
    id.truncate(64);
    (!id.is_empty()).then_some(id)
}

/// Side and rest of a structure's identifier that names a side: `right_lung` is right, `lung`.
pub(crate) fn side_of(id: &str) -> Option<(Side, &str)> {
    [Side::Right, Side::Left].into_iter().find_map(|side| {
        let rest = id.strip_prefix(side.prefix())?;
        Some((side, rest.strip_prefix('_').unwrap_or(rest)))
    })
}

/// Plural of an organ's identifier: `lung` is `lungs`.
pub(crate) fn plural(id: &str) -> String {
    match id {
        "scapula" => "scapulae".to_owned(),
        "hilum" => "hila".to_owned(),
        _ if id.ends_with('s') => id.to_owned(),
        _ => format!("{id}s"),
    }
}

/// Singular of an organ's identifier: `lungs` is `lung`.
pub(crate) fn singular(id: &str) -> &str {
    match id {
        "scapulae" => "scapula",
        "hila" => "hilum",
        _ => id.strip_suffix('s').unwrap_or(id),
    }
}

/// Name for people of an identifier: `right_lung` is `Right lung`.
pub(crate) fn title(id: &str) -> String {
    let text = id.replace(['_', '-'], " ");
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// Plain file name of any name: ASCII letters, digits, `.`, `-` and `_`; at most 100.
/// Empty when nothing is left.
pub(crate) fn plain_name(name: &str) -> String {
    let mut plain = String::new();
    for letter in name.nfkd().filter(char::is_ascii) {
        if letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_') {
            plain.push(letter);
        } else if !plain.ends_with('_') {
            plain.push('_');
        }
    }
    let mut plain = plain.trim_matches(['.', '_']).to_owned();
    plain.truncate(100);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_at_punctuation_case_and_digits() {
        for (name, expected) in [
            ("leftMask", "left mask"),
            ("CXR_png", "cxr png"),
            ("JPEGImages", "jpeg images"),
            ("IMG-001", "img 001"),
            ("case01_0000", "case 01 0000"),
            ("left lung (2)", "left lung 2"),
            ("", ""),
        ] {
            assert_eq!(words(name).join(" "), expected, "{name}");
        }
    }

    #[test]
    fn structures_have_one_identifier_however_they_are_written() {
        for (name, expected) in [
            ("Right Lung", "right_lung"),
            ("lung_right", "right_lung"),
            ("R-Lung", "right_lung"),
            ("lung_L", "left_lung"),
            ("leftMask", "left"),
            ("lungs right", "right_lung"),
            ("Lungs", "lungs"),
            ("Hérz", "herz"),
            ("mask", "mask"),
            ("label_2", "label_2"),
            ("r", "r"),
        ] {
            assert_eq!(structure_id(name).as_deref(), Some(expected), "{name}");
        }
        assert_eq!(structure_id("肺"), None);
    }

    #[test]
    fn names_of_images_become_plain_file_names() {
        assert_eq!(plain_name("patient 1 (2)"), "patient_1_2");
        assert_eq!(plain_name("..hidden"), "hidden");
        assert_eq!(plain_name("é/x"), "e_x");
    }
}
