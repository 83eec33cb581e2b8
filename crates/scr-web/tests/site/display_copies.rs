//! Display copies: display and download are two rights.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use scr_data::formats;
use scr_documents::BenchmarkSettings;
use scr_store::{OutlinesDocument, Role};

use crate::accounts::page_as;
use crate::fixture::{Answer, Site, Terms};

const EXACT: [&str; 2] =
    ["/api/v1/benchmarks/tiny/images/T1.png", "/api/v1/benchmarks/tiny/outlines/second/T1.json"];
const DISPLAY: [&str; 2] = [
    "/api/v1/benchmarks/tiny/display/images/T1.png",
    "/api/v1/benchmarks/tiny/display/outlines/second/T1.json",
];

async fn statuses(site: &Site, addresses: [&str; 2]) -> [StatusCode; 2] {
    [site.get(addresses[0]).await.status, site.get(addresses[1]).await.status]
}

fn size(answer: &Answer) -> (usize, usize, u16) {
    let radiograph = formats::png::read_radiograph(&answer.body).unwrap();
    (radiograph.size().width, radiograph.size().height, radiograph.max_value())
}

#[tokio::test]
async fn where_copies_are_free_nothing_changes_for_the_reader() {
    let site = Site::published().await;
    assert_eq!(statuses(&site, EXACT).await, [StatusCode::OK; 2]);
    let page = site.page("/benchmarks/tiny/browse/T1").await;
    assert!(page.contains("/api/v1/benchmarks/tiny/images/T1.png"), "{page}");
    assert!(!page.contains("Display copies") && !page.contains("/display/"), "{page}");
}

#[tokio::test]
async fn where_display_is_allowed_and_download_is_not_pages_get_reduced_copies_and_say_so() {
    let site = Site::with_terms(Terms::DisplayOnly).await;
    assert_eq!(statuses(&site, EXACT).await, [StatusCode::NOT_FOUND; 2]);
    assert_eq!(statuses(&site, DISPLAY).await, [StatusCode::OK; 2]);
    assert_eq!(size(&site.get(DISPLAY[0]).await), (12, 10, 255), "of 24 x 20 pixels of 16 bits");
    let second = site.entry("Second observer");
    let exact = site.get(&format!("/api/v1/entries/{second}/outlines/T1.json")).await;
    assert_eq!(exact.status, StatusCode::NOT_FOUND, "also where an observer's is an entry");
    let page = site.page("/benchmarks/tiny/browse/T1?observers=second").await;
    assert!(page.contains("Display copies: the radiograph is reduced"), "{page}");
    assert!(!page.contains("tiny/images/") && !page.contains("tiny/outlines/"), "{page}");
    assert!(page.contains("tiny/display/images/T1.png"), "{page}");
    let method = format!("/api/v1/entries/{}/outlines/T1.json", site.entry("Shifted"));
    assert_eq!(site.get(&method).await.status, StatusCode::OK, "a method's are its maker's");
    let answer = site.get(DISPLAY[1]).await;
    let copy = OutlinesDocument::from_json(&answer.body).unwrap();
    let corners = copy.structures.values().flatten().flatten();
    assert!(corners.into_iter().all(|corner| corner % 2 == 0), "on a grid: {copy:?}");
}

#[tokio::test]
async fn exact_files_are_for_who_has_accepted_the_operators_terms() {
    let site = Site::published().await;
    let user = site.store.accounts().add("a@x.org", "Ann", Role::Participant, None).await.unwrap();
    let cookie = site.cookie("a@x.org").await;
    let settings = BenchmarkSettings { terms: "Be kind.".into(), ..BenchmarkSettings::default() };
    site.store.settings().set("tiny", &settings).await.unwrap();
    assert_eq!(statuses(&site, EXACT).await, [StatusCode::FORBIDDEN; 2]);
    assert_eq!(statuses(&site, DISPLAY).await, [StatusCode::OK; 2]);
    let browse = "/benchmarks/tiny/browse/T1";
    let before = page_as(&site, browse, &cookie).await;
    assert!(before.text().contains("Display copies"), "{}", before.text());
    assert!(!before.text().contains("tiny/images/"), "{}", before.text());
    let terms = site.page("/benchmarks/tiny/terms").await;
    let version = terms.split("Version</dt><dd><code>").nth(1).unwrap()[..16].to_owned();
    site.store.acceptances().accept(&user.id, "tiny", &version).await.unwrap();
    let after = page_as(&site, browse, &cookie).await;
    assert!(!after.text().contains("Display copies"), "{}", after.text());
    for address in EXACT {
        assert_eq!(page_as(&site, address, &cookie).await.status, StatusCode::OK, "{address}");
        let request = Request::get(address).header("Accept-Terms", &version).body(Body::empty());
        assert_eq!(site.send(request.unwrap()).await.status, StatusCode::OK, "{address}");
    }
}

#[tokio::test]
async fn a_copy_of_the_site_holds_display_copies_where_strangers_may_have_no_others() {
    let site = Site::with_terms(Terms::DisplayOnly).await;
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("copy");
    let store = site.store.public();
    scr_web::export(&store, &out, "2026-11-28", &mut |_, _| ()).await.unwrap();
    let benchmark = out.join("api/v1/benchmarks/tiny");
    assert!(benchmark.join("display").is_dir());
    assert!(!benchmark.join("images").exists() && !benchmark.join("outlines").exists());
}
