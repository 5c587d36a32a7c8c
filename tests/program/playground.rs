//! The playground without a terminal: keys, what models say and the passing of time go in as
//! events, and a test reads the result off the document or the screen.
//!
//! The work of the program's threads is done here at once. Parsing and judging are real; models say
//! what the test has them say. The only fields of the app that are set here are its clock and, as
//! the program does at its start, its meter.

use std::{
    collections::{HashMap, VecDeque},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use routelens::{
    completion::model::{ModelEvent, ModelInfo, Origin},
    completion::{
        Candidate, Completion, PromptInfo, Request, RequestId, StopReason, StreamEvent, Timing,
        Token,
    },
    config::Config,
    document::Document,
    meter::Meter,
    syntax::{Highlighter, Judge, Theme, ThemeSet, Tree},
    tui::{
        app::{App, Effect, Event, LaneKind, OpenedFile, event::SyntaxJob},
        parser::{DocumentJob, Parsed},
        view,
    },
};

/// A request that a model has, and what it has said of it.
struct Asked {
    request: Request,
    tokens: Vec<Token>,
    at: Duration,
    first_token_at: Option<Duration>,
    /// It was said how the prompt was prepared.
    started: bool,
    over: bool,
}

/// How long a model takes for its first token and for each after it, in milliseconds.
fn pace(lane: LaneKind) -> (f64, f64) {
    match lane {
        LaneKind::Small => (12.4, 1.6),
        LaneKind::Large | LaneKind::Second => (30.7, 1.8),
    }
}

pub struct Playground {
    app: App,
    theme: Theme,
    asked: HashMap<LaneKind, Asked>,
    judges: HashMap<LaneKind, (RequestId, Judge, usize)>,
    /// The document's revision when the latest pause in typing began.
    pause: Option<u64>,
    now: Duration,
    /// What else the app wanted, for a test to answer or to look at, oldest first.
    pub wanted: VecDeque<Effect>,
}

impl Playground {
    /// A playground of 160 by 45 cells that has just opened `document`, with the cursor at a line and
    /// a column, counted from 1. Its models are on their way.
    pub fn open(config: Config, document: Document, cursor: (usize, usize), theme: &Theme) -> Self {
        let path = document.path().map(|path| path.display().to_string());
        let file = OpenedFile {
            document,
            title: path.unwrap_or_default(),
            notice: None,
            recovery: None,
            stamp: None,
            cursor: Some(cursor),
        };
        let app = App::new(config, file).expect("keys that can be used");
        let mut playground = Playground {
            app,
            theme: theme.clone(),
            asked: HashMap::new(),
            judges: HashMap::new(),
            pause: None,
            now: Duration::from_secs(2),
            wanted: VecDeque::new(),
        };
        playground.send(Event::Resize(160, 45));
        let effects = playground.app.start();
        playground.perform(effects);
        playground
    }

    /// The same with models of this machine that are ready, where the configuration names no others.
    pub fn ready(
        config: Config,
        document: Document,
        cursor: (usize, usize),
        theme: &Theme,
    ) -> Self {
        let on_server = config.large.is_some();
        let mut playground = Self::open(config, document, cursor, theme);
        playground.is_ready(LaneKind::Small, local("demo-small-7m", "7M Q8_0"));
        if !on_server {
            playground.is_ready(LaneKind::Large, local("demo-large-16m", "16M Q8_0"));
        }
        playground
    }

    /// The meter goes on from what earlier runs counted, as the program begins with it.
    pub fn begin_with(&mut self, meter: Meter) {
        self.app.begin_with(meter);
    }

    /// The app, to be drawn or looked at.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Lets time pass.
    pub fn pass(&mut self, milliseconds: f64) {
        self.now += Duration::from_secs_f64(milliseconds / 1000.0);
        self.app.set_now(self.now);
    }

    /// Lets something happen, and all that follows from it.
    pub fn send(&mut self, event: Event) {
        self.app.set_now(self.now);
        let effects = self.app.update(event);
        self.perform(effects);
    }

    /// The screen is drawn at its size, and what is scrolled too far on it is taken back.
    pub fn draw(&mut self) {
        if let Some(extents) = view::extents(&self.app) {
            self.send(Event::Drawn(extents));
        }
    }

    /// Presses keys, by their names in the configuration.
    pub fn press(&mut self, keys: &[&str]) {
        for key in keys {
            self.send(Event::Key(named(key)));
        }
    }

    /// Presses the keys of a text, one after the other.
    pub fn type_text(&mut self, text: &str) {
        for c in text.chars() {
            let code = match c {
                '\n' => KeyCode::Enter,
                '\t' => KeyCode::Tab,
                c => KeyCode::Char(c),
            };
            self.send(Event::Key(KeyEvent::new(code, KeyModifiers::NONE)));
        }
    }

    /// Lets the latest pause in typing be long enough; false where there is none.
    pub fn pause(&mut self) -> bool {
        let revision = self.pause.take();
        if let Some(revision) = revision {
            self.send(Event::Pause { revision });
        }
        revision.is_some()
    }

    /// Another theme's colours from now on.
    pub fn set_theme(&mut self, theme: &Theme) {
        self.theme = theme.clone();
        let effect = self.app.parse_afresh();
        self.perform(vec![effect]);
    }

    /// Lets something happen to the model of a lane.
    pub fn model(&mut self, lane: LaneKind, event: ModelEvent) {
        self.send(Event::Model(lane, event));
    }

    /// A lane's model is there.
    pub fn is_ready(&mut self, lane: LaneKind, info: ModelInfo) {
        self.model(lane, ModelEvent::Ready(Arc::new(info)));
    }

    /// The request of a lane's model that it has not ended.
    pub fn request(&self, lane: LaneKind) -> Option<&Request> {
        let asked = self.asked.get(&lane).filter(|asked| !asked.over)?;
        Some(&asked.request)
    }

    pub fn is_asked(&self, lane: LaneKind) -> bool {
        self.request(lane).is_some()
    }

    /// Lets a model say something of its request.
    pub fn tell(&mut self, lane: LaneKind, event: StreamEvent) {
        let asked = self.asked.get_mut(&lane).filter(|asked| !asked.over);
        let asked = asked.unwrap_or_else(|| panic!("the {} model is not asked", lane.name()));
        match &event {
            StreamEvent::Started(_) => asked.started = true,
            StreamEvent::Token(token) => asked.tokens.push(token.clone()),
            StreamEvent::Done(_) | StreamEvent::Failed(_) => asked.over = true,
            _ => {}
        }
        let id = asked.request.id;
        self.model(lane, ModelEvent::Stream(id, event));
    }

    /// Lets a model write tokens, at its pace.
    pub fn write(&mut self, lane: LaneKind, tokens: &[Token]) {
        for token in tokens {
            if self.asked.get(&lane).is_some_and(|asked| !asked.started) {
                self.tell(lane, StreamEvent::Started(PROMPT));
            }
            let (first, each) = pace(lane);
            let begun = self.asked.get(&lane).and_then(|asked| asked.first_token_at);
            self.pass(if begun.is_some() { each } else { first });
            let now = self.now;
            if let Some(asked) = self.asked.get_mut(&lane) {
                asked.first_token_at.get_or_insert(now);
            }
            self.tell(lane, StreamEvent::Token(token.clone()));
        }
    }

    /// Lets a model end what it has written, untrimmed.
    pub fn finish(&mut self, lane: LaneKind) {
        let completion = self.completion(lane, StopReason::End);
        self.tell(lane, StreamEvent::Done(completion));
    }

    /// Lets a model write all of `tokens` and end.
    pub fn say(&mut self, lane: LaneKind, tokens: &[Token]) {
        self.write(lane, tokens);
        self.finish(lane);
    }

    /// What a model has written so far, as it would tell it at the end.
    pub fn completion(&self, lane: LaneKind, stop: StopReason) -> Completion {
        let Some(asked) = self.asked.get(&lane) else {
            panic!("the {} model is not asked", lane.name());
        };
        let since = |at: Duration| (at - asked.at).as_secs_f64() * 1000.0;
        Completion {
            text: asked.tokens.iter().map(|t| t.text.as_str()).collect(),
            tokens: asked.tokens.clone(),
            stop,
            timing: Timing {
                prompt_tokens: PROMPT.prompt_tokens,
                cached_tokens: PROMPT.cached_tokens,
                generated_tokens: asked.tokens.len(),
                ttft_ms: asked.first_token_at.map_or(0.0, since),
                total_ms: since(self.now),
                server: None,
            },
            drafting: Vec::new(),
        }
    }

    /// Does at once what the program's threads do.
    fn perform(&mut self, effects: Vec<Effect>) {
        let mut answers = Vec::new();
        for effect in effects {
            match effect {
                Effect::Syntax(job) => answers.extend(self.parse_or_judge(job)),
                Effect::Ask(lane, request) => {
                    let asked = Asked {
                        request: request.clone(),
                        tokens: Vec::new(),
                        at: self.now,
                        first_token_at: None,
                        started: false,
                        over: false,
                    };
                    self.asked.insert(lane, asked);
                    self.wanted.push_back(Effect::Ask(lane, request));
                }
                Effect::Cancel(lane) => answers.extend(self.give_up(lane)),
                Effect::StartPause { revision, .. } => self.pause = Some(revision),
                Effect::FindModel {
                    lane,
                    given,
                    config,
                } => {
                    let demo = match lane {
                        LaneKind::Small => "demo-small-7m.gguf",
                        LaneKind::Large | LaneKind::Second => "demo-large-16m.gguf",
                    };
                    let name = given.clone().unwrap_or_else(|| demo.to_owned());
                    answers.push(Event::ModelFound {
                        lane,
                        given,
                        source: Ok(Box::new(config.source(&name))),
                    });
                }
                other => self.wanted.push_back(other),
            }
        }
        for event in answers {
            self.send(event);
        }
    }

    /// A model ends a request that nobody wants any more.
    fn give_up(&mut self, lane: LaneKind) -> Option<Event> {
        let completion = self
            .is_asked(lane)
            .then(|| self.completion(lane, StopReason::Cancelled));
        let asked = self.asked.get_mut(&lane)?;
        asked.over = true;
        let event = ModelEvent::Stream(asked.request.id, StreamEvent::Done(completion?));
        Some(Event::Model(lane, event))
    }

    fn parse_or_judge(&mut self, job: SyntaxJob) -> Option<Event> {
        match job {
            SyntaxJob::Document(job) => return Some(Event::Parsed(parse(&job, &self.theme))),
            SyntaxJob::Theme(theme) => self.theme = theme,
            SyntaxJob::JudgeStart(lane, id, hole) => {
                self.judges.insert(lane, (id, Judge::new(&hole), 0));
            }
            SyntaxJob::JudgeToken(lane, id, text) => {
                let (_, judge, tokens) = self.judges.get_mut(&lane).filter(|one| one.0 == id)?;
                let (index, state) = (*tokens, judge.push(&text));
                *tokens += 1;
                return Some(Event::TokenJudged {
                    lane,
                    id,
                    index,
                    state,
                });
            }
            SyntaxJob::JudgeFinish(lane, id, text) => {
                let (_, judge, _) = self.judges.get_mut(&lane).filter(|one| one.0 == id)?;
                let verdict = judge.finish(&text);
                return Some(Event::Judged { lane, id, verdict });
            }
        }
        None
    }
}

/// What every model here says of its prompt.
pub const PROMPT: PromptInfo = PromptInfo {
    prompt_tokens: Some(118),
    cached_tokens: Some(97),
    trimmed_tokens: 0,
    passages: 0,
    passage_tokens: 0,
};

fn parse(job: &DocumentJob, theme: &Theme) -> Parsed {
    let faults = job.language.map_or_else(Vec::new, |language| {
        Tree::parse(language, &job.text).faults(&job.text)
    });
    let (path, lines) = (job.path.as_deref(), 0..job.text.len_lines());
    let spans = Highlighter::new().highlight(job.language, path, &job.text, lines.clone(), theme);
    Parsed {
        revision: job.revision,
        faults,
        lines,
        spans,
    }
}

/// The first of the bundled themes.
pub fn default_theme() -> Theme {
    let themes = ThemeSet::bundled();
    let theme = themes.get("routelens-dark");
    theme.expect("a bundled theme").clone()
}

/// A model in a file of this machine.
pub fn local(name: &str, description: &str) -> ModelInfo {
    ModelInfo {
        name: name.to_owned(),
        context: Some(2048),
        fim: "Qwen".to_owned(),
        device: "CPU".to_owned(),
        no_drafts: None,
        notices: Vec::new(),
        origin: Origin::File {
            path: PathBuf::from(format!("{name}.gguf")),
            architecture: "llama".to_owned(),
            description: description.to_owned(),
            parameters: 7_000_000,
            bytes: 8_000_000,
        },
    }
}

/// A token of this probability, among others that are less or more probable.
pub fn token(text: &str, prob: f32) -> Token {
    let candidate = |id, text: &str, prob: f32| Candidate {
        id: Some(id),
        text: text.to_owned(),
        logprob: prob.ln(),
    };
    let rest = 1.0 - prob;
    let others = [(" high", 0.5), ("\n", 0.2), ("\t\x1b[0m", 0.1), ("", 0.05)];
    let others = others.iter().zip(901..);
    let mut top: Vec<Candidate> = others
        .map(|((text, share), id)| candidate(id, text, rest * share))
        .collect();
    top.push(candidate(77, text, prob));
    top.sort_by(|a, b| b.logprob.total_cmp(&a.logprob));
    let rank = top.iter().position(|c| c.id == Some(77)).unwrap_or(0);
    Token {
        id: Some(77),
        bytes: text.as_bytes().to_vec(),
        text: text.to_owned(),
        logprob: Some(prob.ln()),
        rank: Some(rank as u32),
        entropy: Some(2.5 * rest),
        margin: Some((prob - rest * 0.5).abs()),
        top,
        drafted: None,
    }
}

/// A key by its name in the configuration: `ctrl-space`, `alt-,`, `shift-right`, `f5`.
pub fn named(name: &str) -> KeyEvent {
    let mut modifiers = KeyModifiers::NONE;
    let mut rest = name;
    for (word, modifier) in [
        ("ctrl-", KeyModifiers::CONTROL),
        ("alt-", KeyModifiers::ALT),
        ("shift-", KeyModifiers::SHIFT),
    ] {
        if let Some(after) = rest.strip_prefix(word) {
            (modifiers, rest) = (modifiers | modifier, after);
        }
    }
    let code = match rest {
        "space" => KeyCode::Char(' '),
        "tab" => KeyCode::Tab,
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "backspace" => KeyCode::Backspace,
        "delete" => KeyCode::Delete,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pageup" => KeyCode::PageUp,
        "pagedown" => KeyCode::PageDown,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        _ => match rest.strip_prefix('f').and_then(|n| n.parse().ok()) {
            Some(n) => KeyCode::F(n),
            None => {
                let mut chars = rest.chars();
                match (chars.next(), chars.next()) {
                    (Some(c), None) => KeyCode::Char(c),
                    _ => panic!("`{name}` is no key"),
                }
            }
        },
    };
    KeyEvent::new(code, modifiers)
}
