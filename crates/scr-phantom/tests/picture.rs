//! Properties of the radiographs: edges at the outlines at any resolution, and the same
//! bytes for the same seed on every platform.

use scr_image::{Point, Radiograph};
use scr_phantom::{Observer, Phantom, Population};

fn phantom(index: usize) -> Phantom {
    Population::new(247, 1).phantom(index)
}

/// The grey value at a place in the 1024 frame, between pixels by interpolation.
fn grey(image: &Radiograph, x: f64, y: f64) -> f64 {
    let side = image.size().width;
    let x = (x - 0.5).clamp(0.0, side as f64 - 2.0);
    let y = (y - 0.5).clamp(0.0, side as f64 - 2.0);
    let col = x as usize;
    let row = y as usize;
    let dx = x - col as f64;
    let dy = y - row as f64;
    let at = |c: usize, r: usize| f64::from(image.pixels()[r * side + c]);
    (1.0 - dy) * ((1.0 - dx) * at(col, row) + dx * at(col + 1, row))
        + dy * ((1.0 - dx) * at(col, row + 1) + dx * at(col + 1, row + 1))
}

/// Grey values across a border, from 16 pixels inside to 16 outside, each the
/// mean along 15 pixels of the border.
fn across(image: &Radiograph, points: &[Point], index: usize) -> Vec<f64> {
    let count = points.len();
    let before = points[(index + count - 1) % count];
    let after = points[(index + 1) % count];
    let length = before.distance_px(after);
    let tx = (after.x - before.x) / length;
    let ty = (after.y - before.y) / length;
    // Clockwise on the screen: the outside is on the left of the way.
    let nx = ty;
    let ny = -tx;
    let Point { x, y } = points[index];
    (-16..=16)
        .map(|step| {
            let step = f64::from(step);
            let along = (-7..=7).map(f64::from);
            along.map(|t| grey(image, x + step * nx + t * tx, y + step * ny + t * ty)).sum::<f64>()
                / 15.0
        })
        .collect()
}

/// Position of the steepest outward rise of the grey value, in pixels from the border.
fn steepest_rise(profile: &[f64]) -> f64 {
    let rise = |i: usize| profile[i + 2] - profile[i - 2];
    let best = (2..profile.len() - 2).max_by(|&a, &b| rise(a).total_cmp(&rise(b)));
    best.expect("a profile has values") as f64 - 16.0
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[test]
fn the_lungs_borders_in_the_picture_lie_at_the_landmarks() {
    for index in [0, 40, 170] {
        let phantom = phantom(index);
        let image = phantom.radiograph(1024);
        for (id, outline) in &phantom.reference[..2] {
            let offsets: Vec<f64> = (0..outline.points().len())
                .map(|i| steepest_rise(&across(&image, outline.points(), i)))
                .collect();
            let middle = median(offsets.clone());
            let spread = median(offsets.iter().map(|o| o.abs()).collect());
            assert!(middle.abs() <= 3.0, "{} {id}: shifted by {middle} px", phantom.id);
            assert!(spread <= 4.0, "{} {id}: {spread} px off, {offsets:?}", phantom.id);
        }
    }
}

#[test]
fn lungs_are_darker_than_heart_and_mediastinum() {
    for index in [3, 90, 200] {
        let phantom = phantom(index);
        let image = phantom.radiograph(256);
        let masks = phantom.masks(Observer::Reference, 256);
        let mean = |index: usize| {
            let mask = &masks[index].1;
            let values =
                (0..256).flat_map(|row| mask.columns_in_row(row).map(move |col| (row, col)));
            let sum: f64 = values.map(|(r, c)| f64::from(image.pixels()[r * 256 + c])).sum();
            sum / mask.count() as f64
        };
        let lungs = 0.5 * (mean(0) + mean(1));
        let heart = mean(2);
        assert!(heart - lungs > 600.0, "{}: lungs {lungs}, heart {heart}", phantom.id);
    }
}

#[test]
fn clavicles_are_brighter_than_what_lies_beside_them_but_faint() {
    let mut contrasts = Vec::new();
    for index in [3, 60, 120, 180, 240] {
        let phantom = phantom(index);
        let image = phantom.radiograph(1024);
        for (_, outline) in &phantom.reference[3..] {
            let points = outline.points();
            // The upper border is points 0 to 9, the lower one 10 to 19 back.
            let middle: Vec<f64> = (3..7)
                .map(|i| {
                    let upper = points[i];
                    let lower = points[19 - i];
                    let at = |share: f64| {
                        let place = upper.towards(lower, share);
                        grey(&image, place.x, place.y)
                    };
                    let inside = [0.2, 0.35, 0.5, 0.65, 0.8].map(at).iter().sum::<f64>() / 5.0;
                    let outside = [-0.4, -0.25, 1.25, 1.4].map(at).iter().sum::<f64>() / 4.0;
                    inside - outside
                })
                .collect();
            contrasts.push(middle.iter().sum::<f64>() / middle.len() as f64);
        }
    }
    let mean = contrasts.iter().sum::<f64>() / contrasts.len() as f64;
    assert!((60.0..500.0).contains(&mean), "{mean} of 4095: {contrasts:?}");
}

#[test]
fn pictures_of_1024_and_2048_pixels_show_the_same_film() {
    let phantom = phantom(7);
    let small = phantom.radiograph(1024);
    let large = phantom.radiograph(2048);
    assert_eq!((small.max_value(), large.max_value()), (4095, 4095));
    assert_eq!(small.spacing().unwrap().x_mm(), 0.35);
    assert_eq!(large.spacing().unwrap().x_mm(), 0.175);
    let halved = large.halved().unwrap();
    let sum: f64 = small
        .pixels()
        .iter()
        .zip(halved.pixels())
        .map(|(&a, &b)| (f64::from(a) - f64::from(b)).abs())
        .sum();
    let mean = sum / small.pixels().len() as f64;
    assert!(mean < 20.0, "grey values differ by {mean} of 4095 on average");
}

#[test]
fn a_picture_without_pixels_is_no_panic() {
    assert!(phantom(0).radiograph(0).pixels().is_empty());
    assert_eq!(phantom(0).radiograph(1).pixels().len(), 1);
    assert_eq!(phantom(0).radiograph(333).pixels().len(), 333 * 333);
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_every_platform() {
    // Fowler, Noll and Vo's hash (FNV-1a) of all that is drawn.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |value: u64| {
        for byte in value.to_le_bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    };
    let phantom = phantom(1);
    for drawing in [&phantom.reference, &phantom.second] {
        for point in drawing.iter().flat_map(|(_, outline)| outline.points()) {
            add(point.x.to_bits());
            add(point.y.to_bits());
        }
    }
    phantom.radiograph(1024).pixels().iter().for_each(|&pixel| add(pixel.into()));
    assert_eq!(
        hash, 16_598_116_432_075_184_502,
        "raise DRAWING_VERSION when this changes on purpose"
    );
}
