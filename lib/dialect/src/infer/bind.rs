//! Matching types against constraints, with variables that bind, and making types from constraints whose variables are bound.

use super::derive;
use super::show::{type_text, wanted};
use crate::model::{Dim, DimKind, OpDef, ShapedKind, TypeConstraint};
use edge_ir::types::DYNAMIC;
use edge_ir::{Attr, AttrKind, Context, Param, Type, TypeKind};
use rustc_hash::FxHashMap;

/// What a variable stands for, and who said so first: operand `a`.
type Bound<T> = FxHashMap<String, (T, String)>;

/// The properties of an operation by name.
pub type Attrs<'a> = &'a dyn Fn(&str) -> Option<Attr>;

/// The variables of one operation.
#[derive(Clone, Default, Debug)]
pub struct Bindings {
    types: Bound<Type>,
    packs: Bound<Vec<Type>>,
    sizes: Bound<i64>,
    shapes: Bound<Vec<i64>>,
}

/// Matches and makes types for one operation.
pub struct Binder<'a> {
    pub ctx: &'a Context,
    pub def: &'a OpDef,
    pub attrs: Attrs<'a>,
    pub bound: Bindings,
}

/// Whether the type stands alone or is an element, for messages.
#[derive(Clone, Copy)]
enum Part {
    Whole,
    Element,
}

impl<'a> Binder<'a> {
    pub fn new(ctx: &'a Context, def: &'a OpDef, attrs: Attrs<'a>) -> Self {
        Self { ctx, def, attrs, bound: Bindings::default() }
    }

    /// The extents that a pack of sizes stands for.
    pub fn shape(&self, pack: &str) -> Option<&[i64]> {
        self.bound.shapes.get(pack).map(|s| s.0.as_slice())
    }

    /// Matches all values of a declared operand or result. `who` is as in "operand `a`".
    ///
    /// # Errors
    /// What does not fit, as a sentence.
    pub fn fit_all(&mut self, c: &TypeConstraint, types: &[Type], who: &str) -> Result<(), String> {
        use TypeConstraint as T;
        let list = |t: &[Type]| t.iter().map(|t| type_text(self.ctx, *t)).collect::<Vec<_>>().join(", ");
        let of_only = matches!(c, T::ElementOf(of) if matches!(**of, T::Only(..)));
        let several = matches!(
            c,
            T::FunctionInputs(_) | T::FunctionResults(_) | T::Items(_) | T::As(..) | T::Only(..) | T::EachElement(_)
        );
        if of_only || several {
            return match self.make_all(c, Some(types.len())) {
                Some(made) if made != types => {
                    Err(format!("{who} has types ({}), but ({}) are wanted", list(types), list(&made)))
                }
                _ => Ok(()),
            };
        }
        let T::Pack(name) = c else {
            return types.iter().enumerate().try_for_each(|(n, ty)| self.fit(c, *ty, &numbered(who, n, types.len())));
        };
        match self.bound.packs.get(name) {
            Some((old, first)) if old != types => {
                return Err(format!("{who} has types ({}), but {first} has ({})", list(types), list(old)));
            }
            Some(_) => {}
            None => {
                self.bound.packs.insert(name.clone(), (types.to_vec(), who.to_string()));
            }
        }
        for (n, ty) in types.iter().enumerate() {
            self.restrict(name, *ty, &numbered(who, n, types.len()), Part::Whole)?;
        }
        Ok(())
    }

    /// Matches one type.
    pub fn fit(&mut self, c: &TypeConstraint, ty: Type, who: &str) -> Result<(), String> {
        self.fit_part(c, ty, who, Part::Whole)
    }

