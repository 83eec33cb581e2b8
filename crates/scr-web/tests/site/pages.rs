//! All pages: status, escapes, links and security headers.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use crate::fixture::{HOSTILE, Site, Terms};

fn all_pages(site: &Site) -> Vec<String> {
    let fixed = [
        "/",
        "/add",
        "/docs",
        "/docs/api",
        "/docs/tutorials/evaluate-masks",
        "/docs/reference/measures",
        "/docs/explanation/methods",
        "/benchmarks/tiny",
        "/benchmarks/tiny/data",
        "/benchmarks/tiny/download",
        "/benchmarks/tiny/results",
        "/benchmarks/tiny/browse",
        "/benchmarks/tiny/browse?fold=2",
        "/benchmarks/tiny/browse/T1",
        "/benchmarks/tiny/browse/T1/scores",
        "/benchmarks/tiny/publications",
        "/privacy",
        "/terms",
        "/feedback",
        "/feedback?benchmark=tiny",
    ];
    let entries: Vec<&str> = site.entries.iter().map(|(_, id)| id.as_str()).collect();
    let mut pages: Vec<String> = fixed.iter().map(|page| (*page).to_owned()).collect();
    pages.push(format!("/benchmarks/tiny/browse/T3?entries={}", entries.join(",")));
    pages.extend(entries.iter().map(|id| format!("/entries/{id}")));
    pages
}

#[tokio::test]
async fn every_page_is_there_whole_and_escapes_hostile_names() {
    let site = Site::published().await;
    for page in all_pages(&site) {
        let text = site.page(&page).await;
        assert!(text.trim_end().ends_with("</html>"), "{page}");
        assert!(!text.contains("<script>alert"), "{page} does not escape");
        assert!(!text.contains("href=\"javascript:"), "{page} links to a script");
        assert!(!text.contains(" style="), "{page} has a style that the policy forbids");
        assert!(!text.contains("<style") && !text.contains(" onclick="), "{page}");
        for other in text.match_indices(" src=\"").chain(text.match_indices("<link ")) {
            let rest = &text[other.0..(other.0 + 80).min(text.len())];
            assert!(!rest.contains("http"), "{page} asks another site: {rest}");
        }
    }
    let home = site.page("/").await;
    assert!(home.contains("alert(&#39;x&#39;)") || home.contains("alert(&#x27;x&#x27;)"), "{home}");
}

#[tokio::test]
async fn every_link_on_every_page_leads_somewhere() {
    let site = Site::published().await;
    let mut seen = std::collections::BTreeSet::new();
    for page in all_pages(&site) {
        let text = site.page(&page).await;
        for attribute in ["href=\"", "src=\"", "data-outlines-href=\""] {
            for (place, _) in text.match_indices(attribute) {
                let rest = &text[place + attribute.len()..];
                let link =
                    rest[..rest.find('"').unwrap()].replace("&#38;", "&").replace("&amp;", "&");
                let target = link.split('#').next().unwrap().to_owned();
                if let Some(anchor) = link.strip_prefix('#') {
                    assert!(text.contains(&format!("id=\"{anchor}\"")), "{page} has no {link}");
                } else if target.starts_with('/') && seen.insert(target.clone()) {
                    let answer = site.get(&target).await;
                    let asks_to_sign_in = answer.header("location").starts_with("/account/sign-in");
                    let leads_on = answer.status == StatusCode::OK || asks_to_sign_in;
                    assert!(leads_on, "{page} links to {target}: {}", answer.status);
                }
            }
        }
    }
    assert!(seen.len() > 100, "only {} links were found", seen.len());
}

#[tokio::test]
async fn an_empty_site_says_so() {
    let site = Site::empty().await;
    assert!(site.page("/").await.contains("No benchmark has been published here yet"));
    site.page("/add").await;
    assert_eq!(site.get("/healthz").await.text(), "ok\n");
}

#[tokio::test]
async fn the_first_page_lists_benchmark_and_latest_entries() {
    let site = Site::published().await;
    let home = site.page("/").await;
    assert!(home.contains("<strong>6</strong> images"));
    assert!(home.contains("<strong>5</strong> entries"));
    let news = &home[home.find("id=\"news\"").unwrap()..];
    for (name, id) in &site.entries {
        // Baselines and observers come with their benchmark.
        let is_news = !["Shifted", "Second observer"].contains(&name.as_str());
        assert_eq!(news.contains(&format!("/entries/{id}")), is_news, "{id} among the news");
    }
    assert!(news.contains("6 images, 1 baseline, 1 observer"));
    assert!(home.find("class=\"thumbnails").unwrap() < home.find("id=\"news\"").unwrap());
}

