"""ONNX's test layout: a folder with model.onnx and test_data_set_N/{input_I,output_O}.pb."""

import os
import shutil

import numpy as np
import onnx
from onnx import numpy_helper


def proto(value, name):
    """A tensor (array, scalar or TensorProto) as the protobuf message that the layout stores."""
    if value is None or isinstance(value, (list, dict)):
        raise TypeError(f"{name}: only tensors are stored")
    if isinstance(value, onnx.TensorProto):
        copy = onnx.TensorProto()
        copy.CopyFrom(value)
        copy.name = name
        return copy
    return numpy_helper.from_array(np.asarray(value), name)


def is_complete(folder):
    """Whether an earlier run has written this folder to its end: the mark is the last thing written."""
    return os.path.exists(os.path.join(folder, ".complete"))


def write(folder, model, data_sets):
    """Writes `model` and for each of `data_sets` a pair of lists of (name, value), inputs and expected outputs.

    An interrupted run leaves a folder without its mark, which the next run replaces."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    with open(os.path.join(folder, "model.onnx"), "wb") as file:
        file.write(model.SerializeToString())
    for number, (inputs, outputs) in enumerate(data_sets):
        data = os.path.join(folder, f"test_data_set_{number}")
        os.makedirs(data)
        for kind, values in (("input", inputs), ("output", outputs)):
            for index, (name, value) in enumerate(values):
                with open(os.path.join(data, f"{kind}_{index}.pb"), "wb") as file:
                    file.write(proto(value, name).SerializeToString())
    open(os.path.join(folder, ".complete"), "w").close()
