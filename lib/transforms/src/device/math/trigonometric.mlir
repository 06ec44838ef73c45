// Error bounds below are those of the design: worst cases have not been searched for.
// Functions of angles, of the hyperbola, and the error function; see exponential.mlir.

// -m / (m + 2) with m = e^(-2|x|) - 1, and the sign of x. Within 5 ulp.
func.func @tanh(%x: f32) -> f32 {
  %c0 = arith.constant -2.0 : f32
  %c1 = arith.constant 2.0 : f32
  %0 = math.absf %x : f32
  %1 = arith.mulf %0, %c0 : f32
  %2 = math.expm1 %1 : f32
  %3 = arith.addf %2, %c1 : f32
  %4 = arith.divf %2, %3 : f32
  %5 = math.absf %4 : f32
  %6 = math.copysign %5, %x : f32
  return %6 : f32
}

// m (m + 2) / (m + 1) / 2 with m = e^|x| - 1, and the sign of x; near overflow e^(|x|/2) squared. Within 6 ulp.
func.func @sinh(%x: f32) -> f32 {
  %c0 = arith.constant 1.0 : f32
  %c1 = arith.constant 5.0e-01 : f32
  %c2 = arith.constant 8.0e+01 : f32
  %0 = math.absf %x : f32
  %1 = math.expm1 %0 : f32
  %2 = arith.addf %1, %c0 : f32
  %3 = arith.divf %1, %2 : f32
  %4 = arith.addf %1, %3 : f32
  %5 = arith.mulf %4, %c1 : f32
  %6 = arith.mulf %0, %c1 : f32
  %7 = math.exp %6 : f32
  %8 = arith.mulf %7, %c1 : f32
  %9 = arith.mulf %8, %7 : f32
  %10 = arith.cmpf ogt, %0, %c2 : f32
  %11 = arith.select %10, %9, %5 : f32
  %12 = math.copysign %11, %x : f32
  return %12 : f32
}

// (e^|x| + e^-|x|) / 2; near overflow e^(|x|/2) squared. Within 6 ulp.
func.func @cosh(%x: f32) -> f32 {
  %c0 = arith.constant 1.0 : f32
  %c1 = arith.constant 5.0e-01 : f32
  %c2 = arith.constant 8.0e+01 : f32
  %0 = math.absf %x : f32
  %1 = math.exp %0 : f32
  %2 = arith.divf %c0, %1 : f32
  %3 = arith.addf %1, %2 : f32
  %4 = arith.mulf %3, %c1 : f32
  %5 = arith.mulf %0, %c1 : f32
  %6 = math.exp %5 : f32
  %7 = arith.mulf %6, %c1 : f32
  %8 = arith.mulf %7, %6 : f32
  %9 = arith.cmpf ogt, %0, %c2 : f32
  %10 = arith.select %9, %8, %4 : f32
  return %10 : f32
}