#[tokio::test]
async fn a_phantom_is_called_one_beside_its_title_and_its_images() {
    let site = Site::published().await;
    for section in ["", "/data", "/results", "/download", "/browse", "/browse/T1"] {
        let page = site.page(&format!("/benchmarks/tiny{section}")).await;
        let heading = &page[page.find("<h1").unwrap()..page.find("</h1>").unwrap()];
        assert!(heading.contains("phantom"), "{section}: {heading}");
    }
    let images = site.page("/benchmarks/tiny/browse").await;
    assert_eq!(images.matches("<small>fold 1, phantom</small>").count(), 3);
}

#[tokio::test]
async fn what_is_not_there_is_a_page_with_a_way_out() {
    let site = Site::published().await;
    for address in [
        "/nothing",
        "/benchmarks/other",
        "/benchmarks/other/results",
        "/benchmarks/tiny/browse/T9",
        "/benchmarks/tiny/nothing",
        "/entries/other",
        "/entries/other/results.json",
        "/static/nothing.css",
        "/static/../Cargo.toml",
        "/benchmarks/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "/benchmarks/%FF",
    ] {
        let answer = site.get(address).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
        assert!(answer.header("content-type").starts_with("text/html"), "{address}");
        let text = answer.text();
        assert!(text.contains("<h1>No such"), "{address}");
        assert!(text.contains("<p><a href=\"/"), "{address} has no way out");
        assert!(!text.contains("<script>alert"), "{address}");
    }
}

#[tokio::test]
async fn a_mistyped_benchmark_or_entry_is_offered_the_nearest() {
    let site = Site::published().await;
    let answer = site.get("/benchmarks/tinny/results").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.text().contains("Did you mean <a href=\"/benchmarks/tiny\">tiny</a>"));
    let id = site.entry("Shifted");
    let answer = site.get(&format!("/entries/{id}x")).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.text().contains(&format!("<a href=\"/entries/{id}\">{id}</a>")));
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let site = Site::published().await;
    for address in [
        "/",
        "/nothing",
        "/api/v1/benchmarks",
        "/api/nothing",
        "/static/style.css",
        "/healthz",
        "/api/v1/benchmarks/tiny/images/T1.png",
    ] {
        let answer = site.get(address).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'"), "{address}: {policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{address}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{address}");
    }
}

#[tokio::test]
async fn writing_is_refused() {
    let site = Site::published().await;
    let answer = site.send(Request::post("/add").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(answer.text().contains("Method not allowed"));
    assert!(answer.header("allow").contains("GET"));
}

#[tokio::test]
async fn the_data_page_counts_folds_and_attributes() {
    let site = Site::published().await;
    let page = site.page("/benchmarks/tiny/data").await;
    assert!(page.contains(
        "<td class=\"number\">3</td><td class=\"number\">3</td><td class=\"number\">6</td>"
    ));
    assert!(page.contains("median 42.5, 40 to 45"), "ages");
    assert!(page.contains("not given"), "one sex is not given");
    assert!(page.contains(r#"class="structure structure-2" d="M"#), "outlines of the heart");
}

#[tokio::test]
async fn where_copies_are_forbidden_the_download_page_says_how_to_obtain_them() {
    let site = Site::with_terms(Terms::DisplayOnly).await;
    let page = site.page("/benchmarks/tiny/download").await;
    assert!(page.contains("scr import scr"));
    assert!(page.contains("<a href=\"https://example.org/ask\""));
    assert!(!page.contains("/masks/"), "masks are offered");
}

#[tokio::test]
async fn an_entry_page_shows_card_digests_and_citation() {
    let site = Site::published().await;
    let page = site.page(&format!("/entries/{}", site.entry("Shifted"))).await;
    assert!(page.contains("https://doi.org/10.1016/j.media.2005.02.002"));
    assert!(page.matches("sha256:").count() >= 4, "digests, and the citation's");
    assert!(page.contains("@misc{scr:shifted-"));
    assert!(page.contains("baseline"));
    let hostile = site.page(&format!("/entries/{}", site.entry(HOSTILE))).await;
    assert!(!hostile.contains("<script>alert"));
}