    fn fit_part(&mut self, c: &TypeConstraint, ty: Type, who: &str, part: Part) -> Result<(), String> {
        use TypeConstraint as T;
        let ctx = self.ctx;
        let kind = ctx.type_kind(ty);
        let ok = match c {
            T::Any | T::Unchecked(_) => true,
            T::Number(_) => false,
            T::Var(name) => return self.bind_type(name, ty, who, part),
            T::Pack(name) => return self.restrict(name, ty, who, part),
            T::Named(_, inner) => match &**inner {
                T::Or(_) => self.any_of(inner, ty, who, part),
                _ => return self.fit_part(inner, ty, who, part),
            },
            T::Or(_) => self.any_of(c, ty, who, part),
            T::Usually(_, allowed) => return self.fit_part(allowed, ty, who, part),
            T::Index => kind == TypeKind::Index,
            T::NoneType => kind == TypeKind::None,
            T::Integer { width, sign } => {
                matches!(kind, TypeKind::Integer { width: w, sign: s } if s == *sign && width.is_none_or(|x| x == w))
            }
            T::AnyInteger => matches!(kind, TypeKind::Integer { .. }),
            T::Float(wanted) => matches!(kind, TypeKind::Float(k) if wanted.is_none_or(|w| w == k)),
            T::Function => matches!(kind, TypeKind::Function { .. }),
            T::Tuple => matches!(kind, TypeKind::Tuple(_)),
            T::Complex(inner) => match kind {
                TypeKind::Complex(elem) => return self.fit_part(inner, elem, who, Part::Element),
                _ => false,
            },
            T::AnyShaped { kind: wanted, ranked } => {
                shaped_kind(&kind).is_some_and(|k| k == *wanted) && ranked.is_none_or(|r| r == kind.shape().is_some())
            }
            T::AnyOfShaped => shaped_kind(&kind).is_some(),
            T::Static(inner) => {
                self.fit_part(inner, ty, who, part)?;
                kind.shape().is_some_and(|s| !s.contains(&DYNAMIC))
            }
            T::Fixed(inner) => {
                self.fit_part(inner, ty, who, part)?;
                !matches!(kind, TypeKind::Vector { scalable, .. } if scalable.iter().any(|s| *s))
            }
            T::Strided(inner) => return self.fit_part(inner, ty, who, part),
            T::Rank { of, least, most } => {
                self.fit_part(of, ty, who, part)?;
                kind.shape().is_none_or(|s| (*least..=*most).contains(&(s.len() as i64)))
            }
            T::Like(inner) => match kind {
                TypeKind::Vector { elem, .. } | TypeKind::Tensor { elem, .. } | TypeKind::UnrankedTensor(elem) => {
                    return self.fit_part(inner, elem, who, Part::Element);
                }
                _ => return self.fit_part(inner, ty, who, part),
            },
            T::Shaped { kind: wanted, dims, elem, .. } => return self.fit_shaped(c, *wanted, dims, elem, ty, who),
            T::Dialect { name, args } => return self.fit_dialect(c, name, args, ty, who),
            T::With(of, elem) => match self.make(of) {
                Some(base) => {
                    return self
                        .fit_part(elem, ctx.elem_or_self(ty), who, Part::Element)
                        .and_then(|()| self.same_shape(base, ty, who));
                }
                None => return self.fit_part(elem, ctx.elem_or_self(ty), who, Part::Element),
            },
            T::ElementOf(_)
            | T::ScalarOf(_)
            | T::As(..)
            | T::Only(..)
            | T::Outer(..)
            | T::Unmapped { .. }
            | T::Leading(..)
            | T::EachElement(_)
            | T::TypeOf(_)
            | T::TypeIn(_)
            | T::FunctionInputs(_)
            | T::FunctionResults(_)
            | T::Items(_) => match self.make(c) {
                Some(made) if made != ty => {
                    return Err(format!("{who} has type {}, but {} is wanted", type_text(ctx, ty), type_text(ctx, made)));
                }
                _ => true,
            },
        };
        if ok { Ok(()) } else { Err(self.misfit(c, ty, who, part)) }
    }

