//! The resolved model of dialects: what parser, printer, verifier, interpreter and exporters are derived from.
//!
//! Names are resolved to indices into the lists of the same definition: `Element::Operand(1)` is `op.operands[1]`.
//! Everything here is immutable once a [`crate::Registry`] has been built, and is shared behind `Arc`.

mod constraint;
mod enums;
mod format;
mod traits;

pub use crate::ast::{Arity, BinaryOp, Expr, ExprNode, Name, Pattern, PatternNode, Spanned, Text};
pub use constraint::{AttrConstraint, Dim, DimKind, ElementKind, ShapedKind, TypeConstraint};
pub use enums::{EnumDef, EnumStorage};
pub use format::{Combinator, Delimiter, Element, Format, Group, ListField, PayloadOperands, Presence, Values};
pub use traits::Trait;

use edge_ir::Traits;
use edge_support::Span;
use std::sync::Arc;

/// A dialect.
#[derive(Clone, Debug)]
pub struct Dialect {
    pub name: String,
    /// One line.
    pub summary: String,
    pub doc: String,
    /// The version that the text of this definition describes; see `edge.versions`.
    pub version: i64,
    /// Made from the definitions of another system: fills in what a dialect of the same name does not define.
    pub imported: bool,
    /// Of a system whose text MLIR keeps without knowing it; see [`crate::Registry::for_text`].
    pub foreign: bool,
    pub ops: Vec<Arc<OpDef>>,
    pub types: Vec<Arc<TypeDef>>,
    pub attrs: Vec<Arc<TypeDef>>,
    pub enums: Vec<Arc<EnumDef>>,
    pub rules: Vec<Rule>,
    /// `fn` items: the text after `fn`.
    pub functions: Vec<Text>,
    /// `onnx` items outside ops: the text after `onnx`.
    pub onnx: Vec<Text>,
    pub span: Span,
}

/// An operand or result.
#[derive(Clone, Debug)]
pub struct ValueSpec {
    pub name: String,
    pub arity: Arity,
    /// The value must be known when `eval` is instantiated (`operand!`).
    pub known: bool,
    pub constraint: TypeConstraint,
    /// Of a variadic of variadics: the property that holds the lengths of its groups.
    pub segments: Option<usize>,
    /// What the number of values follows from, where they are not counted by a property of all operands.
    pub counted: Option<Counted>,
    pub effects: Vec<Effect>,
    pub span: Span,
}

impl ValueSpec {
    /// Any number of values.
    pub fn is_variadic(&self) -> bool {
        !matches!(self.arity, Arity::One | Arity::Optional)
    }
    /// Optional or variadic.
    pub fn is_variable(&self) -> bool {
        self.arity != Arity::One
    }
}

/// What the number of a variadic's values follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// `by inputs(map)`: the dimensions and symbols of the affine map in a property or attribute.
    Inputs(usize),
    /// `by rank(x)`: the rank of an operand before.
    Rank(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Read,
    Write,
    Allocate,
    Free,
}

