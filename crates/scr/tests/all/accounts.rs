//! Accounts in a browser: sign-up, confirmation by a mailed link, sign-out; no secret is
//! logged.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use fantoccini::Locator;
use scr_store::Store;

use crate::command::{scr, text};
use crate::webdriver::Browser;

const PASSWORD: &str = "correct horse battery";
/// Attempts to find a mail, 50 ms apart.
const ATTEMPTS: usize = 400;

/// Served site without a benchmark, with the log at its most detailed level.
struct Served {
    temp: tempfile::TempDir,
    server: Child,
    address: String,
}

impl Served {
    fn new() -> Self {
        let temp = tempfile::tempdir().expect("a folder can be made");
        let log = File::create(temp.path().join("log")).expect("the log can be made");
        let site = temp.path().join("site");
        std::fs::create_dir(&site).expect("the site's folder can be made");
        let mut server = scr(["serve", "--dir", &text(&site), "--listen", "127.0.0.1:0"])
            .env("SCR_LOG", "trace")
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the binary is built");
        let stdout = server.stdout.take().expect("stdout is piped");
        let line = BufReader::new(stdout).lines().next().expect("the address is printed");
        let line = line.expect("the address is text");
        Self { temp, server, address: line.trim_end_matches('/').to_owned() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.temp.path().join(name)
    }

    /// Waits for the first mail. Returns its link.
    async fn mailed_link(&self) -> String {
        for _ in 0..ATTEMPTS {
            if let Some(mail) = first_mail(&self.path("site/mail")) {
                let link = mail.lines().find(|line| line.starts_with(&self.address));
                return link.expect("the mail has a link on this site").to_owned();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no mail was written");
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Text of the first mail in a folder.
fn first_mail(folder: &Path) -> Option<String> {
    let entries = std::fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let path = entries
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "eml"))?;
    std::fs::read_to_string(path).ok()
}

async fn fill(browser: &Browser, fields: &[(&str, &str)]) {
    for (id, value) in fields {
        let field = browser.client.find(Locator::Id(id)).await.expect("the field is there");
        field.send_keys(value).await.expect("the field takes text");
    }
}

async fn press(browser: &Browser, button: &str) {
    let path = format!("//button[normalize-space()='{button}']");
    let button = browser.client.find(Locator::XPath(&path)).await.expect("the button is there");
    button.click().await.expect("the button can be pressed");
}

/// Presses a button that signs out and waits for the next page: an earlier request would
/// overtake the form.
async fn sign_out(browser: &Browser, button: &str) {
    press(browser, button).await;
    let condition = "location.pathname === '/' && document.readyState === 'complete'";
    browser.until("the first page", condition).await;
}

async fn heading(browser: &Browser, expected: &str) {
    let condition = format!("document.querySelector('h1')?.innerText === '{expected}'");
    browser.until(expected, &condition).await;
}

#[test]
fn a_person_signs_up_confirms_by_mail_makes_a_token_and_signs_out() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    runtime.block_on(async {
        let Some(browser) = Browser::start(1280, 1000, false).await else { return };
        let site = Served::new();
        let go = async |path: &str| {
            let address = format!("{}{path}", site.address);
            browser.client.goto(&address).await.expect("the page opens");
        };
        // Without a session the page asks for a sign-in.
        go("/account").await;
        heading(&browser, "Sign in").await;
        go("/account/sign-up").await;
        fill(&browser, &[("name", "Ann"), ("email", "ann@example.org"), ("password", PASSWORD)])
            .await;
        browser.picture("sign-up").await;
        press(&browser, "Sign up").await;
        heading(&browser, "Check your mail").await;

        let link = site.mailed_link().await;
        browser.client.goto(&link).await.expect("the link opens");
        heading(&browser, "Confirm your address").await;
        fill(&browser, &[("password", PASSWORD)]).await;
        press(&browser, "Confirm").await;
        heading(&browser, "Account").await;

        // Signs out, and in again with the password.
        sign_out(&browser, "Sign out").await;
        go("/account").await;
        heading(&browser, "Sign in").await;
        fill(&browser, &[("email", "ann@example.org"), ("password", PASSWORD)]).await;
        press(&browser, "Sign in").await;
        heading(&browser, "Account").await;

        browser.script("document.querySelector('input[name=submit]').click()").await;
        fill(&browser, &[("note", "laptop"), ("token-password", PASSWORD)]).await;
        browser.picture("account").await;
        press(&browser, "Create a token").await;
        heading(&browser, "A new token").await;
        let token = browser.script("return document.querySelector('#token').innerText").await;
        let token = token.as_str().expect("a token is text");
        go("/account").await;
        browser.until("the token is listed", "document.body.innerText.includes('laptop')").await;
        sign_out(&browser, "Sign out everywhere").await;
        go("/account").await;
        heading(&browser, "Sign in").await;

        let store = Store::open(&site.path("site")).await.expect("the store opens");
        let caller = store.tokens().authenticate(token).await.expect("tokens can be looked up");
        assert_eq!(caller.expect("the token is good").user.email, "ann@example.org");
        let log = std::fs::read_to_string(site.path("log")).expect("the log is text");
        for secret in [PASSWORD, token, link.split("?link=").nth(1).expect("a secret")] {
            assert!(!log.contains(secret), "{secret} is in the log");
        }
        browser.close().await;
    });
}

#[test]
fn no_token_and_no_link_is_in_the_log_however_much_is_logged() {
    let site = Served::new();
    let secrets = ["scr_0123456789abcdef", "fedcba9876543210", "not the right password"];
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let ask = |path: &str| {
        let request = agent.get(format!("{}{path}", site.address));
        let answer = request
            .header("Authorization", format!("Bearer {}", secrets[0]))
            .header("Cookie", format!("scr-session={}", secrets[1]))
            .call();
        answer.expect("the server answers").status().as_u16()
    };
    assert_eq!(ask("/api/v1/submissions/none"), 401);
    for page in ["confirm", "new-password"] {
        assert_eq!(ask(&format!("/account/{page}?link={}", secrets[1])), 200);
    }
    let form = [("email", "a@example.org"), ("password", secrets[2])];
    let answer = agent.post(format!("{}/account/sign-in", site.address)).send_form(form);
    assert_eq!(answer.expect("the server answers").status().as_u16(), 422);
    let log = std::fs::read_to_string(site.path("log")).expect("the log is text");
    assert!(log.contains("/account/confirm"), "requests are logged: {log}");
    for secret in secrets {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}
