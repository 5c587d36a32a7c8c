//! Figures of speculative decoding: on a hundred holes in real code, the C++ sources of llama.cpp
//! that this build compiles, each completed with and without drafts in the same run.
//!
//! A hole is a few whole lines cut out of their file. It repeats its context if at least half of
//! the four-word sequences of the cut text also occur in the text around it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use routelens::completion::{Completion, Drafting, Drafts, Hole, Passage, Request, RequestId};
use routelens::language::Language;
use routelens::local::EngineConfig;

use crate::blocking::BlockingEngine;
use crate::figure::{Bound, Report};
use crate::sources;

const SMALL: &str = "demo-small-7m-q8_0.gguf";
const LARGE: &str = "demo-large-16m-q8_0.gguf";
/// Holes of each kind.
const HOLES: usize = 50;
/// How often each hole is completed each way; the fastest counts.
const ROUNDS: usize = 3;
const TOKENS: usize = 64;
/// Lines before the hole, in it and after it; and further lines above, used as a passage.
const BEFORE: usize = 40;
const CUT: usize = 4;
const AFTER: usize = 12;
const PASSAGE: usize = 20;
/// The share of four-word sequences above which a hole repeats its context.
const REPEATS: f64 = 0.5;

pub fn measure(report: &mut Report) {
    let spots = match files().map(|files| spots(&files)) {
        Ok(spots) => spots,
        Err(why) => return report.skipped("speculation", &why),
    };
    for (repeating, kind) in [(true, "repeating"), (false, "not repeating")] {
        let spots: Vec<&Spot> = spots.iter().filter(|s| s.repeats == repeating).collect();
        for (source, drafts) in drafts() {
            weighed(report, kind, source, &drafts, &spots);
            eager(report, kind, source, &drafts, &spots);
        }
        rejected(report, kind, &spots);
    }
}

/// Each source of drafts alone, and all those that need no other completion together.
fn drafts() -> [(&'static str, Drafts); 4] {
    let off = Drafts::default;
    let one = |context, retrieved, recycled| Drafts {
        context,
        retrieved,
        recycled,
        ..off()
    };
    [
        ("context", one(true, false, false)),
        ("retrieved", one(false, true, false)),
        ("recycled", one(false, false, true)),
        ("all three", one(true, true, true)),
    ]
}

/// A place in a file.
#[derive(Clone)]
struct Spot {
    hole: Hole,
    /// The original text, from where the hole begins.
    cut: String,
    passage: Passage,
    repeats: bool,
}

/// The C++ files of llama.cpp.
fn files() -> Result<Vec<PathBuf>, String> {
    let root = sources::find()?.llama_cpp;
    let mut files = Vec::new();
    for folder in ["src", "common"] {
        let folder = root.join(folder);
        let entries =
            std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        files.extend(paths.filter(|path| path.extension().is_some_and(|end| end == "cpp")));
    }
    files.sort();
    Ok(files)
}

/// Places spread over the files, this many of each kind.
fn spots(files: &[PathBuf]) -> Vec<Spot> {
    let mut all = Vec::new();
    for path in files {
        let Ok(text) = std::fs::read_to_string(path) else {
            continue;
        };
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let first = PASSAGE + BEFORE;
        let last = lines.len().saturating_sub(CUT + AFTER);
        all.extend((first..last).step_by(97).map(|at| spot(path, &lines, at)));
    }
    let mut chosen = Vec::new();
    for repeating in [true, false] {
        let of_kind = || {
            all.iter()
                .filter(move |spot: &&Spot| spot.repeats == repeating)
        };
        let step = (of_kind().count() / HOLES).max(1);
        chosen.extend(of_kind().step_by(step).take(HOLES).cloned());
    }
    chosen
}

fn spot(path: &Path, lines: &[&str], at: usize) -> Spot {
    let (start, end) = (at - BEFORE, at + CUT);
    let (before, cut) = (lines[start..at].concat(), lines[at..end].concat());
    let after = lines[end..end + AFTER].concat();
    let passage = lines[start - PASSAGE..start].concat();
    let sequences = |text: &str| -> HashSet<Vec<String>> {
        words(text).windows(4).map(<[String]>::to_vec).collect()
    };
    let known = &sequences(&before) | &sequences(&after);
    let own = sequences(&cut);
    let again = own.intersection(&known).count();
    // The hole begins where a person would type: after the indentation.
    let indentation: String = cut
        .chars()
        .take_while(|c| *c == ' ' || *c == '\t')
        .collect();
    Spot {
        hole: Hole::new(before + &indentation, after, Some(Language::Cpp)),
        cut: cut[indentation.len()..].to_owned(),
        passage: Passage {
            path: path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            lines: (start - PASSAGE + 1, start),
            text: passage,
            score: 1.0,
            rounds: [Some(1.0), None],
        },
        repeats: !own.is_empty() && again as f64 >= REPEATS * own.len() as f64,
    }
}

/// Names, numbers, and every other character on its own.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut inside = false;
    for c in text.chars() {
        let word = c.is_alphanumeric() || c == '_';
        match words.last_mut() {
            Some(last) if word && inside => last.push(c),
            _ if !c.is_whitespace() => words.push(c.to_string()),
            _ => {}
        }
        inside = word;
    }
    words
}

