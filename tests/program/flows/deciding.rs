//! What the router decides, and what becomes of the text on the screen then.

use routelens::{
    config::Config,
    routing::{Escalation, Policy},
    tui::app::LaneKind::{Large, Small},
};

use super::*;

fn with(policy: Policy, escalation: Escalation) -> Config {
    Config {
        policy,
        escalation,
        anticipate: false,
        ..Config::default()
    }
}

#[test]
fn a_sure_completion_that_parses_asks_no_large_model() {
    flow!(
        "x = |\n",
        [
            "ctrl-space",
            small("a + b + c"),
            not_asked(Large),
            "tab",
            not_asked(Large)
        ],
        "x = a + b + c|\n"
    );
}

#[test]
fn an_unsure_completion_is_escalated_and_the_large_one_accepted() {
    flow!(
        "x = |\n",
        [
            "ctrl-space",
            unsure("a + b"),
            large("large()"),
            shows("x = |⟨a + b⟩\n"),
            "alt-a",
        ],
        "x = large()|\n"
    );
}

#[test]
fn the_large_completion_is_shown_in_the_buffer_and_accepted_by_word() {
    flow!(
        "x = |\n",
        [
            "ctrl-space",
            unsure("a + b"),
            large("c * d"),
            "alt-s",
            shows("x = |⟨c * d⟩\n"),
            "alt-s",
            shows("x = |⟨a + b⟩\n"),
            "alt-s",
            "alt-w",
        ],
        "x = c|⟨ * d⟩\n"
    );
}

#[test]
fn what_was_accepted_in_part_is_not_exchanged_for_another_text() {
    flow!(
        "x = |\n",
        [
            "ctrl-space",
            unsure("a + b"),
            large("c * d"),
            "alt-w",
            "alt-a",
            "alt-s"
        ],
        "x = a|⟨ + b⟩\n"
    );
}

#[test]
fn a_completion_that_breaks_the_syntax_is_escalated() {
    flow!(
        "x = |\n",
        ["ctrl-space", small("a + ) b"), large("a"), "alt-a"],
        "x = a|\n"
    );
}

#[test]
fn the_large_model_can_be_asked_by_hand() {
    flow!(
        "x = |\n",
        [
            "ctrl-space",
            small("a + b + c"),
            not_asked(Large),
            "alt-g",
            large("d"),
            "alt-a",
        ],
        "x = d|\n"
    );
}

#[test]
fn a_threshold_that_is_raised_escalates_what_was_kept() {
    flow!(
        "x = |\n",
        [
            "ctrl-space",
            small("a + b + c"),
            "alt->",
            "alt->",
            large("d"),
            "alt-a"
        ],
        "x = d|\n"
    );
}

#[test]
fn the_large_model_is_asked_when_the_small_one_fails() {
    flow!(
        "x = |\n",
        ["ctrl-space", Step::Fail(Small), large("d"), "alt-a"],
        "x = d|\n"
    );
}

#[test]
fn the_small_completion_stands_when_the_large_model_fails() {
    flow!(
        "x = |\n",
        [
            "ctrl-space",
            unsure("a + b + c"),
            Step::Fail(Large),
            "alt-a",
            "tab"
        ],
        "x = a + b + c|\n"
    );
}

#[test]
fn a_hedged_answer_is_there_when_it_is_wanted_and_given_up_when_not() {
    let hedged = || with(Policy::Synconf, Escalation::Hedged);
    flow!(
        playground(hedged(), "f.py", "x = |\n"),
        [
            "ctrl-space",
            asked(Large),
            small("a + b + c"),
            not_asked(Large),
            "tab"
        ],
        "x = a + b + c|\n"
    );
    flow!(
        playground(hedged(), "f.py", "x = |\n"),
        [
            "ctrl-space",
            large_begins("d"),
            unsure("a + b"),
            large("e"),
            "alt-a"
        ],
        "x = de|\n"
    );
}

#[test]
fn patience_waits_for_the_whole_of_the_small_completion() {
    let patient = with(Policy::Synconf, Escalation::Patient);
    flow!(
        playground(patient, "f.py", "x = |\n"),
        [
            "ctrl-space",
            Step::Write(Small, "a + b + c".to_owned(), UNSURE),
            not_asked(Large),
            unsure(" + d"),
            asked(Large),
            "tab",
        ],
        "x = a + b + c + d|\n"
    );
}

fn mccom(marked: &str) -> Playground {
    playground(with(Policy::Mccom, Escalation::Early), "f.py", marked)
}

#[test]
fn under_mccom_dismissing_has_the_large_model_answer_in_the_same_place() {
    flow!(
        mccom("x = |\n"),
        [
            "ctrl-space",
            small("a + b"),
            "esc",
            shows("x = |\n"),
            large("c"),
            shows("x = |⟨c⟩\n"),
            "esc",
            not_asked(Large),
        ],
        "x = |\n"
    );
}

#[test]
fn under_mccom_typing_something_else_has_the_large_model_go_on_from_there() {
    flow!(
        mccom("x = |\n"),
        [
            "ctrl-space",
            small("a + b"),
            typed("zeb"),
            large_begins("eb"),
            shows("x = zeb|\n"),
            large("ra"),
            shows("x = zeb|⟨ra⟩\n"),
            "tab",
        ],
        "x = zebra|\n"
    );
}

#[test]
fn under_mccom_the_large_text_takes_the_place_of_an_unsure_one() {
    flow!(
        mccom("x = |\n"),
        [
            "ctrl-space",
            unsure("a + b + c + d"),
            not_asked(Small),
            shows("x = |⟨a + b ⟩\n"),
            large_begins("c"),
            shows("x = |⟨c⟩\n"),
            large("d"),
            "tab",
        ],
        "x = cd|\n"
    );
}

#[test]
fn under_mccom_accepting_keeps() {
    flow!(
        mccom("x = |\n"),
        [
            "ctrl-space",
            small("a + b"),
            "alt-w",
            not_asked(Large),
            "tab",
            not_asked(Large)
        ],
        "x = a + b|\n"
    );
}
