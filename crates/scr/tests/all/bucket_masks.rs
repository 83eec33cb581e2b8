//! `scr evaluate s3://BUCKET/PREFIX`.
//!
//! Without the engines of `tests/engines/start` these tests say so and are skipped; with
//! `SCR_REQUIRE_ENGINES=1` they fail.

use std::process::Command;

use scr_bucket::{Bucket, BucketAddress};

use crate::command::{Finished, files, finished, run, run_well, scr, text};
use crate::engines::EngineSite;

#[test]
fn masks_in_a_bucket_have_the_bytes_of_a_folder_and_faults_are_refused() {
    let Some(site) = EngineSite::new() else { return };
    let bench = site.path("bench");
    run_well(["phantom", "--out", &bench, "--images", "4", "--size", "96"]);
    let folder = format!("{bench}/masks/second");
    let place = format!("{}/masks", site.blobs);
    let given = ["AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
    let variable =
        |name: &str| given.contains(&name).then(|| site.engines.variable(name).to_owned());
    let address = BucketAddress::parse(&place, variable).expect("the address of a bucket");
    let bucket = Bucket::new(address);
    for (path, bytes) in files(folder.as_ref()) {
        bucket.put(&path, &bytes).expect("it can be written");
    }
    let evaluate = |place: &str, more: &[&str]| {
        let mut command = scr(["evaluate", place, "--benchmark", &bench, "--format", "json"]);
        site.with_credentials(command.args(more));
        command
    };
    let whole = run_well(["evaluate", &folder, "--benchmark", &bench, "--format", "json"]);
    let remote = finished(&mut evaluate(&place, &[]));
    assert_eq!((remote.code, remote.stdout.as_str()), (0, whole.as_str()), "{}", remote.stderr);
    let out = site.path("out.json");
    assert_eq!(finished(&mut evaluate(&place, &["--out", &out])).code, 0);
    assert_eq!(std::fs::read_to_string(&out).expect("the result is there"), whole);

    let refused = |command: &mut Command, words: &str| {
        let Finished { code, stdout, stderr } = finished(command);
        assert_eq!((code, stdout.as_str()), (1, ""), "{words}: {stderr}");
        assert!(stderr.contains(words), "{words}: {stderr}");
        assert!(stderr.lines().count() < 6, "one problem: {stderr}");
        stderr
    };
    refused(&mut evaluate("s3://no-such-bucket/masks", &[]), "NoSuchBucket");
    let mut unknown = evaluate(&place, &[]);
    unknown.env("AWS_ACCESS_KEY_ID", "SCRWRONG").env("AWS_SECRET_ACCESS_KEY", "wrong");
    let told = refused(&mut unknown, "status 403");
    assert!(told.contains("list and get"), "{told}");
    let mut nobody = evaluate(&place, &[]);
    refused(nobody.env_remove("AWS_ACCESS_KEY_ID"), "no AWS_ACCESS_KEY_ID");
    // A reader suffices.
    let mut reader = evaluate(&place, &[]);
    reader
        .env("AWS_ACCESS_KEY_ID", site.engines.variable("AWS_READER_ACCESS_KEY_ID"))
        .env("AWS_SECRET_ACCESS_KEY", site.engines.variable("AWS_READER_SECRET_ACCESS_KEY"));
    assert_eq!(finished(&mut reader).stdout, whole);
    // A mask that is missing.
    let (path, _) = files(folder.as_ref()).into_iter().next().expect("a mask");
    bucket.delete(&path).expect("it can be deleted");
    refused(&mut evaluate(&place, &[]), "a mask for every image");
}

#[test]
fn a_secret_in_the_address_of_a_bucket_is_not_shown() {
    let temp = tempfile::tempdir().expect("a temporary folder");
    let bench = text(&temp.path().join("bench"));
    run_well(["phantom", "--out", &bench, "--images", "2", "--size", "64"]);
    for command in ["evaluate", "check"] {
        let refused = run([command, "s3://key:the-secret@bucket/a", "--benchmark", &bench]);
        assert_eq!(refused.code, 1, "{}", refused.stderr);
        assert!(refused.stderr.contains("credentials in it"), "{}", refused.stderr);
        assert!(!refused.stderr.contains("the-secret"), "{}", refused.stderr);
    }
}
