//! A thread with a mailbox. The owner of the [`Worker`] changes the pending mail; the thread picks
//! items from it and can see during its work that there is newer mail. Dropping the worker ends the
//! thread once there is nothing left to pick. The caller chooses the type of the mail, and which
//! items replace which.

use std::{
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// A handle on the thread.
pub struct Worker<Mail> {
    mailbox: Arc<Mailbox<Mail>>,
    thread: Option<JoinHandle<()>>,
}

/// The pending mail.
#[derive(Default)]
pub struct Mailbox<Mail> {
    inside: Mutex<Inside<Mail>>,
    changed: Condvar,
    /// How often the mail was changed by the owner.
    puts: AtomicU64,
    /// The value of `puts` when the thread last took something.
    taken: AtomicU64,
}

#[derive(Default)]
struct Inside<Mail> {
    mail: Mail,
    /// Whether the worker was dropped.
    ends: bool,
    /// Whether the thread has ended.
    ended: bool,
}

/// The result of waiting for mail.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken<T> {
    Mail(T),
    /// No mail arrived in time.
    Late,
    /// No more mail will arrive.
    Ended,
}

impl<Mail: Default + Send + 'static> Worker<Mail> {
    /// Starts the thread `name`, which does `work`. If the system cannot create a thread, that is
    /// logged, and the mail is never read.
    pub fn start(name: &str, work: impl FnOnce(&Arc<Mailbox<Mail>>) + Send + 'static) -> Self {
        let mailbox = Arc::new(Mailbox::default());
        let ending = Ending(Arc::clone(&mailbox));
        let thread = thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || work(&ending.0))
            .inspect_err(|error| tracing::error!("no thread for `{name}`: {error}"));
        Worker {
            mailbox,
            thread: thread.ok(),
        }
    }

    /// Changes the mail, and makes the thread's current work stale.
    pub fn put(&self, change: impl FnOnce(&mut Mail)) {
        self.mailbox.change(|inside| change(&mut inside.mail));
    }

    /// Ends the thread and waits until it has ended, but at most for `patience`. A thread does not
    /// wait for itself.
    pub fn end_within(&mut self, patience: Option<Duration>) {
        self.mailbox.change(|inside| inside.ends = true);
        let Some(thread) = self.thread.take() else {
            return;
        };
        let is_own = thread.thread().id() == thread::current().id();
        if !is_own && self.mailbox.await_end(patience) && thread.join().is_err() {
            tracing::error!("a thread has ended by a panic");
        }
    }
}

impl<Mail> Drop for Worker<Mail> {
    fn drop(&mut self) {
        self.mailbox.change(|inside| inside.ends = true);
    }
}

/// Records that the thread has ended, even by a panic.
struct Ending<Mail>(Arc<Mailbox<Mail>>);

impl<Mail> Drop for Ending<Mail> {
    fn drop(&mut self) {
        self.0.lock().ended = true;
        self.0.changed.notify_all();
    }
}

impl<Mail> Mailbox<Mail> {
    /// Waits until `pick` finds something in the mail; `None` once the worker was dropped and
    /// nothing is left to find.
    pub fn take<T>(&self, pick: impl FnMut(&mut Mail) -> Option<T>) -> Option<T> {
        match self.take_until(None, pick) {
            Taken::Mail(found) => Some(found),
            Taken::Late | Taken::Ended => None,
        }
    }

    /// Like [`Mailbox::take`], but waits no longer than until `due`.
    pub fn take_until<T>(
        &self,
        due: Option<Instant>,
        mut pick: impl FnMut(&mut Mail) -> Option<T>,
    ) -> Taken<T> {
        let mut inside = self.lock();
        loop {
            if let Some(found) = pick(&mut inside.mail) {
                self.settle_with(&inside);
                return Taken::Mail(found);
            }
            if inside.ends {
                return Taken::Ended;
            }
            let Some(left) = left_until(due) else {
                return Taken::Late;
            };
            inside = self.wait(inside, left);
        }
    }

    /// What `pick` finds in the mail now, without waiting.
    pub fn try_take<T>(&self, pick: impl FnOnce(&mut Mail) -> Option<T>) -> Option<T> {
        let mut inside = self.lock();
        let found = pick(&mut inside.mail)?;
        self.settle_with(&inside);
        Some(found)
    }

    /// Whether the worker was dropped.
    pub fn is_ending(&self) -> bool {
        self.lock().ends
    }

