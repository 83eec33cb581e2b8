//! Zip file of a submission: masks, a model, or a model with masks beside it.

use std::fs::File;
use std::path::Path;

use anyhow::{Context, Result, bail};
use scr_data::{NewZip, ZipFiles};
use scr_store::ModelFileName;

/// Files of a model by their names in the zip file.
pub(super) type NamedFiles = Vec<(ModelFileName, Vec<u8>)>;

/// Zip file to upload, with its size in bytes. A zip file of masks alone is sent as it is.
pub(super) fn zipped(masks: Option<&Path>, model: &NamedFiles) -> Result<(File, u64)> {
    let file = match masks {
        Some(masks) if model.is_empty() && !masks.is_dir() => {
            File::open(masks).with_context(|| format!("cannot read {}", masks.display()))?
        }
        _ => pack(masks, model)?,
    };
    let size = file.metadata().context("cannot read the zip file")?.len();
    if let (0, Some(masks)) = (size, masks) {
        bail!("{} is empty, expected masks, STRUCTURE/IMAGE.png", masks.display());
    }
    Ok((file, size))
}

/// Packs files of a model, then masks, into a temporary file.
fn pack(masks: Option<&Path>, model: &NamedFiles) -> Result<File> {
    let mut zip = NewZip::new(tempfile::tempfile().context("cannot make a temporary file")?);
    for (name, bytes) in model {
        zip.add(name.as_str(), &mut bytes.as_slice()).context("cannot pack the model")?;
    }
    if let Some(masks) = masks {
        add_masks(&mut zip, masks).with_context(|| format!("cannot pack {}", masks.display()))?;
    }
    zip.finish().context("cannot write the zip file")
}

fn add_masks(zip: &mut NewZip<File>, masks: &Path) -> Result<()> {
    if masks.is_dir() {
        return Ok(zip.add_folder(masks, "")?);
    }
    let packed = ZipFiles::open(masks)?;
    for name in packed.names() {
        let bytes = packed.read(name).map_err(|problem| anyhow::anyhow!("{problem}"))?;
        zip.add(name, &mut bytes.as_slice())?;
    }
    Ok(())
}
