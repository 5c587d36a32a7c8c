//! Names for the models of a turn, and what the user sees of them.

/// One of the models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LaneKind {
    Small,
    Large,
    /// Another large model, asked together with the first to compare the two.
    Second,
}

impl LaneKind {
    pub const ALL: [LaneKind; 3] = [LaneKind::Small, LaneKind::Large, LaneKind::Second];

    pub fn name(self) -> &'static str {
        match self {
            LaneKind::Small => "small",
            LaneKind::Large => "large",
            LaneKind::Second => "second large",
        }
    }
}

/// A place for a model, counted from 0. The first three belong to the lanes; a chain of self-tests may
/// have more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Slot(pub usize);

impl Slot {
    /// The slot's lane, if any.
    pub fn lane(self) -> Option<LaneKind> {
        LaneKind::ALL.get(self.0).copied()
    }
}

impl From<LaneKind> for Slot {
    fn from(kind: LaneKind) -> Self {
        Slot(kind as usize)
    }
}

/// The lane's slot.
impl From<LaneKind> for usize {
    fn from(kind: LaneKind) -> usize {
        kind as usize
    }
}

/// What the user sees of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// The lane whose completion is in the buffer.
    pub lane: LaneKind,
    /// How many of its bytes were accepted.
    pub consumed: usize,
    /// Whether it is shown without a request and has no text yet.
    pub unasked: bool,
}

impl Shown {
    /// A small completion of which nothing is accepted yet.
    pub const SMALL: Shown = Shown {
        lane: LaneKind::Small,
        consumed: 0,
        unasked: false,
    };
}
