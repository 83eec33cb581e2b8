//! Model cards from their text, with every problem.

use scr_data::{DataError, Problem, Problems};
use scr_image::Resampling;
use serde::Deserialize;

use crate::card::{Fit, GreyScaling, InputCard, Layout, ModelCard, OutputCard, OutputKind};

/// Longest side of an input.
const MAX_SIDE: usize = 4096;
/// Largest number of channels of an output, and of landmarks.
const MAX_CHANNELS: usize = 512;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCard {
    input: WrittenInput,
    output: WrittenOutput,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenInput {
    size: Option<[usize; 2]>,
    fit: Option<String>,
    multiple: Option<usize>,
    max_side: Option<usize>,
    channels: Option<usize>,
    #[serde(default)]
    layout: Layout,
    resampling: Option<String>,
    #[serde(default)]
    inverted: bool,
    scaling: String,
    percentiles: Option<[f32; 2]>,
    window: Option<[f32; 2]>,
    range: Option<[f32; 2]>,
    mean: Option<Vec<f32>>,
    std: Option<Vec<f32>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenOutput {
    name: Option<String>,
    kind: String,
    structures: Vec<String>,
    threshold: Option<f32>,
    #[serde(default)]
    logits: bool,
    points: Option<Vec<usize>>,
    coordinates: Option<String>,
    #[serde(default)]
    mirror: bool,
    #[serde(default)]
    largest_component: bool,
}

/// Collects problems of keys.
struct Keys<'a> {
    place: &'a str,
    problems: &'a mut Problems,
}

impl Keys<'_> {
    fn problem(&mut self, key: &str, expected: impl Into<String>, found: impl Into<String>) {
        self.problems.push(Problem::new(format!("{}, {key}", self.place), expected, found, ""));
    }

    /// Refuses a key that another choice of the card does not use.
    fn unused<T>(&mut self, key: &str, value: Option<&T>, when: &str) {
        if value.is_some() {
            self.problem(key, format!("this key only with {when}"), "the key");
        }
    }
}

impl ModelCard {
    /// Reads a card; `place` names it in problems.
    ///
    /// # Errors
    /// [`DataError::Problems`] with everything that is wrong or missing.
    pub fn parse(place: &str, text: &str) -> Result<Self, DataError> {
        let mut problems = Problems::default();
        let parsed = toml::from_str(text).map_err(|error| {
            let found = error.to_string();
            Problem::new(place, "a model card", found.trim_end(), "see docs/reference/onnx.md")
        });
        let card = problems.keep(parsed).and_then(|written| card(written, place, &mut problems));
        Ok(problems.or(card)?.expect("without a card there is a problem"))
    }
}

/// Card of what is written; `None` with problems.
fn card(written: WrittenCard, place: &str, problems: &mut Problems) -> Option<ModelCard> {
    let mut keys = Keys { place, problems };
    let input = input(&written.input, &mut keys);
    let output = output(written.output, &mut keys);
    Some(ModelCard { input: input?, output: output? })
}

fn input(written: &WrittenInput, keys: &mut Keys<'_>) -> Option<InputCard> {
    let fit = fit(written, keys);
    let scaling = scaling(written, keys);
    let resampling = match written.resampling.as_deref() {
        None | Some("antialias") => Some(Resampling::Antialiased),
        Some("linear") => Some(Resampling::Linear),
        Some("area") => Some(Resampling::Area),
        Some(other) => {
            let found = format!("\"{other}\"");
            keys.problem("input.resampling", "\"antialias\", \"linear\" or \"area\"", found);
            None
        }
    };
    if let Some(channels) = written.channels.filter(|channels| ![1, 3].contains(channels)) {
        keys.problem("input.channels", "1 or 3", channels.to_string());
    }
    let range = written.range.unwrap_or([0.0, 1.0]);
    if !range.iter().all(|value| value.is_finite()) || range[0] >= range[1] {
        keys.problem("input.range", "two rising numbers", format!("{range:?}"));
    }
    if written.range.is_some() && scaling == Some(GreyScaling::ZScore) {
        keys.problem("input.range", "this key with scaling other than \"z-score\"", "the key");
    }
    let normalisation = normalisation(written, keys);
    Some(InputCard {
        fit: fit?,
        channels: written.channels,
        layout: written.layout,
        resampling: resampling?,
        inverted: written.inverted,
        scaling: scaling?,
        range,
        normalisation: normalisation?,
    })
}

