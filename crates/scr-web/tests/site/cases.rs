//! Cases of a benchmark: order, filters and neighbours on pages, columns of the API, page about
//! data.

use axum::http::StatusCode;
use scr_documents::{BenchmarkSettings, ImageResults};
use serde_json::json;

use crate::fixture::{HOSTILE, Site, Terms};

/// Images of the grid of the images page, in order, each with its score.
fn listed(page: &str) -> Vec<(String, String)> {
    let items = page.split("id=\"case-T").skip(1);
    let text_of = |item: &str, class: &str| {
        let after = item.split(class).nth(1)?;
        let text = after.split('>').nth(1)?;
        Some(text.split('<').next()?.to_owned())
    };
    items
        .map(|item| {
            let item = item.split("</li>").next().unwrap();
            let name = text_of(item, "class=\"thumbnail-name\"").unwrap();
            (name, text_of(item, "class=\"case-score\"").unwrap_or_default())
        })
        .collect()
}

fn names(page: &str) -> Vec<String> {
    listed(page).into_iter().map(|(name, _)| name).collect()
}

/// Identifiers of the neighbours on the page of an image: previous and next.
fn neighbours(page: &str) -> [Option<String>; 2] {
    ["prev", "next"].map(|rel| {
        let link = page.split(&format!("rel=\"{rel}\"")).nth(1)?;
        let href = link.split("href=\"").nth(1)?;
        Some(href.split("/browse/").nth(1)?.chars().take(2).collect())
    })
}

#[tokio::test]
async fn images_are_in_the_order_of_a_score_undefined_as_worst_and_neighbours_follow_it() {
    let site = Site::published().await;
    let hole = site.entry("Hole");
    let query = format!("order=worst:heart/overlap:{hole}");
    let page = site.page(&format!("/benchmarks/tiny/browse?{query}")).await;
    let found = listed(&page);
    assert_eq!(found[0], ("T3".to_owned(), "0.000".to_owned()));
    assert_eq!(found[1], ("T1".to_owned(), "1.000".to_owned()), "equals are in order of names");
    assert!(page.contains("Worst first: Overlap (Jaccard), heart, of Hole"), "{page}");
    let query = format!("order=worst:heart/masd_mm:{hole}");
    let page = site.page(&format!("/benchmarks/tiny/browse?{query}")).await;
    assert_eq!(listed(&page)[0], ("T3".to_owned(), "undefined".to_owned()));
    let href = format!("/browse/T3?entries={hole}&#38;order=worst%3Aheart%2Fmasd_mm%3A{hole}");
    assert!(page.contains(&href), "images open with the entry and its order");

    let view = async |image: &str, query: &str| {
        let page = site.page(&format!("/benchmarks/tiny/browse/{image}?{query}")).await;
        neighbours(&page)
    };
    let some = |name: &str| Some(name.to_owned());
    assert_eq!(view("T3", &query).await, [None, some("T1")]);
    assert_eq!(view("T4", &query).await, [some("T2"), some("T5")]);
    let best = format!("order=best:heart/masd_mm:{hole}");
    assert_eq!(view("T3", &best).await, [some("T6"), None]);
    assert_eq!(view("T2", "order=name&fold=2").await, [None, some("T4")]);
    assert_eq!(view("T1", "order=name&fold=2").await, [None, some("T2")], "the first of the fold");
}

#[tokio::test]
async fn a_gap_of_two_entries_orders_and_a_range_filters() {
    let site = Site::published().await;
    let [exact, hole] = ["Exact", "Hole"].map(|name| site.entry(name));
    let query = format!("order=gap:heart/overlap:{exact}:{hole}");
    let page = site.page(&format!("/benchmarks/tiny/browse?{query}")).await;
    assert_eq!(listed(&page)[0], ("T3".to_owned(), "1.000".to_owned()));
    let page = site.page(&format!("/benchmarks/tiny/browse?{query}&score=0.5..")).await;
    assert_eq!(names(&page), ["T3"]);
    assert!(page.contains("1 of 6 images"), "{page}");
    let undefined = format!("order=gap:heart/masd_mm:{exact}:{hole}");
    let page = site.page(&format!("/benchmarks/tiny/browse?{undefined}")).await;
    assert_eq!(listed(&page)[0].1, "one undefined");
}

