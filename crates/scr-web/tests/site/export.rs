//! Export of a site as files: complete, reproducible, with public data only.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::fixture::{Site, Terms};

/// Files of an export by path.
async fn copied(site: &Site) -> BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("copy");
    let exported =
        scr_web::export(&site.store.public(), &out, "2026-11-26", &mut |_, _| ()).await.unwrap();
    let mut found = BTreeMap::new();
    read(&out, "", &mut found);
    assert_eq!(exported.n_files, found.len());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    found
}

fn read(root: &Path, within: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(root.join(within)).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{within}{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            read(root, &format!("{path}/"), found);
        } else {
            found.insert(path, std::fs::read(entry.path()).unwrap());
        }
    }
}

/// Values of attributes that hold addresses, without escapes.
fn links(page: &str) -> Vec<String> {
    let mut links = Vec::new();
    for attribute in [" href=\"", " src=\"", "-href=\""] {
        for (place, _) in page.match_indices(attribute) {
            let rest = &page[place + attribute.len()..];
            links.push(rest[..rest.find('"').unwrap()].replace("&amp;", "&"));
        }
    }
    for (place, _) in page.match_indices(" data-posteriors=\"") {
        let rest = &page[place + " data-posteriors=\"".len()..];
        let list = rest[..rest.find('"').unwrap()].replace("&quot;", "\"");
        let list: BTreeMap<String, String> = serde_json::from_str(&list).unwrap();
        links.extend(list.into_values());
    }
    links
}

