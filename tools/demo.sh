#!/bin/sh
# The main job on a real model: which way up is a line of text? Sets up, builds, fetches the trained classifier, draws a line of text
# right way up and upside down, and asks the model about both.
set -eu
cd "$(dirname "$0")/.."

tools/setup.sh
[ -x build/venv/bin/python ] || python3 -m venv build/venv
build/venv/bin/python -m pip install -q --disable-pip-version-check -r test/models/requirements.txt
build/venv/bin/python test/models/make_models.py build/models --only text_direction
build/venv/bin/python test/models/text_line.py build/models/text_line

# The profile of the tests, so that one build serves both; what is timed is code that LLVM optimises either way.
cargo build -p edge-run
target=${CARGO_TARGET_DIR:-target}

for way in upright upside_down; do
    echo
    echo "== build/models/text_line/$way.png"
    "$target/debug/edge-run" build/models/text_direction/model.onnx --target=cpu --bench 50 \
        --input "x=build/models/text_line/$way.npy" --output "save_infer_model/scale_0.tmp_1=build/models/text_line/answer.npy"
    build/venv/bin/python -c '
import numpy
up, down = numpy.load("build/models/text_line/answer.npy")[0]
print("answer: the text is", "the right way up" if up > down else "upside down", f"({100 * max(up, down):.2f} %)")'
done
