#!/usr/bin/env python3
"""Writes the real models that the tests run, each as a folder in ONNX's test layout.

    make_models.py [DIR] [--only NAME]...        DIR: build/models

text_direction        PP-OCR's trained classifier that tells which way up a line of text is (in the wheel rapidocr-onnxruntime);
                      batch and size, which the model leaves open, are 1, 48 and 192 in the data
NAME_published        the nine networks that the onnx wheel carries, as they are: weights are constants, all classes come out equal
NAME                  the same with seeded random weights, without the final Softmax, and with logits of order one, so that a
                      wrong operator shows

The expected outputs are ONNX Runtime's. What is there already is kept; a fixed seed gives the same bytes again.
"""

import argparse
import glob
import math
import os
import subprocess
import sys
import zipfile

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper

import layout

LIGHT = os.path.join(os.path.dirname(onnx.__file__), "backend", "test", "data", "light")
WHEEL = "rapidocr-onnxruntime==1.4.4"
CLASSIFIER = "ch_ppocr_mobile_v2.0_cls_infer.onnx"
CLASSIFIER_INPUT = (1, 3, 48, 192)


def run(model, inputs):
    """ONNX Runtime's outputs as (name, array) in the model's order; one thread, so that sums come out alike everywhere."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return list(zip((o.name for o in session.get_outputs()), session.run(None, dict(inputs))))


def save(folder, model, inputs):
    outputs = run(model, inputs)
    layout.write(folder, model, [(inputs, outputs)])
    _, y = outputs[0]
    print(f"{os.path.basename(folder):24} {len(model.graph.node):5} nodes   {str(y.shape):18} {y.min():12.6g} .. {y.max():<12.6g} std {y.std():.4g}")


def outside_inputs(graph):
    """The graph's inputs that no initializer provides."""
    own = {i.name for i in graph.initializer}
    return [i for i in graph.input if i.name not in own]


def seeded_input(value_info, seed):
    shape = [d.dim_value for d in value_info.type.tensor_type.shape.dim]
    return value_info.name, np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)


# ------------------------------------------------------------------------------------------------ seeded weights


def weight_roles(graph):
    """Value name -> what it is to the operator that reads it. Some weights pass through Unsqueeze or Reshape on their way."""
    roles = {}
    for node in reversed(graph.node):
        if node.op_type == "BatchNormalization":
            roles.update(zip(node.input[1:], ("scale", "shift", "mean", "variance")))
        elif node.op_type in ("Conv", "Gemm"):
            roles.update(zip(node.input[1:], ("kernel", "bias")))
        elif node.op_type == "Mul":
            roles[node.input[1]] = "scale"
        elif node.op_type in ("Add", "Sum"):
            roles.setdefault(node.input[1], "bias")
        elif node.op_type in ("Unsqueeze", "Reshape") and node.output[0] in roles:
            roles[node.input[0]] = roles[node.output[0]]
    return roles


def draw(rng, role, shape):
    """A weight's values: He-scaled for kernels, positive for scales and variances, small around zero for the rest."""
    if role in ("scale", "variance"):
        return rng.uniform(0.75, 1.25, shape).astype(np.float32)
    if role == "kernel":
        fan_in = math.prod(shape[1:])
        return (rng.standard_normal(shape) * math.sqrt(2.0 / fan_in)).astype(np.float32)
    return (rng.standard_normal(shape) * 0.1).astype(np.float32)


def seed_weights(graph, seed):
    """Puts an initializer of seeded values where a ConstantOfShape made a constant weight."""
    rng = np.random.default_rng(seed)
    shapes = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    roles = weight_roles(graph)
    kept = []
    for node in graph.node:
        if node.op_type == "ConstantOfShape":
            shape = tuple(int(n) for n in shapes[node.input[0]])
            graph.initializer.append(numpy_helper.from_array(draw(rng, roles.get(node.output[0]), shape), node.output[0]))
        else:
            kept.append(node)
    del graph.node[:]
    graph.node.extend(kept)


def drop_unused(graph):
    read = {name for node in graph.node for name in node.input}
    initializers = [i for i in graph.initializer if i.name in read]
    inputs = [i for i in graph.input if i.name in read]
    del graph.initializer[:], graph.input[:]
    graph.initializer.extend(initializers)
    graph.input.extend(inputs)


def cut_at_logits(graph):
    """Takes the final Softmax away; its operand becomes the output."""
    last = graph.node[-1]
    if last.op_type == "Softmax":
        graph.output[0].name = last.input[0]
        graph.output[0].type.tensor_type.ClearField("shape")
        del graph.node[-1]


def scale_logits(model, inputs):
    """Divides the last layer's weights so that the logits have a standard deviation of one."""
    deviation = run(model, inputs)[0][1].std()
    last = [n for n in model.graph.node if n.op_type in ("Conv", "Gemm")][-1]
    reshaped = {n.output[0]: n.input[0] for n in model.graph.node if n.op_type == "Reshape"}
    weights = {reshaped.get(name, name) for name in last.input[1:]}
    for initializer in model.graph.initializer:
        if initializer.name in weights:
            scaled = (numpy_helper.to_array(initializer) / deviation).astype(np.float32)
            initializer.CopyFrom(numpy_helper.from_array(scaled, initializer.name))


def seeded(path):
    """The network with seeded weights, and its input."""
    model = onnx.load(path)
    model.ir_version = max(model.ir_version, 8)
    seed_weights(model.graph, 11)
    cut_at_logits(model.graph)
    drop_unused(model.graph)
    inputs = [seeded_input(i, 5) for i in outside_inputs(model.graph)]
    scale_logits(model, inputs)
    return model, inputs


def published(path):
    """The network as published, and its input."""
    model = onnx.load(path)
    return model, [seeded_input(i, 5) for i in outside_inputs(model.graph)]


# ------------------------------------------------------------------------------------------------ trained weights


def text_direction(cache):
    """The trained classifier as published, and an input. The wheel is kept in `cache`."""
    if not glob.glob(os.path.join(cache, "rapidocr_onnxruntime-*.whl")):
        os.makedirs(cache, exist_ok=True)
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", cache, WHEEL], check=True)
    with zipfile.ZipFile(glob.glob(os.path.join(cache, "rapidocr_onnxruntime-*.whl"))[0]) as wheel:
        member = next(n for n in wheel.namelist() if n.endswith("/" + CLASSIFIER))
        model = onnx.load_model_from_string(wheel.read(member))
    x = np.random.default_rng(5).uniform(-1.0, 1.0, CLASSIFIER_INPUT).astype(np.float32)
    return model, [(model.graph.input[0].name, x)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", nargs="?", default="build/models")
    parser.add_argument("--only", action="append", metavar="NAME", help="make this model only (may be repeated)")
    args = parser.parse_args()

    makers = {"text_direction": lambda: text_direction(os.path.join(args.dir, "cache"))}
    for path in sorted(glob.glob(os.path.join(LIGHT, "light_*.onnx"))):
        name = os.path.basename(path).removeprefix("light_").removesuffix(".onnx")
        makers[f"{name}_published"] = lambda path=path: published(path)
        makers[name] = lambda path=path: seeded(path)
    unknown = set(args.only or ()) - set(makers)
    if unknown:
        parser.error(f"no such model: {', '.join(sorted(unknown))} (there are: {', '.join(makers)})")
    for name in args.only or makers:
        folder = os.path.join(args.dir, name)
        if not layout.is_complete(folder):
            save(folder, *makers[name]())


if __name__ == "__main__":
    main()
