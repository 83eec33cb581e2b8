//! Benchmark of one radiograph and its masks, for looking at a pair.
//!
//! A temporary folder with links to the files. The first mask is the reference.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use scr_data::{durable, files, formats};
use toml::Value;

/// Structure of all masks, and the object that is scored.
const STRUCTURE: &str = "mask";

/// Folder of a pair: a benchmark, and a set of masks for each further mask.
pub(super) struct Pair {
    pub(super) benchmark: PathBuf,
    pub(super) sets: Vec<PathBuf>,
}

impl Pair {
    /// Writes the folder of a radiograph and masks into `root`.
    pub(super) fn write(root: &Path, radiograph: &Path, masks: &[PathBuf]) -> Result<Self> {
        let (reference, others) = masks.split_first().expect("clap asks for a mask");
        let (stem, extension) = parts(radiograph, formats::RADIOGRAPH_EXTENSIONS);
        let image = identifier(&stem);
        let benchmark = root.join("benchmark");
        link(radiograph, &benchmark.join("images").join(format!("{image}.{extension}")))?;
        let place = |folder: &Path, mask: &Path| {
            let (_, extension) = parts(mask, formats::MASK_EXTENSIONS);
            folder.join(STRUCTURE).join(format!("{image}.{extension}"))
        };
        link(reference, &place(&benchmark.join("reference"), reference))?;
        let mut sets = Vec::new();
        for (index, mask) in others.iter().enumerate() {
            let (stem, _) = parts(mask, formats::MASK_EXTENSIONS);
            let set = root.join((index + 1).to_string()).join(identifier(&stem));
            link(mask, &place(&set, mask))?;
            sets.push(set);
        }
        let (reference_name, reference_extension) = parts(reference, formats::MASK_EXTENSIONS);
        let text = |text: &str| Value::String(text.to_owned()).to_string();
        let file = format!(
            "id = \"pair\"\ntitle = {}\ndescription = \"One radiograph and its masks.\"\n\
             definition = \"\"\n\
             [images]\ntable = \"images.csv\"\nfolder = \"images\"\npattern = {}\n\
             spacing_mm = \"unknown\"\n\
             [[structures]]\nid = \"{STRUCTURE}\"\nname = \"Mask\"\n\
             [[objects]]\nid = \"{STRUCTURE}\"\nname = \"Mask\"\nstructures = [\"{STRUCTURE}\"]\n\
             [[observers]]\nid = \"reference\"\nname = {}\nfolder = \"reference\"\npattern = {}\n\
             [folds]\ncolumn = \"fold\"\nprotocol = \"two-fold\"\n\
             [terms]\nlicence = \"not stated\"\nredistribution = \"forbidden\"\n",
            text(&stem),
            text(&format!("{{image_id}}.{extension}")),
            text(&reference_name),
            text(&format!("{{structure}}/{{image_id}}.{reference_extension}")),
        );
        files::write_file(&benchmark.join(scr_data::BENCHMARK_FILE), file.as_bytes())?;
        let table = format!("image_id,fold\n{image},1\n");
        files::write_file(&benchmark.join("images.csv"), table.as_bytes())?;
        Ok(Self { benchmark, sets })
    }
}

/// File name without its extension, and the extension: one of `known`, else its last part.
fn parts(path: &Path, known: &[&str]) -> (String, String) {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let lower = name.to_lowercase();
    let ends = known.iter().filter(|known| lower.ends_with(&format!(".{known}")));
    let length = ends.map(|known| known.len()).max();
    let length = length.or_else(|| Some(name.len() - name.rfind('.')? - 1)).unwrap_or_default();
    match name.len().checked_sub(length + 1).filter(|_| length > 0) {
        Some(end) if name.is_char_boundary(end) => {
            (name[..end].to_owned(), name[end + 1..].to_lowercase())
        }
        _ => (name, String::new()),
    }
}

/// Identifier of an image from a name: other letters become `_`.
fn identifier(name: &str) -> String {
    let plain = |letter: char| {
        if letter.is_ascii_alphanumeric() || "-_".contains(letter) { letter } else { '_' }
    };
    let plain: String = name.chars().map(plain).take(64).collect();
    if plain.is_empty() { "image".to_owned() } else { plain }
}

/// Links a file into place; copies it where the system has no links.
fn link(from: &Path, to: &Path) -> Result<()> {
    let failed = || format!("cannot link {}", from.display());
    let from = from.canonicalize().with_context(failed)?;
    durable::create_folders(to.parent().expect("it lies in a folder")).with_context(failed)?;
    #[cfg(unix)]
    std::os::unix::fs::symlink(&from, to).with_context(failed)?;
    #[cfg(not(unix))]
    {
        let mut file = std::fs::File::open(&from).with_context(failed)?;
        durable::copy_unsynced(&mut file, to).with_context(failed)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_told_from_its_extension() {
        let of = |name: &str| parts(Path::new(name), formats::MASK_EXTENSIONS);
        let pair = |stem: &str, extension: &str| (stem.to_owned(), extension.to_owned());
        assert_eq!(of("a/b.c.nii.gz"), pair("b.c", "nii.gz"));
        assert_eq!(of("A.PNG"), pair("A", "png"));
        assert_eq!(of("a.webp"), pair("a", "webp"));
        assert_eq!(of("a"), pair("a", ""));
        assert_eq!(identifier("Größe 1.2"), "Gr__e_1_2");
    }
}
