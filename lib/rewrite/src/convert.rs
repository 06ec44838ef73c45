//! Lowering from one dialect to another: converted types, and values of the old operations as values of the new.

use edge_ir::{Block, Body, Builder, Context, Ident, Loc, Op, OpData, Type, TypeKind, Value};
use edge_support::{Code, Diagnostic, Diagnostics, Reported, SourceMap};
use rustc_hash::FxHashMap;

edge_support::codes! {
    /// No lowering is known for an operation.
    NOT_LOWERED = "E0650";
    /// A type has no counterpart in the target dialects.
    NO_TYPE = "E0651";
}

/// What a type becomes.
pub trait TypeConverter: Sync {
    /// The types that stand for one of this type: one in most cases, several where it is taken apart; `None` if it has no counterpart.
    fn convert(&self, ctx: &Context, ty: Type) -> Option<Vec<Type>>;
}

impl<F: Fn(&Context, Type) -> Option<Vec<Type>> + Sync> TypeConverter for F {
    fn convert(&self, ctx: &Context, ty: Type) -> Option<Vec<Type>> {
        self(ctx, ty)
    }
}

/// A function type with each input and result converted.
pub fn convert_function_type(ctx: &Context, ty: Type, types: &dyn TypeConverter) -> Option<Type> {
    let TypeKind::Function { inputs, results } = ctx.type_kind(ty) else { return None };
    let all = |list: &[Type]| -> Option<Vec<Type>> {
        let parts: Option<Vec<Vec<Type>>> = list.iter().map(|t| types.convert(ctx, *t)).collect();
        Some(parts?.concat())
    };
    Some(ctx.function_type(&all(inputs)?, &all(results)?))
}

/// A conversion of one body in progress. Old operations stay until [`Conversion::finish`], so that a lowering can look at them.
pub struct Conversion<'a> {
    /// Where types and attributes live.
    pub ctx: &'a Context,
    /// What is being converted.
    pub body: &'a mut Body,
    /// Texts that locations point into.
    pub sources: &'a SourceMap,
    /// Where errors go.
    pub diags: &'a Diagnostics,
    /// What types become.
    pub types: &'a dyn TypeConverter,
    map: FxHashMap<Value, Vec<Value>>,
    dead: Vec<Op>,
}

impl<'a> Conversion<'a> {
    /// A conversion of a body by these types.
    pub fn new(
        ctx: &'a Context,
        body: &'a mut Body,
        sources: &'a SourceMap,
        diags: &'a Diagnostics,
        types: &'a dyn TypeConverter,
    ) -> Self {
        Self { ctx, body, sources, diags, types, map: FxHashMap::default(), dead: Vec::new() }
    }
    fn error(&self, code: Code, loc: Loc, message: String) -> Reported {
        self.diags.error(Diagnostic::error(code, message).at_opt(self.ctx.span_of(loc, self.sources)))
    }
    /// Gives the arguments of a block their converted types; what used the old ones finds the new ones through [`Conversion::values`].
    pub fn convert_args(&mut self, block: Block) -> Result<(), Reported> {
        let old = self.body.block_args(block).to_vec();
        for arg in &old {
            let loc = self.body.value_loc(*arg).unwrap_or_else(|| self.ctx.unknown_loc());
            let Some(parts) = self.types.convert(self.ctx, self.body.ty(*arg)) else {
                return Err(self.error(NO_TYPE, loc, "an argument's type has no counterpart in the target".into()));
            };
            let new: Vec<Value> = parts.into_iter().map(|ty| self.body.add_arg(block, ty, loc)).collect();
            self.map.insert(*arg, new);
        }
        Ok(())
    }
    /// What stands for a value: itself, if nothing replaced it.
    pub fn values(&self, value: Value) -> Vec<Value> {
        self.map.get(&value).cloned().unwrap_or_else(|| vec![value])
    }
    /// [`Conversion::values`] where one value stands for one.
    ///
    /// # Errors
    /// If several or none stand for it.
    pub fn value(&self, value: Value) -> Result<Value, Reported> {
        match self.values(value)[..] {
            [one] => Ok(one),
            _ => {
                let loc = self.body.value_loc(value).unwrap_or_else(|| self.ctx.unknown_loc());
                Err(self.error(NO_TYPE, loc, "one value is needed here, and several stand for it".into()))
            }
        }
    }
    /// A builder before an old operation, with its location.
    pub fn before(&mut self, op: Op) -> Builder<'_> {
        Builder::before(self.ctx, self.body, op)
    }
    /// Says what stands for each result of an old operation, which is erased in the end.
    pub fn replace(&mut self, op: Op, values: Vec<Vec<Value>>) {
        let results = self.body.op(op).results().to_vec();
        debug_assert_eq!(results.len(), values.len());
        self.map.extend(results.into_iter().zip(values));
        self.dead.push(op);
    }
    /// Lowers each operation by the function for its name, in order; those without stay, with their operands replaced.
    pub fn run<'f>(&mut self, block: Block, lowering: impl Fn(Ident) -> Option<Lowering<'f>>) -> Result<(), Reported> {
        for op in self.body.block_ops(block).collect::<Vec<_>>() {
            match lowering(self.body.op(op).name) {
                Some(lower) => lower(self, op)?,
                None => self.keep(op)?,
            }
        }
        Ok(())
    }
    /// Keeps an operation, with the values that stand for its operands.
    pub fn keep(&mut self, op: Op) -> Result<(), Reported> {
        let operands: Vec<Value> = self.body.operands(op).flat_map(|v| self.values(v)).collect();
        if operands.len() != self.body.op(op).num_operands() {
            let data = self.body.op(op);
            return Err(self.error(NOT_LOWERED, data.loc, format!("no lowering of `{}`", self.ctx.str(data.name))));
        }
        self.body.set_operands(op, &operands);
        Ok(())
    }
    /// Erases the old operations and block arguments.
    ///
    /// # Errors
    /// If something that was kept still uses one.
    pub fn finish(self, block: Block) -> Result<(), Reported> {
        let used = |body: &Body, op: Op| body.op(op).results().iter().any(|r| !body.is_unused(*r));
        for op in self.dead.iter().rev() {
            if used(self.body, *op) {
                let data = self.body.op(*op);
                return Err(self.error(
                    NOT_LOWERED,
                    data.loc,
                    format!("`{}` is used after its lowering", self.ctx.str(data.name)),
                ));
            }
            self.body.erase(*op);
        }
        for index in (0..self.body.block_args(block).len()).rev() {
            let arg = self.body.block_args(block)[index];
            if self.map.contains_key(&arg) && self.body.is_unused(arg) {
                self.body.erase_arg(block, index);
            }
        }
        Ok(())
    }
}

/// Lowers one operation: builds what replaces it, and says so with [`Conversion::replace`].
pub type Lowering<'f> = &'f dyn Fn(&mut Conversion<'_>, Op) -> Result<(), Reported>;

/// Sets a function's type, `function_type`, to the types that its entry block has now and to the given results.
pub fn set_function_type(ctx: &Context, func: &mut OpData, results: &[Type]) {
    let inputs: Option<Vec<Type>> =
        func.entry().and_then(|e| func.body().map(|b| b.block_args(e).iter().map(|a| b.ty(*a)).collect()));
    let ty = ctx.function_type(&inputs.unwrap_or_default(), results);
    func.set_attr(ctx, "function_type", Some(ctx.type_attr(ty)));
}
