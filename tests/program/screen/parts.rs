//! How retrieval and speculation are shown: the passages, the marks of drafted tokens, and the
//! index in the first line.

use std::path::PathBuf;

use routelens::{
    completion::{DraftSource, Drafting, Passage, PromptInfo, StopReason, StreamEvent},
    config::Config,
    document::Document,
    retrieval::{Census, IndexEvent},
    tui::app::{Effect, Event, LaneKind},
};

use super::{at_all_sizes, compare, fixture::*, shown};
use crate::playground::PROMPT;

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

/// A configuration with retrieval on.
fn retrieving() -> Config {
    let mut config = config();
    config.retrieval.enabled = true;
    config
}

/// The folder is indexed.
fn index(playground: &mut Playground) {
    playground.send(Event::Index(IndexEvent::Ready {
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
}

/// Answers the latest search with these passages.
fn find(playground: &mut Playground, passages: Vec<Passage>) {
    let id = playground
        .wanted
        .iter()
        .rev()
        .find_map(|effect| match effect {
            Effect::Search(query) => Some(query.id),
            _ => None,
        });
    playground.send(Event::Index(IndexEvent::Found {
        id: id.expect("a search"),
        passages,
        took_ms: 2.31,
    }));
}

/// The small model has read two of three passages.
fn searched() -> Playground {
    let mut playground = searching(retrieving());
    index(&mut playground);
    playground.press(&["alt-c"]);
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
    find(&mut playground, passages);
    let prompt = PromptInfo {
        prompt_tokens: Some(300),
        passages: 2,
        passage_tokens: 251,
        ..PROMPT
    };
    playground.tell(LaneKind::Small, StreamEvent::Started(prompt));
    playground
}

#[test]
fn passages() {
    let mut playground = searched();
    playground.press(&["alt-7", "down", "pagedown"]);
    at_all_sizes("passages", &mut playground);
    compare("passages_60x15", &mut playground, &dark(), (60, 15));
}

#[test]
fn why_there_are_no_passages() {
    let says = |mut playground: Playground, what: &str| {
        playground.press(&["alt-7"]);
        let screen = shown(&mut playground, (100, 30));
        assert!(screen.contains(what), "{screen}");
    };
    says(kept(), "retrieval is off; Alt-5 turns it on");
    let mut playground = searching(retrieving());
    index(&mut playground);
    says(playground, "no search yet");
    let mut playground = searching(retrieving());
    let failed = IndexEvent::Failed("/ is not indexed by itself".to_owned());
    playground.send(Event::Index(failed));
    says(playground, "/ is not indexed by itself");
    let nowhere = Document::new("x = 1\n", None);
    let theme = dark().theme().clone();
    let playground = Playground::ready(retrieving(), nowhere, (1, 1), &theme);
    says(playground, "no folder to search");
}

#[test]
fn the_index_stands_in_the_first_line() {
    let header = |playground: &mut Playground, size| {
        let screen = shown(playground, size);
        screen.lines().next().unwrap_or_default().to_owned()
    };
    let mut playground = searching(retrieving());
    index(&mut playground);
    playground.press(&["ctrl-space"]);
    assert!(header(&mut playground, (160, 45)).contains("[retrieval]"));
    let mut playground = kept_under(retrieving());
    playground.send(Event::Index(IndexEvent::Building {
        root: PathBuf::from("/work"),
        files: 1234,
    }));
    at_all_sizes("indexing", &mut playground);
    assert!(header(&mut playground, (80, 24)).contains("[indexing 1234 files]"));
    assert!(header(&mut playground, (60, 20)).contains("[indexing]"));
    playground.press(&["alt-5"]);
    assert!(!header(&mut playground, (160, 45)).contains("index"));
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
    let mut playground = searching(strict());
    history(&mut playground);
    playground.press(&["ctrl-space"]);
    let mut tokens = small_tokens(24);
    for (token, source) in tokens.iter_mut().skip(1).zip(DraftSource::ALL) {
        token.drafted = Some(source);
    }
    playground.write(LaneKind::Small, &tokens);
    let mut done = playground.completion(LaneKind::Small, StopReason::End);
    done.drafting = vec![
        drafting(DraftSource::Context, 12, 9, 14.2),
        drafting(DraftSource::Retrieved, 4, 1, -0.3),
        drafting(DraftSource::Recycled, 8, 2, 0.0),
        drafting(DraftSource::Rejected, 24, 20, 31.0),
    ];
    playground.tell(LaneKind::Small, StreamEvent::Done(done));
    playground.write(LaneKind::Large, &words(LARGE));
    let mut done = playground.completion(LaneKind::Large, StopReason::End);
    done.drafting = vec![drafting(DraftSource::Rejected, 24, 20, 31.0)];
    playground.tell(LaneKind::Large, StreamEvent::Done(done));
    playground.press(&["alt-i", "right", "right"]);
    at_all_sizes("drafted", &mut playground);
    let screen = shown(&mut playground, (160, 45));
    assert!(screen.contains("drafts 20/24, 31 ms saved"), "{screen}");
}
