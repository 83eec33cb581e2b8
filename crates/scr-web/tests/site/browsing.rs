//! Result browser without script: outlines, neighbours, scores, options.

use crate::fixture::{Site, Terms};

#[tokio::test]
async fn the_reference_is_shown_by_default() {
    let site = Site::published().await;
    let page = site.page("/benchmarks/tiny/browse/T1").await;
    assert_eq!(page.matches("<path id=\"outline-1\" d=\"M7 3l").count(), 1, "right lung first");
    assert!(page.contains("src=\"/api/v1/benchmarks/tiny/images/T1.png?v="));
    assert!(page.contains("Choose an entry"), "scores without an entry");
}

#[tokio::test]
async fn layers_and_structures_are_chosen_by_list_or_form() {
    let site = Site::published().await;
    let (exact, shifted) = (site.entry("Exact"), site.entry("Shifted"));
    let list = format!("observers=&entries={exact},{shifted}&structures=heart");
    let form = format!(
        "observers=&entries=&entries={exact}&entries={shifted}&structures=&structures=heart"
    );
    for query in [list, form] {
        let page = site.page(&format!("/benchmarks/tiny/browse/T1?{query}")).await;
        assert_eq!(page.matches("<path id=\"outline-1\" d=\"M16 9l").count(), 1, "{query}");
        assert_eq!(page.matches("<path id=\"outline-2\" d=\"M18 9l").count(), 1, "{query}");
        assert!(!page.contains("d=\"M7 3"), "a lung is shown for {query}");
    }
}

#[tokio::test]
async fn neighbours_keep_the_choice_and_end_at_the_ends() {
    let site = Site::published().await;
    let exact = site.entry("Exact");
    let page = site
        .page(&format!(
            "/benchmarks/tiny/browse/T1?entries={exact}&window=10-200&zoom=4&x=3&invert=1"
        ))
        .await;
    assert!(!page.contains("rel=\"prev\""), "the first image has a previous one");
    let next = &page[page.find("rel=\"next\"").unwrap()..];
    let next = &next[next.find("href=\"").unwrap() + 6..];
    let next = next[..next.find('"').unwrap()].replace("&#38;", "&").replace("&amp;", "&");
    assert_eq!(next, format!("/benchmarks/tiny/browse/T2?entries={exact}&window=10-200&invert=1"));
    assert!(!site.page("/benchmarks/tiny/browse/T6").await.contains("rel=\"next\""));
}

#[tokio::test]
async fn scores_of_the_shown_entries_stand_below_undefined_in_words() {
    let site = Site::published().await;
    let hole = site.entry("Hole");
    let page = site.page(&format!("/benchmarks/tiny/browse/T3?entries={hole}")).await;
    let scores = &page[page.find("id=\"viewer-scores\"").unwrap()..];
    assert!(scores.contains("undefined"), "the distance of an empty heart");
    assert!(scores.contains("1.000"), "the lungs' overlap");
    assert!(scores.contains("Heart") && scores.contains("Whole image"));
}

#[tokio::test]
async fn options_that_make_no_sense_are_passed_over_and_said_in_place() {
    let site = Site::published().await;
    let query = "entries=gone,%3Cscript%3E&observers=nobody&window=banana&structures=liver&zoom=x";
    let page = site.page(&format!("/benchmarks/tiny/browse/T1?{query}")).await;
    assert!(!page.contains("<path id=\"outline-1\""));
    for word in ["gone", "&#60;script&#62;", "nobody", "banana", "liver", "“x”"] {
        assert!(page.contains(word), "{word} in {page}");
    }
    assert_eq!(page.matches("class=\"viewer-note\"").count(), 6, "{page}");
    let second = site.entry("Second observer");
    let fine = format!("observers=second&entries={second}&window=lungs&structures=heart&zoom=2");
    let page = site.page(&format!("/benchmarks/tiny/browse/T1?{fine}")).await;
    assert!(!page.contains("class=\"viewer-note\""), "{page}");
}

