//! Speculative decoding changes nothing but the time.

use std::fs;
use std::thread;

use routelens::completion::{DraftSource, Drafting, Drafts, Passage, Sampling};

use super::*;

const LARGE: &str = "demo-large-16m-q8_0.gguf";

/// Every kind of draft that needs no other completion.
fn drafts() -> Drafts {
    Drafts {
        context: true,
        retrieved: true,
        recycled: true,
        rejected: None,
    }
}

/// The source files that come with the program.
fn sources() -> Vec<(PathBuf, Language)> {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let mut found = Vec::new();
    for part in ["code", "suite"] {
        for (folder, language) in [
            ("python", Language::Python),
            ("java", Language::Java),
            ("cpp", Language::Cpp),
        ] {
            let folder = samples.join(part).join(folder);
            for entry in fs::read_dir(folder).expect("the samples") {
                found.push((entry.expect("a file").path(), language));
            }
        }
    }
    found.sort();
    found
}

/// At most `most` holes throughout the samples: the rest of a line, from its indentation or its
/// middle, with some of the lines around it.
fn holes(most: usize) -> Vec<Hole> {
    const BEFORE: usize = 16;
    const AFTER: usize = 2;
    let mut holes = Vec::new();
    for (path, language) in sources() {
        let text = fs::read_to_string(&path).expect("a sample");
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        for (at, line) in lines.iter().enumerate().filter(|(_, l)| l.trim().len() > 8) {
            let indented = line.len() - line.trim_start().len();
            let middle = line.ceil_char_boundary(indented + line.trim().len() / 2);
            // In steps, so that the prefix stays the same and is not evaluated again for each line.
            let first = (at / BEFORE * BEFORE).saturating_sub(BEFORE / 2);
            let after = lines[at + 1..lines.len().min(at + 1 + AFTER)].concat();
            for cut in [indented, middle] {
                let before = lines[first..at].concat() + &line[..cut];
                holes.push(Hole::new(before, format!("\n{after}"), Some(language)));
            }
        }
    }
    let step = (holes.len() / most).max(1);
    holes.into_iter().step_by(step).take(most).collect()
}

/// A request for each of some holes.
fn requests(holes: Vec<Hole>, drafts: &Drafts) -> Vec<Request> {
    let numbered = holes.into_iter().zip(1..);
    numbered
        .map(|(hole, id)| Request {
            drafts: drafts.clone(),
            ..request(id, hole)
        })
        .collect()
}

/// What a model writes for these requests, on its own thread.
fn written(config: EngineConfig, requests: Vec<Request>) -> thread::JoinHandle<Vec<Completion>> {
    thread::spawn(move || {
        let mut engine = engine(config);
        let requests = requests.into_iter();
        requests
            .map(|request| complete(&mut engine, request))
            .collect()
    })
}

/// Compares a model's completions with and without drafts; returns the statistics of each source.
fn compared(config: EngineConfig, requests: Vec<Request>) -> Vec<Drafting> {
    let off = requests.iter().map(|request| Request {
        drafts: Drafts::default(),
        ..request.clone()
    });
    let plain = written(config.clone(), off.collect());
    let drafted = written(config, requests.clone());
    let (plain, drafted) = (plain.join().expect("done"), drafted.join().expect("done"));
    for ((request, plain), drafted) in requests.iter().zip(&plain).zip(&drafted) {
        assert_eq!(ids(plain), ids(drafted), "in {:?}", request.hole.prefix);
        assert_eq!((&plain.text, plain.stop), (&drafted.text, drafted.stop));
        assert!(plain.drafting.is_empty());
        let told: usize = drafted.drafting.iter().map(|told| told.accepted).sum();
        let marked = drafted
            .tokens
            .iter()
            .filter(|token| token.drafted.is_some());
        assert!(marked.count() <= told, "trimming may only take some away");
    }
    let told = DraftSource::ALL.map(|source| {
        let all = drafted.iter().flat_map(|completion| &completion.drafting);
        let all: Vec<&Drafting> = all.filter(|told| told.source == source).collect();
        Drafting {
            source,
            drafts: all.iter().map(|told| told.drafts).sum(),
            drafted: all.iter().map(|told| told.drafted).sum(),
            accepted: all.iter().map(|told| told.accepted).sum(),
            saved_ms: all.iter().map(|told| told.saved_ms).sum(),
        }
    });
    told.into()
}