// The error function: x P(x^2) below 1, 1 - e^Q(|x|) up to 4, then 1. Within 2e-7, below 1 within 3 ulp.
func.func @erf(%x: f32) -> f32 {
  %c0 = arith.constant 7.8824974e-05 : f32
  %c1 = arith.constant -8.018855e-04 : f32
  %c2 = arith.constant 5.189312e-03 : f32
  %c3 = arith.constant -2.6854329e-02 : f32
  %c4 = arith.constant 1.1283597e-01 : f32
  %c5 = arith.constant -3.7612626e-01 : f32
  %c6 = arith.constant 1.1283791 : f32
  %c7 = arith.constant 4.0 : f32
  %c8 = arith.constant 2.5 : f32
  %c9 = arith.constant -2.1581222e-05 : f32
  %c10 = arith.constant 6.2384956e-05 : f32
  %c11 = arith.constant -4.2974963e-04 : f32
  %c12 = arith.constant 2.16761e-03 : f32
  %c13 = arith.constant -1.0853128e-02 : f32
  %c14 = arith.constant -9.4389194e-01 : f32
  %c15 = arith.constant -5.3526807 : f32
  %c16 = arith.constant -7.806815 : f32
  %c17 = arith.constant 1.0 : f32
  %0 = math.absf %x : f32
  %1 = arith.mulf %0, %0 : f32
  %2 = arith.mulf %c0, %1 fastmath<contract> : f32
  %3 = arith.addf %2, %c1 fastmath<contract> : f32
  %4 = arith.mulf %3, %1 fastmath<contract> : f32
  %5 = arith.addf %4, %c2 fastmath<contract> : f32
  %6 = arith.mulf %5, %1 fastmath<contract> : f32
  %7 = arith.addf %6, %c3 fastmath<contract> : f32
  %8 = arith.mulf %7, %1 fastmath<contract> : f32
  %9 = arith.addf %8, %c4 fastmath<contract> : f32
  %10 = arith.mulf %9, %1 fastmath<contract> : f32
  %11 = arith.addf %10, %c5 fastmath<contract> : f32
  %12 = arith.mulf %11, %1 fastmath<contract> : f32
  %13 = arith.addf %12, %c6 fastmath<contract> : f32
  %14 = arith.mulf %0, %13 : f32
  %15 = arith.cmpf ogt, %0, %c7 : f32
  %16 = arith.select %15, %c7, %0 : f32
  %17 = arith.subf %16, %c8 : f32
  %18 = arith.mulf %c9, %17 fastmath<contract> : f32
  %19 = arith.addf %18, %c10 fastmath<contract> : f32
  %20 = arith.mulf %19, %17 fastmath<contract> : f32
  %21 = arith.addf %20, %c11 fastmath<contract> : f32
  %22 = arith.mulf %21, %17 fastmath<contract> : f32
  %23 = arith.addf %22, %c12 fastmath<contract> : f32
  %24 = arith.mulf %23, %17 fastmath<contract> : f32
  %25 = arith.addf %24, %c13 fastmath<contract> : f32
  %26 = arith.mulf %25, %17 fastmath<contract> : f32
  %27 = arith.addf %26, %c14 fastmath<contract> : f32
  %28 = arith.mulf %27, %17 fastmath<contract> : f32
  %29 = arith.addf %28, %c15 fastmath<contract> : f32
  %30 = arith.mulf %29, %17 fastmath<contract> : f32
  %31 = arith.addf %30, %c16 fastmath<contract> : f32
  %32 = math.exp %31 : f32
  %33 = arith.subf %c17, %32 : f32
  %34 = arith.cmpf ogt, %0, %c17 : f32
  %35 = arith.select %34, %33, %14 : f32
  %36 = arith.cmpf uno, %x, %x : f32
  %37 = arith.select %36, %x, %35 : f32
  %38 = math.copysign %37, %x : f32
  return %38 : f32
}

// 1 - erf(x), for x > 1 as e^Q(x). Within 4e-7 of 1, and within 1e-5 of its value up to 4; 0 from 10.06 on.
func.func @erfc(%x: f32) -> f32 {
  %c0 = arith.constant 1.0 : f32
  %c1 = arith.constant 4.0 : f32
  %c2 = arith.constant 2.5 : f32
  %c3 = arith.constant -2.1581222e-05 : f32
  %c4 = arith.constant 6.2384956e-05 : f32
  %c5 = arith.constant -4.2974963e-04 : f32
  %c6 = arith.constant 2.16761e-03 : f32
  %c7 = arith.constant -1.0853128e-02 : f32
  %c8 = arith.constant -9.4389194e-01 : f32
  %c9 = arith.constant -5.3526807 : f32
  %c10 = arith.constant -7.806815 : f32
  %c11 = arith.constant 5.0e-01 : f32
  %c12 = arith.constant 3.0 : f32
  %c13 = arith.constant -1.0 : f32
  %c14 = arith.constant 1.7724539 : f32
  %c15 = arith.constant 0x7F800000 : f32
  %c16 = arith.constant 0.0 : f32
  %0 = math.absf %x : f32
  %1 = math.erf %x : f32
  %2 = arith.subf %c0, %1 : f32
  %3 = arith.cmpf ogt, %x, %c1 : f32
  %4 = arith.select %3, %c1, %x : f32
  %5 = arith.subf %4, %c2 : f32
  %6 = arith.mulf %c3, %5 fastmath<contract> : f32
  %7 = arith.addf %6, %c4 fastmath<contract> : f32
  %8 = arith.mulf %7, %5 fastmath<contract> : f32
  %9 = arith.addf %8, %c5 fastmath<contract> : f32
  %10 = arith.mulf %9, %5 fastmath<contract> : f32
  %11 = arith.addf %10, %c6 fastmath<contract> : f32
  %12 = arith.mulf %11, %5 fastmath<contract> : f32
  %13 = arith.addf %12, %c7 fastmath<contract> : f32
  %14 = arith.mulf %13, %5 fastmath<contract> : f32
  %15 = arith.addf %14, %c8 fastmath<contract> : f32
  %16 = arith.mulf %15, %5 fastmath<contract> : f32
  %17 = arith.addf %16, %c9 fastmath<contract> : f32
  %18 = arith.mulf %17, %5 fastmath<contract> : f32
  %19 = arith.addf %18, %c10 fastmath<contract> : f32
  %20 = math.exp %19 : f32
  %21 = arith.mulf %x, %x : f32
  %22 = arith.divf %c0, %21 : f32
  %23 = arith.mulf %22, %c11 : f32
  %24 = arith.mulf %23, %c12 : f32
  %25 = arith.subf %c0, %24 : f32
  %26 = arith.mulf %23, %25 : f32
  %27 = arith.subf %c0, %26 : f32
  %28 = arith.mulf %x, %x : f32
  %29 = arith.mulf %28, %c13 : f32
  %30 = math.exp %29 : f32
  %31 = arith.mulf %x, %c14 : f32
  %32 = arith.divf %30, %31 : f32
  %33 = arith.mulf %32, %27 : f32
  %34 = arith.cmpf ogt, %x, %c1 : f32
  %35 = arith.select %34, %33, %20 : f32
  %36 = arith.cmpf oeq, %x, %c15 : f32
  %37 = arith.select %36, %c16, %35 : f32
  %38 = arith.cmpf ogt, %x, %c0 : f32
  %39 = arith.select %38, %37, %2 : f32
  return %39 : f32
}

