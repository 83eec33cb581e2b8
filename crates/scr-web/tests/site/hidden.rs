//! Hidden reference: no page and no API operation reveals it, to any role.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use scr_documents::{
    BenchmarkSettings, CardDocument, FindingsDocument, Flag, FlagKind, FoldsDocument, ImageResults,
    Permission, Reference, Suspicion, SuspicionsDocument,
};
use scr_store::{BlobKey, NewSubmission, Role};
use serde_json::Value;

use crate::accounts::page_as;
use crate::fixture::{Answer, Site};

/// Entries with masks other than the reference's.
const ENTRIES: [&str; 2] = ["Shifted", "Second observer"];
const STRUCTURES: [&str; 3] = ["right_lung", "left_lung", "heart"];
/// Address of event streams, which carry a state and a count only.
const STREAM: &str = "/api/v1/submissions/{submission}/events";

async fn hidden_site() -> (Site, String) {
    let site = Site::published().await;
    let settings =
        BenchmarkSettings { reference: Reference::Hidden, ..BenchmarkSettings::default() };
    site.store.settings().set("tiny", &settings).await.unwrap();
    rescored(&site).await;
    let user = site.store.accounts().add("c@x.org", "Cleo", Role::Curator, None).await.unwrap();
    let submission = scored_submission(&site, &user.id).await;
    (site, submission)
}

/// Adds a result of other rules to an entry.
async fn rescored(site: &Site) {
    let entry = site.store.entries().get(site.entry(ENTRIES[0])).await.unwrap().unwrap();
    let mut result = entry.result.clone();
    result.evaluator_version = "9.0.0".into();
    let of = &entry.result.evaluator_version;
    assert!(site.store.entries().add_result(&entry.id, of, &result).await.unwrap());
}

/// Adds a submission with the scores of an entry, suspicions and findings.
async fn scored_submission(site: &Site, user_id: &str) -> String {
    let card = CardDocument { name: "M".into(), ..CardDocument::default() };
    let new = NewSubmission {
        benchmark_id: "tiny",
        user_id,
        card: &card,
        size_bytes: 3,
        file: None,
        confirmed: true,
        supersedes: None,
        model: None,
    };
    let submission = site.store.submissions().begin(new).await.unwrap();
    site.store.submissions().mark_received(&submission.id, user_id).await.unwrap();
    let suspicion = |rule: &str| Suspicion {
        rule: rule.into(),
        structures: vec!["heart".into()],
        images: vec!["T1".into()],
        message: "0.123456 of it".into(),
        hint: String::new(),
    };
    let suspicions = SuspicionsDocument {
        suspicions: vec![suspicion("orientation"), suspicion("equals_reference")],
        ..SuspicionsDocument::default()
    };
    site.store.submissions().record_check(&submission, "worker", &suspicions).await.unwrap();
    site.store.submissions().confirm(&submission.id, user_id).await.unwrap();
    let entry = site.store.entries().get(site.entry("Shifted")).await.unwrap().unwrap();
    let findings = FindingsDocument {
        n_entries: 2,
        flags: vec![Flag {
            kind: FlagKind::NearlyReference,
            message: "overlap 0.123456".into(),
            entry: None,
        }],
        folds: vec![FoldsDocument {
            object: "heart".into(),
            measure: "overlap".into(),
            n: vec![3, 3],
            means: vec![Some(0.123_456), None],
            p: Some(0.123_456),
            apart: None,
        }],
        differences: Vec::new(),
    };
    let scored = site
        .store
        .submissions()
        .record_scores(&submission.id, "worker", &entry.result, &findings)
        .await;
    scored.unwrap();
    submission.id
}

