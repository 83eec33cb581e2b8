//! Figures of insights into a model: one kind of figure for each kind of insight.

use scr_methods::Insight;

use super::source::{FigureSource, NamedFigure};
use super::{image_figures, loss_figures, shape_figures, value_figures};

/// Figures of a list of insights.
pub(super) fn figures(source: &FigureSource<'_>, insights: &[Insight]) -> Vec<NamedFigure> {
    let is_joint = insights.iter().any(|insight| matches!(insight, Insight::TextureModes(_)));
    insights.iter().flat_map(|insight| figures_of(source, insight, is_joint)).collect()
}

fn figures_of(source: &FigureSource<'_>, insight: &Insight, is_joint: bool) -> Vec<NamedFigure> {
    match insight {
        Insight::MeanShape(outlines) => vec![shape_figures::mean_shape(source, outlines)],
        Insight::ShapeModes(modes) => {
            let shares = shape_figures::variance(source, &modes.shares, is_joint);
            let mut figures = vec![shape_figures::shape_modes(source, modes, is_joint)];
            figures.extend(shares);
            figures
        }
        Insight::TextureModes(modes) => vec![value_figures::texture_modes(source, modes)],
        Insight::Profiles(profiles) => vec![value_figures::profiles(source, profiles)],
        Insight::Samples(counts) => vec![value_figures::samples(source, counts)],
        Insight::SearchSteps(steps) => vec![image_figures::search_steps(source, steps)],
        Insight::Posterior(posterior, masks) => {
            vec![image_figures::posterior(source, posterior, masks)]
        }
        Insight::Losses(losses) => vec![loss_figures::losses(source, losses)],
        Insight::Votes(votes) => vec![image_figures::votes(source, votes)],
    }
}
