//! Learning of a level: the profile of every point, and the error of profiles.
//!
//! The error is measured by cross-validation: examples are split into groups, and the profiles
//! of the other groups search each point of an example along its normal. At clear borders the
//! error is a fraction of a pixel. Where the reference does not follow a visible border it is
//! as large as the search range, and a search should then trust the shape more than its points.

use rayon::prelude::*;

use super::profiles::{Line, PointProfile, normals};
use super::settings::SearchSettings;
use crate::Example;
use crate::pyramid::level_scale;
use crate::shape_model::Layout;

/// Number of cross-validation groups.
const GROUPS: usize = 4;
/// Search range of the error measurement, in reaches of a profile.
const REACHES: usize = 2;

/// Derivatives along the normal of each point, by example, then point.
type Lines = Vec<Vec<Line>>;

/// Learns the profiles of one level, by channel, then point. Also returns their mean error in
/// the level's pixels: 0 for a single example, and without noise, which needs no error.
pub(super) fn learn_level(
    settings: SearchSettings,
    layout: &Layout,
    level: usize,
    examples: &[Example],
) -> (Vec<PointProfile>, f64) {
    let margin = if settings.noise > 0.0 { REACHES * settings.reach } else { 0 };
    let (neighbours, structures) = (layout.neighbours(), layout.structure_of_points());
    let lines: Lines = examples
        .par_iter()
        .map(|example| {
            let normals = normals(&example.points, &neighbours, level_scale(level));
            let line = |(normal, &structure)| {
                let mut line = Line::default();
                line.sample(&example.pyramid, level, structure, normal, settings.reach + margin);
                line
            };
            normals.into_iter().zip(&structures).map(line).collect()
        })
        .collect();
    let points = (0..layout.n_points()).into_par_iter();
    let n_channels = examples[0].pyramid.n_channels();
    let profile = |(channel, point)| learn(&lines, channel, point, margin, |_| true);
    let places =
        (0..n_channels).flat_map(|channel| (0..layout.n_points()).map(move |p| (channel, p)));
    let profiles = places.collect::<Vec<_>>().into_par_iter().map(profile).collect();
    if margin == 0 || examples.len() < 2 {
        return (profiles, 0.0);
    }
    let errors: Vec<usize> = points.map(|point| error(&lines, n_channels, point, margin)).collect();
    let n_errors = (layout.n_points() * examples.len()).max(1);
    (profiles, errors.iter().sum::<usize>() as f64 / n_errors as f64)
}

/// Learns the profile of a point in a channel from the examples whose index `is_used` accepts.
fn learn(
    lines: &Lines,
    channel: usize,
    point: usize,
    margin: usize,
    is_used: impl Fn(usize) -> bool,
) -> PointProfile {
    let used = lines.iter().enumerate().filter(|(example, _)| is_used(*example));
    let profile = |(_, lines): (usize, &Vec<Line>)| lines[point].profile(channel, margin);
    PointProfile::learn(&used.map(profile).collect::<Vec<_>>())
}

