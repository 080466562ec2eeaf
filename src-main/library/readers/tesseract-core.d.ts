/** The package has no types; what is called of it stands in `ocr.ts`. */
declare module 'tesseract.js-core/tesseract-core-simd-lstm.wasm.js' {
  const load: (options: object) => Promise<unknown>;
  export default load;
}
