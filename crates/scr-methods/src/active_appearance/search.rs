//! The model and its search: from the mean appearance to the one that the image shows.

use scr_image::{Point, Size};
use serde::{Deserialize, Serialize};

use super::appearance::{Appearance, mean_square};
use super::insights::insights;
use super::refine::refined;
use super::update::Update;
use super::warp::{Warp, level_scale};
use crate::shape_model::{Layout, Placed, Pose, ShapeModel, Start};
use crate::stored::{count, equal};
use crate::{
    Declared, Example, Insight, ModelFault, Parameters, Pyramid, ShapeSearch, Stage, Watch,
};

/// Steps are tried whole, then halved this often.
const HALVINGS: usize = 4;
/// A level ends when a step lowers the residual by less than this share.
const SETTLED: f64 = 1e-3;
/// How much larger or smaller than the mean a shape may become.
const SCALES: std::ops::RangeInclusive<f64> = 0.5..=2.0;

/// What learning and search are steered by.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AppearanceSettings {
    /// Longer side of the finest level, in pixels.
    pub side: usize,
    /// Resolutions, each half of the one before.
    pub levels: usize,
    /// Share of the shapes' variance that is kept.
    pub shape_variance: f64,
    /// Share of the textures' variance that is kept.
    pub texture_variance: f64,
    /// Share of the joint variance that is kept.
    pub joint_variance: f64,
    /// Length of whiskers, in the finest level's pixels; 0 for none.
    pub whisker: f64,
    /// How many standard deviations a mode may reach.
    pub limit: f64,
    /// Steps at a level at most.
    pub steps: usize,
    /// How far starts lie from the mean place, as a share of the shape's radius
    /// and size; 0 for the mean place alone.
    pub spread: f64,
    /// Steps of L-BFGS after the search at most; 0 for none.
    pub refinements: usize,
}

impl AppearanceSettings {
    /// What the parameters of `aam`, or of a method that has those too, say; without
    /// `whisker` there are no whiskers, without `bfgs` there is no L-BFGS.
    #[must_use]
    pub fn of(parameters: &Parameters) -> Self {
        Self {
            side: parameters.whole("side"),
            levels: parameters.whole("levels"),
            shape_variance: parameters.get("variance"),
            texture_variance: parameters.get("texture"),
            joint_variance: parameters.get("joint"),
            whisker: parameters.find("whisker").unwrap_or(0.0),
            limit: parameters.get("limit"),
            steps: parameters.whole("steps"),
            spread: parameters.get("spread"),
            refinements: parameters.find("bfgs").map_or(0, |steps| steps as usize),
        }
    }
}

/// A trained active appearance model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActiveAppearanceModel {
    settings: AppearanceSettings,
    layout: Layout,
    start: Start,
    /// The finest first.
    levels: Vec<Level>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Level {
    appearance: Appearance,
    update: Update,
}

impl ActiveAppearanceModel {
    /// Learns from examples. `done` is told of each level that is learnt.
    ///
    /// # Panics
    /// When there is no example.
    #[must_use]
    pub fn learn(
        settings: AppearanceSettings,
        layout: Layout,
        examples: &[Example],
        done: &dyn Fn(usize),
    ) -> Self {
        let shapes: Vec<Vec<Point>> = examples.iter().map(|e| e.points.clone()).collect();
        let shape = ShapeModel::learn(&shapes, settings.shape_variance);
        let placed: Vec<(Vec<Point>, Size)> =
            examples.iter().map(|e| (e.points.clone(), e.pyramid.size())).collect();
        let start = Start::learn(&shape, &placed);
        let fits: Vec<Placed> =
            shapes.iter().map(|points| shape.fit(points, f64::INFINITY)).collect();
        let levels = (0..settings.levels)
            .map(|level| {
                let learnt = Level::learn(settings, level, &layout, &shape, &fits, examples);
                done(level + 1);
                learnt
            })
            .collect();
        Self { settings, layout, start, levels }
    }

