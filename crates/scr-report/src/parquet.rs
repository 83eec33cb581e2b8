//! Parquet of a result: one row an image, object and measure, in long form.
//!
//! Columns: `benchmark`, `benchmark_digest`, `masks_digest`, `evaluator_version`, `observer`, `image`,
//! `fold`, `object` (null for measures of whole images), `measure`, `value` (a double; null where
//! undefined). The same result gives the same bytes.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::Encoding;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;
use scr_documents::{ImageDocument, ResultDocument};

/// Columns of text, then `value`.
const SCHEMA: &str = "message scores {
    required binary benchmark (STRING);
    required binary benchmark_digest (STRING);
    required binary masks_digest (STRING);
    required binary evaluator_version (STRING);
    required binary observer (STRING);
    required binary image (STRING);
    required binary fold (STRING);
    optional binary object (STRING);
    required binary measure (STRING);
    optional double value;
}";
/// Images of one row group, which bounds the memory of writer and reader.
const IMAGES_A_GROUP: usize = 10_000;

/// Writes the values of every image as a Parquet file: those of `images`, of a result `about`. Holds
/// the images of one row group.
///
/// # Errors
/// Errors of `file`.
pub fn write(
    file: &mut (dyn Write + Send),
    about: &ResultDocument,
    images: impl Iterator<Item = ImageDocument>,
) -> io::Result<()> {
    write_groups(file, about, images).map_err(|error| match error {
        ParquetError::External(source) => io::Error::other(source),
        other => io::Error::other(other),
    })
}

fn write_groups(
    file: &mut (dyn Write + Send),
    about: &ResultDocument,
    mut images: impl Iterator<Item = ImageDocument>,
) -> Result<(), ParquetError> {
    let properties = WriterProperties::builder()
        .set_created_by(concat!("scr ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_column_dictionary_enabled(ColumnPath::from("value"), false)
        .set_column_encoding(ColumnPath::from("value"), Encoding::PLAIN)
        .build();
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties))?;
    loop {
        let of_group: Vec<ImageDocument> = images.by_ref().take(IMAGES_A_GROUP).collect();
        if of_group.is_empty() {
            break;
        }
        let mut group = writer.next_row_group()?;
        write_group(&mut group, about, &of_group)?;
        group.close()?;
    }
    writer.close()?;
    Ok(())
}

/// Row of the long form.
struct Row<'a> {
    image: &'a str,
    fold: &'a str,
    object: Option<&'a str>,
    measure: &'a str,
    value: Option<f64>,
}

fn write_group<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    result: &ResultDocument,
    images: &[ImageDocument],
) -> Result<(), ParquetError> {
    let folds: Vec<String> = images.iter().map(|image| image.fold.to_string()).collect();
    let rows: Vec<Row<'_>> =
        images.iter().zip(&folds).flat_map(|(image, fold)| rows(image, fold)).collect();
    for text in [
        &result.benchmark,
        &result.benchmark_digest,
        &result.masks_digest,
        &result.evaluator_version,
        &result.observer,
    ] {
        write_text(group, rows.iter().map(|_| Some(text.as_str())))?;
    }
    write_text(group, rows.iter().map(|row| Some(row.image)))?;
    write_text(group, rows.iter().map(|row| Some(row.fold)))?;
    write_text(group, rows.iter().map(|row| row.object))?;
    write_text(group, rows.iter().map(|row| Some(row.measure)))?;
    let values: Vec<f64> = rows.iter().filter_map(|row| row.value).collect();
    let levels: Vec<i16> = rows.iter().map(|row| row.value.is_some().into()).collect();
    let mut column = group.next_column()?.expect("the schema has this column");
    column.typed::<DoubleType>().write_batch(&values, Some(&levels), None)?;
    column.close()
}

fn rows<'a>(image: &'a ImageDocument, fold: &'a str) -> impl Iterator<Item = Row<'a>> {
    let row = move |object, (measure, value): (&'a String, &'a Option<f64>)| Row {
        image: &image.image,
        fold,
        object,
        measure,
        value: *value,
    };
    let of_objects = image.objects.iter().flat_map(move |(object, measures)| {
        measures.iter().map(move |found| row(Some(object.as_str()), found))
    });
    of_objects.chain(image.image_measures.iter().map(move |found| row(None, found)))
}

/// Writes the next column; a required one has no gaps.
fn write_text<'a, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    texts: impl Iterator<Item = Option<&'a str>> + Clone,
) -> Result<(), ParquetError> {
    let values: Vec<ByteArray> = texts.clone().flatten().map(ByteArray::from).collect();
    let levels: Vec<i16> = texts.map(|text| text.is_some().into()).collect();
    let mut column = group.next_column()?.expect("the schema has this column");
    let is_optional = column.typed::<ByteArrayType>().get_descriptor().max_def_level() > 0;
    column.typed::<ByteArrayType>().write_batch(&values, is_optional.then_some(&levels), None)?;
    column.close()
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::RowAccessor;

    #[test]
    fn every_value_is_a_row_with_the_digests() {
        let result: ResultDocument = serde_json::from_str(
            r#"{"benchmark": "b", "benchmark_digest": "sha256:1", "masks_digest": "sha256:2",
            "evaluator_version": "1", "observer": "reference", "spacing_mm": null,
            "bootstrap_seed": 1, "bootstrap_resamples": 2, "objects": {}, "image_measures": {},
            "images": [
                {"image": "A", "fold": 1, "objects": {"heart": {"dice": 0.1, "masd_px": null}},
                 "pixel_error": 0.30000000000000004},
                {"image": "B", "fold": "test", "objects": {"heart": {"dice": 1.0, "masd_px": 0.0}},
                 "pixel_error": null}]}"#,
        )
        .unwrap();
        let mut written = Vec::new();
        write(&mut written, &result, result.images.iter().flatten().cloned()).unwrap();
        let reader = SerializedFileReader::new(bytes::Bytes::from(written)).unwrap();
        let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
        let line = |row: &parquet::record::Row| {
            let text = |column: usize| row.get_string(column).unwrap();
            let object = row.get_string(7).map_or("-", String::as_str);
            let value = row.get_double(9).map_or_else(|_| "null".to_owned(), |v| v.to_string());
            format!("{} {} {object} {} {value}", text(5), text(6), text(8))
        };
        let found: Vec<String> = rows.iter().map(line).collect();
        let expected = [
            "A 1 heart dice 0.1",
            "A 1 heart masd_px null",
            "A 1 - pixel_error 0.30000000000000004",
            "B test heart dice 1",
            "B test heart masd_px 0",
            "B test - pixel_error null",
        ];
        assert_eq!(found, expected);
        assert!(rows.iter().all(|row| row.get_string(1).unwrap() == "sha256:1"));
    }
}
