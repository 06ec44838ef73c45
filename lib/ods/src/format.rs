//! Assembly formats of operations, and of types and attributes, as format programs of definition files.

use crate::attrs::Shown;
use crate::directives;
use crate::syntax::{Node, parse};

/// What the names of an op's format stand for.
pub struct Names<'a> {
    /// Name, and whether a format writes its type without the type's name.
    pub values: &'a [(String, bool)],
    pub results: &'a [(String, bool)],
    pub properties: &'a [(String, Shown)],
    pub regions: &'a [String],
    pub successors: &'a [String],
}

/// Why a format could not be taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// A `custom<Name>` that has no counterpart.
    Custom(String),
    Other(String),
}

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Missing::Custom(name) => write!(f, "no counterpart of `custom<{name}>`"),
            Missing::Other(text) => f.write_str(text),
        }
    }
}

type Done = Result<String, Missing>;

/// The format of an op.
pub fn of_op(text: &str, names: &Names<'_>) -> Done {
    let nodes = parse(text).map_err(Missing::Other)?;
    let translator = Translator { names };
    let mut out = translator.elements(&nodes)?;
    // A format that has every region and successor but does not say so is complete by itself.
    if !out.contains("attr-dict") {
        out.push_str(" attr-dict");
    }
    Ok(out.trim().to_owned())
}

struct Translator<'a> {
    names: &'a Names<'a>,
}

impl Translator<'_> {
    fn elements(&self, nodes: &[Node]) -> Done {
        let mut out = vec![];
        for node in nodes {
            out.push(self.element(node, false)?);
        }
        Ok(out.iter().filter(|t| !t.is_empty()).cloned().collect::<Vec<_>>().join(" "))
    }

    fn element(&self, node: &Node, anchored: bool) -> Done {
        let mark = if anchored { "^" } else { "" };
        match node {
            Node::Anchor(inner) => self.element(inner, true),
            Node::Literal(text) => literal(text),
            Node::Variable(name) => self.variable(name, mark),
            Node::Text(text) => Err(Missing::Other(format!("C++ code in the format: `{text}`"))),
            Node::OneOf(cases) => {
                let cases: Result<Vec<_>, _> = cases.iter().map(|c| self.elements(c)).collect();
                Ok(format!("oilist({})", cases?.join(" | ")))
            }
            Node::Group { then, otherwise } => {
                let (then, otherwise) = (self.elements(then)?, self.elements(otherwise)?);
                Ok(if otherwise.is_empty() { format!("({then})?") } else { format!("({then}):({otherwise})?") })
            }
            Node::Directive { name, custom: Some(custom), args } if name == "custom" => {
                let made = directives::translate(custom, args).ok_or_else(|| Missing::Custom(custom.clone()))?;
                Ok(format!("{made}{mark}"))
            }
            Node::Directive { name, args, .. } => Ok(format!("{}{mark}", self.directive(name, args)?)),
        }
    }

    fn variable(&self, name: &str, mark: &str) -> Done {
        let n = self.names;
        if let Some((_, shown)) = n.properties.iter().find(|p| p.0 == name) {
            return Ok(match shown {
                Shown::Named(word) => format!("`{word}` `<` ${name}{mark} `>`"),
                _ => format!("${name}{mark}"),
            });
        }
        let known = n.values.iter().any(|v| v.0 == name) || n.regions.iter().chain(n.successors).any(|r| r == name);
        if known {
            Ok(format!("${name}{mark}"))
        } else {
            Err(Missing::Other(format!("the format names `{name}`, which is no operand, property, region or successor")))
        }
    }

    fn directive(&self, name: &str, args: &[Node]) -> Done {
        match (name, args) {
            ("attr-dict" | "attr-dict-with-keyword" | "prop-dict" | "operands" | "regions" | "successors", []) => {
                Ok(name.into())
            }
            ("type", [arg]) => {
                let values = self.values(arg)?;
                Ok(if self.is_stripped(arg) { format!("stripped-type({values})") } else { format!("type({values})") })
            }
            ("functional-type", [a, b]) => Ok(format!("functional-type({}, {})", self.values(a)?, self.values(b)?)),
            ("qualified", [Node::Directive { name, args, .. }]) if name == "type" && args.len() == 1 => {
                Ok(format!("type({})", self.values(&args[0])?))
            }
            ("qualified", [Node::Variable(name)]) => Ok(format!("qualified(${name})")),
            _ => Err(Missing::Other(format!("the format has `{name}` where it has no counterpart"))),
        }
    }

    fn values(&self, node: &Node) -> Done {
        match node {
            Node::Variable(name) => {
                let mut all = self.names.values.iter().chain(self.names.results);
                match all.any(|v| v.0 == *name) {
                    true => Ok(format!("${name}")),
                    false => {
                        Err(Missing::Other(format!("the format says the type of `{name}`, which is no operand or result")))
                    }
                }
            }
            Node::Directive { name, args, .. } if args.is_empty() && (name == "operands" || name == "results") => {
                Ok(name.clone())
            }
            other => Err(Missing::Other(format!("the format says the type of {other:?}"))),
        }
    }

    fn is_stripped(&self, node: &Node) -> bool {
        let Node::Variable(name) = node else { return false };
        self.names.values.iter().chain(self.names.results).any(|v| v.0 == *name && v.1)
    }
}

