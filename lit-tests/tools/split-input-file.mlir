// RUN: edge-opt %s --split-input-file -o %t.default
// RUN: FileCheck %s --input-file=%t.default --check-prefix=DEFAULT
// RUN: edge-opt %s --split-input-file='// CUT'' HERE' --output-split-marker='// NEXT' | FileCheck %s --check-prefix=OWN
// RUN: edge-opt %s --split-input-file 2>&1 -o /dev/null | FileCheck %s --check-prefix=NEAR
// DEFAULT: @a
// DEFAULT: {{^}}// {{-----$}}
// DEFAULT-NEXT: module
// DEFAULT: @b
// DEFAULT: @c
// OWN: @a
// OWN: @b
// OWN: {{^}}// NEXT{{$}}
// OWN-NEXT: module
// OWN: @c
// NEAR: warning[W0810]: near miss with the marker
// NEAR: split-input-file.mlir:[[@LINE+10]]:1

func.func private @a()

// -----

func.func private @b()

// CUT HERE

// ----

func.func private @c()
