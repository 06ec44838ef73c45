//! `custom<Name>(…)` by the table in `directives.txt`.

use crate::syntax::{Node, parse};

/// The element that stands for a custom directive; `None` if the table has none.
pub fn translate(name: &str, args: &[Node]) -> Option<String> {
    let lines = include_str!("directives.txt").lines().filter(|l| !l.starts_with('#'));
    lines.filter_map(|l| l.split_once(" = ")).find_map(|(pattern, result)| {
        let rest = pattern.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')')?;
        let wanted = arguments(rest)?;
        let mut bound = vec![];
        let fits = wanted.len() == args.len() && wanted.iter().zip(args).all(|(w, a)| fit(w, a, &mut bound));
        fits.then(|| {
            bound.iter().fold(result.to_owned(), |text, (from, to)| text.replace(&format!("${from}"), &format!("${to}")))
        })
    })
}

fn arguments(text: &str) -> Option<Vec<Node>> {
    match parse(&format!("custom<X>({text})")).ok()?.pop()? {
        Node::Directive { args, .. } => Some(args),
        _ => None,
    }
}

fn fit<'a>(wanted: &'a Node, found: &'a Node, bound: &mut Vec<(String, String)>) -> bool {
    match (wanted, found) {
        (Node::Variable(w), Node::Variable(f)) => {
            bound.push((w.clone(), f.clone()));
            true
        }
        (Node::Directive { name: a, args: x, .. }, Node::Directive { name: b, args: y, .. }) => {
            a == b && x.len() == y.len() && x.iter().zip(y).all(|(x, y)| fit(x, y, bound))
        }
        (Node::Text(a), Node::Text(b)) => a == b,
        _ => false,
    }
}
