//! `scr serve`: serves a site.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use scr_store::{Location, MIN_FREE_BYTES, Store};
use scr_web::{Peers, SiteSettings, SiteTexts, Tls, read_providers};
use scr_work::{run_sender, run_worker};
use tokio::net::TcpListener;

use super::mail::MailOptions;
use super::place::Place;
use super::shutdown::{SHUTDOWN_GRACE, stop_signal};
use super::worker::worker;
use crate::logging::LogOptions;
use crate::stdout::print;
use crate::tell::tell;

#[derive(Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    log: LogOptions,
}

/// Options of serving a site.
#[derive(Args)]
pub(crate) struct Options {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Public address of the site, such as `https://scr.example.org`, for links in mails;
    /// with https, cookies are sent over TLS only
    #[arg(long, value_name = "URL", value_parser = parse_public_url)]
    public_url: Option<String>,
    /// Take the client's address from the last one in `X-Forwarded-For`; safe only behind a
    /// proxy that adds it to every request
    #[arg(long)]
    behind_proxy: bool,
    /// File of identity providers for signing in, such as ORCID; needs --public-url
    #[arg(long, env = "SCR_IDENTITY_PROVIDERS", value_name = "FILE", requires = "public_url")]
    identity_providers: Option<PathBuf>,
    #[command(flatten)]
    mail: MailOptions,
    /// Certificate chain of the site, PEM, its own certificate first
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Private key of the certificate, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Serve only: `scr worker` does the work, also on other machines
    #[arg(long)]
    no_worker: bool,
    /// Free disk space to keep: uploads that would leave less are refused
    #[arg(long, value_name = "BYTES", default_value_t = MIN_FREE_BYTES)]
    min_free: u64,
}

/// Parses a public address, which has no path.
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

impl Options {
    /// Default options, listening on an address.
    pub(crate) fn at(listen: SocketAddr) -> Self {
        Self {
            listen,
            public_url: None,
            behind_proxy: false,
            identity_providers: None,
            mail: MailOptions::default(),
            tls_cert: None,
            tls_key: None,
            no_worker: false,
            min_free: MIN_FREE_BYTES,
        }
    }
}

impl Serve {
    pub(crate) const fn log_options(&self) -> &LogOptions {
        &self.log
    }

    pub(crate) fn run(self) -> Result<()> {
        let location = self.place.location()?;
        if let Location::Folder(dir) = &location
            && !dir.is_dir()
        {
            bail!(
                "{} is no folder; `scr admin benchmark add` and `scr demo` make one",
                dir.display()
            );
        }
        let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
        let kept = match &location {
            Location::Folder(dir) => Some(dir),
            Location::Engines(engines) => engines.scratch.as_ref(),
        };
        let mails = kept.and_then(|dir| self.options.mail.folder(dir));
        let served = runtime.block_on(serve(&location, self.options, |_| {
            tell!("serving {location}; stop with Ctrl-C");
            if let Some(folder) = mails {
                tell!("mails are text files in {}; send them with --smtp", folder.display());
            }
        }));
        runtime.shutdown_timeout(SHUTDOWN_GRACE);
        served
    }
}

/// Serves the store at `location` until a stop signal. Prints the address of the site, and calls
/// `on_start` with the address without a final `/`.
pub(crate) async fn serve(
    location: &Location,
    options: Options,
    on_start: impl FnOnce(&str),
) -> Result<()> {
    let Options {
        listen,
        public_url,
        behind_proxy,
        identity_providers,
        mail,
        tls_cert,
        tls_key,
        no_worker,
        min_free,
    } = options;
    let providers = identity_providers.as_deref().map(read_providers).transpose()?;
    let tls = tls_cert.zip(tls_key).map(|(cert, key)| Tls::open(&cert, &key)).transpose()?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let store = Store::open_at(location).await?.keep_free(min_free);
    let dir = store.local_path();
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("cannot listen on {listen}; choose another address with --listen")
    })?;
    let address = listener.local_addr().context("the listener has no address")?;
    let address = format!("{scheme}://{address}");
    print(None, &format!("{address}/\n"))?;
    on_start(&address);
    let site = public_url.unwrap_or(address);
    let settings = SiteSettings {
        public_url: Some(site.clone()),
        behind_proxy,
        providers: providers.unwrap_or_default(),
        texts: SiteTexts::read(dir)?,
    };
    let sender = mail.sender(&store, dir, site)?;
    let (stop, stopped) = tokio::sync::watch::channel(());
    let mails = tokio::spawn(run_sender(sender, until_dropped(stopped.clone())));
    let work =
        (!no_worker).then(|| tokio::spawn(run_worker(worker(&store), until_dropped(stopped))));
    let router = scr_web::router(&store.public(), settings);
    let peers = if behind_proxy { Peers::Proxy } else { Peers::Clients };
    scr_web::serve(listener, router, tls, peers, stop_signal()).await;
    drop(stop);
    if let Some(work) = work {
        work.await.context("the worker failed")?;
    }
    mails.await.context("the sender of mails failed")?;
    store.close().await;
    Ok(())
}

async fn until_dropped(mut sender: tokio::sync::watch::Receiver<()>) {
    while sender.changed().await.is_ok() {}
}
