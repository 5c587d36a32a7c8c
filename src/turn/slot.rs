//! Which model is which, and what the person sees of them.

/// Which of the models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LaneKind {
    Small,
    Large,
    /// Another large model, asked beside the first to compare the two.
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
    /// The lane that it belongs to, if any.
    pub fn lane(self) -> Option<LaneKind> {
        LaneKind::ALL.get(self.0).copied()
    }
}

impl From<LaneKind> for Slot {
    fn from(kind: LaneKind) -> Self {
        Slot(kind as usize)
    }
}

/// Its slot among the models.
impl From<LaneKind> for usize {
    fn from(kind: LaneKind) -> usize {
        kind as usize
    }
}

/// What the person sees of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// Whose completion is in the buffer.
    pub lane: LaneKind,
    /// How many bytes of it were accepted.
    pub consumed: usize,
    /// It was shown without being asked for, and its text is still to come.
    pub unasked: bool,
}

impl Shown {
    /// A completion that the person sees from its first token on.
    pub const SMALL: Shown = Shown {
        lane: LaneKind::Small,
        consumed: 0,
        unasked: false,
    };
}