/// All addresses, with all values of their parameters.
fn readable_addresses(site: &Site, submission: &str) -> Vec<String> {
    let images: Vec<String> = (1..=6).map(|n| format!("T{n}")).collect();
    let mut files: Vec<String> = vec!["overlap.json".into(), "pixel_error.json".into()];
    files.extend(
        images
            .iter()
            .flat_map(|image| ["png", "json", "svg", "bin"].map(|of| format!("{image}.{of}"))),
    );
    let plots = ["boxes-lungs.svg", "ranks-all.svg", "time-heart.svg"];
    let parts: [(&str, Vec<&str>); 10] = [
        ("{benchmark}", vec!["tiny"]),
        ("{entry}", ENTRIES.iter().map(|name| site.entry(name)).collect()),
        ("{submission}", vec![submission]),
        ("{image}", images.iter().map(String::as_str).collect()),
        ("{observer}", vec!["reference", "second"]),
        ("{structure}", STRUCTURES.to_vec()),
        ("{object}", vec!["heart", "lungs", "all"]),
        ("{file}", files.iter().map(String::as_str).collect()),
        ("{plot}", plots.to_vec()),
        ("{*path}", vec!["style.css"]),
    ];
    let patterns = scr_web::addresses().into_iter().filter(|address| address != STREAM);
    let mut addresses: Vec<String> = patterns.collect();
    for (part, values) in parts {
        addresses = addresses
            .iter()
            .flat_map(|address| match address.contains(part) {
                true => values.iter().map(|value| address.replace(part, value)).collect(),
                false => vec![address.clone()],
            })
            .collect();
    }
    addresses
}

/// Files of the observers' outlines and masks.
async fn drawings(site: &Site) -> Vec<Vec<u8>> {
    let mut drawings = Vec::new();
    for (observer, image) in ["reference", "second"]
        .into_iter()
        .zip([1..=6, 1..=6])
        .flat_map(|(observer, images)| images.map(move |image| (observer, format!("T{image}"))))
    {
        let mut keys = vec![BlobKey::outlines("tiny", observer, &image).unwrap()];
        for structure in STRUCTURES {
            keys.push(BlobKey::mask("tiny", observer, structure, &image).unwrap());
        }
        for key in keys {
            drawings.push(site.store.blob(&key).await.unwrap().unwrap().to_vec());
        }
    }
    drawings
}

/// First number with more than three decimals.
fn precise_number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64().filter(|number| {
            let scaled = number * 1e3;
            (scaled - scaled.round()).abs() > 1e-6
        }),
        Value::Array(values) => values.iter().find_map(precise_number),
        Value::Object(values) => values
            .iter()
            .filter(|(key, _)| *key != "spacing_mm" && *key != "literature")
            .find_map(|(_, value)| precise_number(value)),
        _ => None,
    }
}

/// First key that reveals values of single images or their number.
fn hidden_key(value: &Value) -> Option<&str> {
    const HIDDEN_KEYS: [&str; 10] =
        ["sd", "min", "q1", "median", "q3", "max", "n", "n_undefined", "ci95", "folds"];
    match value {
        Value::Array(values) => values.iter().find_map(hidden_key),
        Value::Object(values) => {
            values.iter().filter(|(key, _)| *key != "literature").find_map(|(key, value)| {
                let is_empty =
                    value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty);
                let key = HIDDEN_KEYS.into_iter().find(|one| one == key).filter(|_| !is_empty);
                key.or_else(|| if value.is_string() { None } else { hidden_key(value) })
            })
        }
        _ => None,
    }
}

fn is_api_description(address: &str) -> bool {
    address == "/api/openapi.json"
}

