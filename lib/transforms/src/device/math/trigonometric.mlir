// Functions of angles, of the hyperbola, and the error function; see exponential.mlir.

// -m / (m + 2) with m = e^(-2|x|) - 1, and the sign of x. Within 2.7 ulp.
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

// m (m + 2) / (m + 1) / 2 with m = e^|x| - 1, and the sign of x; near overflow e^(|x|/2) squared. Within 2.6 ulp.
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

// (e^|x| + e^-|x|) / 2; near overflow e^(|x|/2) squared. Within 2.6 ulp.
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

// The error function: x P(x^2) below 1, 1 - e^Q(|x|) up to 4, then 1. Within 2.5 ulp.
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

// 1 - erf(x) up to 1/4, then e^(-x^2) g(x) / (1 + 2x): g is a polynomial in (x - 3) / (x + 3), and x^2 is split so that its rounding does not show.
// Within 5.3 ulp; 0 from 10.1 on, where it is less than half the least float.
func.func @erfc(%x: f32) -> f32 {
  %c0 = arith.constant 1.0 : f32
  %c1 = arith.constant 1.03e+01 : f32
  %c2 = arith.constant 3.0 : f32
  %c3 = arith.constant -3.4327392e-04 : f32
  %c4 = arith.constant 1.9777536e-03 : f32
  %c5 = arith.constant 2.26374e-03 : f32
  %c6 = arith.constant -2.3856351e-02 : f32
  %c7 = arith.constant 6.836925e-02 : f32
  %c8 = arith.constant -1.19254746e-01 : f32
  %c9 = arith.constant 1.2963942e-01 : f32
  %c10 = arith.constant -4.756353e-02 : f32
  %c11 = arith.constant -1.3562095e-01 : f32
  %c12 = arith.constant 1.2530081 : f32
  %c13 = arith.constant 2.0 : f32
  %c14 = arith.constant -4096 : i32
  %c15 = arith.constant -1.0 : f32
  %c16 = arith.constant 2.5e-01 : f32
  %c17 = arith.constant 1.01e+01 : f32
  %c18 = arith.constant 0.0 : f32
  %0 = math.erf %x : f32
  %1 = arith.subf %c0, %0 : f32
  %2 = arith.cmpf ogt, %x, %c1 : f32
  %3 = arith.select %2, %c1, %x : f32
  %4 = arith.subf %3, %c2 : f32
  %5 = arith.addf %3, %c2 : f32
  %6 = arith.divf %4, %5 : f32
  %7 = arith.mulf %c3, %6 fastmath<contract> : f32
  %8 = arith.addf %7, %c4 fastmath<contract> : f32
  %9 = arith.mulf %8, %6 fastmath<contract> : f32
  %10 = arith.addf %9, %c5 fastmath<contract> : f32
  %11 = arith.mulf %10, %6 fastmath<contract> : f32
  %12 = arith.addf %11, %c6 fastmath<contract> : f32
  %13 = arith.mulf %12, %6 fastmath<contract> : f32
  %14 = arith.addf %13, %c7 fastmath<contract> : f32
  %15 = arith.mulf %14, %6 fastmath<contract> : f32
  %16 = arith.addf %15, %c8 fastmath<contract> : f32
  %17 = arith.mulf %16, %6 fastmath<contract> : f32
  %18 = arith.addf %17, %c9 fastmath<contract> : f32
  %19 = arith.mulf %18, %6 fastmath<contract> : f32
  %20 = arith.addf %19, %c10 fastmath<contract> : f32
  %21 = arith.mulf %20, %6 fastmath<contract> : f32
  %22 = arith.addf %21, %c11 fastmath<contract> : f32
  %23 = arith.mulf %22, %6 fastmath<contract> : f32
  %24 = arith.addf %23, %c12 fastmath<contract> : f32
  %25 = arith.mulf %3, %c13 : f32
  %26 = arith.addf %25, %c0 : f32
  %27 = arith.divf %24, %26 : f32
  %28 = arith.bitcast %3 : f32 to i32
  %29 = arith.andi %28, %c14 : i32
  %30 = arith.bitcast %29 : i32 to f32
  %31 = arith.subf %30, %3 : f32
  %32 = arith.addf %3, %30 : f32
  %33 = arith.mulf %31, %32 : f32
  %34 = arith.mulf %30, %30 : f32
  %35 = arith.mulf %34, %c15 : f32
  %36 = math.exp %35 : f32
  %37 = math.exp %33 : f32
  %38 = arith.mulf %27, %37 : f32
  %39 = arith.mulf %38, %36 : f32
  %40 = arith.cmpf ogt, %x, %c16 : f32
  %41 = arith.select %40, %39, %1 : f32
  %42 = arith.cmpf oge, %x, %c17 : f32
  %43 = arith.select %42, %c18, %41 : f32
  return %43 : f32
}

