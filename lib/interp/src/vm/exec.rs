//! Running code.

use super::mem::{self, Binding, Mem};
use super::ops::{Lane, Regs};
use super::{Bank, Code, Fault, Guard, Inst, LANES, Lanewise, LoadInst, Reg, Site, Split, bank};
use edge_dialect::core::{BinOp, ElemType, ScalarFn, Update};
use rayon::prelude::*;

/// The most bytes that code may take for local memory.
const MAX_STAGE: u64 = 1 << 30;

/// Bytes read and written through each buffer.
pub type Counts = Vec<[u64; 2]>;

/// A running piece of code.
pub struct Machine<'a> {
    regs: Regs,
    mems: Vec<Mem<'a>>,
    bindings: Vec<Binding>,
    counts: Counts,
    sites: &'a [Site],
}

/// Runs `code` with its first buffers bound as given and `params` written into uniform registers.
/// Independent iterations of the outermost loop run on several threads, with the same result as on one.
///
/// # Errors
/// Whatever stops the program.
pub fn run(code: &Code, mems: Vec<Mem<'_>>, mut bindings: Vec<Binding>, params: &[(u32, i64)]) -> Result<Counts, Fault> {
    bindings.resize(code.buffers as usize, Binding { mem: usize::MAX, ..Binding::default() });
    let mut regs = Regs::new(&code.uniforms, code.vectors);
    for (reg, value) in params {
        regs.u[*reg as usize] = *value as u64;
    }
    let counts = vec![[0; 2]; bindings.len()];
    let mut machine = Machine { regs, mems, bindings, counts, sites: &code.sites };
    if let (Some(split), Some((Inst::Loop { iv, lo, hi, step: 1, lanes: false, body }, before))) =
        (code.split, code.body.split_last())
    {
        machine.block(before)?;
        let (lo, hi) = (machine.regs.u[*lo as usize] as i64, machine.regs.u[*hi as usize] as i64);
        return machine.parallel(split, *iv, lo, hi, body);
    }
    machine.block(&code.body)?;
    Ok(machine.counts)
}

impl<'a> Machine<'a> {
    fn parallel(mut self, split: Split, iv: u32, lo: i64, hi: i64, body: &[Inst]) -> Result<Counts, Fault> {
        let elems = self.bindings[split.buf as usize];
        let threads = rayon::current_num_threads() as i64;
        let per = ((hi - lo) / (threads * 4).max(1)).max(1);
        let whole = lo == 0 && hi.checked_mul(split.span) == Some(elems.len) && elems.first == 0 && elems.len > 0;
        let single = self.bindings.iter().enumerate().all(|(i, b)| i == split.buf as usize || b.mem != elems.mem);
        if !whole || !single || threads < 2 || hi <= per {
            self.iterate(iv, lo, hi, 1, body)?;
            return Ok(self.counts);
        }
        let Mem::Exclusive { data, shadow: None } = std::mem::replace(&mut self.mems[elems.mem], Mem::Shared(&[])) else {
            return Err(Fault::Unsupported("a written buffer is read-only".into()));
        };
        let size = (data.len() - elems.offset) / elems.len as usize;
        let data = &mut data[elems.offset..];
        let shared: Option<Vec<&[u8]>> =
            self.mems.iter().map(|m| if let Mem::Shared(s) = m { Some(*s) } else { None }).collect();
        let Some(shared) = shared else { return Err(Fault::Unsupported("two written buffers in parallel code".into())) };
        let chunk = (per * split.span) as usize * size;
        let parts: Vec<Result<Counts, Fault>> = data
            .par_chunks_mut(chunk)
            .enumerate()
            .map(|(at, piece)| {
                let begin = at as i64 * per;
                let mut mems: Vec<Mem<'_>> = shared.iter().map(|s| Mem::Shared(s)).collect();
                mems[elems.mem] = Mem::exclusive(piece);
                let mut bindings = self.bindings.clone();
                bindings[split.buf as usize] = Binding { mem: elems.mem, offset: 0, len: elems.len, first: begin * split.span };
                let counts = vec![[0; 2]; bindings.len()];
                let mut part = Machine { regs: self.regs.clone(), mems, bindings, counts, sites: self.sites };
                part.iterate(iv, begin, (begin + per).min(hi), 1, body)?;
                Ok(part.counts)
            })
            .collect();
        let mut counts = self.counts;
        for part in parts {
            for (total, more) in counts.iter_mut().zip(part?) {
                total[0] += more[0];
                total[1] += more[1];
            }
        }
        Ok(counts)
    }

