//! Training of one network.

use rand_core::Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::architecture::Architecture;
use crate::augmentation::augmented;
use crate::loss::loss;
use crate::network::{Network, first_parameters};
use crate::optimiser::{Optimiser, rate};
use crate::random::generator;
use crate::{Sample, UnetError};

/// Streams of random numbers of a seed: those of steps follow.
const FIRST_PARAMETERS: u64 = 0;
const ORDERS: u64 = 1 << 32;
const CHANGES: u64 = 2 << 32;

/// Recipe of a training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// Steps in all, at least 1.
    pub n_steps: usize,
    /// Images a step, at least 1.
    pub batch: usize,
    /// Highest learning rate, above 0.
    pub learning_rate: f32,
    /// Weight decay of AdamW.
    pub weight_decay: f32,
    /// Steps during which the learning rate rises.
    pub warm_up: usize,
    /// Largest share of the exponential average of parameters that a step keeps, below 1.
    pub memory: f32,
    /// Structure that each structure becomes in the mirror image; `None`: no image is mirrored.
    pub mirrored: Option<Vec<usize>>,
}

/// Training of one network, a step at a time.
///
/// The same samples, recipe and seed give the same parameters for any number of threads: each
/// image of a batch is computed by one thread, and gradients are added in the images' order.
/// Between machines, exponential functions of the system's library may differ in the last bit.
pub struct Training<'a> {
    architecture: Architecture,
    samples: &'a [Sample],
    recipe: Recipe,
    seed: u64,
    state: TrainingState,
}

/// State of a training, from which it goes on as if it had not been stopped.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TrainingState {
    optimiser: Optimiser,
    losses: Vec<f32>,
}

impl<'a> Training<'a> {
    /// Training from the start.
    ///
    /// # Errors
    /// [`UnetError::Architecture`] for sizes that no network has.
    pub fn new(
        architecture: Architecture,
        samples: &'a [Sample],
        recipe: Recipe,
        seed: u64,
    ) -> Result<Self, UnetError> {
        architecture.check()?;
        let mut random = generator(seed, FIRST_PARAMETERS);
        let optimiser = Optimiser::new(first_parameters(architecture, &mut random));
        let state = TrainingState { optimiser, losses: Vec::new() };
        Ok(Self { architecture, samples, recipe, seed, state })
    }

    /// Training that goes on from a state.
    ///
    /// # Errors
    /// As [`new`](Self::new), and [`UnetError::Parameters`] for a state of another training.
    pub fn resume(
        architecture: Architecture,
        samples: &'a [Sample],
        recipe: Recipe,
        seed: u64,
        state: TrainingState,
    ) -> Result<Self, UnetError> {
        let mut training = Self::new(architecture, samples, recipe, seed)?;
        let (n_steps, n_parameters) = (state.losses.len(), architecture.n_parameters());
        if !state.optimiser.fits(n_parameters, n_steps) || n_steps > training.recipe.n_steps {
            return Err(UnetError::Parameters {
                expected: format!("the state of a training with {n_parameters} parameters"),
                found: "another one".into(),
            });
        }
        training.state = state;
        Ok(training)
    }

    /// State after the steps so far.
    #[must_use]
    pub const fn state(&self) -> &TrainingState {
        &self.state
    }

    /// Loss of each step so far.
    #[must_use]
    pub fn losses(&self) -> &[f32] {
        &self.state.losses
    }

    /// Test for the end: all steps are done, or there is no image.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.state.losses.len() >= self.recipe.n_steps || self.samples.is_empty()
    }

    /// Averaged parameters after the steps so far.
    #[must_use]
    pub fn averaged(&self) -> &[f32] {
        &self.state.optimiser.average
    }

    /// One step, with its loss.
    ///
    /// # Errors
    /// [`UnetError::Diverged`] when the loss is not finite.
    pub fn step(&mut self) -> Result<f32, UnetError> {
        let step = self.state.optimiser.n_steps();
        let network = Network::new(self.architecture, &self.state.optimiser.parameters);
        let (side, batch) = (self.architecture.side, self.recipe.batch);
        let of_image = |number: usize| {
            let number = step * batch + number;
            let sample = &self.samples[self.sample(number)];
            let mut random = generator(self.seed, CHANGES + number as u64);
            let mirrored = self.recipe.mirrored.as_deref();
            let image = augmented(sample, side, mirrored, &mut random);
            let (logits, tape) = network.run(&image.grey);
            let (loss, of_logits) = loss(&logits, &image.masks, side * side);
            (loss, network.gradient(&tape, &of_logits))
        };
        let images: Vec<_> = (0..batch).into_par_iter().map(of_image).collect();
        let mut gradient = vec![0.0; self.state.optimiser.parameters.len()];
        let mut loss = 0.0;
        for (of_image, gradient_of_image) in &images {
            loss += of_image / batch as f32;
            for (sum, value) in gradient.iter_mut().zip(gradient_of_image) {
                *sum += value / batch as f32;
            }
        }
        if !loss.is_finite() || gradient.iter().any(|value| !value.is_finite()) {
            return Err(UnetError::Diverged { step: step + 1, loss });
        }
        let recipe = &self.recipe;
        let rate = rate(recipe.learning_rate, step, recipe.warm_up, recipe.n_steps);
        self.state.optimiser.step(&gradient, rate, recipe.weight_decay, recipe.memory);
        self.state.losses.push(loss);
        Ok(loss)
    }

    /// Sample of the image with this number: each pass over the samples has an order of its own.
    fn sample(&self, number: usize) -> usize {
        let n = self.samples.len();
        let mut random = generator(self.seed, ORDERS + (number / n) as u64);
        let mut order: Vec<usize> = (0..n).collect();
        for last in (1..n).rev() {
            order.swap(last, random.next_u64() as usize % (last + 1));
        }
        order[number % n]
    }
}

