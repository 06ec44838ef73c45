//! The context: uniqued data, registered operations, resources. Shared by threads; ids stay valid as long as it lives.

use crate::affine::{AffineExpr, AffineFamily, AffineKind};
use crate::attrs::{Attr, AttrFamily, AttrKind};
use crate::info::OpInfo;
use crate::locs::{Loc, LocFamily, LocKind};
use crate::types::{Type, TypeFamily, TypeKind};
use bumpalo::Bump;
use bytes::Bytes;
use edge_support::storage::{Family, Interner};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::RwLock;

/// A uniqued string.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Ident(pub(crate) u32);

struct StrFamily;
impl Family for StrFamily {
    type Item<'a> = &'a str;
    fn store<'a>(item: &str, arena: &'a Bump) -> &'a str {
        arena.alloc_str(item)
    }
}

/// A blob of the resource section, without MLIR's alignment header.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Raw bytes, or their hexadecimal digits as a text has them: see `hex`.
    pub data: Bytes,
    /// `data` is a part of a text, which is decoded when the blob is asked for.
    pub hex: bool,
    /// Alignment that the text states, in bytes.
    pub align: u32,
    /// The dialect under which it stands (`builtin` for those of `dense_resource`).
    pub dialect: Ident,
}

impl Resource {
    /// Size of the blob in bytes.
    pub fn len(&self) -> usize {
        if self.hex { self.data.len() / 2 } else { self.data.len() }
    }
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }
    /// The blob itself.
    pub fn bytes(&self) -> Bytes {
        if !self.hex {
            return self.data.clone();
        }
        let digit = |b: u8| (b as char).to_digit(16).unwrap_or(0) as u8;
        self.data.chunks_exact(2).map(|d| digit(d[0]) << 4 | digit(d[1])).collect::<Vec<u8>>().into()
    }
}

/// See the module.
pub struct Context {
    types: Interner<TypeFamily>,
    attrs: Interner<AttrFamily>,
    locs: Interner<LocFamily>,
    idents: Interner<StrFamily>,
    affine: Interner<AffineFamily>,
    ops: Vec<OpInfo>,
    op_index: FxHashMap<Ident, u32>,
    resources: RwLock<BTreeMap<String, Resource>>,
    /// Definitions of the crates above (the dialect registry), by type.
    extension: Option<std::sync::Arc<dyn std::any::Any + Send + Sync>>,
}

impl Default for Context {
    fn default() -> Self {
        Self::new()
    }
}

impl Context {
    pub fn new() -> Self {
        Self {
            types: Interner::new(),
            attrs: Interner::new(),
            locs: Interner::new(),
            idents: Interner::new(),
            affine: Interner::new(),
            ops: Vec::new(),
            op_index: FxHashMap::default(),
            resources: RwLock::default(),
            extension: None,
        }
    }
    pub fn ident(&self, text: &str) -> Ident {
        Ident(self.idents.intern(text))
    }
    pub fn str(&self, ident: Ident) -> &str {
        self.idents.get(ident.0)
    }
    pub fn ty(&self, kind: TypeKind<'_>) -> Type {
        Type(self.types.intern(kind))
    }
    pub fn type_kind(&self, ty: Type) -> TypeKind<'_> {
        self.types.get(ty.0)
    }
    pub fn attr(&self, kind: AttrKind<'_>) -> Attr {
        Attr(self.attrs.intern(kind))
    }
    pub fn attr_kind(&self, attr: Attr) -> AttrKind<'_> {
        self.attrs.get(attr.0)
    }
    pub fn loc(&self, kind: LocKind<'_>) -> Loc {
        Loc(self.locs.intern(kind))
    }
    pub fn loc_kind(&self, loc: Loc) -> LocKind<'_> {
        self.locs.get(loc.0)
    }
    pub(crate) fn affine_raw(&self, kind: AffineKind) -> AffineExpr {
        AffineExpr(self.affine.intern(kind))
    }
    pub fn affine_kind(&self, expr: AffineExpr) -> AffineKind {
        self.affine.get(expr.0)
    }

    /// Registers an operation. `Err` gives it back if the name is taken.
    pub fn register_op(&mut self, info: OpInfo) -> Result<(), OpInfo> {
        if self.op_index.contains_key(&info.name) {
            return Err(info);
        }
        self.op_index.insert(info.name, self.ops.len() as u32);
        self.ops.push(info);
        Ok(())
    }
    pub fn op_info(&self, name: Ident) -> Option<&OpInfo> {
        self.op_index.get(&name).map(|i| &self.ops[*i as usize])
    }
    pub(crate) fn op_info_index(&self, name: Ident) -> Option<u32> {
        self.op_index.get(&name).copied()
    }
    pub(crate) fn op_info_at(&self, index: u32) -> &OpInfo {
        &self.ops[index as usize]
    }
    pub fn registered_ops(&self) -> impl Iterator<Item = &OpInfo> {
        self.ops.iter()
    }
    pub fn set_extension(&mut self, extension: std::sync::Arc<dyn std::any::Any + Send + Sync>) {
        self.extension = Some(extension);
    }
    pub fn extension<T: std::any::Any + Send + Sync>(&self) -> Option<&T> {
        self.extension.as_ref()?.downcast_ref()
    }

    /// Adds a blob under a key; `false` (and nothing changes) if the key holds other bytes.
    pub fn add_resource(&self, key: Ident, resource: Resource) -> bool {
        let mut map = self.resources.write().unwrap_or_else(|e| e.into_inner());
        match map.get(self.str(key)) {
            Some(old) if old.hex == resource.hex => old.data == resource.data,
            Some(old) => old.bytes() == resource.bytes(),
            None => map.insert(self.str(key).to_owned(), resource).is_none(),
        }
    }
    pub fn resource(&self, key: Ident) -> Option<Bytes> {
        let map = self.resources.read().unwrap_or_else(|e| e.into_inner());
        let found = map.get(self.str(key))?;
        let bytes = found.bytes();
        if found.hex {
            drop(map);
            let mut map = self.resources.write().unwrap_or_else(|e| e.into_inner());
            if let Some(found) = map.get_mut(self.str(key)) {
                (found.data, found.hex) = (bytes.clone(), false);
            }
        }
        Some(bytes)
    }
    /// Every blob, by key.
    pub fn resources(&self) -> BTreeMap<String, Resource> {
        self.resources.read().unwrap_or_else(|e| e.into_inner()).clone()
    }
}
