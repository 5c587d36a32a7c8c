//! What is found for a hole.

use std::fs;

use super::*;

const SHAPES: &str = "\
class Shape:
    def bounding_box(self, margin):
        return Box(self.left - margin, self.top - margin)

    def describe(self):
        return self.name
";
const COLOURS: &str = "\
def blend(first, second, share):
    return [a * share + b * (1 - share) for a, b in zip(first, second)]
";

fn filler(lines: usize) -> String {
    (0..lines)
        .map(|n| format!("filler_{n} = other_{n}\n"))
        .collect()
}

#[test]
fn names_that_nothing_holds_do_not_crowd_out_one_that_is_there() {
    let project = Project::new(&[("shapes.py", SHAPES), ("colours.py", COLOURS)]);
    let fresh: Vec<String> = (0..60).map(|n| format!("unheard_{n}")).collect();
    let text = format!("box = shape.bounding_box([{}|])\n", fresh.join(", "));
    let passages = project.index().search(&project.query("main.py", &text));
    assert_eq!(passages[0].path, "shapes.py");
}

#[test]
fn the_definition_of_what_is_called_is_found_in_another_file() {
    let project = Project::new(&[
        (
            "shapes.py",
            &format!("{}{SHAPES}{}", filler(60), filler(60)),
        ),
        ("colours.py", COLOURS),
        ("notes.txt", "Talk about the return of the box.\n"),
    ]);
    let query = project.query(
        "main.py",
        "def frame(shape):\n    box = shape.bounding_box(|)\n",
    );
    let passages = project.index().search(&query);
    let best = &passages[0];
    assert_eq!(best.path, "shapes.py");
    assert!(
        best.text.contains("def bounding_box(self, margin)"),
        "{best:?}"
    );
    // The passage's line numbers match the file.
    let file = fs::read_to_string(project.path("shapes.py")).expect("there");
    let (first, last) = best.lines;
    let lines: Vec<&str> = file
        .lines()
        .skip(first - 1)
        .take(last + 1 - first)
        .collect();
    assert_eq!(best.text, lines.join("\n") + "\n");
    assert_eq!(best.rounds, [Some(best.score), None]);
    let sorted = passages
        .windows(2)
        .all(|pair| pair[0].score >= pair[1].score);
    assert!(sorted, "{passages:?}");
}

#[test]
fn passages_of_a_file_do_not_overlap_and_copies_are_shown_once() {
    let uses: String = (0..80)
        .map(|n| format!("needle_call(thing_{n})\n"))
        .collect();
    let project = Project::new(&[("a.py", &uses), ("copy/a.py", &uses)]);
    let passages = project
        .index()
        .search(&project.query("main.py", "needle_call(|"));
    assert_eq!(passages.len(), 4);
    for (at, one) in passages.iter().enumerate() {
        for other in &passages[..at] {
            assert_ne!(one.text, other.text);
            let apart = one.lines.1 < other.lines.0 || other.lines.1 < one.lines.0;
            assert!(one.path != other.path || apart, "{one:?} {other:?}");
        }
    }
}

#[test]
fn what_the_prompt_shows_of_its_own_file_is_left_out_even_after_edits() {
    let near = "needle_call(here)\n";
    let text = format!("{}{near}{}needle_call(far)\n", filler(30), filler(900));
    let project = Project::new(&[("own.py", &text)]);
    let mut index = project.index();
    // The hole's buffer has lines that the saved file lacks, and lacks others.
    for (before, after) in [(0, 900), (45, 900), (30, 800)] {
        let hole = format!(
            "{}needle_call(|)\n{}needle_call(far)\n",
            filler(before),
            filler(after)
        );
        let passages = index.search(&project.query("own.py", &hole));
        let lines: Vec<_> = passages.iter().map(|passage| passage.lines).collect();
        assert!(passages[0].text.contains("far"), "{lines:?}");
        assert!(
            passages.iter().all(|p| !p.text.contains("here")),
            "{lines:?}"
        );
    }
    // From another file, both are found.
    let passages = index.search(&project.query("other.py", "needle_call(|)\n"));
    assert!(passages.iter().any(|passage| passage.text.contains("here")));
}

#[test]
fn a_rejected_completion_brings_what_it_names_the_more_the_surer_it_was() {
    let project = Project::new(&[("shapes.py", SHAPES), ("colours.py", COLOURS)]);
    let mut index = project.index();
    let mut query = project.query("main.py", "shape.describe(|");
    let scores = |index: &mut Index, query: &Query| -> Vec<(String, f32)> {
        let passages = index.search(query);
        passages.into_iter().map(|p| (p.path, p.score)).collect()
    };
    let one = index.search(&query);
    assert_eq!(paths(&one), ["shapes.py"]);
    let mut before = 0.0;
    for confidence in [0.1, 0.5, 0.9] {
        query.rejected = Some(Rejected {
            text: "blend(first, second, share)".to_owned(),
            confidence,
        });
        let passages = index.search(&query);
        let found = passages
            .iter()
            .find(|p| p.path == "colours.py")
            .expect("found");
        assert!(found.score > before, "{passages:?}");
        assert!(found.rounds[0].is_none() && found.rounds[1].is_some());
        before = found.score;
    }
    // A single round has a single score.
    let mut scope = project.scope();
    scope.settings.rounds = 1;
    let mut index = build(scope);
    assert_eq!(
        scores(&mut index, &query),
        [("shapes.py".to_owned(), one[0].score)]
    );
}

#[test]
fn a_file_that_has_changed_since_is_read_anew_and_one_that_is_gone_is_not_found() {
    let project = Project::new(&[("a.py", "needle = 1\n"), ("b.py", "needle = 2\n")]);
    let mut index = project.index();
    project.write("a.py", format!("{}needle = 3\n", filler(100)));
    fs::remove_file(project.path("b.py")).expect("removed");
    let passages = index.search(&project.query("main.py", "needle|"));
    assert_eq!(paths(&passages), ["a.py"]);
    assert!(passages[0].text.contains("needle = 3"), "{passages:?}");
    assert_eq!(index.census().files, 1);
}

#[test]
fn an_empty_folder_or_an_empty_hole_finds_nothing() {
    let project = Project::new(&[]);
    assert!(
        project
            .index()
            .search(&project.query("a.py", "needle|"))
            .is_empty()
    );
    project.write("b.py", "needle = 1\n");
    assert!(
        project
            .index()
            .search(&project.query("a.py", "|"))
            .is_empty()
    );
}
