//! A program with its code and constants, in memory or in a folder.

use crate::{
    abi::{ALIGNMENT, EDGE_H, c_header},
    bytes::{Aligned, weights_hash},
    codes,
    error::{Result, RuntimeError, fail},
    manifest::{KernelInfo, Kind, Manifest},
};
use bytes::Bytes;
use std::{
    collections::BTreeMap,
    fs,
    path::{Component, Path, PathBuf},
};

/// Name of the manifest in an artifact's folder.
pub const MANIFEST_FILE: &str = "manifest.json";

/// What a compilation leaves.
#[derive(Clone, Debug)]
pub struct Artifact {
    pub manifest: Manifest,
    /// Object file of the host's code.
    pub object: Option<Vec<u8>>,
    /// SPIR-V words by the file name that the kernels give.
    pub spirv: BTreeMap<String, Vec<u32>>,
    /// The constants; 64-byte aligned or copied when a program is made of them.
    pub weights: Bytes,
}

impl Artifact {
    /// Reads the artifact in a folder; the weights are mapped, not copied, and their hash is compared.
    ///
    /// Errors: [`codes::FILE`], [`codes::MANIFEST`], [`codes::WEIGHTS`].
    pub fn load(folder: &Path) -> Result<Artifact> {
        let text = read(&folder.join(MANIFEST_FILE))?;
        let text = String::from_utf8(text).or_else(|_| fail(codes::MANIFEST, "the manifest is not UTF-8"))?;
        let manifest = Manifest::parse(&text)?;
        let object = manifest.object.as_deref().map(|file| read(&inside(folder, file)?)).transpose()?;
        let mut spirv = BTreeMap::new();
        for file in manifest.kernels.iter().filter_map(|k| k.file.as_ref()) {
            if !spirv.contains_key(file) {
                spirv.insert(file.clone(), words(&read(&inside(folder, file)?)?, file)?);
            }
        }
        let weights = match &manifest.weights.file {
            None => Bytes::new(),
            Some(file) => {
                let path = inside(folder, file)?;
                edge_support::storage::map_file(&path).map_err(|e| file_error(&path, &e))?
            }
        };
        if weights.len() as u64 != manifest.weights.bytes || weights_hash(&weights) != manifest.weights.hash {
            return fail(codes::WEIGHTS, format!("the weights of `{}` are not those that it was compiled with", manifest.name));
        }
        let artifact = Artifact { manifest, object, spirv, weights };
        artifact.check()?;
        Ok(artifact)
    }

    /// Writes manifest, object, C headers, SPIR-V modules and weights into a folder, which is made if it is missing.
    /// The manifest comes last, so that a folder that lacks one is not complete.
    ///
    /// Errors: [`codes::FILE`], [`codes::MANIFEST`].
    pub fn save(&self, folder: &Path) -> Result<()> {
        self.check()?;
        fs::create_dir_all(folder).map_err(|e| file_error(folder, &e))?;
        let write = |file: &str, bytes: &[u8]| -> Result<()> {
            let path = inside(folder, file)?;
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(|e| file_error(parent, &e))?;
            }
            fs::write(&path, bytes).map_err(|e| file_error(&path, &e))
        };
        if let (Some(file), Some(object)) = (&self.manifest.object, &self.object) {
            write(file, object)?;
        }
        if self.manifest.entry {
            write(&format!("{}.h", self.manifest.name), c_header(&self.manifest).as_bytes())?;
            write("edge.h", EDGE_H.as_bytes())?;
        }
        for (file, words) in &self.spirv {
            let bytes: Vec<u8> = words.iter().flat_map(|w| w.to_le_bytes()).collect();
            write(file, &bytes)?;
        }
        if let Some(file) = &self.manifest.weights.file {
            write(file, &self.weights)?;
        }
        write(MANIFEST_FILE, self.manifest.to_json().as_bytes())
    }

    /// Checks that manifest and contents fit each other.
    ///
    /// Errors: [`codes::MANIFEST`], [`codes::WEIGHTS`].
    pub fn check(&self) -> Result<()> {
        self.manifest.check()?;
        let bad = |message: String| fail(codes::MANIFEST, message);
        let needs_object = self.manifest.entry || self.manifest.kernels.iter().any(|k| k.kind == Kind::Cpu);
        if needs_object && self.object.is_none() {
            return bad(format!("`{}` has no object", self.manifest.name));
        }
        for kernel in self.manifest.kernels.iter().filter(|k| k.kind == Kind::Vulkan) {
            self.module_of(kernel)?;
        }
        if self.weights.len() as u64 != self.manifest.weights.bytes {
            return fail(
                codes::WEIGHTS,
                format!("{} bytes of weights, the manifest says {}", self.weights.len(), self.manifest.weights.bytes),
            );
        }
        for entry in &self.manifest.weights.entries {
            let end = entry.offset.checked_add(entry.bytes);
            if end.is_none_or(|end| end > self.manifest.weights.bytes) || entry.offset % ALIGNMENT as u64 != 0 {
                return fail(codes::WEIGHTS, format!("`{}` does not lie in the weights", entry.name));
            }
        }
        Ok(())
    }

    pub(crate) fn module_of(&self, kernel: &KernelInfo) -> Result<&Vec<u32>> {
        let module = kernel.file.as_ref().and_then(|file| self.spirv.get(file));
        module.map_or_else(|| fail(codes::MANIFEST, format!("kernel `{}` has no SPIR-V module", kernel.name)), Ok)
    }

    /// The weights at an address that is a multiple of 64.
    pub(crate) fn aligned_weights(&self) -> Bytes {
        if self.weights.as_ptr().addr().is_multiple_of(ALIGNMENT) {
            return self.weights.clone();
        }
        Bytes::from_owner(Aligned::copy_of(&self.weights))
    }
}

/// A file of the folder; a manifest must not lead out of it.
fn inside(folder: &Path, file: &str) -> Result<PathBuf> {
    let path = Path::new(file);
    if file.is_empty() || !path.components().all(|c| matches!(c, Component::Normal(_))) {
        return fail(codes::MANIFEST, format!("`{file}` is not a file of the artifact"));
    }
    Ok(folder.join(path))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|e| file_error(path, &e))
}

fn file_error(path: &Path, error: &std::io::Error) -> RuntimeError {
    RuntimeError::new(codes::FILE, format!("{}: {error}", path.display()))
}

fn words(bytes: &[u8], file: &str) -> Result<Vec<u32>> {
    if !bytes.len().is_multiple_of(4) {
        return fail(codes::FILE, format!("`{file}` is not SPIR-V"));
    }
    Ok(bytes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())
}
