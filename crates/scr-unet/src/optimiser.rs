//! Optimiser: AdamW with clipped gradients, and an exponential average of the parameters.
//!
//! AdamW is that of Loshchilov and Hutter 2019 (arXiv:1711.05101).

use serde::{Deserialize, Serialize};

const FIRST: f32 = 0.9;
const SECOND: f32 = 0.999;
const EPSILON: f32 = 1e-8;

/// Largest norm of a gradient; longer ones are shortened to it.
const LARGEST_NORM: f64 = 1.0;

/// State of an optimiser.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Optimiser {
    pub(crate) parameters: Vec<f32>,
    /// Exponential average of the parameters: the network that segments.
    pub(crate) average: Vec<f32>,
    means: Vec<f32>,
    squares: Vec<f32>,
    n_steps: usize,
}

impl Optimiser {
    pub(crate) fn new(parameters: Vec<f32>) -> Self {
        let zeros = vec![0.0; parameters.len()];
        let average = parameters.clone();
        Self { parameters, average, means: zeros.clone(), squares: zeros, n_steps: 0 }
    }

    /// Number of steps done.
    pub(crate) const fn n_steps(&self) -> usize {
        self.n_steps
    }

    /// Test for the state after `n_steps` steps with `n_parameters` finite parameters.
    pub(crate) fn fits(&self, n_parameters: usize, n_steps: usize) -> bool {
        let lists = [&self.parameters, &self.average, &self.means, &self.squares];
        let fits = |list: &&Vec<f32>| {
            list.len() == n_parameters && list.iter().all(|value| value.is_finite())
        };
        self.n_steps == n_steps && lists.iter().all(fits)
    }

    /// Moves the parameters against `gradient`. `decay` is the weight decay, `memory` the largest
    /// share of the average that a step keeps.
    pub(crate) fn step(&mut self, gradient: &[f32], rate: f32, decay: f32, memory: f32) {
        self.n_steps += 1;
        let n = self.n_steps as i32;
        let norm = gradient.iter().map(|&g| f64::from(g) * f64::from(g)).sum::<f64>().sqrt();
        let factor = if norm > LARGEST_NORM { (LARGEST_NORM / norm) as f32 } else { 1.0 };
        let (first, second) = (1.0 - FIRST.powi(n), 1.0 - SECOND.powi(n));
        let memory = memory.min(n as f32 / (n + 9) as f32);
        for (at, &gradient) in gradient.iter().enumerate() {
            let gradient = gradient * factor;
            self.means[at] += (1.0 - FIRST) * (gradient - self.means[at]);
            self.squares[at] += (1.0 - SECOND) * (gradient * gradient - self.squares[at]);
            let direction = self.means[at] / first / ((self.squares[at] / second).sqrt() + EPSILON);
            let parameter = &mut self.parameters[at];
            *parameter -= rate * (direction + decay * *parameter);
            self.average[at] += (1.0 - memory) * (*parameter - self.average[at]);
        }
    }
}

/// Learning rate of a step, counted from 0: rises during `warm_up` steps, then falls to 0 as a
/// cosine.
pub(crate) fn rate(highest: f32, step: usize, warm_up: usize, n_steps: usize) -> f32 {
    let rise = ((step + 1) as f32 / warm_up.max(1) as f32).min(1.0);
    let angle = std::f32::consts::PI * step as f32 / n_steps as f32;
    highest * rise * 0.5 * (1.0 + angle.cos())
}
