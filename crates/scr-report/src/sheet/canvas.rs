//! Canvas of RGB pixels, with text.

use std::convert::Infallible;

use embedded_graphics::Drawable;
use embedded_graphics::Pixel;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{OriginDimensions, Point, Size};
use embedded_graphics::mono_font::MonoTextStyle;
use embedded_graphics::mono_font::iso_8859_1::FONT_6X10;
use embedded_graphics::pixelcolor::{Rgb888, RgbColor};
use embedded_graphics::text::{Baseline, Text};
use scr_data::formats::png;

/// Width of a letter in pixels.
pub(super) const LETTER_WIDTH: usize = 6;
/// Height of a line of text in pixels.
pub(super) const LINE_HEIGHT: usize = 12;

/// Picture of 8 bits a channel.
pub(super) struct Canvas {
    size: scr_image::Size,
    /// Red, green and blue of each pixel, row by row.
    bytes: Vec<u8>,
}

impl Canvas {
    /// A white canvas.
    pub(super) fn white(size: scr_image::Size) -> Self {
        Self { size, bytes: vec![255; 3 * size.area()] }
    }

    /// Sets a pixel; none outside of the canvas.
    pub(super) fn set(&mut self, x: usize, y: usize, colour: [u8; 3]) {
        if x < self.size.width && y < self.size.height {
            let at = 3 * (y * self.size.width + x);
            self.bytes[at..at + 3].copy_from_slice(&colour);
        }
    }

    /// Fills a rectangle.
    pub(super) fn fill(&mut self, [x, y, width, height]: [usize; 4], colour: [u8; 3]) {
        for row in y..y + height {
            for col in x..x + width {
                self.set(col, row, colour);
            }
        }
    }

    /// Writes a line of text, cut to `width` pixels; letters outside of Latin-1 become `?`.
    pub(super) fn text(&mut self, x: usize, y: usize, width: usize, text: &str, colour: [u8; 3]) {
        let room = width / LETTER_WIDTH;
        let mut line: String = text.chars().take(room).collect();
        if text.chars().count() > room {
            line.pop();
            line.push('~');
        }
        let [red, green, blue] = colour;
        let style = MonoTextStyle::new(&FONT_6X10, Rgb888::new(red, green, blue));
        let place = Point::new(x as i32, y as i32);
        let Ok(_) = Text::with_baseline(&line, place, style, Baseline::Top).draw(self);
    }

    /// The canvas as a PNG file.
    pub(super) fn png(&self) -> Vec<u8> {
        png::write_colour(self.size, &self.bytes)
    }
}

impl OriginDimensions for Canvas {
    fn size(&self) -> Size {
        Size::new(self.size.width as u32, self.size.height as u32)
    }
}

impl DrawTarget for Canvas {
    type Color = Rgb888;
    type Error = Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<Rgb888>>>(
        &mut self,
        pixels: I,
    ) -> Result<(), Infallible> {
        for Pixel(place, colour) in pixels {
            if let (Ok(x), Ok(y)) = (usize::try_from(place.x), usize::try_from(place.y)) {
                self.set(x, y, [colour.r(), colour.g(), colour.b()]);
            }
        }
        Ok(())
    }
}
