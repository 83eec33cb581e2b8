//! Download of a benchmark's folder: authorisation, range requests, digests.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use scr_data::Benchmark;
use scr_data::digest::{file_digest, hex};
use scr_store::{Role, Scope};

use crate::fixture::{Answer, Site, Terms};

const DOWNLOAD: &str = "/api/v1/benchmarks/tiny/download";

async fn with_folder(terms: Terms) -> Site {
    let site = Site::with_terms(terms).await;
    site.add_folder();
    site
}

async fn terms_version(site: &Site) -> String {
    let manifest = site.get(&format!("{DOWNLOAD}/manifest.json")).await.json();
    manifest["terms_version"].as_str().unwrap().to_owned()
}

async fn ask(site: &Site, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = Request::get(format!("{DOWNLOAD}/files/{path}"));
    let request =
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    site.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn the_manifest_names_all_files_of_a_folder_with_the_benchmarks_digest() {
    let site = with_folder(Terms::Open).await;
    let manifest = site.get(&format!("{DOWNLOAD}/manifest.json")).await.json();
    let files = manifest["files"].as_array().unwrap();
    // A definition, two tables, six radiographs, and the masks of two observers in six images.
    assert_eq!(files.len(), 1 + 2 + 6 + 6 * 2 * 3);
    let version = manifest["terms_version"].as_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut total = 0;
    for file in files {
        let path = file["path"].as_str().unwrap();
        let answer = ask(&site, path, &[("Accept-Terms", version)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(hex(&file_digest(&answer.body)), file["sha256"], "{path}");
        assert_eq!(answer.body.len() as u64, file["size_bytes"], "{path}");
        total += answer.body.len() as u64;
        scr_data::files::write_file(&folder.path().join(path), &answer.body).unwrap();
    }
    assert_eq!(manifest["total_bytes"], total);
    let copy = Benchmark::open(folder.path()).unwrap();
    assert_eq!(copy.digest(copy.reference()).unwrap(), manifest["digest"]);
    let sums = site.page(&format!("{DOWNLOAD}/SHA256SUMS")).await;
    let first =
        format!("{}  {}", files[0]["sha256"].as_str().unwrap(), files[0]["path"].as_str().unwrap());
    assert_eq!(sums.lines().next(), Some(&*first));
    assert_eq!(sums.lines().count(), files.len());
}

#[tokio::test]
async fn a_file_is_sent_in_pieces_and_whole_when_it_is_another_by_now() {
    let site = with_folder(Terms::Open).await;
    let version = terms_version(&site).await;
    let accepted = ("Accept-Terms", version.as_str());
    let whole = ask(&site, "images/T1.png", &[accepted]).await;
    let etag = whole.header("etag").to_owned();
    assert_eq!(etag, format!("\"{}\"", hex(&file_digest(&whole.body))));
    assert_eq!(whole.header("accept-ranges"), "bytes");
    let range = ("Range", "bytes=10-");
    for more in [vec![], vec![("If-Range", etag.as_str())]] {
        let rest = ask(&site, "images/T1.png", &[vec![accepted, range], more].concat()).await;
        assert_eq!(rest.status, StatusCode::PARTIAL_CONTENT);
        assert_eq!(rest.body, whole.body[10..]);
        let length = whole.body.len();
        assert_eq!(rest.header("content-range"), format!("bytes 10-{}/{length}", length - 1));
    }
    let other = ask(&site, "images/T1.png", &[accepted, range, ("If-Range", "\"other\"")]).await;
    assert_eq!((other.status, other.body.len()), (StatusCode::OK, whole.body.len()));
    let beyond = ask(&site, "images/T1.png", &[accepted, ("Range", "bytes=999999-")]).await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    let same = ask(&site, "images/T1.png", &[accepted, ("If-None-Match", etag.as_str())]).await;
    assert_eq!(same.status, StatusCode::NOT_MODIFIED);
    // A compressed body would not fit a range of the uncompressed file.
    let table = ask(&site, "images.csv", &[accepted, ("Accept-Encoding", "gzip")]).await;
    assert_eq!(table.header("content-encoding"), "");
}

#[tokio::test]
async fn nobody_is_given_a_copy_without_accepting_the_terms_as_they_are() {
    let site = with_folder(Terms::Open).await;
    for headers in
        [vec![], vec![("Accept-Terms", "yes")], vec![("Authorization", "Bearer scr_none")]]
    {
        let answer = ask(&site, "benchmark.toml", &headers).await;
        assert!(answer.status.is_client_error(), "{headers:?}");
    }
    let refused = ask(&site, "benchmark.toml", &[]).await.json();
    let version = terms_version(&site).await;
    assert!(refused["error"]["message"].as_str().unwrap().contains(&version));
    let asked = format!("benchmark.toml?terms={version}");
    assert_eq!(ask(&site, &asked, &[]).await.status, StatusCode::FORBIDDEN, "no link accepts");
    let accepts = ("Accept-Terms", version.as_str());
    assert_eq!(ask(&site, "benchmark.toml", &[accepts]).await.status, StatusCode::OK);
    let page = site.page("/benchmarks/tiny/download").await;
    assert!(page.contains(&format!("Accept-Terms: {version}")));
    assert!(page.contains("scr fetch tiny --server SITE"));
}

#[tokio::test]
async fn who_is_known_accepts_the_terms_once_and_it_is_kept() {
    let site = with_folder(Terms::Open).await;
    let user =
        site.store.accounts().add("a@example.org", "A", Role::Participant, None).await.unwrap();
    let token = site.store.tokens().create("a@example.org", [Scope::Read], "").await.unwrap();
    let signed = format!("Bearer {token}");
    let signed = ("Authorization", signed.as_str());
    assert_eq!(ask(&site, "images.csv", &[signed]).await.status, StatusCode::FORBIDDEN);
    let version = terms_version(&site).await;
    let accepted = ask(&site, "images.csv", &[signed, ("Accept-Terms", &version)]).await;
    assert_eq!(accepted.status, StatusCode::OK);
    let kept = site.store.acceptances().accepted_at(&user.id, "tiny", &version).await.unwrap();
    assert!(kept.is_some(), "that they were accepted is recorded");
    assert_eq!(ask(&site, "images.csv", &[signed]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn where_copies_are_forbidden_every_address_says_how_to_obtain_the_data() {
    for terms in [Terms::DisplayOnly, Terms::Closed] {
        let site = with_folder(terms).await;
        for address in
            ["manifest.json", "SHA256SUMS", "files/benchmark.toml", "files/images/T1.png"]
        {
            let answer = site.get(&format!("{DOWNLOAD}/{address}")).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{terms:?} {address}");
            assert!(answer.text().contains("https://example.org/ask"), "{terms:?} {address}");
        }
    }
}

#[tokio::test]
async fn nothing_else_of_the_disk_is_offered() {
    let site = with_folder(Terms::Open).await;
    let version = terms_version(&site).await;
    for path in [
        "",
        "images",
        "masks/",
        "../tiny/benchmark.toml",
        "..%2F..%2Fscr.sqlite",
        "%2Fetc%2Fpasswd",
        "images/T9.png",
        "images//T1.png",
        "./benchmark.toml",
        "benchmark.toml%00",
    ] {
        let answer = ask(&site, path, &[("Accept-Terms", &version)]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    let without = Site::published().await;
    let answer = without.get(&format!("{DOWNLOAD}/manifest.json")).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "it was not added as a folder");
}

#[tokio::test]
async fn a_page_of_another_site_accepts_no_terms_in_anybodys_name() {
    let site = with_folder(Terms::Open).await;
    let user =
        site.store.accounts().add("a@example.org", "A", Role::Participant, None).await.unwrap();
    let cookie = site.cookie("a@example.org").await;
    let version = terms_version(&site).await;
    let file = "/api/v1/benchmarks/tiny/download/files/benchmark.toml";
    for address in [file, "/benchmarks/tiny/terms", "/benchmarks/tiny/download"] {
        for option in ["terms", "version", "accept_terms", "accept-terms"] {
            // As for an image or a link on another site's page.
            let request = Request::get(format!("{address}?{option}={version}"))
                .header("Cookie", &cookie)
                .header("Sec-Fetch-Site", "cross-site")
                .body(Body::empty());
            let answer = site.send(request.unwrap()).await;
            assert!(address != file || answer.status == StatusCode::FORBIDDEN, "{option}");
        }
    }
    assert_eq!(site.store.acceptances().of_user(&user.id).await.unwrap(), []);
}
