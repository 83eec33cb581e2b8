//! Active shape model and its search.

use scr_image::{Point, Size};
use serde::{Deserialize, Serialize};

use super::insights::shown_profiles;
use super::learning::learn_level;
use super::profiles::{LevelProfiles, Line, Normal, PointProfile, normals};
use super::settings::SearchSettings;
use crate::pyramid::level_scale;
use crate::shape_model::{Layout, Pose, PosedShape, ShapeModel, Start};
use crate::stored::{MAX_LEVELS, NOT_NEGATIVE, at_most, count, equal, numbers};
use crate::{Example, Insight, ModelDeclaration, ModelFault, Pyramid, ShapeSearch, Stage, Watch};

/// Trained active shape model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActiveShapeModel {
    settings: SearchSettings,
    layout: Layout,
    shape: ShapeModel,
    start: Start,
    /// By level.
    #[serde(deserialize_with = "at_most::<_, _, MAX_LEVELS>")]
    profiles: Vec<LevelProfiles>,
    /// By level: standard deviation of a point's x and y after a step, in the level's pixels.
    noise_px: Vec<f64>,
}

impl ActiveShapeModel {
    /// Learns shapes and profiles from examples.
    ///
    /// # Panics
    /// When there is no example.
    #[must_use]
    pub fn learn(settings: SearchSettings, layout: Layout, examples: &[Example]) -> Self {
        let shapes: Vec<Vec<Point>> = examples.iter().map(|e| e.points.clone()).collect();
        let shape = ShapeModel::learn(&shapes, settings.variance);
        let placed: Vec<(Vec<Point>, Size)> =
            examples.iter().map(|e| (e.points.clone(), e.pyramid.size())).collect();
        let start = Start::learn(&shape, &placed);
        let levels = (0..settings.levels).map(|level| {
            let (profiles, error_px) = learn_level(settings, &layout, level, examples);
            (LevelProfiles { profiles }, settings.noise * error_px)
        });
        let (profiles, noise_px) = levels.unzip();
        Self { settings, layout, shape, start, profiles, noise_px }
    }

    /// Shape model.
    #[must_use]
    pub const fn shape(&self) -> &ShapeModel {
        &self.shape
    }

    /// Profiles of a point at a level, one a channel.
    fn profiles_of(&self, level: usize, point: usize) -> impl Iterator<Item = &PointProfile> {
        self.profiles[level].profiles.iter().skip(point).step_by(self.layout.n_points())
    }

    /// Searches from a start, coarse to fine.
    fn search_from(&self, pyramid: &Pyramid, start: Pose, watch: Watch<'_>) -> Vec<Point> {
        let mut found = self.shape.mean_at(start);
        let neighbours = self.layout.neighbours();
        let structures = self.layout.structure_of_points();
        watch(Stage::Start, &|| self.shape.points(&found));
        for level in (0..self.settings.levels).rev() {
            let mut n_steps = 0;
            while n_steps < self.settings.steps {
                let (next, share_close) =
                    self.step(pyramid, level, &found, &neighbours, &structures);
                found = next;
                n_steps += 1;
                if share_close >= self.settings.close {
                    break;
                }
            }
            watch(Stage::Level { level, n_steps }, &|| self.shape.points(&found));
        }
        self.shape.points(&found)
    }

    /// Misfit of points: the sum of the Mahalanobis distances of their profiles at all levels.
    /// A failed search can end where the finest level matches by chance; the coarse levels
    /// then do not match.
    fn misfit(&self, pyramid: &Pyramid, points: &[Point]) -> f64 {
        let (neighbours, structures) =
            (self.layout.neighbours(), self.layout.structure_of_points());
        let mut line = Line::default();
        let mut misfit_at = |level: usize| -> f64 {
            let normals = normals(points, &neighbours, level_scale(level));
            let distance = |(index, normal): (usize, Normal)| {
                line.sample(pyramid, level, structures[index], normal, self.settings.reach);
                f64::from(line.distance(self.profiles_of(level, index), 0))
            };
            normals.into_iter().enumerate().map(distance).sum()
        };
        (0..self.settings.levels).map(&mut misfit_at).sum()
    }