fn fit(written: &WrittenInput, keys: &mut Keys<'_>) -> Option<Fit> {
    let is_side = |side: usize| (8..=MAX_SIDE).contains(&side);
    match (written.size, written.multiple) {
        (Some(size), None) => {
            keys.unused("input.max_side", written.max_side.as_ref(), "input.multiple");
            if !size.into_iter().all(is_side) {
                let expected = format!("height and width from 8 to {MAX_SIDE} px");
                keys.problem("input.size", expected, format!("{size:?}"));
                return None;
            }
            match written.fit.as_deref() {
                None | Some("stretch") => Some(Fit::Stretch(size)),
                Some("pad") => Some(Fit::Pad(size)),
                Some(other) => {
                    keys.problem("input.fit", "\"stretch\" or \"pad\"", format!("\"{other}\""));
                    None
                }
            }
        }
        (None, Some(multiple)) => {
            keys.unused("input.fit", written.fit.as_ref(), "input.size");
            let max_side = written.max_side.unwrap_or_default();
            if !is_side(max_side) {
                let found = written.max_side.map_or("no such key".into(), |side| side.to_string());
                keys.problem("input.max_side", format!("8 to {MAX_SIDE} px"), found);
                return None;
            }
            if multiple == 0 || multiple > max_side {
                keys.problem("input.multiple", "1 to input.max_side", multiple.to_string());
                return None;
            }
            Some(Fit::Multiple { multiple, max_side })
        }
        (size, _) => {
            let found = if size.is_some() { "both" } else { "none" };
            keys.problem("input", "one of `size` and `multiple`", found);
            None
        }
    }
}

fn scaling(written: &WrittenInput, keys: &mut Keys<'_>) -> Option<GreyScaling> {
    let pair = |key: &str, pair: Option<[f32; 2]>, max: f32, keys: &mut Keys<'_>| {
        let is_good = |[low, high]: &[f32; 2]| (0.0..*high).contains(low) && *high <= max;
        if !pair.as_ref().is_some_and(is_good) {
            let found = pair.map_or("no such key".to_owned(), |pair| format!("{pair:?}"));
            keys.problem(key, format!("two rising numbers from 0 to {max}"), found);
        }
        pair.filter(is_good)
    };
    if written.scaling != "percentiles" {
        keys.unused("input.percentiles", written.percentiles.as_ref(), "scaling \"percentiles\"");
    }
    if written.scaling != "window" {
        keys.unused("input.window", written.window.as_ref(), "scaling \"window\"");
    }
    match written.scaling.as_str() {
        "none" => Some(GreyScaling::None),
        "min-max" => Some(GreyScaling::MinMax),
        "z-score" => Some(GreyScaling::ZScore),
        "percentiles" => pair("input.percentiles", written.percentiles, 100.0, keys)
            .map(GreyScaling::Percentiles),
        "window" => pair("input.window", written.window, 1.0, keys).map(GreyScaling::Window),
        other => {
            let expected = "\"none\", \"min-max\", \"z-score\", \"percentiles\" or \"window\"";
            keys.problem("input.scaling", expected, format!("\"{other}\""));
            None
        }
    }
}

fn normalisation(written: &WrittenInput, keys: &mut Keys<'_>) -> Option<Vec<(f32, f32)>> {
    let (mean, std) = match (&written.mean, &written.std) {
        (None, None) => return Some(Vec::new()),
        (Some(mean), Some(std)) => (mean, std),
        _ => {
            keys.problem("input", "`mean` and `std` together", "one of them");
            return None;
        }
    };
    let n = written.channels.unwrap_or(mean.len());
    let are_good =
        mean.iter().all(|m| m.is_finite()) && std.iter().all(|s| s.is_finite() && *s > 0.0);
    if mean.len() != n || std.len() != n || ![1, 3].contains(&n) || !are_good {
        let expected = "one number for each of 1 or 3 channels, `std` above 0";
        keys.problem("input.mean and input.std", expected, format!("{mean:?} and {std:?}"));
        return None;
    }
    Some(mean.iter().copied().zip(std.iter().copied()).collect())
}

fn output(written: WrittenOutput, keys: &mut Keys<'_>) -> Option<OutputCard> {
    let kind = kind(&written, keys);
    let is_one_hot = matches!(kind, Some(OutputKind::Sigmoid { .. } | OutputKind::Softmax { .. }));
    for (key, is_set) in [("output.logits", written.logits), ("output.mirror", written.mirror)] {
        if is_set && kind.is_some() && !is_one_hot {
            keys.problem(key, "this key with kind \"sigmoid\" or \"softmax\"", "the key");
        }
    }
    let n = written.structures.len();
    if n == 0 || n > MAX_CHANNELS {
        keys.problem("output.structures", format!("1 to {MAX_CHANNELS} names"), n.to_string());
    }
    let mut seen: Vec<&String> = Vec::new();
    for name in &written.structures {
        if name != ModelCard::BACKGROUND && seen.contains(&name) {
            keys.problem("output.structures", "each structure once", format!("`{name}` twice"));
        }
        seen.push(name);
    }
    if written.mirror {
        for name in &written.structures {
            let twin = mirror_twin(name);
            if !written.structures.contains(&twin) {
                let expected = format!("`{twin}` beside `{name}`, for output.mirror");
                keys.problem("output.structures", expected, "none");
            }
        }
    }
    Some(OutputCard {
        name: written.name,
        kind: kind?,
        structures: written.structures,
        logits: written.logits,
        mirror: written.mirror,
        largest_component: written.largest_component,
    })
}

