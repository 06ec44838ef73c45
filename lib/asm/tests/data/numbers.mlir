#map = affine_map<(d0) -> ((d0 - 96) floordiv 64 + 2)>
#map1 = affine_map<(d0)[s0] -> (d0 mod s0, (d0 + s0) ceildiv 4)>
"builtin.module"() ({
  "test.numbers"() {a = 0.100000000000000005551 : f80, b = 0.100000000000000005551115123125782702 : f128, c = -2.500000e+00 : f80, d = 1.250000e-01 : f128} : () -> ()
  "test.widths"() {a = 0 : i0, b = 0 : si0, c = 0 : ui0, d = -1 : si1, e = 1 : ui1, f = true, g = array<i0: 0, 0>, h = dense<0> : tensor<0x2xi64>} : () -> ()
  "test.maps"() {a = #map, b = #map1} : () -> ()
  %0 = "test.space"() : () -> memref<4x4xf32, strided<[8, 1]>, 2 : i32>
}) : () -> ()