    fn iterate(&mut self, iv: u32, lo: i64, hi: i64, step: i64, body: &[Inst]) -> Result<(), Fault> {
        let mut i = lo;
        while i < hi {
            self.regs.u[iv as usize] = i as u64;
            self.block(body)?;
            i = i.checked_add(step).ok_or(Fault::Overflow)?;
        }
        Ok(())
    }

    fn lanes(&mut self, iv: u32, lo: i64, hi: i64, step: i64, body: &[Inst]) -> Result<(), Fault> {
        let total = hi.checked_sub(lo).and_then(|d| d.checked_add(step - 1)).ok_or(Fault::Overflow)? / step;
        let mut done = 0;
        while done < total {
            self.regs.n = (total - done).min(LANES as i64) as usize;
            self.regs.u[iv as usize] = (lo + done * step) as u64;
            self.block(body)?;
            done += self.regs.n as i64;
        }
        self.regs.n = 1;
        Ok(())
    }

    fn block(&mut self, insts: &[Inst]) -> Result<(), Fault> {
        for inst in insts {
            self.step(inst)?;
        }
        Ok(())
    }

    fn step(&mut self, inst: &Inst) -> Result<(), Fault> {
        let r = &mut self.regs;
        match inst {
            Inst::AddMul { dst, a, b, k } => {
                r.u[*dst as usize] = (r.u[*a as usize] as i64).wrapping_add((r.u[*b as usize] as i64).wrapping_mul(*k)) as u64;
            }
            Inst::LoadMulAdd { load, acc, scale } => return self.load_mul_add(load, *acc, *scale),
            Inst::Load(load) => return self.load(load),
            Inst::Loop { iv, lo, hi, step, lanes, body } => {
                let (lo, hi) = (r.u[*lo as usize] as i64, r.u[*hi as usize] as i64);
                if *step < 1 {
                    return Err(Fault::Unsupported("a loop's step is not positive".into()));
                }
                return if *lanes { self.lanes(*iv, lo, hi, *step, body) } else { self.iterate(*iv, lo, hi, *step, body) };
            }
            Inst::MulAdd { acc, a, b } => r.mul_add(*acc, *a, *b),
            Inst::Bin { op, ty, dst, a, b, mask } => return r.bin(*op, *ty, *dst, *a, *b, *mask),
            Inst::Fn { f, ty, dst, a, b, c, mask } => return r.func(*f, *ty, *dst, [Some(*a), *b, *c], *mask),
            Inst::Neg { ty, dst, a } => return r.neg(*ty, *dst, *a),
            Inst::Not { dst, a } => return r.not(*dst, *a),
            Inst::Cast { from, to, dst, a } => return r.cast(*from, *to, *dst, *a),
            Inst::Bitcast { from, to, dst, a } => return r.bitcast(*from, *to, *dst, *a),
            Inst::Sat { from, to, dst, a } => return r.sat(*from, *to, *dst, *a),
            Inst::Select { ty, dst, cond, a, b } => r.select(*ty, *dst, *cond, *a, *b),
            Inst::Mov { ty, dst, src } => r.mov(*ty, *dst, *src),
            Inst::Combine { op, ty, acc, src, mask } => return r.combine(*op, *ty, *acc, *src, *mask),
            Inst::Fold { op, ty, acc, src, mask } => return r.fold(*op, *ty, *acc, *src, *mask),
            Inst::ArgStep { kind, ty, found, key, new, took, mask } => r.arg_step(*kind, *ty, *found, *key, *new, *took, *mask),
            Inst::Spread { dst, at } => {
                for lane in 0..self.regs.width(*dst) {
                    let v = self.position(at, lane);
                    self.regs.set_lane(ElemType::Index, *dst, lane, v as u64);
                }
            }
            Inst::If { cond, then, else_ } => {
                let taken = if r.u[*cond as usize] != 0 { then } else { else_ };
                return self.block(taken);
            }
            Inst::Store { buf, elem, at, guards, src, update, mask } => {
                return self.store(*buf, *elem, at, guards, *src, *update, *mask);
            }
            Inst::Check { at, extent, mask, site } => return self.check(at, *extent, *mask, *site),
            Inst::Stage { buf, elem, count } => return self.stage(*buf, *elem, *count),
        }
        Ok(())
    }

