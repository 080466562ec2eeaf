export { default } from "./++AskOpen.svelte.ts";
export * from "./++AskOpen.svelte.ts";
