//! Clinical attributes of a patient: sex, age and nodule.

/// Sex of the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
}

/// Clinical attributes of one patient, a line of the clinical list.
#[derive(Debug, Clone, PartialEq)]
pub struct Attributes {
    /// Sex.
    pub sex: Sex,
    /// Age in years.
    pub age: u32,
    /// Lung nodule; none in the images named `JPCNN`.
    pub nodule: Option<Nodule>,
}

/// Lung nodule and its conspicuity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nodule {
    /// Subtlety, 1 (extremely subtle) to 5 (obvious).
    pub subtlety: u8,
    /// Diameter in mm.
    pub size_mm: f64,
    /// Columns from the left edge of a 2048 x 2048 image, rounded to whole pixels.
    pub x: u32,
    /// Rows from the upper edge of a 2048 x 2048 image, rounded to whole pixels.
    pub y: u32,
    /// Malignant or benign; the image does not depend on it.
    pub malignant: bool,
}
