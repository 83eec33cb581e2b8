//! Pages of the documentation and of the API.

use axum::http::StatusCode;
use scr_docs::{Kind, PAGES, PICTURES, Page};

use crate::fixture::Site;

fn address(page: &Page) -> String {
    match (page.kind, page.name) {
        (Kind::Reference, "api") => "/docs/api".to_owned(),
        (kind, name) => format!("/docs/{}/{name}", kind.folder()),
    }
}

/// Part of a page between two texts.
fn part<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = page.split_once(start).expect("it begins");
    rest.split_once(end).expect("it ends").0
}

#[tokio::test]
async fn the_documentation_is_shown_with_a_navigation_that_leads_everywhere() {
    let site = Site::empty().await;
    let index = site.page("/docs").await;
    assert!(index.contains("<h1>Documentation</h1>"), "{index}");
    let links: Vec<&str> = index.split("href=\"/docs/").skip(1).collect();
    let links = links.iter().filter_map(|rest| rest.split('"').next());
    let mut n_pages = 0;
    for link in links.collect::<std::collections::BTreeSet<_>>() {
        let page = site.get(&format!("/docs/{link}")).await;
        assert_eq!(page.status, StatusCode::OK, "{link}");
        let text = page.text();
        assert_eq!(text.matches("<h1").count(), 1, "{link} has one title");
        assert!(text.contains("aria-current=\"page\""), "{link} is in the navigation");
        n_pages += 1;
    }
    assert!(n_pages > 15, "{n_pages} pages");
    for missing in ["/docs/reference/nothing", "/docs/nothing/measures", "/docs/images/nothing.png"]
    {
        assert_eq!(site.get(missing).await.status, StatusCode::NOT_FOUND, "{missing}");
    }
    let picture = site.get("/docs/images/methods/asm/modes.svg").await;
    assert_eq!(picture.header("content-type"), "image/svg+xml");
}

#[tokio::test]
async fn the_page_of_the_api_names_every_operation() {
    let site = Site::empty().await;
    let document = site.get("/api/openapi.json").await.json();
    let page = site.page("/docs/api").await;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let id = format!("id=\"{}\"", operation["operationId"].as_str().unwrap());
            assert!(page.contains(&id), "{method} {path}");
        }
        assert!(page.contains(&format!("<code>{path}</code>")), "{path}");
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(page.contains(&format!("id=\"schema-{name}\"")), "{name}");
    }
}

#[tokio::test]
async fn every_link_of_the_documentation_leads_to_a_page_and_a_section() {
    let site = Site::empty().await;
    for page in PAGES {
        let from = address(page);
        let text = site.page(&from).await;
        for attribute in ["href=\"", "src=\""] {
            for link in text.split(attribute).skip(1) {
                let link = link.split('"').next().unwrap();
                let (to, anchor) = link.split_once('#').unwrap_or((link, ""));
                if !to.is_empty() && !to.starts_with("/docs") {
                    continue;
                }
                let to = if to.is_empty() { from.clone() } else { to.to_owned() };
                let answer = site.get(&to).await;
                assert_eq!(answer.status, StatusCode::OK, "{from} links to {link}");
                if !anchor.is_empty() {
                    let id = format!("id=\"{anchor}\"");
                    assert!(answer.text().contains(&id), "{from} links to {link}");
                }
            }
        }
    }
}

#[tokio::test]
async fn every_picture_is_on_a_page_or_in_the_readme() {
    let readme = include_str!("../../../../README.md");
    for (path, _) in PICTURES {
        let shown = PAGES.iter().any(|page| page.text.contains(path));
        assert!(shown || readme.contains(path), "{path} is on no page");
    }
}

#[tokio::test]
async fn headings_tables_code_and_links_are_drawn() {
    let site = Site::empty().await;
    for name in ["mask-sets", "file-formats"] {
        let page = site.page(&format!("/docs/reference/{name}")).await;
        insta::assert_snapshot!(name, part(&page, "<article class=\"docs-page\">", "</article>"));
    }
}

#[tokio::test]
async fn an_operation_is_shown_with_parameters_body_answers_and_a_command() {
    let site = Site::empty().await;
    let page = site.page("/docs/api").await;
    insta::assert_snapshot!("begin", part(&page, "id=\"begin\"", "</section>"));
}
