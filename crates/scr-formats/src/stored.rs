//! Stored image: rows of numbers with their meaning, from which masks, radiographs and
//! layers are made by one rule for all formats.

use scr_image::{Mask, Radiograph, Size, Spacing};

use crate::FormatError;
use crate::grey::GreyRows;
use crate::layers::{Layer, LayerRows, Layers, MAX_LAYERS};
use crate::masks::MaskRows;
use crate::meaning::Meaning;

/// Consumer of rows: one stored number a pixel, from the top.
pub(crate) type PushRow<'p> = &'p mut dyn FnMut(&[i64]) -> Result<(), FormatError>;

/// Decoder of rows, which also verifies that the file is whole.
type Rows<'a> = Box<dyn FnOnce(PushRow<'_>) -> Result<(), FormatError> + 'a>;

/// Image with a checked header, whose rows are decoded once.
pub(crate) struct StoredImage<'a> {
    /// The format's name.
    pub(crate) format: &'static str,
    pub(crate) size: Size,
    pub(crate) spacing: Option<Spacing>,
    /// Value of white, where the file or its data type tells.
    pub(crate) white: Option<u16>,
    pub(crate) meaning: Meaning,
    pub(crate) rows: Rows<'a>,
}

impl StoredImage<'_> {
    /// The mask: 0 and one other value.
    ///
    /// # Errors
    /// The first reason why the file is damaged or no mask.
    pub(crate) fn into_mask(self) -> Result<Mask, FormatError> {
        let Self { format, size, meaning, rows, .. } = self;
        let mut mask = MaskRows::new(size, |stored| meaning.same(stored));
        rows(&mut |row| {
            mask.push(row);
            Ok(())
        })?;
        mask.finish(|stored| meaning.value(stored, format))
    }

    /// The radiograph: grey values of at most 16 bits.
    ///
    /// # Errors
    /// The first reason why the file is damaged or no grey image.
    pub(crate) fn into_radiograph(self) -> Result<Radiograph, FormatError> {
        let Self { format, size, spacing, white, meaning, rows } = self;
        let mut grey = GreyRows::new(size, white);
        if meaning == Meaning::NUMBER {
            rows(&mut |row| grey.push(row))?;
        } else {
            let mut values = Vec::with_capacity(size.width);
            rows(&mut |row| {
                values.clear();
                for run in row.chunk_by(|a, b| a == b) {
                    let value = meaning.grey(run[0], format)?;
                    values.extend(std::iter::repeat_n(value, run.len()));
                }
                grey.push(&values)
            })?;
        }
        Ok(grey.finish(spacing))
    }

    /// The label map, one mask a value other than background.
    ///
    /// # Errors
    /// The first reason why the file is damaged or no label map.
    pub(crate) fn into_layers(self) -> Result<Layers, FormatError> {
        let Self { format, size, spacing, meaning, rows, .. } = self;
        let mut built = LayerRows::new(size, 1);
        let is_indexed = matches!(meaning, Meaning::Palette(_));
        let mut same = Vec::with_capacity(size.width);
        rows(&mut |row| {
            same.clear();
            same.extend(row.iter().map(|&v| if is_indexed { v } else { meaning.same(v) }));
            built.push(&same);
            Ok(())
        })?;
        let mut layers: Vec<Layer> = Vec::new();
        for (stored, mask) in built.finish()? {
            let value = meaning.value(stored, format)?;
            let index = meaning.index(stored);
            if let Some(other) = layers.iter().find(|layer| layer.value == value) {
                return Err(same_colour(other.index, index));
            }
            layers.push(Layer { value, index, name: None, mask });
        }
        layers.retain(|layer| !layer.value.is_background());
        layers.sort_by_key(|layer| layer.value);
        if layers.len() > MAX_LAYERS {
            let count = layers.len();
            return Err(FormatError::ManyLayers { count, is_at_least: false, at_most: MAX_LAYERS });
        }
        Ok(Layers { size, spacing, layers })
    }
}

/// Error for two places of the palette with the same colour, both in use.
fn same_colour(one: Option<u8>, other: Option<u8>) -> FormatError {
    let place = |index: Option<u8>| index.map_or(String::new(), |index| index.to_string());
    let found = format!("entries {} and {} of the same colour", place(one), place(other));
    let hint = "which is meant, place or colour, cannot be known: give each label a colour of its own, or save grey values";
    FormatError::unsupported("a colour of its own for each palette entry in use", found, hint)
}
