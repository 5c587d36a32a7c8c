//! `complete` and `doctor` with large models on servers, as a person or a script uses them.

mod private;
mod scripts;

use std::os::unix::process::CommandExt as _;
use std::{
    io::Read,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use self::scripts::{TEXT, choice, event, llama_server, models, not_found, openai};
use super::fixture::{Fixture, Request, Wire};
use crate::cli::{Home, PLACE, SOURCE, action, hole, records, stderr, stdout};

/// Longer than any test may take: exceeding it means a hang.
const LONG: Duration = Duration::from_secs(60);

/// The completion requests; detection requests do not stream.
fn asked(server: &Fixture, path: &str) -> Vec<Value> {
    let requests = server.requests_to(path);
    let bodies = requests.iter().map(Request::json);
    bodies.filter(|body| body["stream"] == true).collect()
}

/// The address of a port that nothing listens on.
fn nobody() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    format!("http://{}", listener.local_addr().expect("it is bound"))
}

fn complete(home: &Home, arguments: &[&str]) -> Value {
    let output = home.run(&[&["complete", PLACE, "--json"], arguments].concat());
    records(&output).remove(0)
}

#[test]
fn an_escalation_is_answered_by_a_server_and_the_record_says_by_which() {
    let home = Home::new();
    let server = llama_server(Duration::ZERO);
    let record = complete(&home, &["--policy", "large", "--large", &server.url()]);
    assert_eq!(
        (action(&record), &record["decision"]["degraded"]),
        ("escalate", &json!(false))
    );
    let large = &record["large"];
    assert_eq!(
        (&large["text"], &large["model"]),
        (&json!("value"), &json!("big-7b"))
    );
    assert_eq!(
        large["served_by"],
        json!({
            "dialect": "llama-server", "url": server.url(), "chat": false, "logprobs": true,
            "plain_http": false,
        })
    );
    assert_eq!(large["verdict"]["state"], "valid");
    assert_eq!(large["timing"]["server"]["prompt_ms"], 4.5);
    assert_eq!(
        (&large["stop"], &large["tokens"][0]["logprob"]),
        (&json!("end"), &json!(-0.5))
    );
    assert_eq!(record["small"]["served_by"], Value::Null);
    assert_eq!(record["large_asked"], "early");
    let asked = asked(&server, "/infill").pop().expect("it was asked");
    let (prefix, suffix) = SOURCE.split_at(SOURCE.find("+= ").expect("there") + 3);
    assert_eq!(
        (&asked["input_prefix"], &asked["input_suffix"]),
        (&prefix.into(), &suffix.into())
    );

    let output = home.run(&[
        "complete",
        PLACE,
        "--policy",
        "large",
        "--large",
        &server.url(),
    ]);
    assert_eq!(stdout(&output), "value\n");
    assert!(
        stderr(&output).starts_with("escalated to big-7b ("),
        "{}",
        stderr(&output)
    );

    let usage = records(&home.run(&["usage", "--json"])).remove(0);
    assert_eq!(usage["large"]["models"]["big-7b"]["done"], 2, "{usage}");
    assert_eq!(
        (&usage["decisions"], &usage["escalated"]),
        (&json!(2), &json!(2))
    );
}

#[test]
fn a_server_that_cannot_be_had_leaves_the_small_completion_and_says_why() {
    let home = Home::new();
    let url = nobody();
    let arguments = ["--policy", "large", "--large", &url];
    let record = complete(&home, &arguments);
    assert_eq!(record["decision"]["degraded"], true);
    assert!(record["small"]["text"].is_string());
    let error = record["large_error"].as_str().expect("why");
    assert!(error.contains(&url), "{error}");
    let output = home.run(&[&["complete", PLACE][..], &arguments].concat());
    assert_eq!(output.status.code(), Some(0));
    let said = stderr(&output);
    assert!(
        said.starts_with("degraded: large model unavailable, kept ") && said.contains(&url),
        "{said}"
    );
    let small = record["small"]["text"].as_str().expect("text");
    assert_eq!(stdout(&output).trim_end(), small.trim_end());
}

