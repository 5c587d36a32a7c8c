//! A person's picks as labels instead of tests.

use routelens::{
    evaluation::picks::{KeptPick, Pick, digest, keep},
    meter::Side,
};

use super::*;

#[test]
fn picks_take_the_place_of_tests_and_what_was_not_compared_is_left_out() {
    let home = Home::new();
    let run = fixture::run(60, 10);
    let path = write(&home, "run.jsonl", &run);
    let none = complaint(&home.run(&["report", "run.jsonl", "--labels", "picks"]), 1);
    assert!(
        none.contains("no picks for this run") && none.contains("run.jsonl"),
        "{none}"
    );
    let picks = [Pick::Small, Pick::Large, Pick::Large, Pick::Tie];
    for (outcome, pick) in run.outcomes.iter().zip(picks) {
        let entry = KeptPick {
            id: outcome.id.clone(),
            pick: Some(pick),
            left: Side::Small,
            texts: digest(outcome),
        };
        keep(&path, &run.header, &entry).expect("kept");
    }
    let json = report(&home, &["run.jsonl", "--labels", "picks"]);
    let all = &json["parts"][0];
    assert_eq!(
        (&all["outcomes"], &all["labelled"]),
        (&60.into(), &4.into())
    );
    assert_eq!(all["policies"][0]["strategy"], "small");
    assert_eq!(all["policies"][0]["right"], 2);
    assert_eq!(all["policies"][7]["right"], 3);
    let text = stdout(&home.run(&["report", "run.jsonl", "--labels", "picks"]));
    assert!(text.contains("were picked in a blind comparison"), "{text}");
}
