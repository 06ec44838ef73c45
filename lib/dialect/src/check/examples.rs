//! Examples and rejects of definitions. What parses and prints is a crate above: it is passed in.

use super::EXAMPLE;
use crate::Registry;
use crate::model::{Reject, Text};
use edge_support::{Diagnostic, Diagnostics};

/// What reading an example's text gave.
pub enum Outcome {
    /// It parses and verifies; this is how it is printed again.
    Printed(String),
    /// The messages of its errors.
    Errors(Vec<String>),
}

/// Whether texts are equal line by line, without regard to indentation, empty lines and runs of blanks.
fn alike(a: &str, b: &str) -> bool {
    let lines = |t: &str| {
        t.lines().map(|l| l.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|l| !l.is_empty()).collect::<Vec<_>>()
    };
    lines(a) == lines(b)
}

/// Checks that every example of every op is read, verifies and is printed as it stands, and that every reject gives its message.
///
/// `read` takes the text of an example: operations as they may stand in a function's body or in a module. Values that are used but not
/// defined stand for arguments of the type in which they are used, named as written.
pub fn check_examples(registry: &Registry, read: &dyn Fn(&str) -> Outcome, diags: &Diagnostics) {
    for op in registry.ops() {
        for text in &op.examples {
            example(&op.name, text, read, diags);
        }
        for case in &op.rejects {
            reject(&op.name, case, read, diags);
        }
    }
}

fn example(name: &str, text: &Text, read: &dyn Fn(&str) -> Outcome, diags: &Diagnostics) {
    let finding = match read(&text.node) {
        Outcome::Printed(printed) if alike(&printed, &text.node) => return,
        Outcome::Printed(printed) => {
            let message = format!("the example of `{name}` is printed otherwise");
            Diagnostic::error(EXAMPLE, message).note(printed)
        }
        Outcome::Errors(messages) => {
            Diagnostic::error(EXAMPLE, format!("the example of `{name}` is refused: {}", messages.join("; ")))
        }
    };
    diags.push(finding.at(text.span));
}

fn reject(name: &str, case: &Reject, read: &dyn Fn(&str) -> Outcome, diags: &Diagnostics) {
    let message = match read(&case.text.node) {
        Outcome::Errors(messages) if messages.contains(&case.message) => return,
        Outcome::Errors(messages) => format!("the reject of `{name}` gives another message: {}", messages.join("; ")),
        Outcome::Printed(_) => format!("the reject of `{name}` is accepted"),
    };
    diags.push(Diagnostic::error(EXAMPLE, message).at(case.text.span));
}