fn check(address: &str, answer: &Answer, drawings: &[Vec<u8>]) {
    let is_documentation = address.starts_with("/docs");
    if !is_documentation
        && ["/reference/", "/second/"].iter().any(|observer| address.contains(observer))
    {
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
    }
    assert!(!drawings.contains(&answer.body), "{address} gives a drawing of an observer out");
    let text = String::from_utf8_lossy(&answer.body);
    let text = text.replace("/docs/reference/", "/docs/");
    assert!(!text.contains("/reference/"), "{address} links to the reference");
    assert!(!text.contains("/outlines/second/"), "{address} links to an observer");
    for word in ["ctr_reference", "ctr_difference", "class=\"box-plot"] {
        assert!(!text.contains(word) || is_api_description(address), "{address} has {word}");
    }
    assert!(!text.contains("reference's outlines"), "{address} shows the reference");
    assert!(!text.contains("<path class=\"structure"), "{address} draws the reference");
    assert!(!text.contains("class=\"spread-plot"), "{address} shows a distribution");
    let is_svg = address.ends_with(".svg") && address.contains("/benchmarks/");
    let is_refused = answer.status == StatusCode::NOT_FOUND;
    let has_values = address.contains("/scores/") || address.contains("/mean-image");
    assert!(is_refused || !(is_svg || has_values), "{address} gives values of images");
    assert!(!text.contains("0.123456"), "{address} is precise");
    // Outlines belong to the entry.
    let is_file = address.contains("/outlines/") || is_api_description(address);
    if answer.header("content-type").starts_with("application/json") && !is_file {
        let json = answer.json();
        assert_eq!(precise_number(&json), None, "{address}: {json}");
        assert_eq!(hidden_key(&json), None, "{address}: {json}");
        let results = [&json["results"], &json, &json["past_results"][0]["results"]];
        assert!(
            results.iter().all(|one| one["objects"].is_null()
                || one["images"].is_null()
                || one["digest"].is_string()),
            "{address} has every image's values"
        );
    }
    if address.starts_with("/benchmarks/") && address.ends_with("results.csv") {
        // Means alone, of no fold.
        for row in text.lines().skip(1) {
            assert!(row.ends_with(",,,,,,,,,,") && row.contains(",all,"), "{address}: {row}");
        }
    } else if address.ends_with("results.csv") {
        // The table's head only; a refusal is empty.
        assert!(text.lines().count() <= 1, "{address}: {text}");
    }
}

#[tokio::test]
async fn no_address_gives_anything_of_a_hidden_reference_to_anybody() {
    let (site, submission) = hidden_site().await;
    let drawings = drawings(&site).await;
    let addresses = readable_addresses(&site, &submission);
    assert!(addresses.iter().any(|one| one.contains("masks/reference/heart/T6.png")));
    for cookie in [String::new(), site.cookie("c@x.org").await] {
        let mut n_answered = 0;
        for address in &addresses {
            let answer = page_as(&site, address, &cookie).await;
            n_answered += usize::from(answer.status == StatusCode::OK);
            check(address, &answer, &drawings);
        }
        assert!(n_answered > 50, "{n_answered} of {} answered", addresses.len());
    }
}

#[tokio::test]
async fn scores_against_a_hidden_reference_are_there_rounded_also_for_who_handed_in() {
    let (site, submission) = hidden_site().await;
    let cookie = site.cookie("c@x.org").await;
    let address = format!("/api/v1/submissions/{submission}");
    let answer = page_as(&site, &address, &cookie).await.json();
    let full = site.store.submissions().get(&submission).await.unwrap().unwrap().result.unwrap();
    let exact = full.objects["heart"]["overlap"].mean.unwrap();
    let shown = answer["results"]["objects"]["heart"]["overlap"]["mean"].as_f64().unwrap();
    assert!(shown != exact && (shown - exact).abs() <= 0.0005, "{shown} for {exact}");
    assert_eq!(answer["suspicions"]["suspicions"], serde_json::json!([]));
    let masd = answer["results"]["objects"]["heart"]["masd_mm"]["mean"].as_f64().unwrap();
    assert_eq!((masd * 10.0).round() / 10.0, masd, "distances lose two decimals more");
}

#[tokio::test]
async fn images_results_are_hidden_rounded_or_public_as_the_operator_says() {
    let site = Site::published().await;
    let address = format!("/api/v1/entries/{}", site.entry("Shifted"));
    let mut found = Vec::new();
    for image_results in [ImageResults::Public, ImageResults::Decimals(1), ImageResults::Hidden] {
        let settings = BenchmarkSettings {
            image_results: Some(image_results),
            ..BenchmarkSettings::default()
        };
        site.store.settings().set("tiny", &settings).await.unwrap();
        let json = site.get(&address).await.json();
        found.push(json["results"]["images"][0]["objects"]["heart"]["overlap"].clone());
    }
    let exact = found[0].as_f64().unwrap();
    assert_eq!(found[1], (exact * 10.0).round() / 10.0);
    assert_eq!(found[2], Value::Null);
}

