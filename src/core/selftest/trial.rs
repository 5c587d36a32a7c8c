//! One model's turn: k solutions, its tests, and every solution against every test. A state machine
//! without IO: it returns the next step, and the caller reports the result.
//!
//! First comes the greedy solution (or a known one), then the sampled ones, then the tests, written
//! after the first solution that can be called, and then all programs at once. A solution that is
//! sampled twice is run once and counted twice. If nothing passes, the file is also run without any
//! test, because failures in a file that cannot run by itself say nothing about the solutions.

use std::sync::Arc;

use super::{
    Matrix, SelfTesting,
    attempt::{RecordedTrial, Sampled, WrittenTest},
    program,
    site::{self, TestedFunction},
    writing,
};
use crate::{
    completion::{Completion, Hole, Sampling},
    routing::SelfTest,
    sandbox::Program,
};

/// Enough for one line of a test; a longer test is cut off and not counted.
const TOKENS_A_LINE: usize = 64;
/// The largest file accepted, in bytes: it is parsed for every solution and copied for every cell.
const MOST_BYTES: usize = 256 * 1024;
/// Why a file that depends on others cannot be tested.
const NOT_ALONE: &str = "the file does not run by itself; it may need other files or packages";

/// What the caller must do next.
#[derive(Debug, Clone, PartialEq)]
pub enum Want {
    /// Ask the model, and pass its text to [`Trial::answered`].
    Ask(TrialRequest),
    /// Run these, in any order or in parallel, and pass each result to [`Trial::ran`].
    Run(Vec<Cell>),
}

/// A request to the model.
#[derive(Debug, Clone, PartialEq)]
pub struct TrialRequest {
    pub purpose: Purpose,
    /// Its index among the requests of its kind, from 0, and their total.
    pub number: usize,
    pub of: usize,
    pub hole: Arc<Hole>,
    pub sampling: Sampling,
    /// Token limit; `None` for the usual limit of a completion.
    pub max_tokens: Option<usize>,
}

/// The purpose of a completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Solution,
    Test,
}

impl Purpose {
    /// Its display name.
    pub fn name(self) -> &'static str {
        match self {
            Purpose::Solution => "solution",
            Purpose::Test => "test",
        }
    }
}

/// One cell of the matrix; in the column after the last, a file without a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The row of the matrix; for a file without a test, its index.
    pub solution: usize,
    /// The column; for a file without a test, the number of tests.
    pub test: usize,
    /// The program; the test passes iff it runs to its end.
    pub program: Program,
}

/// How a trial ended.
#[derive(Debug, Clone, PartialEq)]
pub struct TrialResult {
    pub self_test: SelfTest,
    /// Why it could not be tested, for display; `None` if it was.
    pub why: Option<String>,
    /// The row of the solution to return: from the best group, else the first solution.
    pub best: Option<usize>,
}

/// One model's turn.
#[derive(Debug, Clone)]
pub struct Trial {
    hole: Arc<Hole>,
    settings: SelfTesting,
    sampling: Sampling,
    matrix: Matrix,
    solutions: Vec<Sampled>,
    tests: Vec<WrittenTest>,
    /// The filling used while writing tests and the function to call; known after the first
    /// solution.
    called: Option<(String, TestedFunction)>,
    /// Whether the files without a test run to their end; empty if not tried.
    alone: Vec<Option<bool>>,
    /// Cells requested whose results are not known yet.
    running: usize,
    /// Whether the model could not answer.
    failed: bool,
    result: Option<TrialResult>,
}

impl Trial {
    /// Begins a turn of `model`. A greedy solution that is already known need not be requested.
    /// `sampling` applies to the others, with the seed incremented; at temperature 0 they would all
    /// be the same, so the default temperature is used instead.
    pub fn new(
        model: impl Into<String>,
        hole: impl Into<Arc<Hole>>,
        settings: SelfTesting,
        sampling: Sampling,
        first: Option<Sampled>,
    ) -> (Self, Option<Want>) {
        let sampling = match sampling.temperature > 0.0 {
            true => sampling,
            false => Sampling {
                seed: sampling.seed,
                ..Sampling::default()
            },
        };
        let mut trial = Trial {
            hole: hole.into(),
            settings,
            sampling,
            matrix: Matrix::new(model),
            solutions: Vec::new(),
            tests: Vec::new(),
            called: None,
            alone: Vec::new(),
            running: 0,
            failed: false,
            result: None,
        };
        if trial.hole.language.is_none() {
            trial.end(Err(site::NO_GRAMMAR.to_owned()));
        } else if trial.hole.prefix.len() + trial.hole.suffix.len() > MOST_BYTES {
            let most = MOST_BYTES / 1024;
            trial.end(Err(format!("the file is larger than {most} KiB")));
        } else if let Some(first) = first {
            trial.solved(first);
        }
        let want = trial.next();
        (trial, want)
    }

