include "base.td"

def Toy_Dialect : Dialect { let name = "toy"; let summary = "What an import may meet"; }

def Toy_Cup : TypeDef<Toy_Dialect, "::toy::CupType"> {
  let mnemonic = "cup";
  let summary = "a cup of something";
  let parameters = (ins "int64_t":$size, OptionalParameter<"::mlir::Type">:$of);
  let assemblyFormat = "`<` $size (`,` $of^)? `>`";
}
def Toy_Blob : TypeDef<Toy_Dialect, "::toy::BlobType"> { let mnemonic = "blob"; let hasCustomAssemblyFormat = 1; }
def Toy_Odd : Type { let summary = "a type with an odd width"; }

def Toy_Style : BitEnumBase { let className = "Style"; let enumerants = [EnumCase<"none", 0>, EnumCase<"bold", 1>, EnumCase<"wide", 2>]; }
def Toy_StyleAttr : EnumAttr<Toy_Dialect, Toy_Style, "style">;

def Toy_PourOp : Op<Toy_Dialect, "pour", [Pure, AllTypesMatch<["from", "into"]>]> {
  let summary = "pours one cup into another";
  let description = [{
    What does not fit is lost:

        %0 = toy.pour %a into %b
  }];
  let arguments = (ins Toy_Cup:$from, Optional<Index>:$amount, DefaultValuedAttr<Toy_StyleAttr, "::toy::Style::none">:$style, UnitAttr:$slowly);
  let results = (outs Toy_Cup:$into);
  let assemblyFormat = "$from (`slowly` $slowly^)? (`amount` $amount^)? (`style` `` $style^)? attr-dict `:` qualified(type($from))";
}
def Toy_CompareOp : Op<Toy_Dialect, "compare", [Pure, AllTypesMatch<["a", "b"]>, TypesMatchWith<"a", "c", "::getI1SameShape($_self)">]> {
  let arguments = (ins AnyType:$a, AnyType:$b);
  let results = (outs AnyType:$c);
  let assemblyFormat = "$a `,` $b attr-dict `:` type($a)";
}
def Toy_SizesOp : Op<Toy_Dialect, "sizes"> {
  let arguments = (ins Variadic<Index>:$dynamic, DenseI64ArrayAttr:$static, OptionalAttr<I32Attr>:$tag);
  let results = (outs Toy_Cup:$result);
  let assemblyFormat = "custom<DynamicIndexList>($dynamic, $static) (`tag` $tag^)? attr-dict `:` type($result)";
}
def Toy_FancyOp : Op<Toy_Dialect, "fancy"> {
  let arguments = (ins Toy_Odd:$x);
  let assemblyFormat = "custom<Fancy>($x) attr-dict";
}
def Toy_OpenOp : Op<Toy_Dialect, "open"> {
  let results = (outs AnyType:$y);
  let assemblyFormat = "attr-dict";
}
def Toy_HandOp : Op<Toy_Dialect, "hand"> {
  let arguments = (ins Toy_Blob:$x, Toy_Odd:$y);
  let hasCustomAssemblyFormat = 1;
}
def Toy_LoopOp : Op<Toy_Dialect, "loop"> {
  let arguments = (ins Variadic<AnyTypeOf<[I32, Index]>>:$bounds, SymbolNameAttr:$sym_name);
  let regions = (region SizedRegion<1>:$body, AnyRegion:$rest);
  let assemblyFormat = "$sym_name (`(` $bounds^ `:` type($bounds) `)`)? $body (`else` $rest^)? attr-dict-with-keyword";
}
def Toy_EndOp : Op<Toy_Dialect, "end", [Terminator]> { let assemblyFormat = "attr-dict"; }
