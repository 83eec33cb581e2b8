//! Image formats: readers and writers of masks, radiographs and points, one file a
//! format.
//!
//! Works on bytes, not on the file system, and changes no value: nothing is thresholded,
//! resized or clipped. A file that cannot be read exactly is an error with the expected
//! and found state. Readers check the stated size against [`MAX_AREA_PX`] before they
//! allocate pixels, so a small file cannot cause a large allocation.
//!
//! [`read_mask`] and [`read_radiograph`] choose the format by the file's extension;
//! errors are [`FormatError`].
//!
//! ```
//! use scr_formats::png;
//! use scr_image::Mask;
//! let mask = Mask::from_text("..#. .##. ....");
//! let bytes = png::write_mask(&mask);
//! assert_eq!(scr_formats::read_mask("heart/x.png", &bytes), Ok(mask));
//! ```

pub mod dicom;
pub mod gif;
pub mod jsrt_img;
pub mod nifti;
pub mod pfs;
pub mod png;
pub mod tiff;

pub mod magic;

mod error;
mod masks;

#[cfg(test)]
mod damage_tests;

use scr_image::{Mask, Radiograph, Size};

pub use error::FormatError;
pub use masks::MaskValue;

/// Maximum number of pixels of an image: 67 megapixels, four times the area of the largest
/// detectors in use.
pub const MAX_AREA_PX: usize = 1 << 26;

/// The extensions of mask files, in lower case, without the leading dot.
pub const MASK_EXTENSIONS: &[&str] = &["png", "gif", "tif", "tiff", "nii", "nii.gz", "dcm"];

/// The extensions of radiograph files, in lower case, without the leading dot.
/// `img` is the JSRT format.
pub const RADIOGRAPH_EXTENSIONS: &[&str] = &["png", "tif", "tiff", "dcm", "img"];

/// Reads the mask in `bytes`, in the format that `file_name` ends in, upper or
/// lower case alike.
///
/// Background is 0 and one other value is the structure, in every format; see
/// [`MaskValue`] for what a pixel's value is.
///
/// # Errors
/// The first reason why the bytes are no complete single-frame image of two values.
pub fn read_mask(file_name: &str, bytes: &[u8]) -> Result<Mask, FormatError> {
    read_mask_sized(file_name, bytes, None)
}

/// Reads the mask in `bytes` as [`read_mask`] does; refuses a stated size other than
/// `expected`, if given, before decoding pixels.
///
/// # Errors
/// As [`read_mask`]; [`FormatError::OtherSize`].
pub fn read_mask_sized(
    file_name: &str,
    bytes: &[u8],
    expected: Option<Size>,
) -> Result<Mask, FormatError> {
    match extension(file_name, MASK_EXTENSIONS)? {
        "png" => png::read_mask_sized(bytes, expected),
        "gif" => gif::read_mask_sized(bytes, expected),
        "tif" | "tiff" => tiff::read_mask_sized(bytes, expected),
        "nii" => nifti::read_mask_sized(bytes, expected),
        "nii.gz" => nifti::read_mask_gz_sized(bytes, expected),
        _ => dicom::read_mask_sized(bytes, expected),
    }
}

/// Stated size of a mask's file; decodes no pixel.
///
/// # Errors
/// The first reason why the beginning of the file is not that of a mask.
pub fn mask_size(file_name: &str, bytes: &[u8]) -> Result<Size, FormatError> {
    // Readers compare the size before they read pixels, and no file has size 0.
    match read_mask_sized(file_name, bytes, Some(Size::new(0, 0))) {
        Err(FormatError::OtherSize { found, .. }) => Ok(found),
        other => other.map(|mask| mask.size()),
    }
}

/// Reads the radiograph in `bytes`, in the format that `file_name` ends in, upper
/// or lower case alike.
///
/// Values rise with brightness in every format.
///
/// # Errors
/// The first reason why the bytes are no complete single-frame grey image.
pub fn read_radiograph(file_name: &str, bytes: &[u8]) -> Result<Radiograph, FormatError> {
    read_radiograph_sized(file_name, bytes, None)
}

/// Reads the radiograph in `bytes` as [`read_radiograph`] does; refuses a stated size other
/// than `expected`, if given, before decoding pixels.
///
/// # Errors
/// As [`read_radiograph`]; [`FormatError::OtherSize`].
pub fn read_radiograph_sized(
    file_name: &str,
    bytes: &[u8],
    expected: Option<Size>,
) -> Result<Radiograph, FormatError> {
    match extension(file_name, RADIOGRAPH_EXTENSIONS)? {
        "png" => png::read_radiograph_sized(bytes, expected),
        "tif" | "tiff" => tiff::read_radiograph_sized(bytes, expected),
        "img" => jsrt_img::read_sized(bytes, expected),
        _ => dicom::read_radiograph_sized(bytes, expected),
    }
}

