//! Source of figures, and the parts that all figures have.

use scr_image::{Outline, Radiograph};
use scr_methods::Model;
use scr_report::figures::{Figure, Line, LineShape, Picture};

/// Source of figures: a model, alone or on an image.
pub(super) struct FigureSource<'a> {
    pub(super) model: &'a Model,
    /// Name and radiograph of the image; none for the model alone.
    pub(super) image: Option<(&'a str, &'a Radiograph)>,
}

/// A figure with the name of its file, without `.svg`.
pub(super) type NamedFigure = (String, Figure);

impl FigureSource<'_> {
    /// A figure without rows, named `name`, with its title and description.
    pub(super) fn figure(&self, name: &str, title: &str, description: String) -> NamedFigure {
        let header = self.model.header();
        let (file, on) = match self.image {
            Some((image, _)) => (format!("{name}-{image}"), format!(", image {image}")),
            None => (name.to_owned(), String::new()),
        };
        let trained = format!(
            "{} {}, trained on {} images of {} of {}.",
            header.method,
            header.method_version,
            header.seen.len(),
            header.fold,
            header.benchmark,
        );
        let figure = Figure {
            title: format!("{}: {title}{on}", header.method),
            description,
            structures: header.structures.clone(),
            pictures: Vec::new(),
            greys: None,
            cell_width: 240.0,
            rows: Vec::new(),
            notes: vec![trained],
        };
        (file, figure)
    }

    /// Note on the unit px, a pixel of the finest level.
    pub(super) fn pixel_note(&self) -> String {
        match self.model.header().parameters.find("side") {
            Some(side) => format!(
                "px: pixels of the finest level, in which an image is {side} pixels wide or high, \
                 whichever is longer."
            ),
            None => String::new(),
        }
    }

    /// Names of the structures, separated by commas.
    pub(super) fn structures(&self) -> String {
        self.model.header().structures.join(", ")
    }

    /// Input of the model's profiles and textures: grey values or a posterior.
    pub(super) fn input(&self) -> &'static str {
        match self.model.segmenter().classifier() {
            Some(_) => "posterior",
            None => "grey values",
        }
    }

    /// Picture of the image; none for the model alone.
    pub(super) fn picture(&self) -> Vec<Picture> {
        self.image.iter().map(|(_, radiograph)| Picture::of_radiograph(radiograph)).collect()
    }
}

/// Outlines as lines in the colours of their structures.
pub(super) fn lines(outlines: &[Vec<Outline>]) -> impl Iterator<Item = Line> + '_ {
    outlines.iter().enumerate().flat_map(|(structure, parts)| {
        parts.iter().map(move |outline| Line {
            structure: Some(structure),
            shape: LineShape::Outline(outline.clone()),
        })
    })
}

/// Outlines as thin lines, for comparison.
pub(super) fn thin_lines(outlines: &[Vec<Outline>]) -> impl Iterator<Item = Line> + '_ {
    outlines
        .iter()
        .flatten()
        .map(|outline| Line { structure: None, shape: LineShape::Outline(outline.clone()) })
}

/// Name of a level, with its size.
pub(super) fn level_name(level: usize) -> String {
    match level {
        0 => "level 0, full size".into(),
        _ => format!("level {level}, 1/{} size", 1u64 << level),
    }
}