    fn stage(&mut self, buf: u32, elem: ElemType, count: u32) -> Result<(), Fault> {
        let len = self.regs.u[count as usize] as i64;
        let bytes = u64::try_from(len).ok().and_then(|n| n.checked_mul(elem.bytes())).unwrap_or(u64::MAX);
        if bytes > MAX_STAGE {
            return Err(Fault::Memory(bytes));
        }
        let fresh = vec![0xff; bytes as usize];
        let old = self.bindings[buf as usize].mem;
        let mem = if old == usize::MAX {
            self.mems.push(Mem::Owned(fresh));
            self.mems.len() - 1
        } else {
            self.mems[old] = Mem::Owned(fresh);
            old
        };
        self.bindings[buf as usize] = Binding { mem, offset: 0, len, first: 0 };
        Ok(())
    }

    fn position(&self, at: &Lanewise, lane: usize) -> i64 {
        let base = self.regs.u[at.base as usize] as i64;
        let gather = at.gather.map_or(0, |g| self.regs.lane_bits(ElemType::Index, Reg::V(g), lane) as i64);
        base.wrapping_add(at.stride.wrapping_mul(lane as i64)).wrapping_add(gather)
    }

    fn check(&mut self, at: &Lanewise, extent: u32, mask: Option<Reg>, site: u32) -> Result<(), Fault> {
        let extent = self.regs.u[extent as usize] as i64;
        let wide = !at.is_uniform() || matches!(mask, Some(Reg::V(_)));
        for lane in 0..if wide { self.regs.n } else { 1 } {
            let index = self.position(at, lane);
            if self.regs.holds(mask, lane) && !(0..extent).contains(&index) {
                return Err(Fault::Index { site: self.sites[site as usize].clone(), index, extent });
            }
        }
        Ok(())
    }

    fn guard_holds(&self, guard: &Guard, lane: usize) -> bool {
        match guard {
            Guard::Inside(at, extent) => (0..self.regs.u[*extent as usize] as i64).contains(&self.position(at, lane)),
            Guard::NonNegative(at) => self.position(at, lane) >= 0,
            Guard::Zero(at) => self.position(at, lane) == 0,
        }
    }

    /// The lanes at which all guards hold, where they are an interval that needs no look at each lane.
    fn interval(&self, guards: &[Guard]) -> Option<(usize, usize)> {
        let n = self.regs.n as i64;
        let (mut lo, mut hi) = (0i64, n);
        for guard in guards {
            let at = match guard {
                Guard::Inside(at, _) | Guard::NonNegative(at) | Guard::Zero(at) => at,
            };
            if at.gather.is_some() {
                return None;
            }
            let (base, stride) = (self.regs.u[at.base as usize] as i64, at.stride);
            if stride == 0 {
                if !self.guard_holds(guard, 0) {
                    return Some((0, 0));
                }
                continue;
            }
            // The lanes where least <= base + stride*lane <= most.
            let (least, most) = match guard {
                Guard::Inside(_, extent) => (0, self.regs.u[*extent as usize] as i64 - 1),
                Guard::NonNegative(_) => (0, i64::MAX / 2),
                Guard::Zero(_) => (0, 0),
            };
            if base.unsigned_abs() > 1 << 60 {
                return None;
            }
            let (a, b) = if stride > 0 { (least - base, most - base) } else { (base - most, base - least) };
            let step = stride.unsigned_abs() as i64;
            lo = lo.max(-((-a).div_euclid(step)));
            hi = hi.min(b.div_euclid(step) + 1);
        }
        let lo = lo.clamp(0, n);
        Some((lo as usize, hi.clamp(lo, n) as usize))
    }

