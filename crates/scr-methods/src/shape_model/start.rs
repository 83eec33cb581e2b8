//! Start of a search: the mean pose of the examples, independent of the image.

use scr_image::{Point, Size};
use serde::{Deserialize, Serialize};

use super::pose::centroid;
use super::{Pose, ShapeModel};
use crate::ModelFault;
use crate::stored::{ANY, pairs};

/// Mean pose of the examples' shapes, for images of any aspect ratio.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Start {
    /// Centre, as shares of the image's width and height.
    centre: (f64, f64),
    /// Scale and rotation: `a` and `b` of a [`Pose`].
    scale_and_turn: (f64, f64),
}

impl Start {
    /// Mean over examples, each with the size of its image.
    ///
    /// # Panics
    /// When there is no example.
    #[must_use]
    pub fn learn(model: &ShapeModel, examples: &[(Vec<Point>, Size)]) -> Self {
        assert!(!examples.is_empty(), "a mean needs an example");
        let mean = model.points(&model.mean_at(Pose::IDENTITY));
        let share = 1.0 / examples.len() as f64;
        let mut start = Self { centre: (0.0, 0.0), scale_and_turn: (0.0, 0.0) };
        for (points, size) in examples {
            let (centre, pose) = (centroid(points), Pose::fit(&mean, points));
            start.centre.0 += share * centre.x / size.width as f64;
            start.centre.1 += share * centre.y / size.height as f64;
            start.scale_and_turn.0 += share * pose.a;
            start.scale_and_turn.1 += share * pose.b;
        }
        start
    }

    /// Refuses NaN and huge numbers.
    pub(crate) fn check(&self) -> Result<(), ModelFault> {
        pairs("centre", &[self.centre], ANY)?;
        pairs("scale and turn", &[self.scale_and_turn], ANY)
    }

    /// Pose of the mean shape in an image of this size.
    #[must_use]
    pub fn pose(&self, size: Size) -> Pose {
        let ((x, y), (a, b)) = (self.centre, self.scale_and_turn);
        Pose { a, b, x: x * size.width as f64, y: y * size.height as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_is_the_mean_pose_in_images_of_any_aspect_ratio() {
        let square = |x: f64, y: f64| -> Vec<Point> {
            [(-5.0, -5.0), (5.0, -5.0), (5.0, 5.0), (-5.0, 5.0)]
                .map(|(dx, dy)| Point::new(x + dx, y + dy))
                .into()
        };
        let examples =
            [(square(30.0, 50.0), Size::new(100, 100)), (square(25.0, 20.0), Size::new(50, 100))];
        let shapes: Vec<Vec<Point>> = examples.iter().map(|(points, _)| points.clone()).collect();
        let model = ShapeModel::learn(&shapes, 0.98);
        let start = Start::learn(&model, &examples);
        let pose = start.pose(Size::new(200, 10));
        assert!((pose.x - 80.0).abs() < 1e-9 && (pose.y - 3.5).abs() < 1e-9, "{pose:?}");
        assert!((pose.scale() - 1.0).abs() < 1e-9);
    }
}
