//! When the large model is asked, what happens if it was asked too early, and the costs.

use super::*;
use crate::meter::{Meter, Side};

/// A turn on a hole, with the meter that counts its requests.
struct Table {
    turn: Turn,
    meter: Meter,
    now: Duration,
}

/// A turn's requests to the models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wants {
    Ask(LaneKind),
    Cancel(LaneKind),
}

fn token(text: &str, logprob: f32) -> Token {
    Token {
        text: text.to_owned(),
        logprob: Some(logprob),
        ..super::token(1.0)
    }
}

fn whole(texts: &[&str], logprob: f32) -> Completion {
    let tokens: Vec<Token> = texts.iter().map(|text| token(text, logprob)).collect();
    completion(&tokens)
}

/// The end of a cancelled request, with this many tokens written in this time.
fn given_up(tokens: usize, total_ms: f64) -> StreamEvent {
    StreamEvent::Done(Completion {
        stop: StopReason::Cancelled,
        timing: Timing {
            generated_tokens: tokens,
            total_ms,
            ..Timing::default()
        },
        ..completion(&[])
    })
}

const TEXTS: [&str; 3] = ["a", " +", " b"];

impl Table {
    fn new(rules: Rules) -> Self {
        let mut turn = Turn::new(rules);
        for kind in [SMALL, LARGE_LANE] {
            turn.lane_mut(kind).model = ModelState::Ready(info(kind));
        }
        turn.shown = Some(Shown::SMALL);
        Table {
            turn,
            meter: Meter::default(),
            now: Duration::ZERO,
        }
    }

    fn begin(&mut self) -> Vec<Wants> {
        let hole = Hole::new("def f(x):\n    return ", "\n", Some(Language::Python));
        self.update(TurnEvent::Begin(Arc::new(hole)))
    }

    fn update(&mut self, event: TurnEvent) -> Vec<Wants> {
        let lane = |slot: Slot| slot.lane().expect("a lane");
        let mut wants = Vec::new();
        for effect in self.turn.update(event, self.now) {
            match effect {
                TurnEffect::Ask(slot, _) => wants.push(Wants::Ask(lane(slot))),
                TurnEffect::Cancel(slot) => wants.push(Wants::Cancel(lane(slot))),
                TurnEffect::Spent(spent) => self.meter.spend(&spent),
                TurnEffect::Saved(milliseconds) => self.meter.save(milliseconds),
                TurnEffect::Routed { escalates } => self.meter.decide(escalates),
                _ => {}
            }
        }
        wants
    }

    fn last_id(&self, kind: LaneKind) -> RequestId {
        let run = self.turn.lane(kind).runs.last();
        run.map(|run| run.id).expect("it was asked")
    }

    fn tell(&mut self, kind: LaneKind, event: StreamEvent) -> Vec<Wants> {
        let event = ModelEvent::Stream(self.last_id(kind), event);
        self.update(TurnEvent::Model(kind.into(), event))
    }

    fn write(&mut self, kind: LaneKind, texts: &[&str], logprob: f32) -> Vec<Wants> {
        let mut wants = Vec::new();
        for text in texts {
            wants.extend(self.tell(kind, StreamEvent::Token(token(text, logprob))));
        }
        wants.extend(self.tell(kind, StreamEvent::Done(whole(texts, logprob))));
        wants
    }

    fn judge(&mut self, kind: LaneKind) -> Vec<Wants> {
        self.update(TurnEvent::Judged {
            lane: kind,
            id: self.last_id(kind),
            verdict: Verdict {
                state: VerdictState::Valid,
                faults: Vec::new(),
                first_broken_token: None,
            },
        })
    }

    fn say(&mut self, kind: LaneKind, texts: &[&str], logprob: f32) -> Vec<Wants> {
        let mut wants = self.write(kind, texts, logprob);
        wants.extend(self.judge(kind));
        wants
    }

    fn pass(&mut self, milliseconds: u64) {
        self.now += Duration::from_millis(milliseconds);
    }

    fn large(&self) -> &Run {
        self.turn.large.run().expect("the large model was asked")
    }

    fn decided(&self) -> Option<(Action, bool)> {
        let (decision, _) = self.turn.small.run()?.decision.as_ref()?;
        Some((decision.action, decision.degraded))
    }

    fn wasted(&self) -> (u64, u64) {
        let usage = self.meter.run().side(Side::Large);
        (usage.wasted, usage.wasted_tokens)
    }

    fn saved_ms(&self) -> f64 {
        self.meter.run().saved_ms
    }
}

fn cancels(wants: &[Wants], kind: LaneKind) -> bool {
    wants.contains(&Wants::Cancel(kind))
}

fn asked(wants: &[Wants], kind: LaneKind) -> usize {
    wants
        .iter()
        .filter(|want| **want == Wants::Ask(kind))
        .count()
}

fn escalating(escalation: Escalation) -> Table {
    Table::new(Rules {
        settings: Settings::default(),
        ..rules(Policy::Synconf, LargeUse::Escalated, escalation)
    })
}

