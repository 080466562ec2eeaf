///<reference types="svelte" />
;
import { chat } from '../../messages/chat.en.ts';
import { literal } from './clean.ts';
import { linesOf } from './lines.ts';

;type $$ComponentProps =  { language: string; text: string };function $$render() {

  
  
  

  let { language, text }:/*Ωignore_startΩ*/$$ComponentProps/*Ωignore_endΩ*/ = $props();

  const pieces = $derived(linesOf(literal(text)));
  let copied = $state(false);

  async function copy() {
    await navigator.clipboard.writeText(text);
    copied = true;
    setTimeout(() => (copied = false), 2000);
  }
;
async () => {


 { svelteHTML.createElement("div", {   "class":`code`,"dir":`ltr`,});
   { svelteHTML.createElement("header", {});
     { svelteHTML.createElement("span", {});language || chat.code; }
     { svelteHTML.createElement("button", {     "class":`b quiet low`,"type":`button`,"onclick":copy,});copied ? chat.copied : chat.copyCode; }
   }
  
   { svelteHTML.createElement("pre", {     "tabindex":0,"role":`region`,"aria-label":chat.codeIn(language),}); { svelteHTML.createElement("code", { });  for(let piece of __sveltets_2_ensureArray(pieces)){ { svelteHTML.createElement("span", { "class":`piece`,});piece; }} } }
 }


};
return { props: {} as any as $$ComponentProps, exports: {}, bindings: __sveltets_$$bindings(''), slots: {}, events: {} }}
/** A code block: its language, Copy code, and the text in pieces that the browser can skip while off screen. */
const Code__SvelteComponent_ = __sveltets_2_fn_component($$render());
/*Ωignore_startΩ*/type Code__SvelteComponent_ = ReturnType<typeof Code__SvelteComponent_>;
/*Ωignore_endΩ*/export default Code__SvelteComponent_;