#!/usr/bin/env python3
"""Times the test models on the CPU beside ONNX Runtime, one thread each.

    onnxruntime_ratio.py [DIR] [--only NAME]... [--rounds N] [--json] [--edge-run FILE]      DIR: build/models

The models are those of test/models/make_models.py. edge-run compiles each one and keeps the artifact; its object is linked into a
shared library and called through the C ABI in this process, in turns with ONNX Runtime: a round is one block of inferences of
either, and which of the two goes first changes from round to round. So a machine that is busy, or changes its clock, slows
both. A block's time is that of its median inference; the ratio is the median over rounds of the ratios of their two blocks.

compile_s is from the .onnx file to a program that is ready to run. Exit status 1: a model is slower than its bar, or wrong.
"""

import argparse
import ctypes
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper

MODELS = ["text_direction", "bvlc_alexnet", "densenet121", "inception_v1", "inception_v2", "resnet50", "shufflenet", "squeezenet",
          "vgg19", "zfnet512"]
# How many times ONNX Runtime's time a model may take, and how many seconds its compilation.
BAR = {"resnet50": 6.0}
COMMON_BAR = 12.0
COMPILE_BAR = {"resnet50": 20.0}


def aligned(count, dtype, alignment=64):
    """An array of `count` elements at a multiple of `alignment` bytes."""
    size = np.dtype(dtype).itemsize * count
    raw = np.zeros(size + alignment, np.uint8)
    start = -raw.ctypes.data % alignment
    return raw[start:start + size].view(dtype)


def pointers(arrays):
    return (ctypes.c_void_p * len(arrays))(*(a.ctypes.data for a in arrays))


class Compiled:
    """A program of the artifact in `folder`, called through its C ABI."""

    def __init__(self, folder):
        with open(os.path.join(folder, "manifest.json")) as file:
            self.manifest = json.load(file)
        name = self.manifest["name"]
        library = os.path.join(folder, f"{name}.so")
        subprocess.run(["cc", "-shared", os.path.join(folder, self.manifest["object"]), "-o", library, "-lm"], check=True)
        self.library = ctypes.CDLL(library)
        self.entry = getattr(self.library, f"{name}_run")
        arena_bytes = getattr(self.library, f"{name}_arena_bytes")
        arena_bytes.restype = ctypes.c_size_t
        weights = self.manifest["weights"]
        # A mapping starts at a page, which is aligned enough.
        self.weights = np.memmap(os.path.join(folder, weights["file"]), np.uint8, "r") if weights["bytes"] else np.zeros(1, np.uint8)
        self.arena = aligned(max(arena_bytes(None), 1), np.uint8)

    def bind(self, inputs):
        """A function that runs once on these inputs and gives the outputs."""
        shapes = [port["shape"] for port in self.manifest["outputs"]]
        outputs = [aligned(int(np.prod(shape)), np.float32).reshape(shape) for shape in shapes]
        inputs = [np.ascontiguousarray(inputs[port["name"]]) for port in self.manifest["inputs"]]
        ins, outs = pointers(inputs), pointers(outputs)
        weights, arena = ctypes.c_void_p(self.weights.ctypes.data), ctypes.c_void_p(self.arena.ctypes.data)

        def run():
            status = self.entry(None, weights, ins, outs, None, arena)
            if status != 0:
                raise RuntimeError(f"the program returned {status}")
            return outputs

        run.keeps = inputs
        return run


def compile_model(edge_run, model, inputs, folder):
    """Compiles a model for the shapes of its inputs; gives what edge-run says of it."""
    command = [edge_run, model, "--json", "--bench", "1", "--keep", folder]
    for name, value in inputs.items():
        command += ["--input-shape", f"{name}={'x'.join(map(str, value.shape))}"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(told.strip().splitlines()[-1])


def runtime_session(model):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def block(run, runs):
    """Seconds of the median of so many inferences."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def data(folder):
    """The first data set's inputs, by name."""
    path = os.path.join(folder, "test_data_set_0")
    tensors = []
    for n in range(sum(name.startswith("input_") for name in os.listdir(path))):
        with open(os.path.join(path, f"input_{n}.pb"), "rb") as file:
            tensors.append(onnx.TensorProto.FromString(file.read()))
    return {t.name: numpy_helper.to_array(t) for t in tensors}


def measure(edge_run, folder, rounds):
    model = os.path.join(folder, "model.onnx")
    inputs = data(folder)
    with tempfile.TemporaryDirectory() as artifact:
        facts = compile_model(edge_run, model, inputs, artifact)
        ours = Compiled(artifact).bind(inputs)
        session = runtime_session(model)
        theirs = lambda: session.run(None, inputs)  # noqa: E731
        agree = all(np.allclose(a, b, rtol=1e-3, atol=1e-4) for a, b in zip(ours(), theirs()))
        # Blocks of about a fifth of a second.
        runs = max(1, min(200, round(0.2 / max(block(theirs, 3), 1e-6))))
        pairs = []
        for n in range(rounds):
            if n % 2 == 0:
                a, b = block(ours, runs), block(theirs, runs)
            else:
                b, a = block(theirs, runs), block(ours, runs)
            pairs.append((a, b))
    name = os.path.basename(folder)
    return {
        "model": name,
        "edge_ms": 1e3 * statistics.median(a for a, _ in pairs),
        "ort_ms": 1e3 * statistics.median(b for _, b in pairs),
        "ratio": statistics.median(a / b for a, b in pairs),
        "worst_ratio": max(a / b for a, b in pairs),
        "bar": BAR.get(name, COMMON_BAR),
        "kernels": facts["kernels"],
        "distinct_kernels": facts["distinct_kernels"],
        "compile_s": facts["compile_s"],
        "agree": agree,
    }


def wrong_with(row):
    """What a row falls short of."""
    told = []
    if not row["agree"]:
        told.append("outputs differ")
    if row["ratio"] > row["bar"]:
        told.append(f"slower than {row['bar']:g}x")
    if row["compile_s"] > COMPILE_BAR.get(row["model"], float("inf")):
        told.append(f"not ready in {COMPILE_BAR[row['model']]:g} s")
    return told


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", nargs="?", default="build/models")
    parser.add_argument("--only", action="append", metavar="NAME", choices=MODELS, help="this model only (may be repeated)")
    parser.add_argument("--rounds", type=int, default=7, help="pairs of blocks per model (7)")
    parser.add_argument("--json", action="store_true", help="one JSON array instead of the table")
    parser.add_argument("--edge-run", default=os.path.join(os.environ.get("CARGO_TARGET_DIR", "target"), "release", "edge-run"))
    args = parser.parse_args()

    rows, failed = [], False
    if not args.json:
        print(f"{'model':16} {'edge ms':>9} {'ort ms':>9} {'ratio':>6} {'worst':>6} {'kernels':>8} {'compile_s':>9}", flush=True)
    for name in args.only or MODELS:
        row = measure(args.edge_run, os.path.join(args.dir, name), args.rounds)
        rows.append(row)
        told = wrong_with(row)
        failed |= bool(told)
        if not args.json:
            print(f"{name:16} {row['edge_ms']:9.2f} {row['ort_ms']:9.2f} {row['ratio']:6.2f} {row['worst_ratio']:6.2f} {row['kernels']:8}"
                  f" {row['compile_s']:9.2f}  {', '.join(told)}", flush=True)
    if args.json:
        print(json.dumps(rows, indent=1))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
