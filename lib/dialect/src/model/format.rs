//! Format programs: one program reads and writes an op's custom form.

use edge_support::Span;

/// The custom form of an op (after its name), or of a type's or attribute's parameters (after its mnemonic).
#[derive(Clone, Debug, PartialEq)]
pub struct Format {
    pub elements: Vec<Element>,
    pub span: Span,
}

/// Values whose types, or which themselves, stand somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    Operand(usize),
    Result(usize),
    /// All operands.
    Operands,
    /// All results.
    Results,
}

/// Indices are those of the definition's lists.
#[derive(Clone, Debug, PartialEq)]
pub enum Element {
    /// A keyword or punctuation.
    Literal(String),
    /// `` ` ` ``: a space.
    Space,
    /// ` `` `: no space.
    NoSpace,
    /// `` `\n` ``: a new line.
    Newline,
    /// `$x`: a value, or comma-separated values of a variadic.
    Operand(usize),
    /// `operands`: all of them, comma-separated.
    Operands,
    /// `$p`: [`super::OpDef::field_at`], a property or a documented discardable attribute, written as its constraint says. A unit property stands for its presence only.
    Property(usize),
    /// `qualified($p)`: an attribute with its full name.
    Qualified(usize),
    /// `$r`: a region; if a combinator names its entry arguments elsewhere in the format, they are left out; regions of a
    /// variadic are comma-separated.
    Region(usize),
    /// `regions`.
    Regions,
    /// `$s`: `^bb1`.
    Successor(usize),
    /// `successors`.
    Successors,
    /// `attr-dict`: `{…}` with what stands nowhere else in the format, discardable attributes included; nothing if empty.
    /// `attr-dict-with-keyword`: behind `attributes`. `attr-dict(all)`: also properties that have their default.
    AttrDict {
        keyword: bool,
        all: bool,
    },
    /// `attr-dict-with-words`: as `attr-dict`, cases of enumerations as bare words.
    WordDict,
    /// `prop-dict`: `<{…}>` with the properties that stand nowhere else in the format.
    PropDict,
    /// `type($x)`, `type(operands)`, `type(results)`: comma-separated.
    Type(Values),
    /// `stripped-type($x)`: a type of the dialect and name that the constraint says, without both: `<…>`.
    StrippedType(Values),
    /// `functional-type($x, results)`: `(A, B) -> C`.
    FunctionalType(Values, Values),
    /// `( … )?`, `( … ):( … )?`.
    Group(Box<Group>),
    /// `oilist( a | b )`: any of them, in any order; written in the order of the definition where present.
    OneOf(Vec<Group>),
    Combinator(Combinator),
    /// In the format of a type or attribute: `$param`.
    Param(usize),
    /// `params`: all of them, comma-separated.
    Params,
    /// `struct(params)`, `struct($a, $b)`: `name = value` pairs.
    Struct(Vec<usize>),
}

/// An optional group. It is written if what [`Group::anchor`] says is present; it is read if the first element of `then` is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub then: Vec<Element>,
    pub otherwise: Vec<Element>,
    pub anchor: Presence,
    pub span: Span,
}

/// When something is there to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// An optional operand that is given, a variadic that is not empty.
    Operand(usize),
    Result(usize),
    /// There are operands at all (results alike).
    AnyOperand,
    AnyResult,
    /// A property that is set and is not its default. Of a unit: set.
    Property(usize),
    /// A region with blocks; of variadic regions, any.
    Region(usize),
    /// Of a variadic of successors, any.
    Successor(usize),
    /// An optional parameter that is given.
    Param(usize),
    /// There are attributes that stand nowhere else: `attr-dict` has something to say.
    Attributes,
    /// Any optional parameter.
    AnyParam,
    /// The numbers of every [`Combinator::Labels`] of the group are a permutation.
    Labelled,
    /// The type of the values is not the one that [`Combinator::TypeOr`] supposes.
    TypeDiffers(usize),
    /// The results have other types than those that follow from operands and properties.
    NotInferred,
    /// A region that [`Combinator::RegionOp`] can say.
    RegionOp(usize),
    /// A region that it cannot say.
    RegionSpelled(usize),
    Always,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delimiter {
    Square,
    Paren,
    Brace,
    None,
}

/// Which entry arguments the one operation of a payload takes: the last one, then the others; or all but the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadOperands {
    InitFirst,
    Inputs,
}

