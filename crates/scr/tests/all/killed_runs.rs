//! Runs of models whose worker is killed: no process stays, and the job runs again.
#![cfg(target_os = "linux")]

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use scr_onnx::RUNNER_COMMAND;

use crate::command::{run_well, scr};
use crate::onnx_models::leisurely_model;
use crate::submitting::{id, json};
use crate::verified_runs::{begin_model, served, set_well};

/// Waits until a value is there.
fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begin.elapsed() < Duration::from_secs(120), "waited for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Process of a model that a process has started; none before it serves.
fn runner_of(parent: u32) -> Option<u32> {
    let children = fs::read_dir(format!("/proc/{parent}/task")).ok()?;
    let lists =
        children.filter_map(|task| fs::read_to_string(task.ok()?.path().join("children")).ok());
    let all: Vec<String> = lists.collect();
    let mut ids =
        all.iter().flat_map(|list| list.split_whitespace()).filter_map(|id| id.parse().ok());
    ids.find(|id: &u32| {
        let line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(RUNNER_COMMAND)
    })
}

/// True where a process runs no more; nobody may have asked for its status yet.
fn is_gone(id: u32) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{id}/stat")) else { return true };
    stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'))
}

#[test]
fn the_process_of_a_model_ends_with_a_parent_that_is_killed_in_the_middle_of_a_run() {
    let served = served();
    let (model, card) = (served.path("slow.onnx"), served.path("model.toml"));
    let line = ["model", "check", &model, "--card", &card, "--model-time", "600"];
    let mut check = scr(line).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let runner = wait_for("the model's process", || runner_of(check.id()));
    // A model that was loaded runs at once.
    std::thread::sleep(Duration::from_secs(1));
    check.kill().unwrap();
    check.wait().unwrap();
    wait_for("the end of the model's process", || is_gone(runner).then_some(()));
}

#[test]
fn a_worker_killed_in_the_middle_of_a_run_leaves_no_process_and_the_job_runs_again() {
    let mut served = served();
    set_well(&served, &["--models", "allowed", "--model-time", "120"]);
    fs::write(served.path("leisurely.onnx"), leisurely_model()).unwrap();
    let submitted = begin_model(&served, "leisurely", &[]);
    assert_eq!(submitted.code, 0, "{}", submitted.stderr);
    let id = id(&submitted);
    let server = served.server.id();
    let runner = wait_for("a run", || runner_of(server));
    served.kill_and_start();
    wait_for("the end of the model's process", || is_gone(runner).then_some(()));
    let state = || json(&served.ask(&["status", &id], 0))["state"].as_str().unwrap().to_owned();
    let before = state();
    assert_eq!(before, "received", "nothing came of the run that was killed");
    wait_for("another run", || (state() == "awaiting_review").then_some(()));

    let status = json(&served.ask(&["status", &id], 0));
    assert_eq!(status["verified_run"]["n_images"], 4);
    let log = status["log"].as_array().unwrap();
    let scored = log.iter().filter(|line| line["state"] == "awaiting_review").count();
    assert_eq!(scored, 1, "one result: {log:?}");
    let uploads = served.temp.path().join("site/uploads");
    let kept = fs::read_dir(uploads).unwrap().map(|file| file.unwrap().file_name());
    let kept: Vec<_> = kept.filter(|name| name.to_string_lossy().contains("masks")).collect();
    assert_eq!(kept.len(), 1, "one set of masks: {kept:?}");
    run_well(["verify", &served.path("site"), "--scores"]);
}
