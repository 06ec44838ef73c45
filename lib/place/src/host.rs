//! What the machine that runs the compiler can do.

use std::collections::BTreeSet;

/// Names (Rust's spelling) of the instruction set extensions of this machine; only those that descriptions ask for.
pub fn host_features() -> BTreeSet<&'static str> {
    let mut have = BTreeSet::new();
    detect(&mut have);
    have
}

#[cfg(target_arch = "x86_64")]
fn detect(have: &mut BTreeSet<&'static str>) {
    macro_rules! features {
        ($($name:tt)*) => { $(if std::arch::is_x86_feature_detected!($name) { have.insert($name); })* };
    }
    features!("sse4.2" "popcnt" "avx" "avx2" "fma" "f16c" "bmi1" "bmi2" "avx512f" "avx512bw" "avx512cd" "avx512dq" "avx512vl"
        "avx512vnni" "avx512bf16" "avx512fp16" "avxvnni");
}

#[cfg(target_arch = "aarch64")]
fn detect(have: &mut BTreeSet<&'static str>) {
    macro_rules! features {
        ($($name:tt)*) => { $(if std::arch::is_aarch64_feature_detected!($name) { have.insert($name); })* };
    }
    features!("neon" "fp16" "dotprod" "i8mm" "bf16" "sve" "sve2");
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn detect(_: &mut BTreeSet<&'static str>) {}
