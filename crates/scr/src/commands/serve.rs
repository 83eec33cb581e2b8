//! `scr serve`: the site over one data folder.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use scr_store::Store;
use scr_web::SiteSettings;
use scr_work::{run_sender, run_worker};
use tokio::net::TcpListener;

use super::mail::MailOptions;
use super::worker::worker;

#[derive(Args)]
pub(crate) struct Serve {
    /// Data folder, as `scr demo` fills it
    #[arg(long)]
    dir: PathBuf,
    /// Address to listen at
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The site's own address as people see it, such as `https://scr.example.org`: for
    /// links in mails; with https, cookies are sent over TLS only
    #[arg(long, value_name = "URL", value_parser = parse_public_url)]
    public_url: Option<String>,
    /// Take a client's address from the last one in `X-Forwarded-For`; only when every
    /// request comes through a proxy that adds it
    #[arg(long)]
    behind_proxy: bool,
    #[command(flatten)]
    mail: MailOptions,
}

/// An address without a path.
fn parse_public_url(text: &str) -> Result<String, String> {
    let text = text.trim_end_matches('/');
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let is_good = host.is_some_and(|host| {
        !host.is_empty() && !host.contains(|c: char| "/?#@".contains(c) || c.is_whitespace())
    });
    if is_good {
        Ok(text.to_owned())
    } else {
        Err("expected http://HOST or https://HOST, without a path".to_owned())
    }
}

impl Serve {
    pub(crate) fn run(self) -> Result<()> {
        if !self.dir.is_dir() {
            bail!("{} is no folder; `scr demo --dir DIR` fills one", self.dir.display());
        }
        let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
        let settings =
            SiteSettings { public_url: self.public_url, behind_proxy: self.behind_proxy };
        runtime.block_on(serve(&self.dir, self.listen, settings, &self.mail))
    }
}

/// Serves the store in `dir` until the process is told to stop.
pub(crate) async fn serve(
    dir: &Path,
    listen: SocketAddr,
    settings: SiteSettings,
    mail: &MailOptions,
) -> Result<()> {
    let store = Store::open(dir).await?;
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen at {listen}; choose another with --listen"))?;
    let address = listener.local_addr().context("the listener has no address")?;
    println!("http://{address}/");
    eprintln!("serving {}; stop with Ctrl-C", dir.display());
    let site = settings.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let sender = mail.sender(&store, dir, site)?;
    let (stop, stopped) = tokio::sync::watch::channel(());
    let mails = tokio::spawn(run_sender(sender, until_dropped(stopped.clone())));
    let work = tokio::spawn(run_worker(worker(&store), until_dropped(stopped)));
    scr_web::serve(listener, store, settings, stop_signal()).await.context("the server failed")?;
    drop(stop);
    work.await.context("the worker failed")?;
    mails.await.context("the sender of mails failed")?;
    Ok(())
}

async fn until_dropped(mut sender: tokio::sync::watch::Receiver<()>) {
    while sender.changed().await.is_ok() {}
}

/// Ends when the process is told to stop by Ctrl-C or by a service manager.
pub(crate) async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without signal handlers the process is stopped the hard way; nothing is lost.
    let _ = interrupt.await;
}
