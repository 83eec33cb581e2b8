//! Clinical lists in the layout of the original images.
//!
//! Tabs separate the columns of the images with a nodule, runs of spaces those of the
//! other list. The location in words ends a line, after a varying number of tabs.

use std::fmt::Write;

use crate::attributes::{Nodule, Sex};
use crate::{Phantom, Population};

/// The texts of `CLNDAT_EN.txt` and `CNNDAT_EN.txt`.
pub(super) fn lists(population: &Population) -> (String, String) {
    let mut with = String::new();
    let mut without = String::new();
    for index in 0..population.len() {
        let Phantom { id, attributes, .. } = population.phantom(index);
        let sex = if attributes.sex == Sex::Female { "Female" } else { "Male" };
        let age = attributes.age;
        match attributes.nodule {
            Some(Nodule { subtlety, size_mm, x, y, malignant }) => {
                let diagnosis = if malignant { "malignant" } else { "benign" };
                let tabs = if index % 3 == 0 { "\t\t" } else { "\t" };
                writeln!(
                    with,
                    "{id}.IMG\t{subtlety}\t{size_mm}\t{age}\t{sex}\t{x}\t{y}\t{diagnosis}{tabs}drawn nodule\r"
                )
            }
            None => writeln!(without, "{id}.IMG   {age}  {sex:<8}non-nodule\r"),
        }
        .expect("writing to a string does not fail");
    }
    (with, without)
}