// The sine, reduced by pi/2 in four parts: within 1.5e-7 for |x| <= 8192, then worse with |x|.
func.func @sin(%x: f32) -> f32 {
  %c0 = arith.constant 1.2582912e+07 : f32
  %c1 = arith.constant 6.3661975e-01 : f32
  %c2 = arith.constant 1.5703125 : f32
  %c3 = arith.constant 4.8351288e-04 : f32
  %c4 = arith.constant 3.138557e-07 : f32
  %c5 = arith.constant 6.0771006e-11 : f32
  %c6 = arith.constant -1.9515296e-04 : f32
  %c7 = arith.constant 8.332161e-03 : f32
  %c8 = arith.constant -1.6666655e-01 : f32
  %c9 = arith.constant 2.4433157e-05 : f32
  %c10 = arith.constant -1.3887316e-03 : f32
  %c11 = arith.constant 4.1666646e-02 : f32
  %c12 = arith.constant 5.0e-01 : f32
  %c13 = arith.constant 1.0 : f32
  %c14 = arith.constant 1 : i32
  %c15 = arith.constant 0 : i32
  %c16 = arith.constant 2 : i32
  %c17 = arith.constant 30 : i32
  %c18 = arith.constant 0x7F800000 : f32
  %c19 = arith.constant 0x7FC00000 : f32
  %c20 = arith.constant 0.0 : f32
  %0 = arith.mulf %x, %c1 fastmath<contract> : f32
  %1 = arith.addf %0, %c0 fastmath<contract> : f32
  %2 = arith.subf %1, %c0 : f32
  %3 = arith.bitcast %1 : f32 to i32
  %4 = arith.mulf %2, %c2 fastmath<contract> : f32
  %5 = arith.subf %x, %4 fastmath<contract> : f32
  %6 = arith.mulf %2, %c3 fastmath<contract> : f32
  %7 = arith.subf %5, %6 fastmath<contract> : f32
  %8 = arith.mulf %2, %c4 fastmath<contract> : f32
  %9 = arith.subf %7, %8 fastmath<contract> : f32
  %10 = arith.mulf %2, %c5 fastmath<contract> : f32
  %11 = arith.subf %9, %10 fastmath<contract> : f32
  %12 = arith.mulf %11, %11 : f32
  %13 = arith.mulf %c6, %12 fastmath<contract> : f32
  %14 = arith.addf %13, %c7 fastmath<contract> : f32
  %15 = arith.mulf %14, %12 fastmath<contract> : f32
  %16 = arith.addf %15, %c8 fastmath<contract> : f32
  %17 = arith.mulf %16, %12 : f32
  %18 = arith.mulf %17, %11 fastmath<contract> : f32
  %19 = arith.addf %18, %11 fastmath<contract> : f32
  %20 = arith.mulf %c9, %12 fastmath<contract> : f32
  %21 = arith.addf %20, %c10 fastmath<contract> : f32
  %22 = arith.mulf %21, %12 fastmath<contract> : f32
  %23 = arith.addf %22, %c11 fastmath<contract> : f32
  %24 = arith.mulf %23, %12 : f32
  %25 = arith.mulf %24, %12 : f32
  %26 = arith.mulf %12, %c12 fastmath<contract> : f32
  %27 = arith.subf %25, %26 fastmath<contract> : f32
  %28 = arith.addf %27, %c13 : f32
  %29 = arith.andi %3, %c14 : i32
  %30 = arith.cmpi ne, %29, %c15 : i32
  %31 = arith.select %30, %28, %19 : f32
  %32 = arith.andi %3, %c16 : i32
  %33 = arith.shli %32, %c17 : i32
  %34 = arith.bitcast %31 : f32 to i32
  %35 = arith.xori %34, %33 : i32
  %36 = arith.bitcast %35 : i32 to f32
  %37 = math.absf %x : f32
  %38 = arith.cmpf oeq, %37, %c18 : f32
  %39 = arith.select %38, %c19, %36 : f32
  %40 = arith.cmpf oeq, %x, %c20 : f32
  %41 = arith.select %40, %x, %39 : f32
  return %41 : f32
}

