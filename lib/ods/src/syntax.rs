//! The syntax of `assemblyFormat`.

/// An element of a format.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    Literal(String),
    Variable(String),
    /// `type($x)`, `attr-dict`, `custom<Name>(…)` as `custom` with the name first.
    Directive {
        name: String,
        custom: Option<String>,
        args: Vec<Node>,
    },
    /// A C++ expression in quotes.
    Text(String),
    Group {
        then: Vec<Node>,
        otherwise: Vec<Node>,
    },
    OneOf(Vec<Vec<Node>>),
    /// What `^` stands behind.
    Anchor(Box<Node>),
}

/// Deepest nesting of groups and directives.
const MAX_DEPTH: usize = 32;

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Literal(String),
    Variable(String),
    Word(String),
    Text(String),
    Sign(char),
}

/// # Errors
/// What is not understood.
pub fn parse(text: &str) -> Result<Vec<Node>, String> {
    let mut reader = Reader { tokens: tokens(text)?, at: 0, depth: 0 };
    let nodes = reader.elements()?;
    match reader.peek() {
        None => Ok(nodes),
        Some(token) => Err(format!("unexpected {token:?} in the format")),
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut out = vec![];
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let ident = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let (token, length) = match first {
            '`' => {
                let end = rest[1..].find('`').ok_or("a literal of the format is not closed")?;
                (Token::Literal(rest[1..=end].into()), end + 2)
            }
            '"' => {
                let end = rest[1..].find('"').ok_or("a string of the format is not closed")?;
                (Token::Text(rest[1..=end].into()), end + 2)
            }
            '$' => {
                let end = rest[1..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_').map_or(rest.len(), |e| e + 1);
                (Token::Variable(rest[1..end].into()), end)
            }
            c if c.is_ascii_alphabetic() || c == '_' => {
                let end = rest.find(|c: char| !ident(c)).unwrap_or(rest.len());
                (Token::Word(rest[..end].into()), end)
            }
            c => (Token::Sign(c), c.len_utf8()),
        };
        out.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(out)
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Reader {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }
    fn eat(&mut self, sign: char) -> bool {
        let found = self.peek() == Some(&Token::Sign(sign));
        self.at += found as usize;
        found
    }
    fn expect(&mut self, sign: char) -> Result<(), String> {
        if self.eat(sign) { Ok(()) } else { Err(format!("expected `{sign}` in the format, found {:?}", self.peek())) }
    }
    fn elements(&mut self) -> Result<Vec<Node>, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("the format is nested too deep".into());
        }
        let mut out = vec![];
        while self.peek().is_some_and(|t| !matches!(t, Token::Sign(')' | '|' | ','))) {
            let node = self.element()?;
            out.push(if self.eat('^') { Node::Anchor(Box::new(node)) } else { node });
        }
        self.depth -= 1;
        Ok(out)
    }
    fn element(&mut self) -> Result<Node, String> {
        let token = self.peek().cloned().ok_or("the format ends too early")?;
        self.at += 1;
        match token {
            Token::Literal(text) => Ok(Node::Literal(text)),
            Token::Text(text) => Ok(Node::Text(text)),
            Token::Variable(name) => Ok(Node::Variable(name)),
            Token::Sign('(') => self.group(),
            Token::Word(name) if name == "oilist" => self.oilist(),
            Token::Word(name) => self.directive(name),
            Token::Sign(c) => Err(format!("unexpected `{c}` in the format")),
        }
    }
    fn group(&mut self) -> Result<Node, String> {
        let then = self.elements()?;
        self.expect(')')?;
        let mut otherwise = vec![];
        if self.eat(':') {
            self.expect('(')?;
            otherwise = self.elements()?;
            self.expect(')')?;
        }
        self.expect('?')?;
        Ok(Node::Group { then, otherwise })
    }
    fn oilist(&mut self) -> Result<Node, String> {
        self.expect('(')?;
        let mut cases = vec![self.elements()?];
        while self.eat('|') {
            cases.push(self.elements()?);
        }
        self.expect(')')?;
        Ok(Node::OneOf(cases))
    }
    fn directive(&mut self, name: String) -> Result<Node, String> {
        let mut custom = None;
        if self.eat('<') {
            match self.peek().cloned() {
                Some(Token::Word(inner)) => custom = Some(inner),
                other => return Err(format!("expected the name of a directive, found {other:?}")),
            }
            self.at += 1;
            self.expect('>')?;
        }
        let mut args = vec![];
        let opens = custom.is_some() || TAKES_ARGUMENTS.contains(&name.as_str());
        if opens && self.eat('(') {
            self.depth += 1;
            if self.depth > MAX_DEPTH {
                return Err("the format is nested too deep".into());
            }
            while !self.eat(')') {
                args.push(self.element()?);
                self.eat(',');
            }
            self.depth -= 1;
        }
        Ok(Node::Directive { name, custom, args })
    }
}

/// Directives with arguments; what follows another one in parentheses is a group.
const TAKES_ARGUMENTS: &[&str] = &["type", "functional-type", "qualified", "ref", "struct"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_anchors_and_directives() {
        let nodes = parse("$a (`[` $b^ `]`):(`none`)? custom<X>($a, type($b)) attr-dict").unwrap();
        assert_eq!(nodes.len(), 4);
        let Node::Group { then, otherwise } = &nodes[1] else { panic!("{nodes:?}") };
        assert!(matches!(&then[1], Node::Anchor(inner) if **inner == Node::Variable("b".into())));
        assert_eq!(otherwise, &[Node::Literal("none".into())]);
        let Node::Directive { custom, args, .. } = &nodes[2] else { panic!("{nodes:?}") };
        assert_eq!((custom.as_deref(), args.len()), (Some("X"), 2));
        assert_eq!(nodes[3], Node::Directive { name: "attr-dict".into(), custom: None, args: vec![] });
    }

    #[test]
    fn what_is_not_closed_is_an_error() {
        for text in ["`a", "($a^ `b`", "oilist($a", "custom<>()", "$a )"] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse(&"(".repeat(100_000)).is_err());
    }
}
