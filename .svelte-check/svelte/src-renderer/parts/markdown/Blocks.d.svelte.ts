export { default } from "./++Blocks.svelte.ts";
export * from "./++Blocks.svelte.ts";
