//! A large model on a server: on its way, out of reach, back again, and failing half way.

use super::*;

const SMALL: LaneKind = LaneKind::Small;
const LARGE: LaneKind = LaneKind::Large;

fn escalated(app: &mut App) -> Vec<Effect> {
    let mut effects = ctrl(app, ' ');
    effects.extend(say(app, SMALL, &["a", " +", " b"], -2.0));
    effects
}

#[test]
fn a_server_is_on_its_way_then_ready_then_better_known() {
    let mut app = serving(with_servers());
    assert!(matches!(&app.turn().large.model, ModelState::Waiting(name, _) if name == "near"));
    app.update(Event::Model(
        LARGE,
        ModelEvent::Waiting("it loads its model".to_owned()),
    ));
    let ModelState::Waiting(name, why) = &app.turn().large.model else {
        panic!("{:?}", app.turn().large.model);
    };
    assert_eq!(
        (name.as_str(), why.as_str()),
        ("near", "it loads its model")
    );
    let info = ModelInfo {
        notices: vec!["plain HTTP".to_owned()],
        ..on_server("big")
    };
    app.update(Event::Model(
        LARGE,
        ModelEvent::Ready(Arc::new(info.clone())),
    ));
    assert!(app.message().is_some_and(|m| m.text == "plain HTTP"));
    app.notice.clear();

    escalated(&mut app);
    tell(&mut app, LARGE, StreamEvent::Token(token("c", -0.1)));
    let before = app.turn().large.runs.clone();
    let Origin::Server { url, dialect, .. } = &info.origin else {
        panic!("it is a server");
    };
    let better = ModelInfo {
        origin: Origin::Server {
            url: url.clone(),
            dialect: dialect.clone(),
            chat: false,
            logprobs: Some(true),
            plain_http: false,
        },
        ..info
    };
    let effects = app.update(Event::Model(
        LARGE,
        ModelEvent::Ready(Arc::new(better.clone())),
    ));
    assert_eq!(effects.len(), 0, "{effects:?}");
    assert_eq!(app.turn().large.runs, before, "the run goes on");
    assert_eq!(app.turn().large.model, ModelState::Ready(Arc::new(better)));
    assert_eq!(app.message(), None, "the notice was said before");
}

#[test]
fn a_request_that_waited_to_know_its_server_waits_for_a_token_then() {
    let mut app = serving(with_servers());
    escalated(&mut app);
    let asking = "detecting the server".to_owned();
    tell(&mut app, LARGE, StreamEvent::Waiting(asking.clone()));
    assert_eq!(app.turn().large.runs[0].waiting, Some(asking));
    app.update(Event::Model(
        LARGE,
        ModelEvent::Ready(Arc::new(on_server("big"))),
    ));
    assert_eq!(app.turn().large.runs[0].waiting, None);
    // What it waits for after that is not over because more is known of the server.
    let busy = "busy (429): retrying in 2 s".to_owned();
    tell(&mut app, LARGE, StreamEvent::Waiting(busy.clone()));
    app.update(Event::Model(
        LARGE,
        ModelEvent::Ready(Arc::new(on_server("bigger"))),
    ));
    assert_eq!(app.turn().large.runs[0].waiting, Some(busy));
}

#[test]
fn a_server_out_of_reach_is_asked_all_the_same_and_may_answer() {
    let mut app = serving(with_servers());
    let problem = "127.0.0.1:8012 refuses the connection: start the server";
    app.update(Event::Model(
        LARGE,
        ModelEvent::Unreachable(problem.to_owned()),
    ));
    assert!(app.message().is_some_and(|m| m.text == problem));
    let state = ModelState::Unreachable("near".to_owned(), problem.to_owned());
    assert_eq!(app.turn().large.model, state);

    let effects = escalated(&mut app);
    assert_eq!(asked(&effects, LARGE), 1);
    assert_eq!(decided(&app), Some((Action::Escalate, false)));
    tell(&mut app, LARGE, StreamEvent::Failed(problem.to_owned()));
    app.update(Event::Model(
        LARGE,
        ModelEvent::Unreachable(problem.to_owned()),
    ));
    assert_eq!(decided(&app), Some((Action::Escalate, true)), "degraded");
    assert_eq!(app.ghost_text(), "a + b", "the small completion stands");

    // It is started, and a person asks again.
    assert_eq!(asked(&alt(&mut app, 'g'), LARGE), 1);
    app.update(Event::Model(
        LARGE,
        ModelEvent::Ready(Arc::new(on_server("big"))),
    ));
    say(&mut app, LARGE, &["c"], -0.1);
    assert_eq!(decided(&app), Some((Action::Escalate, false)));
    assert_eq!(
        app.turn().large.run().map(|run| &run.phase),
        Some(&Phase::Done)
    );
}

#[test]
fn a_request_says_what_it_waits_for_until_its_first_token() {
    let mut app = serving(with_servers());
    escalated(&mut app);
    let waiting = |app: &App| app.turn().large.run().and_then(|run| run.waiting.clone());
    let why = "unavailable (503): retrying in 0.5 s";
    tell(&mut app, LARGE, StreamEvent::Waiting(why.to_owned()));
    assert_eq!(waiting(&app).as_deref(), Some(why));
    tell(&mut app, LARGE, StreamEvent::Token(token("c", -0.1)));
    assert_eq!(waiting(&app), None);
    tell(&mut app, LARGE, StreamEvent::Waiting("late".to_owned()));
    assert_eq!(waiting(&app), None, "it does not wait any more");
}

