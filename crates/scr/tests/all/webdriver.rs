//! A browser driven over WebDriver.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;

use crate::command::root;

/// Running chromedriver with one browser window.
pub(crate) struct Browser {
    driver: Child,
    pub(crate) client: Client,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Starts a browser. Prints the reason and returns none on a machine without one; with
    /// `SCR_REQUIRE_BROWSER` set it fails instead.
    pub(crate) async fn start(width: u32, height: u32, dark: bool) -> Option<Self> {
        let is_there = |name: &str| {
            Command::new(name)
                .arg("--version")
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok()
        };
        if !(is_there("chromium") && is_there("chromedriver")) {
            assert!(
                std::env::var_os("SCR_REQUIRE_BROWSER").is_none(),
                "chromium and chromedriver are required here and not found"
            );
            eprintln!("skipped: needs chromium and chromedriver");
            return None;
        }
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let stdout = driver.stdout.take().expect("stdout is piped");
        let port = BufReader::new(stdout)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                line.split("successfully on port ")
                    .nth(1)?
                    .trim_end_matches('.')
                    .parse::<u16>()
                    .ok()
            })
            .expect("chromedriver says its port");
        let profile = tempfile::tempdir().expect("a folder for the profile");
        let mut arguments = vec![
            "--headless=new".to_owned(),
            "--no-sandbox".into(),
            "--disable-gpu".into(),
            "--no-first-run".into(),
            "--disable-quic".into(),
            "--disable-background-networking".into(),
            "--disable-component-update".into(),
            "--disable-sync".into(),
            "--disable-dev-shm-usage".into(),
            "--hide-scrollbars".into(),
            format!("--window-size={width},{height}"),
            format!("--user-data-dir={}", profile.path().display()),
        ];
        if dark {
            arguments.push("--blink-settings=preferredColorScheme=0".into());
        }
        let capabilities = serde_json::json!({
            "goog:chromeOptions": { "args": arguments, "binary": "/usr/bin/chromium" },
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities.as_object().expect("an object").clone())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("a browser window opens");
        Some(Self { driver, client, _profile: profile })
    }

    /// Runs a script that returns a value.
    pub(crate) async fn script(&self, code: &str) -> serde_json::Value {
        self.client.execute(code, vec![]).await.expect("the script runs")
    }

    /// Waits until a script returns true; fails with `what` after 20 s.
    pub(crate) async fn until(&self, what: &str, condition: &str) {
        let code = format!("return Boolean({condition})");
        for _ in 0..400 {
            if self.script(&code).await == serde_json::Value::Bool(true) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("{what}: never `{condition}` at {}", self.address().await);
    }

    /// Address of the current page.
    pub(crate) async fn address(&self) -> String {
        self.client.current_url().await.expect("a page is open").to_string()
    }

    /// Writes a screenshot into `target/screenshots`.
    pub(crate) async fn picture(&self, name: &str) {
        let folder: PathBuf = root().join("target/screenshots");
        std::fs::create_dir_all(&folder).expect("the folder can be made");
        let png = self.client.screenshot().await.expect("a screenshot");
        std::fs::write(folder.join(format!("{name}.png")), png)
            .expect("the picture can be written");
    }

    /// Closes window and driver.
    pub(crate) async fn close(mut self) {
        let _ = self.client.clone().close().await;
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
