//! Types in places of their own: `arrow-types`, `typed-list`, `type-or`, `type-prefix`.

use super::read::CustomState;
use super::write::Writer;
use crate::parse::Parser;
use crate::parse::cursor::Res;
use edge_dialect::model::Values;
use edge_ir::Type;
use smallvec::SmallVec;

impl<'c, 's> Parser<'c, 's> {
    /// `-> T`, `-> (T, U)` or nothing.
    pub(super) fn read_arrow_types(&mut self, custom: &mut CustomState<'c, 's>, values: Values) -> Res<()> {
        let mut types = Vec::new();
        if self.eat("->") {
            if self.peek() == b'(' && !self.is_function_type() {
                self.pos += 1;
                types = self.type_list()?;
                self.expect(")")?;
            } else {
                types.push(self.ty()?);
            }
        }
        self.set_types(custom, values, types)
    }
    /// Whether the parentheses that come next belong to a function type.
    fn is_function_type(&self) -> bool {
        let bytes = &self.bytes[..self.end];
        let after = crate::scan::skip_balanced(bytes, self.pos).map(|end| crate::scan::skip_space(bytes, end));
        after.is_ok_and(|at| bytes[at..].starts_with(b"->"))
    }
    /// `%a : T, %b : U`.
    pub(super) fn read_typed_list(&mut self, custom: &mut CustomState<'c, 's>, operands: usize) -> Res<()> {
        while self.peek() == b'%' {
            let value = self.value_ref()?;
            self.expect(":")?;
            let ty = self.ty()?;
            custom.operands[operands].push(value);
            custom.types.operands[operands].push(Some(ty));
            if !self.eat(",") {
                break;
            }
        }
        Ok(())
    }
    pub(super) fn read_type_or(&mut self, custom: &mut CustomState<'c, 's>, values: Values) -> Res<()> {
        let ty = self.ty()?;
        self.set_types(custom, values, vec![ty])
    }
    /// `T, U`, or `U` where the first is the usual one.
    pub(super) fn read_type_prefix(
        &mut self,
        custom: &mut CustomState<'c, 's>,
        values: Values,
        usual: &str,
        then: Values,
    ) -> Res<()> {
        let mut first = crate::parse_type(self.ctx, usual).map_err(|_| self.expected("a type"))?;
        let mut second = self.ty()?;
        if self.eat(",") {
            first = second;
            second = self.ty()?;
        }
        self.set_types(custom, values, vec![first])?;
        self.set_types(custom, then, vec![second])
    }
}

impl Writer<'_, '_, '_, '_> {
    pub(super) fn types_of(&self, values: Values) -> SmallVec<[Type; 4]> {
        let all = |lists: &super::write::Groups| lists.iter().flatten().map(|v| self.body.ty(*v)).collect();
        match values {
            Values::Operand(n) => self.operands[n].iter().map(|v| self.body.ty(*v)).collect(),
            Values::Result(n) => self.results[n].iter().map(|v| self.body.ty(*v)).collect(),
            Values::Operands => all(&self.operands),
            Values::Results => all(&self.results),
        }
    }
    pub(super) fn write_types(&mut self, types: &[Type]) {
        self.p.comma(types, |p, t| p.ty(*t));
    }
    pub(super) fn write_arrow_types(&mut self, values: Values, paren: bool) {
        let types = self.types_of(values);
        if types.is_empty() {
            return;
        }
        self.spaced();
        self.p.text("-> ");
        if paren {
            self.p.text("(");
            self.write_types(&types);
            self.p.text(")");
        } else {
            self.p.result_types(&types);
        }
    }
    pub(super) fn write_typed_list(&mut self, operands: usize) {
        for (i, value) in self.operands[operands].clone().into_iter().enumerate() {
            self.p.text(if i > 0 { ", " } else { "" });
            self.p.value(self.body, value);
            self.p.text(" : ");
            self.p.ty(self.body.ty(value));
        }
    }
    pub(super) fn is_type(&self, values: Values, name: &str) -> bool {
        let wanted = crate::parse_type(self.p.ctx, name).ok();
        self.types_of(values).iter().all(|t| Some(*t) == wanted)
    }
    pub(super) fn write_type_prefix(&mut self, values: Values, usual: &str, then: Values) {
        if !self.is_type(values, usual) {
            let types = self.types_of(values);
            self.write_types(&types);
            self.p.text(", ");
        }
        let types = self.types_of(then);
        self.write_types(&types);
    }
}
