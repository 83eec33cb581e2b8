//! Figures of insights into a model: one kind of figure for each kind of insight.

use scr_image::{Outline, Radiograph};
use scr_methods::{Insight, Model};
use scr_report::figures::{Figure, Line, LineShape, Picture};

use super::{image_figures, shape_figures, value_figures};

/// Source of figures: a model, alone or on an image.
pub(super) struct FigureSource<'a> {
    pub(super) model: &'a Model,
    /// Name and radiograph of the image; none for the model alone.
    pub(super) image: Option<(&'a str, &'a Radiograph)>,
}

/// A figure with the name of its file, without `.svg`.
pub(super) type NamedFigure = (String, Figure);

impl FigureSource<'_> {
    /// Figures of a list of insights.
    pub(super) fn figures(&self, insights: &[Insight]) -> Vec<NamedFigure> {
        let is_joint = insights.iter().any(|insight| matches!(insight, Insight::TextureModes(_)));
        insights.iter().flat_map(|insight| self.figures_of(insight, is_joint)).collect()
    }

    fn figures_of(&self, insight: &Insight, is_joint: bool) -> Vec<NamedFigure> {
        match insight {
            Insight::MeanShape(outlines) => vec![shape_figures::mean_shape(self, outlines)],
            Insight::ShapeModes(modes) => {
                let shares = shape_figures::variance(self, &modes.shares, is_joint);
                let mut figures = vec![shape_figures::shape_modes(self, modes, is_joint)];
                figures.extend(shares);
                figures
            }
            Insight::TextureModes(modes) => vec![value_figures::texture_modes(self, modes)],
            Insight::Profiles(profiles) => vec![value_figures::profiles(self, profiles)],
            Insight::Samples(counts) => vec![value_figures::samples(self, counts)],
            Insight::SearchSteps(steps) => vec![image_figures::search_steps(self, steps)],
            Insight::Posterior(posterior, masks) => {
                vec![image_figures::posterior(self, posterior, masks)]
            }
            Insight::Votes(votes) => vec![image_figures::votes(self, votes)],
        }
    }

    /// A figure without rows, named `name`, with its title and description.
    pub(super) fn figure(&self, name: &str, title: &str, description: String) -> NamedFigure {
        let header = self.model.header();
        let (file, on) = match self.image {
            Some((image, _)) => (format!("{name}-{image}"), format!(", image {image}")),
            None => (name.to_owned(), String::new()),
        };
        let trained = format!(
            "{} {}, trained on {} images of fold {} of {}.",
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
pub(super) fn lines(outlines: &[Outline]) -> impl Iterator<Item = Line> + '_ {
    outlines.iter().enumerate().map(|(structure, outline)| Line {
        structure: Some(structure),
        shape: LineShape::Outline(outline.clone()),
    })
}

/// Outlines as thin lines, for comparison.
pub(super) fn thin_lines(outlines: &[Outline]) -> impl Iterator<Item = Line> + '_ {
    outlines
        .iter()
        .map(|outline| Line { structure: None, shape: LineShape::Outline(outline.clone()) })
}

/// Name of a level, with its size.
pub(super) fn level_name(level: usize) -> String {
    match level {
        0 => "level 0, full size".into(),
        _ => format!("level {level}, 1/{} size", 1u64 << level),
    }
}