fn kind(written: &WrittenOutput, keys: &mut Keys<'_>) -> Option<OutputKind> {
    let is_share = |threshold: &f32| *threshold > 0.0 && *threshold < 1.0;
    if let Some(threshold) = written.threshold.filter(|threshold| !is_share(threshold)) {
        keys.problem("output.threshold", "a number between 0 and 1", threshold.to_string());
        return None;
    }
    let is_landmarks = written.kind == "landmarks";
    if !is_landmarks {
        keys.unused("output.points", written.points.as_ref(), "kind \"landmarks\"");
        keys.unused("output.coordinates", written.coordinates.as_ref(), "kind \"landmarks\"");
    }
    match written.kind.as_str() {
        "sigmoid" => {
            let Some(threshold) = written.threshold else {
                keys.problem("output.threshold", "a number between 0 and 1", "no such key");
                return None;
            };
            Some(OutputKind::Sigmoid { threshold })
        }
        "softmax" => Some(OutputKind::Softmax { threshold: written.threshold }),
        "labels" | "landmarks" => {
            keys.unused(
                "output.threshold",
                written.threshold.as_ref(),
                "kind \"sigmoid\" or \"softmax\"",
            );
            if !is_landmarks {
                return Some(OutputKind::Labels);
            }
            let points = written.points.clone().unwrap_or_default();
            let n = written.structures.len();
            if points.len() != n || points.iter().any(|n| !(3..=MAX_CHANNELS).contains(n)) {
                let expected =
                    format!("a number of points from 3 to {MAX_CHANNELS} for each structure");
                keys.problem("output.points", expected, format!("{points:?}"));
                return None;
            }
            let are_shares = match written.coordinates.as_deref() {
                Some("shares") => true,
                Some("pixels") => false,
                other => {
                    let found = other.map_or("no such key".into(), |other| format!("\"{other}\""));
                    keys.problem("output.coordinates", "\"pixels\" or \"shares\"", found);
                    return None;
                }
            };
            Some(OutputKind::Landmarks { points, are_shares })
        }
        other => {
            let expected = "\"sigmoid\", \"softmax\", \"labels\" or \"landmarks\"";
            keys.problem("output.kind", expected, format!("\"{other}\""));
            None
        }
    }
}

/// Structure on the other side: `left_lung` for `right_lung`; itself where there are no sides.
#[must_use]
pub fn mirror_twin(name: &str) -> String {
    if let Some(rest) = name.strip_prefix("left") {
        format!("right{rest}")
    } else if let Some(rest) = name.strip_prefix("right") {
        format!("left{rest}")
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = "[input]\nsize = [256, 128]\nscaling = \"z-score\"\n[output]\nkind = \"sigmoid\"\nthreshold = 0.5\nstructures = [\"right_lung\", \"left_lung\"]\n";

    fn problems(text: &str) -> String {
        ModelCard::parse("model.toml", text).expect_err("refused").to_string()
    }

    #[test]
    fn the_least_card_is_read() {
        let card = ModelCard::parse("model.toml", LEAST).expect("a card");
        assert_eq!(card.input.fit, Fit::Stretch([256, 128]));
        assert_eq!(card.input.resampling, Resampling::Antialiased);
        assert_eq!(card.output.kind, OutputKind::Sigmoid { threshold: 0.5 });
        assert_eq!(card.structures(), ["right_lung", "left_lung"]);
        assert!(card.check_structures("c", ["left_lung", "right_lung"].into_iter()).is_ok());
        let other = card.check_structures("c", ["left_lung", "heart"].into_iter());
        let text = other.expect_err("refused").to_string();
        assert!(text.contains("`right_lung`") && text.contains("no `heart`"), "{text}");
    }

    #[test]
    fn all_problems_come_at_once() {
        let text = LEAST.replace("[256, 128]", "[4, 128]\nrange = [2, 1]\nwindow = [0, 1]");
        let text = problems(&text.replace("threshold = 0.5", "points = [3]"));
        for key in
            ["input.size", "input.range", "input.window", "output.threshold", "output.points"]
        {
            assert!(text.contains(key), "{key}: {text}");
        }
        assert!(problems(&LEAST.replace("kind", "sort")).contains("sort"));
        assert!(problems(&LEAST.replace("z-score", "zscore")).contains("zscore"));
        let one =
            LEAST.replace(", \"left_lung\"", "").replace("threshold", "mirror = true\nthreshold");
        assert!(problems(&one).contains("`left_lung`"));
    }
}