#[test]
fn a_stream_that_breaks_off_leaves_the_small_completion_and_what_had_come() {
    let home = Home::new();
    let server = Fixture::start(|request: &Request, wire: &mut Wire| match &*request.path {
        "/v1/models" => models(wire),
        "/v1/completions" if request.json()["stream"] == true => {
            wire.begin_stream("text/event-stream")?;
            event(wire, &choice(TEXT[0], None))
        }
        "/v1/completions" => wire.json(&choice("v", Some("length"))),
        _ => not_found(wire),
    });
    let record = complete(&home, &["--policy", "large", "--large", &server.url()]);
    assert_eq!(record["decision"]["degraded"], true);
    assert_eq!(
        (&record["large"], &record["large_partial"]),
        (&Value::Null, &json!(TEXT[0]))
    );
    assert!(record["large_error"].is_string() && record["small"]["text"].is_string());
    let usage = records(&home.run(&["usage", "--json"])).remove(0);
    let large = &usage["large"];
    assert_eq!(
        (&large["failed"], &large["tokens_out"]),
        (&json!(1), &json!(1)),
        "{usage}"
    );
}

#[test]
fn what_is_hedged_is_cancelled_when_kept_and_sooner_when_not() {
    let home = Home::new();
    let server = llama_server(LONG);
    let begun = Instant::now();
    let url = server.url();
    let hedged = [
        "--policy",
        "confidence",
        "--escalation",
        "hedged",
        "--large",
        &url,
    ];
    let kept = complete(&home, &[&hedged[..], &["--threshold", "-50"]].concat());
    assert!(begun.elapsed() < LONG, "it waited for what nobody wanted");
    assert_eq!((action(&kept), &kept["wasted"]), ("keep", &json!(true)));
    assert_eq!(
        (&kept["large_asked"], &kept["saved_ms"]),
        (&json!("hedged"), &Value::Null)
    );
    // How far it had come by then is down to timing.
    let large = &kept["large"];
    assert!(large.is_null() || large["stop"] == "cancelled", "{large}");
    let usage = records(&home.run(&["usage", "--json"])).remove(0);
    assert_eq!(usage["large"]["wasted"], 1, "{usage}");

    let server = llama_server(Duration::ZERO);
    let url = server.url();
    let asked = |how: &str| {
        let flags = [
            "--policy",
            "confidence",
            "--threshold",
            "0",
            "--escalation",
            how,
        ];
        complete(&home, &[&flags[..], &["--large", &url]].concat())
    };
    let hedged = asked("hedged");
    assert_eq!(
        (action(&hedged), &hedged["large"]["text"]),
        ("escalate", &json!("value"))
    );
    assert!(
        hedged["saved_ms"].as_f64() > Some(0.0),
        "{}",
        hedged["saved_ms"]
    );
    assert_eq!(
        (&hedged["wasted"], &hedged["large_asked"]),
        (&json!(false), &json!("hedged"))
    );
    let patient = asked("patient");
    assert_eq!(
        (&patient["saved_ms"], &patient["large_asked"]),
        (&Value::Null, &json!("patient"))
    );
    assert_eq!(patient["large"]["text"], "value");
}

#[test]
fn two_large_models_are_asked_at_once_and_the_second_decides_nothing() {
    let home = Home::new();
    let (first, second) = (llama_server(Duration::ZERO), openai(""));
    let (large, other, nobody) = (first.url(), second.url(), nobody());
    let flags = ["--policy", "large", "--large", &large, "--second"];
    let both = complete(&home, &[&flags[..], &[&other]].concat());
    assert_eq!(both["large"]["served_by"]["dialect"], "llama-server");
    assert_eq!(both["second"]["served_by"]["dialect"], "openai");
    assert_eq!(
        (&both["second"]["text"], &both["second"]["verdict"]["state"]),
        (&json!("value"), &json!("valid"))
    );
    let one = complete(&home, &[&flags[..], &[&nobody]].concat());
    assert_eq!(
        (&one["large"]["text"], &one["decision"]["degraded"]),
        (&json!("value"), &json!(false))
    );
    assert!(
        one["second_error"]
            .as_str()
            .is_some_and(|text| text.contains(&nobody)),
        "{one}"
    );
    let never = complete(&home, &[&flags[..], &[&other, "--large", "never"]].concat());
    assert_eq!(
        (&never["large"], &never["second"]),
        (&Value::Null, &Value::Null)
    );
}

