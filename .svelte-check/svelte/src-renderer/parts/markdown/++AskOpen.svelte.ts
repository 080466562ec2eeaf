///<reference types="svelte" />
;
import { chat } from '../../messages/chat.en.ts';
import { openAddress } from './address.ts';
import { literal } from './clean.ts';
import type { Address } from './nodes.ts';

;type $$ComponentProps =  { to: Address; onclose: () => void };function $$render() {

  
  
  
  

  let { to, onclose }:/*Ωignore_startΩ*/$$ComponentProps/*Ωignore_endΩ*/ = $props();

  let dialog: HTMLDialogElement;
  $effect(() => {
    // Focus returns to the link when a modal dialog closes.
    dialog.showModal();
  });
  function open() {
    openAddress(to);
    dialog.close();
  }
;
async () => {


 { const $$_dialog0 = svelteHTML.createElement("dialog", {     "class":`sheet`,onclose,"aria-labelledby":`ask-open`,});dialog = $$_dialog0;
   { svelteHTML.createElement("header", {}); { svelteHTML.createElement("h1", { "id":`ask-open`,});chat.openLink(literal(to.host)); } }
   { svelteHTML.createElement("div", { "class":`body`,});
     { svelteHTML.createElement("p", { "class":`address`,}); { svelteHTML.createElement("bdi", {});literal(to.href); } }
     { svelteHTML.createElement("p", { "class":`quiet small`,});chat.openLinkWhy; }
   }
   { svelteHTML.createElement("footer", {});
     { svelteHTML.createElement("div", { "class":`buttons`,});
      
       { svelteHTML.createElement("button", {     "class":`b`,"type":`button`,"autofocus":true,"onclick":() => dialog.close(),});chat.cancel; }
       { svelteHTML.createElement("button", {     "class":`b main`,"type":`button`,"onclick":open,});chat.openInBrowser; }
     }
   }
 }


};
return { props: {} as any as $$ComponentProps, exports: {}, bindings: __sveltets_$$bindings(''), slots: {}, events: {} }}
/** Asks before an address from model text is opened: the whole address, its host, Cancel first. */
const AskOpen__SvelteComponent_ = __sveltets_2_fn_component($$render());
/*Ωignore_startΩ*/type AskOpen__SvelteComponent_ = ReturnType<typeof AskOpen__SvelteComponent_>;
/*Ωignore_endΩ*/export default AskOpen__SvelteComponent_;