#!/usr/bin/env python3
"""Writes ONNX's own tests of single operators as folders in ONNX's test layout.

    node_tests.py [DIR] [--kind OP]...           DIR: build/node_tests

Without --kind: every operator kind that occurs in the models of make_models.py. DIR/index.json lists the tests with operator, opset,
and element types; a test that holds values other than tensors is listed there under "left_out" with its reason.
"""

import argparse
import json
import os
import warnings

import onnx
from onnx.backend.test.case.node import collect_testcases

import layout

KINDS = """
Add AveragePool BatchNormalization Cast Clip Concat Constant ConstantOfShape Conv Div Dropout Gemm GlobalAveragePool HardSigmoid
Identity LRN MatMul MaxPool Mul Relu Reshape Shape Slice Softmax Sum Transpose Unsqueeze
""".split()


def element_types(graph):
    """Names of the element types of all inputs and outputs, sorted."""
    kinds = {v.type.tensor_type.elem_type for v in (*graph.input, *graph.output)}
    return sorted(onnx.TensorProto.DataType.Name(k).lower() for k in kinds)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", nargs="?", default="build/node_tests")
    parser.add_argument("--kind", action="append", metavar="OP", help="an operator kind (may be repeated)")
    args = parser.parse_args()
    kinds = set(args.kind or KINDS)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # overflow in the casts that the tests make on purpose
        cases = collect_testcases(None)
    tests, left_out = [], []
    for case in sorted(cases, key=lambda c: c.name):
        nodes = case.model.graph.node
        # The "expanded" tests are other operators' function bodies.
        if len(nodes) != 1 or nodes[0].op_type not in kinds or case.name.endswith("_expanded"):
            continue
        graph = case.model.graph
        if not all(v.type.HasField("tensor_type") for v in (*graph.input, *graph.output)):
            left_out.append({"name": case.name, "reason": "holds a sequence or an optional, not a tensor"})
            continue
        folder = os.path.join(args.dir, case.name)
        if not layout.is_complete(folder):
            sets = [(named(graph.input, i), named(graph.output, o)) for i, o in case.data_sets]
            layout.write(folder, case.model, sets)
        tests.append({"name": case.name, "operator": nodes[0].op_type, "opset": case.model.opset_import[0].version,
                      "element_types": element_types(graph)})
    os.makedirs(args.dir, exist_ok=True)
    with open(os.path.join(args.dir, "index.json"), "w") as file:
        json.dump({"tests": tests, "left_out": left_out}, file, indent=1)
    print(f"{args.dir}: {len(tests)} tests of {len({t['operator'] for t in tests})} operators, {len(left_out)} left out")


def named(infos, values):
    """Pairs of name and value; optional inputs that the graph does not list are not in `values` either."""
    return [(info.name, value) for info, value in zip(infos, values, strict=True)]


if __name__ == "__main__":
    main()