    /// From the coarsest of `levels` to the finest of them: what each found.
    fn climb(&self, levels: &[Level], pyramid: &Pyramid, start: &Placed, mean: Pose) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::with_capacity(levels.len());
        for level in levels.iter().rev() {
            found.push(match found.last() {
                None => level.descend(self.settings, pyramid, start.clone(), mean),
                Some(coarser) => level.go_on(self.settings, pyramid, coarser, mean),
            });
        }
        found
    }
}

impl ShapeSearch for ActiveAppearanceModel {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn resolutions(&self) -> (usize, usize) {
        (self.settings.side, self.settings.levels)
    }

    fn check(&self, declared: Declared<'_>, _n_channels: usize) -> Result<(), ModelFault> {
        equal("settings", &self.settings, &AppearanceSettings::of(declared.parameters))?;
        self.layout.check(declared.n_structures).map_err(|fault| fault.within("layout"))?;
        self.start.check().map_err(|fault| fault.within("start"))?;
        count("levels", self.levels.len(), self.settings.levels)?;
        for (number, level) in self.levels.iter().enumerate() {
            let check = level.check(number, &self.layout, self.settings.side);
            check.map_err(|fault| fault.within(format!("level {number}")))?;
        }
        Ok(())
    }

    fn search_watched(&self, pyramid: &Pyramid, watch: Watch<'_>) -> Vec<Point> {
        let mean = self.start.pose(pyramid.size());
        // A wrong start can fit a coarse image best, and costs little up to the finest.
        let coarser = if self.levels.len() > 1 { &self.levels[1..] } else { &self.levels };
        let coarsest = coarser.last().expect("a model has a level");
        let cost = |climbed: &[Found]| climbed.last().map_or(f64::INFINITY, |found| found.cost);
        let around = mean.and_around(coarsest.appearance.radius(), self.settings.spread);
        let (start, mut climbed) = around
            .into_iter()
            .map(|pose| {
                let start = coarsest.appearance.mean_at(pose);
                let climbed = self.climb(coarser, pyramid, &start, mean);
                (start, climbed)
            })
            .min_by(|(_, a), (_, b)| cost(a).total_cmp(&cost(b)))
            .expect("there is a start");
        watch(Stage::Start, &|| coarsest.appearance.points(&start));
        let finest = &self.levels[0];
        if self.levels.len() > 1 {
            let coarser = climbed.last().expect("a model has a level");
            climbed.push(finest.go_on(self.settings, pyramid, coarser, mean));
        }
        for (found, level) in climbed.iter().zip((0..self.levels.len()).rev()) {
            watch(Stage::Level { level, n_steps: found.n_steps }, &|| found.points.clone());
        }
        let found = climbed.pop().expect("a model has a level");
        if self.settings.refinements > 0 {
            let better = refined(&finest.appearance, pyramid, &found.placed, self.settings);
            if let Some(better) = better.filter(|better| is_sane(better.pose, mean)) {
                let points = finest.appearance.points(&better);
                watch(Stage::Refinement, &|| points.clone());
                return points;
            }
        }
        found.points
    }

    fn insights(&self) -> Vec<Insight> {
        insights(&self.levels[0].appearance, &self.layout, self.settings.limit)
    }
}

/// What a level found: the appearance, its points, its mean squared residual, and
/// after how many steps.
struct Found {
    placed: Placed,
    points: Vec<Point>,
    cost: f64,
    n_steps: usize,
}

impl Level {
    fn learn(
        settings: AppearanceSettings,
        level: usize,
        layout: &Layout,
        shape: &ShapeModel,
        fits: &[Placed],
        examples: &[Example],
    ) -> Self {
        let mean = shape.points(&shape.mean_at(Pose::IDENTITY));
        let warp = Warp::new(&mean, layout, 1.0 / level_scale(level), settings.whisker);
        let shares = (settings.texture_variance, settings.joint_variance);
        let appearance = Appearance::learn(level, warp, shape, fits, examples, shares);
        let known: Vec<Placed> = examples
            .iter()
            .zip(fits)
            .map(|(e, fit)| appearance.encoded(&e.pyramid, &e.points, fit.pose, f64::INFINITY))
            .collect();
        let update = Update::learn(&appearance, &known, examples);
        Self { appearance, update }
    }

