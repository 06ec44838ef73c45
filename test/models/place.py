#!/usr/bin/env python3
"""Places parts of a model on the Vulkan device by attributes: place.py IN.mlir OUT.mlir 0.2-0.4,0.6-0.9

IN is generic text. Operations of the tensor level whose place in the program (0 to 1) lies in a range get
`edge.device = "vulkan0"`; prints how many that are.
"""

import re
import sys


def main():
    source, target, text = sys.argv[1:4]
    ranges = [tuple(float(x) for x in part.split("-")) for part in text.split(",")]
    with open(source, encoding="utf-8") as file:
        lines = file.read().split("\n")
    ops = [i for i, line in enumerate(lines) if re.search(r'= "nn\.(?!constant)', line)]
    placed = 0
    for k, i in enumerate(ops):
        if any(a <= k / len(ops) < b for a, b in ranges):
            lines[i] = lines[i].replace(" : (", ' {edge.device = "vulkan0"} : (', 1)
            placed += 1
    with open(target, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))
    print(f"{placed} of {len(ops)} operations on vulkan0")


main()
