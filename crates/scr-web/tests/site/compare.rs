//! Comparison page: tests and dots of two entries, pairs of several, and what is said in place.

use axum::http::StatusCode;
use scr_documents::{BenchmarkSettings, Reference};

use crate::fixture::{HOSTILE, Site};

fn address(site: &Site, names: &[&str], more: &str) -> String {
    let ids: Vec<&str> = names.iter().map(|name| site.entry(name)).collect();
    format!("/benchmarks/tiny/compare?entries={}{more}", ids.join(","))
}

#[tokio::test]
async fn two_entries_are_compared_image_by_image_with_tests_and_interval() {
    let site = Site::published().await;
    let page = site.page(&address(&site, &["Exact", "Shifted"], "")).await;
    assert_eq!(page.matches("<a class=\"point").count(), 6, "a dot an image");
    let exact = site.entry("Exact");
    let shifted = site.entry("Shifted");
    let opens = format!(
        "/benchmarks/tiny/browse/T1?entries={exact},{shifted}&amp;differences=entries%3A{shifted}"
    );
    assert!(page.contains(&opens), "{opens}");
    // Six pairs of one sign: p = 2 / 2^6, times 9 tests of the family, at most 1.
    assert!(page.contains("after Holm over 9 tests; p = 0.0312 before"), "{page}");
    assert!(page.contains("No difference is shown over 6 images"));
    assert!(page.contains("95 % interval"));
    assert!(page.contains("fold 1") && page.contains("fold 2"));
    // The mean difference of overlaps, by hand: 1 minus the baseline's mean.
    let results = site.get(&format!("/entries/{shifted}/results.json")).await.json();
    let mean = results["objects"]["lungs"]["overlap"]["mean"].as_f64().unwrap();
    assert!(page.contains(&format!("<strong>+{:.3}</strong>", 1.0 - mean)), "{mean}");
}

#[tokio::test]
async fn objects_and_measures_are_links_and_swapped_entries_change_the_sign() {
    let site = Site::published().await;
    let page =
        site.page(&address(&site, &["Shifted", "Exact"], "&object=heart&measure=masd_mm")).await;
    assert!(
        page.contains("aria-current=\"true\">heart")
            || page.contains("aria-current=\"true\">Heart")
    );
    assert!(page.contains("lower is better"));
    assert!(page.contains("Swap A and B"));
    let way = |page: &str| {
        page.split("<dt>Mean difference, A − B</dt><dd><strong>").nth(1).unwrap()[..1].to_owned()
    };
    let swapped =
        site.page(&address(&site, &["Exact", "Shifted"], "&object=heart&measure=masd_mm")).await;
    assert_eq!((way(&page).as_str(), way(&swapped).as_str()), ("+", "-"));
}

#[tokio::test]
async fn an_undefined_value_has_no_dot_and_differs_most() {
    let site = Site::published().await;
    let page =
        site.page(&address(&site, &["Exact", "Hole"], "&object=heart&measure=masd_mm")).await;
    assert_eq!(page.matches("<a class=\"point").count(), 5);
    assert!(page.contains("1 of 6 images have no value"));
    let strip = &page[page.find("id=\"strip\"").unwrap()..];
    assert_eq!(strip.split("data-image=\"").nth(1).map(|rest| &rest[..2]), Some("T3"));
    assert!(strip.contains("A 0.00, B undefined"));
}

#[tokio::test]
async fn several_entries_are_compared_pair_by_pair() {
    let site = Site::published().await;
    let names = ["Exact", "Shifted", "Second observer", HOSTILE];
    let page = site.page(&address(&site, &names, "")).await;
    assert!(page.contains("Pair by pair"));
    // Each of four against three others.
    let pairs = page.matches("<td><a href=\"/benchmarks/tiny/compare?entries=").count();
    assert_eq!(pairs, 12, "{page}");
    assert!(page.contains("interval") && !page.contains("<script>alert"));
}

#[tokio::test]
async fn what_makes_no_sense_in_the_address_is_said_in_place() {
    let site = Site::published().await;
    let exact = site.entry("Exact");
    for (more, said) in [
        ("nobody", "This benchmark has no entry nobody."),
        (exact, "is named twice"),
        ("%3Cscript%3Ealert(1)", "This benchmark has no entry &#60;script&#62;alert(1)."),
    ] {
        let page = site.page(&format!("/benchmarks/tiny/compare?entries={exact},{more}")).await;
        assert!(page.contains(said), "{said}: {page}");
        assert!(page.contains("Choose two or more entries"));
    }
    let both = address(&site, &["Exact", "Shifted"], "&object=zzz&measure=banana");
    let page = site.page(&both).await;
    assert!(page.contains("There is no object zzz") && page.contains("There is no measure banana"));
    assert!(page.contains("<a class=\"point"), "the comparison is still shown");
    assert!(site.page("/benchmarks/tiny/compare").await.contains("Choose two or more entries"));
    assert_eq!(site.get("/benchmarks/other/compare").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn against_a_hidden_reference_public_means_alone_are_compared() {
    let site = Site::published().await;
    let settings =
        BenchmarkSettings { reference: Reference::Hidden, ..BenchmarkSettings::default() };
    site.store.settings().set("tiny", &settings).await.unwrap();
    let page = site.page(&address(&site, &["Exact", "Shifted"], "")).await;
    assert!(!page.contains("<a class=\"point") && !page.contains("id=\"strip\""));
    assert!(page.contains("no interval of the difference and no test"));
    // Distances have one decimal there, and no more are shown.
    let results =
        site.get(&format!("/entries/{}/results.json", site.entry("Shifted"))).await.json();
    let masd = results["objects"]["heart"]["masd_mm"]["mean"].as_f64().unwrap();
    assert!(page.contains(&format!("<td class=\"number\">{masd:.1}</td>")), "{masd}: {page}");
}
