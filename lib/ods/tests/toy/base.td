// The classes of ODS as far as the test uses them, with the fields that the importer reads.
def ins;
def outs;
def region;
def successor;
class Dialect { string name = ""; string summary = ""; }
class Constraint { string summary = ""; }
class TypeConstraint : Constraint { string cppType = "::mlir::Type"; string builderCall = ""; }
class Type : TypeConstraint;
class I<int width> : Type { int bitwidth = width; let builderCall = "$_builder.getIntegerType(" # width # ")"; }
class Variadic<Type t> : Type { Type baseType = t; }
class Optional<Type t> : Type { Type baseType = t; }
class AnyTypeOf<list<Type> types> : Type { list<Type> allowedTypes = types; }
class TypeParameter<string type> { string cppType = type; string defaultValue = ""; }
class OptionalParameter<string type> : TypeParameter<type>;
class AttrConstraint : Constraint { string storageType = "::mlir::Attribute"; }
class Attr : AttrConstraint { Type valueType = ?; Attr baseAttr = ?; string defaultValue = ""; }
class OptionalAttr<Attr a> : Attr { let baseAttr = a; }
class DefaultValuedAttr<Attr a, string v> : Attr { let baseAttr = a; let defaultValue = v; }
class AttrOrTypeDef { Dialect dialect; string mnemonic; dag parameters = (ins); string assemblyFormat = ""; string description = ""; bit hasCustomAssemblyFormat = 0; bit genMnemonicAlias = 0; }
class TypeDef<Dialect d, string cpp> : Type, AttrOrTypeDef { let dialect = d; let cppType = cpp; }
class AttrDef<Dialect d, string cpp> : Attr, AttrOrTypeDef { let dialect = d; string cppType = cpp; let storageType = cpp; }
class EnumCase<string name, int v> { string symbol = name; string str = name; int value = v; }
class EnumInfo { string className; list<EnumCase> enumerants; string separator = "|"; int bitwidth = 32; string summary = ""; }
class BitEnumBase : EnumInfo;
class EnumAttr<Dialect d, EnumInfo e, string name> : AttrDef<d, name # "Attr"> { EnumInfo enum = e; let mnemonic = name; let assemblyFormat = "`<` $value `>`"; }
class Trait { string trait = ""; }
class AllTypesMatch<list<string> names> : Trait { list<string> values = names; }
class TypesMatchWith<string from, string to, string cpp> : Trait { string lhs = from; string rhs = to; string transformer = cpp; }
class Region : Constraint;
class SizedRegion<int n> : Region { let summary = "region with " # n # " blocks"; }
class Op<Dialect d, string name, list<Trait> t = []> {
  Dialect opDialect = d; string opName = name; list<Trait> traits = t;
  string summary = ""; string description = ""; string assemblyFormat = ""; string extraClassDeclaration = "";
  dag arguments = (ins); dag results = (outs); dag regions = (region); dag successors = (successor);
  bit hasCustomAssemblyFormat = 0;
}
def AnyType : Type { let summary = "any type"; }
def I1 : I<1>;
def I32 : I<32>;
def Index : Type { let builderCall = "$_builder.getIndexType()"; }
def AnyRegion : Region;
def Pure : Trait;
def Terminator : Trait;
def UnitAttr : Attr { let storageType = "::mlir::UnitAttr"; }
def I32Attr : Attr { let storageType = "::mlir::IntegerAttr"; let valueType = I32; }
def SymbolNameAttr : Attr { let storageType = "::mlir::StringAttr"; }
def DenseI64ArrayAttr : Attr { let storageType = "::mlir::DenseI64ArrayAttr"; }
