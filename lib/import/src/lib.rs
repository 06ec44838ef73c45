//! Importers: ONNX to nn.