/// Longest extension of `allowed` that the name ends in.
fn extension(
    file_name: &str,
    allowed: &'static [&'static str],
) -> Result<&'static str, FormatError> {
    let name = file_name.to_ascii_lowercase();
    let ends_in = |e: &&&str| {
        name.strip_suffix(**e).is_some_and(|stem| stem.ends_with('.') && stem.len() > 1)
    };
    allowed.iter().filter(ends_in).max_by_key(|e| e.len()).copied().ok_or_else(|| {
        let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let found = file.rsplit_once('.').map_or(String::new(), |(_, end)| end.to_owned());
        FormatError::Extension { allowed, found }
    })
}

/// Stated size of a file, checked against the limits.
fn checked_size(width: u64, height: u64) -> Result<Size, FormatError> {
    match width.checked_mul(height) {
        Some(0) => Err(FormatError::NoPixels { width, height }),
        Some(area) if area <= MAX_AREA_PX as u64 => Ok(Size::new(width as usize, height as usize)),
        _ => Err(FormatError::TooLarge { width, height }),
    }
}

/// Stated size of a file, checked against the limits and `expected`, if given.
fn stated_size(width: u64, height: u64, expected: Option<Size>) -> Result<Size, FormatError> {
    let found = checked_size(width, height)?;
    match expected.filter(|&expected| expected != found) {
        Some(expected) => Err(FormatError::OtherSize { expected, found }),
        None => Ok(found),
    }
}

/// Radiograph of a checked size with values within the range.
fn radiograph(
    size: Size,
    max_value: u16,
    pixels: Vec<u16>,
    spacing: Option<scr_image::Spacing>,
) -> Radiograph {
    Radiograph::new(size, max_value, pixels, spacing)
        .expect("the reader made one value a pixel, none above the greatest")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_chooses_the_format_in_any_case() {
        assert_eq!(extension("a/b.NII.gz", MASK_EXTENSIONS), Ok("nii.gz"));
        assert_eq!(extension("JPCLN001.IMG", RADIOGRAPH_EXTENSIONS), Ok("img"));
        let mask = Mask::from_text("#. ..");
        assert_eq!(read_mask("x.PNG", &png::write_mask(&mask)), Ok(mask));
    }

    #[test]
    fn an_extension_that_is_not_read_is_named() {
        for (name, found) in [("mask.bmp", "bmp"), ("folder.v2/mask", ""), ("mask.gz", "gz")] {
            let error = read_mask(name, b"").unwrap_err();
            let found = found.to_owned();
            assert_eq!(error, FormatError::Extension { allowed: MASK_EXTENSIONS, found });
        }
        assert!(read_mask(".png", b"").is_err());
        assert!(read_radiograph("mask.gif", b"").is_err());
    }

    #[test]
    fn a_file_of_another_format_is_said_to_be_what_it_is() {
        let png = png::write_mask(&Mask::from_text("#."));
        let error = read_mask("mask.gif", &png).unwrap_err();
        assert_eq!(error, FormatError::NotThisFormat { expected: "GIF", found: "a PNG image" });
        let error = read_mask("mask.png", b"").unwrap_err();
        assert_eq!(error.found(), "an empty file");
    }

    #[test]
    fn a_mask_of_another_size_than_expected_is_refused_by_its_header() {
        let mask = Mask::from_text("#.. ...");
        let bytes = png::write_mask(&mask);
        let expected = Size::new(4, 2);
        let error = read_mask_sized("x.png", &bytes, Some(expected)).unwrap_err();
        assert_eq!(error, FormatError::OtherSize { expected, found: mask.size() });
        // The header alone is enough, in every format.
        let header = &bytes[..40];
        assert_eq!(mask_size("x.png", header), Ok(mask.size()));
        assert_eq!(read_mask_sized("x.png", &bytes, Some(mask.size())), Ok(mask));
    }

    #[test]
    fn a_size_is_checked_before_anything_is_allocated() {
        assert_eq!(checked_size(8192, 8192), Ok(Size::square(8192)));
        assert!(matches!(checked_size(8193, 8192), Err(FormatError::TooLarge { .. })));
        assert!(matches!(checked_size(u64::MAX, 2), Err(FormatError::TooLarge { .. })));
        assert!(matches!(checked_size(0, 5), Err(FormatError::NoPixels { .. })));
    }
}
