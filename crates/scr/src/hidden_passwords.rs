//! Passwords of URLs on the command line, hidden from lists of processes.
//!
//! Everybody on a machine can read the arguments of its processes; the environment of a process
//! is its owner's. So a command with a password among its arguments begins again as the same
//! process, with `***` in its place and the URLs in a variable of the environment.

use std::ffi::OsString;

/// Variable with the URLs whose passwords are hidden, a line each.
const VARIABLE: &str = "SCR_HIDDEN_URLS";
/// Text in place of a password.
const HIDDEN: &str = "***";

/// Begins the process again without passwords among its arguments; returns if there are none,
/// or if the system cannot.
pub(crate) fn hide() {
    let mut urls = Vec::new();
    let arguments: Vec<OsString> =
        std::env::args_os().map(|argument| hidden(argument, &mut urls)).collect();
    if !urls.is_empty() {
        begin_again(&arguments, &urls.join("\n"));
    }
}

/// The URL of an argument, with the password that was hidden.
pub(crate) fn revealed(argument: &str) -> String {
    let urls = std::env::var(VARIABLE).unwrap_or_default();
    let is_it = |url: &&str| without_password(url).as_deref() == Some(argument);
    urls.lines().find(is_it).unwrap_or(argument).to_owned()
}

/// An argument without its password; notes the URL that had one.
fn hidden(argument: OsString, urls: &mut Vec<String>) -> OsString {
    let Some(text) = argument.to_str() else { return argument };
    // `--database=URL` is one argument.
    let url = match text.split_once('=') {
        Some((name, url)) if name.starts_with("--") => url,
        _ => text,
    };
    let Some(without) = without_password(url) else { return argument };
    urls.push(url.to_owned());
    format!("{}{without}", text.strip_suffix(url).unwrap_or_default()).into()
}

/// A URL of a database with its password hidden; none where it has none to hide.
fn without_password(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    if !matches!(scheme, "postgres" | "postgresql") {
        return None;
    }
    let end = rest.find('/').unwrap_or(rest.len());
    let at = rest[..end].rfind('@')?;
    let (user, password) = rest[..at].split_once(':')?;
    let is_hidden = password.is_empty() || password == HIDDEN;
    (!is_hidden).then(|| format!("{scheme}://{user}:{HIDDEN}{}", &rest[at..]))
}

#[cfg(unix)]
fn begin_again(arguments: &[OsString], urls: &str) {
    use std::os::unix::process::CommandExt;
    let Ok(program) = std::env::current_exe() else { return };
    let mut again = std::process::Command::new(program);
    again.args(arguments.iter().skip(1)).env(VARIABLE, urls);
    if let Some(name) = arguments.first() {
        again.arg0(name);
    }
    // Returns only when it fails; the command then goes on as it is.
    let _ = again.exec();
}

#[cfg(not(unix))]
fn begin_again(_: &[OsString], _: &str) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_replaced_and_everything_else_stays() {
        let hide = |text: &str| {
            let mut urls = Vec::new();
            let hidden = hidden(text.into(), &mut urls);
            (hidden.into_string().unwrap(), urls)
        };
        let url = "postgres://scr:a@b:c@host:5432/site?x=1";
        let shown = "postgres://scr:***@host:5432/site?x=1";
        assert_eq!(hide(url), (shown.to_owned(), vec![url.to_owned()]));
        let argument = format!("--database={url}");
        assert_eq!(hide(&argument), (format!("--database={shown}"), vec![url.to_owned()]));
        for same in [
            shown,
            "postgres://host/site",
            "postgres://scr@host/site",
            "s3://bucket/prefix",
            "--dir=a",
            "x",
            "https://a:b@host",
        ] {
            assert_eq!(hide(same), (same.to_owned(), Vec::new()));
        }
    }
}
