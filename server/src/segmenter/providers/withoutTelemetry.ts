/**
 * Disables ONNX Runtime's telemetry; import this before `onnxruntime-node`. From 1.29 on its builds for Linux and macOS
 * send events about sessions and models to the vendor, and keep an identifier of this machine in the user's cache. With
 * this variable, set before the library starts, nothing is sent or written (microsoft/onnxruntime, pull request 27379).
 * On Windows the system's diagnostics settings decide.
 */
process.env.ORT_DISABLE_TELEMETRY = '1';
