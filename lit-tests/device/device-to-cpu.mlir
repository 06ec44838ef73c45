// RUN: edge-opt %s --pass-pipeline='builtin.module(func.func(nn-to-loop),loop-to-device,expand-math,device-to-cpu)' --check-semantics -o /dev/null 2>&1 | FileCheck %s --check-prefix=LISTED
// RUN: not edge-opt %s --device-to-cpu=x=1 2>&1 | FileCheck %s --check-prefix=OPTION
// What the interpreter does not run is listed.
// LISTED: [W0621]: {{.*}} is not checked from `device-to-cpu` on
// OPTION: error[E0604]: the pass `device-to-cpu` has no option `x`
// RUN: edge-opt %s --pass-pipeline='builtin.module(func.func(nn-to-loop,loop-schedule{vector-bytes=64 vector-registers=32}),loop-to-device,expand-math,device-to-cpu)' --allow-unregistered-dialect | FileCheck %s

// The C entry unpacks; the body runs vectors of 16, then what is left under a mask.
// CHECK: func.func @main_k0(
// CHECK: func.func private @main_k0_body(
// CHECK: vector.load
// CHECK: arith.maximumf {{.*}} : vector<16xf32>
// CHECK: vector.store
// CHECK: func.func @main_k0_total(
// CHECK: func.func @main_run(
// CHECK: func.func @main_arena_bytes(
func.func @main(%x: tensor<100xf32>) -> tensor<100xf32> {
  %0 = nn.relu %x : tensor<100xf32>
  return %0 : tensor<100xf32>
}
