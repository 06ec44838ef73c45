//! Parameters of a type or attribute under its definition.

use super::attrs;
use super::predicate::{Subject, Val, holds, value_of};
use crate::infer::Binder;
use crate::model::{OpDef, ParamKind, TypeDef};
use edge_ir::{Attr, Context, Param};

struct Params<'a> {
    ctx: &'a Context,
    def: &'a TypeDef,
    params: &'a [Param<'a>],
}

impl Subject for Params<'_> {
    fn ctx(&self) -> &Context {
        self.ctx
    }
    fn named(&self, name: &str) -> Option<Val> {
        let n = self.def.params.iter().position(|p| p.name == name)?;
        value(self.ctx, self.params.get(n)?)
    }
}

fn value(ctx: &Context, param: &Param<'_>) -> Option<Val> {
    Some(match param {
        Param::Int(i) => Val::Int(*i),
        Param::Str(s) => Val::Str(ctx.str(*s).to_string()),
        Param::Type(t) => Val::Type(*t),
        Param::Attr(a) => value_of(ctx, *a),
        Param::Shape(shape) => Val::List(shape.iter().map(|d| Val::Int(*d)).collect()),
        Param::List(items) => Val::List(items.iter().map(|i| value(ctx, i)).collect::<Option<_>>()?),
        _ => return None,
    })
}

/// Whether parameters fit their definition: each its constraint, all of them the conditions.
///
/// # Errors
/// What does not fit, as a sentence.
pub fn check_params(ctx: &Context, def: &TypeDef, params: &[Param<'_>]) -> Result<(), String> {
    for (spec, param) in def.params.iter().zip(params) {
        match (&spec.kind, param) {
            (ParamKind::Type(c), Param::Type(ty)) => {
                let alone = OpDef::new(&def.name, "", spec.span);
                Binder::new(ctx, &alone, &|_: &str| None::<Attr>).fit(c, *ty, &format!("parameter `{}`", spec.name))?;
            }
            (ParamKind::Attr(c), Param::Attr(attr)) => {
                attrs::fits(ctx, c, *attr).map_err(|m| format!("parameter `{}` {m}", spec.name))?;
            }
            _ => {}
        }
    }
    let subject = Params { ctx, def, params };
    match def.verifies.iter().find(|clause| holds(&subject, &clause.expr) == Some(false)) {
        Some(clause) => Err(clause.message.clone()),
        None => Ok(()),
    }
}
