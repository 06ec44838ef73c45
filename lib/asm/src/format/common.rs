//! Types said at once: `common-type`; and all that the generic form says: `generic-form`.

use super::read::CustomState;
use super::write::{Groups, Writer};
use crate::parse::Parser;
use crate::parse::cursor::Res;
use edge_dialect::infer::{self, Types};
use edge_dialect::model::{OpDef, Values};
use edge_ir::{Body, Context, Op, Type, TypeKind, Value};
use smallvec::SmallVec;

/// The type with the parts of its complex elements.
fn with_parts(ctx: &Context, ty: Type) -> Type {
    let part = |elem: Type| match ctx.type_kind(elem) {
        TypeKind::Complex(part) => part,
        _ => elem,
    };
    match ctx.type_kind(ty) {
        TypeKind::Tensor { shape, elem, encoding } => ctx.ty(TypeKind::Tensor { shape, elem: part(elem), encoding }),
        TypeKind::UnrankedTensor(elem) => ctx.ty(TypeKind::UnrankedTensor(part(elem))),
        TypeKind::Vector { shape, scalable, elem } => ctx.ty(TypeKind::Vector { shape, scalable, elem: part(elem) }),
        _ => part(ty),
    }
}

impl<'c, 's> Parser<'c, 's> {
    /// `T`, or `(A, B) -> C`; `L, T` where operands lead.
    pub(super) fn read_common_type(&mut self, custom: &mut CustomState<'c, 's>, lead: &[usize], parts: bool) -> Res<()> {
        let mut ty = self.ty()?;
        if let TypeKind::Function { inputs, results } = self.ctx.type_kind(ty) {
            custom.all_operand_types = Some(inputs.to_vec());
            return self.set_types(custom, Values::Results, results.to_vec());
        }
        for operand in lead {
            custom.types.operands[*operand] = vec![Some(ty); custom.operands[*operand].len()];
            self.expect(",")?;
            ty = self.ty()?;
        }
        let operand = if parts { with_parts(self.ctx, ty) } else { ty };
        for n in (0..custom.operands.len()).filter(|n| !lead.contains(n)) {
            custom.types.operands[n] = vec![Some(operand); custom.operands[n].len()];
        }
        custom.types.results = vec![Some(vec![ty]); custom.def.results.len()];
        Ok(())
    }
    /// `(%a) <{…}> {…} : (A) -> B`.
    pub(super) fn read_generic_form(&mut self, custom: &mut CustomState<'c, 's>) -> Res<()> {
        self.expect("(")?;
        let values = self.value_list()?;
        self.spread_operands(custom, values)?;
        self.expect(")")?;
        self.prop_dict(custom)?;
        self.attr_dict(custom)?;
        self.expect(":")?;
        let (inputs, results) = self.signature()?;
        custom.all_operand_types = Some(inputs.to_vec());
        self.set_types(custom, Values::Results, results.to_vec())
    }
}

impl Writer<'_, '_, '_, '_> {
    pub(super) fn write_common_type(&mut self, lead: &[usize], parts: bool) {
        let results = self.types_of(Values::Results);
        let Some(common) = results.first().copied() else { return };
        let operand = if parts { with_parts(self.p.ctx, common) } else { common };
        let others = (0..self.operands.len()).filter(|n| !lead.contains(n));
        let same = others.flat_map(|n| self.types_of(Values::Operand(n))).all(|t| t == operand);
        if !same || results.iter().any(|t| *t != common) {
            let operands = self.types_of(Values::Operands);
            return self.p.function_type(&operands, &results);
        }
        for n in lead {
            let types = self.types_of(Values::Operand(*n));
            self.write_types(&types);
            self.p.text(", ");
        }
        self.p.ty(common);
    }
    pub(super) fn write_generic_form(&mut self) {
        self.p.generic_tail(self.body, self.op);
    }
    /// Whether the result types are those that follow from the operands' and the properties.
    pub(super) fn is_inferred(&self) -> bool {
        follow(self.p.ctx, self.def, self.body, self.op, &self.operands, &self.results)
    }
}

/// Whether the types of the results are those that follow from operands and properties.
pub(super) fn follow(ctx: &Context, def: &OpDef, body: &Body, op: Op, operands: &Groups, results: &Groups) -> bool {
    let types = |values: &SmallVec<[Value; 2]>| values.iter().map(|v| Some(body.ty(*v))).collect();
    let mut known = Types { operands: operands.iter().map(types).collect(), results: vec![None; def.results.len()] };
    let data = body.op(op);
    let fields = |name: &str| data.attr(ctx, name);
    infer::complete(ctx, def, &mut known, &fields).is_ok()
        && known.results.iter().flatten().flatten().copied().eq(results.iter().flatten().map(|v| body.ty(*v)))
}