#[tokio::test]
async fn attributes_folds_and_names_order_and_filter() {
    let site = Site::published().await;
    let of =
        async |query: &str| names(&site.page(&format!("/benchmarks/tiny/browse?{query}")).await);
    assert_eq!(of("order=down:age").await, ["T6", "T5", "T4", "T3", "T2", "T1"]);
    assert_eq!(of("fold=2").await, ["T2", "T4", "T6"]);
    assert_eq!(of("with=sex:f&fold=2").await, ["T2", "T4"]);
    assert_eq!(of("find=t5").await, ["T5"]);
    assert_eq!(of("find=nobody").await, Vec::<String>::new());
    assert_eq!(of("page=99").await.len(), 6, "a page beyond the last is the last");
}

#[tokio::test]
async fn the_form_without_script_leads_to_one_short_address() {
    let site = Site::published().await;
    let shifted = site.entry("Shifted");
    let form = format!(
        "/benchmarks/tiny/browse?find=&fold=&with=&by=best&of=heart/overlap&entry={shifted}&and=x&low=0.1&high="
    );
    let answer = site.get(&form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let to = answer.header("location");
    let short =
        format!("/benchmarks/tiny/browse?order=best%3Aheart%2Foverlap%3A{shifted}&score=0.1..");
    assert_eq!(to, short);
    let page = site.page(to).await;
    assert!(page.contains(&format!("<option value=\"{shifted}\" selected>")), "{page}");
    assert!(page.contains("name=\"low\" inputmode=\"decimal\" value=\"0.1\""), "{page}");
    assert!(!page.contains("<script>alert") && page.contains("&#60;script&#62;"), "{HOSTILE}");
}

#[tokio::test]
async fn what_an_address_asks_in_vain_is_said_in_place() {
    let site = Site::published().await;
    let exact = site.entry("Exact");
    for (query, said) in [
        ("order=banana".to_owned(), "order=banana is no order"),
        ("order=worst:heart/overlap:gone".to_owned(), "There is no entry gone"),
        (format!("order=worst:heart/novel:{exact}"), "has no scores of single images for novel"),
        ("fold=7".to_owned(), "No image is in fold 7."),
        ("score=0.5..".to_owned(), "A range of scores needs an order by a score."),
        ("order=worst:%3Cscript%3Ealert/x:y".to_owned(), "There is no entry y"),
    ] {
        let page = site.page(&format!("/benchmarks/tiny/browse?{query}")).await;
        assert!(page.contains(said), "{query}: {page}");
        assert_eq!(names(&page).len(), 6, "{query}");
        assert!(!page.contains("<script>alert"), "{query}");
    }
}

#[tokio::test]
async fn columns_have_every_images_score_on_full_precision() {
    let site = Site::published().await;
    let answer = site.get("/api/v1/benchmarks/tiny/cases.json").await;
    let cases = answer.json();
    assert_eq!(cases["images"], json!(["T1", "T2", "T3", "T4", "T5", "T6"]));
    assert_eq!(cases["fold"], json!([1, 2, 1, 2, 1, 2]));
    assert_eq!(cases["attributes"]["sex"], json!(["f", "f", "f", "f", "f", "?"]));
    assert_eq!(cases["reference"], "reference");
    assert_eq!(cases["entries"].as_array().unwrap().len(), 5);
    let columns = cases["columns"].as_array().unwrap();
    let found = columns.iter().find(|one| one["object"] == "heart" && one["measure"] == "overlap");
    assert_eq!(found.unwrap()["higher_is_better"], true);
    assert_eq!(columns.last().unwrap()["object"], "all");

    let shifted = site.entry("Shifted");
    let of = async |column: &str| {
        site.get(&format!("/api/v1/entries/{shifted}/scores/{column}.json")).await
    };
    let entry = site.get(&format!("/api/v1/entries/{shifted}")).await.json();
    for column in columns {
        let (object, measure) = (&column["object"], column["measure"].as_str().unwrap());
        let object = object.as_str().unwrap();
        let found = of(&format!("{object}/{measure}")).await.json();
        for (place, value) in found["values"].as_array().unwrap().iter().enumerate() {
            let image = &entry["results"]["images"][place];
            let expected =
                if object == "all" { &image[measure] } else { &image["objects"][object][measure] };
            assert_eq!(value, expected, "{object} {measure}");
        }
    }
    assert_eq!(of("heart/novel").await.status, StatusCode::NOT_FOUND);
    let etag = answer.header("etag").to_owned();
    let request = axum::http::Request::get("/api/v1/benchmarks/tiny/cases.json")
        .header("If-None-Match", etag)
        .body(axum::body::Body::empty());
    assert_eq!(site.send(request.unwrap()).await.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn what_the_operator_hides_orders_nothing_also_after_it_was_read() {
    let site = Site::published().await;
    let exact = site.entry("Exact");
    let column = format!("/api/v1/entries/{exact}/scores/heart/overlap.json");
    let page = format!("/benchmarks/tiny/browse?order=worst:heart/overlap:{exact}");
    assert_eq!(site.get(&column).await.status, StatusCode::OK);
    assert_eq!(listed(&site.page(&page).await)[0].1, "1.000");
    let shifted = format!("/api/v1/entries/{}/scores/heart/overlap.json", site.entry("Shifted"));
    let before = site.get(&shifted).await.json()["values"][0].as_f64().unwrap();
    let set = async |image_results: ImageResults| {
        let image_results = Some(image_results);
        let settings = BenchmarkSettings { image_results, ..BenchmarkSettings::default() };
        site.store.settings().set("tiny", &settings).await.unwrap();
    };
    set(ImageResults::Decimals(1)).await;
    let after = site.get(&shifted).await.json()["values"][0].as_f64().unwrap();
    assert!(after != before && (after * 10.0).fract().abs() < 1e-9, "{after} for {before}");
    set(ImageResults::Hidden).await;
    assert_eq!(site.get(&column).await.status, StatusCode::NOT_FOUND);
    let page = site.page(&page).await;
    assert!(page.contains("has no scores of single images"), "{page}");
    assert!(listed(&page).iter().all(|(_, score)| score.is_empty()));
    let cases = site.get("/api/v1/benchmarks/tiny/cases.json").await.json();
    assert_eq!((&cases["columns"], &cases["entries"]), (&json!([]), &json!([])));
}

#[tokio::test]
async fn thumbnails_have_outlines_of_reference_and_entry_where_pages_may_show_them() {
    let site = Site::published().await;
    let shifted = site.entry("Shifted");
    let query = format!("order=worst:heart/overlap:{shifted}");
    let page = site.page(&format!("/benchmarks/tiny/browse?{query}")).await;
    assert_eq!(page.matches("/thumbnails/reference/T1.svg").count(), 1);
    assert_eq!(page.matches(&format!("/api/v1/entries/{shifted}/thumbnails/T1.svg")).count(), 1);
    let svg = site.get("/api/v1/benchmarks/tiny/thumbnails/reference/T1.svg").await;
    assert_eq!(svg.header("content-type"), "image/svg+xml");
    assert!(svg.text().starts_with("<svg xmlns") && svg.text().matches("<path").count() == 3);
    assert!(!svg.text().contains("style"), "the policy forbids styles in it");

    let closed = Site::with_terms(Terms::Closed).await;
    let [shifted, second] = ["Shifted", "Second observer"].map(|name| closed.entry(name));
    let status = async |path: String| closed.get(&format!("/api/v1/{path}/T1.svg")).await.status;
    assert_eq!(status("benchmarks/tiny/thumbnails/reference".into()).await, StatusCode::NOT_FOUND);
    assert_eq!(status(format!("entries/{second}/thumbnails")).await, StatusCode::NOT_FOUND);
    assert_eq!(status(format!("entries/{shifted}/thumbnails")).await, StatusCode::OK);
    let page = closed.page("/benchmarks/tiny/browse").await;
    assert!(!page.contains("<img"), "{page}");
}

#[tokio::test]
async fn the_data_page_has_areas_shapes_the_mean_image_and_agreement() {
    let site = Site::published().await;
    let page = site.page("/benchmarks/tiny/data").await;
    assert!(page.contains("Mean of 6 radiographs"), "{page}");
    assert!(page.contains("Area of each structure in cm²"));
    // A heart of 7 x 5 pixels of 1.4 mm in T1 and T4, of 7 x 7 in T3 and T6.
    assert!(page.contains("<td>0.686 <a href=\"/benchmarks/tiny/browse/T1?structures=heart\">T1"));
    assert!(page.contains("0.960 <a href=\"/benchmarks/tiny/browse/T6?structures=heart\">T6"));
    assert!(page.contains("<title>T1: 0.6860</title>"), "a mark is an image");
    assert!(page.contains("Agreement of observers"));
    let order = format!("order=worst%3Aheart%2Foverlap%3A{}", site.entry("Second observer"));
    assert!(page.contains(&format!("/benchmarks/tiny/browse?{order}")), "{page}");
    let mean = site.get("/api/v1/benchmarks/tiny/mean-image.png").await;
    let size = scr_data::formats::png::read_radiograph(&mean.body).unwrap().size();
    assert_eq!((size.width, size.height), (192, 160));
    assert_eq!(site.page("/benchmarks/tiny/data").await, page, "from memory");

    let closed = Site::with_terms(Terms::Closed).await.page("/benchmarks/tiny/data").await;
    assert!(!closed.contains("mean-image") && !closed.contains("Area of each structure"));
}