// The cosine, reduced as the sine is: within 1.5e-7 for |x| <= 8192, then worse with |x|.
func.func @cos(%x: f32) -> f32 {
  %c0 = arith.constant 1.2582912e+07 : f32
  %c1 = arith.constant 6.3661975e-01 : f32
  %c2 = arith.constant 1.5703125 : f32
  %c3 = arith.constant 4.8351288e-04 : f32
  %c4 = arith.constant 3.138557e-07 : f32
  %c5 = arith.constant 6.0771006e-11 : f32
  %c6 = arith.constant -1.9515296e-04 : f32
  %c7 = arith.constant 8.332161e-03 : f32
  %c8 = arith.constant -1.6666655e-01 : f32
  %c9 = arith.constant 2.4433157e-05 : f32
  %c10 = arith.constant -1.3887316e-03 : f32
  %c11 = arith.constant 4.1666646e-02 : f32
  %c12 = arith.constant 5.0e-01 : f32
  %c13 = arith.constant 1.0 : f32
  %c14 = arith.constant 1 : i32
  %c15 = arith.constant 0 : i32
  %c16 = arith.constant 2 : i32
  %c17 = arith.constant 30 : i32
  %c18 = arith.constant 0x7F800000 : f32
  %c19 = arith.constant 0x7FC00000 : f32
  %0 = arith.mulf %x, %c1 fastmath<contract> : f32
  %1 = arith.addf %0, %c0 fastmath<contract> : f32
  %2 = arith.subf %1, %c0 : f32
  %3 = arith.bitcast %1 : f32 to i32
  %4 = arith.mulf %2, %c2 fastmath<contract> : f32
  %5 = arith.subf %x, %4 fastmath<contract> : f32
  %6 = arith.mulf %2, %c3 fastmath<contract> : f32
  %7 = arith.subf %5, %6 fastmath<contract> : f32
  %8 = arith.mulf %2, %c4 fastmath<contract> : f32
  %9 = arith.subf %7, %8 fastmath<contract> : f32
  %10 = arith.mulf %2, %c5 fastmath<contract> : f32
  %11 = arith.subf %9, %10 fastmath<contract> : f32
  %12 = arith.mulf %11, %11 : f32
  %13 = arith.mulf %c6, %12 fastmath<contract> : f32
  %14 = arith.addf %13, %c7 fastmath<contract> : f32
  %15 = arith.mulf %14, %12 fastmath<contract> : f32
  %16 = arith.addf %15, %c8 fastmath<contract> : f32
  %17 = arith.mulf %16, %12 : f32
  %18 = arith.mulf %17, %11 fastmath<contract> : f32
  %19 = arith.addf %18, %11 fastmath<contract> : f32
  %20 = arith.mulf %c9, %12 fastmath<contract> : f32
  %21 = arith.addf %20, %c10 fastmath<contract> : f32
  %22 = arith.mulf %21, %12 fastmath<contract> : f32
  %23 = arith.addf %22, %c11 fastmath<contract> : f32
  %24 = arith.mulf %23, %12 : f32
  %25 = arith.mulf %24, %12 : f32
  %26 = arith.mulf %12, %c12 fastmath<contract> : f32
  %27 = arith.subf %25, %26 fastmath<contract> : f32
  %28 = arith.addf %27, %c13 : f32
  %29 = arith.addi %3, %c14 : i32
  %30 = arith.andi %29, %c14 : i32
  %31 = arith.cmpi ne, %30, %c15 : i32
  %32 = arith.select %31, %28, %19 : f32
  %33 = arith.andi %29, %c16 : i32
  %34 = arith.shli %33, %c17 : i32
  %35 = arith.bitcast %32 : f32 to i32
  %36 = arith.xori %35, %34 : i32
  %37 = arith.bitcast %36 : i32 to f32
  %38 = math.absf %x : f32
  %39 = arith.cmpf oeq, %38, %c18 : f32
  %40 = arith.select %39, %c19, %37 : f32
  return %40 : f32
}