#[tokio::test]
async fn downloads_are_offered_or_not_as_the_operator_says() {
    let site = Site::published().await;
    let mask = "/api/v1/benchmarks/tiny/masks/reference/heart/T1.png";
    for (downloads, status) in
        [(Some(false), StatusCode::NOT_FOUND), (Some(true), StatusCode::OK), (None, StatusCode::OK)]
    {
        let downloads = downloads.map(Permission::from);
        let settings = BenchmarkSettings { downloads, ..BenchmarkSettings::default() };
        site.store.settings().set("tiny", &settings).await.unwrap();
        assert_eq!(site.get(mask).await.status, status, "{downloads:?}");
    }
}

#[tokio::test]
async fn the_operators_terms_are_shown_accepted_and_known_by_their_wording() {
    let site = Site::published().await;
    site.store.accounts().add("a@x.org", "Ann", Role::Participant, None).await.unwrap();
    let cookie = site.cookie("a@x.org").await;
    let address = "/benchmarks/tiny/terms";
    let version = |page: &str| {
        page.split("name=\"version\" value=\"").nth(1).map(|rest| rest[..16].to_owned())
    };
    let set = async |terms: &str| {
        let settings = BenchmarkSettings { terms: terms.into(), ..BenchmarkSettings::default() };
        site.store.settings().set("tiny", &settings).await.unwrap();
        page_as(&site, address, &cookie).await.text().to_owned()
    };
    let first = set("Cite us & <b>be kind</b>.").await;
    assert!(first.contains("Cite us &#38; &#60;b&#62;be kind"), "{first}");
    let first = version(&first).unwrap();
    let accept = async |version: &str| {
        let request = Request::post(address)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Cookie", &cookie)
            .body(Body::from(format!("version={version}")));
        site.send(request.unwrap()).await
    };
    accept(&first).await;
    assert!(page_as(&site, address, &cookie).await.text().contains("You accepted this version on"));
    let second = version(&set("Cite us twice.").await).unwrap();
    assert_ne!(first, second);
    accept(&first).await;
    assert!(
        version(page_as(&site, address, &cookie).await.text()).is_some(),
        "not what was accepted"
    );
    let user = site.store.accounts().by_email("a@x.org").await.unwrap().unwrap();
    let accepted = site.store.acceptances().of_user(&user.id).await.unwrap();
    assert_eq!(accepted.len(), 1);
    assert_eq!(accepted[0].terms_version, first);
}

#[tokio::test]
async fn observers_masks_are_given_to_who_has_accepted_the_operators_terms() {
    let site = Site::published().await;
    let user = site.store.accounts().add("a@x.org", "Ann", Role::Participant, None).await.unwrap();
    let token = site.store.tokens().create("a@x.org", [scr_store::Scope::Read], "").await.unwrap();
    let settings = BenchmarkSettings { terms: "Be kind.".into(), ..BenchmarkSettings::default() };
    site.store.settings().set("tiny", &settings).await.unwrap();
    let masks = [
        "/api/v1/benchmarks/tiny/masks/reference/heart/T1.png".to_owned(),
        format!("/api/v1/entries/{}/masks/heart/T1.png", site.entry("Second observer")),
    ];
    let statuses = async || {
        let mut statuses = Vec::new();
        for mask in &masks {
            let request = Request::get(mask).header("Authorization", format!("Bearer {token}"));
            statuses.push(site.send(request.body(Body::empty()).unwrap()).await.status);
            statuses.push(site.get(mask).await.status);
        }
        statuses
    };
    assert_eq!(statuses().await, [StatusCode::FORBIDDEN; 4]);
    let terms = site.page("/benchmarks/tiny/terms").await;
    let version = terms.split("Version</dt><dd><code>").nth(1).unwrap()[..16].to_owned();
    site.store.acceptances().accept(&user.id, "tiny", &version).await.unwrap();
    let (ok, no) = (StatusCode::OK, StatusCode::FORBIDDEN);
    assert_eq!(statuses().await, [ok, no, ok, no]);
    let own = format!("/api/v1/entries/{}/masks/heart/T1.png", site.entry("Shifted"));
    assert_eq!(site.get(&own).await.status, ok, "an entry's masks are its maker's");
}

