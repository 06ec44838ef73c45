//! The closed list of traits, each with its meaning.

use edge_ir::Traits;

/// What an op promises or demands. The words in backquotes are those of definition files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trait {
    /// `pure`: no effects and no undefined behaviour.
    Pure,
    /// `no_effect`: touches no memory, but may have undefined behaviour (division by zero): not to be executed speculatively.
    NoEffect,
    /// `terminator`.
    Terminator,
    /// `return_like`: a terminator that gives its operands to the parent.
    ReturnLike,
    /// `isolated`: regions use no value from outside.
    Isolated,
    /// `symbol`: defines the symbol in `sym_name`.
    Symbol,
    /// `symbol_table`.
    SymbolTable,
    /// `commutative`.
    Commutative,
    /// `idempotent`: `f(x, x) = x`, `f(f(x)) = f(x)`.
    Idempotent,
    /// `involution`: `f(f(x)) = x`.
    Involution,
    /// `constant`: has no operands and its value in the property `value`.
    Constant,
    /// `elementwise`: on shaped operands, works on every element by itself.
    Elementwise,
    /// `recursive_effects`: the effects are those of the regions.
    RecursiveEffects,
    /// `recursively_speculatable`: may be executed speculatively where all in its regions may.
    RecursivelySpeculatable,
    /// `same_type`: operands and results all have one type.
    SameType,
    /// `same_operand_types`.
    SameOperandTypes,
    /// `same_shape`: operands and results agree in shape where they are shaped.
    SameShape,
    /// `same_element_type`.
    SameElementType,
    /// `parent(a.b, …)`: stands directly in one of these.
    Parent(Vec<String>),
    /// `ancestor(a.b, …)`: stands somewhere in one of these.
    Ancestor(Vec<String>),
    /// `same_variadic_size`: all variadic operands (results) have equally many values, so that no segment sizes are needed.
    SameVariadicSize,
    /// `allocation_scope`: what is allocated on the stack inside is freed at its end.
    AllocationScope,
    /// `affine_scope`: index values from above its regions are symbols of affine expressions.
    AffineScope,
    /// `cast`: one value as another type.
    Cast,
    /// `reads`: reads memory that is not an operand.
    Reads,
    /// `writes`: writes memory that is not an operand, or does input and output.
    Writes,
    /// `allocates`.
    Allocates,
    /// `result_name("x")`.
    ResultName(String),
    /// `scaled_name(a.op)`: the product of a constant and the result of that operation is called `c4_op`.
    ScaledName(String),
    /// `result_names("x", "y")`: one for each declared result.
    ResultNames(Vec<String>),
    /// `default_dialect(x)`.
    DefaultDialect(String),
    /// `function`: defines a function: `function_type`, `arg_attrs`, `res_attrs` and its first region belong together.
    Function,
    /// `call`: calls the symbol in `callee` with its operands.
    Call,
    /// `branch`: gives its operands to its successors' arguments.
    Branch,
    /// `view`: its first result is a view of its first operand.
    View,
    /// `loop_like`: its first region runs many times.
    LoopLike,
}

impl Trait {
    /// The trait of a word and its arguments; `None` for an unknown word or a wrong number of arguments.
    pub fn from_word(word: &str, args: &[String]) -> Option<Trait> {
        let one = || if let [a] = args { Some(a.clone()) } else { None };
        let several = || (!args.is_empty()).then(|| args.to_vec());
        match word {
            "result_name" => return one().map(Trait::ResultName),
            "scaled_name" => return one().map(Trait::ScaledName),
            "result_names" => return several().map(Trait::ResultNames),
            "default_dialect" => return one().map(Trait::DefaultDialect),
            "parent" => return several().map(Trait::Parent),
            "ancestor" => return several().map(Trait::Ancestor),
            _ if !args.is_empty() => return None,
            _ => {}
        }
        WORDS.iter().find(|(w, _)| *w == word).map(|(_, t)| t.clone())
    }

    /// The word of definition files.
    pub fn word(&self) -> &'static str {
        match self {
            Trait::ResultName(_) => "result_name",
            Trait::ScaledName(_) => "scaled_name",
            Trait::ResultNames(_) => "result_names",
            Trait::DefaultDialect(_) => "default_dialect",
            Trait::Parent(_) => "parent",
            Trait::Ancestor(_) => "ancestor",
            simple => WORDS.iter().find(|(_, t)| t == simple).map_or("", |(w, _)| w),
        }
    }

    /// Every word, for messages.
    pub fn words() -> Vec<&'static str> {
        let mut out: Vec<_> = WORDS.iter().map(|(w, _)| *w).collect();
        out.extend(["result_name", "result_names", "scaled_name", "default_dialect", "parent", "ancestor"]);
        out
    }

    pub(crate) fn ir(&self) -> Traits {
        match self {
            Trait::Pure => Traits::PURE,
            Trait::NoEffect => Traits::NO_EFFECT,
            Trait::Terminator => Traits::TERMINATOR,
            Trait::ReturnLike => Traits::RETURN_LIKE.with(Traits::TERMINATOR),
            Trait::Isolated => Traits::ISOLATED,
            Trait::Symbol => Traits::SYMBOL,
            Trait::SymbolTable => Traits::SYMBOL_TABLE,
            Trait::Commutative => Traits::COMMUTATIVE,
            Trait::Idempotent => Traits::IDEMPOTENT,
            Trait::Involution => Traits::INVOLUTION,
            Trait::Constant => Traits::CONSTANT_LIKE,
            Trait::Elementwise => Traits::ELEMENTWISE,
            Trait::RecursiveEffects => Traits::RECURSIVE_EFFECTS,
            Trait::Reads => Traits::READS,
            Trait::Writes => Traits::WRITES,
            Trait::Allocates => Traits::ALLOCATES,
            _ => Traits::default(),
        }
    }
}

/// Words of the traits without arguments.
const WORDS: &[(&str, Trait)] = &[
    ("pure", Trait::Pure),
    ("no_effect", Trait::NoEffect),
    ("terminator", Trait::Terminator),
    ("return_like", Trait::ReturnLike),
    ("isolated", Trait::Isolated),
    ("symbol", Trait::Symbol),
    ("symbol_table", Trait::SymbolTable),
    ("commutative", Trait::Commutative),
    ("idempotent", Trait::Idempotent),
    ("involution", Trait::Involution),
    ("constant", Trait::Constant),
    ("elementwise", Trait::Elementwise),
    ("recursive_effects", Trait::RecursiveEffects),
    ("recursively_speculatable", Trait::RecursivelySpeculatable),
    ("same_type", Trait::SameType),
    ("same_operand_types", Trait::SameOperandTypes),
    ("same_shape", Trait::SameShape),
    ("same_element_type", Trait::SameElementType),
    ("same_variadic_size", Trait::SameVariadicSize),
    ("allocation_scope", Trait::AllocationScope),
    ("affine_scope", Trait::AffineScope),
    ("cast", Trait::Cast),
    ("reads", Trait::Reads),
    ("writes", Trait::Writes),
    ("allocates", Trait::Allocates),
    ("function", Trait::Function),
    ("call", Trait::Call),
    ("branch", Trait::Branch),
    ("view", Trait::View),
    ("loop_like", Trait::LoopLike),
];
