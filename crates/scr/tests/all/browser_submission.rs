//! A submission in a browser, from sign-up to the published entry: a set that lacks a mask
//! is refused, the complete set is scored, and a curator publishes it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use fantoccini::{Client, Locator};
use tempfile::TempDir;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::command::{files, run_well, scr, text};
use crate::submitting::start;
use crate::webdriver::Browser;

const PASSWORD: &str = "correct horse battery";
const CURATOR: &str = "curator@example.org";
const PARTICIPANT: &str = "ann@example.org";

/// Served site with a benchmark of four phantoms and a curator, and two zip files of masks:
/// a complete one, and one that lacks a mask.
struct Story {
    temp: TempDir,
    server: Child,
    address: String,
    good: PathBuf,
    bad: PathBuf,
    lacking: String,
}

impl Story {
    fn new() -> Self {
        let temp = tempfile::tempdir().expect("a folder can be made");
        let path = |name: &str| text(&temp.path().join(name));
        let (bench, site) = (path("bench"), path("site"));
        run_well(["phantom", "--out", &bench, "--images", "4", "--seed", "3", "--size", "128"]);
        run_well(["run", "mean-shape", "--benchmark", &bench, "--out", &path("masks")]);
        run_well(["admin", "benchmark", "add", &bench, "--dir", &site]);
        let mut add = scr(["admin", "user", "add", CURATOR, "--name", "C", "--role", "curator"])
            .args(["--password-stdin", "--dir", &site])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("the binary is built");
        let mut stdin = add.stdin.take().expect("stdin is piped");
        writeln!(stdin, "{PASSWORD}").expect("it is read");
        drop(stdin);
        assert!(add.wait().expect("it ends").success());
        let masks = files(&temp.path().join("masks"));
        let masks = masks.into_iter().filter(|(name, _)| name.ends_with(".png"));
        let masks: Vec<(String, Vec<u8>)> = masks.collect();
        let (good, bad) = (temp.path().join("good.zip"), temp.path().join("bad.zip"));
        zip(&good, &masks);
        zip(&bad, &masks[1..]);
        let lacking = masks[0].0.clone();
        let (server, address) = start(&temp.path().join("site"));
        Self { temp, server, address, good, bad, lacking }
    }