// sin(x) / cos(x).
func.func @tan(%x: f32) -> f32 {
  %0 = math.sin %x : f32
  %1 = math.cos %x : f32
  %2 = arith.divf %0, %1 : f32
  return %2 : f32
}

// x P(x^2) up to 1, and pi/2 - atan(1/x) beyond. Within 3 ulp.
func.func @atan(%x: f32) -> f32 {
  %c0 = arith.constant 1.0 : f32
  %c1 = arith.constant -1.7437012e-03 : f32
  %c2 = arith.constant 1.0680719e-02 : f32
  %c3 = arith.constant -3.0717509e-02 : f32
  %c4 = arith.constant 5.7463557e-02 : f32
  %c5 = arith.constant -8.372064e-02 : f32
  %c6 = arith.constant 1.09401986e-01 : f32
  %c7 = arith.constant -1.4261574e-01 : f32
  %c8 = arith.constant 1.999823e-01 : f32
  %c9 = arith.constant -3.3333284e-01 : f32
  %c10 = arith.constant 1.5707964 : f32
  %0 = math.absf %x : f32
  %1 = arith.cmpf ogt, %0, %c0 : f32
  %2 = arith.divf %c0, %0 : f32
  %3 = arith.select %1, %2, %0 : f32
  %4 = arith.mulf %3, %3 : f32
  %5 = arith.mulf %c1, %4 fastmath<contract> : f32
  %6 = arith.addf %5, %c2 fastmath<contract> : f32
  %7 = arith.mulf %6, %4 fastmath<contract> : f32
  %8 = arith.addf %7, %c3 fastmath<contract> : f32
  %9 = arith.mulf %8, %4 fastmath<contract> : f32
  %10 = arith.addf %9, %c4 fastmath<contract> : f32
  %11 = arith.mulf %10, %4 fastmath<contract> : f32
  %12 = arith.addf %11, %c5 fastmath<contract> : f32
  %13 = arith.mulf %12, %4 fastmath<contract> : f32
  %14 = arith.addf %13, %c6 fastmath<contract> : f32
  %15 = arith.mulf %14, %4 fastmath<contract> : f32
  %16 = arith.addf %15, %c7 fastmath<contract> : f32
  %17 = arith.mulf %16, %4 fastmath<contract> : f32
  %18 = arith.addf %17, %c8 fastmath<contract> : f32
  %19 = arith.mulf %18, %4 fastmath<contract> : f32
  %20 = arith.addf %19, %c9 fastmath<contract> : f32
  %21 = arith.mulf %20, %4 fastmath<contract> : f32
  %22 = arith.addf %21, %c0 fastmath<contract> : f32
  %23 = arith.mulf %3, %22 : f32
  %24 = arith.subf %c10, %23 : f32
  %25 = arith.select %1, %24, %23 : f32
  %26 = math.copysign %25, %x : f32
  return %26 : f32
}

