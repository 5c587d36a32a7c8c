//! The rooms of the program keep their order. `src/lib.rs` lists them from the inside out, each
//! with the rooms that it may import; no other room may be imported, and none listed later. Within
//! a room the modules form no circles either.

mod source;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use source::Source;

/// Modules that still form circles, by the module that they are in: to be undone, and nothing is to
/// be added.
const CIRCLES: [(&str, &[&str]); 0] = [];

/// Modules without input and output, which read no clock and start no thread: what happens to them
/// can be recorded and played again.
const PURE: [&str; 18] = [
    "language",
    "keys",
    "completion",
    "syntax",
    "document",
    "routing",
    "selftest",
    "meter",
    "turn",
    "signals",
    "tui::app",
    "tui::exploration",
    "tui::help",
    "tui::message",
    "tui::parser",
    "tui::screens",
    "tui::text",
    "tui::view",
];

/// What they may not use.
const IMPURE: [&str; 7] = [
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
];

/// A room, and the rooms that it may import.
struct Room {
    name: String,
    imports: Vec<String>,
}

/// The folders of the crates, the one that lists the rooms first.
fn folders() -> [PathBuf; 3] {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    ["src", "src/core", "src/engine"].map(|folder| root.join(folder))
}

/// The list of rooms in the crate's documentation: items of the form ``- `name` (`import`,
/// `import`): what it is``, which may continue on the next line.
fn rooms() -> Vec<Room> {
    let text = fs::read_to_string(folders()[0].join("lib.rs")).expect("the crate's root");
    let text = text.replace("\n//!  ", "");
    let items = text.lines().filter_map(|line| line.strip_prefix("//! - `"));
    items
        .map(|item| {
            let (name, rest) = item.split_once('`').expect("a name ends");
            let (list, _) = rest.split_once(": ").expect("a room says what it is");
            let imports = list.split('`').skip(1).step_by(2);
            Room {
                name: name.to_owned(),
                imports: imports.map(str::to_owned).collect(),
            }
        })
        .collect()
}

#[test]
fn every_room_is_listed_behind_the_rooms_that_it_may_import() {
    let source = Source::read(&folders());
    let rooms = rooms();
    let mut listed = BTreeSet::new();
    for room in &rooms {
        for import in &room.imports {
            assert!(
                listed.contains(import.as_str()),
                "{} may not import {import}: it is not listed before it in src/lib.rs",
                room.name
            );
        }
        assert!(
            listed.insert(room.name.as_str()),
            "{} is listed twice",
            room.name
        );
    }
    assert_eq!(
        listed,
        source.children(&[]),
        "the rooms in src/lib.rs and those there are"
    );
}

#[test]
fn a_room_imports_only_what_the_list_allows() {
    let source = Source::read(&folders());
    let rooms = rooms();
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for (room, other, module) in source.arrows_of_rooms() {
        let allowed = rooms.iter().find(|listed| listed.name == room);
        let allowed = allowed.is_some_and(|listed| listed.imports.contains(&other));
        if !allowed {
            wrong.push(format!("{module} imports {other}"));
        }
        used.insert((room, other));
    }
    assert!(
        wrong.is_empty(),
        "imports that the list in src/lib.rs does not allow:\n{}",
        wrong.join("\n")
    );
    for room in &rooms {
        for import in &room.imports {
            assert!(
                used.contains(&(room.name.clone(), import.clone())),
                "{} does not import {import}: take it off its list in src/lib.rs",
                room.name
            );
        }
    }
}

#[test]
fn what_is_pure_reads_no_file_clock_or_environment() {
    let source = Source::read(&folders());
    let mut wrong = Vec::new();
    for pure in PURE {
        let name: Vec<String> = pure.split("::").map(str::to_owned).collect();
        let impure = |path: &str| IMPURE.iter().any(|impure| path.starts_with(impure));
        let used = source.standard(&name).into_iter();
        wrong.extend(used.filter(|(_, path)| impure(path)));
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn modules_of_a_room_form_no_circles() {
    let source = Source::read(&folders());
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for parent in source.parents() {
        let arrows = source.arrows_between_children(&parent);
        let circles = in_circles(&arrows);
        if !circles.is_empty() {
            found.insert(parent.join("::"), circles);
        }
    }
    let known = CIRCLES.map(|(parent, modules)| {
        let modules = modules.iter().map(|name| (*name).to_owned());
        (parent.to_owned(), modules.collect::<Vec<_>>())
    });
    assert_eq!(
        found,
        BTreeMap::from(known),
        "modules in circles, by the module they are in"
    );
}

/// The modules that use themselves through others, ordered by name.
fn in_circles(arrows: &BTreeMap<&str, BTreeSet<String>>) -> Vec<String> {
    let reaches_itself = |start: &&&str| {
        let mut reached: BTreeSet<&str> = BTreeSet::new();
        let mut next = vec![**start];
        while let Some(module) = next.pop() {
            let used = arrows.get(module).into_iter().flatten();
            next.extend(used.map(String::as_str).filter(|used| reached.insert(used)));
        }
        reached.contains(**start)
    };
    arrows
        .keys()
        .filter(reaches_itself)
        .map(|name| (*name).to_owned())
        .collect()
}
