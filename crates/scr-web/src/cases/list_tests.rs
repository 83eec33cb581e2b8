//! Orders and filters of cases, by the same examples as the viewer's script.

use serde_json::Value;

use super::*;
use crate::options::Options;

/// Examples of orders, which `tests/viewer/order.test.mjs` reads too.
const EXAMPLES: &str = include_str!("orders.json");

fn benchmark(examples: &Value) -> BenchmarkDocument {
    let ids = examples["images"].as_array().unwrap();
    let images: Vec<Value> = ids
        .iter()
        .enumerate()
        .map(|(place, id)| {
            let attributes: serde_json::Map<String, Value> = examples["attributes"]
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, values)| (name.clone(), values[place].clone()))
                .collect();
            serde_json::json!({
                "id": id, "fold": examples["fold"][place], "width": 1, "height": 1,
                "has_pixels": true, "attributes": attributes,
            })
        })
        .collect();
    serde_json::from_value(serde_json::json!({
        "id": "b", "title": "", "description": "", "definition": "", "digest": "sha256:0",
        "spacing_mm": null, "phantom": true, "structures": [], "objects": [], "observers": [],
        "protocol": "two-fold", "images": images, "literature": [], "literature_note": "",
        "terms": {"licence": "", "redistribution": "", "may_download": true, "may_display": true,
            "obtain": "", "cite": []},
    }))
    .unwrap()
}

fn scores_of(examples: &Value, key: &ScoreKey, entry: &str) -> Vec<Score> {
    let column = format!("{}/{}:{entry}", key.object, key.measure);
    let column = &examples["columns"][&column];
    let missing: Vec<usize> = serde_json::from_value(column["missing"].clone()).unwrap_or_default();
    let values = column["values"].as_array().unwrap().iter().enumerate();
    values
        .map(|(place, value)| match value.as_f64() {
            Some(value) => Score::Known(value),
            None if missing.contains(&place) => Score::Missing,
            None => Score::Undefined,
        })
        .collect()
}

#[test]
fn orders_and_filters_are_those_of_the_viewer() {
    let examples: Value = serde_json::from_str(EXAMPLES).unwrap();
    let benchmark = benchmark(&examples);
    let orders = examples["orders"].as_array().unwrap();
    assert!(orders.len() > 10);
    for example in orders {
        let query = example["query"].as_str().unwrap();
        let choice = CaseChoice::of(&Options::of_query(query), &benchmark);
        assert_eq!(choice.problems, Vec::<String>::new(), "{query}");
        let scores = choice.order.score().map(|key| {
            let one = scores_of(&examples, key, &key.entry);
            match &choice.order {
                CaseOrder::Gap(_, other) => shown(&[&one, &scores_of(&examples, key, other)]),
                _ => one,
            }
        });
        let written: Vec<String> =
            choice.written().iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(written.join("&"), query, "the choice reads back");
        let cases = Cases::ordered(&benchmark.images, choice, scores);
        let found: Vec<&str> =
            cases.places.iter().map(|place| benchmark.images[*place].id.as_str()).collect();
        let expected: Vec<&str> =
            example["images"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
        assert_eq!(found, expected, "{query}");
        if let Some(labels) = example["labels"].as_array() {
            let label = |place: &usize| cases.label(&benchmark.images[*place], *place);
            let found: Vec<String> = cases.places.iter().map(label).collect();
            assert_eq!(serde_json::json!(found), serde_json::json!(labels), "{query}");
        }
    }
}

#[test]
fn an_image_that_the_filters_leave_out_has_the_first_case_as_its_next() {
    let examples: Value = serde_json::from_str(EXAMPLES).unwrap();
    let benchmark = benchmark(&examples);
    let choice = CaseChoice::of(&Options::of_query("order=name&fold=1"), &benchmark);
    let cases = Cases::ordered(&benchmark.images, choice, None);
    let outside = (0..benchmark.images.len()).find(|place| !cases.places.contains(place)).unwrap();
    let count = cases.places.len();
    let next = cases.places.first().copied();
    let expected = CasePlace { position: None, count, previous: None, next };
    assert_eq!(cases.place_of(outside), expected);
    let last = *cases.places.last().unwrap();
    assert_eq!(cases.place_of(last).next, None);
}

#[test]
fn an_option_that_cannot_be_read_is_said_and_ignored() {
    let examples: Value = serde_json::from_str(EXAMPLES).unwrap();
    let benchmark = benchmark(&examples);
    for query in ["order=banana", "fold=9", "score=high", "with=nobody:1", "by=worst"] {
        let choice = CaseChoice::of(&Options::of_query(query), &benchmark);
        assert_eq!(choice.problems.len(), 1, "{query}");
        assert_eq!(choice.written(), [], "{query}");
    }
}
