//! Completions known to be wrong: a solution with its last character, or one bracket, removed.

use routelens::{
    language::Language,
    syntax::{Judge, TokenSyntax, VerdictState},
};

use super::{
    compilers::{self, Answer},
    data::{self, Task},
};
use crate::figure::{Bound, Report};

/// g++ takes half a second per file, so it checks only every sixth C++ mutant.
const CPP_SAMPLE: usize = 6;

/// A solution with something missing.
struct Mutant<'t> {
    task: &'t Task,
    completion: String,
}

pub fn measure(report: &mut Report, tasks: &[Task]) {
    for language in Language::ALL {
        let mutants = mutants_of(tasks, language);
        let texts: Vec<String> = mutants
            .iter()
            .map(|mutant| mutant.task.hole.filled(&mutant.completion))
            .collect();
        let answers = match language {
            Language::Python => compilers::python(&texts),
            Language::Java => compilers::java(&texts),
            Language::Cpp => compilers::cpp(&texts),
        };
        match answers {
            Ok(answers) => one_language(report, language, &mutants, &answers),
            Err(why) => report.skipped(&format!("{} mutants", language.name()), &why),
        }
    }
}

fn one_language(report: &mut Report, language: Language, mutants: &[Mutant], answers: &[Answer]) {
    let mut seen = Counts::default();
    for (mutant, answer) in mutants.iter().zip(answers) {
        let mut judge = Judge::new(&mutant.task.hole);
        let streamed = data::pieces(&mutant.completion, 4)
            .into_iter()
            .any(|piece| judge.push(piece) == TokenSyntax::Broken);
        let broken = judge.finish(&mutant.completion).state == VerdictState::Broken;
        seen.count(*answer, broken, streamed);
        if std::env::var_os("ROUTELENS_SHOW_MISSES").is_some() {
            let wrong = match answer {
                Answer::Accepted => broken || streamed,
                Answer::Syntax => !broken,
                Answer::Meaning => false,
            };
            if wrong {
                println!("--- {} {answer:?}\n{}", mutant.task.id, mutant.completion);
            }
        }
    }
    seen.report(report, language);
}

/// How often compiler and gate agree.
#[derive(Default)]
struct Counts {
    rejected: usize,
    rejected_caught: usize,
    syntax: usize,
    syntax_caught: usize,
    syntax_streamed: usize,
    accepted: usize,
    accepted_blamed: usize,
}

impl Counts {
    fn count(&mut self, answer: Answer, broken: bool, streamed: bool) {
        match answer {
            Answer::Accepted => {
                self.accepted += 1;
                self.accepted_blamed += usize::from(broken || streamed);
            }
            Answer::Syntax => {
                self.syntax += 1;
                self.syntax_caught += usize::from(broken);
                self.syntax_streamed += usize::from(streamed);
            }
            Answer::Meaning => {}
        }
        if answer != Answer::Accepted {
            self.rejected += 1;
            self.rejected_caught += usize::from(broken);
        }
    }

    fn report(&self, report: &mut Report, language: Language) {
        let percent = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
        let by = match language {
            Language::Python => "CPython's parser",
            Language::Java => "javac's parser",
            Language::Cpp => "g++",
        };
        let name = language.name();
        if self.rejected != self.syntax {
            let line = format!(
                "{name} mutants judged broken, of {} that {by} rejects for any reason (every {CPP_SAMPLE}th mutant asked)",
                self.rejected
            );
            let value = percent(self.rejected_caught, self.rejected);
            report.figure(&line, value, "%", Bound::None);
        }
        let line = format!(
            "{name} mutants judged broken, of {} that {by} rejects for their syntax",
            self.syntax
        );
        let value = percent(self.syntax_caught, self.syntax);
        report.figure(&line, value, "%", Bound::AtLeast(95.0));
        let line = format!("{name} mutants already beyond healing while streaming");
        let value = percent(self.syntax_streamed, self.syntax);
        report.figure(&line, value, "%", Bound::None);
        let line = format!(
            "{name} mutants judged broken, of {} that {by} accepts",
            self.accepted
        );
        report.figure(
            &line,
            self.accepted_blamed as f64,
            "mutants",
            Bound::AtMost(0.0),
        );
    }
}

fn mutants_of(tasks: &[Task], language: Language) -> Vec<Mutant<'_>> {
    let all = tasks
        .iter()
        .filter(|task| task.language == language)
        .flat_map(|task| {
            let without = |at: usize, c: char| {
                let (before, after) = task.solution.split_at(at);
                [before, &after[c.len_utf8()..]].concat()
            };
            let last = task
                .solution
                .char_indices()
                .rfind(|(_, c)| !c.is_whitespace());
            let bracket = middle_bracket(&task.solution);
            last.into_iter()
                .chain(bracket.filter(|bracket| Some(*bracket) != last))
                .map(move |(at, c)| Mutant {
                    task,
                    completion: without(at, c),
                })
        });
    match language {
        Language::Cpp => all.step_by(CPP_SAMPLE).collect(),
        _ => all.collect(),
    }
}

/// One bracket of `text`: the middle one.
fn middle_bracket(text: &str) -> Option<(usize, char)> {
    let brackets: Vec<(usize, char)> = text
        .char_indices()
        .filter(|(_, c)| "()[]{}".contains(*c))
        .collect();
    brackets.get(brackets.len() / 2).copied()
}
