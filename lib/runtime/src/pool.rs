//! A small thread pool behind `edge_host::parallel_for`.

use crate::abi::{EdgeHost, Kernel};
use std::{
    ffi::c_void,
    hint,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
};

/// Rounds of waiting for the next launch before a worker sleeps: launches of one inference follow each other closely.
const SPINS: u32 = 2_000;

/// Threads that share the ranges of kernels. The caller's thread is one of them.
pub struct Pool {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
}

struct Shared {
    state: Mutex<State>,
    wake: Condvar,
    idle: Condvar,
    /// Counts launches; a worker that spins sees a new one without the lock.
    launches: AtomicU64,
}

struct State {
    /// The launch in progress; a worker that comes late finds none.
    job: Option<JobRef>,
    /// Workers inside the job.
    inside: usize,
    stop: bool,
}

/// One launch. It lives on the stack of the thread that launches, which leaves only when no worker is inside.
struct Job {
    kernel: Kernel,
    bufs: *const *mut c_void,
    dims: *const i64,
    total: i64,
    grain: i64,
    next: AtomicI64,
}

#[derive(Clone, Copy)]
struct JobRef(*const Job);

// SAFETY: a job is only read, but for its atomic counter; see `Job` for how long it lives.
unsafe impl Send for JobRef {}

impl Job {
    /// Takes ranges until none is left.
    fn work(&self) {
        loop {
            let begin = self.next.fetch_add(self.grain, Ordering::Relaxed);
            if begin >= self.total {
                return;
            }
            let end = begin.saturating_add(self.grain).min(self.total);
            // SAFETY: whoever called `launch` promised that the kernel may run on every part of [0, total) at once.
            unsafe { (self.kernel)(self.bufs, self.dims, begin, end) }
        }
    }
}

impl Pool {
    /// A pool of `threads` threads, the caller's included; 0 and 1 mean serial.
    pub fn new(threads: usize) -> Pool {
        let state = State { job: None, inside: 0, stop: false };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            wake: Condvar::new(),
            idle: Condvar::new(),
            launches: AtomicU64::new(0),
        });
        let spawn = |i: usize| {
            let shared = Arc::clone(&shared);
            // Fewer threads than asked for are slower and nothing else.
            thread::Builder::new().name(format!("edge-{i}")).stack_size(8 << 20).spawn(move || shared.serve()).ok()
        };
        let workers = (1..threads).filter_map(spawn).collect();
        Pool { shared, workers }
    }

    /// Threads, the caller's included.
    pub fn threads(&self) -> usize {
        self.workers.len() + 1
    }

    /// What `NAME_run` gets; it refers to the pool and must not outlive it.
    pub fn host(&self) -> EdgeHost {
        EdgeHost { ctx: (&raw const *self).cast_mut().cast(), parallel_for }
    }

    /// Runs a kernel over [0, total) in ranges of about `grain` points, and returns when it is done.
    ///
    /// # Safety
    /// `kernel` may be called on disjoint parts of the range at once, with buffers and dims as it wants them.
    pub unsafe fn launch(&self, kernel: Kernel, bufs: *const *mut c_void, dims: *const i64, total: i64, grain: i64) {
        if total <= 0 {
            return;
        }
        if self.workers.is_empty() || total <= grain.max(1) {
            // SAFETY: promised by the caller.
            return unsafe { kernel(bufs, dims, 0, total) };
        }
        // A few ranges for each thread even out what the others are busy with.
        let fair = total / (self.threads() as i64 * 4);
        let job = Job { kernel, bufs, dims, total, grain: grain.max(fair).max(1), next: AtomicI64::new(0) };
        let mut state = self.shared.lock();
        if state.job.is_some() {
            // Another thread's launch has the workers, or a kernel launches: this one runs alone.
            drop(state);
            return job.work();
        }
        state.job = Some(JobRef(&raw const job));
        self.shared.launches.fetch_add(1, Ordering::Release);
        drop(state);
        self.shared.wake.notify_all();
        job.work();
        let mut state = self.shared.lock();
        state.job = None;
        while state.inside > 0 {
            state = self.shared.idle.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self) {
        let mut seen = 0;
        while let Some(job) = self.next_job(&mut seen) {
            // SAFETY: this worker counts as inside, so that `launch` has not returned and its job is alive.
            unsafe { (*job.0).work() };
            let mut state = self.lock();
            state.inside -= 1;
            if state.inside == 0 {
                self.idle.notify_all();
            }
        }
    }

    /// Waits for a launch that this worker has not seen and enters it; `None` when the pool ends.
    fn next_job(&self, seen: &mut u64) -> Option<JobRef> {
        for _ in 0..SPINS {
            if self.launches.load(Ordering::Acquire) != *seen {
                break;
            }
            hint::spin_loop();
        }
        let mut state = self.lock();
        loop {
            if state.stop {
                return None;
            }
            let now = self.launches.load(Ordering::Acquire);
            if let Some(job) = state.job.filter(|_| now != *seen) {
                *seen = now;
                state.inside += 1;
                return Some(job);
            }
            *seen = now;
            state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.lock().stop = true;
        self.shared.wake.notify_all();
        for worker in self.workers.drain(..) {
            // A worker cannot panic: kernels are C.
            let _ = worker.join();
        }
    }
}

/// `edge_host::parallel_for` of a [`Pool`].
///
/// # Safety
/// As [`Pool::launch`]; `ctx` is a live pool.
unsafe extern "C" fn parallel_for(
    ctx: *mut c_void,
    kernel: Kernel,
    bufs: *const *mut c_void,
    dims: *const i64,
    total: i64,
    grain: i64,
) {
    // SAFETY: `ctx` is what `Pool::host` put there, and the pool outlives the run.
    unsafe { (*ctx.cast::<Pool>()).launch(kernel, bufs, dims, total, grain) }
}

#[cfg(test)]
mod tests {
    use super::*;

    unsafe extern "C" fn count(bufs: *const *mut c_void, dims: *const i64, begin: i64, end: i64) {
        // SAFETY: the test passes one buffer of `dims[0]` counters; ranges are disjoint.
        unsafe {
            let counters = std::slice::from_raw_parts_mut((*bufs).cast::<u32>(), usize::try_from(*dims).unwrap());
            for counter in &mut counters[begin as usize..end as usize] {
                *counter += 1;
            }
        }
    }

    #[test]
    fn every_point_once() {
        for threads in [1, 2, 5] {
            let pool = Pool::new(threads);
            assert_eq!(pool.threads(), threads);
            for (total, grain) in [(0, 1), (1, 1), (7, 2), (10_000, 3), (100, 1000), (4096, 0)] {
                for _ in 0..50 {
                    let mut counters = vec![0u32; 10_000];
                    let bufs = [counters.as_mut_ptr().cast::<c_void>()];
                    let dims = [10_000i64];
                    let host = pool.host();
                    // SAFETY: as `count` wants it.
                    unsafe { (host.parallel_for)(host.ctx, count, bufs.as_ptr(), dims.as_ptr(), total, grain) };
                    assert!(
                        counters[..total as usize].iter().all(|c| *c == 1)
                            && counters[total as usize..].iter().all(|c| *c == 0)
                    );
                }
            }
        }
    }
}
