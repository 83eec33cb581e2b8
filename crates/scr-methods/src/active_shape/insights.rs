//! Insights into an active shape model: the profiles of one landmark a structure.

use std::ops::Range;

use scr_image::Outline;

use super::profiles::{LevelProfiles, PointProfile};
use crate::shape_model::Layout;
use crate::{LandmarkProfiles, Profile, Profiles, StructureOutlines};

/// Profiles of one landmark a structure, in the first channel: the landmark with the most
/// prominent profile at the finest level.
pub(super) fn shown_profiles(
    layout: &Layout,
    mean: &StructureOutlines,
    profiles: &[LevelProfiles],
) -> Profiles {
    let landmark = |(ranges, outlines): (Vec<Range<usize>>, &Vec<Outline>)| {
        let prominence = |point: usize| prominence(&profiles[0].profiles[point]);
        let points = ranges.iter().zip(outlines).flat_map(|(range, outline)| {
            range.clone().map(move |point| (point, point - range.start, outline))
        });
        let (shown, place, outline) =
            points.max_by(|a, b| prominence(a.0).total_cmp(&prominence(b.0)))?;
        let points_out = outline.signed_area_px2() >= 0.0;
        let levels = profiles.iter().map(|level| outward(&level.profiles[shown], points_out));
        Some(LandmarkProfiles { place: outline.points()[place], levels: levels.collect() })
    };
    Profiles {
        mean: mean.clone(),
        landmarks: layout.parts().zip(mean).filter_map(landmark).collect(),
    }
}

/// Prominence of a profile: the largest ratio of a mean sample to its standard deviation.
fn prominence(profile: &PointProfile) -> f64 {
    let sd = profile.standard_deviations();
    profile.mean().zip(sd).map(|(mean, sd)| mean.abs() / sd).fold(0.0, f64::max)
}

/// Profile from inside to outside. Normals point to the left of an outline's direction. That is
/// outward for a clockwise outline, whose profile is returned unchanged.
fn outward(profile: &PointProfile, points_out: bool) -> Profile {
    let mut sd = profile.standard_deviations();
    let mean = if points_out {
        profile.mean().collect()
    } else {
        sd.reverse();
        profile.mean().rev().map(|value| -value).collect()
    };
    Profile { mean, sd }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scr_image::Point;

    #[test]
    fn profiles_run_from_inside_to_outside_for_both_directions_of_an_outline() {
        let examples: Vec<Vec<f32>> = (0..40u8)
            .map(|index| vec![f32::from(index % 2) - 0.5, 3.0, f32::from(index % 5) * 0.1])
            .collect();
        let layout = Layout::equal(1, 4);
        let profiles = vec![LevelProfiles { profiles: vec![PointProfile::learn(&examples); 4] }];
        let mut corners = [(0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0)].to_vec();
        let shown = |corners: &[(f64, f64)]| {
            let points = corners.iter().map(|&(x, y)| Point::new(x, y)).collect();
            shown_profiles(&layout, &vec![vec![Outline::new(points)]], &profiles)
                .landmarks
                .remove(0)
        };
        let clockwise = shown(&corners).levels.remove(0);
        corners.reverse();
        let back = shown(&corners).levels.remove(0);
        assert!((clockwise.mean[1] - 3.0).abs() < 1e-6 && (back.mean[1] + 3.0).abs() < 1e-6);
        assert!((clockwise.mean[2] + back.mean[0]).abs() < 1e-6);
        assert!((clockwise.sd[0] - back.sd[2]).abs() < 1e-9);
        // The examples' own 0.506, shrunk a little to the mean of all three.
        assert!((0.4..0.51).contains(&clockwise.sd[0]), "{:?}", clockwise.sd);
    }
}
