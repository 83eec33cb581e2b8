//! Options of the place of a site: a data folder, or a database and a bucket.

use std::fmt;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use scr_bucket::BucketAddress;
use scr_store::{DATABASE_FILE, Engines, Location, SecretUrl};

use crate::hidden_passwords;

/// Variable of the environment with the URL of a database.
const DATABASE_VARIABLE: &str = "DATABASE_URL";
/// Variable of the environment with the address of a bucket.
const BLOBS_VARIABLE: &str = "BLOBS_URL";

/// Place of a site.
#[derive(Args)]
pub(crate) struct Place {
    /// Data folder of the site
    #[arg(long, value_name = "DATA", required_unless_present = "database")]
    dir: Option<PathBuf>,
    /// In place of --dir: PostgreSQL database of the site, `postgres://USER:PASSWORD@HOST/NAME`
    #[arg(long, value_name = "URL", env = DATABASE_VARIABLE, hide_env_values = true)]
    database: Option<UrlText>,
    /// With --database: bucket with the site's files, `s3://BUCKET/PREFIX`; its endpoint and
    /// credentials are in AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID and
    /// AWS_SECRET_ACCESS_KEY
    #[arg(long, value_name = "URL", env = BLOBS_VARIABLE, hide_env_values = true)]
    blobs: Option<UrlText>,
    /// With --database: folder of this machine for copies of benchmarks and uploads, for mails
    /// and for the site's texts [default: a temporary one]
    #[arg(long, value_name = "FOLDER")]
    scratch: Option<PathBuf>,
}

impl Place {
    /// The place. A data folder that is given wins over engines in the environment.
    pub(crate) fn location(&self) -> Result<Location> {
        let given = |url: &Option<UrlText>, variable: &str| {
            url.as_ref().is_some_and(|url| std::env::var(variable).ok().as_ref() != Some(&url.0))
        };
        let Some(dir) = &self.dir else {
            return engines(self.database.as_ref(), self.blobs.as_ref(), self.scratch.clone());
        };
        if given(&self.database, DATABASE_VARIABLE) || given(&self.blobs, BLOBS_VARIABLE) {
            bail!("a site is in one place: expected --dir, or --database and --blobs, found both");
        }
        Ok(Location::Folder(dir.clone()))
    }

    /// The place of a site that exists: a data folder with a database, or engines.
    pub(crate) fn existing(&self) -> Result<Location> {
        let location = self.location()?;
        if let Location::Folder(dir) = &location
            && !dir.join(DATABASE_FILE).is_file()
        {
            bail!("no site is at {}, expected a file {DATABASE_FILE} there", dir.display());
        }
        Ok(location)
    }
}

/// Engines by their addresses.
pub(crate) fn engines(
    database: Option<&UrlText>,
    blobs: Option<&UrlText>,
    scratch: Option<PathBuf>,
) -> Result<Location> {
    let (Some(database), Some(blobs)) = (database, blobs) else {
        bail!("a site on engines has two: expected --database and --blobs, found one of them");
    };
    let database = SecretUrl::parse(&hidden_passwords::revealed(&database.0))?;
    let bucket = BucketAddress::parse(&blobs.0, |name| std::env::var(name).ok())?;
    Ok(Location::Engines(Box::new(Engines { database, bucket, scratch })))
}

/// URL of the command line that may have a password, and is never shown.
#[derive(Clone)]
pub(crate) struct UrlText(String);

impl From<String> for UrlText {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for UrlText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a URL")
    }
}
