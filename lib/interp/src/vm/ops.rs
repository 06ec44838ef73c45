//! Arithmetic on strips.

use super::scalar::{self, round_f32, wrap};
use super::{Bank, Fault, LANES, Reg, bank};
use edge_dialect::core::{ArgRedKind, BinOp, ElemType, RedOp, ScalarFn};

/// The registers.
#[derive(Clone, Default)]
pub(super) struct Regs {
    pub u: Vec<u64>,
    ints: Vec<Vec<i64>>,
    f32s: Vec<Vec<f32>>,
    f64s: Vec<Vec<f64>>,
    /// Lanes of the strip at hand.
    pub n: usize,
}

/// What one lane holds.
pub(super) trait Lane: Copy + Default {
    fn of(bits: u64) -> Self;
    fn bits(self) -> u64;
    fn bank(regs: &Regs) -> &Vec<Vec<Self>>;
    fn bank_mut(regs: &mut Regs) -> &mut Vec<Vec<Self>>;
}

macro_rules! lane {
    ($t:ty, $field:ident, $of:expr, $bits:expr) => {
        impl Lane for $t {
            fn of(bits: u64) -> $t {
                ($of)(bits)
            }
            fn bits(self) -> u64 {
                ($bits)(self)
            }
            fn bank(regs: &Regs) -> &Vec<Vec<$t>> {
                &regs.$field
            }
            fn bank_mut(regs: &mut Regs) -> &mut Vec<Vec<$t>> {
                &mut regs.$field
            }
        }
    };
}
lane!(i64, ints, |b: u64| b as i64, |v: i64| v as u64);
lane!(f32, f32s, |b: u64| f32::from_bits(b as u32), |v: f32| u64::from(v.to_bits()));
lane!(f64, f64s, f64::from_bits, f64::to_bits);

/// An operand: one value for all lanes, or one for each.
#[derive(Clone, Copy)]
pub(super) enum Src<'a, T> {
    One(T),
    Each(&'a [T]),
}

impl<T: Copy> Src<'_, T> {
    pub fn get(&self, lane: usize) -> T {
        match self {
            Src::One(v) => *v,
            Src::Each(s) => s[lane],
        }
    }
}

impl Regs {
    pub fn new(uniforms: &[u64], vectors: [u32; 3]) -> Regs {
        Regs {
            u: uniforms.to_vec(),
            ints: vec![vec![0; LANES]; vectors[0] as usize],
            f32s: vec![vec![0.0; LANES]; vectors[1] as usize],
            f64s: vec![vec![0.0; LANES]; vectors[2] as usize],
            n: 1,
        }
    }