    /// Whether the mail was changed or the worker dropped since something was last taken. Never
    /// waits.
    pub fn is_stale(&self) -> bool {
        self.puts.load(Ordering::SeqCst) != self.taken.load(Ordering::SeqCst)
    }

    /// Marks the mail as seen without taking any: work from now on is not stale.
    pub fn settle(&self) {
        self.settle_with(&self.lock());
    }

    /// Called under the lock, so that no change happens in between.
    fn settle_with(&self, _inside: &MutexGuard<Inside<Mail>>) {
        let puts = self.puts.load(Ordering::SeqCst);
        self.taken.store(puts, Ordering::SeqCst);
    }

    fn change(&self, change: impl FnOnce(&mut Inside<Mail>)) {
        let mut inside = self.lock();
        change(&mut inside);
        self.puts.fetch_add(1, Ordering::SeqCst);
        drop(inside);
        self.changed.notify_all();
    }

    fn await_end(&self, patience: Option<Duration>) -> bool {
        let due = patience.map(|patience| Instant::now() + patience);
        let mut inside = self.lock();
        while !inside.ended {
            let Some(left) = left_until(due) else {
                return false;
            };
            inside = self.wait(inside, left);
        }
        true
    }

    fn wait<'a>(
        &'a self,
        inside: MutexGuard<'a, Inside<Mail>>,
        left: Option<Duration>,
    ) -> MutexGuard<'a, Inside<Mail>> {
        match left {
            None => self
                .changed
                .wait(inside)
                .unwrap_or_else(PoisonError::into_inner),
            Some(left) => {
                let woken = self.changed.wait_timeout(inside, left);
                woken.unwrap_or_else(PoisonError::into_inner).0
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inside<Mail>> {
        // Each change leaves the mail consistent, even if another thread panicked.
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time left until `due`: `Some(None)` is forever, `None` is no time left.
fn left_until(due: Option<Instant>) -> Option<Option<Duration>> {
    match due {
        None => Some(None),
        Some(due) => {
            let left = due.saturating_duration_since(Instant::now());
            (!left.is_zero()).then_some(Some(left))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::VecDeque, sync::mpsc::channel};

    use super::*;

    #[test]
    fn what_was_put_before_the_end_is_still_taken() {
        let (sender, taken) = channel();
        let (begin, begins) = channel::<()>();
        let mut worker = Worker::start("test", move |mailbox: &Arc<Mailbox<VecDeque<u8>>>| {
            let _ = begins.recv();
            while let Some(mail) = mailbox.take(VecDeque::pop_front) {
                sender.send(mail).expect("the test listens");
            }
        });
        worker.put(|mail| mail.push_back(1));
        worker.put(|mail| mail.push_back(2));
        begin.send(()).expect("it waits");
        worker.end_within(None);
        assert_eq!(taken.iter().collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn newer_mail_makes_what_is_done_stale_until_it_is_taken() {
        let mailbox = Mailbox::<Option<u8>>::default();
        assert!(!mailbox.is_stale());
        mailbox.change(|inside| inside.mail = Some(1));
        assert!(mailbox.is_stale());
        assert_eq!(mailbox.try_take(Option::take), Some(1));
        assert!(!mailbox.is_stale());
        mailbox.change(|inside| inside.mail = Some(2));
        mailbox.settle();
        assert!(!mailbox.is_stale(), "it was taken note of");
        mailbox.change(|inside| inside.ends = true);
        assert!(mailbox.is_stale() && mailbox.is_ending());
    }

    #[test]
    fn waiting_has_an_end() {
        let mailbox = Mailbox::<Option<u8>>::default();
        let due = Some(Instant::now() + Duration::from_millis(5));
        assert_eq!(mailbox.take_until(due, Option::take), Taken::Late);
        mailbox.change(|inside| inside.ends = true);
        assert_eq!(mailbox.take_until(None, Option::take), Taken::Ended);
    }

    #[test]
    fn a_thread_that_does_not_end_is_left_behind_and_one_that_panics_has_ended() {
        let (sender, released) = channel::<()>();
        let mut endless = Worker::<()>::start("test", move |_| {
            let _ = released.recv();
        });
        let begun = Instant::now();
        endless.end_within(Some(Duration::from_millis(5)));
        assert!(begun.elapsed() >= Duration::from_millis(5));
        drop(sender);
        let mut panics = Worker::<()>::start("test", |_| panic!("on purpose"));
        panics.end_within(None);
    }
}
