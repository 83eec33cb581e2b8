//! Registry of all methods.

use crate::{
    ActiveAppearance, ActiveShape, Hybrid, MeanShape, Method, MethodError, PixelClassification,
    PixelClassificationPost, UnetMethod, UnetShape, Voting,
};

/// All methods, in the order of lists.
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
    &UnetMethod,
    &UnetShape,
    &Voting::TODAY,
];

/// Finds a method by its identifier.
///
/// # Errors
/// [`MethodError::UnknownMethod`] with all identifiers.
pub fn find_method(id: &str) -> Result<&'static dyn Method, MethodError> {
    METHODS.iter().copied().find(|method| method.info().id == id).ok_or_else(|| {
        let known: Vec<&str> = METHODS.iter().map(|method| method.info().id).collect();
        MethodError::UnknownMethod { name: id.to_owned(), known: known.join(", ") }
    })
}
