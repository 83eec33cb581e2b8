//! Files for viewers and downloads: formats, permissions, caching.

use std::io::Read;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use scr_data::formats;

use crate::fixture::{Site, Terms};

#[tokio::test]
async fn radiographs_masks_and_outlines_are_served_as_what_they_are() {
    let site = Site::published().await;
    let entry = site.entry("Shifted");
    for (address, content_type) in [
        ("/api/v1/benchmarks/tiny/images/T1.png".to_owned(), "image/png"),
        ("/api/v1/benchmarks/tiny/thumbnails/T1.png".to_owned(), "image/png"),
        ("/api/v1/benchmarks/tiny/masks/second/heart/T1.png".to_owned(), "image/png"),
        ("/api/v1/benchmarks/tiny/outlines/reference/T1.json".to_owned(), "application/json"),
        (format!("/api/v1/entries/{entry}/outlines/T1.json"), "application/json"),
        (format!("/api/v1/entries/{entry}/masks/heart/T1.png"), "image/png"),
    ] {
        let answer = site.get(&address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}");
        assert_eq!(answer.header("content-type"), content_type, "{address}");
    }
    let image = site.get("/api/v1/benchmarks/tiny/images/T1.png").await;
    assert_eq!(image.body[24], 16, "the radiograph keeps its 16 bits");
    let outlines = site.get(&format!("/api/v1/entries/{entry}/outlines/T1.json")).await.json();
    assert_eq!(outlines["size"], serde_json::json!([24, 20]));
    assert_eq!(outlines["structures"]["heart"][0].as_array().unwrap().len(), 8);
}

#[tokio::test]
async fn an_unchanged_file_is_not_sent_again() {
    let site = Site::published().await;
    for address in ["/api/v1/benchmarks/tiny/images/T1.png", "/static/style.css"] {
        let first = site.get(address).await;
        let etag = first.header("etag").to_owned();
        assert!(etag.len() > 10, "{address}: {etag}");
        let again = Request::get(address).header("if-none-match", &etag).body(Body::empty());
        let again = site.send(again.unwrap()).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{address}");
        assert!(again.body.is_empty());
        let other = Request::get(address).header("if-none-match", "\"other\"").body(Body::empty());
        assert_eq!(site.send(other.unwrap()).await.status, StatusCode::OK, "{address}");
    }
}

#[tokio::test]
async fn a_file_is_kept_without_asking_only_under_an_address_with_its_version() {
    let site = Site::published().await;
    let plain = site.get("/api/v1/benchmarks/tiny/thumbnails/T1.png").await;
    assert_eq!(plain.header("cache-control"), "no-cache");
    let wrong = site.get("/api/v1/benchmarks/tiny/thumbnails/T1.png?v=000000000000").await;
    assert_eq!(wrong.header("cache-control"), "no-cache");
    let page = site.page("/benchmarks/tiny/browse").await;
    let start = page.find("/api/v1/benchmarks/tiny/thumbnails/T1.png?v=").unwrap();
    let address = &page[start..start + page[start..].find('"').unwrap()];
    let versioned = site.get(address).await;
    assert_eq!(versioned.header("cache-control"), "public, max-age=86400");
}

#[tokio::test]
async fn json_is_compressed_and_pictures_are_not() {
    let site = Site::published().await;
    for (address, encoding) in [
        ("/api/v1/benchmarks/tiny", "gzip"),
        ("/benchmarks/tiny/results", "gzip"),
        ("/api/v1/benchmarks/tiny/images/T1.png", ""),
    ] {
        let request = Request::get(address).header("accept-encoding", "gzip").body(Body::empty());
        let answer = site.send(request.unwrap()).await;
        assert_eq!(answer.header("content-encoding"), encoding, "{address}");
    }
}

#[tokio::test]
async fn the_record_s_log_is_whole_when_it_is_compressed() {
    let site = Site::published().await;
    let log = site.get("/api/v1/record/log").await.text().to_owned();
    assert!(log.lines().count() > 2 && log.ends_with('\n'));
    let request = Request::get("/api/v1/record/log").header("accept-encoding", "gzip");
    let answer = site.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.header("content-encoding"), "gzip");
    let mut unpacked = String::new();
    flate2::read::GzDecoder::new(&answer.body[..]).read_to_string(&mut unpacked).unwrap();
    assert_eq!(unpacked, log);
}

