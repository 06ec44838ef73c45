"""lit configuration: every .mlir file here with RUN lines is a test.

edge-opt comes from EDGE_BIN (the folder of the built tools), FileCheck and `not` from LLVM.
"""

import os
import shutil

import lit.formats

config.name = "edge"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)
root = os.path.dirname(config.test_source_root)
config.test_exec_root = os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(root, "target")), "lit")

llvm = os.environ.get("MLIR_SYS_220_PREFIX", "/usr/lib/llvm-22")
tools = os.environ.get("EDGE_BIN", os.path.join(os.path.dirname(config.test_exec_root), "debug"))
config.environment["PATH"] = os.pathsep.join([tools, os.path.join(llvm, "bin"), os.environ["PATH"]])
config.substitutions.append(("%root", root))

# What a test may require: `// REQUIRES: mlir-opt`.
for tool in ["mlir-opt", "spirv-val", "qemu-aarch64"]:
    if shutil.which(tool, path=config.environment["PATH"]):
        config.available_features.add(tool)