/// Target file of a link on the page `file`, by the rules of a web server.
fn followed(file: &str, link: &str) -> String {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    let path = link.split(['?', '#']).next().unwrap();
    if path.is_empty() {
        return file.to_owned();
    }
    for part in path.split('/') {
        match part {
            ".." => assert!(parts.pop().is_some(), "{file} links above the copy: {link}"),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[tokio::test]
async fn every_link_of_a_copy_is_relative_and_leads_to_a_file_of_it() {
    let site = Site::published().await;
    let files = copied(&site).await;
    let mut followed_to = BTreeSet::new();
    for (file, bytes) in files.iter().filter(|(file, _)| file.ends_with(".html")) {
        let page = std::str::from_utf8(bytes).unwrap();
        for link in links(page) {
            // Tutorials name the reader's own site.
            if link.starts_with("https://") || link.starts_with("http://127.0.0.1:8080/") {
                continue;
            }
            assert!(!link.starts_with('/') && !link.contains("://"), "{file} links to {link}");
            let target = followed(file, &link);
            assert!(files.contains_key(&target), "{file} links to {link}, which is not there");
            if let Some((_, anchor)) = link.split_once('#') {
                let on = std::str::from_utf8(&files[&target]).unwrap();
                assert!(on.contains(&format!("id=\"{anchor}\"")), "{file} links to {link}");
            }
            followed_to.insert(target);
        }
        assert!(!page.contains("data-live") && !page.contains("method=\"post\""), "{file}");
        assert!(page.contains("read-only copy of 2026-11-26"), "{file}");
    }
    assert!(followed_to.len() > 60, "only {} files are linked to", followed_to.len());
    for (file, bytes) in files.iter().filter(|(file, _)| file.ends_with(".js")) {
        let script = std::str::from_utf8(bytes).unwrap();
        for (place, _) in script.match_indices(" from \"") {
            let rest = &script[place + 7..];
            let name = rest[..rest.find('"').unwrap()].replace("./", "");
            assert!(files.contains_key(&followed(file, &name)), "{file} imports {name}");
        }
    }
}

#[tokio::test]
async fn a_copy_has_the_pages_the_viewer_and_what_is_drawn_in_it() {
    let site = Site::published().await;
    let files = copied(&site).await;
    let entry = site.entry("Exact");
    for file in [
        "index.html".to_owned(),
        "add/index.html".to_owned(),
        "benchmarks/tiny/index.html".to_owned(),
        "benchmarks/tiny/results/index.html".to_owned(),
        "benchmarks/tiny/results/index.measures-all.html".to_owned(),
        "benchmarks/tiny/browse/index.fold-2.html".to_owned(),
        "benchmarks/tiny/browse/T1/index.html".to_owned(),
        "benchmarks/tiny/browse/T1/scores/index.html".to_owned(),
        format!("entries/{entry}/index.html"),
        format!("entries/{entry}/results.json"),
        "static/viewer/main.js".to_owned(),
        "api/v1/benchmarks/tiny/images/T1.png".to_owned(),
        "api/v1/benchmarks/tiny/thumbnails/T1.png".to_owned(),
        "api/v1/benchmarks/tiny/masks/second/heart/T1.png".to_owned(),
        "api/v1/benchmarks/tiny/index.json".to_owned(),
        format!("api/v1/entries/{entry}/outlines/T1.bin"),
        format!("api/v1/entries/{entry}/posteriors/heart/T1.png"),
        format!("api/v1/entries/{entry}/scores/heart/overlap.json"),
        format!("api/v1/entries/{entry}/scores/all/pixel_error.json"),
        "api/v1/benchmarks/tiny/cases.json".to_owned(),
        "api/v1/benchmarks/tiny/mean-image.png".to_owned(),
        "api/v1/benchmarks/tiny/thumbnails/reference/T1.svg".to_owned(),
    ] {
        assert!(files.contains_key(&file), "{file} is not there");
    }
    let page = std::str::from_utf8(&files["benchmarks/tiny/browse/T1/index.html"]).unwrap();
    assert!(page.contains("http-equiv=\"Content-Security-Policy\""));
    assert!(page.contains("href=\"../T2/index.html\""), "the next image");
    let entry = std::str::from_utf8(&files[&format!("entries/{entry}/index.html")]).unwrap();
    assert!(entry.contains("browse/T1/index.html?entries=exact-"), "the script reads the query");
    assert!(entry.contains("&amp;order=worst%3Aall%2Fpixel_error%3Aexact-"), "and the order");
    assert!(!entry.contains("?sort="), "no other order is linked to");
}

#[tokio::test]
async fn a_copy_of_the_same_site_and_date_has_the_same_bytes() {
    let site = Site::published().await;
    assert!(copied(&site).await == copied(&site).await);
}

#[tokio::test]
async fn a_copy_hides_what_the_site_hides() {
    for (terms, shows, offers) in [
        (Terms::Open, true, true),
        (Terms::DisplayOnly, true, false),
        (Terms::Closed, false, false),
    ] {
        let site = Site::with_terms(terms).await;
        let files = copied(&site).await;
        let has = |part: &str| files.keys().any(|file| file.contains(part));
        assert_eq!(has("tiny/images/"), offers, "{terms:?}");
        assert_eq!(has("tiny/display/images/"), shows && !offers, "{terms:?}");
        assert_eq!(has("tiny/thumbnails/"), shows, "{terms:?}");
        assert_eq!(has("tiny/thumbnails/reference/"), shows, "{terms:?}");
        assert_eq!(has("tiny/mean-image.png"), shows, "{terms:?}");
        assert_eq!(has("tiny/outlines/"), offers, "{terms:?}");
        assert_eq!(has("tiny/display/outlines/"), shows && !offers, "{terms:?}");
        assert_eq!(has("tiny/masks/"), offers, "{terms:?}");
        let observer = format!("entries/{}/outlines/", site.entry("Second observer"));
        assert_eq!(has(&observer), shows && has(&observer), "{terms:?}");
        for (file, bytes) in &files {
            let address = format!("/{}", file.trim_end_matches("index.json"));
            if file.starts_with("api/v1/") && !file.ends_with("index.json") {
                assert!(site.get(&address).await.body == *bytes, "{terms:?} {file}");
            }
        }
    }
}

#[tokio::test]
async fn a_folder_with_something_in_it_is_left_alone() {
    let site = Site::empty().await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine"), "x").unwrap();
    let error =
        scr_web::export(&site.store.public(), folder.path(), "2026-11-26", &mut |_, _| ()).await;
    assert!(error.unwrap_err().to_string().contains("not an empty folder"));
    let empty = folder.path().join("copy");
    let exported =
        scr_web::export(&site.store.public(), &empty, "2026-11-26", &mut |_, _| ()).await;
    let n_pages = 2 + 1 + scr_docs::PAGES.len();
    let what = "a front page, how to add results, and the documentation with its own front page";
    assert_eq!(exported.unwrap().n_pages, n_pages, "{what}");
}