#[tokio::test]
async fn what_the_terms_forbid_is_not_there() {
    let radiograph = "/api/v1/benchmarks/tiny/images/T1.png".to_owned();
    let display = "/api/v1/benchmarks/tiny/display/images/T1.png".to_owned();
    let mask = "/api/v1/benchmarks/tiny/masks/reference/heart/T1.png".to_owned();
    for (terms, shows, offers) in [
        (Terms::Open, true, true),
        (Terms::DisplayOnly, true, false),
        (Terms::Closed, false, false),
    ] {
        let site = Site::with_terms(terms).await;
        let observer =
            format!("/api/v1/entries/{}/masks/heart/T1.png", site.entry("Second observer"));
        let own = format!("/api/v1/entries/{}/masks/heart/T1.png", site.entry("Shifted"));
        for (address, is_there) in [
            (&radiograph, offers),
            (&display, shows),
            (&mask, offers),
            (&observer, offers),
            (&own, true),
        ] {
            let expected = if is_there { StatusCode::OK } else { StatusCode::NOT_FOUND };
            assert_eq!(site.get(address).await.status, expected, "{terms:?} {address}");
        }
    }
}

#[tokio::test]
async fn a_posterior_is_served_where_the_entry_has_one() {
    let site = Site::published().await;
    let address = |entry: &str, rest: &str| {
        format!("/api/v1/entries/{}/posteriors/{rest}", site.entry(entry))
    };
    let answer = site.get(&address("Exact", "heart/T1.png")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "image/png");
    assert_eq!(answer.header("cache-control"), "public, max-age=86400");
    assert!(answer.header("etag").len() > 10);
    let kept = formats::png::read_radiograph(&answer.body).unwrap();
    assert!(kept.max_value() == 255 && kept.pixels().iter().all(|&value| value == 51));
    for absent in [
        address("Shifted", "heart/T1.png"),
        address("Exact", "spine/T1.png"),
        address("Exact", "heart/T9.png"),
        address("Exact", "heart/T1.jpg"),
        address("Exact", "..%2Fmasks%2Fheart/T1.png"),
    ] {
        assert_eq!(site.get(&absent).await.status, StatusCode::NOT_FOUND, "{absent}");
    }
}

#[tokio::test]
async fn a_posterior_is_shown_where_the_outlines_of_its_entry_are() {
    for terms in [Terms::Open, Terms::DisplayOnly, Terms::Closed] {
        let site = Site::with_terms(terms).await;
        for entry in ["Exact", "Second observer"].map(|name| site.entry(name)) {
            let outlines = format!("/api/v1/entries/{entry}/display/outlines/T1.json");
            let posterior = format!("/api/v1/entries/{entry}/posteriors/heart/T1.png");
            let (outlines, posterior) = (site.get(&outlines).await, site.get(&posterior).await);
            assert_eq!(posterior.status, outlines.status, "{terms:?} {entry}");
            let is_hidden = terms == Terms::Closed && entry == site.entry("Second observer");
            assert_eq!(posterior.status == StatusCode::NOT_FOUND, is_hidden, "{terms:?} {entry}");
        }
    }
}

#[tokio::test]
async fn names_that_lead_elsewhere_are_no_files() {
    let site = Site::published().await;
    for address in [
        "/api/v1/benchmarks/tiny/images/T1.jpg",
        "/api/v1/benchmarks/tiny/images/T1",
        "/api/v1/benchmarks/tiny/images/..%2F..%2F..%2Fscr.png",
        "/api/v1/benchmarks/tiny/masks/reference/..%2f..%2fthumbnails/T1.png",
        "/api/v1/benchmarks/tiny/images/%00.png",
        "/api/v1/benchmarks/..%2Ftiny/images/T1.png",
    ] {
        let answer = site.get(address).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
    }
}

#[tokio::test]
async fn results_download_as_the_json_and_csv_of_the_entry() {
    let site = Site::published().await;
    let entry = site.entry("Hole");
    let json = site.get(&format!("/entries/{entry}/results.json")).await;
    assert_eq!(json.header("content-type"), "application/json");
    let served = site.get(&format!("/api/v1/entries/{entry}")).await.json();
    assert_eq!(json.json(), served["results"]);
    let csv = site.get(&format!("/entries/{entry}/results.csv")).await;
    assert!(csv.header("content-disposition").contains(&format!("{entry}.csv")));
    let lines: Vec<&str> = csv.text().lines().collect();
    assert_eq!(lines.len(), 7);
    assert!(lines[0].starts_with("image,fold,lungs.overlap"), "{}", lines[0]);
    let place = lines[0].split(',').position(|head| head == "heart.masd_mm").unwrap();
    assert_eq!(lines[3].split(',').nth(place), Some(""), "undefined is empty");
}