    pub fn src<T: Lane>(&self, r: Reg) -> Src<'_, T> {
        match r {
            Reg::U(i) => Src::One(T::of(self.u[i as usize])),
            Reg::V(i) => Src::Each(&T::bank(self)[i as usize][..self.n]),
        }
    }

    /// Fills a vector register.
    pub fn fill<T: Lane, E>(&mut self, dst: u32, f: impl FnOnce(&mut Regs, &mut [T]) -> Result<(), E>) -> Result<(), E> {
        let mut out = std::mem::take(&mut T::bank_mut(self)[dst as usize]);
        let n = self.n;
        let result = f(self, &mut out[..n]);
        T::bank_mut(self)[dst as usize] = out;
        result
    }

    fn map1<A: Lane, R: Lane>(&mut self, dst: u32, a: Reg, f: impl Fn(A) -> R) {
        let _ = self.fill::<R, Fault>(dst, |regs, out| {
            match regs.src::<A>(a) {
                Src::One(a) => out.fill(f(a)),
                Src::Each(a) => out.iter_mut().zip(a).for_each(|(o, a)| *o = f(*a)),
            }
            Ok(())
        });
    }

    fn map2<A: Lane, R: Lane>(&mut self, dst: u32, a: Reg, b: Reg, f: impl Fn(A, A) -> R) {
        let _ = self.fill::<R, Fault>(dst, |regs, out| {
            match (regs.src::<A>(a), regs.src::<A>(b)) {
                (Src::One(a), Src::One(b)) => out.fill(f(a, b)),
                (Src::Each(a), Src::One(b)) => out.iter_mut().zip(a).for_each(|(o, a)| *o = f(*a, b)),
                (Src::One(a), Src::Each(b)) => out.iter_mut().zip(b).for_each(|(o, b)| *o = f(a, *b)),
                (Src::Each(a), Src::Each(b)) => out.iter_mut().zip(a.iter().zip(b)).for_each(|(o, (a, b))| *o = f(*a, *b)),
            }
            Ok(())
        });
    }

    /// `acc = f(acc, b)` on each lane where the mask holds.
    fn update<T: Lane>(&mut self, acc: u32, b: Reg, mask: Option<Reg>, f: impl Fn(T, T) -> T) {
        let _ = self.fill::<T, Fault>(acc, |regs, out| {
            let b = regs.src::<T>(b);
            match (mask.map(|m| regs.src::<i64>(m)), b) {
                (None, Src::One(b)) => out.iter_mut().for_each(|o| *o = f(*o, b)),
                (None, Src::Each(b)) => out.iter_mut().zip(b).for_each(|(o, b)| *o = f(*o, *b)),
                (Some(m), b) => {
                    for (i, o) in out.iter_mut().enumerate() {
                        if m.get(i) != 0 {
                            *o = f(*o, b.get(i));
                        }
                    }
                }
            }
            Ok(())
        });
    }

    pub fn lane_bits(&self, ty: ElemType, r: Reg, lane: usize) -> u64 {
        match r {
            Reg::U(i) => self.u[i as usize],
            Reg::V(i) => match bank(ty) {
                Bank::Int => self.ints[i as usize][lane].bits(),
                Bank::F32 => self.f32s[i as usize][lane].bits(),
                Bank::F64 => self.f64s[i as usize][lane].bits(),
            },
        }
    }

    pub fn set_lane(&mut self, ty: ElemType, r: Reg, lane: usize, bits: u64) {
        match r {
            Reg::U(i) => self.u[i as usize] = bits,
            Reg::V(i) => match bank(ty) {
                Bank::Int => self.ints[i as usize][lane] = i64::of(bits),
                Bank::F32 => self.f32s[i as usize][lane] = f32::of(bits),
                Bank::F64 => self.f64s[i as usize][lane] = f64::of(bits),
            },
        }
    }

    pub fn holds(&self, mask: Option<Reg>, lane: usize) -> bool {
        mask.is_none_or(|m| self.lane_bits(ElemType::I1, m, lane) != 0)
    }

    /// Number of lanes that a register stands for.
    pub fn width(&self, r: Reg) -> usize {
        if matches!(r, Reg::V(_)) { self.n } else { 1 }
    }

    /// Lane by lane through the scalar reference.
    fn each(
        &mut self,
        ty: ElemType,
        dst: Reg,
        mask: Option<Reg>,
        f: impl Fn(&Regs, usize) -> Result<u64, Fault>,
    ) -> Result<(), Fault> {
        for lane in 0..self.width(dst) {
            let bits = if self.holds(mask, lane) { f(self, lane)? } else { 0 };
            self.set_lane(ty, dst, lane, bits);
        }
        Ok(())
    }

    pub fn bin(&mut self, op: BinOp, ty: ElemType, dst: Reg, a: Reg, b: Reg, mask: Option<Reg>) -> Result<(), Fault> {
        let to = if op.is_comparison() { ElemType::I1 } else { ty };
        let Reg::V(d) = dst else {
            let bits = scalar::bin(op, ty, self.lane_bits(ty, a, 0), self.lane_bits(ty, b, 0))?;
            self.set_lane(to, dst, 0, bits);
            return Ok(());
        };
        let done = match bank(ty) {
            Bank::F32 => self.float_bin::<f32>(op, d, a, b),
            Bank::F64 => self.float_bin::<f64>(op, d, a, b),
            Bank::Int => self.int_bin(op, ty, d, a, b),
        };
        if !done {
            return self.each(to, dst, mask, |r, i| scalar::bin(op, ty, r.lane_bits(ty, a, i), r.lane_bits(ty, b, i)));
        }
        if matches!(ty, ElemType::F16 | ElemType::Bf16) && !op.is_comparison() {
            self.round(ty, d);
        }
        Ok(())
    }

    fn round(&mut self, ty: ElemType, d: u32) {
        let n = self.n;
        self.f32s[d as usize][..n].iter_mut().for_each(|v| *v = round_f32(ty, *v));
    }

    fn float_bin<T>(&mut self, op: BinOp, d: u32, a: Reg, b: Reg) -> bool
    where
        T: Lane
            + PartialOrd
            + std::ops::Add<Output = T>
            + std::ops::Sub<Output = T>
            + std::ops::Mul<Output = T>
            + std::ops::Div<Output = T>,
    {
        match op {
            BinOp::Add => self.map2::<T, T>(d, a, b, |x, y| x + y),
            BinOp::Sub => self.map2::<T, T>(d, a, b, |x, y| x - y),
            BinOp::Mul => self.map2::<T, T>(d, a, b, |x, y| x * y),
            BinOp::Div => self.map2::<T, T>(d, a, b, |x, y| x / y),
            _ => return self.compare::<T>(op, d, a, b),
        }
        true
    }

    fn compare<T: Lane + PartialOrd>(&mut self, op: BinOp, d: u32, a: Reg, b: Reg) -> bool {
        match op {
            BinOp::Eq => self.map2::<T, i64>(d, a, b, |x, y| i64::from(x == y)),
            BinOp::Ne => self.map2::<T, i64>(d, a, b, |x, y| i64::from(x != y)),
            BinOp::Lt => self.map2::<T, i64>(d, a, b, |x, y| i64::from(x < y)),
            BinOp::Le => self.map2::<T, i64>(d, a, b, |x, y| i64::from(x <= y)),
            BinOp::Gt => self.map2::<T, i64>(d, a, b, |x, y| i64::from(x > y)),
            BinOp::Ge => self.map2::<T, i64>(d, a, b, |x, y| i64::from(x >= y)),
            _ => return false,
        }
        true
    }

    fn int_bin(&mut self, op: BinOp, ty: ElemType, d: u32, a: Reg, b: Reg) -> bool {
        match op {
            BinOp::Add => self.map2::<i64, i64>(d, a, b, |x, y| wrap(ty, x.wrapping_add(y))),
            BinOp::Sub => self.map2::<i64, i64>(d, a, b, |x, y| wrap(ty, x.wrapping_sub(y))),
            BinOp::Mul => self.map2::<i64, i64>(d, a, b, |x, y| wrap(ty, x.wrapping_mul(y))),
            BinOp::And => self.map2::<i64, i64>(d, a, b, |x, y| x & y),
            BinOp::Or => self.map2::<i64, i64>(d, a, b, |x, y| x | y),
            _ if op.is_comparison() && ty != ElemType::Ui64 => return self.compare::<i64>(op, d, a, b),
            _ => return false,
        }
        true
    }

    pub fn func(
        &mut self,
        f: ScalarFn,
        ty: ElemType,
        dst: Reg,
        args: [Option<Reg>; 3],
        mask: Option<Reg>,
    ) -> Result<(), Fault> {
        if let (Reg::V(d), [Some(a), b, None]) = (dst, args)
            && self.fast_func(f, ty, d, a, b)
        {
            if matches!(ty, ElemType::F16 | ElemType::Bf16) {
                self.round(ty, d);
            }
            return Ok(());
        }
        self.each(f.result(ty), dst, mask, |r, i| scalar::func(f, ty, &args.map(|a| a.map(|a| r.lane_bits(ty, a, i)))))
    }

    fn fast_func(&mut self, f: ScalarFn, ty: ElemType, d: u32, a: Reg, b: Option<Reg>) -> bool {
        match (bank(ty), b) {
            (Bank::F32, None) => match f {
                ScalarFn::Exp => self.map1::<f32, f32>(d, a, f32::exp),
                ScalarFn::Log => self.map1::<f32, f32>(d, a, f32::ln),
                ScalarFn::Tanh => self.map1::<f32, f32>(d, a, f32::tanh),
                ScalarFn::Sqrt => self.map1::<f32, f32>(d, a, f32::sqrt),
                ScalarFn::Abs => self.map1::<f32, f32>(d, a, f32::abs),
                ScalarFn::Floor => self.map1::<f32, f32>(d, a, f32::floor),
                _ => return false,
            },
            (Bank::F32, Some(b)) => match f {
                ScalarFn::Maximum => self.map2::<f32, f32>(d, a, b, maximum),
                ScalarFn::Minimum => self.map2::<f32, f32>(d, a, b, minimum),
                ScalarFn::Maxnum => self.map2::<f32, f32>(d, a, b, maxnum),
                ScalarFn::Minnum => self.map2::<f32, f32>(d, a, b, minnum),
                _ => return false,
            },
            (Bank::Int, Some(b)) if ty != ElemType::Ui64 => match f {
                ScalarFn::Maximum | ScalarFn::Maxnum => self.map2::<i64, i64>(d, a, b, i64::max),
                ScalarFn::Minimum | ScalarFn::Minnum => self.map2::<i64, i64>(d, a, b, i64::min),
                _ => return false,
            },
            _ => return false,
        }
        true
    }

    pub fn neg(&mut self, ty: ElemType, dst: Reg, a: Reg) -> Result<(), Fault> {
        match (dst, bank(ty)) {
            (Reg::V(d), Bank::F32) => self.map1::<f32, f32>(d, a, |x| -x),
            (Reg::V(d), Bank::F64) => self.map1::<f64, f64>(d, a, |x| -x),
            _ => return self.each(ty, dst, None, |r, i| Ok(scalar::neg(ty, r.lane_bits(ty, a, i)))),
        }
        Ok(())
    }

    pub fn not(&mut self, dst: Reg, a: Reg) -> Result<(), Fault> {
        self.each(ElemType::I1, dst, None, |r, i| Ok(u64::from(r.lane_bits(ElemType::I1, a, i) == 0)))
    }

    pub fn cast(&mut self, from: ElemType, to: ElemType, dst: Reg, a: Reg) -> Result<(), Fault> {
        if let Reg::V(d) = dst {
            match (bank(from), bank(to)) {
                (Bank::F32, Bank::F32) => {
                    self.map1::<f32, f32>(d, a, |x| round_f32(to, x));
                    return Ok(());
                }
                (Bank::Int, Bank::F32) if to == ElemType::F32 && from != ElemType::Ui64 => {
                    self.map1::<i64, f32>(d, a, |x| x as f32);
                    return Ok(());
                }
                (Bank::Int, Bank::Int) if to != ElemType::I1 => {
                    self.map1::<i64, i64>(d, a, |x| wrap(to, x));
                    return Ok(());
                }
                _ => {}
            }
        }
        self.each(to, dst, None, |r, i| Ok(scalar::cast(from, to, r.lane_bits(from, a, i))))
    }

    pub fn bitcast(&mut self, from: ElemType, to: ElemType, dst: Reg, a: Reg) -> Result<(), Fault> {
        self.each(to, dst, None, |r, i| Ok(scalar::bitcast(from, to, r.lane_bits(from, a, i))))
    }

    pub fn sat(&mut self, from: ElemType, to: ElemType, dst: Reg, a: Reg) -> Result<(), Fault> {
        self.each(to, dst, None, |r, i| Ok(scalar::sat(from, to, r.lane_bits(from, a, i))))
    }

    pub fn select(&mut self, ty: ElemType, dst: Reg, cond: Reg, a: Reg, b: Reg) {
        match (dst, bank(ty)) {
            (Reg::V(d), Bank::Int) => self.select_lanes::<i64>(d, cond, a, b),
            (Reg::V(d), Bank::F32) => self.select_lanes::<f32>(d, cond, a, b),
            (Reg::V(d), Bank::F64) => self.select_lanes::<f64>(d, cond, a, b),
            (Reg::U(_), _) => {
                let from = if self.holds(Some(cond), 0) { a } else { b };
                let bits = self.lane_bits(ty, from, 0);
                self.set_lane(ty, dst, 0, bits);
            }
        }
    }

    fn select_lanes<T: Lane>(&mut self, d: u32, cond: Reg, a: Reg, b: Reg) {
        let _ = self.fill::<T, Fault>(d, |regs, out| {
            let (c, a, b) = (regs.src::<i64>(cond), regs.src::<T>(a), regs.src::<T>(b));
            for (i, o) in out.iter_mut().enumerate() {
                *o = if c.get(i) != 0 { a.get(i) } else { b.get(i) };
            }
            Ok(())
        });
    }

    pub fn mov(&mut self, ty: ElemType, dst: Reg, src: Reg) {
        if dst == src {
            return;
        }
        match (dst, bank(ty)) {
            (Reg::V(d), Bank::Int) => self.map1::<i64, i64>(d, src, |x| x),
            (Reg::V(d), Bank::F32) => self.map1::<f32, f32>(d, src, |x| x),
            (Reg::V(d), Bank::F64) => self.map1::<f64, f64>(d, src, |x| x),
            (Reg::U(d), _) => self.u[d as usize] = self.lane_bits(ty, src, 0),
        }
    }

    pub fn combine(&mut self, op: RedOp, ty: ElemType, acc: Reg, src: Reg, mask: Option<Reg>) -> Result<(), Fault> {
        if let (Reg::V(d), Bank::F32) = (acc, bank(ty)) {
            match op {
                RedOp::Add => self.update::<f32>(d, src, mask, |a, b| round_f32(ty, a + b)),
                RedOp::Mul => self.update::<f32>(d, src, mask, |a, b| round_f32(ty, a * b)),
                RedOp::Maximum => self.update::<f32>(d, src, mask, maximum),
                RedOp::Minimum => self.update::<f32>(d, src, mask, minimum),
                RedOp::Maxnum => self.update::<f32>(d, src, mask, maxnum),
                _ => self.update::<f32>(d, src, mask, minnum),
            }
            return Ok(());
        }
        if let (Reg::V(d), Bank::Int, RedOp::Add) = (acc, bank(ty), op) {
            self.update::<i64>(d, src, mask, |a, b| wrap(ty, a.wrapping_add(b)));
            return Ok(());
        }
        for lane in 0..self.width(acc) {
            if self.holds(mask, lane) {
                let bits = scalar::combine(op, ty, self.lane_bits(ty, acc, lane), self.lane_bits(ty, src, lane))?;
                self.set_lane(ty, acc, lane, bits);
            }
        }
        Ok(())
    }

    /// `acc += a * b` in f32.
    pub fn mul_add(&mut self, acc: Reg, a: Reg, b: Reg) {
        let Reg::V(d) = acc else {
            let value = f32::of(self.lane_bits(ElemType::F32, acc, 0))
                + f32::of(self.lane_bits(ElemType::F32, a, 0)) * f32::of(self.lane_bits(ElemType::F32, b, 0));
            self.set_lane(ElemType::F32, acc, 0, value.bits());
            return;
        };
        let _ = self.fill::<f32, Fault>(d, |regs, out| {
            match (regs.src::<f32>(a), regs.src::<f32>(b)) {
                (Src::Each(a), Src::Each(b)) => out.iter_mut().zip(a.iter().zip(b)).for_each(|(o, (a, b))| *o += a * b),
                (Src::Each(a), Src::One(b)) | (Src::One(b), Src::Each(a)) => {
                    out.iter_mut().zip(a).for_each(|(o, a)| *o += a * b)
                }
                (Src::One(a), Src::One(b)) => out.iter_mut().for_each(|o| *o += a * b),
            }
            Ok(())
        });
    }

    /// Folds the lanes into a uniform register. Sums of f32 are kept in eight parts, joined at the end: they are unordered.
    pub fn fold(&mut self, op: RedOp, ty: ElemType, acc: u32, src: Reg, mask: Option<Reg>) -> Result<(), Fault> {
        if let (RedOp::Add, ElemType::F32, Reg::V(s), None) = (op, ty, src, mask) {
            let lanes = &self.f32s[s as usize][..self.n];
            let mut parts = [0.0f32; 8];
            for chunk in lanes.chunks(8) {
                parts.iter_mut().zip(chunk).for_each(|(p, v)| *p += v);
            }
            let sum = parts.iter().fold(0.0, |s: f32, p| s + p);
            self.u[acc as usize] = (f32::of(self.u[acc as usize]) + sum).bits();
            return Ok(());
        }
        for lane in 0..self.n {
            if self.holds(mask, lane) {
                self.u[acc as usize] = scalar::combine(op, ty, self.u[acc as usize], self.lane_bits(ty, src, lane))?;
            }
        }
        Ok(())
    }

    #[allow(clippy::too_many_arguments)]
    pub fn arg_step(&mut self, kind: ArgRedKind, ty: ElemType, found: Reg, key: Reg, new: Reg, took: Reg, mask: Option<Reg>) {
        for lane in 0..self.width(key) {
            let (old, candidate) = (self.lane_bits(ty, key, lane), self.lane_bits(ty, new, lane));
            let first = self.lane_bits(ElemType::I1, found, lane) == 0;
            let wins = self.holds(mask, lane) && (first || beats(kind, ty, candidate, old));
            self.set_lane(ElemType::I1, took, lane, u64::from(wins));
            if wins {
                self.set_lane(ty, key, lane, candidate);
                self.set_lane(ElemType::I1, found, lane, 1);
            }
        }
    }
}