    /// Waits for the first mail. Returns its link.
    async fn link_in_mail(&self) -> String {
        let folder = self.temp.path().join("site/mail");
        for _ in 0..400 {
            let mails = if folder.is_dir() { files(&folder) } else { Default::default() };
            let mail =
                mails.values().next().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            let found = mail.as_ref().and_then(|mail| {
                mail.split_whitespace().find(|word| word.contains("/account/confirm?"))
            });
            if let Some(link) = found {
                let (_, path) = link.split_once("/account/").expect("it is a link");
                return format!("{}/account/{path}", self.address);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no mail came into {}", folder.display());
    }
}

impl Drop for Story {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn zip(path: &Path, masks: &[(String, Vec<u8>)]) {
    let mut zip = ZipWriter::new(fs::File::create(path).expect("a file can be made"));
    for (name, png) in masks {
        zip.start_file(name, SimpleFileOptions::default()).expect("a file begins");
        zip.write_all(png).expect("it is written");
    }
    zip.finish().expect("it ends");
}

async fn fill(client: &Client, selector: &str, words: &str) {
    let field = client.find(Locator::Css(selector)).await.expect(selector);
    field.send_keys(words).await.expect(selector);
}

async fn click(client: &Client, selector: &str) {
    client.find(Locator::Css(selector)).await.expect(selector).click().await.expect(selector);
}

async fn sign_in(client: &Client, address: &str, email: &str) {
    client.goto(&format!("{address}/account/sign-in")).await.expect("the page opens");
    fill(client, "#email", email).await;
    fill(client, "#password", PASSWORD).await;
    click(client, "form[action='/account/sign-in'] button").await;
}

fn is_on(path: &str) -> String {
    format!("location.pathname === '{path}' && document.readyState === 'complete'")
}

fn shows(words: &str) -> String {
    format!("document.body.innerText.includes('{words}')")
}

#[test]
fn masks_go_from_a_browser_to_a_page_that_a_stranger_sees() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    runtime.block_on(async {
        let Some(browser) = Browser::start(1280, 1000, false).await else { return };
        let story = Story::new();
        let (client, address) = (&browser.client, story.address.clone());
        let open = async |path: &str| {
            client.goto(&format!("{address}{path}")).await.expect("the page opens");
        };

        // Wants to submit, signs up, confirms the address, and comes back to the form.
        open("/benchmarks/phantom/submit").await;
        click(client, "main a[href^='/account/sign-up?next=']").await;
        fill(client, "#name", "Ann").await;
        fill(client, "#email", PARTICIPANT).await;
        fill(client, "#password", PASSWORD).await;
        click(client, "form[action='/account/sign-up'] button").await;
        let link = story.link_in_mail().await;
        client.goto(&link).await.expect("the link opens");
        fill(client, "#password", PASSWORD).await;
        click(client, "form[action='/account/confirm'] button").await;
        browser.until("she is back", &is_on("/benchmarks/phantom/submit")).await;

        // All problems are listed at once; the typed text stays.
        open("/benchmarks/phantom").await;
        click(client, "a[href$='/submit']").await;
        browser
            .until("the form opens", "document.querySelector('#folder-choice:not([hidden])')")
            .await;
        fill(client, "#authors", "A. Tester").await;
        click(client, "#submit button").await;
        let faults = "document.querySelectorAll('[data-field-error]:not([hidden])').length";
        browser.until("all is told", &format!("{faults} === 4")).await;
        browser.picture("submit-faults").await;

        // A mask is missing.
        fill(client, "#name", "Mean <b>shape</b>").await;
        for choice in ["#two_fold_declaration", "#accept_terms"] {
            click(client, choice).await;
        }
        fill(client, "#file", &text(&story.bad)).await;
        click(client, "#submit button").await;
        browser.until("the check tells", &shows("1 problem")).await;
        browser.until("the mask is named", &shows(story.lacking.trim_end_matches(".png"))).await;
        browser.picture("submission-problems").await;

        // Corrected, with the same card.
        click(client, "a[href*='?from=']").await;
        browser
            .until("the form opens", "document.querySelector('#folder-choice:not([hidden])')")
            .await;
        let name = browser.script("return document.querySelector('#name').value").await;
        assert_eq!(name, "Mean <b>shape</b>");
        click(client, "#two_fold_declaration").await;
        fill(client, "#file", &text(&story.good)).await;
        click(client, "#submit button").await;
        browser.until("it is checked", &shows("Score these masks")).await;
        browser.picture("submission-checked").await;
        click(client, "form[action$='/confirm'] button").await;
        browser.until("it is scored", &shows("Lung fields")).await;
        browser.picture("submission-scored").await;
        let page = browser.script("return location.pathname").await;
        let page = page.as_str().expect("a path").to_owned();
        click(client, "a.button[href*='/browse/']").await;
        let drawn = "document.querySelector('#viewer canvas') && \
                     location.search.includes('submission=')";
        browser.until("the viewer shows the masks", drawn).await;
        browser.picture("submission-look").await;

        // The curator publishes.
        client.delete_all_cookies().await.expect("she signs out");
        sign_in(client, &address, CURATOR).await;
        browser.until("the curator is signed in", &is_on("/account")).await;
        click(client, "nav[aria-label='Site'] a[href='/review']").await;
        browser.until("the queue opens", &is_on("/review")).await;
        click(client, "main tbody th a").await;
        browser.until("the review opens", &shows("Where it would stand")).await;
        browser.picture("review").await;
        click(client, "form[action$='/publish'] button").await;
        browser.until("it is public", &shows("The submission is published")).await;

        // A stranger sees the entry, but not its review.
        client.delete_all_cookies().await.expect("he signs out");
        open("/benchmarks/phantom/results").await;
        browser.until("a stranger sees it", &shows("Mean <b>shape</b>")).await;
        open(&page).await;
        browser.until("the way is private", &is_on("/account/sign-in")).await;
        browser.close().await;
    });
}
