//! Help of all commands equals `docs/reference/command-line.md`.

use std::fmt::Write as _;
use std::process::{Command, Stdio};

use crate::command::root;

/// Environment variable that writes the document instead of comparing it.
const WRITE: &str = "SCR_WRITE_DOCS";

const HEAD: &str = "# Command line

<!-- Made from the help of every command; to write it again:
     SCR_WRITE_DOCS=1 cargo test -p scr --test all help:: -->

Data goes to stdout, logs and progress to stderr. Exit code 0: done; 1: the input is at fault, and
everything that is wrong with it is listed; 2: wrong usage.
";

/// Output of `scr ARGUMENTS --help`, 100 columns wide.
fn help(arguments: &[String]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_scr"))
        .args(arguments)
        .arg("--help")
        // Independent of the terminal's width and of defaults of this machine.
        .stdin(Stdio::null())
        .env("COLUMNS", "100")
        .env_remove("SCR_TOKEN")
        .env_remove("SCR_IDENTITY_PROVIDERS")
        .output()
        .expect("the binary is built");
    assert!(output.status.success(), "{arguments:?} has no help");
    String::from_utf8(output.stdout).expect("help is text")
}

/// Adds the help of a command and of its subcommands.
fn add(text: &mut String, command: &[String]) {
    let help = help(command);
    let name = [&["scr".to_owned()], command].concat().join(" ");
    let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
    write!(text, "\n## {name}\n\n```text\n{}\n```\n", lines.join("\n").trim_end())
        .expect("text takes text");
    let below = lines.iter().skip_while(|line| **line != "Commands:").skip(1);
    for line in below.take_while(|line| line.starts_with("  ")) {
        let subcommand = line.split_whitespace().next().expect("a line names a command");
        // Continued descriptions have a deeper indentation.
        if line.starts_with("   ") || subcommand == "help" {
            continue;
        }
        add(text, &[command, &[subcommand.to_owned()]].concat());
    }
}

#[test]
fn the_reference_of_the_command_line_is_the_help_of_every_command() {
    let mut printed = HEAD.to_owned();
    add(&mut printed, &[]);
    let path = root().join("docs/reference/command-line.md");
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, &printed).expect("it can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == printed,
        "docs/reference/command-line.md is out of date; write it again with\n  \
         {WRITE}=1 cargo test -p scr --test all help::"
    );
}

#[test]
fn completions_are_printed_for_every_shell() {
    for (shell, expected) in [
        ("bash", "complete -F _scr"),
        ("zsh", "#compdef scr"),
        ("fish", "complete -c scr"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion:arg-completer[scr]"),
    ] {
        let script = crate::command::run_well(["completions", shell]);
        assert!(script.contains(expected), "{shell}: {script}");
        assert!(script.contains("evaluate"), "{shell} completes commands");
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let temp = tempfile::tempdir().expect("a folder can be made");
    let out = temp.path().join("man");
    crate::command::run_well(["man", "--out", &crate::command::text(&out)]);
    let pages = crate::command::files(&out);
    for name in ["scr.1", "scr-evaluate.1", "scr-admin-user-add.1", "scr-man.1"] {
        let page = String::from_utf8_lossy(&pages[name]);
        assert!(page.contains(".SH NAME") && page.contains(".SH SYNOPSIS"), "{name}: {page}");
    }
}