    fn piece(&self, buf: u32) -> Result<(Binding, &[u8]), Fault> {
        let b = self.bindings[buf as usize];
        let mem = self.mems.get(b.mem).ok_or_else(|| Fault::Unsupported(format!("buffer {buf} has no memory")))?;
        Ok((b, mem.bytes()))
    }

    fn check_shadow(&self, buf: u32, b: &Binding, size: usize, at: usize, stride: i64, n: usize) -> Result<(), Fault> {
        let Some(shadow) = self.mems[b.mem].shadow() else { return Ok(()) };
        for i in 0..n {
            let p = b.offset + (at as i64 + stride * i as i64) as usize * size;
            if shadow[p..p + size].contains(&0) {
                return Err(Fault::Uninitialised { buf, at: at as i64 + stride * i as i64 + b.first });
            }
        }
        Ok(())
    }

    fn load(&mut self, l: &LoadInst) -> Result<(), Fault> {
        let Reg::V(_) = l.dst else {
            let value = match self.guards_at(&l.guards, l.mask, 0) {
                true => self.load_one(l, 0)?,
                false => l.else_.map_or(0, |e| self.regs.lane_bits(l.elem, e, 0)),
            };
            self.regs.set_lane(l.elem, l.dst, 0, value);
            return Ok(());
        };
        let range = if l.at.gather.is_none() && l.mask.is_none() { self.interval(&l.guards) } else { None };
        let Some((lo, hi)) = range else { return self.load_each(l) };
        match bank(l.elem) {
            Bank::Int => self.load_range::<i64>(l, lo, hi, |b, at, s, out| mem::read_ints(l.elem, b, at, s, out)),
            Bank::F32 => self.load_range::<f32>(l, lo, hi, |b, at, s, out| mem::read_f32s(l.elem, b, at, s, out)),
            Bank::F64 => self.load_range::<f64>(l, lo, hi, mem::read_f64s),
        }
    }

    fn guards_at(&self, guards: &[Guard], mask: Option<Reg>, lane: usize) -> bool {
        self.regs.holds(mask, lane) && guards.iter().all(|g| self.guard_holds(g, lane))
    }

    fn load_one(&mut self, l: &LoadInst, lane: usize) -> Result<u64, Fault> {
        let size = l.elem.bytes() as usize;
        let (b, bytes) = self.piece(l.buf)?;
        let at = mem::check_strip(l.buf, &b, bytes.len(), size, self.position(&l.at, lane), 0, 1)?;
        self.check_shadow(l.buf, &b, size, at, 0, 1)?;
        let bytes = &bytes[b.offset..];
        let bits = match bank(l.elem) {
            Bank::Int => {
                let mut v = [0i64];
                mem::read_ints(l.elem, bytes, at, 1, &mut v);
                v[0].bits()
            }
            Bank::F32 => {
                let mut v = [0f32];
                mem::read_f32s(l.elem, bytes, at, 1, &mut v);
                v[0].bits()
            }
            Bank::F64 => {
                let mut v = [0f64];
                mem::read_f64s(bytes, at, 1, &mut v);
                v[0].bits()
            }
        };
        self.counts[l.buf as usize][0] += size as u64;
        Ok(bits)
    }

    fn load_each(&mut self, l: &LoadInst) -> Result<(), Fault> {
        for lane in 0..self.regs.n {
            let bits = if self.guards_at(&l.guards, l.mask, lane) {
                self.load_one(l, lane)?
            } else {
                l.else_.map_or(0, |e| self.regs.lane_bits(l.elem, e, lane))
            };
            self.regs.set_lane(l.elem, l.dst, lane, bits);
        }
        Ok(())
    }

