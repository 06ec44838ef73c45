#!/bin/sh
# Makes the test models and runs them; prints PASS or FAIL for each case, and fails if one does.
#   test/models/run.sh [FOLDER]        FOLDER: build/models
set -u
cd "$(dirname "$0")/../.."
models=${1:-build/models}
target=${CARGO_TARGET_DIR:-target}
run="$target/debug/edge-run"

[ -x build/venv/bin/python ] || python3 -m venv build/venv || { echo "FAIL virtual environment"; exit 1; }
python=build/venv/bin/python
"$python" -m pip install -q --disable-pip-version-check -r test/models/requirements.txt || { echo "FAIL requirements"; exit 1; }
"$python" test/models/make_models.py "$models" || { echo "FAIL make_models"; exit 1; }
"$python" test/models/text_line.py "$models/text_line" || { echo "FAIL text_line"; exit 1; }

"$python" test/models/node_tests.py build/node_tests || { echo "FAIL node_tests"; exit 1; }

failed=0
# Runs edge-run with the options given; NAME is what is printed.
check() { # NAME OPTIONS...
    name=$1
    shift
    if "$run" "$@" >"$models/log" 2>&1; then
        echo "PASS $name"
    else
        echo "FAIL $name"
        sed 's/^/    /' "$models/log"
        failed=1
    fi
}

networks="bvlc_alexnet densenet121 inception_v1 inception_v2 resnet50 shufflenet squeezenet vgg19 zfnet512"
check "text_direction on cpu" --onnx-test "$models/text_direction"
check "text_direction on cpu, two threads" --onnx-test "$models/text_direction" --threads 2
for network in $networks; do
    check "$network on cpu" --onnx-test "$models/$network"
    check "${network}_published on cpu" --onnx-test "$models/${network}_published" --atol 1e-6
done
for model in text_direction squeezenet shufflenet; do
    for level in nn loop device; do
        check "$model at $level level, interpreted" --onnx-test "$models/$model" --target=interp --stop-at="$level"
    done
    check "$model on vulkan" --onnx-test "$models/$model" --target=vulkan
done

# The trained model split by attributes alone, in two ways.
data="$models/text_direction/test_data_set_0"
"$target/debug/edge-translate" --import-onnx "$models/text_direction/model.onnx" --input-shape x=1x3x48x192 \
    --mlir-print-op-generic -o "$models/whole.mlir" || failed=1
for split in 0.2-0.4,0.6-0.9 0.0-0.25,0.5-0.75; do
    "$python" test/models/place.py "$models/whole.mlir" "$models/split.mlir" "$split" || failed=1
    check "text_direction split $split" "$models/split.mlir" --target=cpu,vulkan --input "x=$data/input_0.pb" \
        --expect "save_infer_model/scale_0.tmp_1=$data/output_0.pb"
done
for way in upright upside_down; do
    check "text_line $way" "$models/text_direction/model.onnx" --input "x=$models/text_line/$way.npy"
done
if EDGE_NODE_TESTS="$PWD/build/node_tests" cargo test -q -p edge-test --test onnx_nodes -- --include-ignored --nocapture >"$models/log" 2>&1; then
    echo "PASS single operators on cpu"
else
    echo "FAIL single operators on cpu"
    grep FAIL "$models/log"
    failed=1
fi
exit $failed