#[test]
fn a_server_is_found_out_about_once_for_many_holes() {
    let home = Home::new();
    let server = llama_server(Duration::ZERO);
    let input: String = ["a", "b", "c"]
        .iter()
        .map(|id| hole(id, "x = ", "\n"))
        .collect();
    let arguments = [
        "complete",
        "--holes",
        "-",
        "--policy",
        "large",
        "--large",
        &server.url(),
    ];
    let records = records(&home.feed(&arguments, &input));
    assert!(
        records
            .iter()
            .all(|record| record["large"]["text"] == "value"),
        "{records:?}"
    );
    assert_eq!(asked(&server, "/infill").len(), 3);
    assert_eq!(
        server.requests_to("/props").len(),
        1,
        "it was found out about more than once"
    );
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_the_wait_for_a_server() {
    let home = Home::new();
    let server = llama_server(LONG);
    let mut command = home.command(&[
        "complete",
        PLACE,
        "--policy",
        "large",
        "--large",
        &server.url(),
    ]);
    // Background jobs ignore interrupts, and children inherit that.
    // SAFETY: `signal` may be called between fork and exec.
    unsafe {
        command.pre_exec(|| {
            libc::signal(libc::SIGINT, libc::SIG_DFL);
            Ok(())
        });
    }
    let mut child = command.stdout(Stdio::piped()).spawn().expect("it runs");
    let begun = Instant::now();
    while asked(&server, "/infill").is_empty() {
        assert!(begun.elapsed() < LONG, "the server was not asked");
        thread::sleep(Duration::from_millis(5));
    }
    let process = i32::try_from(child.id()).expect("a process id");
    // SAFETY: a signal to a child that has not been waited for.
    unsafe { libc::kill(process, libc::SIGINT) };
    let status = child.wait().expect("it ends");
    assert!(!status.success() && begun.elapsed() < LONG);
    let mut printed = String::new();
    child
        .stdout
        .take()
        .expect("piped")
        .read_to_string(&mut printed)
        .expect("text");
    assert_eq!(printed, "");
    assert!(server.closed(LONG).is_some(), "the connection stays open");
}

#[test]
fn doctor_tells_what_each_server_is_and_what_is_wrong() {
    let home = Home::new();
    let (first, second) = (llama_server(Duration::ZERO), openai(""));
    let nobody = nobody();
    home.configure(&format!(
        "[models.near]\nurl = \"{}\"\nkey_env = \"NEAR_KEY\"\n\
         [models.far]\nurl = \"{}\"\n\
         [models.gone]\nurl = \"{nobody}\"\nkey_command = \"echo hidden\"\n",
        first.url(),
        second.url().replace("http://", "http://me:hidden@"),
    ));
    let run = |arguments: &[&str]| {
        let mut command = home.command(&[&["doctor"], arguments].concat());
        command
            .env("NEAR_KEY", "sk-near")
            .env("HTTPS_PROXY", "http://me:hidden@proxy:1");
        command.output().expect("it runs")
    };
    let output = run(&["--json", "--large", "near"]);
    let text = stdout(&output);
    assert!(
        !text.contains("hidden") && !text.contains("sk-near"),
        "{text}"
    );
    let report = records(&output).remove(0);
    let server = |name: &str| {
        let servers = report["servers"].as_array().expect("a list");
        let found = servers.iter().find(|server| server["name"] == name);
        found
            .unwrap_or_else(|| panic!("no {name}: {servers:?}"))
            .clone()
    };
    let near = server("near");
    assert_eq!(
        (&near["used_as"], &near["reachable"]),
        (&json!("large"), &json!(true))
    );
    assert_eq!(
        near["key"],
        json!({"variable": {"name": "NEAR_KEY", "set": true}})
    );
    let profile = &near["profile"];
    assert_eq!(
        (&profile["dialect"], &profile["model"], &profile["context"]),
        (&json!("llama-server"), &json!("big-7b"), &json!(4096))
    );
    assert!(
        profile["fim"].is_string() && near["round_trip_ms"].is_number(),
        "{near}"
    );
    let far = server("far");
    assert_eq!(
        (&far["profile"]["dialect"], &far["url"]),
        (&json!("openai"), &json!(second.url()))
    );
    let gone = server("gone");
    assert_eq!(
        (&gone["reachable"], &gone["used_as"]),
        (&json!(false), &Value::Null)
    );
    assert!(
        gone["problem"]
            .as_str()
            .is_some_and(|text| text.contains(&nobody)),
        "{gone}"
    );
    assert_eq!(
        report["network"]["proxies"],
        json!([{"variable": "HTTPS_PROXY", "value": "http://proxy:1"}])
    );
    assert_eq!(report["network"]["deny"][0], "**/secrets/**");

    let text = stdout(&run(&[]));
    assert!(
        !text.contains("hidden") && !text.contains("sk-near"),
        "{text}"
    );
    for said in [
        "near",
        "llama-server",
        "model big-7b",
        "context 4096",
        "key from NEAR_KEY (set)",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }

    let output = run(&["--large", "gone"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stdout(&output).contains("the large model is unavailable: "),
        "{}",
        stdout(&output)
    );
}
