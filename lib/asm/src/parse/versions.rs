//! Older text: names that operations and properties had, under the versions that the module says its text is of.

use super::cursor::Res;
use super::{Parser, codes};
use edge_dialect::Registry;
use edge_dialect::model::OpDef;
use edge_ir::{Attr, Ident, Module, OpInfo};
use edge_support::Diagnostic;

/// The attribute of a module that holds the versions of the dialects in its text.
const VERSIONS: &str = "edge.versions";

/// A name in the text that not every version of its dialect has.
pub(crate) struct Dated {
    dialect: String,
    /// The name, and what it is called now; the same for what is new.
    name: String,
    now: String,
    version: i64,
    /// Whether the name ended with the version, or began.
    ended: bool,
    at: (usize, usize),
}

impl<'c> Parser<'c, '_> {
    /// The operation that once had a name.
    pub(crate) fn former_op(&mut self, name: &str, at: usize, end: usize) -> Option<&'c OpInfo> {
        let (def, version) = Registry::of(self.ctx)?.former(name)?;
        self.dated.push(Dated {
            dialect: def.dialect.clone(),
            name: name.to_owned(),
            now: def.name.clone(),
            version,
            ended: true,
            at: (at, end),
        });
        self.ctx.op_info(self.ctx.ident(&def.name))
    }
    /// Notes the first use of an operation that the first version of its dialect does not have.
    pub(crate) fn note_since(&mut self, info: &OpInfo, at: usize, end: usize) {
        let Some(def) = Registry::definition(info).filter(|d| d.since > 1) else { return };
        if !self.dated.iter().any(|d| !d.ended && d.name == def.name) {
            let name = def.name.clone();
            let (dialect, now) = (def.dialect.clone(), name.clone());
            self.dated.push(Dated { dialect, name, now, version: def.since, ended: false, at: (at, end) });
        }
    }
    /// The name that a property of a registered operation has now.
    pub(crate) fn current_key(&mut self, info: &OpInfo, key: Ident, at: usize) -> Ident {
        match Registry::definition(info) {
            Some(def) if info.slot(key).is_none() => self.current_property(def, key, at),
            _ => key,
        }
    }
    pub(crate) fn current_property(&mut self, def: &OpDef, key: Ident, at: usize) -> Ident {
        let name = self.ctx.str(key);
        let Some((new, version)) = def.renamed(name) else { return key };
        let (name, now, dialect) = (name.to_owned(), new.to_owned(), def.dialect.clone());
        self.dated.push(Dated { dialect, name, now, version, ended: true, at: (at, self.pos) });
        self.ctx.ident(new)
    }
    /// Checks what the module says of versions, and that the names in it are of them; afterwards its text is of the current ones.
    pub(crate) fn upgrade(&mut self, module: &mut Module) -> Res<()> {
        let ctx = self.ctx;
        let versions = module.op().attr(ctx, VERSIONS);
        let said: Vec<(Ident, i64)> = match versions {
            Some(dict) => ctx.dict_entries(dict).iter().filter_map(|(d, v)| Some((*d, ctx.as_int(*v)?))).collect(),
            None => vec![],
        };
        if versions.is_none() && self.dated.is_empty() {
            return Ok(());
        }
        let Some(registry) = Registry::of(ctx) else { return Ok(()) };
        let current = |dialect: &str| registry.dialect(dialect).map(|d| d.version);
        for (dialect, version) in &said {
            let dialect = ctx.str(*dialect);
            if let Some(known) = current(dialect).filter(|known| known < version) {
                let at = self.text.find(VERSIONS).unwrap_or(0);
                let message = format!(
                    "the text is of version {version} of dialect `{dialect}`, but its definition is of version {known}"
                );
                self.failed = true;
                self.report(codes::BAD_VERSION, at, at + VERSIONS.len(), message);
            }
        }
        let of = |dialect: &str| said.iter().find(|s| ctx.str(s.0) == dialect).map(|s| s.1).or_else(|| current(dialect));
        for dated in std::mem::take(&mut self.dated) {
            let version = of(&dated.dialect).unwrap_or(1);
            if (version < dated.version) != dated.ended {
                self.failed = true;
                self.out_of_date(&dated, version);
            }
        }
        if self.failed {
            return self.diags.check();
        }
        if let Some(dict) = versions {
            let entry = |(d, v): &(Ident, Attr)| match (current(ctx.str(*d)), ctx.as_int(*v), ctx.attr_type(*v)) {
                (Some(now), Some(old), Some(ty)) if old < now => (*d, ctx.int_attr(i128::from(now), ty)),
                _ => (*d, *v),
            };
            let entries: Vec<(Ident, Attr)> = ctx.dict_entries(dict).iter().map(entry).collect();
            let dict = ctx.dict_attr(&entries);
            module.op_mut().set_attr(ctx, VERSIONS, Some(dict));
        }
        Ok(())
    }
    fn out_of_date(&self, dated: &Dated, version: i64) {
        let Dated { dialect, name, now, version: changed, ended, at } = dated;
        let message = match ended {
            true => format!(
                "`{name}` is called `{now}` since version {changed} of dialect `{dialect}`, and the text is of version {version}"
            ),
            false => {
                format!("`{name}` came with version {changed} of dialect `{dialect}`, but the text is of version {version}")
            }
        };
        let d = Diagnostic::error(codes::BAD_VERSION, message).at(self.span(at.0, at.1));
        let note = format!("older text says so: `module attributes {{{VERSIONS} = {{{dialect} = {} : i32}}}}`", changed - 1);
        self.diags.error(if *ended { d.note(note) } else { d });
    }
}
