//! The model and its search: from the mean shape to the one that fits the image.

use scr_image::{Point, Size};
use serde::{Deserialize, Serialize};

use super::insights::shown_profiles;
use super::learning::learn_level;
use super::profiles::{Line, Normal, PointProfile, normals};
use crate::shape_model::{Layout, Placed, Pose, ShapeModel, Start};
use crate::stored::{NOT_NEGATIVE, count, equal, numbers};
use crate::{
    Declared, Example, Insight, ModelFault, Parameters, Pyramid, ShapeSearch, Stage, Watch,
};

/// What a search is steered by; the names of the study stand beside.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SearchSettings {
    /// Longer side of the finest level, in pixels.
    pub side: usize,
    /// Resolutions: L_max.
    pub levels: usize,
    /// Samples of a profile on either side of its point: k.
    pub reach: usize,
    /// Candidate places on either side of a point: n_s.
    pub candidates: usize,
    /// Steps at a level at most: N_max.
    pub steps: usize,
    /// Share of the shapes' variance that modes keep: f_v.
    pub variance: f64,
    /// Share of points that must move little to end a level: p_close.
    pub close: f64,
    /// How many standard deviations a mode may reach: m.
    pub limit: f64,
    /// To how many times the mean error of a level's profiles a step finds a point's
    /// x and y: one standard deviation; 0 for exactly.
    pub noise: f64,
    /// How far starts lie from the mean place, as a share of the shape's radius and
    /// size; 0 for the mean place alone.
    pub spread: f64,
}

impl SearchSettings {
    /// What the parameters of `asm`, or of a method that has those too, say.
    #[must_use]
    pub fn of(parameters: &Parameters) -> Self {
        Self {
            side: parameters.whole("side"),
            levels: parameters.whole("levels"),
            reach: parameters.whole("reach"),
            candidates: parameters.whole("candidates"),
            steps: parameters.whole("steps"),
            variance: parameters.get("variance"),
            close: parameters.get("close"),
            limit: parameters.get("limit"),
            noise: parameters.get("noise"),
            spread: parameters.get("spread"),
        }
    }
}

/// A trained active shape model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActiveShapeModel {
    settings: SearchSettings,
    layout: Layout,
    shape: ShapeModel,
    start: Start,
    /// By level, then channel, then point.
    profiles: Vec<Vec<PointProfile>>,
    /// To how many of its pixels each level finds x and y of a point.
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
            (profiles, settings.noise * error_px)
        });
        let (profiles, noise_px) = levels.unzip();
        Self { settings, layout, shape, start, profiles, noise_px }
    }

    /// How shapes vary.
    #[must_use]
    pub const fn shape(&self) -> &ShapeModel {
        &self.shape
    }

    /// The profiles of a point at a level, one a channel.
    fn profiles_of(&self, level: usize, point: usize) -> impl Iterator<Item = &PointProfile> {
        self.profiles[level].iter().skip(point).step_by(self.layout.n_points())
    }

    /// From a start, coarse to fine.
    fn climb(&self, pyramid: &Pyramid, start: Pose, watch: Watch<'_>) -> Vec<Point> {
        let mut found = self.shape.mean_at(start);
        let neighbours = self.layout.neighbours();
        let structures = structure_of_points(&self.layout);
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

    /// How little points look as they did in training: the sum of the distances of
    /// their profiles at all levels. A search that lost its way can end where the
    /// finest level fits by chance; the coarse ones see that it is elsewhere.
    fn misfit(&self, pyramid: &Pyramid, points: &[Point]) -> f64 {
        let (neighbours, structures) =
            (self.layout.neighbours(), structure_of_points(&self.layout));
        let mut line = Line::default();
        let mut misfit_at = |level: usize| -> f64 {
            let normals = normals(points, &neighbours, level_scale(level));
            let distance = |(index, normal): (usize, Normal)| {
                line.look(pyramid, level, structures[index], normal, self.settings.reach);
                f64::from(line.distance(self.profiles_of(level, index), 0))
            };
            normals.into_iter().enumerate().map(distance).sum()
        };
        (0..self.settings.levels).map(&mut misfit_at).sum()
    }

    /// Moves every point to its best candidate and fits the shape model to them;
    /// also the share of points that stayed within half of the way they may go.
    fn step(
        &self,
        pyramid: &Pyramid,
        level: usize,
        found: &Placed,
        neighbours: &[(usize, usize)],
        structures: &[usize],
    ) -> (Placed, f64) {
        let SearchSettings { reach, candidates, limit, .. } = self.settings;
        let scale = level_scale(level);
        let mut points = self.shape.points(found);
        let normals = normals(&points, neighbours, scale);
        let mut line = Line::default();
        let mut n_close = 0;
        for (index, normal) in normals.iter().enumerate() {
            line.look(pyramid, level, structures[index], *normal, reach + candidates);
            // The middle candidate comes first, so that a flat image moves nothing.
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

    fn check(&self, declared: Declared<'_>, n_channels: usize) -> Result<(), ModelFault> {
        equal("settings", &self.settings, &SearchSettings::of(declared.parameters))?;
        let SearchSettings { side, levels, reach, .. } = self.settings;
        self.layout.check(declared.n_structures).map_err(|fault| fault.within("layout"))?;
        let n_points = self.layout.n_points();
        self.shape.check(n_points, side).map_err(|fault| fault.within("shape"))?;
        self.start.check().map_err(|fault| fault.within("start"))?;
        count("profiles by level", self.profiles.len(), levels)?;
        for (level, profiles) in self.profiles.iter().enumerate() {
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
        let starts = mean.and_around(self.shape.radius_px(), self.settings.spread);
        let misfit =
            |start: &Pose| self.misfit(pyramid, &self.climb(pyramid, *start, &mut |_, _| ()));
        let best = match starts[..] {
            [only] => only,
            _ => {
                let tried = starts.iter().map(|start| (misfit(start), *start));
                let best = tried.min_by(|(a, _), (b, _)| a.total_cmp(b));
                best.map_or(mean, |(_, start)| start)
            }
        };
        self.climb(pyramid, best, watch)
    }

    fn insights(&self) -> Vec<Insight> {
        let shapes = self.shape.modes(&self.layout, self.settings.limit);
        let profiles = shown_profiles(&self.layout, &shapes.mean, &self.profiles);
        vec![Insight::ShapeModes(shapes), Insight::Profiles(profiles)]
    }
}

/// How much smaller a level is than the finest.
pub(super) fn level_scale(level: usize) -> f64 {
    0.5f64.powi(level as i32)
}

/// The structure that each point belongs to.
pub(super) fn structure_of_points(layout: &Layout) -> Vec<usize> {
    let numbered = layout.structures().enumerate();
    numbered.flat_map(|(structure, range)| range.map(move |_| structure)).collect()
}
