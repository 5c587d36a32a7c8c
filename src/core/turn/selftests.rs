//! The state of the self-tests on a hole: the chain of models, their slots, and how far they have
//! come.

use super::{Chain, Doing, LaneKind, Link, Slot};
use crate::{completion::RequestId, routing::SelfTest, selftest::letter};

/// The self-tests of the models on one hole.
#[derive(Debug)]
pub struct SelfTests {
    pub chain: Chain,
    /// The slots of the chain's models.
    pub slots: Vec<Slot>,
    /// Models of the configured chain that are in no lane, and so are not asked.
    pub elsewhere: Vec<String>,
    pub standing: Standing,
    /// The small completion that it began with; `None` if the models complete nothing else.
    pub(super) of: Option<RequestId>,
    /// Whether the policy asked for it, so that it decides what is shown.
    pub(super) by_policy: bool,
    /// The request or batch of programs that is answered next; any other answer is stale.
    pub(super) expected: Option<RequestId>,
    /// The search whose answer it waits for before it begins.
    pub(super) searches: Option<RequestId>,
}

/// The state of the self-tests as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    Running,
    /// Ended early, for this reason.
    Stopped(String),
    Over,
}

impl SelfTests {
    pub fn is_running(&self) -> bool {
        self.standing == Standing::Running
    }

    /// The models that have begun, in order.
    pub fn links(&self) -> &[Link] {
        self.chain.links()
    }

    /// The lane of a link, if it has one.
    pub fn lane(&self, link: usize) -> Option<LaneKind> {
        self.slots.get(link)?.lane()
    }

    /// Link and row of the returned solution: the last model's that has one.
    pub fn returned(&self) -> Option<(usize, usize)> {
        let links = self.chain.links().iter().enumerate().rev();
        links
            .filter_map(|(index, link)| Some((index, link.best()?)))
            .next()
    }

    /// The conclusion as a sentence without full stop; `None` if nothing could be tested (see
    /// [`Link::why`]).
    pub fn conclusion(&self) -> Option<String> {
        let links = self.chain.links();
        let mut results = links.iter().map(|link| link.result());
        if !results.any(|result| matches!(result, Some(SelfTest::Tried { .. }))) {
            return None;
        }
        let (index, row) = self.returned()?;
        let name = self.lane(index).map_or("last", LaneKind::name);
        Some(match links[index].trial().reached() {
            true => format!("the {name} model reaches θ with solution {}", letter(row)),
            false => format!(
                "no model reaches θ; the best of the {name} model is solution {}",
                letter(row)
            ),
        })
    }

    /// A readable label for a request or a batch of programs, if it is the one answered next.
    pub fn told(&self, id: RequestId) -> Option<String> {
        let link = self.chain.links().last();
        let link = link.filter(|_| self.expected == Some(id))?;
        let model = &link.matrix().model;
        match link.doing {
            Doing::Writing(purpose, number, of) => Some(format!(
                "{model}: {} {} of {of}",
                purpose.name(),
                number + 1
            )),
            Doing::Running(_, programs) => Some(format!("{model}: {programs} programs")),
            Doing::Waiting | Doing::Done => None,
        }
    }

    /// The current model's step.
    pub(super) fn doing(&self) -> Option<Doing> {
        self.chain.links().last().map(|link| link.doing)
    }

    pub(super) fn slot(&self) -> Option<Slot> {
        self.slots.get(self.chain.model()).copied()
    }
}
