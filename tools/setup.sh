#!/bin/sh
# Installs what building and testing need on Debian 12 (or a derivative with the same packages): only what is missing.
#   tools/setup.sh            building, running and tests
#   tools/setup.sh --build    building and running on the CPU
set -eu

build="g++ llvm-22-dev libmlir-22-dev libpolly-22-dev libclang1-22 libclang-common-22-dev zlib1g-dev libzstd-dev"
vulkan="spirv-tools libvulkan1 mesa-vulkan-drivers"
tests="llvm-22-tools mlir-22-tools"

# Any Python that can make a virtual environment will do for the scripts that fetch and make test models.
python3 -c 'import venv, ensurepip' 2>/dev/null || tests="$tests python3 python3-venv"

case "${1-}" in
    "") wanted="$build $vulkan $tests" ;;
    --build) wanted="$build" ;;
    *) echo "usage: tools/setup.sh [--build]" >&2; exit 1 ;;
esac

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    echo "setup: this is no Debian. Install the counterparts of: $wanted" >&2
    exit 1
fi

missing=""
for package in $wanted; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing="$missing $package"
done

if [ -z "$missing" ]; then
    echo "setup: all packages are installed"
else
    as_root=""
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "setup: run as root: apt-get install --no-install-recommends$missing" >&2
            exit 1
        fi
        as_root=sudo
    fi
    echo "setup: installing$missing"
    $as_root apt-get update -q
    # Word splitting is meant: one argument for each package.
    # shellcheck disable=SC2086
    if ! $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing; then
        echo "setup: apt-get failed. LLVM 22 is in the updates of Debian 12; elsewhere https://apt.llvm.org has it" >&2
        exit 1
    fi
fi

if ! command -v cargo >/dev/null; then
    echo "setup: Rust is missing. Install it from https://rustup.rs (1.95 or later), then build" >&2
    exit 1
fi
echo "setup: ready ($(cargo --version))"