#[cfg(test)]
mod tests {
    use rand_core::SeedableRng;
    use rand_pcg::Pcg64;

    use super::*;
    use crate::random::share;
    use crate::sample::standardise;

    const ARCHITECTURE: Architecture = Architecture { side: 32, width: 4, n_structures: 1 };

    /// Bright squares on noise; the squares are the structure.
    fn squares(n: usize) -> Vec<Sample> {
        let mut random = Pcg64::seed_from_u64(8);
        let mut square = || {
            let (left, top) = (6 + share(&mut random) as usize * 8, 8);
            let is_in = |at: usize| {
                (left..left + 14).contains(&(at % 32)) && (top..top + 14).contains(&(at / 32))
            };
            let masks: Vec<f32> = (0..1024).map(|at| f32::from(is_in(at))).collect();
            let grey = masks.iter().map(|mask| mask + 0.5 * share(&mut random)).collect();
            Sample::new(ARCHITECTURE, grey, masks).unwrap()
        };
        (0..n).map(|_| square()).collect()
    }

    fn recipe(n_steps: usize) -> Recipe {
        Recipe {
            n_steps,
            batch: 4,
            learning_rate: 5e-3,
            weight_decay: 0.01,
            warm_up: 5,
            memory: 0.9,
            mirrored: Some(vec![0]),
        }
    }

    fn trained(samples: &[Sample], n_steps: usize) -> Training<'_> {
        let mut training = Training::new(ARCHITECTURE, samples, recipe(n_steps), 1).unwrap();
        while !training.is_done() {
            training.step().unwrap();
        }
        training
    }

    #[test]
    fn squares_are_learnt() {
        let samples = squares(6);
        let training = trained(&samples, 120);
        let unet = crate::Unet::new(ARCHITECTURE, vec![training.averaged().to_vec()]).unwrap();
        let mut grey = samples[0].grey.clone();
        standardise(&mut grey);
        let found = unet.probabilities(&grey);
        let is_right = |(p, m): &(&f32, &f32)| (**p >= 0.5) == (**m >= 0.5);
        let n_right = found.iter().zip(&samples[0].masks).filter(is_right).count();
        assert!(n_right > 1024 * 95 / 100, "{n_right} of 1024");
    }

    #[test]
    fn the_number_of_threads_changes_no_bit() {
        let samples = squares(3);
        let on = |n_threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
            pool.install(|| trained(&samples, 6).averaged().to_vec())
        };
        assert_eq!(on(1), on(2));
    }

    #[test]
    fn a_stopped_training_goes_on_as_if_it_had_not_been_stopped() {
        let samples = squares(3);
        let mut first = Training::new(ARCHITECTURE, &samples, recipe(8), 1).unwrap();
        for _ in 0..3 {
            first.step().unwrap();
        }
        let state = first.state().clone();
        let mut second = Training::resume(ARCHITECTURE, &samples, recipe(8), 1, state).unwrap();
        while !second.is_done() {
            second.step().unwrap();
        }
        assert_eq!(second.averaged(), trained(&samples, 8).averaged());
        assert_eq!(second.losses().len(), 8);
        let other = Architecture { width: 8, ..ARCHITECTURE };
        let state = first.state().clone();
        assert!(Training::resume(other, &[], recipe(8), 1, state).is_err());
    }

    #[test]
    fn a_loss_that_is_not_finite_ends_the_training() {
        let samples = squares(2);
        let wild = Recipe { learning_rate: 1e30, warm_up: 0, ..recipe(50) };
        let mut training = Training::new(ARCHITECTURE, &samples, wild, 1).unwrap();
        let error = (0..50).find_map(|_| training.step().err()).expect("an error");
        assert!(error.to_string().contains("the loss of step"), "{error}");
    }
}