#[tokio::test]
async fn an_undefined_distance_against_a_hidden_reference_counts_as_the_longest_diagonal() {
    let site = Site::published().await;
    let masd = async || {
        let address = format!("/api/v1/entries/{}", site.entry("Hole"));
        site.get(&address).await.json()["results"]["objects"]["heart"]["masd_mm"].clone()
    };
    let shown = masd().await;
    assert_eq!((&shown["mean"], &shown["n_undefined"]), (&0.0.into(), &1.into()));
    hide(&site, BenchmarkSettings::default()).await;
    let hidden = masd().await;
    // One of six images of 24 x 20 pixels of 1.4 mm, the others exact.
    let expected = (24.0_f64.hypot(20.0) * 1.4 / 6.0 * 10.0).round() / 10.0;
    assert_eq!((&hidden["mean"], &hidden["n_undefined"]), (&expected.into(), &Value::Null));
}

#[tokio::test]
async fn other_observers_are_hidden_with_the_reference_unless_the_operator_shows_them() {
    let site = Site::published().await;
    let files = [
        "/api/v1/benchmarks/tiny/outlines/second/T1.json".to_owned(),
        "/api/v1/benchmarks/tiny/masks/second/heart/T1.png".to_owned(),
        format!("/api/v1/entries/{}/outlines/T1.json", site.entry("Second observer")),
        format!("/api/v1/entries/{}/masks/heart/T1.png", site.entry("Second observer")),
        format!("/api/v1/entries/{}/posteriors/heart/T1.png", site.entry("Second observer")),
    ];
    let statuses = async || {
        let mut statuses = Vec::new();
        for file in &files {
            statuses.push(site.get(file).await.status);
        }
        statuses
    };
    assert_eq!(statuses().await, [StatusCode::OK; 5]);
    hide(&site, BenchmarkSettings::default()).await;
    assert_eq!(statuses().await, [StatusCode::NOT_FOUND; 5]);
    let page = site.page("/benchmarks/tiny/browse/T1").await;
    assert!(!page.contains("Second observer"), "{page}");
    hide(&site, BenchmarkSettings { show_observers: true, ..BenchmarkSettings::default() }).await;
    assert_eq!(statuses().await, [StatusCode::OK; 5]);
}

#[tokio::test]
async fn with_a_hidden_reference_a_reviewer_reads_flags_in_words_and_a_submitter_none() {
    let (site, submission) = hidden_site().await;
    let address = format!("/review/{submission}");
    let own = page_as(&site, &address, &site.cookie("c@x.org").await).await;
    assert!(!own.text().contains("almost the reference"), "{}", own.text());
    site.store.accounts().add("d@x.org", "Dan", Role::Curator, None).await.unwrap();
    let other = page_as(&site, &address, &site.cookie("d@x.org").await).await;
    assert!(other.text().contains("The masks are almost the reference’s."), "{}", other.text());
    assert!(!other.text().contains("0.123456") && !other.text().contains("p ="));
}

#[tokio::test]
async fn tables_against_a_hidden_reference_have_means_alone_and_say_so() {
    let (site, _) = hidden_site().await;
    let page = site.page("/benchmarks/tiny/results").await;
    assert!(page.contains("The reference of this benchmark is hidden."), "{page}");
    assert!(page.contains("mean of pixel error, as it is shown"), "{page}");
    for word in ["sort=pixel_error.median", "sort=overlap.ci95", "<svg class=\"box"] {
        assert!(!page.contains(word), "{word}: {page}");
    }
}

async fn hide(site: &Site, settings: BenchmarkSettings) {
    let settings = BenchmarkSettings { reference: Reference::Hidden, ..settings };
    site.store.settings().set("tiny", &settings).await.unwrap();
}
