//! Figures of the training of networks.

use scr_report::figures::{Cell, Chart, Row, Series};

use super::source::{FigureSource, NamedFigure};

/// Largest number of points of a curve.
const POINTS: usize = 100;

/// Loss in the course of training: a curve a network.
pub(super) fn losses(source: &FigureSource<'_>, losses: &[Vec<f32>]) -> NamedFigure {
    let n_steps = losses.iter().map(Vec::len).max().unwrap_or(0);
    let n_grouped = n_steps.div_ceil(POINTS).max(1);
    let ends: Vec<String> = losses
        .iter()
        .filter_map(|of| of.chunks(n_grouped).next_back())
        .map(|last| format!("{:.3}", mean(last)))
        .collect();
    let (name, mut figure) = source.figure(
        "losses",
        "training loss",
        format!("A curve for each network over {n_steps} steps. At the end: {}.", ends.join(", ")),
    );
    let curve = |(structure, losses): (usize, &Vec<f32>)| {
        let groups = losses.chunks(n_grouped).enumerate();
        let points = groups.map(|(index, group)| {
            let middle = index * n_grouped + group.len() / 2;
            (middle as f64, mean(group))
        });
        Series { structure, points: points.collect(), spread: Vec::new() }
    };
    let chart = Chart {
        caption: format!("mean over each {n_grouped} steps"),
        across: "training step".into(),
        up: "loss".into(),
        covered: [0.0, 0.0],
        series: losses.iter().enumerate().map(curve).collect(),
    };
    figure.structures = Vec::new();
    figure.cell_width = 480.0;
    figure.rows = vec![Row { label: String::new(), cells: vec![Cell::Chart(chart)] }];
    figure.notes.push(
        "Binary cross-entropy plus soft Dice loss, mean over structures, on augmented training \
         images."
            .into(),
    );
    (name, figure)
}

fn mean(values: &[f32]) -> f64 {
    values.iter().map(|&value| f64::from(value)).sum::<f64>() / values.len().max(1) as f64
}