    fn misfit(&self, c: &TypeConstraint, ty: Type, who: &str, part: Part) -> String {
        let what = match part {
            Part::Whole => "type",
            Part::Element => "element type",
        };
        format!("{who} has {what} {}, which is not {}", type_text(self.ctx, ty), wanted(c))
    }

    fn any_of(&mut self, c: &TypeConstraint, ty: Type, who: &str, part: Part) -> bool {
        let parts = match c {
            TypeConstraint::Or(parts) => parts,
            _ => return self.fit_part(c, ty, who, part).is_ok(),
        };
        parts.iter().any(|p| {
            let before = self.bound.clone();
            let fits = match p {
                TypeConstraint::Named(_, inner) => self.any_of(inner, ty, who, part),
                _ => self.fit_part(p, ty, who, part).is_ok(),
            };
            if !fits {
                self.bound = before;
            }
            fits
        })
    }

    fn bind_type(&mut self, name: &str, ty: Type, who: &str, part: Part) -> Result<(), String> {
        match self.bound.types.get(name) {
            Some((old, first)) if *old != ty => {
                let what = if matches!(part, Part::Whole) { "type" } else { "element type" };
                Err(format!("{who} has {what} {}, but {first} has {}", type_text(self.ctx, ty), type_text(self.ctx, *old)))
            }
            Some(_) => Ok(()),
            None => {
                // Bound even where it may not be this type: one mistake is one finding.
                self.bound.types.insert(name.to_string(), (ty, who.to_string()));
                self.restrict(name, ty, who, part)
            }
        }
    }

    /// The `where`s of a variable.
    fn restrict(&mut self, name: &str, ty: Type, who: &str, part: Part) -> Result<(), String> {
        let def = self.def;
        for (_, term, _) in def.wheres.iter().filter(|w| w.0 == name) {
            let fits = match term {
                TypeConstraint::Named(_, inner) => self.any_of(inner, ty, who, part),
                other => self.any_of(other, ty, who, part),
            };
            if !fits {
                return Err(self.misfit(term, ty, who, part));
            }
        }
        Ok(())
    }

    fn same_shape(&self, a: Type, b: Type, who: &str) -> Result<(), String> {
        let shape = |t: Type| self.ctx.type_kind(t).shape();
        match (shape(a), shape(b)) {
            (x, y) if x == y => Ok(()),
            _ => Err(format!(
                "{who} has type {}, which differs in shape from {}",
                type_text(self.ctx, b),
                type_text(self.ctx, a)
            )),
        }
    }

    fn fit_shaped(
        &mut self,
        c: &TypeConstraint,
        kind: ShapedKind,
        dims: &[Dim],
        elem: &TypeConstraint,
        ty: Type,
        who: &str,
    ) -> Result<(), String> {
        let found = self.ctx.type_kind(ty);
        let (Some(inner), true) = (found.elem(), shaped_kind(&found) == Some(kind)) else {
            return Err(self.misfit(c, ty, who, Part::Whole));
        };
        self.fit_part(elem, inner, who, Part::Element)?;
        let Some(shape) = found.shape() else { return Ok(()) };
        let fits = self.fit_dims(c, dims, shape, ty, who);
        // What the notation of `eval` says about shapes is checked by `eval`; here they are only bound.
        if dims.iter().any(|d| d.kind == DimKind::Expr) || self.def.eval.is_some() { Ok(()) } else { fits }
    }

    fn fit_dims(&mut self, c: &TypeConstraint, dims: &[Dim], shape: &[i64], ty: Type, who: &str) -> Result<(), String> {
        let packs = dims.iter().filter(|d| matches!(d.kind, DimKind::Pack(_))).count();
        if packs > 1 {
            return Ok(());
        }
        let single = dims.len() - packs;
        if shape.len() < single || (packs == 0 && shape.len() != single) {
            let least = if packs > 0 { "at least " } else { "" };
            return Err(format!(
                "{who} has type {}: {least}{single} dimensions are wanted by {}",
                type_text(self.ctx, ty),
                wanted(c)
            ));
        }
        let mut at = 0;
        for dim in dims {
            match &dim.kind {
                DimKind::Pack(name) => {
                    let part = &shape[at..at + shape.len() - single];
                    at += part.len();
                    if let Some(name) = name {
                        self.bind_shape(name, part, who)?;
                    }
                }
                other => {
                    self.fit_extent(other, shape[at], who)?;
                    at += 1;
                }
            }
        }
        Ok(())
    }

