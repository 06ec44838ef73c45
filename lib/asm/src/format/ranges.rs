//! `ranges(…)`: bounds and steps of several loops at once: `in (4, %n)` from zero by ones, `= (0, %a) to (4, %n) step (1, 2)` otherwise.

use super::read::CustomState;
use super::write::Writer;
use crate::parse::Parser;
use crate::parse::cursor::Res;
use edge_dialect::model::Delimiter::Paren;

/// Operands and properties: lower bound, upper bound, step.
pub(super) type Ranges = [(usize, usize); 3];

impl<'c, 's> Parser<'c, 's> {
    pub(super) fn read_ranges(&mut self, custom: &mut CustomState<'c, 's>, [lower, upper, step]: &Ranges) -> Res<()> {
        if self.eat("=") {
            self.read_index_list(custom, (lower.0, lower.1, None), Paren)?;
            self.literal_token("to")?;
            self.read_index_list(custom, (upper.0, upper.1, None), Paren)?;
            self.literal_token("step")?;
            return self.read_index_list(custom, (step.0, step.1, None), Paren);
        }
        self.literal_token("in")?;
        self.read_index_list(custom, (upper.0, upper.1, None), Paren)?;
        let n = custom.fields[upper.1].and_then(|a| self.ctx.as_ints(a)).map_or(0, |l| l.len());
        custom.fields[lower.1] = Some(self.ctx.i64_array(&vec![0; n]));
        custom.fields[step.1] = Some(self.ctx.i64_array(&vec![1; n]));
        Ok(())
    }
}

impl Writer<'_, '_, '_, '_> {
    pub(super) fn write_ranges(&mut self, [lower, upper, step]: &Ranges) {
        let all = |property: usize, n: i64| {
            let list = self.field(property).and_then(|a| self.p.ctx.as_ints(a)).unwrap_or_default();
            list.iter().all(|i| *i == n)
        };
        if all(lower.1, 0) && all(step.1, 1) {
            self.p.text("in ");
            return self.write_index_list((upper.0, upper.1, None), Paren);
        }
        self.p.text("= ");
        self.write_index_list((lower.0, lower.1, None), Paren);
        self.p.text(" to ");
        self.write_index_list((upper.0, upper.1, None), Paren);
        self.p.text(" step ");
        self.write_index_list((step.0, step.1, None), Paren);
    }
}
