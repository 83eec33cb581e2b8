//! Landmarks of one image as CSV: corresponding points on its outlines.
//!
//! A CSV with the header `structure,point,x,y`: points in their order along
//! each structure, counted from 1, in pixels of the masks' frame with the origin
//! at the upper left corner of the image.

use scr_image::{Outline, Point};
use serde::{Deserialize, Serialize};

use crate::Problem;

/// Landmarks of one image: an outline for each structure, in file order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Landmarks {
    structures: Vec<(String, Outline)>,
}

#[derive(Serialize, Deserialize)]
struct Row {
    structure: String,
    point: usize,
    x: f64,
    y: f64,
}

impl Landmarks {
    /// Landmarks from structure identifiers and outlines.
    #[must_use]
    pub const fn new(structures: Vec<(String, Outline)>) -> Self {
        Self { structures }
    }

    /// Every structure's identifier and outline.
    #[must_use]
    pub fn structures(&self) -> &[(String, Outline)] {
        &self.structures
    }

    /// The outline of one structure.
    #[must_use]
    pub fn get(&self, structure: &str) -> Option<&Outline> {
        self.structures.iter().find(|(id, _)| id == structure).map(|(_, outline)| outline)
    }

    /// Writes CSV text; numbers read back to the same f64.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut text = String::from("structure,point,x,y\n");
        for (structure, outline) in &self.structures {
            for (index, point) in outline.points().iter().enumerate() {
                text += &format!("{structure},{},{},{}\n", index + 1, point.x, point.y);
            }
        }
        text
    }

    /// Parses CSV text of the file `place`.
    ///
    /// # Errors
    /// A [`Problem`] naming the first line that is not a row, holds a number that
    /// is not finite, or is out of order.
    pub fn from_csv(place: &str, bytes: &[u8]) -> Result<Self, Problem> {
        let mut structures: Vec<(String, Outline)> = Vec::new();
        let mut points: Vec<Point> = Vec::new();
        let mut current: Option<String> = None;
        let problem = |line: usize, found: String| {
            Problem::new(
                format!("{place}, line {line}"),
                "structure,point,x,y with points counted from 1 for each structure",
                found,
                "write the landmarks again with the tool that made them",
            )
        };
        let mut reader = csv::Reader::from_reader(bytes);
        let columns = reader.headers().map_err(|error| problem(1, error.to_string()))?;
        for name in ["structure", "point", "x", "y"] {
            if !columns.iter().any(|column| column == name) {
                return Err(problem(1, format!("no column `{name}`")));
            }
        }
        for (index, row) in reader.deserialize::<Row>().enumerate() {
            let line = index + 2;
            let row = row.map_err(|error| problem(line, error.to_string()))?;
            if current.as_ref() != Some(&row.structure) {
                if let Some(done) = current.replace(row.structure.clone()) {
                    structures.push((done, Outline::new(std::mem::take(&mut points))));
                }
                if structures.iter().any(|(id, _)| *id == row.structure) {
                    return Err(problem(
                        line,
                        format!("structure {} a second time", row.structure),
                    ));
                }
            }
            if row.point != points.len() + 1 {
                return Err(problem(line, format!("point {} after {}", row.point, points.len())));
            }
            if !(row.x.is_finite() && row.y.is_finite()) {
                return Err(problem(line, format!("position {}, {}", row.x, row.y)));
            }
            points.push(Point::new(row.x, row.y));
        }
        if let Some(done) = current {
            structures.push((done, Outline::new(points)));
        }
        Ok(Self { structures })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn landmarks_survive_writing_bit_for_bit() {
        let lung = Outline::new(vec![Point::new(0.1, 1.0 / 3.0), Point::new(1e3, 2.5)]);
        let heart = Outline::new(vec![Point::new(512.25, 7.0)]);
        let landmarks = Landmarks::new(vec![("right_lung".into(), lung), ("heart".into(), heart)]);
        let text = landmarks.to_csv();
        assert_eq!(Landmarks::from_csv("x.csv", text.as_bytes()), Ok(landmarks));
    }

    #[test]
    fn damaged_landmarks_name_the_line() {
        for bad in
            ["heart,2,1,1", "heart,1,NaN,1", "heart,1,1", "heart,1,1,1\nlung,1,1,1\nheart,2,1,1"]
        {
            let text = format!("structure,point,x,y\n{bad}\n");
            let problem = Landmarks::from_csv("x.csv", text.as_bytes()).unwrap_err();
            assert!(problem.place.starts_with("x.csv, line "), "{problem}");
        }
    }
}
