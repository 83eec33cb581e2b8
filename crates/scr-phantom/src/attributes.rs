//! What the case list says of a patient: sex, age and the nodule, if any.

/// The patient's sex, as the case list gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
}

/// One patient's line in the case list.
#[derive(Debug, Clone, PartialEq)]
pub struct Attributes {
    /// Sex.
    pub sex: Sex,
    /// Age in years.
    pub age: u32,
    /// The lung nodule; none in the images named `JPCNN`.
    pub nodule: Option<Nodule>,
}

/// A lung nodule and how hard it is to see.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nodule {
    /// 1 (extremely subtle) to 5 (obvious).
    pub subtlety: u8,
    /// Diameter in mm.
    pub size_mm: f64,
    /// Columns from the left edge of a 2048 x 2048 image, rounded to whole pixels.
    pub x: u32,
    /// Rows from the upper edge of a 2048 x 2048 image, rounded to whole pixels.
    pub y: u32,
    /// Malignant or benign; nothing in the picture depends on it.
    pub malignant: bool,
}
