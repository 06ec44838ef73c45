//! The template that an op's definition is to `eval`.

use crate::ast::{self, Arity, ExprNode};
use crate::eval::{self, AttrDecl, Definition, DimPattern, EvalError, ExprKind, Stmt, TensorDecl};
use crate::model::{AttrConstraint, Dialect, OpDef, PropertyDef, Text, TypeConstraint, ValueSpec};
use edge_support::{Diagnostic, Diagnostics, Reported, SourceMap, Span, codes};
use std::sync::{Arc, OnceLock};

codes! {
    /// An `eval`, or a size or function that it uses, cannot be read.
    BAD_EVAL = "E0321";
}

/// The `eval` of an op as a template, read when it is first asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Template {
    read: OnceLock<Option<Arc<Definition>>>,
    file: Option<Arc<File>>,
}

/// What the templates of one file share.
struct File {
    sources: Arc<SourceMap>,
    functions: Vec<Text>,
    read: OnceLock<Vec<Stmt>>,
}

impl std::fmt::Debug for File {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "File({} functions)", self.functions.len())
    }
}

impl File {
    fn definition(&self, op: &OpDef) -> Result<Definition, (Span, EvalError)> {
        let reader = Reader { sources: &self.sources };
        // A function that only mappings can read is no concern of an `eval`; one that an `eval` calls is missed there.
        let functions = self
            .read
            .get_or_init(|| self.functions.iter().flat_map(|text| reader.block(text, "fn").unwrap_or_default()).collect());
        reader.definition(op, functions)
    }
}

impl OpDef {
    /// The `eval` as a template, where there is one.
    pub fn definition(&self) -> Option<&Arc<Definition>> {
        let read = || self.template.file.as_ref().and_then(|f| f.definition(self).ok()).map(Arc::new);
        self.template.read.get_or_init(read).as_ref()
    }
}

/// Prepares the `eval` of every op of a dialect, and unless they are known to be right, reads them all. Spans of the templates are
/// byte offsets in the file.
pub(crate) fn define(
    dialect: &mut Dialect,
    sources: &Arc<SourceMap>,
    known: bool,
    diags: &Diagnostics,
) -> Result<(), Reported> {
    let mut failed = None;
    let file = File { sources: sources.clone(), functions: dialect.functions.clone(), read: OnceLock::new() };
    let file = Arc::new(file);
    for op in dialect.ops.iter_mut().filter(|op| op.eval.is_some()) {
        let Some(op) = Arc::get_mut(op) else { continue };
        op.template.file = Some(file.clone());
        if known {
            continue;
        }
        match file.definition(op) {
            Ok(definition) => {
                let _ = op.template.read.set(Some(Arc::new(definition)));
            }
            Err((span, error)) => {
                let at = if error.span.is_empty() { span } else { Span::new(span.file, error.span.start, error.span.end) };
                failed = Some(diags.error(Diagnostic::error(BAD_EVAL, format!("`{}`: {}", op.name, error.message)).at(at)));
            }
        }
    }
    failed.map_or(Ok(()), Err)
}

struct Reader<'a> {
    sources: &'a SourceMap,
}

impl Reader<'_> {
    fn definition(&self, op: &OpDef, functions: &[Stmt]) -> Result<Definition, (Span, EvalError)> {
        let at = |e: EvalError| (op.span, e);
        let decls = |specs: &[ValueSpec]| specs.iter().map(tensor).collect::<Result<Vec<_>, _>>();
        let mut body = functions.to_vec();
        if let Some(text) = &op.eval {
            body.extend(self.block(text, "").map_err(|e| (text.span, e))?);
        }
        let mut definition = Definition {
            name: op.name.clone(),
            operands: decls(&op.operands).map_err(at)?,
            attrs: op.properties.iter().filter(|p| !is_segments(p)).map(attr).collect::<Result<_, _>>().map_err(at)?,
            ranks: vec![],
            results: decls(&op.results).map_err(at)?,
            body,
        };
        let free = free_types(&definition);
        definition.attrs.extend(free.into_iter().map(|name| AttrDecl {
            name,
            list_of: None,
            default: None,
            span: range(op.span),
        }));
        Ok(definition)
    }

    /// Reads statements. What stands before them in the file is replaced by blanks, so that spans are those of the file.
    fn block(&self, text: &Text, keyword: &str) -> Result<Vec<Stmt>, EvalError> {
        let start = text.span.start as usize;
        let whole =
            self.sources.get(text.span.file).and_then(|f| f.text().get(start..text.span.end as usize).map(str::to_string));
        let lead = whole.map_or(0, |w| w.len() - w.trim_start().len());
        let blanks = (start + lead).saturating_sub(keyword.len() + 1);
        eval::parse_block(&format!("{}{keyword} {}", " ".repeat(blanks), text.node))
    }
}

fn is_segments(property: &PropertyDef) -> bool {
    property.name == crate::model::OPERAND_SEGMENTS || property.name == crate::model::RESULT_SEGMENTS
}

