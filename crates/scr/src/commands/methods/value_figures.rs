//! Figures of learned values: textures, profiles, training samples.

use scr_methods::{LandmarkProfiles, Profile, Profiles, SampleCount, TextureModes};
use scr_report::figures::{
    Bar, Bars, Cell, Chart, GreyRange, Line, Panel, Picture, Row, Series, View,
};

use super::source::{FigureSource, NamedFigure, level_name, lines, thin_lines};

/// Range of pictures of texture, black to white, in standard deviations.
const GREYS_SD: f64 = 2.5;

/// First modes of variation of the texture.
pub(super) fn texture_modes(source: &FigureSource<'_>, modes: &TextureModes) -> NamedFigure {
    let (reach, seen) = (modes.reach_sd, source.input());
    let (name, mut figure) = source.figure(
        "textures",
        &format!("the {seen} in the mean shape, and how they vary"),
        format!(
            "The {seen} inside {} in {} rows, one for each of the first modes; in each the \
             texture {reach} standard deviations below the mean, at the mean, and above it.",
            source.structures(),
            modes.modes.len()
        ),
    );
    let greys = GreyRange {
        ends: [-GREYS_SD, GREYS_SD],
        quantity: format!("{seen}, in standard deviations of an image's own from their mean"),
    };
    let size = modes.mean.size();
    let mut pictures = Vec::new();
    let mut panel = |caption: String, values: &[f32], lines: Vec<Line>| {
        pictures.push(Picture::of_values(size, values, &greys));
        let picture = Some(pictures.len() - 1);
        let view = View::of(size);
        Cell::Panel(Panel {
            caption,
            view,
            picture,
            lines,
            is_edged: true,
            marks: Vec::new(),
            ruler_px: None,
        })
    };
    let mean = panel("mean".into(), modes.mean.values(), Vec::new());
    let outlines = lines(&modes.outlines).collect();
    let mean_with_outlines =
        panel("mean, with the mean outlines".into(), modes.mean.values(), outlines);
    for (index, [below, above]) in modes.modes.iter().enumerate() {
        let below = panel(format!("-{reach} standard deviations"), below.values(), Vec::new());
        let above = panel(format!("+{reach} standard deviations"), above.values(), Vec::new());
        let mean = if index == 0 { &mean_with_outlines } else { &mean };
        figure.rows.push(Row {
            label: format!("mode {}", index + 1),
            cells: vec![below, mean.clone(), above],
        });
    }
    if figure.rows.is_empty() {
        figure.rows.push(Row { label: "no mode".into(), cells: vec![mean_with_outlines] });
    }
    (figure.pictures, figure.greys) = (pictures, Some(greys));
    figure.notes.push(format!(
        "Level {}. White: nothing is sampled there. Where structures overlap, the last of them \
         is shown.",
        modes.level
    ));
    (name, figure)
}

/// Mean profiles with their spread: a row a structure, a column a level.
pub(super) fn profiles(source: &FigureSource<'_>, profiles: &Profiles) -> NamedFigure {
    let (name, mut figure) = source.figure(
        "profiles",
        "what is expected across outlines",
        format!(
            "For one landmark of each of {}: where it lies on the mean shape, and at each level \
             the mean profile across the outline there, with a band of one standard deviation.",
            source.structures()
        ),
    );
    figure.cell_width = 176.0;
    let all = || profiles.landmarks.iter().flat_map(|landmark| &landmark.levels);
    let ends = |profile: &Profile, side: f64| -> Vec<f64> {
        profile.mean.iter().zip(&profile.sd).map(|(mean, sd)| mean + side * sd).collect()
    };
    let low = all().flat_map(|profile| ends(profile, -1.0)).fold(0.0, f64::min);
    let high = all().flat_map(|profile| ends(profile, 1.0)).fold(0.0, f64::max);
    let chart = |structure: usize, level: usize, profile: &Profile| {
        let middle = profile.mean.len() as f64 / 2.0 - 0.5;
        let place = |index: usize| index as f64 - middle;
        let points = profile.mean.iter().enumerate().map(|(i, &mean)| (place(i), mean)).collect();
        Cell::Chart(Chart {
            caption: level_name(level),
            across: "outward (px of level)".into(),
            up: "derivative".into(),
            covered: [low, high],
            series: vec![Series { structure, points, spread: profile.sd.clone() }],
        })
    };
    let view = View::around(profiles.mean.iter().flatten());
    let row = |(structure, landmark): (usize, &LandmarkProfiles)| {
        let panel = Panel {
            caption: "where".into(),
            view,
            picture: None,
            lines: thin_lines(&profiles.mean).collect(),
            is_edged: false,
            marks: vec![(structure, landmark.place)],
            ruler_px: None,
        };
        let levels = landmark.levels.iter().enumerate();
        let mut cells = vec![Cell::Panel(panel)];
        cells.extend(levels.map(|(level, profile)| chart(structure, level, profile)));
        Row { label: source.model.header().structures[structure].clone(), cells }
    };
    figure.rows = profiles.landmarks.iter().enumerate().map(row).collect();
    figure.structures = Vec::new();
    figure.notes.push(format!(
        "Derivative of the {} along the normal, from inside (left) to outside (right), in units of \
         a profile's mean size; band: one standard deviation to either side, of the covariance \
         that the search uses. Of each structure the landmark is shown whose profile stands out \
         most from its spread at level 0.",
        source.input()
    ));
    (name, figure)
}

/// Number of training pixels by combination of structures.
pub(super) fn samples(source: &FigureSource<'_>, counts: &[SampleCount]) -> NamedFigure {
    let structures = &source.model.header().structures;
    let total: usize = counts.iter().map(|count| count.n_samples).sum();
    let mut sorted: Vec<&SampleCount> = counts.iter().collect();
    sorted.sort_by_key(|count| std::cmp::Reverse(count.n_samples));
    let bar = |count: &&SampleCount| {
        let parts = structures.iter().zip(&count.structures);
        let parts: Vec<&str> =
            parts.filter(|(_, is_part)| **is_part).map(|(name, _)| name.as_str()).collect();
        Bar {
            label: if parts.is_empty() { "no structure".into() } else { parts.join(" + ") },
            value: count.n_samples as f64,
            words: format!(
                "{} ({:.1} %)",
                count.n_samples,
                100.0 * count.n_samples as f64 / total.max(1) as f64
            ),
        }
    };
    let bars: Vec<Bar> = sorted.iter().map(bar).collect();
    let words: Vec<String> =
        bars.iter().map(|bar| format!("{}: {}", bar.label, bar.words)).collect();
    let (name, mut figure) = source.figure(
        "samples",
        "pixels learnt from",
        format!("Bars, one for each combination of structures. {}.", words.join("; ")),
    );
    figure.structures = Vec::new();
    figure.cell_width = 640.0;
    let caption = format!("{total} pixels, by the structures that they lie in");
    let cells = vec![Cell::Bars(Bars { caption, bars })];
    figure.rows = vec![Row { label: String::new(), cells }];
    (name, figure)
}