    fn load_range<T: Lane>(
        &mut self,
        l: &LoadInst,
        lo: usize,
        hi: usize,
        read: impl Fn(&[u8], usize, i64, &mut [T]),
    ) -> Result<(), Fault> {
        let Reg::V(dst) = l.dst else { return Ok(()) };
        let size = l.elem.bytes() as usize;
        let mut regs = std::mem::take(&mut self.regs);
        let result = regs.fill::<T, Fault>(dst, |regs, out| {
            if (lo, hi) != (0, out.len()) {
                let else_ = regs.src::<T>(l.else_.unwrap_or(Reg::U(0)));
                for (i, o) in out.iter_mut().enumerate() {
                    if !(lo..hi).contains(&i) {
                        *o = if l.else_.is_some() { else_.get(i) } else { T::of(0) };
                    }
                }
            }
            if lo < hi {
                let start = (regs.u[l.at.base as usize] as i64).wrapping_add(l.at.stride.wrapping_mul(lo as i64));
                let (b, bytes) = self.piece(l.buf)?;
                let at = mem::check_strip(l.buf, &b, bytes.len(), size, start, l.at.stride, hi - lo)?;
                self.check_shadow(l.buf, &b, size, at, l.at.stride, hi - lo)?;
                read(&bytes[b.offset..], at, l.at.stride, &mut out[lo..hi]);
            }
            Ok(())
        });
        self.regs = regs;
        self.counts[l.buf as usize][0] += (size * (hi - lo)) as u64;
        result
    }

    fn load_mul_add(&mut self, l: &LoadInst, acc: Reg, scale: u32) -> Result<(), Fault> {
        let (Some((lo, hi)), Reg::V(acc)) = (self.interval(&l.guards), acc) else {
            self.load(l)?;
            self.regs.mul_add(acc, l.dst, Reg::U(scale));
            return Ok(());
        };
        let mut regs = std::mem::take(&mut self.regs);
        let result = regs.fill::<f32, Fault>(acc, |regs, out| {
            let scale = f32::of(regs.u[scale as usize]);
            if let (Some(e), true) = (l.else_, (lo, hi) != (0, out.len())) {
                let else_ = regs.src::<f32>(e);
                for (i, o) in out.iter_mut().enumerate() {
                    if !(lo..hi).contains(&i) {
                        *o += else_.get(i) * scale;
                    }
                }
            }
            if lo < hi {
                let start = (regs.u[l.at.base as usize] as i64).wrapping_add(l.at.stride.wrapping_mul(lo as i64));
                let (b, bytes) = self.piece(l.buf)?;
                let at = mem::check_strip(l.buf, &b, bytes.len(), 4, start, l.at.stride, hi - lo)?;
                self.check_shadow(l.buf, &b, 4, at, l.at.stride, hi - lo)?;
                mem::mul_add_f32(&bytes[b.offset..], at, l.at.stride, scale, &mut out[lo..hi]);
            }
            Ok(())
        });
        self.regs = regs;
        self.counts[l.buf as usize][0] += 4 * (hi - lo) as u64;
        result
    }

    #[allow(clippy::too_many_arguments)]
    fn store(
        &mut self,
        buf: u32,
        elem: ElemType,
        at: &Lanewise,
        guards: &[Guard],
        src: Reg,
        update: Update,
        mask: Option<Reg>,
    ) -> Result<(), Fault> {
        let wide = !at.is_uniform()
            || matches!(src, Reg::V(_))
            || matches!(mask, Some(Reg::V(_)))
            || guards
                .iter()
                .any(|g| matches!(g, Guard::Inside(a, _) | Guard::NonNegative(a) | Guard::Zero(a) if !a.is_uniform()));
        let plain = matches!(update, Update::Assign | Update::Overwrite) && at.gather.is_none() && mask.is_none();
        if plain
            && wide
            && let (Some((lo, hi)), Reg::V(s)) = (self.interval(guards), src)
        {
            return self.store_range(buf, elem, at, s, lo, hi);
        }
        for lane in 0..if wide { self.regs.n } else { 1 } {
            if !self.guards_at(guards, mask, lane) {
                continue;
            }
            let mut value = self.regs.lane_bits(elem, src, lane);
            let position = self.position(at, lane);
            if let Some(old) = self.old_value(buf, elem, position, update)? {
                value = join(update, elem, old, value)?;
            }
            self.write_one(buf, elem, position, value)?;
        }
        Ok(())
    }

