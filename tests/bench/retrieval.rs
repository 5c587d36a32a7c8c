//! Figures of retrieval: how long it takes on real sources, and how much it helps the demo models
//! on lines that use definitions from another file of the repository.

mod holes;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use routelens::{
    completion::{Completion, Hole, Passage, Rejected, Request, RequestId},
    config::{Config, Retrieval},
    language::Language,
    local::EngineConfig,
    retrieval::{Index, Query, Scope},
};

use self::holes::{CrossFile, similarity};
use crate::blocking::BlockingEngine;
use crate::{
    figure::{Bound, Report, percentile},
    sources,
};

const FILES: usize = 5000;
const HOLES: usize = 150;

pub fn measure(report: &mut Report) {
    let sources = match sources::find() {
        Ok(sources) => sources,
        Err(why) => return report.skipped("retrieval", &why),
    };
    speed(report, &sources.packages);
    // A repository that the demo models have not seen.
    worth(report, &sources.llama_cpp);
}

fn scope(root: &Path, max_files: usize) -> Scope {
    Scope {
        root: root.to_path_buf(),
        settings: Retrieval {
            max_files,
            ..Config::default().retrieval
        },
        deny: Vec::new(),
    }
}

/// Builds an index of 5,000 files and searches from places all over them.
fn speed(report: &mut Report, sources: &Path) {
    let began = Instant::now();
    let index = Index::build(scope(sources, FILES), |_| {});
    let took = began.elapsed().as_secs_f64();
    let mut index = index.expect("the sources can be read");
    let census = index.census();
    let name = format!("index of {} files, {} chunks", census.files, census.chunks);
    if census.files < FILES {
        let why = format!("the bounds are for {FILES} files");
        return report.skipped(&name, &why);
    }
    report.figure(&name, took, "s", Bound::AtMost(20.0));
    let mut places = Vec::new();
    let mut walk = ignore::WalkBuilder::new(sources);
    let files = walk.sort_by_file_name(Ord::cmp).build();
    let files = files.flatten().map(|entry| entry.into_path());
    for path in files.filter(|path| path.extension().is_some_and(|e| e == "rs" || e == "cpp")) {
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        let middle = text.len() / 2;
        if let Some(at) = text[..]
            .char_indices()
            .map(|(at, _)| at)
            .find(|at| *at >= middle)
        {
            places.push(Query {
                id: RequestId(1),
                hole: Hole {
                    path: Some(path.clone()),
                    ..Hole::new(&text[..at], &text[at..], Language::from_path(&path))
                }
                .into(),
                rejected: Some(Rejected {
                    text: text[at..].chars().take(80).collect(),
                    confidence: 0.5,
                }),
            });
        }
    }
    let step = (places.len() / 500).max(1);
    for (name, rounds) in [("around the cursor", 1), ("and with a completion", 2)] {
        let mut times: Vec<Duration> = Vec::new();
        for query in places.iter().step_by(step) {
            let rejected = query.rejected.clone().filter(|_| rounds == 2);
            let query = Query {
                rejected,
                ..query.clone()
            };
            let began = Instant::now();
            std::hint::black_box(index.search(&query));
            times.push(began.elapsed());
        }
        let name = format!("{} searches {name}", times.len());
        let median = percentile(&mut times, 50.0);
        report.figure(
            &format!("{name}, median"),
            median,
            "ms",
            Bound::AtMost(10.0),
        );
        let slowest = percentile(&mut times, 99.0);
        report.figure(&format!("{name}, p99"), slowest, "ms", Bound::AtMost(10.0));
    }
}

/// Exact match and edit similarity of a model on some holes.
#[derive(Default)]
struct Tally {
    holes: usize,
    exact: usize,
    similarity: f64,
}

impl Tally {
    fn add(&mut self, hole: &CrossFile, text: &str) {
        self.holes += 1;
        self.exact += usize::from(text == hole.expected);
        self.similarity += similarity(text, &hole.expected);
    }

