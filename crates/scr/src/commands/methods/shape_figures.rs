//! Figures of the shape model: mean shape, modes of variation, variance.

use scr_image::Outline;
use scr_methods::{ShapeModes, StructureOutlines};
use scr_report::figures::{Cell, Chart, Panel, Row, Series, View};

use super::source::{FigureSource, NamedFigure, lines, thin_lines};

/// Mean outlines, over the radiograph if there is one.
pub(super) fn mean_shape(source: &FigureSource<'_>, outlines: &[Vec<Outline>]) -> NamedFigure {
    let view = match source.image {
        Some((_, radiograph)) => View::of(radiograph.size()),
        None => View { left: 0.0, top: 0.0, width: 1.0, height: 1.0 },
    };
    let scaled: Vec<Vec<Outline>> = outlines
        .iter()
        .map(|parts| parts.iter().map(|part| part.scaled(view.width, view.height)).collect())
        .collect();
    let (name, mut figure) = source.figure(
        "mean-shape",
        "the mean outlines",
        format!("The mean outlines of {}, as they are drawn in any image.", source.structures()),
    );
    figure.pictures = source.picture();
    figure.cell_width = 448.0;
    let panel = Panel {
        caption: "mean landmarks, as shares of the image's width and height".into(),
        view,
        picture: source.image.map(|_| 0),
        lines: lines(&scaled).collect(),
        is_edged: source.image.is_some(),
        marks: Vec::new(),
        ruler_px: None,
    };
    figure.rows = vec![Row { label: String::new(), cells: vec![Cell::Panel(panel)] }];
    (name, figure)
}

/// First modes of variation of the shape, each below, at and above the mean.
pub(super) fn shape_modes(
    source: &FigureSource<'_>,
    modes: &ShapeModes,
    is_joint: bool,
) -> NamedFigure {
    let all = modes.modes.iter().flatten().chain([&modes.mean]).flatten().flatten();
    let view = View::around(all);
    let panel = |caption: String, outlines: &[Vec<Outline>], is_mean: bool| {
        let mean = thin_lines(if is_mean { &[] } else { &modes.mean });
        Cell::Panel(Panel {
            caption,
            view,
            picture: None,
            lines: mean.chain(lines(outlines)).collect(),
            is_edged: false,
            marks: Vec::new(),
            ruler_px: is_mean.then(|| view.round_length_px()),
        })
    };
    let reach = modes.reach_sd;
    let mean = || panel("mean".into(), &modes.mean, true);
    let row = |(index, [below, above]): (usize, &[StructureOutlines; 2])| Row {
        label: format!("mode {}: {}", index + 1, percent(modes.shares[index])),
        cells: vec![
            panel(format!("-{reach} standard deviations"), below, false),
            mean(),
            panel(format!("+{reach} standard deviations"), above, false),
        ],
    };
    let description = format!(
        "The shape of {} in {} rows, one for each of the first modes of variation; in each the \
         shape {reach} standard deviations below the mean, at the mean, and above it. {}",
        source.structures(),
        modes.modes.len(),
        held(&modes.shares),
    );
    let (name, mut figure) = source.figure("modes", "how shapes vary", description);
    figure.rows = modes.modes.iter().enumerate().map(row).collect();
    if figure.rows.is_empty() {
        figure.rows.push(Row { label: "no mode: one shape".into(), cells: vec![mean()] });
    }
    let of_what = if is_joint { "of shape and texture together" } else { "of the shape" };
    figure.notes.push(format!(
        "Grey: the mean. Percentages: share of the variance {of_what} that all kept modes hold. {}",
        source.pixel_note()
    ));
    (name, figure)
}

/// Cumulative share of variance by number of modes; none without modes.
pub(super) fn variance(
    source: &FigureSource<'_>,
    shares: &[f64],
    is_joint: bool,
) -> Option<NamedFigure> {
    if shares.is_empty() {
        return None;
    }
    let mut sum = 0.0;
    let cumulative = shares.iter().zip(1..).map(|(share, count)| {
        sum += 100.0 * share;
        (f64::from(count), sum.min(100.0))
    });
    let points = std::iter::once((0.0, 0.0)).chain(cumulative).collect();
    let of_what = if is_joint { "shape and texture together" } else { "the shape" };
    let (name, mut figure) = source.figure(
        "variance",
        "share of variance by number of modes",
        format!("A rising line over {} modes. {}", shares.len(), held(shares)),
    );
    figure.structures = Vec::new();
    figure.cell_width = 560.0;
    let chart = Chart {
        caption: format!("{} modes of {of_what} are kept", shares.len()),
        across: "number of modes".into(),
        up: "share of their variance (%)".into(),
        covered: [0.0, 100.0],
        series: vec![Series { structure: 0, points, spread: Vec::new() }],
    };
    figure.rows = vec![Row { label: String::new(), cells: vec![Cell::Chart(chart)] }];
    Some((name, figure))
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

/// Sentence on the variance of the first modes.
fn held(shares: &[f64]) -> String {
    let first: Vec<String> = shares.iter().take(4).map(|&share| percent(share)).collect();
    if first.is_empty() {
        return "There is no mode.".into();
    }
    format!("The first modes hold {} of the variance of all {}.", first.join(", "), shares.len())
}