    fn fit_extent(&mut self, kind: &DimKind, extent: i64, who: &str) -> Result<(), String> {
        let show = |d: i64| if d == DYNAMIC { "?".to_string() } else { d.to_string() };
        match kind {
            DimKind::Fixed(n) if extent != *n && extent != DYNAMIC => {
                Err(format!("{who} has an extent of {extent} where {n} is wanted"))
            }
            DimKind::Dynamic if extent != DYNAMIC => Err(format!("{who} has an extent of {extent} where `?` is wanted")),
            DimKind::Size(name) => match self.bound.sizes.get(name) {
                // Extents that are not known agree with every other.
                Some((old, first)) if *old != extent && *old != DYNAMIC && extent != DYNAMIC => {
                    Err(format!("{who} has {name} = {}, but {first} has {name} = {}", show(extent), show(*old)))
                }
                Some((old, _)) if *old != DYNAMIC => Ok(()),
                _ => {
                    self.bound.sizes.insert(name.clone(), (extent, who.to_string()));
                    Ok(())
                }
            },
            _ => Ok(()),
        }
    }

    fn bind_shape(&mut self, name: &str, part: &[i64], who: &str) -> Result<(), String> {
        match self.bound.shapes.get(name) {
            Some((old, first)) => {
                let agree =
                    old.len() == part.len() && old.iter().zip(part).all(|(a, b)| a == b || *a == DYNAMIC || *b == DYNAMIC);
                if agree { Ok(()) } else { Err(format!("{who} differs from {first} in the extents {name}")) }
            }
            None => {
                self.bound.shapes.insert(name.to_string(), (part.to_vec(), who.to_string()));
                Ok(())
            }
        }
    }

    fn fit_dialect(
        &mut self,
        c: &TypeConstraint,
        name: &str,
        args: &[TypeConstraint],
        ty: Type,
        who: &str,
    ) -> Result<(), String> {
        use TypeConstraint as T;
        match self.ctx.type_kind(ty) {
            TypeKind::Dialect { name: found, params } if self.ctx.str(found) == name => {
                for (arg, param) in args.iter().zip(params) {
                    match (param, arg) {
                        (Param::Type(inner), _) => self.fit_part(arg, *inner, who, Part::Element)?,
                        (Param::Int(n), T::Number(wanted)) if n == wanted => {}
                        (_, T::Number(_)) => return Err(self.misfit(c, ty, who, Part::Whole)),
                        _ => {}
                    }
                }
                Ok(())
            }
            TypeKind::Opaque { text, .. } if text.strip_prefix(name).is_some_and(|r| r.is_empty() || r.starts_with('<')) => {
                Ok(())
            }
            _ => Err(self.misfit(c, ty, who, Part::Whole)),
        }
    }

