//! The indexing thread.

use std::{
    fs,
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use routelens::{
    config::Config,
    retrieval::{Census, IndexEvent, Indexer},
};

use super::*;

fn start() -> (Indexer, Receiver<IndexEvent>) {
    let (sender, events) = channel();
    let indexer = Indexer::start(move |event| {
        let _ = sender.send(event);
    });
    (indexer, events)
}

/// A configuration that names the folder of a scope.
fn around(scope: Scope) -> Config {
    Config {
        deny: scope.deny,
        retrieval: Retrieval {
            folder: Some(scope.root),
            ..scope.settings
        },
        ..Config::default()
    }
}

/// The next event that `pick` accepts; the timeout only guards against hanging.
fn next<T>(events: &Receiver<IndexEvent>, pick: impl Fn(IndexEvent) -> Option<T>) -> T {
    loop {
        let event = events.recv_timeout(Duration::from_secs(60));
        if let Some(picked) = pick(event.expect("an event")) {
            return picked;
        }
    }
}

fn ready(event: IndexEvent) -> Option<Census> {
    match event {
        IndexEvent::Ready { census, .. } => Some(census),
        _ => None,
    }
}

fn found(event: IndexEvent) -> Option<(RequestId, Vec<Passage>)> {
    match event {
        IndexEvent::Found { id, passages, .. } => Some((id, passages)),
        _ => None,
    }
}

#[test]
fn a_folder_is_read_kept_up_to_date_and_searched() {
    let project = Project::new(&[("a.py", "needle = 1\n")]);
    let (indexer, events) = start();
    indexer.search(project.query("main.py", "needle|"));
    assert_eq!(next(&events, found), (RequestId(1), Vec::new()));
    indexer.index(None, around(project.scope()));
    assert_eq!(next(&events, ready).files, 1);
    project.write("b.py", "needle = 2\n");
    indexer.update(&project.path("b.py"));
    assert_eq!(next(&events, ready).files, 2);
    fs::remove_file(project.path("a.py")).expect("removed");
    indexer.update(&project.path("a.py"));
    assert_eq!(next(&events, ready).files, 1);
    indexer.search(project.query("main.py", "needle|"));
    assert_eq!(paths(&next(&events, found).1), ["b.py"]);
    // The exclusions have changed, so the folder is read again.
    project.write(".gitignore", "b.py\n");
    indexer.update(&project.path(".gitignore"));
    assert_eq!(next(&events, ready).files, 0);
}

#[test]
fn the_same_folder_is_read_once_and_another_takes_its_place() {
    let one = Project::new(&[("a.py", "needle = 1\n")]);
    let two = Project::new(&[("b.py", "needle = 1\n"), ("c.py", "needle = 1\n")]);
    let (indexer, events) = start();
    indexer.index(None, around(one.scope()));
    assert_eq!(next(&events, ready).files, 1);
    indexer.index(None, around(one.scope()));
    indexer.search(one.query("main.py", "needle|"));
    // No progress event comes before the answer.
    let event = events
        .recv_timeout(Duration::from_secs(60))
        .expect("an event");
    assert!(matches!(event, IndexEvent::Found { .. }), "{event:?}");
    indexer.index(None, around(two.scope()));
    assert_eq!(next(&events, ready).files, 2);
}

#[test]
fn a_folder_that_cannot_be_read_is_said_and_the_next_can_be() {
    let project = Project::new(&[("a.py", "needle = 1\n")]);
    let (indexer, events) = start();
    let missing = Scope {
        root: project.path("missing"),
        ..project.scope()
    };
    indexer.index(None, around(missing));
    let problem = next(&events, |event| match event {
        IndexEvent::Failed(problem) => Some(problem),
        _ => None,
    });
    assert!(problem.contains("missing"), "{problem}");
    indexer.search(project.query("main.py", "needle|"));
    assert!(next(&events, found).1.is_empty());
    indexer.index(None, around(project.scope()));
    assert_eq!(next(&events, ready).files, 1);
}

#[test]
fn a_search_is_answered_while_the_folder_is_being_read() {
    let project = Project::new(&[]);
    for n in 0..2000 {
        project.write(
            &format!("{}/f{n}.py", n % 50),
            format!("needle_{n} = needle\n").repeat(20),
        );
    }
    let mut scope = project.scope();
    scope.settings.max_files = 5000;
    let (indexer, events) = start();
    indexer.index(None, around(scope));
    indexer.search(project.query("main.py", "needle|"));
    let first = next(&events, |event| match event {
        IndexEvent::Building { .. } => None,
        other => Some(other),
    });
    assert!(matches!(first, IndexEvent::Found { .. }), "{first:?}");
    assert_eq!(next(&events, ready).files, 2000);
}