fn start(file: &str, eager: bool) -> BlockingEngine {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("samples/models")
        .join(file);
    let config = EngineConfig {
        eager_drafts: eager,
        // So that drafted and undrafted runs start from exactly the same state.
        shift_reuse: false,
        ..EngineConfig::new(path)
    };
    BlockingEngine::start(config, &mut |_| {}).expect("the demo model loads")
}

fn request(spot: &Spot, drafts: Drafts) -> Request {
    Request {
        passages: vec![spot.passage.clone()],
        passage_tokens: 256,
        drafts,
        ..Request::greedy(RequestId(1), spot.hole.clone(), TOKENS)
    }
}

fn complete(engine: &mut BlockingEngine, request: Request) -> Completion {
    engine.complete(request, &mut |_| {}).expect("a completion")
}

/// The measurement at one hole: milliseconds after the first token, with and without drafts, in the
/// fastest of the rounds, and the tokens written in that time.
#[derive(Clone)]
struct Quickest {
    with: f64,
    without: f64,
    tokens: usize,
}

/// Totals over some holes.
#[derive(Default)]
struct Sum {
    with: f64,
    without: f64,
    tokens: usize,
    ratios: Vec<f64>,
    /// Drafting statistics of the first round.
    drafting: Vec<Drafting>,
}

impl Sum {
    /// Completes holes both ways alternately, all of them in each round. Every round has its own
    /// engine: one that has already written these completions would draft from its own history.
    fn of(model: &str, holes: &[(&Spot, Drafts)]) -> Self {
        let mut sum = Sum::default();
        let unknown = Quickest {
            with: f64::MAX,
            without: f64::MAX,
            tokens: 0,
        };
        let mut all = vec![unknown; holes.len()];
        for round in 0..ROUNDS {
            let mut engine = start(model, false);
            for ((spot, drafts), quickest) in holes.iter().zip(&mut all) {
                let plain = complete(&mut engine, request(spot, Drafts::default()));
                let drafted = complete(&mut engine, request(spot, drafts.clone()));
                assert_eq!(plain.text, drafted.text, "drafts change nothing");
                let after_first = |c: &Completion| c.timing.total_ms - c.timing.ttft_ms;
                quickest.without = quickest.without.min(after_first(&plain));
                quickest.with = quickest.with.min(after_first(&drafted));
                quickest.tokens = plain.timing.generated_tokens.saturating_sub(1);
                if round == 0 {
                    sum.drafting.extend(drafted.drafting);
                }
            }
        }
        for quickest in all.iter().filter(|quickest| quickest.tokens > 0) {
            sum.with += quickest.with;
            sum.without += quickest.without;
            sum.tokens += quickest.tokens;
            sum.ratios.push(quickest.without / quickest.with);
        }
        sum.ratios.sort_by(f64::total_cmp);
        sum
    }
}

