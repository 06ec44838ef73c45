//! Regions that are made with their operation: the `body` clause of a definition, on the types of one operation.

use crate::parse::cursor::Res;
use crate::parse::{Parser, codes};
use edge_dialect::infer::{self, Binder, Types};
use edge_dialect::model::*;
use edge_dialect::{Registry, verify};
use edge_ir::{Attr, Block, Context, Loc, Op, OpState, Region, Type, TypeKind, Value};

/// A `body` clause on one operation.
struct Maker<'d, 'f> {
    def: &'d OpDef,
    body: &'d BodyDef,
    fields: &'f dyn Fn(&str) -> Option<Attr>,
    block: Block,
    loc: Loc,
    values: Vec<(&'d str, Value)>,
    /// How many functions made of others are around.
    depth: usize,
}

/// Functions that are made of functions end: no more of them than this stand for each other.
const MAX_FUNCTIONS: usize = 32;

impl Maker<'_, '_> {
    fn inside(&self, name: &str) -> Made<usize> {
        if self.depth < MAX_FUNCTIONS { Ok(self.depth + 1) } else { Err(format!("`{name}` is made of itself")) }
    }
}

/// Why a body cannot be made, as a sentence.
type Made<T> = Result<T, String>;

impl<'c, 's> Parser<'c, 's> {
    /// Fills the region of a `body` clause: `operands` are the types of all operands.
    pub(super) fn make_body(
        &mut self,
        def: &'c OpDef,
        body: &'c BodyDef,
        region: Region,
        operands: &[Type],
        fields: &dyn Fn(&str) -> Option<Attr>,
        at: (usize, usize, Loc),
    ) -> Res<()> {
        let loc = at.2;
        let ctx = self.ctx;
        if operands.len() != body.args.len() {
            let message = format!("`{}` has {} operands, not {}", def.name, body.args.len(), operands.len());
            return Err(self.report(codes::BAD_OP, at.0, at.1, message));
        }
        let block = self.body().add_block(region);
        let mut values = vec![];
        for (name, ty) in body.args.iter().zip(operands) {
            // A vector is a value of its own, not a container.
            let ty = if matches!(ctx.type_kind(*ty), TypeKind::Vector { .. }) { *ty } else { ctx.elem_or_self(*ty) };
            values.push((name.as_str(), self.body().add_arg(block, ty, loc)));
        }
        let maker = Maker { def, body, fields, block, loc, values, depth: 0 };
        let made = self.run_body(&maker);
        made.map_err(|message| self.report(codes::BAD_OP, at.0, at.1, format!("`{}`: {message}", def.name)))
    }

    fn run_body<'d>(&mut self, maker: &Maker<'d, '_>) -> Made<()> {
        let body = maker.body;
        let yields = body.yields.iter().map(|e| self.body_value(maker, e)).collect::<Made<Vec<Value>>>()?;
        let terminator = maker.def.regions[body.region].terminators.first().ok_or("its region has no terminator")?;
        let mut state = OpState::new(self.ctx.ident(terminator), maker.loc);
        state.operands.extend(yields);
        self.append_made(maker, state);
        Ok(())
    }

    fn append_made(&mut self, maker: &Maker<'_, '_>, state: OpState) -> Op {
        let ctx = self.ctx;
        let body = self.body();
        let op = body.create(ctx, state);
        body.append(maker.block, op);
        op
    }

