//! Operands in groups, `(%a, %b), ()`, and their types alike, `(f32, f32), ()`; a property holds the lengths.

use super::read::CustomState;
use super::write::Writer;
use crate::parse::Parser;
use crate::parse::cursor::Res;
use edge_ir::Type;

impl<'c, 's> Parser<'c, 's> {
    pub(super) fn grouped_operands(&mut self, custom: &mut CustomState<'c, 's>, n: usize) -> Res<()> {
        let (mut all, mut sizes) = (Vec::new(), Vec::new());
        while self.eat("(") {
            let values = self.value_list()?;
            self.expect(")")?;
            sizes.push(values.len() as i32);
            all.extend(values);
            if !self.eat(",") {
                break;
            }
        }
        custom.operands[n] = all;
        custom.groups.push((n, sizes));
        Ok(())
    }
    pub(super) fn grouped_types(&mut self) -> Res<Vec<Type>> {
        let mut all = Vec::new();
        while self.eat("(") {
            all.extend(self.type_list()?);
            self.expect(")")?;
            if !self.eat(",") {
                break;
            }
        }
        Ok(all)
    }
}

impl Writer<'_, '_, '_, '_> {
    /// The lengths of an operand's groups.
    fn group_sizes(&self, n: usize) -> Vec<usize> {
        let sizes = self.def.operands[n].segments.and_then(|p| self.p.ctx.as_ints(self.field(p)?));
        sizes.unwrap_or_default().into_iter().map(|s| usize::try_from(s).unwrap_or(0)).collect()
    }
    pub(super) fn write_grouped_operands(&mut self, n: usize) {
        let (body, mut rest) = (self.body, self.operands[n].clone().into_iter());
        let sizes = self.group_sizes(n);
        self.spaced();
        self.p.comma(sizes, |p, size| {
            p.text("(");
            p.comma(rest.by_ref().take(size), |p, v| p.value(body, v));
            p.text(")");
        });
    }
    pub(super) fn write_grouped_types(&mut self, n: usize) {
        let body = self.body;
        let mut rest = self.operands[n].iter().map(|v| body.ty(*v)).collect::<Vec<_>>().into_iter();
        let sizes = self.group_sizes(n);
        self.spaced();
        self.p.comma(sizes, |p, size| {
            p.text("(");
            p.comma(rest.by_ref().take(size), |p, t| p.ty(t));
            p.text(")");
        });
    }
}
