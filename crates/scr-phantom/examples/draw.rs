//! Draws phantom radiographs as 8-bit PNG files, to look at.
//!
//! `cargo run --release -p scr-phantom --example draw -- FOLDER SIDE FIRST COUNT [outlines] [sheet]`
//!
//! With `outlines` the reference is drawn in white and the second observer in
//! black; with `sheet` all images go into one file, eight in a row.
#![expect(clippy::disallowed_methods, reason = "an example needs no durable files")]

use std::error::Error;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use scr_phantom::{Observer, Phantom, Population};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, side, first, count, words @ ..] = arguments.as_slice() else {
        return Err("expected FOLDER SIDE FIRST COUNT [outlines] [sheet]".into());
    };
    let (side, first, count): (usize, usize, usize) =
        (side.parse()?, first.parse()?, count.parse()?);
    let wants = |word: &str| words.iter().any(|given| given == word);
    let population = Population::new(247, 1);
    let mut drawn = Vec::new();
    for index in first..(first + count).min(population.len()) {
        let phantom = population.phantom(index);
        let started = std::time::Instant::now();
        let mut bytes: Vec<u8> =
            phantom.radiograph(side).pixels().iter().map(|&value| (value >> 4) as u8).collect();
        println!("{} {:?} {:?}", phantom.id, phantom.attributes, started.elapsed());
        if wants("outlines") {
            outline(&mut bytes, &phantom, side);
        }
        if wants("sheet") {
            drawn.push(bytes);
        } else {
            write(&Path::new(folder).join(format!("{}.png", phantom.id)), side, side, &bytes)?;
        }
    }
    if !drawn.is_empty() {
        let columns = drawn.len().min(8);
        let rows = drawn.len().div_ceil(8);
        let mut sheet = vec![0; columns * side * rows * side];
        for (place, bytes) in drawn.iter().enumerate() {
            let corner = (place / 8 * side * columns + place % 8) * side;
            for (row, line) in bytes.chunks_exact(side).enumerate() {
                sheet[corner + row * columns * side..][..side].copy_from_slice(line);
            }
        }
        write(&Path::new(folder).join("sheet.png"), columns * side, rows * side, &sheet)?;
    }
    Ok(())
}

fn outline(bytes: &mut [u8], phantom: &Phantom, side: usize) {
    for (observer, grey) in [(Observer::Second, 0), (Observer::Reference, 255)] {
        for (_, mask) in phantom.masks(observer, side) {
            for row in 1..side - 1 {
                for col in mask.columns_in_row(row) {
                    let is_inner = mask.get(col.wrapping_sub(1), row)
                        && mask.get(col + 1, row)
                        && mask.get(col, row - 1)
                        && mask.get(col, row + 1);
                    if !is_inner {
                        bytes[row * side + col] = grey;
                    }
                }
            }
        }
    }
}

fn write(path: &Path, width: usize, height: usize, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let file = BufWriter::new(File::create(path)?);
    let mut encoder = png::Encoder::new(file, width as u32, height as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header()?.write_image_data(bytes)?;
    Ok(())
}
