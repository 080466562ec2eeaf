/** What a library in the reader process gets instead of `module`: a `require` that goes through the same hooks. */
export { createRequire } from 'node:module';