    fn body_value<'d>(&mut self, maker: &Maker<'d, '_>, expr: &'d Expr) -> Made<Value> {
        match &expr.node {
            ExprNode::Name(name) => {
                let found = maker.values.iter().rev().find(|v| v.0 == name);
                found.map(|v| v.1).ok_or_else(|| format!("there is no value `{name}`"))
            }
            ExprNode::Call(name, args) if name == "by" => {
                let chosen = chosen(self.ctx, maker, args)?;
                self.body_call(maker, &chosen, args.get(2..).unwrap_or_default())
            }
            ExprNode::Call(name, args) => self.body_call(maker, name, args),
            _ => Err("a body is made of names and calls".into()),
        }
    }

    /// Values become operands, literals properties in their order.
    fn body_call<'d>(&mut self, maker: &Maker<'d, '_>, name: &str, args: &'d [Expr]) -> Made<Value> {
        let ctx = self.ctx;
        let function = maker.body.functions.iter().find(|f| f.name == name);
        let function = function.ok_or_else(|| format!("there is no function `{name}`"))?;
        let (mut operands, mut literals) = (vec![], vec![]);
        let (args, like) = if function.conversion { split_last(args) } else { (args, None) };
        let to = match like.map(|l| &l.node) {
            None => None,
            Some(ExprNode::Str(text)) => Some(crate::parse_type(ctx, text)?),
            Some(_) => like.map(|l| self.body_value(maker, l)).transpose()?.map(|v| self.body().ty(v)),
        };
        for arg in args {
            match &arg.node {
                ExprNode::Name(_) | ExprNode::Call(..) => operands.push(self.body_value(maker, arg)?),
                ExprNode::Int(n) => literals.push(ctx.i64_attr(*n)),
                ExprNode::Str(text) => literals.push(crate::parse_attr(ctx, text)?),
                ExprNode::List(pair) => literals.push(self.literal_like(maker, pair)?),
                _ => return Err(format!("`{name}` takes values and literals")),
            }
        }
        if let Some((names, made_of)) = &function.made_of {
            if names.len() != operands.len() || !literals.is_empty() {
                return Err(format!("`{name}` has {} arguments", names.len()));
            }
            let values = names.iter().map(String::as_str).zip(operands).collect();
            return self.body_value(&Maker { values, depth: maker.inside(name)?, ..*maker }, made_of);
        }
        if let (Some(to), [one]) = (to, &operands[..])
            && self.body().ty(*one) == to
        {
            return Ok(*one);
        }
        for (op, term) in &function.cases {
            if let Some(value) = self.body_case(maker, op, term.as_ref(), &operands, &literals, to) {
                return Ok(value);
            }
        }
        let types: Vec<String> = operands.iter().map(|v| self.body().ty(*v)).map(|t| crate::print_type(ctx, t)).collect();
        Err(format!("`{name}` is not defined on ({})", types.join(", ")))
    }

    /// `["1.0", x]`: a number of the type of `x`.
    fn literal_like<'d>(&mut self, maker: &Maker<'d, '_>, pair: &'d [Expr]) -> Made<Attr> {
        let [number, like] = pair else { return Err("a literal with a type is `[\"1.0\", value]`".into()) };
        let (ExprNode::Str(number), value) = (&number.node, self.body_value(maker, like)?) else {
            return Err("a literal with a type starts with its text".into());
        };
        let ty = self.body().ty(value);
        crate::parse_attr(self.ctx, &format!("{number} : {}", crate::print_type(self.ctx, ty)))
    }

    /// One operation of an overload, where it fits.
    fn body_case(
        &mut self,
        maker: &Maker<'_, '_>,
        name: &str,
        term: Option<&TypeConstraint>,
        operands: &[Value],
        literals: &[Attr],
        to: Option<Type>,
    ) -> Option<Value> {
        let ctx = self.ctx;
        let def = ctx.op_info(ctx.ident(name)).and_then(Registry::definition)?;
        let given: Vec<Type> = operands.iter().map(|v| self.body().ty(*v)).collect();
        if let Some(term) = term {
            let mut binder = Binder::new(ctx, def, &|_| None);
            given.iter().try_for_each(|t| binder.fit(term, *t, "")).ok()?;
        }
        if def.operands.len() != operands.len() {
            return None;
        }
        let props: Vec<(&str, Attr)> = def.properties.iter().map(|p| p.name.as_str()).zip(literals.iter().copied()).collect();
        let fields = |name: &str| props.iter().find(|p| p.0 == name).map(|p| p.1);
        let mut types =
            Types { operands: given.iter().map(|t| vec![Some(*t)]).collect(), results: vec![None; def.results.len()] };
        if let (Some(to), Some(result)) = (to, types.results.first_mut()) {
            *result = Some(vec![to]);
        }
        infer::complete(ctx, def, &mut types, &fields).ok()?;
        let mut state = OpState::new(ctx.ident(name), maker.loc);
        state.operands.extend(operands.iter().copied());
        let defaults = verify::defaults(ctx, def, &types, &fields);
        state.result_types.extend(types.results.into_iter().flatten().flatten());
        state.props.extend(props.iter().map(|(n, v)| (ctx.ident(n), *v)));
        state.props.extend(defaults.into_iter().map(|(slot, v)| (ctx.ident(&def.properties[slot].name), v)));
        let op = self.append_made(maker, state);
        let body = self.body();
        if !verify::verify_op(ctx, body, op, None).is_empty() {
            body.erase(op);
            return None;
        }
        body.op(op).results().first().copied()
    }
}

fn split_last(args: &[Expr]) -> (&[Expr], Option<&Expr>) {
    args.split_last().map_or((args, None), |(last, rest)| (rest, Some(last)))
}

/// The function that an enumeration's value names: `by(property, "default", …)`.
fn chosen(ctx: &Context, maker: &Maker<'_, '_>, args: &[Expr]) -> Made<String> {
    let (Some(ExprNode::Name(property)), Some(ExprNode::Str(default))) =
        (args.first().map(|a| &a.node), args.get(1).map(|a| &a.node))
    else {
        return Err("`by` takes a property, the function where it is not set, and arguments".into());
    };
    let text = (maker.fields)(property).and_then(|a| super::fields::enum_text(ctx, maker.def, property, a));
    Ok(text.unwrap_or_else(|| default.clone()))
}