fn told(told: &[Drafting], source: DraftSource) -> Drafting {
    let found = told.iter().find(|told| told.source == source);
    *found.expect("every source is told")
}

fn exact(name: &str) -> EngineConfig {
    EngineConfig {
        shift_reuse: false,
        ..EngineConfig::new(model(name))
    }
}

#[test]
fn a_thousand_holes_are_filled_with_the_same_tokens_as_without_drafts() {
    let requests = requests(holes(1000), &drafts());
    assert_eq!(requests.len(), 1000);
    let eager = EngineConfig {
        eager_drafts: true,
        ..exact("demo-small-7m-q8_0.gguf")
    };
    let eager = compared(eager, requests);
    for source in [DraftSource::Context, DraftSource::Recycled] {
        let told = told(&eager, source);
        println!("{told:?}");
        assert!(told.drafts > 1000, "{told:?}");
        assert!(
            told.accepted > 100 && told.accepted < told.drafted,
            "{told:?}"
        );
    }
}

#[test]
fn weighed_drafts_and_moved_keys_change_nothing_either() {
    compared(small(), requests(holes(200), &drafts()));
}

/// A request whose hole keeps only the last lines before it; the lines above become a passage of
/// another file. `None` if there are too few.
fn with_a_passage(request: Request) -> Option<Request> {
    const KEPT: usize = 4;
    const LEAST: usize = 8;
    let lines: Vec<&str> = request.hole.prefix.split_inclusive('\n').collect();
    let above = lines.len().checked_sub(KEPT).filter(|n| *n >= LEAST)?;
    let passage = Passage {
        path: String::from("elsewhere.txt"),
        lines: (1, above),
        text: lines[..above].concat(),
        score: 1.0,
        rounds: [Some(1.0), None],
    };
    let hole = Hole {
        prefix: lines[above..].concat(),
        ..(*request.hole).clone()
    };
    Some(Request {
        hole: hole.into(),
        passages: vec![passage],
        ..request
    })
}

#[test]
fn passages_of_other_files_are_drafted_from_and_change_nothing() {
    let drafts = Drafts {
        retrieved: true,
        ..Drafts::default()
    };
    let requests = requests(holes(200), &drafts).into_iter();
    let requests: Vec<Request> = requests.filter_map(with_a_passage).take(60).collect();
    assert_eq!(requests.len(), 60);
    let eager = EngineConfig {
        eager_drafts: true,
        ..exact("demo-small-7m-q8_0.gguf")
    };
    let all = compared(eager, requests);
    let told = told(&all, DraftSource::Retrieved);
    println!("{told:?}");
    assert!(
        told.accepted > 0 && told.accepted < told.drafted,
        "{told:?}"
    );
}

#[test]
fn a_rejected_completion_is_verified_by_the_large_model() {
    let off = requests(holes(120), &Drafts::default());
    let small = written(exact("demo-small-7m-q8_0.gguf"), off.clone());
    let small = small.join().expect("done");
    let rejected = off.into_iter().zip(small);
    let rejected = rejected.map(|(request, completion)| Request {
        drafts: Drafts {
            rejected: Some(completion.text),
            ..Drafts::default()
        },
        ..request
    });
    let eager = EngineConfig {
        eager_drafts: true,
        ..exact(LARGE)
    };
    let all = compared(eager, rejected.collect());
    let told = told(&all, DraftSource::Rejected);
    println!("{told:?}");
    assert!(
        told.accepted > 20 && told.accepted < told.drafted,
        "{told:?}"
    );
}

