/** The contract in one import: verbs, faults, serve and connect. Carriers are imported by their own files. */
export {
  call,
  stream,
  type Client,
  type Door,
  type Handlers,
  type In,
  type Merge,
  type Out,
  type Parsed,
} from './contract.ts';
export { connect } from './connect.ts';
export { Fault, isFault, type Details } from './fault.ts';
export { CREDIT, MAX_FRAME, type Frame, type Wire } from './frame.ts';
export { joinText } from './merge.ts';
export * as schema from './schema.ts';
export { serve } from './serve.ts';
