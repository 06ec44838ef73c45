func.func @right(%a: memref<4xf32>, %b: memref<4xf32>) {
  %0 = "device.copy"(%a, %b) : (memref<4xf32>, memref<4xf32>) -> !device.token
  %1 = "device.copy"(%b, %a, %0) : (memref<4xf32>, memref<4xf32>, !device.token) -> !device.token
  "device.wait"(%0, %1) : (!device.token, !device.token) -> ()
  return
}

// -----

func.func @no_token(%a: memref<4xf32>, %n: index) {
  // expected-error @below {{expected base type 'device.token' but got 'builtin.index'}}
  %0 = "device.copy"(%a, %a, %n) : (memref<4xf32>, memref<4xf32>, index) -> !device.token
  return
}