#[test]
fn a_request_that_fails_half_way_keeps_its_text() {
    let mut app = serving(with_servers());
    escalated(&mut app);
    tell(&mut app, LARGE, StreamEvent::Token(token("c", -0.1)));
    let failed = StreamEvent::Failed("the stream stopped".to_owned());
    tell(&mut app, LARGE, failed);
    let run = app.turn().large.run().expect("it was asked");
    assert_eq!(run.completion.text, "c");
    assert_eq!(run.phase, Phase::Failed("the stream stopped".to_owned()));
    assert_eq!(decided(&app), Some((Action::Escalate, true)));
    assert_eq!(app.ghost_text(), "a + b");
    // The next hole is asked as if nothing had been.
    assert_eq!(asked(&escalated(&mut app), LARGE), 1);
    assert_eq!(decided(&app), Some((Action::Escalate, false)));
}

#[test]
fn what_may_not_leave_this_machine_says_so_in_the_pane() {
    let mut app = serving(with_servers());
    escalated(&mut app);
    let why = "*.pem keeps this file on this machine: see `deny` in the configuration";
    tell(&mut app, LARGE, StreamEvent::Failed(why.to_owned()));
    let phase = app.turn().large.run().map(|run| run.phase.clone());
    assert_eq!(phase, Some(Phase::Failed(why.to_owned())));
    assert_eq!(decided(&app), Some((Action::Escalate, true)));
}

#[test]
fn a_server_is_warmed_when_the_small_model_is_asked() {
    let mut app = serving(with_servers());
    let effects = ctrl(&mut app, ' ');
    assert!(warms(&effects, LARGE));
    assert!(!warms(&effects, LaneKind::Second));
    app.config.escalation = Escalation::Hedged;
    let effects = ctrl(&mut app, ' ');
    assert!(!warms(&effects, LARGE), "the request itself warms it");
    let mut app = ready(Config::default());
    assert!(
        !warms(&ctrl(&mut app, ' '), LARGE),
        "a model that runs here"
    );
}

#[test]
fn alternatives_of_a_server_are_sampled_but_not_steered() {
    let mut app = serving(with_servers());
    app.update(Event::Model(
        LARGE,
        ModelEvent::Ready(Arc::new(on_server("big"))),
    ));
    escalated(&mut app);
    say(&mut app, LARGE, &["c", "d"], -0.1);
    alt(&mut app, 's');
    let effects = alt(&mut app, 'n');
    let request = effects.iter().find_map(|effect| match effect {
        Effect::Ask(LARGE, request) => Some(request),
        _ => None,
    });
    let sampling = request.expect("another is asked for").sampling;
    assert!(sampling.temperature > 0.0 && sampling.seed != 0);
    say(&mut app, LARGE, &["e", "f"], -0.2);
    assert_eq!(app.ghost_text(), "ef");
    alt(&mut app, 'i');
    key(&mut app, KeyCode::Down);
    let effects = key(&mut app, KeyCode::Enter);
    assert_eq!(asked(&effects, LARGE), 0);
    assert!(app.message().is_some_and(|m| m.text.contains("server")));
}

#[test]
fn a_request_asked_for_by_hand_is_given_up_when_the_text_changes() {
    let (mut app, _) = completed(-0.1);
    key(&mut app, KeyCode::Esc);
    assert_eq!(asked(&alt(&mut app, 'g'), LARGE), 1);
    assert!(!cancels(&key(&mut app, KeyCode::Left), LARGE));
    assert!(cancels(&key(&mut app, KeyCode::Char('x')), LARGE));

    let (mut app, _) = completed(-0.1);
    key(&mut app, KeyCode::Esc);
    alt(&mut app, 'g');
    assert!(cancels(&key(&mut app, KeyCode::Esc), LARGE), "or dismissed");
}

#[test]
fn a_model_that_cannot_be_used_ends_what_waits_for_it() {
    let mut app = serving(with_servers());
    escalated(&mut app);
    let effects = app.update(Event::Model(
        LARGE,
        ModelEvent::LoadFailed("no such model".to_owned()),
    ));
    assert!(cancels(&effects, LARGE));
    let phase = app.turn().large.run().map(|run| run.phase.clone());
    assert_eq!(phase, Some(Phase::Failed("no such model".to_owned())));
    assert_eq!(decided(&app), Some((Action::Escalate, true)));
}

#[test]
fn a_problem_is_told_in_the_footer_where_its_pane_has_no_room() {
    let problem = "127.0.0.1:8012 answered 500: check the server's log";
    for (size, told) in [((160, 45), false), ((60, 20), true)] {
        let mut app = serving(with_servers());
        app.update(Event::Resize(size.0, size.1));
        app.update(Event::Model(
            LARGE,
            ModelEvent::Ready(Arc::new(on_server("big"))),
        ));
        escalated(&mut app);
        tell(&mut app, LARGE, StreamEvent::Failed(problem.to_owned()));
        let message = app.message();
        assert_eq!(message.is_some_and(|m| m.text == problem), told, "{size:?}");
    }
}