#[test]
fn patient_waits_for_the_verdict() {
    let mut table = escalating(Escalation::Patient);
    let mut wants = table.begin();
    wants.extend(table.write(SMALL, &TEXTS, -2.0));
    let decision = table.decided().map(|(action, _)| action);
    assert_eq!(decision, Some(Action::Escalate), "the decision is known");
    assert_eq!(asked(&wants, LARGE_LANE), 0, "and nothing is asked yet");
    let wants = table.judge(SMALL);
    assert_eq!(asked(&wants, LARGE_LANE), 1);
    assert_eq!(table.large().saved, None, "nothing was asked ahead");
    assert_eq!(table.saved_ms(), 0.0);
}

#[test]
fn early_asks_at_the_first_gate_that_fails_and_counts_what_that_saved() {
    let mut table = escalating(Escalation::Early);
    table.begin();
    let mut wants = Vec::new();
    for text in TEXTS {
        wants.extend(table.tell(SMALL, StreamEvent::Token(token(text, -2.0))));
    }
    assert_eq!(asked(&wants, LARGE_LANE), 1);
    table.pass(40);
    table.tell(SMALL, StreamEvent::Done(whole(&TEXTS, -2.0)));
    assert_eq!(table.large().saved, None, "not judged yet");
    table.pass(10);
    table.judge(SMALL);
    assert_eq!(table.large().saved, Some(Duration::from_millis(50)));
    assert_eq!(table.saved_ms(), 0.0, "not while it may still fail");
    table.tell(LARGE_LANE, StreamEvent::Token(token("c", -0.1)));
    assert_eq!(table.saved_ms(), 50.0);
    assert!(!table.large().wasted);
    table.tell(LARGE_LANE, StreamEvent::Token(token("d", -0.1)));
    table.judge(SMALL);
    table.update(TurnEvent::Changed);
    assert_eq!(table.saved_ms(), 50.0, "once");
}

/// A turn whose small completion seemed broken, so that the large model was asked, until trimming
/// healed it.
fn healed(by_hand: bool) -> (Table, Vec<Wants>) {
    let mut table = escalating(Escalation::Early);
    table.begin();
    let id = table.last_id(SMALL);
    for text in ["a", " +", " b", ")"] {
        table.tell(SMALL, StreamEvent::Token(token(text, -0.1)));
    }
    for index in 0..4 {
        let state = [TokenSyntax::Ok, TokenSyntax::Broken][usize::from(index == 3)];
        table.update(TurnEvent::TokenJudged {
            lane: SMALL,
            id,
            index,
            state,
        });
    }
    assert_eq!(table.turn.large.runs.len(), 1);
    if by_hand {
        table.update(TurnEvent::AskLarge { again: true });
    }
    table.tell(SMALL, StreamEvent::Done(whole(&TEXTS, -0.1)));
    let wants = table.judge(SMALL);
    (table, wants)
}

#[test]
fn early_gives_the_request_up_when_trimming_has_healed_the_text() {
    let (mut table, wants) = healed(false);
    assert!(cancels(&wants, LARGE_LANE));
    assert!(table.large().wasted, "it stays in the pane as not needed");
    assert_eq!(table.large().phase, Phase::Cancelled);
    assert_eq!(table.large().saved, None);
    assert_eq!(table.wasted(), (0, 0), "it has not ended yet");
    table.tell(LARGE_LANE, given_up(7, 20.0));
    assert_eq!(table.wasted(), (1, 7));
    assert_eq!(table.decided(), Some((Action::Keep, false)));
}

#[test]
fn what_a_person_asked_for_is_not_given_up() {
    let (mut table, wants) = healed(true);
    assert!(!cancels(&wants, LARGE_LANE));
    assert!(table.large().is_live());
    table.say(LARGE_LANE, &["c"], -0.1);
    assert!(!table.large().wasted);
    assert_eq!(table.wasted(), (0, 0));
}

#[test]
fn hedged_asks_together_and_keeps_nothing_that_is_not_needed() {
    let mut table = escalating(Escalation::Hedged);
    let wants = table.begin();
    assert_eq!(asked(&wants, SMALL), 1);
    assert_eq!(asked(&wants, LARGE_LANE), 1);
    table.tell(LARGE_LANE, StreamEvent::Token(token("c", -0.1)));
    let wants = table.say(SMALL, &TEXTS, -0.1);
    assert!(cancels(&wants, LARGE_LANE));
    assert!(table.large().wasted);
    let text = &table.large().completion.text;
    assert_eq!(text, "c", "what came stays visible");
    assert_eq!(table.large().saved, None);
    table.tell(LARGE_LANE, given_up(2, 9.0));
    table.tell(LARGE_LANE, given_up(2, 9.0));
    assert_eq!(table.wasted(), (1, 2), "once");
    assert_eq!(table.meter.run().side(Side::Large).requests, 1);
}

