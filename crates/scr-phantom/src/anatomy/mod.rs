//! Anatomy of a patient: shapes on the film, in mm, with landmarks.
//!
//! Knows nothing of grey values. [`Chest`] holds lungs and heart, [`Clavicle`]
//! one clavicle; both are built from a [`Patient`]'s measures and moved to the
//! film by a [`Position`].

mod chest;
mod clavicles;
mod patient;
mod position;
mod proportions;

pub(crate) use chest::{Border, Chest};
pub(crate) use clavicles::Clavicle;
pub(crate) use patient::Patient;
pub(crate) use position::Position;

use crate::random::{Purpose, Source};

/// Anatomy of one patient on one film.
#[derive(Debug, Clone)]
pub(crate) struct Anatomy {
    pub(crate) patient: Patient,
    pub(crate) position: Position,
    pub(crate) chest: Chest,
    /// Right and left clavicle.
    pub(crate) clavicles: [Clavicle; 2],
}

impl Anatomy {
    /// Builds one patient; `source` gives the stream for each purpose.
    pub(crate) fn new(source: impl Fn(Purpose) -> Source) -> Self {
        let patient = Patient::new(&mut source(Purpose::Patient));
        let position = Position::new(patient.lung_height, &mut source(Purpose::Position));
        let chest = Chest::new(&patient, &position);
        let clavicles = [0, 1].map(|side| {
            let sign = if side == 0 { -1.0 } else { 1.0 };
            Clavicle::new(&patient.clavicles[side], sign, &chest, &position)
        });
        Self { patient, position, chest, clavicles }
    }

    /// The five structures' borders, in the order of [`STRUCTURES`](crate::STRUCTURES).
    pub(crate) fn borders(&self) -> [&Border; 5] {
        [
            &self.chest.lungs[0],
            &self.chest.lungs[1],
            &self.chest.heart,
            &self.clavicles[0].border,
            &self.clavicles[1].border,
        ]
    }
}