#[test]
fn a_draft_of_any_length_and_any_text_is_cut_to_what_is_of_use() {
    let eager = || EngineConfig {
        eager_drafts: true,
        context: Some(256),
        ..exact(LARGE)
    };
    for text in [
        "value".repeat(20_000),
        "é漢𝄞\u{0}\r\n".repeat(300),
        String::from("<|fim_middle|><|endoftext|>"),
        String::from("\u{feff}"),
    ] {
        let drafts = Drafts {
            rejected: Some(text),
            ..drafts()
        };
        for max_tokens in [1, 2, 24, 100_000] {
            let with = Request {
                drafts: drafts.clone(),
                max_tokens,
                ..request(1, long_hole(9))
            };
            let without = Request {
                drafts: Drafts::default(),
                ..with.clone()
            };
            let with = complete(&mut engine(eager()), with);
            let without = complete(&mut engine(eager()), without);
            assert_eq!((ids(&with), with.stop), (ids(&without), without.stop));
        }
    }
}

#[test]
fn what_the_model_itself_wrote_is_confirmed_and_marked() {
    let eager = || EngineConfig {
        eager_drafts: true,
        ..exact(LARGE)
    };
    let mut engine = engine(eager());
    let plain = complete(&mut engine, request(1, hole()));
    let drafts = Drafts {
        rejected: Some(plain.text.clone()),
        ..Drafts::default()
    };
    let again = complete(
        &mut engine,
        Request {
            drafts,
            ..request(2, hole())
        },
    );
    assert_eq!(ids(&again), ids(&plain));
    let marked = again
        .tokens
        .iter()
        .filter(|token| token.drafted == Some(DraftSource::Rejected));
    // The first token comes from the prompt.
    assert_eq!(
        marked.count(),
        again.tokens.len() - 1,
        "{:?}",
        again.drafting
    );
    for (one, other) in plain.tokens.iter().zip(&again.tokens) {
        let near =
            |a: Option<f32>, b: Option<f32>| (a.unwrap_or(9.0) - b.unwrap_or(0.0)).abs() < 1e-2;
        assert!(near(one.logprob, other.logprob) && near(one.entropy, other.entropy));
        assert_eq!(one.top.len(), other.top.len());
    }
}

#[test]
fn forced_and_sampled_tokens_are_what_they_are_without_drafts() {
    let eager = EngineConfig {
        eager_drafts: true,
        ..small()
    };
    let mut engine = engine(eager);
    let first = complete(&mut engine, request(1, long_hole(20)));
    let forced = Request {
        forced: vec![first.tokens[0].top[1].id.expect("known")],
        ..request(2, long_hole(20))
    };
    let sampled = Request {
        sampling: Sampling {
            seed: 7,
            ..Sampling::default()
        },
        ..request(3, long_hole(20))
    };
    for without in [forced, sampled] {
        let with = Request {
            drafts: drafts(),
            ..without.clone()
        };
        let without = complete(&mut engine, without);
        let with = complete(&mut engine, with);
        assert_eq!(ids(&with), ids(&without));
    }
}

#[test]
fn a_request_that_ends_amid_a_draft_leaves_nothing_for_the_next() {
    let eager = || EngineConfig {
        eager_drafts: true,
        ..exact("demo-small-7m-q8_0.gguf")
    };
    let (engine, events) = listening(eager());
    let expected = complete(&mut self::engine(eager()), request(1, long_hole(24)));
    for id in 0..20 {
        let drafted = Request {
            drafts: drafts(),
            ..request(2 * id + 1, long_hole(20 + id as usize % 3))
        };
        engine.complete(drafted);
        for _ in 0..id % 7 {
            if let ModelEvent::Stream(_, StreamEvent::Done(_)) = next(&events) {
                break;
            }
        }
        engine.complete(request(2 * id + 2, long_hole(24)));
        let seen = until_done(&events, 2 * id + 2);
        let Some(ModelEvent::Stream(_, StreamEvent::Done(completion))) = seen.last() else {
            panic!("{seen:?}");
        };
        assert_eq!(ids(completion), ids(&expected));
    }
}