fn literal(text: &str) -> Done {
    match text {
        "" => Ok("``".into()),
        " " => Ok("` `".into()),
        "\\n" => Ok("`\\n`".into()),
        t if t.trim() != t || t.contains(char::is_whitespace) => Err(Missing::Other(format!("the literal `{t}`"))),
        t => Ok(format!("`{t}`")),
    }
}

/// The format of a type or attribute with these parameters.
pub fn of_parameters(text: &str, parameters: &[&str]) -> Done {
    let nodes = parse(text).map_err(Missing::Other)?;
    parameter_elements(&nodes, parameters)
}

fn parameter_elements(nodes: &[Node], parameters: &[&str]) -> Done {
    let mut out = vec![];
    for node in nodes {
        let (node, mark) = match node {
            Node::Anchor(inner) => (&**inner, "^"),
            node => (node, ""),
        };
        out.push(match node {
            Node::Literal(text) => literal(text)?,
            Node::Variable(name) if parameters.contains(&name.as_str()) => format!("${name}{mark}"),
            Node::Directive { name, args, .. } if name == "params" && args.is_empty() => "params".into(),
            Node::Directive { name, args, .. } if name == "struct" => format!("struct({}){mark}", members(args, parameters)?),
            Node::Directive { name, args, .. } if name == "qualified" => match &args[..] {
                [Node::Variable(name)] => format!("qualified(${name}){mark}"),
                _ => return Err(Missing::Other("`qualified` of something else than a parameter".into())),
            },
            Node::Directive { custom: Some(custom), .. } => return Err(Missing::Custom(custom.clone())),
            Node::Group { then, otherwise } => {
                let (then, otherwise) = (parameter_elements(then, parameters)?, parameter_elements(otherwise, parameters)?);
                if otherwise.is_empty() { format!("({then})?") } else { format!("({then}):({otherwise})?") }
            }
            other => return Err(Missing::Other(format!("the format has {other:?}"))),
        });
    }
    Ok(out.join(" "))
}

fn members(args: &[Node], parameters: &[&str]) -> Done {
    if let [Node::Directive { name, .. }] = args
        && name == "params"
    {
        return Ok("params".into());
    }
    let name = |node: &Node| match node {
        Node::Variable(name) if parameters.contains(&name.as_str()) => Ok(format!("${name}")),
        other => Err(Missing::Other(format!("`struct` of {other:?}"))),
    };
    args.iter().map(name).collect::<Result<Vec<_>, _>>().map(|n| n.join(", "))
}