/// What the declarative formats of other systems leave to handwritten code. Each is parsed and printed in one file of the `asm` crate.
#[derive(Clone, Debug, PartialEq)]
pub enum Combinator {
    /// `keyword($p)`: a string property (`private`) or a case of an enumeration as a bare word.
    Keyword(usize),
    /// `choice($p, yes, no)` with two literals: a bool property as one of two words.
    Choice { property: usize, yes: String, no: String },
    /// `signature($function_type, $arg_attrs, $res_attrs, $region)`: `(%a: T {…}, …) -> (U {…})`; `(T, U) -> V` where the
    /// region is empty. Shorter: `signature($function_type, $region)`.
    Signature { function_type: usize, arg_attrs: Option<usize>, res_attrs: Option<usize>, region: usize },
    /// `args($r, n)`: names of the next `n` entry arguments of the region (without `n`: of all that are left), `%i, %j`. The
    /// A list property in place of `n`: as many as it has items. The
    /// combinators of a format name a region's entry arguments in order. Types come from [`crate::infer::region_args`];
    /// `typed-args` writes them: `%a: T, %b: U`. A third argument is the number of the first, where they are not the next.
    Args { region: usize, count: Option<usize>, typed: bool, each: Option<usize>, at: Option<usize> },
    /// `assign($r, $x)`: `%a = %x, %b = %y`: the next entry arguments, one for each operand; with a third argument those from that
    /// number on. Types come from [`crate::infer::region_args`], else they are those of the operands.
    Assign { region: usize, operands: usize, at: Option<usize> },
    /// `index-list($dynamic, $static)`: `[1, %n, 4]`; where the static list holds `i64::MIN` stands the next operand. A third
    /// argument `paren`, `brace` or `none` chooses other brackets.
    /// `scalable, $flags` as further arguments hold which numbers are scalable, `[8]` in brackets of its own.
    IndexList { dynamic: usize, statics: usize, delimiter: Delimiter, scalable: Option<usize> },
    /// `bound($x, $static)`: one index, known or given: the number in the integer property, or the optional operand where that is
    /// `i64::MIN`.
    Bound { dynamic: usize, statics: usize },
    /// `apply-map($map, $x)`: `#map(%d0, %d1)[%s0]`; integer sets alike.
    ApplyMap { map: usize, operands: usize },
    /// `subscript($map, $x)`: `[%i * 4 + %j, %k + symbol(%n)]` where reading that back gives the same map and operands, else
    /// `[#map(%i, %j)[%n]]`. A third argument `expressions` writes expressions in any case, as MLIR does.
    Subscript { map: usize, operands: usize, always: bool },
    /// `map-bound($map, $x, max)`: a loop's bound: `4`, `%n`, `#map(%i)[%n]`, with the word before it where the map has several results.
    MapBound { map: usize, operands: usize, word: String },
    /// `map-bounds($map, $groups, $x, max)`: the bounds of several loops, `(0, max(%i, %j + 4))`: each takes as many results of the map
    /// as `$groups` says. Two of them share the operands: the second has those that the first leaves.
    MapBounds { map: usize, groups: usize, operands: usize, word: String },
    /// `steps($p, $r)`: `step (4, 8)`, one number for each entry argument of the region; nothing where all are one.
    Steps { steps: usize, region: usize },
    /// `inline-region($r)`: `{ … }` with one operation on the same line.
    InlineRegion(usize),
    /// `inline-map($map)`: `(d0, d1) -> (d1, d0)`.
    InlineMap(usize),
    /// `arrow-types(results)`: `-> T` or `-> (T, U)`, nothing where there are none. A second argument `paren` always writes
    /// parentheses.
    ArrowTypes { values: Values, paren: bool },
    /// `typed-list($x)`: `%a : T, %b : U`.
    TypedList(usize),
    /// `type-or($x, index)`: the type of the value, which is the given one where the group around it is absent.
    TypeOr { values: Values, default: String },
    /// `type-prefix($x, i1, $y)`: the type of `$x` and a comma where it is not the given one, then the type of `$y`.
    TypePrefix { values: Values, default: String, then: Values },
    /// `cases($values, $regions)`: `case 1 {…}` and so on, each on its line.
    Cases { values: usize, regions: usize },
    /// `switch($flag, $default, $default_args, $values, $cases, $case_args)`: `default: ^bb1(%a : T), 1: ^bb2, …`, each on its line.
    Switch { flag: usize, default: usize, default_args: usize, values: usize, cases: usize, case_args: usize },
    /// `initial-value($type, $value)`: a memref type, then `= dense<…>`, `= uninitialized` for a unit, or nothing.
    InitialValue { ty: usize, value: usize },
    /// `async($token, $dependencies)`: `async` if the token is a result, then `[%a, %b]` if there are dependencies. MLIR has a space
    /// where nothing is written; a third argument `compact` leaves that out.
    Async { token: Option<usize>, dependencies: usize, compact: bool },
    /// `attributions(word, $count, $region, $attrs)`: `word(%a : T {…}, …)`: as many entry arguments as the property counts (without
    /// one: all that are left), after those of the signature and of earlier attributions. Nothing where there are none. The last
    /// argument is the array of their attributes.
    Attributions { keyword: String, count: Option<usize>, region: usize, attrs: Option<usize> },
    /// `elements($p)`: the items of an array property without brackets, comma-separated.
    Elements(usize),
    /// `payload($r, init_first)`, `payload($r, inputs)`: `{ a.op }` for a region that has but one operation, on the arguments in that
    /// order, and a terminator with its results; nothing for any other.
    Payload { region: usize, order: PayloadOperands },
    /// `payload-body($r, …)`: where `payload` says nothing, on a line of its own `(%a: T, %b: U) {…}`.
    PayloadBody { region: usize, order: PayloadOperands },
    /// `ranges($lower, $static_lower, $upper, $static_upper, $step, $static_step)`: `in (4, %n)`, or `= (0, %a) to (4, %n) step (1, 2)`.
    Ranges([(usize, usize); 3]),
    /// `dict($a, $b, …)`: `{a = 1, b = ["x"]}`: properties as one dictionary attribute, in which the items of an array of cases are strings.
    Dict(Vec<usize>),
    /// `quoted($p)`: a string or a case of an enumeration in quotes.
    Quoted(usize),
    /// `dense-list($p, index)`: `[1, 2]`, held as a dense tensor of that element type.
    DenseList { property: usize, elem: String },
    /// `named-values($x, $names)`: `{"a" = %x, "b" = %y}`, nothing where there are none.
    NamedValues { operands: usize, names: usize },
    /// `member-type($x, $of, $position)`: no text; the type of `$x` is that of what stands in the aggregate `$of` at the position.
    MemberType { values: Values, of: usize, position: usize },
    /// `global-type($type, $value)`: `: T`, left out where the value is a string: then it is an array of its bytes.
    GlobalType { ty: usize, value: usize },
    /// `storage-class($x)`: `"Function"`, the last parameter of the type of a pointer `$x`, whose first one is the type of `$of`:
    /// `storage-class($x, $of)`.
    StorageClass { pointer: Values, of: Option<Values> },
    /// `storage-of($p, $x)`: no text; the property is the storage class of the pointer.
    StorageOf { property: usize, pointer: Values },
    /// `function($result, $inputs, $varargs)`: in a type: `i32 (i32, ptr, ...)`, where types of the same dialect have no prefix.
    FunctionParams { result: usize, inputs: usize, varargs: usize },
    /// `shape($shape, $elem)`: in a type: `4x?xf32`.
    Shape { shape: usize, elem: usize },
    /// `common-type`: the one type that all operands and results have, else `(A, B) -> C`. The types of operands given as arguments
    /// stand before it: `tensor<4xi1>, tensor<4xf32>`. With `parts` the operands have the type of the result with the parts of its
    /// complex elements.
    CommonType { lead: Vec<usize>, parts: bool },
    /// `generic-form`: operands, properties and types as the generic form has them. The anchor of a group: there where the result types
    /// are not those that follow.
    GenericForm,
    /// `operand-pairs($a, word, $b)`: `(%a0 word: %b0), (%a1 word: %b1)`.
    OperandPairs { first: usize, word: String, second: usize },
    /// `region-op($r, $x)`: the name of the operation that is all there is in a region, applied to the region's two arguments, whose type is a
    /// tensor without dimensions of the element type of `$x`.
    RegionOp { region: usize, operands: usize },
    /// `arg-pairs($r)`: `(%a0: T, %b0: T) (%a1: U, %b1: U) `: entry arguments, the first half with the second. The anchor of a group: there
    /// where `region-op` cannot say the region.
    ArgPairs { region: usize },
    /// `assign-all($r, $s, $x)`: as `assign`, where each of several regions has these arguments.
    AssignAll { regions: Vec<usize>, operands: usize },
    /// `comma-after($x)`: `%a, %b,`: each operand with a comma behind it.
    CommaAfter(usize),
    /// `slices($start, $limit, $stride)`: three lists as `[0:4, 1:3:2]`, without strides of one.
    Slices { start: usize, limit: usize, stride: usize },
    /// `form($p, name)`: the parameters of an attribute as its `form name` says.
    Form { property: usize, form: String },
    /// `fields(word, $p, …)`: `word = [1, 2], …`: the lists that are given, in any order. `rows($p, n)`: a dense attribute, as a list of rows.
    Fields(Vec<ListField>),
    /// `letters(e, $x, m, $y)`: `e5m10`: numbers between letters.
    Letters(Vec<(String, usize)>),
    /// `words($p)`: an array of an enumeration's cases: `[a, b]`.
    Words(usize),
    /// `labels(b, $x, f, $y, $list)`: in an attribute: `[b, f, 0, 1]`: the places of a permutation, each with the letter of the number that
    /// holds the place, or with the position in the list that does.
    Labels { letters: Vec<(String, usize)>, rest: usize },
}

/// One of the lists of [`Combinator::Fields`].
#[derive(Clone, Debug, PartialEq)]
pub struct ListField {
    pub word: String,
    pub property: usize,
    /// Of a dense attribute of integers: the length of its rows.
    pub columns: Option<usize>,
}