    /// The one type that a constraint allows, as far as its variables are bound.
    pub fn make(&self, c: &TypeConstraint) -> Option<Type> {
        use TypeConstraint as T;
        let ctx = self.ctx;
        Some(match c {
            T::Var(name) => match self.bound.types.get(name) {
                Some((ty, _)) => *ty,
                None => {
                    let term = self.def.wheres.iter().find(|w| w.0 == *name)?;
                    self.make(&term.1)?
                }
            },
            T::Index => ctx.index(),
            T::NoneType => ctx.none_type(),
            T::Integer { width: Some(w), sign } => ctx.int_with(*w, *sign),
            T::Float(Some(kind)) => ctx.float(*kind),
            T::Complex(inner) => ctx.ty(TypeKind::Complex(self.make(inner)?)),
            T::Named(_, inner) | T::Static(inner) | T::Fixed(inner) | T::Strided(inner) => self.make(inner)?,
            T::Usually(usual, _) => self.make(usual)?,
            T::Rank { of, .. } => self.make(of)?,
            T::ElementOf(of) => self.element(self.make(of)?),
            T::ScalarOf(of) => {
                let elem = self.element(self.make(of)?);
                match ctx.type_kind(elem) {
                    TypeKind::Integer { width, .. } => ctx.int(width),
                    _ => elem,
                }
            }
            T::With(of, elem) => self.with_element(self.make(of)?, self.make(elem)?)?,
            // Of several alternatives, the first that variables decide: `i1 | with($T, i1)` is not decided.
            T::Or(_) => return None,
            T::TypeOf(name) => ctx.attr_type((self.attrs)(name)?)?,
            T::TypeIn(name) => ctx.as_type((self.attrs)(name)?)?,
            T::As(name, of) => self.view(name, self.make(of)?)?,
            T::Outer(a, b) => derive::outer(ctx, self.make(a)?, self.make(b)?)?,
            T::Unmapped { of, map, elem } => derive::unmapped(ctx, self.make(of)?, (self.attrs)(map), self.make(elem)?)?,
            T::Leading(of, name) => derive::leading(ctx, self.make(of)?, self.length((self.attrs)(name)?)?)?,
            T::EachElement(of) => self.element(self.make(of)?),
            T::Dialect { name, args } => {
                let param = |a: &T| match a {
                    T::Number(n) => Some(Param::Int(*n)),
                    a => self.make(a).map(Param::Type),
                };
                let mut params = args.iter().map(param).collect::<Option<Vec<Param>>>()?;
                // Parameters that are left out are absent, where all of them may be.
                if let Some(def) = crate::Registry::of(ctx).and_then(|r| r.type_def(name)) {
                    if def.opaque || def.params[params.len().min(def.params.len())..].iter().any(|p| !p.optional) {
                        return None;
                    }
                    params.resize(def.params.len().max(params.len()), Param::None);
                }
                ctx.dialect_type(name, &params)
            }
            T::Shaped { kind, dims, elem, .. } => {
                let elem = self.make(elem)?;
                let mut shape = vec![];
                for dim in dims {
                    match &dim.kind {
                        DimKind::Fixed(n) => shape.push(*n),
                        DimKind::Dynamic => shape.push(DYNAMIC),
                        DimKind::Size(name) => shape.push(self.bound.sizes.get(name)?.0),
                        DimKind::Len(name) => shape.push(self.length((self.attrs)(name)?)? as i64),
                        DimKind::Pack(Some(name)) => shape.extend(&self.bound.shapes.get(name)?.0),
                        _ => return None,
                    }
                }
                match kind {
                    ShapedKind::Tensor => ctx.tensor(&shape, elem),
                    ShapedKind::Vector => ctx.vector(&shape, elem),
                    ShapedKind::MemRef => ctx.memref(&shape, elem),
                }
            }
            _ => return None,
        })
    }

