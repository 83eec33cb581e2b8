//! Every measure on small masks, against an implementation that shares no code
//! with this one: `crates/scr-measures/vectors.json`, made by `tests/peers/make_vectors.py`.

use scr_image::{Mask, Spacing};
use scr_measures::registry::{BoundaryChoice, Kind, Percentile};
use scr_measures::{Measure, Scratch, VECTORS, cardiothoracic_ratio, measure_object, pixel_error};
use serde_json::Value;

fn file() -> Value {
    serde_json::from_str(VECTORS).expect("they are JSON")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("it is a list")
}

fn mask(rows: &Value) -> Mask {
    let rows: Vec<&str> =
        list(rows).iter().map(|row| row.as_str().expect("a row is text")).collect();
    Mask::from_text(&rows.join("\n"))
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("it is a number")
}

fn spacing(written: &Value) -> Option<Spacing> {
    let (x, y) = match written {
        Value::Null => return None,
        Value::Array(both) => (number(&both[0]), number(&both[1])),
        one => (number(one), number(one)),
    };
    Some(Spacing::new(x, y).expect("it is a spacing"))
}

fn measures(vector: &Value) -> Vec<Measure> {
    let values = vector["values"].as_object().expect("values by key");
    values.keys().map(|key| key.parse().expect("the key names a measure")).collect()
}

fn is_close(found: Option<f64>, expected: &Value) -> bool {
    match (found, expected.as_f64()) {
        (Some(found), Some(expected)) => (found - expected).abs() <= 1e-12 * expected.abs(),
        (found, expected) => found.is_none() && expected.is_none(),
    }
}

#[test]
fn every_measure_equals_an_independent_implementation() {
    let file = file();
    let mut scratch = Scratch::default();
    let mut wrong = Vec::new();
    for vector in list(&file["vectors"]) {
        let measures = measures(vector);
        let found = measure_object(
            &mask(&vector["reference"]),
            &mask(&vector["prediction"]),
            spacing(&vector["spacing_mm"]),
            &measures,
            &mut scratch,
        );
        for (measure, found) in measures.iter().zip(found) {
            let expected = &vector["values"][measure.to_string()];
            if !is_close(found, expected) {
                wrong.push(format!("{}: {measure} is {found:?}, not {expected}", vector["name"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(list(&file["vectors"]).len() >= 30);
}

#[test]
fn the_vectors_cover_every_kind_with_every_variant() {
    let file = file();
    for vector in list(&file["vectors"]) {
        let measures = measures(vector);
        for kind in Kind::ALL {
            for boundary in BoundaryChoice::ALL {
                for percentile in Percentile::ALL {
                    let is_covered = measures.iter().any(|measure| {
                        (measure.kind(), measure.boundary(), measure.percentile())
                            == (kind, boundary, percentile)
                    });
                    assert_eq!(
                        is_covered,
                        kind.allows(boundary, percentile),
                        "{kind:?} {boundary:?} {percentile:?} in {}",
                        vector["name"]
                    );
                }
            }
        }
    }
}

#[test]
fn the_measures_of_whole_images_equal_an_independent_implementation() {
    let file = file();
    for vector in list(&file["pixel_error"]) {
        let masks: Vec<(Mask, Mask)> = list(&vector["structures"])
            .iter()
            .map(|structure| (mask(&structure["reference"]), mask(&structure["prediction"])))
            .collect();
        let pairs: Vec<(&Mask, &Mask)> = masks.iter().map(|(r, p)| (r, p)).collect();
        assert!(is_close(pixel_error(&pairs), &vector["value"]), "{}", vector["note"]);
    }
    for vector in list(&file["ctr"]) {
        let found = cardiothoracic_ratio(&mask(&vector["heart"]), &mask(&vector["lungs"]));
        assert!(is_close(found, &vector["value"]), "{}: {found:?}", vector["note"]);
    }
}
