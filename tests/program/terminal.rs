//! The whole program in a pseudo-terminal: keys in, escape sequences out, signals, and the files
//! left on disk. The models are the demo models; their expected output comes from the command line,
//! so that no test depends on what they learnt.

mod blind;
mod buffer;
mod ends;
mod ghost;
mod harness;
mod input;
mod person;
mod problems;
mod routing;
mod selftest;
mod servers;
mod size;
mod tune;

use harness::Home;

/// A file with a hole at [`HOLE`] that the small demo model completes on one line.
const SUM: &str = "\
def total(values):
    \"\"\"Return the sum of values.\"\"\"
    result = 0
    for value in values:
        result += 
    return result
";

/// Line and column of the hole in [`SUM`].
const HOLE: &str = "5:19";

/// The output of both models for a hole, according to the command line.
struct Said {
    small: String,
    large: String,
    /// The small model's score under the default policy.
    score: f64,
}

/// Asks both models at `place` of the file `name`.
fn said(home: &Home, name: &str, place: &str) -> Said {
    let place = format!("{}:{place}", home.path(name).display());
    let output = home.run(&["complete", &place, "--json", "--large", "always"]);
    let line: serde_json::Value = serde_json::from_str(&output).expect("one JSON object");
    let text = |model: &str| line[model]["text"].as_str().expect("a text").to_owned();
    Said {
        small: text("small"),
        large: text("large"),
        score: line["scores"]["first_k_mean_logprob"]
            .as_f64()
            .expect("a score"),
    }
}

/// [`SUM`] with a text in its hole.
fn filled(text: &str) -> String {
    SUM.replace("result += ", &format!("result += {text}"))
}
