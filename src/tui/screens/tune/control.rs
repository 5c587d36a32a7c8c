//! The controls that up and down change, and their values.

use super::{Control, Tune};
use crate::{
    evaluation::{
        sweep::{self, OperatingPoint, Strategy},
        table::Part,
    },
    routing::{Escalation, Score},
    tui::app::following,
};

impl Tune {
    /// The value of a control as shown.
    pub fn value(&self, control: Control) -> &'static str {
        match control {
            Control::Policy => self.setting.strategy.name(),
            Control::Score => self.setting.score.name(),
            Control::Language => self.part.language.map_or("all", |known| known.name()),
            Control::Kind => self.part.kind.map_or("all", |known| known.name()),
            Control::Escalation => self.setting.escalation.name(),
            Control::List => self.list.filter.name(),
        }
    }

    /// Moves the chosen control by `steps` values, wrapping around.
    pub(super) fn change(&mut self, steps: isize) {
        let setting = self.setting;
        match self.control {
            Control::Policy => {
                let strategy = following(&Strategy::ALL, setting.strategy, steps);
                self.put_with(strategy, strategy.score(self.chosen));
            }
            Control::Score => {
                self.chosen = following(&Score::ALL, self.chosen, steps);
                let own = setting.strategy.score(self.chosen);
                if own != self.chosen {
                    let (name, chosen) = (setting.strategy.name(), self.chosen.name());
                    return self.info(format!(
                        "{name} always uses {}; {chosen} applies to the others",
                        own.name()
                    ));
                }
                self.put_with(setting.strategy, own);
            }
            Control::Language => {
                let languages = or_all(self.subject.table.languages());
                let language = following(&languages, self.part.language, steps);
                self.look_at(Part {
                    language,
                    ..self.part
                });
            }
            Control::Kind => {
                let kinds = or_all(self.subject.table.kinds());
                let kind = following(&kinds, self.part.kind, steps);
                self.look_at(Part { kind, ..self.part });
            }
            Control::Escalation => self.put(OperatingPoint {
                escalation: following(&Escalation::ALL, setting.escalation, steps),
                ..setting
            }),
            Control::List => self.list.choose(steps),
        }
    }

    /// Sets a strategy and a score, with a threshold that suits the score.
    fn put_with(&mut self, strategy: Strategy, score: Score) {
        let threshold = match score == self.setting.score {
            true => self.setting.threshold,
            false => self.threshold_of(strategy, score),
        };
        self.put(OperatingPoint {
            strategy,
            score,
            threshold,
            ..self.setting
        });
    }

    /// The threshold for a score: the one last used or, failing that, the one with about the same
    /// escalation rate as now, so that scores can be compared.
    fn threshold_of(&self, strategy: Strategy, score: Score) -> f32 {
        if let Some(left) = self.left_at.get(score.name()) {
            return *left;
        }
        let now = self.shown.totals.escalation_rate();
        let curve = sweep::curve(&self.subject.table, self.part, strategy, score);
        let off = |escalation: f64| (escalation - now.unwrap_or(0.5)).abs();
        let nearest = curve
            .iter()
            .filter(|point| point.threshold.is_some_and(f32::is_finite))
            .min_by(|a, b| off(a.escalation).total_cmp(&off(b.escalation)));
        nearest
            .and_then(|point| point.threshold)
            .unwrap_or_else(|| score.default_threshold())
    }
}

/// The values of a filter: all outcomes first, then each value.
fn or_all<T>(values: Vec<T>) -> Vec<Option<T>> {
    let each = values.into_iter().map(Some);
    std::iter::once(None).chain(each).collect()
}
