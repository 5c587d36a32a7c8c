//! What models on servers cost, on screen.

use routelens::{
    completion::{StreamEvent, Timing, Token},
    config::Config,
    meter::{Ending, Meter, Rates, Side, Spent},
    routing::Escalation,
    tui::app::LaneKind,
};

use super::fixture::*;
use crate::{
    playground::PROMPT,
    screen::{assert_harmless, at_all_sizes, compare, fixture::*, resize, shown},
};

/// What earlier runs counted.
fn earlier() -> Meter {
    let spent = |side, model: &str, rates, tokens| Spent {
        side,
        model: model.to_owned(),
        rates,
        ending: Ending::Done,
        timing: Timing {
            prompt_tokens: PROMPT.prompt_tokens,
            cached_tokens: PROMPT.cached_tokens,
            generated_tokens: tokens,
            ttft_ms: 12.4,
            total_ms: 12.4 + 1.6 * tokens as f64,
            server: None,
        },
        wasted: false,
    };
    let rates = Rates {
        accelerators: 8.0,
        input_price: Some(2.0),
        output_price: Some(6.0),
    };
    let often = spent(Side::Small, "demo-small-7m", Rates::default(), 20);
    let seldom = spent(Side::Large, "qwen2.5-coder-32b", rates, 24);
    let mut earlier = Meter::default();
    for decision in 0..1500 {
        earlier.spend(&often);
        earlier.decide(decision % 3 == 0);
        if decision % 3 == 0 {
            earlier.spend(&seldom);
        }
    }
    earlier.spend(&spent(Side::Large, "workstation", Rates::default(), 22));
    Meter::continuing(earlier.run().clone())
}

/// The playground after four decisions, the large model asked ahead of each: half of them wanted it.
fn counted() -> Playground {
    let mut playground = searching(on_server(Config {
        escalation: Escalation::Hedged,
        ..config()
    }));
    playground.begin_with(earlier());
    playground.is_ready(LaneKind::Large, llama_server());
    for (tokens, prob) in [(24, 0.1), (12, 0.9), (18, 0.1), (24, 0.9)] {
        playground.press(&["ctrl-space"]);
        let small = SMALL[..tokens].iter().map(|(text, _)| token(text, prob));
        let small: Vec<Token> = small.collect();
        playground.write(LaneKind::Large, &large_tokens()[..tokens]);
        playground.write(LaneKind::Small, &small);
        playground.finish(LaneKind::Small);
        if playground.is_asked(LaneKind::Large) {
            playground.finish(LaneKind::Large);
        }
        playground.press(&["esc"]);
    }
    playground
}

fn header(playground: &mut Playground, size: (u16, u16)) -> String {
    let screen = shown(playground, size);
    screen.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn the_meter_is_on_every_screen_with_room_for_it() {
    let mut fresh = searching(config());
    complete(&mut fresh, &small_tokens(24));
    assert!(!shown(&mut fresh, (160, 45)).contains("escalated · "));
    let mut playground = counted();
    let wide = header(&mut playground, (200, 45));
    assert!(
        wide.contains("large model: 4 requests · 50 % escalated"),
        "{wide}"
    );
    let wide = header(&mut playground, (160, 45));
    assert!(
        wide.contains("272 wasted · ") && wide.contains(" ms saved"),
        "{wide}"
    );
    assert!(header(&mut playground, (100, 30)).contains("large 4 · 50 %"));
    assert!(header(&mut playground, (80, 24)).contains("large 4 · 50 %"));
    // One that fails without a word about its prompt.
    playground.press(&["ctrl-space"]);
    for token in &large_tokens()[..5] {
        playground.tell(LaneKind::Large, StreamEvent::Token(token.clone()));
    }
    let why = StreamEvent::Failed("it broke off".to_owned());
    playground.tell(LaneKind::Large, why);
    playground.say(LaneKind::Small, &small_tokens(24));
    let wide = header(&mut playground, (160, 45));
    assert!(wide.contains("≥472→83 tok"), "{wide}");
    assert!(wide.contains("1 failed"), "{wide}");
    let mut long = opened(config(), &"a".repeat(70), "", 0);
    long.begin_with(earlier());
    assert!(header(&mut long, (80, 24)).contains("1:1"));
}

#[test]
fn the_meter_compares_small_with_large() {
    let mut playground = kept();
    playground.press(&["alt-$"]);
    compare("meter_empty", &mut playground, &dark(), (100, 30));
    let mut playground = counted();
    playground.press(&["alt-$"]);
    at_all_sizes("meter", &mut playground);
    for size in [(160, 45), (100, 30), (80, 24)] {
        let screen = shown(&mut playground, size);
        for part in [
            "This run",
            "All time",
            "always large",
            "less money",
            "wasted",
        ] {
            assert!(screen.contains(part), "{part} at {size:?}");
        }
    }
    for size in [(40, 10), (47, 13), (60, 16)] {
        resize(&mut playground, size);
        assert_harmless(playground.app(), size);
    }
}
