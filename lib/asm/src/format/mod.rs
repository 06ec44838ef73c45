//! Custom forms: one format program for each operation drives parser and printer.

use crate::parse::Parser;
use crate::parse::cursor::Res;
use crate::parse::names::ValueRef;
use crate::parse::op::{OpFrame, Step};
use crate::print::Printer;
use edge_ir::{Attr, Body, Context, Loc, Op, OpInfo, Type};

/// An operation that is being read by its format.
#[derive(Default)]
pub(crate) struct CustomState<'c, 's> {
    /// Arguments of the region that comes next.
    pub region_args: Vec<(ValueRef, Type, Option<Loc>)>,
    marker: std::marker::PhantomData<(&'c (), &'s ())>,
}

pub(crate) fn has_custom_form(_ctx: &Context, _body: &Body, _op: Op) -> bool {
    false
}
pub(crate) fn known_to_mlir(_ctx: &Context, _info: &OpInfo) -> bool {
    true
}
pub(crate) fn print_custom(_printer: &mut Printer<'_, '_>, _body: &Body, _op: Op) {}
pub(crate) fn result_names(_ctx: &Context, _body: &Body, _op: Op) -> Vec<(u32, String)> {
    vec![]
}
pub(crate) fn arg_names(_ctx: &Context, _body: &Body, _op: Op, _region: usize) -> Vec<String> {
    vec![]
}

impl<'c, 's> Parser<'c, 's> {
    pub(crate) fn custom_head(&mut self, _frame: &mut OpFrame<'c, 's>) -> Res<()> {
        Err(self.expected("an operation"))
    }
    pub(crate) fn custom_step(&mut self, _frame: &mut OpFrame<'c, 's>) -> Res<Step> {
        Ok(Step::Done)
    }
    pub(crate) fn dialect_type(&mut self, _start: usize, _end: usize) -> Res<Option<Type>> {
        Ok(None)
    }
    pub(crate) fn dialect_attr(&mut self, _start: usize, _end: usize) -> Res<Option<Attr>> {
        Ok(None)
    }
}

impl Printer<'_, '_> {
    pub(crate) fn dialect_type(&mut self, _ty: Type) {}
    pub(crate) fn dialect_attr(&mut self, _attr: Attr) {}
}
