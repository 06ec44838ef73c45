#!/usr/bin/env python3
"""Reads, verifies and writes large texts with edge-opt and with mlir-opt, in turns, and compares time and peak memory.

    test/bench/text.py [--edge-opt FILE] [--mlir-opt FILE] [--dir DIR] [--pairs N] [--only NAME,…] [--threads]

Makes the inputs in DIR (kept and used again), checks that both tools write the same bytes, and prints medians over the pairs, their ratio,
and how time grows from a tenth of a text to the whole of it. Both tools run on one thread unless --threads says otherwise.
"""

import argparse
import filecmp
import os
import random
import statistics
import sys
import tempfile
import time

FLOAT_OPS = ["addf", "subf", "mulf", "maximumf", "minimumf"]
PLACES = ["encoder/layer/attention/self/query", "encoder/layer/attention/output/dense", "decoder/layer/intermediate/dense"]


class Program:
    """Functions of some thousand operations, in custom form."""

    def __init__(self, operations, distinct, seed=7):
        self.random = random.Random(seed)
        self.operations = operations
        self.distinct = distinct
        self.made = 0

    def shape(self):
        """One of few shapes, or of tens of thousands."""
        if not self.distinct:
            return self.random.choice(["16x64", "8x128x32", "?x64", "1x1024"])
        n = self.random.randrange(30000)
        return f"{n % 173 + 1}x{n // 173 + 1}"

    def note(self):
        place = self.random.choice(PLACES)
        number = self.random.randrange(30000 if self.distinct else 12)
        return f'{{layer = "{place}/block_{number}", stage = {number % 24} : i32}}'

    def write(self, out):
        function = 0
        while self.made < self.operations:
            self.function(out, function)
            function += 1

    def function(self, out, number):
        size = min(1000, self.operations - self.made)
        shapes = [self.shape() for _ in range(40)]
        types = [f"tensor<{s}xf32>" for s in shapes]
        inputs = ", ".join(f"%x{i}: {t}" for i, t in enumerate(types))
        out.write(f"func.func @f{number}({inputs}, %m: memref<64x64xf32>, %n: index) -> {types[0]} {{\n")
        self.made += 2
        last = [f"%x{i}" for i in range(len(types))]
        out.write("  %c0 = arith.constant 0 : index\n  %c1 = arith.constant 1 : index\n")
        self.made += 2
        end = self.made + size - 4
        step = 0
        while self.made < end:
            step += 1
            i = self.random.randrange(len(types))
            if step % 12 == 0:
                self.loop(out, step)
                continue
            op = self.random.choice(FLOAT_OPS)
            out.write(f"  %v{step} = arith.{op} {last[i]}, %x{i} {self.note()} : {types[i]}\n")
            last[i] = f"%v{step}"
            self.made += 1
        out.write(f"  return {last[0]} : {types[0]}\n}}\n")

    def loop(self, out, step):
        note = self.note()
        out.write(f"  scf.for %i{step} = %c0 to %n step %c1 {{\n")
        out.write(f"    %a{step} = memref.load %m[%i{step}, %c0] : memref<64x64xf32>\n")
        out.write(f"    %b{step} = arith.mulf %a{step}, %a{step} {note} : f32\n")
        out.write(f"    memref.store %b{step}, %m[%i{step}, %c1] {note} : memref<64x64xf32>\n")
        out.write("  }\n")
        self.made += 5


def program(operations, distinct):
    return lambda out: Program(operations, distinct).write(out)


