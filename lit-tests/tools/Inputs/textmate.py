"""Whether the patterns of a TextMate grammar find the parts of a line of IR text."""

import json
import re
import sys

LINE = '%0 = nn.matmul %x, %w#1 {a = 0x1F, b = true} : tensor<4x?xf32>, !device.token -> #map // r.twice'
WANTED = {
    "support.function.operation.mlir": "nn.matmul",
    "variable.other.mlir": "%0",
    "constant.numeric.hex.mlir": "0x1F",
    "constant.language.mlir": "true",
    "constant.numeric.shape.mlir": "4",
    "storage.type.builtin.mlir": "tensor",
    "entity.name.type.mlir": "!device.token",
    "constant.other.attribute.mlir": "#map",
    "keyword.operator.arrow.mlir": "->",
    "comment.line.double-slash.mlir": "// r.twice",
}

patterns = [p for p in json.load(open(sys.argv[1]))["patterns"] if "match" in p]
for name, wanted in WANTED.items():
    found = []
    for pattern in patterns:
        # Python takes look-behind of one width only.
        regex = pattern["match"].replace("(?<=^|=|\\{)", "(?<=[={])")
        if pattern["name"] == name:
            found += [m.group(0).strip() for m in re.finditer(regex, LINE)]
    if wanted not in found:
        sys.exit(f"{name}: {wanted!r} is not in {found}")