fn range(span: Span) -> eval::Span {
    span.start as usize..span.end as usize
}

/// An operand or result: a tensor, or a scalar (for vectors of which `eval` speaks of one element).
fn tensor(spec: &ValueSpec) -> Result<TensorDecl, EvalError> {
    let span = range(spec.span);
    let (dims, elem) = shaped(&spec.constraint).unwrap_or((&[], &spec.constraint));
    let mut shape: Vec<DimPattern> = vec![];
    for dim in dims {
        let at = range(dim.span);
        // One size alone is no shape; `x T` makes it one.
        let (parts, _) = eval::parse_shape(&format!("{}{} x T", " ".repeat(at.start), dim.text))?;
        shape.extend(parts);
    }
    let elem = elem_name(elem).unwrap_or_else(|| format!("type_of_{}", spec.name));
    Ok(TensorDecl {
        name: spec.name.clone(),
        arity: match spec.arity {
            Arity::One => eval::Arity::One,
            Arity::Optional => eval::Arity::Optional,
            Arity::Variadic | Arity::VariadicOfVariadic => eval::Arity::Variadic,
        },
        known: spec.known,
        shape,
        elem: Some(eval::Expr { kind: ExprKind::Name(elem), span: span.clone() }),
        span,
    })
}

fn shaped(constraint: &TypeConstraint) -> Option<(&[crate::model::Dim], &TypeConstraint)> {
    match constraint {
        TypeConstraint::Shaped { dims, elem, .. } => Some((dims, elem)),
        TypeConstraint::Named(_, inner) => shaped(inner),
        _ => None,
    }
}

/// The name of an element type in `eval`: a variable, an attribute that holds a type, or a type.
fn elem_name(constraint: &TypeConstraint) -> Option<String> {
    Some(match constraint {
        TypeConstraint::Var(name) | TypeConstraint::TypeIn(name) => name.clone(),
        TypeConstraint::Named(_, inner) | TypeConstraint::With(_, inner) | TypeConstraint::ElementOf(inner) => {
            return elem_name(inner);
        }
        TypeConstraint::Index => "index".to_string(),
        TypeConstraint::Float(Some(kind)) => kind.keyword().to_string(),
        TypeConstraint::Integer { width: Some(width), sign } => {
            let prefix = if *sign == edge_ir::Signedness::Unsigned { "ui" } else { "i" };
            format!("{prefix}{width}")
        }
        _ => return None,
    })
}

/// The name of a result's element type.
pub(super) fn result_type_name(definition: &Definition, result: &str) -> Option<String> {
    let decl = definition.results.iter().find(|r| r.name == result)?;
    match &decl.elem {
        Some(eval::Expr { kind: ExprKind::Name(n), .. }) => definition.attrs.iter().any(|a| a.name == *n).then(|| n.clone()),
        _ => None,
    }
}

/// Type variables that only results have: what they stand for is passed like an attribute.
fn free_types(definition: &Definition) -> Vec<String> {
    let name = |t: &TensorDecl| match &t.elem {
        Some(eval::Expr { kind: ExprKind::Name(n), .. }) => Some(n.clone()),
        _ => None,
    };
    let bound: Vec<String> = definition.operands.iter().filter_map(name).collect();
    let declared = |n: &String| definition.attrs.iter().any(|a| a.name == *n);
    let mut free: Vec<String> = definition.results.iter().filter_map(name).collect();
    free.retain(|n| !bound.contains(n) && !declared(n) && crate::core::ElemType::from_name(n).is_none());
    free.sort();
    free.dedup();
    free
}

fn attr(property: &PropertyDef) -> Result<AttrDecl, EvalError> {
    let span = range(property.span);
    let name = |n: &String| eval::Expr { kind: ExprKind::Name(n.clone()), span: span.clone() };
    let mut default = property.default.as_ref().map(literal).transpose()?;
    // The case of an enumeration is a word, not a name of `eval`.
    if let (AttrConstraint::Enum(_), Some(eval::Expr { kind, .. })) = (&property.constraint, &mut default)
        && let ExprKind::Name(word) = kind
    {
        *kind = ExprKind::Str(std::mem::take(word));
    }
    Ok(AttrDecl { name: property.name.clone(), list_of: property.each.as_ref().map(name), default, span: span.clone() })
}

/// A default, which is a literal or a list of them.
fn literal(expr: &ast::Expr) -> Result<eval::Expr, EvalError> {
    let span = range(expr.span);
    let kind = match &expr.node {
        ExprNode::Int(i) => ExprKind::Int(*i),
        ExprNode::Float(f) => ExprKind::Float(*f),
        ExprNode::Str(s) => ExprKind::Str(s.clone()),
        ExprNode::Name(n) => ExprKind::Name(n.clone()),
        ExprNode::List(items) => ExprKind::List(items.iter().map(literal).collect::<Result<_, _>>()?),
        _ => return Err(EvalError::new(span, "a default is a literal")),
    };
    Ok(eval::Expr { kind, span })
}