/// The share of drafted tokens that were confirmed, in per cent, and how many were drafted.
fn acceptance(drafting: &[Drafting]) -> (f64, usize) {
    let drafted: usize = drafting.iter().map(|told| told.drafted).sum();
    let accepted: usize = drafting.iter().map(|told| told.accepted).sum();
    (100.0 * accepted as f64 / drafted.max(1) as f64, drafted)
}

/// Drafts as used in practice: only where they promise to pay off.
fn weighed(report: &mut Report, kind: &str, source: &str, drafts: &Drafts, spots: &[&Spot]) {
    let all: Vec<(&Spot, Drafts)> = spots.iter().map(|spot| (*spot, drafts.clone())).collect();
    let sum = Sum::of(SMALL, &all);
    let holes = spots.len();
    let bound = match kind {
        "not repeating" => Bound::AtLeast(0.95),
        _ => Bound::None,
    };
    let speed = |ms: f64| sum.tokens as f64 / ms * 1000.0;
    let name = format!(
        "small, {source}, {holes} holes {kind}: tokens/s against drafts off ({:.0} → {:.0})",
        speed(sum.without),
        speed(sum.with)
    );
    report.figure(&name, sum.without / sum.with, "", bound);
    let median = sum.ratios.get(sum.ratios.len() / 2).copied().unwrap_or(1.0);
    report.figure(
        &format!("small, {source}, {kind}: median of the holes"),
        median,
        "",
        Bound::None,
    );
    let (accepted, drafted) = acceptance(&sum.drafting);
    let each = drafted / holes.max(1);
    let name = format!("small, {source}, {kind}: accepted of the {each} tokens drafted a hole");
    report.figure(&name, accepted, "%", Bound::None);
}

/// The share of all drafts that is confirmed, whether or not they promise to pay off.
fn eager(report: &mut Report, kind: &str, source: &str, drafts: &Drafts, spots: &[&Spot]) {
    let mut engine = start(SMALL, true);
    let drafting: Vec<Drafting> = spots
        .iter()
        .flat_map(|spot| complete(&mut engine, request(spot, drafts.clone())).drafting)
        .collect();
    let (accepted, drafted) = acceptance(&drafting);
    let each = drafted / spots.len().max(1);
    let name = format!("small, {source}, {kind}: the same where all are verified ({each} a hole)");
    report.figure(&name, accepted, "%", Bound::None);
}

/// The large model with the small completion as its draft, at the holes where it would be rejected:
/// where the original text does not begin with it.
fn rejected(report: &mut Report, kind: &str, spots: &[&Spot]) {
    let mut small = start(SMALL, false);
    let mut wrong: Vec<(&Spot, Drafts)> = Vec::new();
    for &spot in spots {
        let text = complete(&mut small, request(spot, Drafts::default())).text;
        if !spot.cut.starts_with(text.trim()) {
            let drafts = Drafts {
                rejected: Some(text),
                ..Drafts::default()
            };
            wrong.push((spot, drafts));
        }
    }
    let holes = wrong.len();
    let name = format!(
        "large, {kind}, a rejected small completion as its draft ({holes} of {} holes)",
        spots.len()
    );
    if wrong.is_empty() {
        return report.skipped(&name, "the small model had none of them wrong");
    }
    let sum = Sum::of(LARGE, &wrong);
    let part = sum.with / sum.without;
    report.figure(&format!("{name}: part of the time"), part, "", Bound::None);
    let (accepted, drafted) = acceptance(&sum.drafting);
    let each = drafted / holes;
    let name = format!("large, {kind}: accepted of the {each} tokens drafted a hole");
    report.figure(&name, accepted, "%", Bound::None);
}
