//! Pages of benchmarks of other protocols, and of images that differ in spacing and size.

use std::fs;
use std::path::Path;

use scr_data::formats;
use scr_image::{Mask, Radiograph, Size};
use serde_json::json;

use crate::fixture::Site;

/// Writes `[folds]` and the table, and names the column `mm` as the spacing if there is one.
fn rewrite(root: &Path, folds: &str, table: &str) {
    let file = root.join("benchmark.toml");
    let toml = fs::read_to_string(&file).unwrap();
    let toml = toml.replace("column = \"fold\"\nprotocol = \"two-fold\"\n", folds);
    let toml = match table.contains(",mm") {
        true => toml.replace("spacing_mm = 1.4", "spacing_mm = { column = \"mm\" }"),
        false => toml,
    };
    fs::write(file, toml).unwrap();
    fs::write(root.join("images.csv"), table).unwrap();
}

/// Draws an image and its masks anew, in another size.
fn resize(root: &Path, image: &str, size: Size) {
    let pixels = vec![1000; size.area()];
    let radiograph = Radiograph::new(size, u16::MAX, pixels, None).unwrap();
    let png = formats::png::write_radiograph(&radiograph).unwrap();
    fs::write(root.join(format!("images/{image}.png")), png).unwrap();
    let mask = Mask::from_fn(size, |col, row| (4..14).contains(&col) && (4..14).contains(&row));
    for observer in ["masks", "masks2"] {
        for structure in ["right_lung", "left_lung", "heart"] {
            let png = formats::png::write_mask(&mask);
            fs::write(root.join(format!("{observer}/{structure}/{image}.png")), png).unwrap();
        }
    }
}

/// Every page of the benchmark, which must be there.
async fn pages(site: &Site) {
    for page in ["", "/data", "/results", "/browse", "/browse/T2", "/browse/T2/scores", "/download"]
    {
        site.page(&format!("/benchmarks/tiny{page}")).await;
    }
    site.page("/").await;
    site.page("/add").await;
    site.page(&format!("/entries/{}", site.entry("Second observer"))).await;
}

#[tokio::test]
async fn k_fold_shows_every_fold_and_images_of_each_size_and_spacing() {
    let table = "image_id,fold,mm,age\nT1,1,1.5,40\nT2,2,2,41\nT3,3,1.5 1.6,42\nT4,1,2,43\n\
        T5,2,2,44\nT6,3,2,45\n";
    let site = Site::changed(|root| {
        rewrite(root, "column = \"fold\"\nprotocol = \"k-fold\"\n", table);
        resize(root, "T1", Size::new(40, 30));
    })
    .await;
    pages(&site).await;
    let data = site.page("/benchmarks/tiny/data").await;
    for words in
        ["Fold 3", "24 × 20 to 40 × 30", "1.5 to 2 mm a pixel", "Protocol k-fold: the method"]
    {
        assert!(data.contains(words), "{words}: {data}");
    }
    let overview = site.page("/benchmarks/tiny").await;
    assert!(overview.contains("6: 2 in fold 1, 2 in fold 2, 2 in fold 3"), "{overview}");
    let images = site.page("/benchmarks/tiny/browse?fold=3").await;
    assert!(images.contains("T3") && !images.contains("browse/T1\""), "{images}");
    let browse = site.page("/benchmarks/tiny/browse/T1").await;
    assert!(browse.contains("data-spacing-mm=\"1.5\""), "{browse}");
    assert!(browse.contains("40 × 30 pixels, 1.5 mm a pixel"), "{browse}");
    let browse = site.page("/benchmarks/tiny/browse/T3").await;
    assert!(browse.contains("1.5 mm between columns, 1.6 mm between rows"), "{browse}");
    let document = site.get("/api/v1/benchmarks/tiny").await.json();
    assert_eq!(document["protocol"], "k-fold");
    assert_eq!(document["spacing_mm"], json!({ "min": 1.5, "max": 2.0 }));
    assert_eq!(document["images"][2]["spacing_mm"], json!([1.5, 1.6]));
    let entry =
        site.get(&format!("/api/v1/entries/{}", site.entry("Second observer"))).await.json();
    assert_eq!(entry["results"]["folds"].as_object().unwrap().len(), 3);
    assert!(entry["results"]["objects"]["heart"]["masd_mm"].is_object(), "{entry}");
}

#[tokio::test]
async fn a_split_shows_its_test_set_and_counts_the_others() {
    let table = "image_id,set\nT1,train\nT2,test\nT3,validation\nT4,test\nT5,train\nT6,test\n";
    let site = Site::changed(|root| {
        rewrite(root, "column = \"set\"\nprotocol = \"split\"\n", table);
        fs::remove_file(root.join("masks/heart/T1.png")).unwrap();
    })
    .await;
    pages(&site).await;
    let data = site.page("/benchmarks/tiny/data").await;
    let words =
        "3 images are scored, the test set; not scored are 2 for training and 1 for validation.";
    assert!(data.contains(words), "{data}");
    assert!(!site.page("/benchmarks/tiny/browse").await.contains("browse/T1"));
    let document = site.get("/api/v1/benchmarks/tiny").await.json();
    assert_eq!(document["not_scored"], json!({ "train": 2, "validation": 1 }));
    assert_eq!(document["images"][0]["fold"], "test");
    assert!(site.page("/add").await.contains("Training, validation and test set:"));
}

#[tokio::test]
async fn evaluation_only_has_no_folds_and_an_unknown_spacing_is_said() {
    let table = "image_id,mm\nT1,1\nT2,\nT3,1\nT4,2\nT5,2\nT6,2\n";
    let site = Site::changed(|root| rewrite(root, "protocol = \"evaluation-only\"\n", table)).await;
    pages(&site).await;
    let data = site.page("/benchmarks/tiny/data").await;
    for words in ["6 images are scored.", "spacing of 1 of 6 images is not known, so all distances"]
    {
        assert!(data.contains(words), "{words}: {data}");
    }
    let browse = site.page("/benchmarks/tiny/browse/T2").await;
    assert!(browse.contains("pixel spacing not known") && !browse.contains("fold"), "{browse}");
    let document = site.get("/api/v1/benchmarks/tiny").await.json();
    assert_eq!(
        (&document["spacing_mm"], &document["images"][0]["spacing_mm"]),
        (&json!(null), &json!(1.0))
    );
    let entry =
        site.get(&format!("/api/v1/entries/{}", site.entry("Second observer"))).await.json();
    assert!(entry["results"]["objects"]["heart"]["masd_px"].is_object(), "{entry}");
}
