//! The same work for many texts.

use crate::{
    codes,
    error::{EmitError, Result},
};
use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// Carries out `work` for each text on up to `threads` threads and calls `done` after each; the results are in the order
/// of the texts.
pub(crate) fn on_threads<T: Send>(
    texts: &[String],
    threads: usize,
    done: &(dyn Fn() + Sync),
    work: impl Fn(&str) -> Result<T> + Sync,
) -> Vec<Result<T>> {
    let next = AtomicUsize::new(0);
    let slots: Vec<Mutex<Option<Result<T>>>> = texts.iter().map(|_| Mutex::new(None)).collect();
    let serve = || {
        while let Some((text, slot)) = take(&next, texts, &slots) {
            let result = work(text);
            if let Ok(mut slot) = slot.lock() {
                *slot = Some(result);
            }
            done();
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads.min(texts.len()) {
            scope.spawn(serve);
        }
        serve();
    });
    let lost = || EmitError::alone(codes::FATAL, "the compilation was not carried out");
    slots.into_iter().map(|slot| slot.into_inner().ok().flatten().unwrap_or_else(lost)).collect()
}

fn take<'a, S>(next: &AtomicUsize, texts: &'a [String], slots: &'a [S]) -> Option<(&'a String, &'a S)> {
    let i = next.fetch_add(1, Ordering::Relaxed);
    texts.get(i).zip(slots.get(i))
}