    /// Moves every point to its best candidate, and fits the shape model to the moved points.
    /// Also returns the share of points that moved by at most half of the largest move.
    fn step(
        &self,
        pyramid: &Pyramid,
        level: usize,
        found: &PosedShape,
        neighbours: &[(usize, usize)],
        structures: &[usize],
    ) -> (PosedShape, f64) {
        let SearchSettings { reach, candidates, limit, .. } = self.settings;
        let scale = level_scale(level);
        let mut points = self.shape.points(found);
        let normals = normals(&points, neighbours, scale);
        let mut line = Line::default();
        let mut n_close = 0;
        for (index, normal) in normals.iter().enumerate() {
            line.sample(pyramid, level, structures[index], *normal, reach + candidates);
            // The middle candidate comes first, so that points stay in a flat image.
            let tried = std::iter::once(candidates)
                .chain((0..=2 * candidates).filter(|&offset| offset != candidates));
            let mut best = (f32::INFINITY, candidates);
            for offset in tried {
                let distance = line.distance(self.profiles_of(level, index), offset);
                if distance < best.0 {
                    best = (distance, offset);
                }
            }
            let moved = best.1 as f64 - candidates as f64;
            n_close += usize::from(2.0 * moved.abs() <= candidates as f64);
            points[index].x += moved * normal.direction.0 / scale;
            points[index].y += moved * normal.direction.1 / scale;
        }
        let found = self.shape.fit_noisy(&points, limit, self.noise_px[level] / scale);
        (found, n_close as f64 / points.len().max(1) as f64)
    }
}

impl ShapeSearch for ActiveShapeModel {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn resolutions(&self) -> (usize, usize) {
        (self.settings.side, self.settings.levels)
    }

    fn check(&self, declared: ModelDeclaration<'_>, n_channels: usize) -> Result<(), ModelFault> {
        equal("settings", &self.settings, &SearchSettings::of(declared.parameters))?;
        let SearchSettings { side, levels, reach, .. } = self.settings;
        self.layout.check(declared.n_structures).map_err(|fault| fault.within("layout"))?;
        let n_points = self.layout.n_points();
        self.shape.check(n_points, side).map_err(|fault| fault.within("shape"))?;
        self.start.check().map_err(|fault| fault.within("start"))?;
        count("profiles by level", self.profiles.len(), levels)?;
        for (level, LevelProfiles { profiles }) in self.profiles.iter().enumerate() {
            let name = format!("profiles of level {level}");
            count(&name, profiles.len(), n_channels * n_points)?;
            let mut checks = profiles.iter().map(|profile| profile.check(2 * reach + 1));
            checks.try_for_each(|check| check.map_err(|fault| fault.within(&name)))?;
        }
        count("noise_px", self.noise_px.len(), levels)?;
        numbers("noise_px", self.noise_px.iter().copied(), NOT_NEGATIVE)
    }

    fn search_watched(&self, pyramid: &Pyramid, watch: Watch<'_>) -> Vec<Point> {
        let mean = self.start.pose(pyramid.size());
        let starts = mean.starts_around(self.shape.radius_px(), self.settings.spread);
        let misfit =
            |start: &Pose| self.misfit(pyramid, &self.search_from(pyramid, *start, &mut |_, _| ()));
        let best = match starts[..] {
            [only] => only,
            _ => {
                let tried = starts.iter().map(|start| (misfit(start), *start));
                let best = tried.min_by(|(a, _), (b, _)| a.total_cmp(b));
                best.map_or(mean, |(_, start)| start)
            }
        };
        self.search_from(pyramid, best, watch)
    }

    fn insights(&self) -> Vec<Insight> {
        let shapes = self.shape.modes(&self.layout, self.settings.limit);
        let profiles = shown_profiles(&self.layout, &shapes.mean, &self.profiles);
        vec![Insight::ShapeModes(shapes), Insight::Profiles(profiles)]
    }
}