def hexadecimal(out, size):
    source = random.Random(11)
    while size > 0:
        n = min(size, 1 << 16)
        out.write(source.randbytes(n // 2).hex().upper())
        size -= n


def dense(size):
    def write(out):
        out.write('"builtin.module"() ({\n  %0 = "arith.constant"() <{value = dense<"0x')
        hexadecimal(out, size)
        shape = f"tensor<{size // 8}xf32>"
        out.write(f'"> : {shape}}}> : () -> {shape}\n}}) : () -> ()\n')

    return write


def resource(size):
    def write(out):
        shape = f"tensor<{size // 8}xf32>"
        out.write(f'"builtin.module"() ({{\n  %0 = "arith.constant"() <{{value = dense_resource<weights> : {shape}}}> : () -> {shape}\n')
        out.write('}) : () -> ()\n\n{-#\n  dialect_resources: {\n    builtin: {\n      weights: "0x04000000')
        hexadecimal(out, size)
        out.write('"\n    }\n  }\n#-}\n')

    return write


OPERATIONS = 240_000
BLOB = 20_000_000
GENERIC = ["--mlir-print-op-generic"]
# Name, writer for a share of the whole, flags, form that the input is brought into first.
CASES = [
    ("operations, generic form", lambda share: program(int(OPERATIONS * share), False), GENERIC, GENERIC),
    ("operations, custom form", lambda share: program(int(OPERATIONS * share), False), [], []),
    ("60,000 types and attributes, generic form", lambda share: program(int(OPERATIONS * share), True), GENERIC, GENERIC),
    ("60,000 types and attributes, custom form", lambda share: program(int(OPERATIONS * share), True), [], []),
    ("dense blob", lambda share: dense(int(BLOB * share) // 8 * 8), GENERIC, None),
    ("resource blob", lambda share: resource(int(BLOB * share) // 8 * 8), GENERIC, None),
]


def make(directory, index, case, share, mlir_opt):
    path = os.path.join(directory, f"{index}-{share}.mlir")
    if os.path.exists(path):
        return path
    raw = path + ".raw"
    with open(raw, "w") as out:
        case[1](share)(out)
    if case[3] is None:
        os.rename(raw, path)
    else:
        run([mlir_opt, *case[3], raw, "-o", path])
        os.remove(raw)
    return path


def run(command):
    """Seconds and peak memory in MB."""
    start = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{' '.join(command)} failed")
    return seconds, usage.ru_maxrss / 1024


def compare(edge_opt, mlir_opt, path, flags, pairs):
    outputs = [path + ".edge", path + ".mlir-opt"]
    runs = ([], [])
    for _ in range(pairs):
        for tool, output, seen in zip((edge_opt, mlir_opt), outputs, runs):
            seen.append(run([tool, *flags, path, "-o", output]))
    same = filecmp.cmp(*outputs, shallow=False)
    for output in outputs:
        os.remove(output)
    middle = [[statistics.median(column) for column in zip(*seen)] for seen in runs]
    return middle, same


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edge-opt", default="target/release/edge-opt")
    parser.add_argument("--mlir-opt", default="/usr/bin/mlir-opt-22")
    parser.add_argument("--dir", default=os.path.join(tempfile.gettempdir(), "edge-bench-text"))
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--only", help="parts of names, separated by commas")
    parser.add_argument("--threads", action="store_true")
    args = parser.parse_args()
    os.makedirs(args.dir, exist_ok=True)
    wanted = args.only.split(",") if args.only else [""]
    edge_opt, mlir_opt = os.path.abspath(args.edge_opt), os.path.abspath(args.mlir_opt)
    threads = [] if args.threads else ["--mlir-disable-threading"]
    print(f"{'':44}{'MB':>6}{'edge-opt':>16}{'mlir-opt':>16}{'faster':>9}{'memory':>9}{'x10':>7}  output")
    worst = True
    for index, case in enumerate(CASES):
        if not any(part in case[0] for part in wanted):
            continue
        whole, tenth = (make(args.dir, index, case, share, mlir_opt) for share in (1, 0.1))
        flags = threads + case[2]
        (edge, mlir), same = compare(edge_opt, mlir_opt, whole, flags, args.pairs)
        (small, _), _ = compare(edge_opt, mlir_opt, tenth, flags, args.pairs)
        tools = "".join(f"{t:8.2f}s{m:5.0f}MB" for t, m in (edge, mlir))
        growth = edge[0] / small[0]
        print(f"{case[0]:44}{os.path.getsize(whole) / 1e6:6.1f}{tools:>32}{mlir[0] / edge[0]:8.2f}x{edge[1] / mlir[1]:8.2f}x{growth:6.1f}x"
              f"  {'equal' if same else 'DIFFERS'}", flush=True)
        worst = worst and same
    sys.exit(0 if worst else 1)


if __name__ == "__main__":
    main()
