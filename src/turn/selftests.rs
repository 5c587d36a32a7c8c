//! What is known of the self-tests on a hole: the chain of models, where each of them is, and how they
//! stand.

use super::{Chain, Doing, LaneKind, Link, Slot};
use crate::{completion::RequestId, routing::SelfTest, selftest::letter};

/// The self-tests of the models on one hole.
#[derive(Debug)]
pub struct SelfTests {
    pub chain: Chain,
    /// Where the models of the chain are.
    pub slots: Vec<Slot>,
    /// Models of the configuration's chain that are in no lane, and so are not asked.
    pub elsewhere: Vec<String>,
    pub standing: Standing,
    /// The small completion that it began with; `None` where the models complete nothing else.
    pub(super) of: Option<RequestId>,
    /// The policy asked for it, so that it decides what is shown.
    pub(super) by_policy: bool,
    /// The request or the batch of programs that is answered next; whatever else comes is stale.
    pub(super) expected: Option<RequestId>,
    /// It begins when this search is answered.
    pub(super) searches: Option<RequestId>,
}

/// Where the self-tests stand as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    Running,
    /// Ended early: why.
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

    /// Link and row of the solution that is returned: that of the last model which has one.
    pub fn returned(&self) -> Option<(usize, usize)> {
        let links = self.chain.links().iter().enumerate().rev();
        links
            .filter_map(|(index, link)| Some((index, link.best()?)))
            .next()
    }

    /// What it came to, in a sentence without its full stop; nothing where none could be tried, which
    /// [`Link::why`] tells of.
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

    /// What a request or a batch of programs is, for people to read, if it is the one that is answered
    /// next.
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

    /// What the model whose turn it is does.
    pub(super) fn doing(&self) -> Option<Doing> {
        self.chain.links().last().map(|link| link.doing)
    }

    pub(super) fn slot(&self) -> Option<Slot> {
        self.slots.get(self.chain.model()).copied()
    }
}