    /// Takes the model's answer; see [`Want::Ask`].
    pub fn answered(&mut self, answer: &Completion) -> Option<Want> {
        if self.result.is_some() {
            return None;
        }
        if self.solutions.len() < self.settings.solutions {
            self.solved(Sampled::new(&answer.text, answer.timing.total_ms));
        } else if self.tests.len() < self.settings.tests {
            self.tested(answer);
        }
        self.next()
    }

    /// Takes the result of a program: whether it ran to its end. Returns the next step once all
    /// have run.
    pub fn ran(&mut self, solution: usize, test: usize, passed: bool) -> Option<Want> {
        let cell = match test == self.matrix.tests.len() {
            true => self.alone.get_mut(solution)?,
            false => self.matrix.passed.get_mut(solution)?.get_mut(test)?,
        };
        if self.result.is_some() || cell.replace(passed).is_some() {
            return None;
        }
        self.running -= 1;
        match self.running {
            0 => self.next(),
            _ => None,
        }
    }

    /// The model cannot answer, or programs cannot run here; `why` says which. Ends the turn.
    pub fn failed(&mut self, why: impl Into<String>) {
        if self.result.is_none() {
            self.failed = true;
            self.end(Err(why.into()));
        }
    }

    /// Solutions against tests, as far as known.
    pub fn matrix(&self) -> &Matrix {
        &self.matrix
    }

    /// How the turn ended, once it has.
    pub fn result(&self) -> Option<&TrialResult> {
        self.result.as_ref()
    }

    /// Whether the score reached θ.
    pub fn reached(&self) -> bool {
        let result = self.result.as_ref().map(|result| result.self_test);
        matches!(result, Some(SelfTest::Tried { score, theta }) if score >= theta)
    }

    /// Whether it ended because the model could not answer or its programs could not run.
    pub fn has_failed(&self) -> bool {
        self.failed
    }

    /// Whether it ended because of the file, whatever the model: no function around the hole can be
    /// called, or the file does not run by itself.
    pub fn has_no_site(&self) -> bool {
        let nowhere = self.called.is_none() || self.cannot_run_alone();
        self.result.is_some() && nowhere && !self.failed
    }

    /// Whether no solution's file runs to its end, even without a test.
    pub fn cannot_run_alone(&self) -> bool {
        !self.alone.is_empty() && self.alone.iter().all(|ran| *ran == Some(false))
    }

    /// The best solution so far.
    pub fn best(&self) -> Option<&str> {
        let best = self.matrix.best()?;
        Some(&self.matrix.solutions[best].text)
    }

    /// The turn as it is recorded. For a failed test it is not known which of its lines hold, so
    /// programs with only its first lines are run until one fails; `passes` says whether a program
    /// runs to its end.
    ///
    /// # Errors
    /// The error of `passes`.
    pub fn record<E>(
        &self,
        run_ms: f64,
        accelerators: f64,
        mut passes: impl FnMut(&Program) -> Result<bool, E>,
    ) -> Result<RecordedTrial, E> {
        let mut held = Vec::new();
        for solution in &self.solutions {
            let mut row = Vec::new();
            for test in &self.tests {
                row.push(self.held(&solution.text, &test.lines, &mut passes)?);
            }
            held.push(row);
        }
        Ok(RecordedTrial {
            model: self.matrix.model.clone(),
            solutions: self.solutions.clone(),
            tests: self.tests.clone(),
            held,
            run_ms,
            accelerators,
            why: self.result.as_ref().and_then(|result| result.why.clone()),
        })
    }

    /// How many of a test's lines hold for a solution, counted from the first.
    fn held<E>(
        &self,
        solution: &str,
        lines: &[String],
        passes: &mut impl FnMut(&Program) -> Result<bool, E>,
    ) -> Result<usize, E> {
        let whole = lines.join("\n");
        let column = self.matrix.tests.iter().position(|test| *test == whole);
        let mut rows = self.matrix.solutions.iter();
        let row = rows.position(|known| known.text == solution);
        let cell = column
            .zip(row)
            .and_then(|(column, row)| self.matrix.passed[row][column]);
        match (cell, site::find(&self.hole, solution)) {
            (Some(true), _) => Ok(lines.len()),
            (Some(false), Ok(site)) => {
                let file = self.hole.filled(solution);
                for count in 1..lines.len() {
                    let program = program::with_test(&file, &site, &lines[..count].join("\n"));
                    if !passes(&program)? {
                        return Ok(count - 1);
                    }
                }
                Ok(lines.len().saturating_sub(1))
            }
            _ => Ok(0),
        }
    }

    fn solved(&mut self, solution: Sampled) {
        self.matrix.add_solution(&solution.text);
        if self.called.is_none() {
            match site::find_around(&self.hole, &solution.text) {
                Ok(called) => self.called = Some(called),
                Err(why) => self.end(Err(why)),
            }
        }
        self.solutions.push(solution);
    }

