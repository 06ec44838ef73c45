//! Things in pairs: `operand-pairs`, `arg-pairs`, `assign-all`; and `comma-after`.

use super::read::{CustomState, PendingArg};
use super::write::Writer;
use crate::parse::Parser;
use crate::parse::cursor::Res;

impl<'c, 's> Parser<'c, 's> {
    /// `(%a0 word: %b0), (%a1 word: %b1)`.
    pub(super) fn read_operand_pairs(
        &mut self,
        custom: &mut CustomState<'c, 's>,
        first: usize,
        word: &str,
        second: usize,
    ) -> Res<()> {
        while self.eat("(") {
            custom.operands[first].push(self.value_ref()?);
            self.literal_token(word)?;
            self.expect(":")?;
            custom.operands[second].push(self.value_ref()?);
            self.expect(")")?;
            if !self.eat(",") {
                break;
            }
        }
        Ok(())
    }
    /// `(%a0: T, %b0: T) (%a1: U, %b1: U)`.
    pub(super) fn read_arg_pairs(&mut self, custom: &mut CustomState<'c, 's>, region: usize) -> Res<()> {
        let (mut firsts, mut seconds) = (vec![], vec![]);
        while self.eat("(") {
            firsts.push(self.typed_arg(region)?);
            self.expect(",")?;
            seconds.push(self.typed_arg(region)?);
            self.expect(")")?;
        }
        let args = firsts.into_iter().chain(seconds).enumerate();
        custom.pending.extend(args.map(|(number, arg)| PendingArg { number, ..arg }));
        Ok(())
    }
    fn typed_arg(&mut self, region: usize) -> Res<PendingArg> {
        let name = self.value_ref()?;
        self.expect(":")?;
        let ty = Some(self.ty()?);
        let loc = self.trailing_loc()?;
        Ok(PendingArg { region, number: 0, name, ty, loc, like: None })
    }
    /// `%a = %x, %b = %y`, for each of some regions.
    pub(super) fn read_assign_all(&mut self, custom: &mut CustomState<'c, 's>, regions: &[usize], operands: usize) -> Res<()> {
        while self.peek() == b'%' {
            let name = self.value_ref()?;
            self.expect("=")?;
            let value = self.value_ref()?;
            let number = custom.operands[operands].len();
            custom.operands[operands].push(value);
            let like = Some((operands, number));
            custom.pending.extend(regions.iter().map(|r| PendingArg { region: *r, number, name, ty: None, loc: None, like }));
            if !self.eat(",") {
                break;
            }
        }
        Ok(())
    }
    /// `%a, %b,`.
    pub(super) fn read_comma_after(&mut self, custom: &mut CustomState<'c, 's>, operands: usize) -> Res<()> {
        while self.peek() == b'%' {
            custom.operands[operands].push(self.value_ref()?);
            self.expect(",")?;
        }
        Ok(())
    }
}

impl Writer<'_, '_, '_, '_> {
    pub(super) fn write_operand_pairs(&mut self, first: usize, word: &str, second: usize) {
        let pairs: Vec<_> = self.operands[first].iter().copied().zip(self.operands[second].iter().copied()).collect();
        let body = self.body;
        self.p.comma(pairs, |p, (a, b)| {
            p.text("(");
            p.value(body, a);
            p.text(&format!(" {word}: "));
            p.value(body, b);
            p.text(")");
        });
    }
    pub(super) fn write_arg_pairs(&mut self, region: usize) {
        let args = self.take_args(region, None, None);
        let (firsts, seconds) = args.split_at(args.len() / 2);
        for (a, b) in firsts.iter().zip(seconds) {
            self.p.text("(");
            self.write_typed_arg(*a);
            self.p.text(", ");
            self.write_typed_arg(*b);
            self.p.text(") ");
        }
    }
    fn write_typed_arg(&mut self, arg: edge_ir::Value) {
        self.inner_value(arg);
        self.p.text(": ");
        self.inner_type(arg);
        let loc = self.body.op_regions(self.op).0.value_loc(arg);
        self.p.trailing_loc(loc, false);
    }
    pub(super) fn write_assign_all(&mut self, regions: &[usize], operands: usize) {
        let mut args = vec![];
        for region in regions {
            args = self.take_args(*region, None, None);
        }
        let values = self.operands[operands].clone();
        for (i, (arg, value)) in args.into_iter().zip(values).enumerate() {
            self.p.text(if i > 0 { ", " } else { "" });
            self.inner_value(arg);
            self.p.text(" = ");
            self.p.value(self.body, value);
        }
    }
    pub(super) fn write_comma_after(&mut self, operands: usize) {
        let body = self.body;
        let values = self.operands[operands].clone();
        if !values.is_empty() {
            self.p.comma(values, |p, v| p.value(body, v));
            self.p.text(",");
        }
    }
}