// The sine: polynomials on a quarter of a circle around 0. Up to 8192 the argument is reduced by pi/2 in four parts; beyond, in integers: 24 bits of
// the argument times those 96 bits of 2/pi that its exponent asks for, modulo 4. Within 2.8 ulp everywhere.
func.func @sin(%x: f32) -> f32 {
  %c0 = arith.constant 6.3661975e-01 : f32
  %c1 = arith.constant 1.2582912e+07 : f32
  %c2 = arith.constant 1.5703125 : f32
  %c3 = arith.constant 4.8351288e-04 : f32
  %c4 = arith.constant 3.138557e-07 : f32
  %c5 = arith.constant 6.0771006e-11 : f32
  %c6 = arith.constant 23 : i32
  %c7 = arith.constant 255 : i32
  %c8 = arith.constant 8388607 : i32
  %c9 = arith.constant 8388608 : i32
  %c10 = arith.constant 120 : i32
  %c11 = arith.constant 5 : i32
  %c12 = arith.constant 31 : i32
  %c13 = arith.constant 1 : i32
  %c14 = arith.constant 0 : i32
  %c15 = arith.constant 2 : i32
  %c16 = arith.constant 3 : i32
  %c17 = arith.constant -1560706194 : i32
  %c18 = arith.constant -64530479 : i32
  %c19 = arith.constant 1313084713 : i32
  %c20 = arith.constant -181084736 : i32
  %c21 = arith.constant -614296167 : i32
  %c22 = arith.constant 1011060801 : i32
  %c23 = arith.constant -28220501 : i32
  %c24 = arith.constant 65535 : i32
  %c25 = arith.constant 16 : i32
  %c26 = arith.constant 536870912 : i32
  %c27 = arith.constant 30 : i32
  %c28 = arith.constant 4.656613e-10 : f32
  %c29 = arith.constant 1.4629181e-09 : f32
  %c30 = arith.constant -2147483648 : i32
  %c31 = arith.constant 139 : i32
  %c32 = arith.constant -1.9515296e-04 : f32
  %c33 = arith.constant 8.332161e-03 : f32
  %c34 = arith.constant -1.6666655e-01 : f32
  %c35 = arith.constant 2.4433157e-05 : f32
  %c36 = arith.constant -1.3887316e-03 : f32
  %c37 = arith.constant 4.1666646e-02 : f32
  %c38 = arith.constant 5.0e-01 : f32
  %c39 = arith.constant 1.0 : f32
  %c40 = arith.constant 0x7F800000 : f32
  %c41 = arith.constant 0x7FC00000 : f32
  %c42 = arith.constant 0.0 : f32
  %0 = arith.mulf %x, %c0 fastmath<contract> : f32
  %1 = arith.addf %0, %c1 fastmath<contract> : f32
  %2 = arith.subf %1, %c1 : f32
  %3 = arith.bitcast %1 : f32 to i32
  %4 = arith.mulf %2, %c2 fastmath<contract> : f32
  %5 = arith.subf %x, %4 fastmath<contract> : f32
  %6 = arith.mulf %2, %c3 fastmath<contract> : f32
  %7 = arith.subf %5, %6 fastmath<contract> : f32
  %8 = arith.mulf %2, %c4 fastmath<contract> : f32
  %9 = arith.subf %7, %8 fastmath<contract> : f32
  %10 = arith.mulf %2, %c5 fastmath<contract> : f32
  %11 = arith.subf %9, %10 fastmath<contract> : f32
  %12 = arith.bitcast %x : f32 to i32
  %13 = arith.shrui %12, %c6 : i32
  %14 = arith.andi %13, %c7 : i32
  %15 = arith.andi %12, %c8 : i32
  %16 = arith.ori %15, %c9 : i32
  %17 = arith.subi %14, %c10 : i32
  %18 = arith.shrui %17, %c11 : i32
  %19 = arith.andi %17, %c12 : i32
  %20 = arith.andi %18, %c13 : i32
  %21 = arith.cmpi ne, %20, %c14 : i32
  %22 = arith.andi %18, %c15 : i32
  %23 = arith.cmpi ne, %22, %c14 : i32
  %24 = arith.cmpi ugt, %18, %c16 : i32
  %25 = arith.select %21, %c17, %c14 : i32
  %26 = arith.select %21, %c18, %c19 : i32
  %27 = arith.select %23, %26, %25 : i32
  %28 = arith.select %24, %c20, %27 : i32
  %29 = arith.select %21, %c19, %c17 : i32
  %30 = arith.select %21, %c20, %c18 : i32
  %31 = arith.select %23, %30, %29 : i32
  %32 = arith.select %24, %c21, %31 : i32
  %33 = arith.select %21, %c18, %c19 : i32
  %34 = arith.select %21, %c21, %c20 : i32
  %35 = arith.select %23, %34, %33 : i32
  %36 = arith.select %24, %c22, %35 : i32
  %37 = arith.select %21, %c20, %c18 : i32
  %38 = arith.select %21, %c22, %c21 : i32
  %39 = arith.select %23, %38, %37 : i32
  %40 = arith.select %24, %c23, %39 : i32
  %41 = arith.shli %28, %19 : i32
  %42 = arith.shrui %32, %c13 : i32
  %43 = arith.subi %c12, %19 : i32
  %44 = arith.shrui %42, %43 : i32
  %45 = arith.ori %41, %44 : i32
  %46 = arith.shli %32, %19 : i32
  %47 = arith.shrui %36, %c13 : i32
  %48 = arith.subi %c12, %19 : i32
  %49 = arith.shrui %47, %48 : i32
  %50 = arith.ori %46, %49 : i32
  %51 = arith.shli %36, %19 : i32
  %52 = arith.shrui %40, %c13 : i32
  %53 = arith.subi %c12, %19 : i32
  %54 = arith.shrui %52, %53 : i32
  %55 = arith.ori %51, %54 : i32
  %56 = arith.andi %16, %c24 : i32
  %57 = arith.shrui %16, %c25 : i32
  %58 = arith.muli %16, %50 : i32
  %59 = arith.andi %55, %c24 : i32
  %60 = arith.shrui %55, %c25 : i32
  %61 = arith.muli %56, %60 : i32
  %62 = arith.muli %56, %59 : i32
  %63 = arith.shrui %62, %c25 : i32
  %64 = arith.andi %61, %c24 : i32
  %65 = arith.addi %63, %64 : i32
  %66 = arith.muli %57, %59 : i32
  %67 = arith.addi %65, %66 : i32
  %68 = arith.muli %57, %60 : i32
  %69 = arith.shrui %61, %c25 : i32
  %70 = arith.addi %68, %69 : i32
  %71 = arith.shrui %67, %c25 : i32
  %72 = arith.addi %70, %71 : i32
  %73 = arith.addi %58, %72 : i32
  %74 = arith.cmpi ult, %73, %58 : i32
  %75 = arith.select %74, %c13, %c14 : i32
  %76 = arith.muli %16, %45 : i32
  %77 = arith.andi %50, %c24 : i32
  %78 = arith.shrui %50, %c25 : i32
  %79 = arith.muli %56, %78 : i32
  %80 = arith.muli %56, %77 : i32
  %81 = arith.shrui %80, %c25 : i32
  %82 = arith.andi %79, %c24 : i32
  %83 = arith.addi %81, %82 : i32
  %84 = arith.muli %57, %77 : i32
  %85 = arith.addi %83, %84 : i32
  %86 = arith.muli %57, %78 : i32
  %87 = arith.shrui %79, %c25 : i32
  %88 = arith.addi %86, %87 : i32
  %89 = arith.shrui %85, %c25 : i32
  %90 = arith.addi %88, %89 : i32
  %91 = arith.addi %76, %90 : i32
  %92 = arith.addi %91, %75 : i32
  %93 = arith.addi %92, %c26 : i32
  %94 = arith.shrui %93, %c27 : i32
  %95 = arith.shli %94, %c27 : i32
  %96 = arith.subi %92, %95 : i32
  %97 = arith.shrsi %96, %c12 : i32
  %98 = arith.xori %73, %97 : i32
  %99 = arith.shrui %98, %c13 : i32
  %100 = arith.sitofp %99 : i32 to f32
  %101 = arith.mulf %100, %c28 fastmath<contract> : f32
  %102 = arith.xori %96, %97 : i32
  %103 = arith.sitofp %102 : i32 to f32
  %104 = arith.addf %101, %103 fastmath<contract> : f32
  %105 = arith.mulf %104, %c29 fastmath<contract> : f32
  %106 = arith.xori %97, %12 : i32
  %107 = arith.andi %106, %c30 : i32
  %108 = arith.bitcast %105 : f32 to i32
  %109 = arith.ori %108, %107 : i32
  %110 = arith.bitcast %109 : i32 to f32
  %111 = arith.shrsi %12, %c12 : i32
  %112 = arith.xori %94, %111 : i32
  %113 = arith.subi %112, %111 : i32
  %114 = arith.cmpi ugt, %14, %c31 : i32
  %115 = arith.select %114, %113, %3 : i32
  %116 = arith.select %114, %110, %11 : f32
  %117 = arith.mulf %116, %116 : f32
  %118 = arith.mulf %c32, %117 fastmath<contract> : f32
  %119 = arith.addf %118, %c33 fastmath<contract> : f32
  %120 = arith.mulf %119, %117 fastmath<contract> : f32
  %121 = arith.addf %120, %c34 fastmath<contract> : f32
  %122 = arith.mulf %121, %117 : f32
  %123 = arith.mulf %122, %116 fastmath<contract> : f32
  %124 = arith.addf %123, %116 fastmath<contract> : f32
  %125 = arith.mulf %c35, %117 fastmath<contract> : f32
  %126 = arith.addf %125, %c36 fastmath<contract> : f32
  %127 = arith.mulf %126, %117 fastmath<contract> : f32
  %128 = arith.addf %127, %c37 fastmath<contract> : f32
  %129 = arith.mulf %128, %117 : f32
  %130 = arith.mulf %129, %117 : f32
  %131 = arith.mulf %117, %c38 fastmath<contract> : f32
  %132 = arith.subf %130, %131 fastmath<contract> : f32
  %133 = arith.addf %132, %c39 : f32
  %134 = arith.andi %115, %c13 : i32
  %135 = arith.cmpi ne, %134, %c14 : i32
  %136 = arith.select %135, %133, %124 : f32
  %137 = arith.bitcast %136 : f32 to i32
  %138 = arith.andi %115, %c15 : i32
  %139 = arith.shli %138, %c27 : i32
  %140 = arith.xori %137, %139 : i32
  %141 = arith.bitcast %140 : i32 to f32
  %142 = math.absf %x : f32
  %143 = arith.cmpf oeq, %142, %c40 : f32
  %144 = arith.select %143, %c41, %141 : f32
  %145 = arith.cmpf uno, %x, %x : f32
  %146 = arith.select %145, %x, %144 : f32
  %147 = arith.cmpf oeq, %x, %c42 : f32
  %148 = arith.select %147, %x, %146 : f32
  return %148 : f32
}