#[tokio::test]
async fn an_image_that_is_not_there_leads_to_the_nearest() {
    let site = Site::published().await;
    for address in ["/benchmarks/tiny/browse/t11", "/benchmarks/tiny/browse/t11/scores"] {
        let answer = site.get(address).await;
        assert_eq!(answer.status, axum::http::StatusCode::NOT_FOUND);
        assert!(answer.text().contains("href=\"/benchmarks/tiny/browse/T1\""), "{}", answer.text());
    }
}

#[tokio::test]
async fn the_viewer_gets_outlines_in_packed_form() {
    let site = Site::published().await;
    let entry = site.entry("Shifted");
    let page = site.page(&format!("/benchmarks/tiny/browse/T1?entries={entry}")).await;
    let address = format!("/api/v1/entries/{entry}/outlines/T1.bin");
    assert!(page.contains(&format!("data-outlines-href=\"{address}\" checked")), "{page}");
    assert!(
        page.contains(&format!(
            "<link rel=\"preload\" as=\"fetch\" crossorigin href=\"{address}\">"
        ))
    );
    let packed = site.get(&address).await;
    assert_eq!(packed.header("content-type"), "application/octet-stream");
    let json = site.get(&format!("/api/v1/entries/{entry}/outlines/T1.json")).await;
    assert!(packed.body.len() < json.body.len());
    assert_eq!(packed.body[0], json.json()["structures"].as_object().unwrap().len() as u8);
    let other = site.get(&format!("/api/v1/entries/{entry}/outlines/T1.svg")).await;
    assert_eq!(other.status, axum::http::StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn where_display_is_forbidden_only_outlines_of_entries_are_shown() {
    let site = Site::with_terms(Terms::Closed).await;
    let entry = site.entry("Shifted");
    let address = format!("/benchmarks/tiny/browse/T1?observers=reference&entries={entry}");
    let page = site.page(&address).await;
    assert!(!page.contains("/images/T1.png") && !page.contains("value=\"reference\""));
    assert_eq!(page.matches("<g class=\"colour-").count(), 1, "the entry's outlines alone");
    let outlines = "/api/v1/benchmarks/tiny/outlines/reference/T1.json";
    assert_eq!(site.get(outlines).await.status, axum::http::StatusCode::NOT_FOUND);
    let entrys = site.get(&format!("/api/v1/entries/{entry}/outlines/T1.json")).await;
    assert_eq!(entrys.status, axum::http::StatusCode::OK);
    let images = site.page("/benchmarks/tiny/browse").await;
    assert!(!images.contains("/thumbnails/"));
}

#[tokio::test]
async fn an_observer_who_is_an_entry_too_is_listed_once_with_scores() {
    let site = Site::published().await;
    let entry = site.entry("Second observer");
    let page = site.page("/benchmarks/tiny/browse/T1?observers=second").await;
    assert!(!page.contains(&format!("value=\"{entry}\"")));
    let start = page.find("Scores of this image, against the reference").unwrap();
    assert!(page[start..].contains(&format!("/entries/{entry}")));
    let linked = site.page(&format!("/benchmarks/tiny/browse/T1?entries={entry}")).await;
    assert!(!linked.contains(&format!("value=\"{entry}\"")));
    let row = &linked[linked.find("value=\"second\"").unwrap()..];
    assert!(row[..row.find('>').unwrap()].contains(" checked"), "the observer is shown instead");
    assert_eq!(linked.matches("<b>Second observer</b>").count(), 1);
}

#[tokio::test]
async fn posteriors_are_offered_of_the_entries_that_have_them() {
    let site = Site::published().await;
    let page = site.page("/benchmarks/tiny/browse/T2?posterior=x:heart").await;
    let offered = &page[page.find("id=\"posterior-of\"").unwrap()..];
    let offered = &offered[..offered.find("</select>").unwrap()];
    let entry = site.entry("Exact");
    assert_eq!(offered.matches("<option").count(), 2, "none and one entry: {offered}");
    assert!(offered.contains(&format!("/api/v1/entries/{entry}/posteriors/heart/T2.png")));
    assert!(page.contains("posterior=x%3Aheart"), "the next image keeps the choice");
}
