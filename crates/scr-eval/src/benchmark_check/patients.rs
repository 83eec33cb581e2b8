//! Rule for patients with images in more than one fold: a method trained on one fold has
//! then seen patients of the other.

use std::collections::BTreeMap;

use scr_data::Image;

use super::findings::BenchmarkFacts;
use crate::check::{Rule, Warning};

/// Names of columns that identify patients, compared in lower case without `_`, `-` and spaces.
const COLUMNS: [&str; 4] = ["patient", "patientid", "subject", "subjectid"];
/// Number of patients that the message names.
const NAMED: usize = 3;

/// Warning about patients in more than one fold.
pub(super) fn warnings(facts: &BenchmarkFacts<'_>) -> Option<Warning> {
    let mut patients: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, image) in facts.benchmark.images.iter().enumerate() {
        if let Some(patient) = patient(image) {
            patients.entry(patient).or_default().push(index);
        }
    }
    let fold = |index: &usize| facts.benchmark.images[*index].fold;
    patients.retain(|_, images| images.iter().any(|index| fold(index) != fold(&images[0])));
    if patients.is_empty() {
        return None;
    }
    let named: Vec<&str> = patients.keys().take(NAMED).copied().collect();
    let more = if patients.len() > NAMED { ", ..." } else { "" };
    let mut images: Vec<usize> = patients.values().flatten().copied().collect();
    images.sort_unstable();
    let message = format!(
        "{} patient{} ({}{more}) {} images in more than one fold",
        patients.len(),
        if patients.len() == 1 { "" } else { "s" },
        named.join(", "),
        if patients.len() == 1 { "has" } else { "have" },
    );
    let hint = "put all images of a patient into one fold: scores of a method that was trained on \
                the same patients are too good";
    Some(facts.warning(Rule::PatientInTwoFolds, &[], &images, message, hint))
}

/// Patient of an image, by the first column that names one.
fn patient(image: &Image) -> Option<&str> {
    let is_patient = |name: &str| {
        let letters = name.chars().filter(|letter| !matches!(letter, '_' | '-' | ' '));
        COLUMNS.contains(&letters.collect::<String>().to_lowercase().as_str())
    };
    let (_, value) = image.attributes.iter().find(|(name, _)| is_patient(name))?;
    Some(value.trim()).filter(|value| !value.is_empty())
}
