//! Active appearance model and its search.

use scr_image::{Point, Size};
use serde::{Deserialize, Serialize};

use super::appearance::{Appearance, mean_square};
use super::insights::insights;
use super::refine::refined;
use super::settings::AppearanceSettings;
use super::update::Update;
use super::warp::Warp;
use crate::pyramid::level_scale;
use crate::shape_model::{Layout, Pose, PosedShape, ShapeModel, Start};
use crate::stored::{MAX_LEVELS, at_most, count, equal};
use crate::{Example, Insight, ModelDeclaration, ModelFault, Pyramid, ShapeSearch, Stage, Watch};

/// Largest number of halvings of a step.
const HALVINGS: usize = 4;
/// Convergence: a level ends when a step lowers the residual by less than this share.
const CONVERGED: f64 = 1e-3;
/// Range of a shape's scale relative to the mean.
const SCALES: std::ops::RangeInclusive<f64> = 0.5..=2.0;

/// Trained active appearance model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActiveAppearanceModel {
    settings: AppearanceSettings,
    layout: Layout,
    start: Start,
    /// The finest first.
    #[serde(deserialize_with = "at_most::<_, _, MAX_LEVELS>")]
    levels: Vec<Level>,
}

/// Model of one level: appearance, and the update matrix of its search.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Level {
    appearance: Appearance,
    update: Update,
}

impl ActiveAppearanceModel {
    /// Learns from examples. `done` is called with the number of finished levels.
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
        let fits: Vec<PosedShape> =
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

    /// Searches from the coarsest of `levels` to the finest, and returns each result.
    fn search_levels(
        &self,
        levels: &[Level],
        pyramid: &Pyramid,
        start: &PosedShape,
        mean: Pose,
    ) -> Vec<LevelResult> {
        let mut results: Vec<LevelResult> = Vec::with_capacity(levels.len());
        for level in levels.iter().rev() {
            results.push(match results.last() {
                None => level.search(self.settings, pyramid, start.clone(), mean),
                Some(coarser) => level.refine(self.settings, pyramid, coarser, mean),
            });
        }
        results
    }
}

impl ShapeSearch for ActiveAppearanceModel {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn resolutions(&self) -> (usize, usize) {
        (self.settings.side, self.settings.levels)
    }

    fn check(&self, declared: ModelDeclaration<'_>, _n_channels: usize) -> Result<(), ModelFault> {
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
        // A wrong start can fit the coarsest level best. All but the finest level cost little.
        let coarser = if self.levels.len() > 1 { &self.levels[1..] } else { &self.levels };
        let coarsest = coarser.last().expect("a model has a level");
        let cost = |levels: &[LevelResult]| levels.last().map_or(f64::INFINITY, |last| last.cost);
        let starts = mean.starts_around(coarsest.appearance.radius(), self.settings.spread);
        let (start, mut results) = starts
            .into_iter()
            .map(|pose| {
                let start = coarsest.appearance.mean_at(pose);
                let results = self.search_levels(coarser, pyramid, &start, mean);
                (start, results)
            })
            .min_by(|(_, a), (_, b)| cost(a).total_cmp(&cost(b)))
            .expect("there is a start");
        watch(Stage::Start, &|| coarsest.appearance.points(&start));
        let finest = &self.levels[0];
        if self.levels.len() > 1 {
            let coarser = results.last().expect("a model has a level");
            results.push(finest.refine(self.settings, pyramid, coarser, mean));
        }
        for (result, level) in results.iter().zip((0..self.levels.len()).rev()) {
            watch(Stage::Level { level, n_steps: result.n_steps }, &|| result.points.clone());
        }
        let found = results.pop().expect("a model has a level");
        if self.settings.refinements > 0 {
            let better = refined(&finest.appearance, pyramid, &found.placed, self.settings);
            if let Some(better) = better.filter(|better| is_plausible(better.pose, mean)) {
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

/// Result of a level.
struct LevelResult {
    placed: PosedShape,
    points: Vec<Point>,
    /// Mean squared residual.
    cost: f64,
    n_steps: usize,
}

impl Level {
    fn learn(
        settings: AppearanceSettings,
        level: usize,
        layout: &Layout,
        shape: &ShapeModel,
        fits: &[PosedShape],
        examples: &[Example],
    ) -> Self {
        let mean = shape.points(&shape.mean_at(Pose::IDENTITY));
        let warp = Warp::new(&mean, layout, 1.0 / level_scale(level), settings.whisker);
        let shares = (settings.texture_variance, settings.joint_variance);
        let appearance = Appearance::learn(level, warp, shape, fits, examples, shares);
        let known: Vec<PosedShape> = examples
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

    /// Continues from the result of a coarser level.
    fn refine(
        &self,
        settings: AppearanceSettings,
        pyramid: &Pyramid,
        found: &LevelResult,
        mean: Pose,
    ) -> LevelResult {
        let pose = found.placed.pose;
        let from = self.appearance.encoded(pyramid, &found.points, pose, settings.limit);
        self.search(settings, pyramid, from, mean)
    }

    /// Takes steps until the residual no longer decreases.
    fn search(
        &self,
        settings: AppearanceSettings,
        pyramid: &Pyramid,
        from: PosedShape,
        mean: Pose,
    ) -> LevelResult {
        let mut placed = from;
        let (mut residual, _) = self.appearance.residual(pyramid, &placed);
        let (mut cost, mut n_steps) = (mean_square(&residual), 0);
        for _ in 0..settings.steps {
            let step = self.update.step(&residual);
            let better = (0..=HALVINGS).find_map(|halvings| {
                let share = 0.5f64.powi(halvings as i32);
                let next = self.appearance.moved(&placed, &step, share, settings.limit);
                if !is_plausible(next.pose, mean) {
                    return None;
                }
                let (residual, _) = self.appearance.residual(pyramid, &next);
                let next_cost = mean_square(&residual);
                (next_cost < cost).then_some((next, residual, next_cost))
            });
            let Some((next, next_residual, next_cost)) = better else { break };
            let has_converged = cost - next_cost < CONVERGED * cost;
            (placed, residual, cost) = (next, next_residual, next_cost);
            n_steps += 1;
            if has_converged {
                break;
            }
        }
        let points = self.appearance.points(&placed);
        LevelResult { placed, points, cost, n_steps }
    }
}

/// Test for finite numbers and a scale near the mean's.
fn is_plausible(pose: Pose, mean: Pose) -> bool {
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
    fn an_unseen_image_is_segmented_to_a_pixel_with_and_without_refinement() {
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
    fn a_single_example_is_learnt_and_segmented() {
        let example = &examples(1, 96)[..];
        let model = ActiveAppearanceModel::learn(settings(5), layout(), example, &|_| ());
        let found = model.search(&example[0].pyramid);
        let worst = found.iter().zip(&example[0].points).map(|(p, q)| p.distance_px(*q));
        assert!(worst.fold(0.0, f64::max) < 0.5);
    }
}
