//! Tests of the tenant in a case: written once, whoever dies or comes at the same time.

use super::*;
use crate::demo::Options;

fn world() -> World {
    World::new(Options {
        users: 20,
        days: 7,
        records: 500,
        scenarios: Vec::new(),
        ..Options::default()
    })
    .unwrap()
}

/// Names of what is in the folder of the tenants of a case.
fn names(case: &Path) -> Vec<String> {
    let entries = fs::read_dir(case.join("tenant")).unwrap();
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name();
    let mut names: Vec<String> = entries
        .map(|entry| name(entry).into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn what_died_in_the_middle_is_made_anew() {
    let (case, world) = (tempfile::tempdir().unwrap(), world());
    let whole = for_case(&world, case.path(), &mut |_| {}).unwrap();
    let whole = whole.parent().unwrap();
    let labels = fs::read(whole.join(LABELS)).unwrap();
    let part = whole.with_extension("part");
    fs::rename(whole, &part).unwrap();
    fs::remove_file(part.join(LABELS)).unwrap();

    for_case(&world, case.path(), &mut |_| {}).unwrap();
    assert_eq!(fs::read(whole.join(LABELS)).unwrap(), labels);
    assert_eq!(names(case.path()).len(), 1);
}

#[test]
fn of_many_at_once_one_writes_and_all_have_it() {
    let (case, world) = (tempfile::tempdir().unwrap(), world());
    let paths: Vec<PathBuf> = thread::scope(|scope| {
        let run = || scope.spawn(|| for_case(&world, case.path(), &mut |_| {}).unwrap());
        let runs: Vec<_> = std::iter::repeat_with(run).take(4).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert!(paths.iter().all(|path| path == &paths[0]));
    assert!(paths[0].with_file_name(LABELS).exists());
    assert_eq!(names(case.path()).len(), 1);
}

#[test]
fn what_is_in_the_way_stays() {
    let (case, world) = (tempfile::tempdir().unwrap(), world());
    fs::write(case.path().join("tenant"), "mine").unwrap();
    let error = for_case(&world, case.path(), &mut |_| {}).unwrap_err();
    assert!(error.to_string().contains("cannot write"), "{error}");
    assert_eq!(fs::read(case.path().join("tenant")).unwrap(), b"mine");
}
