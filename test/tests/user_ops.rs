//! Operations that stand in no file of the project but test/data/user.dialect: text is all there is of them, and they parse, print, verify,
//! infer their shapes, are interpreted, fuse with their neighbours into one kernel, and run on devices.

mod common;

use common::{Array, Sample, check};
use edge_interp::random::Random;

fn size(random: &mut Random, from: i64, to: i64) -> i64 {
    from + (random.next_u64() % (to - from + 1) as u64) as i64
}

fn sizes(random: &mut Random, rank: usize, to: i64) -> Vec<i64> {
    (0..rank).map(|_| size(random, 1, to)).collect()
}

/// Largest extent that keeps tensors of a rank small.
fn largest(rank: usize) -> i64 {
    [67, 19, 9, 6, 5][rank - 1]
}

fn blend(random: &mut Random, rank: usize) -> Sample {
    let shape = sizes(random, rank, largest(rank));
    let narrow: Vec<i64> = shape.iter().map(|n| if random.next_u64() % 2 == 0 { 1 } else { *n }).collect();
    let from = size(random, 0, rank as i64) as usize;
    let inputs = vec![Array::random(random, &shape), Array::random(random, &narrow), Array::random(random, &shape[from..])];
    let weight = size(random, -3, 3);
    // Open sizes that are broadcast against each other must be known to be equal, as those of one name are.
    let text = format!("user.blend %x, %in1, %in2 {{weight = {weight} : i64}} : T0, T1, T2");
    let compute = move |v: &[Array]| {
        let y = |i: &[i64]| v[0].at(i) + weight as f64 * (v[1].broadcast(i) - v[2].broadcast(i));
        vec![Array::of(&v[0].shape, y)]
    };
    Sample::new(text, inputs, Box::new(compute)).named()
}

fn below_peak(random: &mut Random, rank: usize) -> Sample {
    let shape = sizes(random, rank, largest(rank));
    let axis = size(random, 0, rank as i64 - 1) as usize;
    let inputs = vec![Array::random(random, &shape)];
    let text = format!("user.below_peak %x along {axis} : T0");
    let compute = move |v: &[Array]| {
        let mut outer = v[0].shape.clone();
        let extent = outer.remove(axis);
        let peak = Array::of(&outer, |i| {
            let along = |k| [&i[..axis], &[k], &i[axis..]].concat();
            (0..extent).map(|k| v[0].at(&along(k))).fold(f64::MIN, f64::max)
        });
        let below = Array::of(&v[0].shape, |i| {
            let d = peak.at(&[&i[..axis], &i[axis + 1..]].concat()) - v[0].at(i);
            d * d
        });
        vec![below, peak]
    };
    Sample::new(text, inputs, Box::new(compute))
}

fn window_norm(random: &mut Random, rank: usize) -> Sample {
    let window = sizes(random, rank, 3);
    let (strides, pad) = (sizes(random, rank, 3), window.iter().map(|r| size(random, 0, r - 1)).collect::<Vec<_>>());
    let shape: Vec<i64> = window.iter().map(|r| r + size(random, 0, largest(rank))).collect();
    let list = |l: &[i64]| l.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
    let text = format!(
        "user.window_norm %x {{pad = array<i64: {}>, strides = array<i64: {}>, window = array<i64: {}>}} : T0",
        list(&pad),
        list(&strides),
        list(&window)
    );
    let inputs = vec![Array::random(random, &shape)];
    let compute = move |v: &[Array]| {
        let places = |j: usize| (v[0].shape[j] + 2 * pad[j] - window[j]) / strides[j] + 1;
        let y = |p: &[i64]| {
            let inside = |r: &[i64]| {
                let at: Vec<i64> = (0..r.len()).map(|j| p[j] * strides[j] + r[j] - pad[j]).collect();
                v[0].get(&at).unwrap_or(0.0).abs()
            };
            Array::of(&window, inside).values.iter().sum()
        };
        vec![Array::of(&(0..window.len()).map(places).collect::<Vec<_>>(), y)]
    };
    Sample::new(text, inputs, Box::new(compute)).axis_by_axis()
}

/// Of rank at least 1; the matrices are of rank 3.
fn bilinear(random: &mut Random, rank: usize) -> Sample {
    let outer = sizes(random, rank - 1, largest(rank).min(9));
    let (o, p, q) = (size(random, 1, 9), size(random, 1, 9), size(random, 1, 9));
    let inputs = vec![
        Array::random(random, &[&outer[..], &[p]].concat()),
        Array::random(random, &[o, p, q]),
        Array::random(random, &[&outer[..], &[q]].concat()),
    ];
    let compute = move |v: &[Array]| {
        let y = |i: &[i64]| {
            let (row, o) = i.split_at(i.len() - 1);
            let term = |at: &[i64]| {
                v[0].at(&[row, &at[..1]].concat()) * v[1].at(&[o[0], at[0], at[1]]) * v[2].at(&[row, &at[1..]].concat())
            };
            Array::of(&[p, q], term).values.iter().sum()
        };
        vec![Array::of(&[&outer[..], &[o]].concat(), y)]
    };
    Sample::new("user.bilinear %x, %in1, %in2 : T0, T1, T2".to_owned(), inputs, Box::new(compute))
}

fn decaying_sum(random: &mut Random, rank: usize) -> Sample {
    let shape = sizes(random, rank, largest(rank));
    let inputs = vec![Array::random(random, &shape)];
    let compute = |v: &[Array]| {
        let (last, rest) = v[0].shape.split_last().expect("a rank of at least 1");
        let mut values = v[0].values.clone();
        for row in values.chunks_mut(*last as usize) {
            (1..row.len()).for_each(|s| row[s] -= row[s - 1]);
        }
        vec![Array { shape: [rest, &[*last]].concat(), values }]
    };
    // What is read again in later rounds cannot be replaced by its sum with itself: that is a kernel of its own.
    Sample::new("user.decaying_sum %x : T0".to_owned(), inputs, Box::new(compute)).kernels(2)
}

/// Ranks 1 to 5, both element types, known sizes and open ones.
fn every_rank(make: fn(&mut Random, usize) -> Sample) {
    let mut told = String::new();
    for (rank, element, is_open) in (1..=5).flat_map(|r| ["f32", "i32"].map(|e| [(r, e, false), (r, e, true)])).flatten() {
        let mut random = Random::new(17 * rank as u64 + element.len() as u64);
        if let Err(why) = check(&make(&mut random, rank), element, is_open) {
            told += &format!("rank {rank} {element} {}: {why}\n", if is_open { "open" } else { "known" });
        }
    }
    assert!(told.is_empty(), "{told}");
}

#[test]
fn elementwise_with_broadcasts() {
    every_rank(blend);
}

#[test]
fn reduction_along_any_axis_with_two_results() {
    every_rank(below_peak);
}

#[test]
fn padded_strided_window() {
    every_rank(window_norm);
}

#[test]
fn one_round_after_the_other() {
    every_rank(decaying_sum);
}

#[test]
fn contraction_of_three() {
    every_rank(bilinear);
}
