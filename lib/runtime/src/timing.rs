//! Times of repeated runs.

use serde::Serialize;
use std::time::Instant;

/// Seconds of one run, over several.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Timing {
    pub median_s: f64,
    pub min_s: f64,
    pub runs: usize,
}

/// Runs `work` once to warm up and `runs` times (at least once) on the clock; the first error ends it.
pub fn time<E>(runs: usize, mut work: impl FnMut() -> Result<(), E>) -> Result<Timing, E> {
    work()?;
    let mut seconds = Vec::with_capacity(runs.max(1));
    for _ in 0..runs.max(1) {
        let start = Instant::now();
        work()?;
        seconds.push(start.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    let middle = seconds.len() / 2;
    let median_s = if seconds.len() % 2 == 1 { seconds[middle] } else { (seconds[middle - 1] + seconds[middle]) / 2.0 };
    Ok(Timing { median_s, min_s: seconds[0], runs: seconds.len() })
}
