//! Published values on the results page, by object.

use scr_documents::{BenchmarkDocument, LiteratureDocument};
use scr_report::tables::as_published;

use crate::numbers::{NO_VALUE, capitalised};
use crate::references::{Piece, linked};

/// Published values of one object.
pub(super) struct Literature {
    pub(super) object: String,
    pub(super) rows: Vec<LiteratureRow>,
}

pub(super) struct LiteratureRow {
    pub(super) measure: String,
    pub(super) method: String,
    pub(super) year: String,
    pub(super) value: String,
    pub(super) unit: String,
    pub(super) protocol: String,
    pub(super) verified: String,
    pub(super) source: Vec<Piece>,
}

/// The published rows by object, in the order in which the benchmark lists them.
pub(super) fn literature(document: &BenchmarkDocument) -> Vec<Literature> {
    let mut groups: Vec<(String, Literature)> = Vec::new();
    for row in &document.literature {
        let place = groups.iter().position(|(id, _)| *id == row.object);
        let place = place.unwrap_or_else(|| {
            let object = object_name(document, &row.object);
            groups.push((row.object.clone(), Literature { object, rows: Vec::new() }));
            groups.len() - 1
        });
        groups[place].1.rows.push(literature_row(row));
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn literature_row(row: &LiteratureDocument) -> LiteratureRow {
    LiteratureRow {
        measure: capitalised(&row.measure.replace('_', " ")),
        method: row.method.clone(),
        year: row.year.clone(),
        value: as_published(row.mean, row.sd).unwrap_or_else(|| NO_VALUE.to_owned()),
        unit: row.unit.clone(),
        protocol: row.protocol.clone(),
        verified: row.verified.clone(),
        source: linked(&row.source),
    }
}

fn object_name(document: &BenchmarkDocument, id: &str) -> String {
    let object = document.objects.iter().find(|object| object.id == id);
    match object {
        Some(object) => object.name.clone(),
        None if id == "all" => "All structures together".to_owned(),
        None => capitalised(&id.replace('_', " ")),
    }
}