    fn tested(&mut self, answer: &Completion) {
        let Some((_, site)) = &self.called else {
            return;
        };
        let lines = writing::read(site, answer, self.settings.test_lines);
        if !lines.is_empty() {
            self.matrix.add_test(&lines.join("\n"));
        }
        let ms = answer.timing.total_ms;
        self.tests.push(WrittenTest { lines, ms });
    }

    /// The next step; ends the turn when there is none.
    fn next(&mut self) -> Option<Want> {
        if self.result.is_some() {
            return None;
        }
        if self.solutions.len() < self.settings.solutions {
            return Some(Want::Ask(self.ask_solution()));
        }
        let (filling, site) = self.called.as_ref()?;
        if self.tests.len() < self.settings.tests {
            let hole = writing::hole(&self.hole, filling, site);
            return Some(Want::Ask(self.ask_test(hole)));
        }
        if self.matrix.tests.is_empty() {
            let why = format!("the model wrote no test that calls {}", site.name);
            self.end(Err(why));
            return None;
        }
        let cells = self.cells_to_run();
        let cells = match cells.is_empty() && self.alone.is_empty() && !self.has_passed() {
            true => self.cells_alone(),
            false => cells,
        };
        if cells.is_empty() {
            self.end(match self.cannot_run_alone() {
                true => Err(NOT_ALONE.to_owned()),
                false => Ok(()),
            });
            return None;
        }
        self.running = cells.len();
        Some(Want::Run(cells))
    }

    /// Whether any solution passes any test, which shows that the file runs.
    fn has_passed(&self) -> bool {
        let mut cells = self.matrix.passed.iter().flatten();
        cells.any(|cell| *cell == Some(true))
    }

    /// The file without a test, with every solution, and with a placeholder in the hole, which may
    /// run even if all solutions are broken.
    fn cells_alone(&mut self) -> Vec<Cell> {
        let solutions = self.matrix.solutions.iter().map(|one| one.text.clone());
        let fillings = solutions.chain(site::next_to_nothing(&self.hole));
        let program = |filling: String| {
            let site = site::find(&self.hole, &filling).ok()?;
            Some(program::with_test(&self.hole.filled(&filling), &site, ""))
        };
        let numbered = fillings.filter_map(program).enumerate();
        let cell = |(solution, program)| Cell {
            solution,
            test: self.matrix.tests.len(),
            program,
        };
        let cells: Vec<Cell> = numbered.map(cell).collect();
        self.alone = vec![None; cells.len()];
        cells
    }

    fn ask_solution(&self) -> TrialRequest {
        let number = self.solutions.len();
        TrialRequest {
            purpose: Purpose::Solution,
            number,
            of: self.settings.solutions,
            hole: Arc::clone(&self.hole),
            sampling: self.sampling_of(number),
            max_tokens: None,
        }
    }

    fn ask_test(&self, hole: Hole) -> TrialRequest {
        let number = self.tests.len();
        TrialRequest {
            purpose: Purpose::Test,
            number,
            of: self.settings.tests,
            hole: hole.into(),
            sampling: self.sampling_of(number),
            max_tokens: Some(self.settings.test_lines * TOKENS_A_LINE),
        }
    }

    /// The first one is greedy.
    fn sampling_of(&self, number: usize) -> Sampling {
        match u32::try_from(number) {
            Ok(0) => Sampling::GREEDY,
            number => Sampling {
                seed: self.sampling.seed.wrapping_add(number.unwrap_or(u32::MAX)),
                ..self.sampling
            },
        }
    }

    /// The programs of all cells with unknown results. A solution that hides the function passes
    /// nothing.
    fn cells_to_run(&mut self) -> Vec<Cell> {
        let mut cells = Vec::new();
        for (row, solution) in self.matrix.solutions.iter().enumerate() {
            let site = site::find(&self.hole, &solution.text);
            for (column, test) in self.matrix.tests.iter().enumerate() {
                let cell = &mut self.matrix.passed[row][column];
                match &site {
                    _ if cell.is_some() => {}
                    Ok(site) => cells.push(Cell {
                        solution: row,
                        test: column,
                        program: program::with_test(&self.hole.filled(&solution.text), site, test),
                    }),
                    Err(_) => *cell = Some(false),
                }
            }
        }
        cells
    }

    fn end(&mut self, tried: Result<(), String>) {
        let self_test = match tried {
            Ok(()) => SelfTest::Tried {
                score: self.matrix.score(),
                theta: self.settings.theta,
            },
            Err(_) => SelfTest::Inapplicable,
        };
        self.result = Some(TrialResult {
            self_test,
            why: tried.err(),
            best: self.matrix.best(),
        });
    }
}