    fn old_value(&mut self, buf: u32, elem: ElemType, position: i64, update: Update) -> Result<Option<u64>, Fault> {
        if matches!(update, Update::Assign | Update::Overwrite) {
            return Ok(None);
        }
        let l = LoadInst {
            buf,
            elem,
            dst: Reg::U(0),
            at: Lanewise { base: 0, stride: 0, gather: None },
            guards: Box::new([]),
            else_: None,
            mask: None,
        };
        let saved = std::mem::replace(&mut self.regs.u[0], position as u64);
        let value = self.load_one(&l, 0);
        self.regs.u[0] = saved;
        value.map(Some)
    }

    fn write_one(&mut self, buf: u32, elem: ElemType, position: i64, bits: u64) -> Result<(), Fault> {
        self.write(buf, elem, position, 1, 1, |data, at| match bank(elem) {
            Bank::Int => mem::write_ints(elem, data, at, 1, &[i64::of(bits)]),
            Bank::F32 => mem::write_f32s(elem, data, at, 1, &[f32::of(bits)]),
            Bank::F64 => mem::write_f64s(data, at, 1, &[f64::of(bits)]),
        })
    }

    fn store_range(&mut self, buf: u32, elem: ElemType, at: &Lanewise, src: u32, lo: usize, hi: usize) -> Result<(), Fault> {
        if lo >= hi {
            return Ok(());
        }
        let start = (self.regs.u[at.base as usize] as i64).wrapping_add(at.stride.wrapping_mul(lo as i64));
        let regs = std::mem::take(&mut self.regs);
        let result = self.write(buf, elem, start, at.stride, hi - lo, |data, p| match bank(elem) {
            Bank::Int => mem::write_ints(elem, data, p, at.stride, &i64::bank(&regs)[src as usize][lo..hi]),
            Bank::F32 => mem::write_f32s(elem, data, p, at.stride, &f32::bank(&regs)[src as usize][lo..hi]),
            Bank::F64 => mem::write_f64s(data, p, at.stride, &f64::bank(&regs)[src as usize][lo..hi]),
        });
        self.regs = regs;
        result
    }

    fn write(
        &mut self,
        buf: u32,
        elem: ElemType,
        start: i64,
        stride: i64,
        n: usize,
        put: impl FnOnce(&mut [u8], usize),
    ) -> Result<(), Fault> {
        let size = elem.bytes() as usize;
        let (b, bytes) = self.piece(buf)?;
        let at = mem::check_strip(buf, &b, bytes.len(), size, start, stride, n)?;
        self.counts[buf as usize][1] += (size * n) as u64;
        let m = &mut self.mems[b.mem];
        if let Some(shadow) = m.shadow_mut() {
            for i in 0..n {
                let p = b.offset + (at as i64 + stride * i as i64) as usize * size;
                shadow[p..p + size].fill(1);
            }
        }
        let data = m.bytes_mut().ok_or_else(|| Fault::Unsupported(format!("buffer {buf} is written but read-only")))?;
        put(&mut data[b.offset..], at);
        Ok(())
    }
}

fn join(update: Update, ty: ElemType, old: u64, new: u64) -> Result<u64, Fault> {
    match update {
        Update::Assign | Update::Overwrite => Ok(new),
        Update::Add => super::scalar::bin(BinOp::Add, ty, old, new),
        Update::Mul => super::scalar::bin(BinOp::Mul, ty, old, new),
        Update::Maximum => super::scalar::func(ScalarFn::Maximum, ty, &[Some(old), Some(new)]),
        Update::Minimum => super::scalar::func(ScalarFn::Minimum, ty, &[Some(old), Some(new)]),
    }
}
