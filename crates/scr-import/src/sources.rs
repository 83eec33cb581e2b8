//! Files of an import: which are radiographs, which are masks, and which documents lie beside.

use std::path::{Path, PathBuf};

use scr_data::durable::sibling;
use scr_data::{BENCHMARK_FILE, DataError, Problem};

use crate::faults::Faults;
use crate::inspection::looks_like_mask;
use crate::label_names::{self, LabelNames};
use crate::listing::{FoundFile, Listing};
use crate::roles::{self, Roles};

/// Files of an import.
#[derive(Debug, Default)]
pub(crate) struct SourceFiles {
    /// Radiographs.
    pub(crate) images: Vec<FoundFile>,
    /// Pictures that are masks.
    pub(crate) masks: Vec<FoundFile>,
    /// Listing in which documents are looked for.
    pub(crate) documents: Listing,
    /// Folders in which names of labels are looked for, beside the documents.
    pub(crate) around: Vec<PathBuf>,
    /// Statements for the report.
    pub(crate) notes: Vec<String>,
}

/// Finds the files below `images` and `masks`, which may be the same folder; `masks` may be a
/// file. Leaves out the folder `out` and other benchmarks.
///
/// # Errors
/// [`DataError::Problems`] when a folder cannot be listed.
pub(crate) fn find(
    images: &Path,
    masks: Option<&Path>,
    out: &Path,
) -> Result<SourceFiles, DataError> {
    for folder in [Some(images), masks].into_iter().flatten() {
        if folder.join(BENCHMARK_FILE).exists() {
            let found = format!("{BENCHMARK_FILE}: it is a benchmark already");
            let hint = "score masks against it with `scr evaluate`";
            let place = folder.display().to_string();
            return Err(Problem::new(place, "images and masks", found, hint).into());
        }
    }
    let outputs = [out.to_owned(), sibling(out, ".partial")];
    let same = |a: &Path, b: &Path| a.canonicalize().ok() == b.canonicalize().ok();
    let masks = masks.filter(|masks| !same(masks, images));
    let Some(masks) = masks else {
        let listing = Listing::of(images, &outputs)?;
        let roles = roles::divide(&listing, &looks_like_mask);
        return Ok(SourceFiles::new(roles, listing, images, images));
    };
    if masks.is_file() {
        let listing = Listing::of_file(masks).unwrap_or_default();
        refuse_archive(masks)?;
        let roles = roles::radiographs(&Listing::of(images, &outputs)?);
        let roles = Roles { masks: pictures(&listing), ..roles };
        return Ok(SourceFiles::new(roles, listing, images, masks));
    }
    let skipped = |other: &Path| [outputs.as_slice(), &[other.to_owned()]].concat();
    let image_roles = roles::radiographs(&Listing::of(images, &skipped(masks))?);
    let listing = Listing::of(masks, &skipped(images))?;
    let mask_roles = roles::masks(&listing);
    let roles = Roles {
        images: image_roles.images,
        masks: mask_roles.masks,
        n_ignored: image_roles.n_ignored + mask_roles.n_ignored,
    };
    Ok(SourceFiles::new(roles, listing, images, masks))
}

/// Files of a set of masks: a folder, or a document.
///
/// # Errors
/// [`DataError::Problems`] when the folder cannot be listed, or for an archive.
pub(crate) fn masks(masks: &Path) -> Result<SourceFiles, DataError> {
    if masks.is_file() {
        refuse_archive(masks)?;
        let listing = Listing::of_file(masks).unwrap_or_default();
        let roles = Roles { masks: pictures(&listing), ..Roles::default() };
        return Ok(SourceFiles::new(roles, listing, masks, masks));
    }
    let listing = Listing::of(masks, &[])?;
    let roles = Roles { images: Vec::new(), ..roles::masks(&listing) };
    Ok(SourceFiles::new(roles, listing, masks, masks))
}

impl SourceFiles {
    /// Names of labels in the documents and around the folders.
    pub(crate) fn label_names(&self, faults: &mut Faults) -> Option<LabelNames> {
        let around: Vec<&Path> = self.around.iter().map(PathBuf::as_path).collect();
        match label_names::find(&[&self.documents], &around) {
            Ok(names) => names,
            Err(problems) => {
                faults.extend("names of labels", &problems);
                None
            }
        }
    }

    fn new(roles: Roles, documents: Listing, images: &Path, masks: &Path) -> Self {
        let Roles { images: found, masks: found_masks, n_ignored } = roles;
        let mut notes = Vec::new();
        if n_ignored > 0 {
            notes.push(format!(
                "{n_ignored} overlays and previews are left out, by their folders' names"
            ));
        }
        let (images_found, others): (Vec<FoundFile>, Vec<FoundFile>) =
            found.into_iter().partition(FoundFile::is_radiograph);
        if let (Some(first), false) = (others.first(), images_found.is_empty()) {
            notes.push(format!(
                "{} pictures of other formats than radiographs are left out, such as {}",
                others.len(),
                first.place()
            ));
        }
        let mut around: Vec<PathBuf> = Vec::new();
        for folder in [masks, images] {
            let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
            around.extend([folder.clone()].into_iter().filter(|folder| folder.is_dir()));
            around.extend(folder.parent().map(Path::to_owned));
        }
        around.dedup();
        let images = if images_found.is_empty() { others } else { images_found };
        Self { images, masks: found_masks, documents, around, notes }
    }
}

fn pictures(listing: &Listing) -> Vec<FoundFile> {
    listing.files.iter().filter(|file| file.is_picture()).cloned().collect()
}

fn refuse_archive(path: &Path) -> Result<(), DataError> {
    let name = path.to_string_lossy().to_lowercase();
    let is_archive =
        [".zip", ".tar", ".tgz", ".gz", ".7z", ".rar"].iter().any(|e| name.ends_with(e));
    if is_archive && !name.ends_with(".nii.gz") {
        let place = path.display().to_string();
        let hint = "unpack it and name the folder";
        return Err(Problem::new(place, "a folder or a document", "an archive", hint).into());
    }
    Ok(())
}