#[test]
fn hedged_counts_what_was_done_before_the_decision_as_wasted_too() {
    let mut table = escalating(Escalation::Hedged);
    table.begin();
    table.say(LARGE_LANE, &["c", "d"], -0.1);
    let requests = |table: &Table| table.meter.run().side(Side::Large).requests;
    assert_eq!(requests(&table), 0, "whether it is wasted is not known");
    let wants = table.say(SMALL, &TEXTS, -0.1);
    assert!(!cancels(&wants, LARGE_LANE), "there is nothing to cancel");
    assert!(table.large().wasted);
    assert_eq!(table.wasted().0, 1);
    assert_eq!(requests(&table), 1);
}

#[test]
fn hedged_and_escalated_saves_all_that_the_small_model_took() {
    let mut table = escalating(Escalation::Hedged);
    table.begin();
    table.pass(120);
    let wants = table.say(SMALL, &TEXTS, -2.0);
    assert_eq!(asked(&wants, LARGE_LANE), 0, "it was asked already");
    assert!(table.large().is_live());
    assert_eq!(table.large().saved, Some(Duration::from_millis(120)));
    table.say(LARGE_LANE, &["c"], -0.1);
    assert_eq!(table.saved_ms(), 120.0);
    assert_eq!(table.wasted(), (0, 0));
}

#[test]
fn a_request_given_up_is_made_again_when_the_rules_want_it_after_all() {
    let (mut table, _) = healed(false);
    let threshold = table.turn.rules.settings.threshold;
    table.turn.rules.settings.threshold = 0.0;
    let wants = table.update(TurnEvent::Changed);
    assert_eq!(table.decided(), Some((Action::Escalate, false)));
    assert_eq!(asked(&wants, LARGE_LANE), 1);
    assert!(table.large().is_live() && !table.large().wasted);
    table.turn.rules.settings.threshold = threshold;
    let wants = table.update(TurnEvent::Changed);
    assert!(
        !cancels(&wants, LARGE_LANE),
        "the judged decision only turned"
    );
}

#[test]
fn comparing_is_never_a_waste() {
    let mut table = Table::new(Rules {
        settings: Settings::default(),
        ..rules(Policy::Synconf, LargeUse::Always, Escalation::Hedged)
    });
    table.begin();
    let wants = table.say(SMALL, &TEXTS, -0.1);
    assert!(!cancels(&wants, LARGE_LANE));
    table.say(LARGE_LANE, &["c"], -0.1);
    assert_eq!(table.wasted(), (0, 0));
    assert_eq!(table.large().saved, None);
}

#[test]
fn a_policy_that_always_keeps_hedges_nothing() {
    let rules = rules(Policy::Small, LargeUse::Escalated, Escalation::Hedged);
    let wants = Table::new(rules).begin();
    assert_eq!(asked(&wants, LARGE_LANE), 0);
}

#[test]
fn a_hedge_that_fails_is_degraded_only_where_it_was_needed() {
    for (logprob, expected) in [
        (-2.0, (Action::Escalate, true)),
        (-0.1, (Action::Keep, false)),
    ] {
        let mut table = escalating(Escalation::Hedged);
        table.begin();
        table.tell(LARGE_LANE, StreamEvent::Failed("refused".to_owned()));
        table.say(SMALL, &TEXTS, logprob);
        assert_eq!(table.decided(), Some(expected));
        assert_eq!(table.large().saved, None, "a failure saves nothing");
    }
}

#[test]
fn a_hedge_that_fails_after_the_decision_saves_nothing_either() {
    let mut table = escalating(Escalation::Hedged);
    table.begin();
    table.pass(40);
    table.say(SMALL, &TEXTS, -2.0);
    table.tell(LARGE_LANE, StreamEvent::Failed("refused".to_owned()));
    assert_eq!(table.large().saved, None);
    assert_eq!(table.saved_ms(), 0.0);
    assert_eq!(table.decided(), Some((Action::Escalate, true)));
}

#[test]
fn a_hedge_that_answered_before_the_decision_saved_the_wait_for_it() {
    let mut table = escalating(Escalation::Hedged);
    table.begin();
    table.say(LARGE_LANE, &["c"], -0.1);
    table.pass(40);
    table.say(SMALL, &TEXTS, -2.0);
    assert_eq!(table.saved_ms(), 40.0);
    assert_eq!(table.large().saved, Some(Duration::from_millis(40)));
}

#[test]
fn a_failed_request_counts_what_came_before_it_failed() {
    let mut table = escalating(Escalation::Early);
    table.begin();
    table.say(SMALL, &TEXTS, -2.0);
    table.tell(LARGE_LANE, StreamEvent::Token(token("c", -0.1)));
    table.pass(500);
    table.tell(LARGE_LANE, StreamEvent::Failed("reset".to_owned()));
    let large = table.meter.run().side(Side::Large);
    assert_eq!((large.requests, large.failed, large.tokens_out), (1, 1, 1));
    assert_eq!(large.seconds, 0.5);
}