    fn say(&self, report: &mut Report, name: &str) {
        let of = self.holes.max(1) as f64;
        let exact = self.exact as f64 / of * 100.0;
        report.figure(&format!("{name}: exact match"), exact, "%", Bound::None);
        let similarity = self.similarity / of * 100.0;
        report.figure(
            &format!("{name}: edit similarity"),
            similarity,
            "%",
            Bound::None,
        );
    }
}

/// A model and its token budget for passages.
struct Reader {
    engine: BlockingEngine,
    passage_tokens: usize,
    asked: u64,
}

impl Reader {
    fn new(file: &str, passage_tokens: usize) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/models");
        let engine = BlockingEngine::start(EngineConfig::new(path.join(file)), &mut |_| {});
        Reader {
            engine: engine.expect("the demo model loads"),
            passage_tokens,
            asked: 0,
        }
    }

    /// The completion, and its first line.
    fn complete(&mut self, root: &Path, hole: &Hole, passages: &[Passage]) -> (Completion, String) {
        self.asked += 1;
        let request = Request {
            passages: passages.to_vec(),
            folder: Some(root.to_path_buf()),
            passage_tokens: self.passage_tokens,
            ..Request::greedy(RequestId(self.asked), hole.clone(), 40)
        };
        let completion = self.engine.complete(request, &mut |_| {});
        let completion = completion.expect("a completion");
        let line = completion.text.lines().next().unwrap_or_default();
        let line = line.trim_end().to_owned();
        (completion, line)
    }
}

/// What retrieval changes, with no, one and two rounds. The second round is for completions that a
/// person would have rejected: here, those of the small model after one round that differ from the
/// original text.
fn worth(report: &mut Report, root: &Path) {
    let mut index = Index::build(scope(root, 20_000), |_| {}).expect("the sources can be read");
    let settings = Config::default().retrieval;
    let mut small = Reader::new("demo-small-7m-q8_0.gguf", settings.small_tokens);
    let mut large = Reader::new("demo-large-16m-q8_0.gguf", settings.large_tokens);
    let holes = holes::cut(root, HOLES);
    report.figure("cross-file holes", holes.len() as f64, "", Bound::None);
    let mut tallies: [[Tally; 3]; 3] = Default::default();
    let mut held = [0usize; 2];
    let mut rejected_holes = 0;
    for cross in &holes {
        let query = |rejected| Query {
            id: RequestId(1),
            hole: cross.hole.clone().into(),
            rejected,
        };
        let one = index.search(&query(None));
        let holds = |passages: &[Passage]| passages.iter().any(|p| p.text.contains(&cross.name));
        let (_, bare) = small.complete(root, &cross.hole, &[]);
        let (first, line) = small.complete(root, &cross.hole, &one);
        tallies[0][0].add(cross, &bare);
        tallies[0][1].add(cross, &line);
        let rejected = line != cross.expected;
        let known = Rejected::of(&first.tokens).filter(|_| rejected);
        let two = match known {
            None => one.clone(),
            known => index.search(&query(known)),
        };
        held[0] += usize::from(holds(&one));
        held[1] += usize::from(holds(&two));
        let second = match rejected {
            false => line,
            true => small.complete(root, &cross.hole, &two).1,
        };
        tallies[0][2].add(cross, &second);
        rejected_holes += usize::from(rejected);
        for (round, passages) in [&[][..], &one, &two].into_iter().enumerate() {
            let (_, line) = large.complete(root, &cross.hole, passages);
            tallies[1][round].add(cross, &line);
            if rejected {
                tallies[2][round].add(cross, &line);
            }
        }
    }
    let share = |count: usize| count as f64 / holes.len().max(1) as f64 * 100.0;
    for (name, count) in [("one round", held[0]), ("two rounds", held[1])] {
        let name = format!("holes with the name in a passage, {name}");
        report.figure(&name, share(count), "%", Bound::None);
    }
    let rejected = format!("large, on the {rejected_holes} that the small one had wrong");
    for (name, tallies) in ["small", "large", &rejected].into_iter().zip(&tallies) {
        for (round, tally) in ["none", "one round", "two rounds"].into_iter().zip(tallies) {
            tally.say(report, &format!("{name}, {round}"));
        }
    }
}