// The cosine, reduced as the sine is. Within 2.8 ulp everywhere.
func.func @cos(%x: f32) -> f32 {
  %c0 = arith.constant 6.3661975e-01 : f32
  %c1 = arith.constant 1.2582912e+07 : f32
  %c2 = arith.constant 1.5703125 : f32
  %c3 = arith.constant 4.8351288e-04 : f32
  %c4 = arith.constant 3.138557e-07 : f32
  %c5 = arith.constant 6.0771006e-11 : f32
  %c6 = arith.constant 23 : i32
  %c7 = arith.constant 255 : i32
  %c8 = arith.constant 8388607 : i32
  %c9 = arith.constant 8388608 : i32
  %c10 = arith.constant 120 : i32
  %c11 = arith.constant 5 : i32
  %c12 = arith.constant 31 : i32
  %c13 = arith.constant 1 : i32
  %c14 = arith.constant 0 : i32
  %c15 = arith.constant 2 : i32
  %c16 = arith.constant 3 : i32
  %c17 = arith.constant -1560706194 : i32
  %c18 = arith.constant -64530479 : i32
  %c19 = arith.constant 1313084713 : i32
  %c20 = arith.constant -181084736 : i32
  %c21 = arith.constant -614296167 : i32
  %c22 = arith.constant 1011060801 : i32
  %c23 = arith.constant -28220501 : i32
  %c24 = arith.constant 65535 : i32
  %c25 = arith.constant 16 : i32
  %c26 = arith.constant 536870912 : i32
  %c27 = arith.constant 30 : i32
  %c28 = arith.constant 4.656613e-10 : f32
  %c29 = arith.constant 1.4629181e-09 : f32
  %c30 = arith.constant -2147483648 : i32
  %c31 = arith.constant 139 : i32
  %c32 = arith.constant -1.9515296e-04 : f32
  %c33 = arith.constant 8.332161e-03 : f32
  %c34 = arith.constant -1.6666655e-01 : f32
  %c35 = arith.constant 2.4433157e-05 : f32
  %c36 = arith.constant -1.3887316e-03 : f32
  %c37 = arith.constant 4.1666646e-02 : f32
  %c38 = arith.constant 5.0e-01 : f32
  %c39 = arith.constant 1.0 : f32
  %c40 = arith.constant 0x7F800000 : f32
  %c41 = arith.constant 0x7FC00000 : f32
  %0 = arith.mulf %x, %c0 fastmath<contract> : f32
  %1 = arith.addf %0, %c1 fastmath<contract> : f32
  %2 = arith.subf %1, %c1 : f32
  %3 = arith.bitcast %1 : f32 to i32
  %4 = arith.mulf %2, %c2 fastmath<contract> : f32
  %5 = arith.subf %x, %4 fastmath<contract> : f32
  %6 = arith.mulf %2, %c3 fastmath<contract> : f32
  %7 = arith.subf %5, %6 fastmath<contract> : f32
  %8 = arith.mulf %2, %c4 fastmath<contract> : f32
  %9 = arith.subf %7, %8 fastmath<contract> : f32
  %10 = arith.mulf %2, %c5 fastmath<contract> : f32
  %11 = arith.subf %9, %10 fastmath<contract> : f32
  %12 = arith.bitcast %x : f32 to i32
  %13 = arith.shrui %12, %c6 : i32
  %14 = arith.andi %13, %c7 : i32
  %15 = arith.andi %12, %c8 : i32
  %16 = arith.ori %15, %c9 : i32
  %17 = arith.subi %14, %c10 : i32
  %18 = arith.shrui %17, %c11 : i32
  %19 = arith.andi %17, %c12 : i32
  %20 = arith.andi %18, %c13 : i32
  %21 = arith.cmpi ne, %20, %c14 : i32
  %22 = arith.andi %18, %c15 : i32
  %23 = arith.cmpi ne, %22, %c14 : i32
  %24 = arith.cmpi ugt, %18, %c16 : i32
  %25 = arith.select %21, %c17, %c14 : i32
  %26 = arith.select %21, %c18, %c19 : i32
  %27 = arith.select %23, %26, %25 : i32
  %28 = arith.select %24, %c20, %27 : i32
  %29 = arith.select %21, %c19, %c17 : i32
  %30 = arith.select %21, %c20, %c18 : i32
  %31 = arith.select %23, %30, %29 : i32
  %32 = arith.select %24, %c21, %31 : i32
  %33 = arith.select %21, %c18, %c19 : i32
  %34 = arith.select %21, %c21, %c20 : i32
  %35 = arith.select %23, %34, %33 : i32
  %36 = arith.select %24, %c22, %35 : i32
  %37 = arith.select %21, %c20, %c18 : i32
  %38 = arith.select %21, %c22, %c21 : i32
  %39 = arith.select %23, %38, %37 : i32
  %40 = arith.select %24, %c23, %39 : i32
  %41 = arith.shli %28, %19 : i32
  %42 = arith.shrui %32, %c13 : i32
  %43 = arith.subi %c12, %19 : i32
  %44 = arith.shrui %42, %43 : i32
  %45 = arith.ori %41, %44 : i32
  %46 = arith.shli %32, %19 : i32
  %47 = arith.shrui %36, %c13 : i32
  %48 = arith.subi %c12, %19 : i32
  %49 = arith.shrui %47, %48 : i32
  %50 = arith.ori %46, %49 : i32
  %51 = arith.shli %36, %19 : i32
  %52 = arith.shrui %40, %c13 : i32
  %53 = arith.subi %c12, %19 : i32
  %54 = arith.shrui %52, %53 : i32
  %55 = arith.ori %51, %54 : i32
  %56 = arith.andi %16, %c24 : i32
  %57 = arith.shrui %16, %c25 : i32
  %58 = arith.muli %16, %50 : i32
  %59 = arith.andi %55, %c24 : i32
  %60 = arith.shrui %55, %c25 : i32
  %61 = arith.muli %56, %60 : i32
  %62 = arith.muli %56, %59 : i32
  %63 = arith.shrui %62, %c25 : i32
  %64 = arith.andi %61, %c24 : i32
  %65 = arith.addi %63, %64 : i32
  %66 = arith.muli %57, %59 : i32
  %67 = arith.addi %65, %66 : i32
  %68 = arith.muli %57, %60 : i32
  %69 = arith.shrui %61, %c25 : i32
  %70 = arith.addi %68, %69 : i32
  %71 = arith.shrui %67, %c25 : i32
  %72 = arith.addi %70, %71 : i32
  %73 = arith.addi %58, %72 : i32
  %74 = arith.cmpi ult, %73, %58 : i32
  %75 = arith.select %74, %c13, %c14 : i32
  %76 = arith.muli %16, %45 : i32
  %77 = arith.andi %50, %c24 : i32
  %78 = arith.shrui %50, %c25 : i32
  %79 = arith.muli %56, %78 : i32
  %80 = arith.muli %56, %77 : i32
  %81 = arith.shrui %80, %c25 : i32
  %82 = arith.andi %79, %c24 : i32
  %83 = arith.addi %81, %82 : i32
  %84 = arith.muli %57, %77 : i32
  %85 = arith.addi %83, %84 : i32
  %86 = arith.muli %57, %78 : i32
  %87 = arith.shrui %79, %c25 : i32
  %88 = arith.addi %86, %87 : i32
  %89 = arith.shrui %85, %c25 : i32
  %90 = arith.addi %88, %89 : i32
  %91 = arith.addi %76, %90 : i32
  %92 = arith.addi %91, %75 : i32
  %93 = arith.addi %92, %c26 : i32
  %94 = arith.shrui %93, %c27 : i32
  %95 = arith.shli %94, %c27 : i32
  %96 = arith.subi %92, %95 : i32
  %97 = arith.shrsi %96, %c12 : i32
  %98 = arith.xori %73, %97 : i32
  %99 = arith.shrui %98, %c13 : i32
  %100 = arith.sitofp %99 : i32 to f32
  %101 = arith.mulf %100, %c28 fastmath<contract> : f32
  %102 = arith.xori %96, %97 : i32
  %103 = arith.sitofp %102 : i32 to f32
  %104 = arith.addf %101, %103 fastmath<contract> : f32
  %105 = arith.mulf %104, %c29 fastmath<contract> : f32
  %106 = arith.xori %97, %12 : i32
  %107 = arith.andi %106, %c30 : i32
  %108 = arith.bitcast %105 : f32 to i32
  %109 = arith.ori %108, %107 : i32
  %110 = arith.bitcast %109 : i32 to f32
  %111 = arith.shrsi %12, %c12 : i32
  %112 = arith.xori %94, %111 : i32
  %113 = arith.subi %112, %111 : i32
  %114 = arith.cmpi ugt, %14, %c31 : i32
  %115 = arith.select %114, %113, %3 : i32
  %116 = arith.select %114, %110, %11 : f32
  %117 = arith.mulf %116, %116 : f32
  %118 = arith.mulf %c32, %117 fastmath<contract> : f32
  %119 = arith.addf %118, %c33 fastmath<contract> : f32
  %120 = arith.mulf %119, %117 fastmath<contract> : f32
  %121 = arith.addf %120, %c34 fastmath<contract> : f32
  %122 = arith.mulf %121, %117 : f32
  %123 = arith.mulf %122, %116 fastmath<contract> : f32
  %124 = arith.addf %123, %116 fastmath<contract> : f32
  %125 = arith.mulf %c35, %117 fastmath<contract> : f32
  %126 = arith.addf %125, %c36 fastmath<contract> : f32
  %127 = arith.mulf %126, %117 fastmath<contract> : f32
  %128 = arith.addf %127, %c37 fastmath<contract> : f32
  %129 = arith.mulf %128, %117 : f32
  %130 = arith.mulf %129, %117 : f32
  %131 = arith.mulf %117, %c38 fastmath<contract> : f32
  %132 = arith.subf %130, %131 fastmath<contract> : f32
  %133 = arith.addf %132, %c39 : f32
  %134 = arith.addi %115, %c13 : i32
  %135 = arith.andi %134, %c13 : i32
  %136 = arith.cmpi ne, %135, %c14 : i32
  %137 = arith.select %136, %133, %124 : f32
  %138 = arith.bitcast %137 : f32 to i32
  %139 = arith.andi %134, %c15 : i32
  %140 = arith.shli %139, %c27 : i32
  %141 = arith.xori %138, %140 : i32
  %142 = arith.bitcast %141 : i32 to f32
  %143 = math.absf %x : f32
  %144 = arith.cmpf oeq, %143, %c40 : f32
  %145 = arith.select %144, %c41, %142 : f32
  %146 = arith.cmpf uno, %x, %x : f32
  %147 = arith.select %146, %x, %145 : f32
  return %147 : f32
}

