// RUN: not edge-opt %s --loop-to-device --split-input-file 2>&1 | FileCheck %s

// CHECK: `nn.relu` cannot be turned into kernels; lower it to `loop.nest` first
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.relu %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// CHECK: a program is made of one function with a body, but the module has 0
module {
}
