//! The two lists of cases that come with the original images, as text.
//!
//! The originals' layout: tabs between the columns of the images with a nodule,
//! runs of spaces in the other list, and the location in words at the end of a
//! line, where the number of tabs varies.

use std::fmt::Write;

use crate::attributes::{Nodule, Sex};
use crate::{Case, Population};

/// The texts of `CLNDAT_EN.txt` and `CNNDAT_EN.txt`.
pub(super) fn lists(population: &Population) -> (String, String) {
    let (mut with, mut without) = (String::new(), String::new());
    for index in 0..population.len() {
        let Case { id, attributes, .. } = population.case(index);
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
