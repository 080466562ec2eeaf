export { default } from "./++Markdown.svelte.ts";
export * from "./++Markdown.svelte.ts";