    fn check(&self, number: usize, layout: &Layout, side: usize) -> Result<(), ModelFault> {
        self.appearance.check(number, layout, side)?;
        let (n_modes, n_places) = (self.appearance.n_modes(), self.appearance.n_places());
        self.update.check(n_modes, n_places).map_err(|fault| fault.within("update"))
    }

    /// Goes on where a coarser level ended.
    fn go_on(
        &self,
        settings: AppearanceSettings,
        pyramid: &Pyramid,
        found: &Found,
        mean: Pose,
    ) -> Found {
        let pose = found.placed.pose;
        let from = self.appearance.encoded(pyramid, &found.points, pose, settings.limit);
        self.descend(settings, pyramid, from, mean)
    }

    /// Steps until the residual falls no more.
    fn descend(
        &self,
        settings: AppearanceSettings,
        pyramid: &Pyramid,
        from: Placed,
        mean: Pose,
    ) -> Found {
        let mut placed = from;
        let (mut residual, _) = self.appearance.residual(pyramid, &placed);
        let (mut cost, mut n_steps) = (mean_square(&residual), 0);
        for _ in 0..settings.steps {
            let step = self.update.step(&residual);
            let better = (0..=HALVINGS).find_map(|halvings| {
                let share = 0.5f64.powi(halvings as i32);
                let next = self.appearance.moved(&placed, &step, share, settings.limit);
                if !is_sane(next.pose, mean) {
                    return None;
                }
                let (residual, _) = self.appearance.residual(pyramid, &next);
                let next_cost = mean_square(&residual);
                (next_cost < cost).then_some((next, residual, next_cost))
            });
            let Some((next, next_residual, next_cost)) = better else { break };
            let has_settled = cost - next_cost < SETTLED * cost;
            (placed, residual, cost) = (next, next_residual, next_cost);
            n_steps += 1;
            if has_settled {
                break;
            }
        }
        let points = self.appearance.points(&placed);
        Found { placed, points, cost, n_steps }
    }
}

/// Whether a pose is a number, and its scale not far from the mean's.
fn is_sane(pose: Pose, mean: Pose) -> bool {
    let finite = [pose.a, pose.b, pose.x, pose.y].iter().all(|value| value.is_finite());
    finite && SCALES.contains(&(pose.scale() / mean.scale()))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{examples, layout};
    use super::*;

    fn settings(refinements: usize) -> AppearanceSettings {
        AppearanceSettings {
            side: 96,
            levels: 2,
            shape_variance: 0.99,
            texture_variance: 0.99,
            joint_variance: 0.99,
            whisker: 6.0,
            limit: 3.0,
            steps: 30,
            spread: 0.1,
            refinements,
        }
    }

    #[test]
    fn an_image_that_was_not_seen_is_found_to_a_pixel_with_and_without_a_refinement() {
        let all = examples(17, 96);
        let (unseen, seen) = all.split_last().unwrap();
        for refinements in [0, 30] {
            let model =
                ActiveAppearanceModel::learn(settings(refinements), layout(), seen, &|_| ());
            let found = model.search(&unseen.pyramid);
            let pairs = found.iter().zip(&unseen.points);
            let mean = pairs.map(|(p, q)| p.distance_px(*q)).sum::<f64>() / found.len() as f64;
            assert!(mean < 1.0, "{refinements}: {mean}");
        }
    }

    #[test]
    fn a_single_example_is_learnt_and_found() {
        let example = &examples(1, 96)[..];
        let model = ActiveAppearanceModel::learn(settings(5), layout(), example, &|_| ());
        let found = model.search(&example[0].pyramid);
        let worst = found.iter().zip(&example[0].points).map(|(p, q)| p.distance_px(*q));
        assert!(worst.fold(0.0, f64::max) < 0.5);
    }
}
