//! Training of U-Nets on a training set.

use scr_data::digest::{file_digest, hex};
use scr_image::{GreyImage, Resampling, Size};
use scr_onnx::mirror_twin;
use scr_unet::{Architecture, Sample, Training, Unet, UnetError};

use super::checkpoint::Checkpoint;
use super::model::{UnetFile, UnetModel};
use super::settings::{UNET, UnetSettings, VERSION};
use crate::{MethodError, Progress, TrainingSet, memory};

/// Seeds of members are so far apart that their random numbers differ.
const MEMBER_SEED: u64 = 0xA24B_AED4_963E_E407;

/// Trains the members of a U-Net on all images of a set.
pub(crate) fn learn(
    set: &TrainingSet<'_>,
    settings: UnetSettings,
    seed: u64,
    method: &'static str,
    progress: Progress<'_>,
) -> Result<UnetModel, MethodError> {
    let images = set.images();
    let names: Vec<String> = images.benchmark().structures.iter().map(|s| s.id.clone()).collect();
    let architecture = settings.architecture(names.len());
    let fault = |error: UnetError| MethodError::Unet { method, error };
    architecture.check().map_err(fault)?;
    require_memory(method, architecture, settings.batch, images.list().len())?;
    let samples = samples(set, settings, method, progress)?;
    let part_counts = images.part_counts(progress)?;
    let mirrored = mirrored(&names);
    let (mut members, mut losses, mut checkpoints) = (Vec::new(), Vec::new(), Vec::new());
    for member in 0..settings.n_members {
        let seed = seed.wrapping_add((member as u64).wrapping_mul(MEMBER_SEED));
        let mut checkpoint = checkpoint(set, settings, seed, member)?;
        let state = checkpoint.as_ref().and_then(Checkpoint::state);
        let recipe = || settings.recipe(mirrored.clone());
        // A state that does not fit is that of another training.
        let resume = |state| Training::resume(architecture, &samples, recipe(), seed, state).ok();
        let mut training = match state.and_then(resume) {
            Some(training) => training,
            None => Training::new(architecture, &samples, recipe(), seed).map_err(fault)?,
        };
        while !training.is_done() {
            let loss = training.step().map_err(fault)?;
            if let Some(checkpoint) = &mut checkpoint {
                checkpoint.keep(training.state())?;
            }
            let done = training.losses().len() + member * settings.n_steps;
            let what = format!("training, loss {loss:.3}");
            progress(&what, done, settings.n_steps * settings.n_members);
        }
        members.push(training.averaged().to_vec());
        losses.push(training.losses().to_vec());
        if let Some(mut checkpoint) = checkpoint {
            if settings.n_members > 1 {
                checkpoint.write(training.state())?;
            }
            checkpoints.push(checkpoint);
        }
    }
    checkpoints.into_iter().for_each(Checkpoint::delete);
    let unet = Unet::new(architecture, members).map_err(fault)?;
    Ok(UnetModel::new(UnetFile {
        unet,
        structures: names,
        mirror: mirrored.is_some(),
        largest_component: part_counts.iter().all(|&count| count == 1),
        losses,
    }))
}

/// Refuses a training that would not fit into the available memory.
fn require_memory(
    method: &'static str,
    architecture: Architecture,
    batch: usize,
    n_samples: usize,
) -> Result<(), MethodError> {
    let n_at_once = batch.min(rayon::current_num_threads());
    let needed_bytes = architecture.training_bytes(batch, n_at_once, n_samples);
    match memory::available_bytes() {
        Some(available_bytes) if available_bytes < needed_bytes => {
            Err(MethodError::Memory { method, needed_bytes, available_bytes })
        }
        _ => Ok(()),
    }
}

/// Checkpoint of a member, where the set has a folder for it.
fn checkpoint(
    set: &TrainingSet<'_>,
    settings: UnetSettings,
    seed: u64,
    member: usize,
) -> Result<Option<Checkpoint>, MethodError> {
    let Some(folder) = set.checkpoints() else { return Ok(None) };
    let origin = set.images().provenance()?;
    let seen: Vec<_> = origin.seen.iter().map(|image| (&image.id, &image.file_sha256)).collect();
    let plan = format!("{VERSION} {settings:?} {seed} {} {seen:?}", origin.benchmark_digest);
    let (part, digest) = (set.images().part().file_name(), file_digest(plan.as_bytes()));
    // Other images, such as half of the part, are another training.
    let path = folder.join(format!("{UNET}-{part}-{member}-{}.training", &hex(&digest)[..8]));
    Ok(Some(Checkpoint::new(path, plan)))
}

/// Training images on the grid of the network.
fn samples(
    set: &TrainingSet<'_>,
    settings: UnetSettings,
    method: &'static str,
    progress: Progress<'_>,
) -> Result<Vec<Sample>, MethodError> {
    let (images, grid) = (set.images(), Size::square(settings.side));
    let structures = &images.benchmark().structures;
    let fault = |error: UnetError| MethodError::Unet { method, error };
    let read = images.each_image("reading images", progress, |_, image| {
        let radiograph = images.radiograph(image)?;
        let scale = 1.0 / f32::from(radiograph.max_value().max(1));
        let grey = radiograph.pixels().iter().map(|&value| f32::from(value) * scale).collect();
        let grey = GreyImage::new(radiograph.size(), grey);
        let grey = grey.resampled_by(Resampling::Antialiased, grid).values().to_vec();
        let mut shares = Vec::with_capacity(grid.area() * structures.len());
        let mut are_drawn = Vec::new();
        for mask in images.masks(image)? {
            are_drawn.push(!mask.is_empty());
            let values = mask.to_bytes(1).iter().map(|&value| f32::from(value)).collect();
            let map = GreyImage::new(mask.size(), values).resampled_by(Resampling::Area, grid);
            shares.extend(map.values().iter().map(|share| share.clamp(0.0, 1.0)));
        }
        let architecture = settings.architecture(structures.len());
        Ok((Sample::new(architecture, grey, shares).map_err(fault)?, are_drawn))
    })?;
    images.require_drawn(method, |index| read.iter().any(|(_, are_drawn)| are_drawn[index]))?;
    Ok(read.into_iter().map(|(sample, _)| sample).collect())
}

/// Structure that each structure becomes in the mirror image; `None` unless each has a side. The
/// heart has none, so chests with a heart are not mirrored.
fn mirrored(names: &[String]) -> Option<Vec<usize>> {
    let twin = |name: &String| {
        let twin = mirror_twin(name);
        names.iter().position(|other| *other == twin && other != name)
    };
    names.iter().map(twin).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_training_that_would_not_fit_into_memory_is_refused() {
        let architecture = Architecture { side: 256, width: 16, n_structures: 5 };
        if memory::available_bytes().is_none() {
            return;
        }
        require_memory("unet", architecture, 1, 1).unwrap();
        let error = require_memory("unet", architecture, 1, 1 << 40).unwrap_err().to_string();
        assert!(error.contains("GB of memory to train"), "{error}");
    }
}
