//! `inline-region($r)`: a region on one line.

use super::write::Writer;

impl Writer<'_, '_, '_, '_> {
    /// The only operation of a region but for an implied terminator, as `{ op }`. More of them need lines of their own.
    pub(super) fn write_inline_region(&mut self, declared: usize) {
        let spec = &self.def.regions[declared];
        let (body, op) = (self.body, self.op);
        for region in self.regions[declared].clone() {
            let implied = self.is_implied(spec, region);
            let inner = body.op_regions(op).0;
            let all: usize = inner.blocks(region).map(|b| inner.block_ops(b).count()).sum();
            if all > 1 + usize::from(implied) {
                self.region(declared, region);
                continue;
            }
            self.p.text("{ ");
            self.p.op_regions(body, op, |p, inner| {
                let ops: Vec<_> = inner.blocks(region).flat_map(|b| inner.block_ops(b)).collect();
                let shown = ops.len() - usize::from(implied && !ops.is_empty());
                for op in &ops[..shown] {
                    match p.collect.is_some() {
                        true => p.collect_op(inner, *op),
                        false => p.op_without_results(inner, *op),
                    }
                }
            });
            self.p.text(" }");
        }
    }
}