/// Whether a later candidate replaces the best so far. A NaN loses against every other.
fn beats(kind: ArgRedKind, ty: ElemType, new: u64, old: u64) -> bool {
    let less = |a: u64, b: u64| scalar::bin(BinOp::Lt, ty, a, b).is_ok_and(|v| v != 0);
    let is_nan = |v: u64| scalar::bin(BinOp::Ne, ty, v, v).is_ok_and(|v| v != 0);
    let last = matches!(kind, ArgRedKind::ArgmaxLast | ArgRedKind::ArgminLast);
    match (is_nan(new), is_nan(old)) {
        (true, old_nan) => last && old_nan,
        (false, true) => true,
        _ => {
            let (lo, hi) = match kind {
                ArgRedKind::Argmax | ArgRedKind::ArgmaxLast => (old, new),
                ArgRedKind::Argmin | ArgRedKind::ArgminLast => (new, old),
            };
            if last { !less(hi, lo) } else { less(lo, hi) }
        }
    }
}

fn greater(x: f32, y: f32) -> bool {
    x > y || (x == y && !x.is_sign_negative())
}

fn maximum(x: f32, y: f32) -> f32 {
    if x.is_nan() || y.is_nan() {
        f32::NAN
    } else if greater(x, y) {
        x
    } else {
        y
    }
}

fn minimum(x: f32, y: f32) -> f32 {
    if x.is_nan() || y.is_nan() {
        f32::NAN
    } else if greater(x, y) {
        y
    } else {
        x
    }
}

fn maxnum(x: f32, y: f32) -> f32 {
    if x.is_nan() || (!y.is_nan() && !greater(x, y)) { y } else { x }
}

fn minnum(x: f32, y: f32) -> f32 {
    if x.is_nan() || (!y.is_nan() && greater(x, y)) { y } else { x }
}
