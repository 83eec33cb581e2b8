//! Stored posteriors: small 8-bit images for pages to colour.
//!
//! Reads the files of methods, 16-bit grey PNGs of the image's size. Computations use those
//! files, never the stored ones.

use std::path::Path;

use scr_data::{Problem, files, formats};
use scr_image::Size;

/// Longest side of a stored posterior, in pixels.
pub const POSTERIOR_SIDE_PX: usize = 512;

/// Reads one posterior and returns it as a PNG of 8 bits, 0 for the probability 0
/// and 255 for 1: each value is the mean of the pixels that it covers, to the
/// nearest step, at most [`POSTERIOR_SIDE_PX`] pixels a side. Smaller ones keep
/// their size.
///
/// A file of other than 16 bits, or of another size than the image's masks, is
/// refused: the meaning of its values would be unknown.
pub(super) fn read_posterior(path: &Path, size: Size) -> Result<Vec<u8>, Problem> {
    let place = path.display().to_string();
    let bytes = files::read_file(path)?;
    let posterior =
        formats::png::read_radiograph(&bytes).map_err(|error| Problem::format(&place, &error))?;
    if posterior.max_value() != u16::MAX {
        let hint = "0 stands for the probability 0 and 65535 for 1";
        return Err(Problem::new(place, "a grey PNG of 16 bits", "one of 8 bits", hint));
    }
    if posterior.size() != size {
        let expected = format!("{size} pixels, as the image's masks");
        return Err(Problem::new(place, expected, format!("{} pixels", posterior.size()), ""));
    }
    let small = posterior.thumbnail(POSTERIOR_SIDE_PX);
    Ok(formats::png::write_radiograph(&small).expect("8 bits are used whole"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use scr_image::Radiograph;

    #[test]
    fn a_posterior_is_the_mean_of_what_a_pixel_covers_at_most_512_a_side() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.png");
        let size = Size::new(1024, 2);
        let pixels = (0..size.area()).map(|p| if p % 2 == 0 { 65535 } else { 0 }).collect();
        let whole = Radiograph::new(size, u16::MAX, pixels, None).unwrap();
        std::fs::write(&path, formats::png::write_radiograph(&whole).unwrap()).unwrap();
        let bytes = read_posterior(&path, size).unwrap();
        let small = formats::png::read_radiograph(&bytes).unwrap();
        assert_eq!((small.size(), small.max_value()), (Size::new(512, 1), 255));
        assert!(small.pixels().iter().all(|&value| value == 128));
        assert_eq!(read_posterior(&path, size).unwrap(), bytes, "the same bytes each time");
        let error = read_posterior(&path, Size::new(2, 1024)).unwrap_err();
        assert!(error.to_string().contains("expected 2x1024 pixels"), "{error}");
    }

    #[test]
    fn eight_bits_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.png");
        let size = Size::new(2, 1);
        let image = Radiograph::new(size, 255, vec![0, 255], None).unwrap();
        std::fs::write(&path, formats::png::write_radiograph(&image).unwrap()).unwrap();
        let error = read_posterior(&path, size).unwrap_err();
        assert_eq!(error.found, "one of 8 bits");
    }
}
