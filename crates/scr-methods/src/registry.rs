//! The methods there are.

use crate::{
    ActiveAppearance, ActiveShape, Hybrid, MeanShape, Method, MethodError, PixelClassification,
    PixelClassificationPost, Voting,
};

/// All methods, in the order in which lists show them.
pub static METHODS: &[&dyn Method] = &[
    &MeanShape,
    &ActiveShape::DEFAULT,
    &ActiveShape::TUNED,
    &ActiveAppearance::DEFAULT,
    &ActiveAppearance::WHISKERS,
    &ActiveAppearance::WHISKERS_BFGS,
    &PixelClassification,
    &PixelClassificationPost,
    &Hybrid::SHAPE,
    &Hybrid::SHAPE_AND_GREY,
    &Hybrid::APPEARANCE,
    &Voting::FAMILIES,
    &Voting::WITH_HYBRIDS,
];

/// The method with this name.
///
/// # Errors
/// [`MethodError::UnknownMethod`] with the names there are.
pub fn find_method(name: &str) -> Result<&'static dyn Method, MethodError> {
    METHODS.iter().copied().find(|method| method.id() == name).ok_or_else(|| {
        let known: Vec<&str> = METHODS.iter().map(|method| method.id()).collect();
        MethodError::UnknownMethod { name: name.to_owned(), known: known.join(", ") }
    })
}
