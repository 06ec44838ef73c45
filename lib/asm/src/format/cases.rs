//! Lists of cases: `cases` of regions, `switch` of successors.

use super::read::CustomState;
use super::write::Writer;
use crate::parse::Parser;
use crate::parse::cursor::Res;
use edge_ir::{Type, TypeKind};

impl<'c, 's> Parser<'c, 's> {
    /// `case 1 {…}` and so on. Comes back here after each region.
    pub(super) fn read_cases(&mut self, custom: &mut CustomState<'c, 's>, values: usize, regions: usize) -> Res<()> {
        if custom.fields[values].is_none() {
            custom.fields[values] = Some(self.ctx.i64_array(&[]));
        }
        if self.eat_word("case") {
            let value = self.signed()?;
            let mut all = custom.fields[values].and_then(|a| self.ctx.as_ints(a)).unwrap_or_default();
            all.push(value);
            custom.fields[values] = Some(self.ctx.i64_array(&all));
            custom.wanted.push(regions);
            custom.again();
        }
        Ok(())
    }
    /// `default: ^bb1(%a : T), 1: ^bb2, …`.
    pub(super) fn read_switch(
        &mut self,
        custom: &mut CustomState<'c, 's>,
        flag: usize,
        default: (usize, usize),
        values: usize,
        cases: (usize, usize),
    ) -> Res<()> {
        self.literal_token("default")?;
        self.expect(":")?;
        let block = self.block_ref()?;
        custom.successors[default.0] = vec![block];
        self.read_branch_args(custom, default.1)?;
        let mut data: Vec<i64> = Vec::new();
        let mut sizes: Vec<i32> = Vec::new();
        while self.eat(",") {
            data.push(self.signed()?);
            self.expect(":")?;
            let block = self.block_ref()?;
            custom.successors[cases.0].push(block);
            let before = custom.operands[cases.1].len();
            self.read_branch_args(custom, cases.1)?;
            sizes.push((custom.operands[cases.1].len() - before) as i32);
        }
        let elem = custom.types.operands[flag].first().copied().flatten().unwrap_or_else(|| self.ctx.i32());
        if !data.is_empty() {
            custom.fields[values] = Some(dense(self.ctx, elem, &data));
        }
        custom.groups.push((cases.1, sizes));
        Ok(())
    }
    fn read_branch_args(&mut self, custom: &mut CustomState<'c, 's>, operands: usize) -> Res<()> {
        if !self.eat("(") {
            return Ok(());
        }
        let values = self.value_list()?;
        self.expect(":")?;
        let types = self.type_list()?;
        custom.operands[operands].extend(values);
        custom.types.operands[operands].extend(types.into_iter().map(Some));
        self.expect(")")
    }
}

fn dense(ctx: &edge_ir::Context, elem: Type, data: &[i64]) -> edge_ir::Attr {
    let size = ctx.byte_size(elem).unwrap_or(8).min(8) as usize;
    let splat = data.windows(2).all(|w| w[0] == w[1]);
    let shown = if splat { &data[..1] } else { data };
    let bytes: Vec<u8> = shown.iter().flat_map(|n| n.to_le_bytes()[..size].to_vec()).collect();
    let ty = ctx.vector(&[data.len() as i64], elem);
    ctx.attr(edge_ir::AttrKind::Dense { ty, data: &bytes, splat })
}

impl Writer<'_, '_, '_, '_> {
    pub(super) fn write_cases(&mut self, values: usize, regions: usize) {
        let values = self.field(values).and_then(|a| self.p.ctx.as_ints(a)).unwrap_or_default();
        let all = self.regions[regions].clone();
        self.spaced();
        for (value, region) in values.into_iter().zip(all) {
            self.newline();
            self.p.text(&format!("case {value} "));
            self.region(regions, region);
        }
    }
    pub(super) fn write_switch(&mut self, flag: usize, default: (usize, usize), values: usize, cases: (usize, usize)) {
        // Case values are printed without a sign, whatever they mean.
        let width = self.operands[flag].first().map(|v| self.p.ctx.type_kind(self.body.ty(*v)));
        let mask = match width {
            Some(TypeKind::Integer { width: w @ 1..=63, .. }) => (1u64 << w) - 1,
            _ => u64::MAX,
        };
        self.p.text("  default: ");
        let block = self.successors[default.0].first().copied();
        let args = self.operands[default.1].clone();
        self.branch(block, &args);
        let listed = self.field(values).is_some();
        let values = self.field(values).and_then(|a| self.p.ctx.as_ints(a)).unwrap_or_default();
        let sizes = self.def.operands[cases.1].segments.and_then(|n| self.field(n)).and_then(|a| self.p.ctx.as_ints(a));
        let sizes = sizes.unwrap_or_default();
        let mut from = 0;
        for (i, value) in values.into_iter().enumerate() {
            let n = sizes.get(i).copied().unwrap_or(0).max(0) as usize;
            let all = &self.operands[cases.1];
            let args = all[from.min(all.len())..(from + n).min(all.len())].to_vec();
            from += n;
            self.p.text(",");
            self.newline_inside();
            self.p.text(&format!("{}: ", value as u64 & mask));
            let block = self.successors[cases.0].get(i).copied();
            self.branch(block, &args);
        }
        if listed {
            self.newline();
        }
    }
    fn branch(&mut self, block: Option<edge_ir::Block>, args: &[edge_ir::Value]) {
        if let Some(block) = block {
            self.p.block_name(block);
        }
        if !args.is_empty() {
            let body = self.body;
            self.p.text("(");
            self.p.comma(args, |p, v| p.value(body, *v));
            self.p.text(" : ");
            self.p.comma(args, |p, v| p.ty(body.ty(*v)));
            self.p.text(")");
        }
    }
}
