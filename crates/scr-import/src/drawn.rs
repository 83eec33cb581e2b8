//! Masks of their sources: files, layers of label maps, drawings.

use scr_data::{Problem, files, formats};
use scr_image::{Mask, Size};

use crate::inspection::LayerKey;
use crate::listing::FoundFile;
use crate::sides;
use crate::structures::MaskSource;
use crate::words::Side;

/// Layers of the label map that was read last: an image's structures share one.
#[derive(Default)]
pub(crate) struct Layers {
    read: Option<(usize, formats::Layers)>,
}

impl Layers {
    fn of(&mut self, at: usize, file: &FoundFile, size: Size) -> Result<&formats::Layers, Problem> {
        if self.read.as_ref().is_none_or(|(other, _)| *other != at) {
            let bytes = files::read_file(&file.path)?;
            let layers = formats::read_layers(&file.format_name(), &bytes, Some(size))
                .map_err(|error| Problem::format(&file.place(), &error))?;
            self.read = Some((at, layers));
        }
        Ok(self.read.as_ref().map(|(_, layers)| layers).expect("it was read"))
    }
}

/// Draws the mask of a source; without one it is empty.
pub(crate) fn draw(
    source: Option<&MaskSource>,
    size: Size,
    files: &[FoundFile],
    layers: &mut Layers,
) -> Result<Mask, Problem> {
    let united = |layers: &formats::Layers, is_part: &dyn Fn(&formats::Layer) -> bool| {
        let parts = layers.layers.iter().filter(|layer| is_part(layer));
        parts.fold(Mask::empty(size), |all, layer| &all | &layer.mask)
    };
    match source {
        None => Ok(Mask::empty(size)),
        Some(MaskSource::File(at)) => Ok(united(layers.of(*at, &files[*at], size)?, &|_| true)),
        Some(MaskSource::Layers(at, keys)) => {
            let is_part = |layer: &formats::Layer| {
                keys.iter().any(|key| {
                    let LayerKey { value, name, .. } = key;
                    *value == layer.value && *name == layer.name
                })
            };
            Ok(united(layers.of(*at, &files[*at], size)?, &is_part))
        }
        Some(MaskSource::Drawing(drawing)) => drawing.draw(size).map_err(|found| {
            Problem::new("annotations", format!("shapes in {size} pixels"), found, "")
        }),
    }
}

/// Draws the mask of a source, or its part on one side; `place` names it in a problem.
pub(crate) fn draw_side(
    source: Option<&MaskSource>,
    side: Option<Side>,
    size: Size,
    files: &[FoundFile],
    layers: &mut Layers,
    place: impl FnOnce() -> String,
) -> Result<Mask, Problem> {
    let mask = draw(source, size, files, layers)?;
    let Some(side) = side else { return Ok(mask) };
    sides::part_on(&mask, side)
        .map_err(|found| Problem::new(place(), "two large parts side by side", found, ""))
}
