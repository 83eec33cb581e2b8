//! Figures of a model on one image: search, posterior, votes.

use scr_image::Mask;
use scr_methods::{Posterior, SearchStep, SearchSteps, Stage, Votes};
use scr_report::figures::{Cell, GreyRange, Line, LineShape, Panel, Picture, Row, View};

use super::source::{FigureSource, NamedFigure, level_name, lines, thin_lines};

/// Number of panels in a row.
const COLUMNS: usize = 3;

/// Outlines over the radiograph at every stage of the search.
pub(super) fn search_steps(source: &FigureSource<'_>, steps: &SearchSteps) -> NamedFigure {
    let view = View::of(steps.size);
    let panel = |(index, step): (usize, &SearchStep)| {
        let before: &[_] = index.checked_sub(1).map_or(&[], |b| &steps.steps[b].outlines[..]);
        let is_last = index + 1 == steps.steps.len();
        let words = stage_words(step.stage);
        Cell::Panel(Panel {
            caption: if is_last { format!("end: {words}") } else { words },
            view,
            picture: Some(0),
            lines: thin_lines(before).chain(lines(&step.outlines)).collect(),
            is_edged: true,
            marks: Vec::new(),
            ruler_px: None,
        })
    };
    let words: Vec<String> = steps.steps.iter().map(|step| stage_words(step.stage)).collect();
    let (name, mut figure) = source.figure(
        "search",
        "the search",
        format!(
            "The radiograph, {} times, with the outlines of {}: {}.",
            words.len(),
            source.structures(),
            words.join("; ")
        ),
    );
    figure.pictures = source.picture();
    figure.rows = in_rows(&steps.steps.iter().enumerate().map(panel).collect::<Vec<_>>(), COLUMNS);
    figure.notes.push(format!(
        "Thin grey lines: the stage before. The finest level of this image is {} x {} pixels.",
        steps.size.width, steps.size.height
    ));
    (name, figure)
}

/// Radiograph with the outlines of the masks, then the posterior of every structure.
pub(super) fn posterior(
    source: &FigureSource<'_>,
    posterior: &Posterior,
    masks: &[Mask],
) -> NamedFigure {
    let structures = &source.model.header().structures;
    let greys = GreyRange { ends: [0.0, 1.0], quantity: "posterior probability".into() };
    let full = View::of(posterior.full_size());
    let (name, mut figure) = source.figure(
        "posterior",
        "how probable each structure is",
        format!(
            "The radiograph with the outlines found of {}; then for each of them a picture, \
             bright where it is probable.",
            source.structures()
        ),
    );
    figure.pictures = source.picture();
    let of_maps = posterior.maps().iter();
    figure.pictures.extend(of_maps.map(|map| Picture::of_values(map.size(), map.values(), &greys)));
    let panel = |caption: String, picture: usize, lines: Vec<Line>| {
        let view = full;
        Cell::Panel(Panel {
            caption,
            view,
            picture: Some(picture),
            lines,
            is_edged: picture == 0,
            marks: Vec::new(),
            ruler_px: None,
        })
    };
    let mut panels = vec![panel("radiograph and outlines".into(), 0, traced(masks))];
    for (index, (structure, line)) in structures.iter().zip(traced(masks)).enumerate() {
        panels.push(panel(structure.clone(), index + 1, vec![line]));
    }
    figure.rows = in_rows(&panels, COLUMNS);
    figure.greys = Some(greys);
    let size = posterior.maps()[0].size();
    figure.notes.push(format!(
        "Lines: the masks that the method makes. The posterior has {} x {} pixels.",
        size.width, size.height
    ));
    (name, figure)
}

/// Outlines of every member, then of the vote.
pub(super) fn votes(source: &FigureSource<'_>, votes: &Votes) -> NamedFigure {
    let members: Vec<&str> = votes.members.iter().map(|(member, _)| *member).collect();
    let (name, mut figure) = source.figure(
        "votes",
        "the members and their vote",
        format!(
            "The radiograph, {} times, with the outlines of {}: by {}, and where most of them agree.",
            members.len() + 1,
            source.structures(),
            members.join(", ")
        ),
    );
    figure.pictures = source.picture();
    figure.cell_width = 300.0;
    let (_, radiograph) = source.image.expect("votes are on an image");
    let panel = |caption: &str, masks: &[Mask]| {
        Cell::Panel(Panel {
            caption: caption.to_owned(),
            view: View::of(radiograph.size()),
            picture: Some(0),
            lines: traced(masks),
            is_edged: true,
            marks: Vec::new(),
            ruler_px: None,
        })
    };
    let members = votes.members.iter().map(|(member, masks)| panel(member, masks));
    let vote = std::iter::once(panel("the vote: what most of them say", &votes.vote));
    figure.rows = in_rows(&members.chain(vote).collect::<Vec<_>>(), 2);
    (name, figure)
}

fn stage_words(stage: Stage) -> String {
    match stage {
        Stage::Start => "start".into(),
        Stage::Level { level, n_steps } => {
            let steps = if n_steps == 1 { "step" } else { "steps" };
            format!("after {}: {n_steps} {steps}", level_name(level))
        }
        Stage::Refinement => "after L-BFGS".into(),
    }
}

/// Outlines of the masks as lines.
fn traced(masks: &[Mask]) -> Vec<Line> {
    let line = |(structure, mask): (usize, &Mask)| Line {
        structure: Some(structure),
        shape: LineShape::Mask(mask.clone()),
    };
    masks.iter().enumerate().map(line).collect()
}

fn in_rows(cells: &[Cell], n_columns: usize) -> Vec<Row> {
    cells
        .chunks(n_columns)
        .map(|cells| Row { label: String::new(), cells: cells.to_vec() })
        .collect()
}
