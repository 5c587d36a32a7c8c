//! The model thread: loads the model, then handles requests until it is to end. A panic here ends
//! the request or the loading with an event, never silently.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use super::EngineConfig;
use super::load::{self, Loaded};
use super::requests::{Mailbox, Message, next};
use super::session::Session;
use crate::completion::model::{ModelEvent, OnModelEvent, bug};
use crate::completion::{Completion, Request, StreamEvent};

/// The body of the model thread.
pub(super) fn run(config: &EngineConfig, mailbox: &Arc<Mailbox>, on_event: OnModelEvent) {
    let on_event = Rc::new(RefCell::new(on_event));
    let emit = |event| (on_event.borrow_mut())(event);
    let outcome = guarded(|| {
        let loaded = load(config, mailbox, &on_event)?;
        serve(config, &loaded, mailbox, &emit)
    });
    if let Err(why) = outcome {
        if mailbox.is_ending() {
            return;
        }
        emit(ModelEvent::LoadFailed(why.clone()));
        refuse(mailbox, &why, &emit);
    }
}

fn load(
    config: &EngineConfig,
    mailbox: &Arc<Mailbox>,
    on_event: &Rc<RefCell<OnModelEvent>>,
) -> Result<Loaded, String> {
    let (on_event, asked) = (Rc::clone(on_event), Arc::clone(mailbox));
    load::load(config, move |part| {
        (on_event.borrow_mut())(ModelEvent::Loading(part));
        !asked.is_ending()
    })
}

/// Handles requests with a loaded model until the thread is to end.
fn serve(
    config: &EngineConfig,
    loaded: &Loaded,
    mailbox: &Arc<Mailbox>,
    emit: &dyn Fn(ModelEvent),
) -> Result<(), String> {
    let mut session = Session::new(config, loaded, mailbox)?;
    emit(ModelEvent::Ready(Arc::clone(&session.info)));
    while let Some(message) = next(mailbox) {
        match message {
            Message::Dropped(id) => emit(ModelEvent::Stream(
                id,
                StreamEvent::Done(Completion::cancelled()),
            )),
            Message::Complete { request, asked } => {
                let last = answer(&mut session, &request, asked, emit);
                emit(ModelEvent::Stream(request.id, last));
            }
        }
    }
    Ok(())
}

fn answer(
    session: &mut Session,
    request: &Request,
    asked: Instant,
    emit: &dyn Fn(ModelEvent),
) -> StreamEvent {
    let stream = |event| emit(ModelEvent::Stream(request.id, event));
    match guarded(|| session.complete(request, asked, &stream)) {
        Ok(completion) => StreamEvent::Done(completion),
        Err(why) => {
            session.forget();
            StreamEvent::Failed(why)
        }
    }
}

/// Answers every request with the reason why there is no model.
fn refuse(mailbox: &Arc<Mailbox>, why: &str, emit: &dyn Fn(ModelEvent)) {
    while let Some(message) = next(mailbox) {
        let (id, event) = match message {
            Message::Dropped(id) => (id, StreamEvent::Done(Completion::cancelled())),
            Message::Complete { request, .. } => (request.id, StreamEvent::Failed(why.to_owned())),
        };
        emit(ModelEvent::Stream(id, event));
    }
}

/// Runs code that may panic, and turns a panic into an error.
fn guarded<T>(action: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(action))
        .unwrap_or_else(|panic| Err(bug("the local engine", panic.as_ref())))
}
