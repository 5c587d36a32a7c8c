//! The table, the sweep and what the tune screen shows, on made-up runs.

use routelens::{
    completion::Hole,
    evaluation::{
        explore,
        sweep::{Setting, Strategy, totals},
        table::{Part, Table},
    },
    routing::{Escalation, Policy, Score},
    syntax::{Judge, VerdictState},
};

use super::fixture;