/// A property (a slot of the op), or a discardable attribute that the definition documents.
#[derive(Clone, Debug)]
pub struct PropertyDef {
    pub name: String,
    pub optional: bool,
    pub constraint: AttrConstraint,
    /// `None`: required unless `optional`.
    pub default: Option<Expr>,
    /// `i64 each X`: the pack whose length the list has; a scalar default is repeated.
    pub each: Option<String>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct RegionDef {
    pub name: String,
    pub arity: Arity,
    /// Least and largest number of blocks; `None` above: no limit.
    pub blocks: (usize, Option<usize>),
    /// Entry block arguments, by name where the definition names them; `None`: not constrained.
    pub args: Option<Vec<(Option<String>, TypeConstraint)>>,
    /// What entry arguments are called in printed text: a name for each, or for as many as an operand has values.
    pub names: Vec<(String, Option<usize>)>,
    /// Full names of the operations that may end a block; empty: any terminator.
    pub terminators: Vec<String>,
    /// Custom form leaves out the terminator where it is the first of [`Self::terminators`] without operands and attributes.
    pub implicit: bool,
    /// An implicit terminator has the results of the operation before it as its operands.
    pub forwarding: bool,
    pub graph: bool,
    pub no_terminator: bool,
    pub span: Span,
}

/// What a region computes that is made with its operation and does not stand in the text: one block with an argument for each
/// operand, of its element type, in the order of `args`.
#[derive(Clone, Debug)]
pub struct BodyDef {
    pub region: usize,
    pub args: Vec<String>,
    /// What the terminator gives.
    pub yields: Vec<Expr>,
    /// The functions of the dialect.
    pub functions: Arc<Vec<Overload>>,
}

/// A function on scalars: the first of several operations that fits the types.
#[derive(Clone, Debug)]
pub struct Overload {
    pub name: String,
    /// The last argument only gives the type of the result; a value that has it already stays.
    pub conversion: bool,
    /// Arguments and the expression that the function stands for, where it is made of others.
    pub made_of: Option<(Vec<String>, Expr)>,
    /// Full names of operations, with what the types of all arguments must be.
    pub cases: Vec<(String, Option<TypeConstraint>)>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct SuccessorDef {
    pub name: String,
    pub variadic: bool,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct VerifyDef {
    pub expr: Expr,
    pub message: String,
}

/// An example that must not verify, and the message that it must give.
#[derive(Clone, Debug)]
pub struct Reject {
    pub text: Text,
    pub message: String,
}

/// An operation.
#[derive(Debug)]
pub struct OpDef {
    /// With the dialect, `arith.addf`.
    pub name: String,
    pub dialect: String,
    pub doc: String,
    pub operands: Vec<ValueSpec>,
    pub results: Vec<ValueSpec>,
    /// Declared properties in definition order, then the segment sizes if the op has them: the slots of the op in the IR.
    pub properties: Vec<PropertyDef>,
    /// Discardable attributes that the definition documents.
    pub attributes: Vec<PropertyDef>,
    pub regions: Vec<RegionDef>,
    /// Regions that are made with the operation.
    pub bodies: Vec<BodyDef>,
    pub successors: Vec<SuccessorDef>,
    pub traits: Vec<Trait>,
    /// Restrictions of type variables, in the order written.
    pub wheres: Vec<(String, TypeConstraint, Span)>,
    pub verifies: Vec<VerifyDef>,
    pub format: Option<Format>,
    pub eval: Option<Text>,
    /// The `eval` as a template: see [`OpDef::definition`].
    pub(crate) template: crate::instance::Template,
    /// IR text that computes the same on scalars: see `docs/write-a-dialect.md`.
    pub lowering: Option<Text>,
    /// A kernel of the interpreter with this name computes it.
    pub native: Option<String>,
    pub examples: Vec<Text>,
    pub rejects: Vec<Reject>,
    pub onnx: Vec<Text>,
    pub since: i64,
    /// Former names with the version in which they ended.
    pub was: Vec<(String, i64)>,
    /// Former property names: old, new, the version of the change.
    pub renamed: Vec<(String, String, i64)>,
    pub span: Span,
}

pub use edge_ir::body::{OPERAND_SEGMENTS, RESULT_SEGMENTS};

impl OpDef {
    /// What is wrong with a number of operands for the regions that are made with the operation, if anything.
    pub fn body_operands(&self, found: usize) -> Option<String> {
        let wanted = |region: usize| self.bodies.iter().filter(move |b| b.region == region).map(|b| b.args.len());
        let wrong = self.bodies.iter().find(|b| wanted(b.region).all(|n| n != found))?;
        let counts: Vec<String> = wanted(wrong.region).map(|n| n.to_string()).collect();
        Some(format!("`{}` has {} operands, not {found}", self.name, counts.join(" or ")))
    }
    /// An operation without operands, results, or anything else.
    pub fn new(name: &str, dialect: &str, span: Span) -> Self {
        OpDef {
            name: name.to_owned(),
            dialect: dialect.to_owned(),
            doc: String::new(),
            operands: vec![],
            results: vec![],
            properties: vec![],
            attributes: vec![],
            regions: vec![],
            bodies: vec![],
            successors: vec![],
            traits: vec![],
            wheres: vec![],
            verifies: vec![],
            format: None,
            eval: None,
            template: Default::default(),
            lowering: None,
            native: None,
            examples: vec![],
            rejects: vec![],
            onnx: vec![],
            since: 1,
            was: vec![],
            renamed: vec![],
            span,
        }
    }
    /// The name without the dialect.
    pub fn short_name(&self) -> &str {
        &self.name[self.dialect.len() + 1..]
    }
    pub fn operand(&self, name: &str) -> Option<usize> {
        self.operands.iter().position(|o| o.name == name)
    }
    pub fn result(&self, name: &str) -> Option<usize> {
        self.results.iter().position(|o| o.name == name)
    }
    pub fn property(&self, name: &str) -> Option<usize> {
        self.properties.iter().position(|p| p.name == name)
    }
    /// A property, or a discardable attribute that the definition documents, as formats count them: properties first.
    pub fn field(&self, name: &str) -> Option<usize> {
        let discardable = || self.attributes.iter().position(|p| p.name == name).map(|i| i + self.properties.len());
        self.property(name).or_else(discardable)
    }
    /// The inverse of [`OpDef::field`].
    pub fn field_at(&self, index: usize) -> &PropertyDef {
        self.properties.get(index).unwrap_or_else(|| &self.attributes[index - self.properties.len()])
    }
    /// The name that a former property has now, and the version of the change.
    pub fn renamed(&self, old: &str) -> Option<(&str, i64)> {
        self.renamed.iter().find(|r| r.0 == old).map(|(_, new, version)| (new.as_str(), *version))
    }
    pub fn region(&self, name: &str) -> Option<usize> {
        self.regions.iter().position(|r| r.name == name)
    }
    pub fn successor(&self, name: &str) -> Option<usize> {
        self.successors.iter().position(|s| s.name == name)
    }
    pub fn has(&self, wanted: &Trait) -> bool {
        self.traits.contains(wanted)
    }
    /// Two or more operands of variable count: their segment sizes stand in a property.
    pub fn has_operand_segments(&self) -> bool {
        needs_segments(&self.operands, &self.traits)
    }
    pub fn has_result_segments(&self) -> bool {
        needs_segments(&self.results, &self.traits)
    }
    /// What [`edge_ir`] needs to know.
    pub fn ir_traits(&self) -> Traits {
        let mut out = self.traits.iter().fold(Traits::default(), |t, x| t.with(x.ir()));
        for effect in self.operands.iter().chain(&self.results).flat_map(|v| &v.effects) {
            out = out.with(match effect {
                Effect::Read => Traits::READS,
                Effect::Write | Effect::Free => Traits::WRITES,
                Effect::Allocate => Traits::ALLOCATES,
            });
        }
        for region in &self.regions {
            if region.no_terminator {
                out = out.with(Traits::NO_TERMINATOR);
            }
            if region.graph {
                out = out.with(Traits::GRAPH_REGION);
            }
        }
        if !self.regions.is_empty() && self.regions.iter().all(|r| r.blocks.1 == Some(1)) {
            out = out.with(Traits::SINGLE_BLOCK);
        }
        out
    }
    /// The name that results get in printed text (`alloc` gives `%alloc`), with `{property}` replaced by the property's text.
    pub fn result_name(&self) -> Option<&str> {
        self.traits.iter().find_map(|t| if let Trait::ResultName(n) = t { Some(n.as_str()) } else { None })
    }
    /// The dialect whose prefix is left out in this op's regions in custom form.
    pub fn default_dialect(&self) -> Option<&str> {
        self.traits.iter().find_map(|t| if let Trait::DefaultDialect(n) = t { Some(n.as_str()) } else { None })
    }
}

pub(crate) fn needs_segments(values: &[ValueSpec], traits: &[Trait]) -> bool {
    values.iter().filter(|v| v.is_variable() && v.counted.is_none()).count() > 1 && !traits.contains(&Trait::SameVariadicSize)
}

/// A parameter of a type or attribute.
#[derive(Clone, Debug)]
pub struct ParamDef {
    pub name: String,
    pub optional: bool,
    pub kind: ParamKind,
    pub default: Option<Expr>,
    pub span: Span,
}

/// What a parameter holds; the variants name those of [`edge_ir::Param`].
#[derive(Clone, Debug)]
pub enum ParamKind {
    Type(TypeConstraint),
    Attr(AttrConstraint),
    Int,
    /// A type; those of the same dialect without their prefix.
    Local(String),
    /// A word or a quoted string.
    Str,
    /// A string in quotes.
    Quoted,
    /// An integer, or `?`.
    Extent,
    /// Whatever stands up to the bracket that closes, as written.
    Verbatim,
    /// The same, with its decimal numbers as they are printed.
    Numbers,
    Shape,
    Enum(Arc<EnumDef>),
    List(Box<ParamKind>),
    /// As a list, without brackets.
    Items(Box<ParamKind>),
}

/// A type or attribute with parameters. Without a format: `<p, q>` where it has parameters.
#[derive(Debug)]
pub struct TypeDef {
    /// With the dialect, `loop.view`.
    pub name: String,
    pub doc: String,
    pub params: Vec<ParamDef>,
    pub format: Option<Format>,
    /// What it is called where its text stands apart from its uses: `#NAME`, `#NAME1`.
    pub alias: Option<String>,
    /// Its text is kept as it stands: no parameters are known.
    pub opaque: bool,
    /// Other spellings of the parameters, which formats ask for by name.
    pub forms: Vec<(String, Format)>,
    pub verifies: Vec<VerifyDef>,
    pub examples: Vec<Text>,
    pub rejects: Vec<Reject>,
    pub span: Span,
}

/// A rewrite rule.
#[derive(Clone, Debug)]
pub struct Rule {
    pub name: String,
    pub dialect: String,
    pub doc: String,
    pub matched: Pattern,
    pub built: Vec<Pattern>,
    pub conditions: Vec<Expr>,
    pub span: Span,
}
