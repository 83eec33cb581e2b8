//! Structures of a phantom.

/// The five structures, always in this order, each with its number of landmarks. Right and
/// left are the patient's: the right lung is on the image's left.
pub const STRUCTURES: [(&str, usize); 5] = [
    ("right_lung", 44),
    ("left_lung", 50),
    ("heart", 26),
    ("right_clavicle", 23),
    ("left_clavicle", 23),
];
