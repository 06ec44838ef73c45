//! Bounds of loops as affine maps: `map-bound`, `map-bounds`, `steps`.

use super::maps::Inputs;
use super::read::CustomState;
use super::write::Writer;
use crate::parse::Parser;
use crate::parse::cursor::Res;
use crate::scan;
use edge_ir::{AffineKind, Attr, AttrKind, Context};

impl<'c, 's> Parser<'c, 's> {
    /// `4`, `%n`, `max #map(%i)[%n]`.
    pub(super) fn read_map_bound(
        &mut self,
        custom: &mut CustomState<'c, 's>,
        map: usize,
        operands: usize,
        word: &str,
    ) -> Res<()> {
        let b = self.peek();
        if b == b'%' {
            custom.operands[operands] = vec![self.value_ref()?];
            custom.fields[map] = Some(self.ctx.affine_map(0, 1, &[self.ctx.sym(0)]));
        } else if b == b'-' || b.is_ascii_digit() {
            let n = self.signed()?;
            custom.fields[map] = Some(self.ctx.affine_map(0, 0, &[self.ctx.cst(n)]));
        } else {
            self.eat_word(word);
            self.read_apply(custom, map, operands)?;
        }
        Ok(())
    }
    /// `(0, max(%i, %j + 4))`.
    pub(super) fn read_map_bounds(
        &mut self,
        custom: &mut CustomState<'c, 's>,
        map: usize,
        groups: usize,
        operands: usize,
        word: &str,
    ) -> Res<()> {
        self.space();
        let end = scan::skip_balanced(&self.bytes[..self.end], self.pos).map_err(|e| self.scan_error(e))?;
        self.expect("(")?;
        let (mut inputs, mut results, mut sizes) = (Inputs::default(), vec![], vec![]);
        while self.peek() != b')' {
            let before = results.len();
            let from = self.pos;
            if self.eat_word(word) {
                self.space();
                let stop = scan::skip_balanced(&self.bytes[..end], self.pos).map_err(|e| self.scan_error(e))?;
                results.extend(self.expressions(self.pos + 1, stop - 1, &mut inputs)?);
                self.pos = stop;
            } else {
                let stop = self.next_comma(from, end - 1)?;
                results.extend(self.expressions(from, stop, &mut inputs)?);
                self.pos = stop;
            }
            sizes.push((results.len() - before) as i32);
            if !self.eat(",") {
                break;
            }
        }
        self.expect(")")?;
        let (made, values) = self.map_of(&inputs, &results)?;
        custom.fields[map] = Some(made);
        custom.fields[groups] = Some(i32_elements(self.ctx, &sizes));
        custom.operands[operands].extend(values);
        Ok(())
    }
    /// The place of the next comma that stands in no brackets, or the end.
    fn next_comma(&self, from: usize, end: usize) -> Res<usize> {
        let mut at = from;
        while at < end {
            match self.bytes[at] {
                b',' => return Ok(at),
                b'(' | b'[' | b'{' => at = scan::skip_balanced(&self.bytes[..end], at).map_err(|e| self.scan_error(e))?,
                _ => at += 1,
            }
        }
        Ok(end)
    }
    /// `step (4, 8)`.
    pub(super) fn read_steps(&mut self, custom: &mut CustomState<'c, 's>, steps: usize, region: usize) -> Res<()> {
        let mut list = vec![1; custom.next_arg(region)];
        if self.eat_word("step") {
            list.clear();
            self.expect("(")?;
            while self.peek() != b')' {
                list.push(self.signed()?);
                if !self.eat(",") {
                    break;
                }
            }
            self.expect(")")?;
        }
        let items: Vec<Attr> = list.iter().map(|n| self.ctx.i64_attr(*n)).collect();
        custom.fields[steps] = Some(self.ctx.array_attr(&items));
        Ok(())
    }
}

fn i32_elements(ctx: &Context, data: &[i32]) -> Attr {
    let splat = !data.is_empty() && data.windows(2).all(|w| w[0] == w[1]);
    let shown = if splat { &data[..1] } else { data };
    let bytes: Vec<u8> = shown.iter().flat_map(|n| n.to_le_bytes()).collect();
    let ty = ctx.tensor(&[data.len() as i64], ctx.i32());
    ctx.attr(AttrKind::Dense { ty, data: &bytes, splat })
}

impl Writer<'_, '_, '_, '_> {
    pub(super) fn write_map_bound(&mut self, map: usize, operands: usize, word: &str) {
        let ctx = self.p.ctx;
        let Some(m) = self.field(map).and_then(|a| ctx.as_map(a)) else { return };
        let values = self.operands[operands].clone();
        match (m.results, m.dims, m.syms) {
            ([one], 0, 0) if matches!(ctx.affine_kind(*one), AffineKind::Const(_)) => {
                let AffineKind::Const(n) = ctx.affine_kind(*one) else { return };
                self.p.text(&n.to_string());
            }
            ([one], 0, 1) if ctx.affine_kind(*one) == AffineKind::Sym(0) && values.len() == 1 => {
                self.p.value(self.body, values[0]);
            }
            (results, ..) => {
                if results.len() != 1 {
                    self.p.text(word);
                    self.p.text(" ");
                }
                self.write_applied(map, &values);
            }
        }
    }
    pub(super) fn write_map_bounds(&mut self, map: usize, groups: usize, operands: usize, word: &str) {
        let ctx = self.p.ctx;
        let Some(m) = self.field(map).and_then(|a| ctx.as_map(a)) else { return };
        let sizes = self.field(groups).and_then(|a| ctx.as_ints(a)).unwrap_or_default();
        let all = self.operands[operands].clone();
        let from = self.operands_done[operands].min(all.len());
        let to = (from + (m.dims + m.syms) as usize).min(all.len());
        self.operands_done[operands] = to;
        let mut rest = m.results;
        self.p.text("(");
        for (i, size) in sizes.iter().enumerate() {
            self.p.text(if i > 0 { ", " } else { "" });
            let (group, more) = rest.split_at(usize::try_from(*size).unwrap_or(0).min(rest.len()));
            rest = more;
            if group.len() != 1 {
                self.p.text(word);
                self.p.text("(");
            }
            self.expressions(group, m.dims, &all[from..to]);
            self.p.text(if group.len() != 1 { ")" } else { "" });
        }
        self.p.text(")");
    }
    pub(super) fn write_steps(&mut self, steps: usize) {
        let ctx = self.p.ctx;
        let items = self.field(steps).and_then(|a| ctx.as_array(a)).unwrap_or(&[]);
        let list: Vec<i64> = items.iter().filter_map(|a| ctx.as_int(*a)).collect();
        if list.iter().any(|n| *n != 1) {
            self.spaced();
            self.p.text("step (");
            self.p.comma(list, |p, n| p.text(&n.to_string()));
            self.p.text(")");
        }
    }
}