// sin(x) / cos(x). Within 4.8 ulp everywhere.
func.func @tan(%x: f32) -> f32 {
  %0 = math.sin %x : f32
  %1 = math.cos %x : f32
  %2 = arith.divf %0, %1 : f32
  return %2 : f32
}

// x P(x^2) up to 1, and pi/2 - atan(1/x) beyond. Within 2.6 ulp.
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

// The angle of the point (x, y). Within 2.6 ulp.
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

// atan2(x, sqrt((1 - x) (1 + x))). Within 3 ulp.
func.func @asin(%x: f32) -> f32 {
  %c0 = arith.constant 1.0 : f32
  %0 = arith.subf %c0, %x : f32
  %1 = arith.addf %x, %c0 : f32
  %2 = arith.mulf %0, %1 : f32
  %3 = math.sqrt %2 : f32
  %4 = math.atan2 %x, %3 : f32
  return %4 : f32
}

// atan2(sqrt((1 - x) (1 + x)), x). Within 3 ulp.
func.func @acos(%x: f32) -> f32 {
  %c0 = arith.constant 1.0 : f32
  %0 = arith.subf %c0, %x : f32
  %1 = arith.addf %x, %c0 : f32
  %2 = arith.mulf %0, %1 : f32
  %3 = math.sqrt %2 : f32
  %4 = math.atan2 %3, %x : f32
  return %4 : f32
}

// log1p(a + a^2 / (1 + sqrt(a^2 + 1))) with a = |x|; log(a) + log(2) where the square overflows. Within 2.2 ulp.
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

// log1p(t + sqrt(2 t + t^2)) with t = x - 1; log(x) + log(2) where the square overflows. Within 2.3 ulp.
func.func @acosh(%x: f32) -> f32 {
  %c0 = arith.constant 1.0 : f32
  %c1 = arith.constant 2.0 : f32
  %c2 = arith.constant 6.931472e-01 : f32
  %c3 = arith.constant 1.0e+15 : f32
  %c4 = arith.constant 0x7FC00000 : f32
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
  %11 = arith.cmpf olt, %x, %c0 : f32
  %12 = arith.select %11, %c4, %10 : f32
  return %12 : f32
}

// log1p(2 x / (1 - x)) / 2. Within 2.6 ulp.
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