/// Sum over examples of the distance between a point and the best match of the other groups'
/// profiles, in pixels of the level.
fn error(lines: &Lines, n_channels: usize, point: usize, margin: usize) -> usize {
    let n_groups = GROUPS.min(lines.len());
    let mut sum = 0;
    for group in 0..n_groups {
        let of_channel =
            |channel| learn(lines, channel, point, margin, |example| example % n_groups != group);
        let profiles: Vec<PointProfile> = (0..n_channels).map(of_channel).collect();
        for lines in lines.iter().skip(group).step_by(n_groups) {
            let mut line = lines[point].clone();
            let tried =
                (0..=2 * margin).map(|offset| (line.distance(profiles.iter(), offset), offset));
            let nearest = tried.min_by(|(a, _), (b, _)| a.total_cmp(b));
            sum += nearest.map_or(0, |(_, offset)| offset.abs_diff(margin));
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use scr_image::{Point, Size};

    use super::*;
    use crate::{GreyImage, Pyramid};

    const SETTINGS: SearchSettings = SearchSettings {
        side: 64,
        levels: 1,
        reach: 3,
        candidates: 1,
        steps: 5,
        variance: 1.0,
        close: 0.9,
        limit: 3.0,
        noise: 1.0,
        spread: 0.0,
    };

    /// Bright squares on faint waves, with landmarks up to `off` pixels from their sides,
    /// differently in every example.
    fn examples(count: i32, off: f64) -> (Layout, Vec<Example>) {
        let size = Size::square(64);
        let example = |index: i32| {
            let shift = f64::from(index % 5) + 18.0;
            let is_in = |at: usize| (shift..shift + 24.0).contains(&(at as f64 + 0.5));
            let wave = |at: usize| (at as f64 * (0.7 + 0.1 * f64::from(index))).sin() * 0.02;
            let value = |at: usize| {
                let bright = f64::from(u8::from(is_in(at % 64) && is_in(at / 64)));
                (bright + wave(at)) as f32
            };
            let image = GreyImage::new(size, (0..size.area()).map(value).collect());
            let moved = off * (f64::from(index) * 2.4).sin();
            let (near, far) = (shift - moved, shift + 24.0 + moved);
            let middle = shift + 12.0;
            let sides = [(middle, near), (far, middle), (middle, far), (near, middle)];
            let points = sides.map(|(x, y)| Point::new(x, y)).to_vec();
            Example { pyramid: Pyramid::grey(image, 1), points }
        };
        (Layout::equal(1, 4), (0..count).map(example).collect())
    }

    #[test]
    fn the_error_is_small_at_clear_borders_and_grows_with_the_landmarks_own_error() {
        let error = |off: f64| {
            let (layout, examples) = examples(24, off);
            learn_level(SETTINGS, &layout, 0, &examples).1
        };
        assert!(error(0.0) < 0.5, "{}", error(0.0));
        assert!(error(4.0) > error(0.0) + 0.5, "{} {}", error(4.0), error(0.0));
    }

    #[test]
    fn measuring_the_error_does_not_change_the_profiles() {
        let (layout, examples) = examples(8, 1.0);
        let exact = SearchSettings { noise: 0.0, ..SETTINGS };
        let (profiles, error_px) = learn_level(exact, &layout, 0, &examples);
        assert_eq!((profiles, error_px), (learn_level(SETTINGS, &layout, 0, &examples).0, 0.0));
    }

    #[test]
    fn a_channel_with_a_clear_border_lowers_the_error_of_one_without() {
        let (layout, clear) = examples(24, 0.0);
        let waves = |(index, example): (usize, &Example)| {
            let value = |at: usize| (at as f64 * (0.7 + 0.1 * index as f64)).sin() as f32;
            let size = example.pyramid.size();
            let image = GreyImage::new(size, (0..size.area()).map(value).collect());
            Example { pyramid: Pyramid::grey(image, 1), points: example.points.clone() }
        };
        let vague: Vec<Example> = clear.iter().enumerate().map(waves).collect();
        let joined = |(vague, clear): (&Example, &Example)| Example {
            pyramid: vague.pyramid.clone().beside(clear.pyramid.clone()),
            points: clear.points.clone(),
        };
        let both: Vec<Example> = vague.iter().zip(&clear).map(joined).collect();
        let learn = |examples: &[Example]| learn_level(SETTINGS, &layout, 0, examples);
        let (alone, together) = (learn(&vague), learn(&both));
        assert!(together.1 < alone.1, "{} {}", together.1, alone.1);
        // By channel, then point.
        assert_eq!(together.0, [alone.0, learn(&clear).0].concat());
    }

    #[test]
    fn a_single_example_has_no_error() {
        let (layout, examples) = examples(1, 0.0);
        assert_eq!(learn_level(SETTINGS, &layout, 0, &examples).1, 0.0);
    }
}
