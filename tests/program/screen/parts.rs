//! How retrieval and speculation are shown: the passages, the marks of drafted tokens, and the
//! index in the first line.

use std::path::PathBuf;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use routelens::{
    completion::{DraftSource, Drafting, Passage, RequestId},
    document::Document,
    retrieval::{Census, IndexEvent},
    tui::app::{App, Effect, Event, Inspector, LaneKind, Overlay, overlay::PassageList},
};

use super::{at_all_sizes, compare, escalated, fixture::*, kept, shown};

fn passage(path: &str, first: usize, rounds: [Option<f32>; 2], score: f32) -> Passage {
    let lines = [
        "def partition(items, pivot):",
        "\t\"\"\"Splits items around a pivot.\"\"\"",
        "    low = [x for x in items if x < pivot]",
        "    high = [x for x in items if x >= pivot]",
        "    return low, high",
        "",
        "# \x1b[31m世界",
    ];
    Passage {
        path: path.to_owned(),
        lines: (first, first + 19),
        text: (0..20)
            .map(|n| format!("{}\n", lines[n % lines.len()]))
            .collect(),
        score,
        rounds,
    }
}

/// An app with retrieval on, whose folder is indexed.
fn retrieving(mut app: App) -> App {
    app.config.retrieval.enabled = true;
    app.update(Event::Index(IndexEvent::Ready {
        root: PathBuf::from("/home/me/projects/searching"),
        census: Census {
            files: 1234,
            chunks: 5678,
            large: 3,
            binary: 41,
            denied: 1,
            more: true,
            ..Census::default()
        },
        took_ms: 812.0,
    }));
    app
}

/// Answers the search among the effects with these passages.
fn find(app: &mut App, effects: &[Effect], passages: Vec<Passage>) -> Vec<Effect> {
    let id = effects.iter().find_map(|effect| match effect {
        Effect::Search(query) => Some(query.id),
        _ => None,
    });
    app.update(Event::Index(IndexEvent::Found {
        id: id.unwrap_or(RequestId(0)),
        passages,
        took_ms: 2.31,
    }))
}

/// The small model has read two of three passages.
fn searched() -> App {
    let mut app = retrieving(searching());
    let complete = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::ALT);
    let effects = app.update(Event::Key(complete));
    let one = |score| [Some(score), None];
    let passages = vec![
        passage("sorting/quick.py", 11, one(18.25), 1.0),
        passage(
            "sorting/a/very/long/way/down/the/tree/to/merge.py",
            101,
            one(9.5),
            0.52,
        ),
        passage("tests/test_\x1b[2Jsearch.py", 1, one(0.75), 0.04),
    ];
    find(&mut app, &effects, passages);
    let mut run = app.turn.small.runs[0].clone();
    run.prompt.prompt_tokens = Some(300);
    run.prompt.passages = 2;
    run.prompt.passage_tokens = 251;
    app.turn.small.runs = vec![run];
    app
}

fn listed(mut app: App, selected: usize, scroll: usize) -> App {
    app.overlay = Some(Overlay::Passages(PassageList { selected, scroll }));
    app
}

#[test]
fn passages() {
    let app = listed(searched(), 1, 3);
    at_all_sizes("passages", &app);
    compare("passages_60x15", &app, &dark(), (60, 15));
}

#[test]
fn why_there_are_no_passages() {
    let says = |app: &App, what: &str| {
        let screen = shown(app, (100, 30));
        assert!(screen.contains(what), "{screen}");
    };
    let app = listed(kept(), 0, 0);
    says(&app, "retrieval is off; Alt-5 turns it on");
    let app = listed(retrieving(kept()), 0, 0);
    says(&app, "nothing was searched for yet");
    let mut app = listed(kept(), 0, 0);
    app.config.retrieval.enabled = true;
    let failed = IndexEvent::Failed("/ is not indexed by itself".to_owned());
    app.update(Event::Index(failed));
    says(&app, "/ is not indexed by itself");
    let mut app = listed(kept(), 0, 0);
    app.config.retrieval.enabled = true;
    app.editor.document = Document::new("x = 1\n", None);
    says(&app, "this text is in no folder");
}

#[test]
fn the_index_stands_in_the_first_line() {
    let header = |app: &App, size| {
        shown(app, size)
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let mut app = retrieving(kept());
    assert!(header(&app, (160, 45)).contains("[retrieval]"));
    app.update(Event::Index(IndexEvent::Building {
        root: PathBuf::from("/work"),
        files: 1234,
    }));
    at_all_sizes("indexing", &app);
    assert!(header(&app, (80, 24)).contains("[indexing 1234 files]"));
    assert!(header(&app, (60, 20)).contains("[indexing]"));
    app.config.retrieval.enabled = false;
    assert!(!header(&app, (160, 45)).contains("index"));
}

fn drafting(source: DraftSource, drafted: usize, accepted: usize, saved_ms: f64) -> Drafting {
    Drafting {
        source,
        drafts: 3,
        drafted,
        accepted,
        saved_ms: Some(saved_ms),
    }
}

#[test]
fn drafted_tokens() {
    let mut app = escalated();
    let completion = &mut app.turn.small.runs[0].completion;
    for (token, source) in completion.tokens.iter_mut().skip(1).zip(DraftSource::ALL) {
        token.drafted = Some(source);
    }
    completion.drafting = vec![
        drafting(DraftSource::Context, 12, 9, 14.2),
        drafting(DraftSource::Retrieved, 4, 1, -0.3),
        drafting(DraftSource::Recycled, 8, 2, 0.0),
        drafting(DraftSource::Rejected, 24, 20, 31.0),
    ];
    app.inspector = Some(Inspector {
        token: 2,
        candidate: 0,
    });
    at_all_sizes("drafted", &app);
    let large = &mut app.turn.large.runs[0].completion;
    large.drafting = vec![drafting(DraftSource::Rejected, 24, 20, 31.0)];
    let screen = shown(&app, (160, 45));
    assert!(screen.contains("drafts 20/24, 31 ms saved"), "{screen}");
    assert_eq!(app.lane(LaneKind::Small).runs.len(), 1);
}
