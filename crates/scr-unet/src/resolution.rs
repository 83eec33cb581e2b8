//! Changes of resolution: halves, doubles, and pixels as channels.

use crate::planes::Planes;

/// Pixels along a side that become channels.
pub(crate) const FOLD: usize = 2;

/// Largest value of each 2 x 2 pixels.
pub(crate) fn halved(input: &Planes) -> Planes {
    let mut output = Planes::new(input.len(), input.height() / 2, input.width() / 2);
    for plane in 0..output.len() {
        for row in 0..output.height() {
            let (upper, lower) = (input.row(plane, 2 * row), input.row(plane, 2 * row + 1));
            for (col, value) in output.row_mut(plane, row).iter_mut().enumerate() {
                let left = upper[2 * col].max(lower[2 * col]);
                *value = left.max(upper[2 * col + 1].max(lower[2 * col + 1]));
            }
        }
    }
    output
}

/// Gradient of [`halved`]: the first largest value of each 2 x 2 pixels gets it.
pub(crate) fn halved_gradient(input: &Planes, of_output: &Planes) -> Planes {
    let mut gradient = input.like(input.len());
    for plane in 0..input.len() {
        for row in 0..of_output.height() {
            let (upper, lower) = (input.row(plane, 2 * row), input.row(plane, 2 * row + 1));
            for (col, &of_output) in of_output.row(plane, row).iter().enumerate() {
                let values =
                    [upper[2 * col], upper[2 * col + 1], lower[2 * col], lower[2 * col + 1]];
                let largest = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                let at = values.iter().position(|&value| value == largest).unwrap_or(0);
                gradient.row_mut(plane, 2 * row + at / 2)[2 * col + at % 2] = of_output;
            }
        }
    }
    gradient
}

/// Each pixel four times.
pub(crate) fn doubled(input: &Planes) -> Planes {
    let mut output = Planes::new(input.len(), input.height() * 2, input.width() * 2);
    for plane in 0..output.len() {
        for row in 0..output.height() {
            let values = input.row(plane, row / 2);
            for (col, value) in output.row_mut(plane, row).iter_mut().enumerate() {
                *value = values[col / 2];
            }
        }
    }
    output
}

/// Gradient of [`doubled`]: the sum over each four pixels.
pub(crate) fn doubled_gradient(of_output: &Planes) -> Planes {
    let mut gradient = Planes::new(of_output.len(), of_output.height() / 2, of_output.width() / 2);
    for plane in 0..gradient.len() {
        for row in 0..gradient.height() {
            let (upper, lower) = (of_output.row(plane, 2 * row), of_output.row(plane, 2 * row + 1));
            for (col, value) in gradient.row_mut(plane, row).iter_mut().enumerate() {
                let left = upper[2 * col] + lower[2 * col];
                *value = left + (upper[2 * col + 1] + lower[2 * col + 1]);
            }
        }
    }
    gradient
}

/// Square images of `side` pixels as planes: each 2 x 2 pixels are four channels.
pub(crate) fn folded(images: &[f32], side: usize) -> Planes {
    let n_images = images.len() / (side * side);
    let mut planes = Planes::new(n_images * FOLD * FOLD, side / FOLD, side / FOLD);
    for plane in 0..planes.len() {
        let (image, down, right) = (plane / 4, plane / 2 % 2, plane % 2);
        for row in 0..planes.height() {
            let values = &images[(image * side + row * FOLD + down) * side..][..side];
            for (col, value) in planes.row_mut(plane, row).iter_mut().enumerate() {
                *value = values[col * FOLD + right];
            }
        }
    }
    planes
}

/// Inverse of [`folded`].
pub(crate) fn unfolded(planes: &Planes) -> Vec<f32> {
    let side = planes.width() * FOLD;
    let mut images = vec![0.0; planes.len() / 4 * side * side];
    for plane in 0..planes.len() {
        let (image, down, right) = (plane / 4, plane / 2 % 2, plane % 2);
        for row in 0..planes.height() {
            let line = &mut images[(image * side + row * FOLD + down) * side..][..side];
            for (col, value) in planes.row(plane, row).iter().enumerate() {
                line[col * FOLD + right] = *value;
            }
        }
    }
    images
}
