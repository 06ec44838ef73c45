// RUN: edge-opt %s --pipeline=cpu --emit=llvm-ir | FileCheck %s --check-prefix=LLVM
// RUN: edge-opt %s --pipeline=cpu --emit=asm | FileCheck %s --check-prefix=ASM
// RUN: edge-opt %s --pipeline=vulkan --emit=spirv -o %t.spv
// RUN: spirv-val %t.spv
// RUN: not edge-opt %s --emit=nothing 2>&1 | FileCheck %s --check-prefix=NONE
// REQUIRES: spirv-val

// LLVM: define {{.*}} @main_run(
// ASM: main_run:
// NONE: cannot emit `nothing`; known: mlir
func.func @main(%x: tensor<3x17xf32>) -> tensor<3x17xf32> {
  %0 = nn.softmax %x over [1] : tensor<3x17xf32>
  return %0 : tensor<3x17xf32>
}