    /// The types of a list: of a pack, or of a function type that a property holds.
    pub fn make_all(&self, c: &TypeConstraint, count: Option<usize>) -> Option<Vec<Type>> {
        use TypeConstraint as T;
        let ctx = self.ctx;
        let named = |name: &str| match (self.attrs)(name) {
            Some(attr) => self.ctx.as_type(attr),
            None => self.bound.types.get(name).map(|t| t.0),
        };
        let function = |name: &str| match self.ctx.type_kind(named(name)?) {
            TypeKind::Function { inputs, results } => Some((inputs.to_vec(), results.to_vec())),
            _ => None,
        };
        match c {
            T::Pack(name) => self.bound.packs.get(name).map(|p| p.0.clone()),
            T::FunctionInputs(name) => function(name).map(|f| f.0),
            T::FunctionResults(name) => function(name).map(|f| f.1),
            T::EachElement(of) => {
                let of = self.make(of)?;
                let shape = ctx.type_kind(of).shape().filter(|s| !s.contains(&DYNAMIC))?;
                Some(vec![self.element(of); usize::try_from(shape.iter().product::<i64>()).ok()?])
            }
            T::Items(name) => match self.ctx.type_kind(named(name)?) {
                TypeKind::Tuple(types) => Some(types.to_vec()),
                _ => None,
            },
            T::Usually(usual, _) => self.make_all(usual, count),
            T::As(name, of) => self.make_all(of, count)?.into_iter().map(|t| self.view(name, t)).collect(),
            T::ElementOf(of) if matches!(**of, T::Only(..)) => {
                Some(self.make_all(of, count)?.into_iter().map(|t| self.element(t)).collect())
            }
            T::Only(filter, of) => {
                let all = match &**of {
                    pack @ T::Pack(_) => self.make_all(pack, None)?,
                    one => vec![self.make(one)?],
                };
                let mut fits = Binder::new(self.ctx, self.def, self.attrs);
                Some(all.into_iter().filter(|t| fits.fit(filter, *t, "").is_ok()).collect())
            }
            one => Some(vec![self.make(one)?; count?]),
        }
    }

    /// The element type of a shaped type or a view; of anything else, itself.
    fn element(&self, ty: Type) -> Type {
        match self.ctx.type_kind(ty) {
            TypeKind::Dialect { params, .. } => {
                params.iter().find_map(|p| if let Param::Type(t) = p { Some(*t) } else { None }).unwrap_or(ty)
            }
            TypeKind::Complex(elem) => elem,
            _ => self.ctx.elem_or_self(ty),
        }
    }

    fn length(&self, attr: Attr) -> Option<usize> {
        self.ctx.as_array(attr).map(<[Attr]>::len).or_else(|| self.ctx.as_ints(attr).map(|i| i.len()))
    }

    fn view(&self, name: &str, of: Type) -> Option<Type> {
        let kind = self.ctx.type_kind(of);
        Some(self.ctx.dialect_type(name, &[Param::Shape(kind.shape()?), Param::Type(kind.elem()?)]))
    }

    fn with_element(&self, of: Type, elem: Type) -> Option<Type> {
        let ctx = self.ctx;
        Some(match ctx.type_kind(of) {
            TypeKind::Vector { shape, scalable, .. } => ctx.ty(TypeKind::Vector { shape, scalable, elem }),
            TypeKind::Tensor { shape, encoding, .. } => ctx.ty(TypeKind::Tensor { shape, elem, encoding }),
            TypeKind::UnrankedTensor(_) => ctx.ty(TypeKind::UnrankedTensor(elem)),
            TypeKind::MemRef { .. } | TypeKind::UnrankedMemRef { .. } => return None,
            _ => elem,
        })
    }
}

fn numbered(who: &str, n: usize, count: usize) -> String {
    if count > 1 { format!("{who} number {n}") } else { who.to_string() }
}

/// The kind of a shaped type.
pub(crate) fn shaped_kind(kind: &TypeKind<'_>) -> Option<ShapedKind> {
    match kind {
        TypeKind::Tensor { .. } | TypeKind::UnrankedTensor(_) => Some(ShapedKind::Tensor),
        TypeKind::MemRef { .. } | TypeKind::UnrankedMemRef { .. } => Some(ShapedKind::MemRef),
        TypeKind::Vector { .. } => Some(ShapedKind::Vector),
        _ => None,
    }
}

/// The type in a type attribute, else the attribute's own type.
pub(crate) fn type_in(ctx: &Context, attr: Attr) -> Option<Type> {
    match ctx.attr_kind(attr) {
        AttrKind::Type(t) => Some(t),
        _ => ctx.attr_type(attr),
    }
}