// The angle of the point (x, y).
func.func @atan2(%y: f32, %x: f32) -> f32 {
  %c0 = arith.constant 1.0 : f32
  %c1 = arith.constant 0.0 : f32
  %c2 = arith.constant 1.5707964 : f32
  %c3 = arith.constant 0 : i32
  %c4 = arith.constant 3.1415927 : f32
  %c5 = arith.constant 0x7FC00000 : f32
  %0 = math.absf %y : f32
  %1 = math.absf %x : f32
  %2 = arith.cmpf ogt, %0, %1 : f32
  %3 = arith.select %2, %0, %1 : f32
  %4 = arith.select %2, %1, %0 : f32
  %5 = arith.divf %4, %3 : f32
  %6 = arith.cmpf oeq, %1, %0 : f32
  %7 = arith.select %6, %c0, %5 : f32
  %8 = arith.cmpf oeq, %3, %c1 : f32
  %9 = arith.select %8, %c1, %7 : f32
  %10 = math.atan %9 : f32
  %11 = arith.subf %c2, %10 : f32
  %12 = arith.select %2, %11, %10 : f32
  %13 = arith.bitcast %x : f32 to i32
  %14 = arith.cmpi slt, %13, %c3 : i32
  %15 = arith.subf %c4, %12 : f32
  %16 = arith.select %14, %15, %12 : f32
  %17 = arith.cmpf uno, %x, %y : f32
  %18 = arith.select %17, %c5, %16 : f32
  %19 = math.copysign %18, %y : f32
  return %19 : f32
}

// atan2(x, sqrt((1 - x) (1 + x))).
func.func @asin(%x: f32) -> f32 {
  %c0 = arith.constant 1.0 : f32
  %0 = arith.subf %c0, %x : f32
  %1 = arith.addf %x, %c0 : f32
  %2 = arith.mulf %0, %1 : f32
  %3 = math.sqrt %2 : f32
  %4 = math.atan2 %x, %3 : f32
  return %4 : f32
}

// atan2(sqrt((1 - x) (1 + x)), x).
func.func @acos(%x: f32) -> f32 {
  %c0 = arith.constant 1.0 : f32
  %0 = arith.subf %c0, %x : f32
  %1 = arith.addf %x, %c0 : f32
  %2 = arith.mulf %0, %1 : f32
  %3 = math.sqrt %2 : f32
  %4 = math.atan2 %3, %x : f32
  return %4 : f32
}

// log1p(a + a^2 / (1 + sqrt(a^2 + 1))) with a = |x|; log(a) + log(2) where the square overflows.
func.func @asinh(%x: f32) -> f32 {
  %c0 = arith.constant 1.0 : f32
  %c1 = arith.constant 6.931472e-01 : f32
  %c2 = arith.constant 1.0e+15 : f32
  %0 = math.absf %x : f32
  %1 = arith.mulf %0, %0 : f32
  %2 = arith.addf %1, %c0 : f32
  %3 = math.sqrt %2 : f32
  %4 = arith.addf %3, %c0 : f32
  %5 = arith.divf %1, %4 : f32
  %6 = arith.addf %0, %5 : f32
  %7 = math.log1p %6 : f32
  %8 = math.log %0 : f32
  %9 = arith.addf %8, %c1 : f32
  %10 = arith.cmpf ogt, %0, %c2 : f32
  %11 = arith.select %10, %9, %7 : f32
  %12 = math.copysign %11, %x : f32
  return %12 : f32
}

// log1p(t + sqrt(2 t + t^2)) with t = x - 1; log(x) + log(2) where the square overflows.
func.func @acosh(%x: f32) -> f32 {
  %c0 = arith.constant 1.0 : f32
  %c1 = arith.constant 2.0 : f32
  %c2 = arith.constant 6.931472e-01 : f32
  %c3 = arith.constant 1.0e+15 : f32
  %0 = arith.subf %x, %c0 : f32
  %1 = arith.mulf %0, %c1 : f32
  %2 = arith.mulf %0, %0 fastmath<contract> : f32
  %3 = arith.addf %2, %1 fastmath<contract> : f32
  %4 = math.sqrt %3 : f32
  %5 = arith.addf %0, %4 : f32
  %6 = math.log1p %5 : f32
  %7 = math.log %x : f32
  %8 = arith.addf %7, %c2 : f32
  %9 = arith.cmpf ogt, %x, %c3 : f32
  %10 = arith.select %9, %8, %6 : f32
  return %10 : f32
}

// log1p(2 x / (1 - x)) / 2.
func.func @atanh(%x: f32) -> f32 {
  %c0 = arith.constant 2.0 : f32
  %c1 = arith.constant 1.0 : f32
  %c2 = arith.constant 5.0e-01 : f32
  %0 = math.absf %x : f32
  %1 = arith.mulf %0, %c0 : f32
  %2 = arith.subf %c1, %0 : f32
  %3 = arith.divf %1, %2 : f32
  %4 = math.log1p %3 : f32
  %5 = arith.mulf %4, %c2 : f32
  %6 = math.copysign %5, %x : f32
  return %6 : f32
}
