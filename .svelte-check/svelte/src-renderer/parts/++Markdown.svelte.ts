///<reference types="svelte" />
;
import { untrack } from 'svelte';
import AskOpen from './markdown/AskOpen.svelte';
import Blocks from './markdown/Blocks.svelte';
import { createDocument, PART, type Part } from './markdown/document.ts';
import type { Address } from './markdown/nodes.ts';

;type $$ComponentProps =  { text: string; writing?: boolean };function $$render() {

  
  
  
  
  

  let { text, writing = false }:/*Ωignore_startΩ*/$$ComponentProps/*Ωignore_endΩ*/ = $props();

  /** Milliseconds of reading in one frame; the rest of the frame draws what was read. */
  const BUDGET = 6;
  /** Reading takes at most a fifth of the time, so that a 200 kB table that grows does not stop the window. */
  const REST = 4;

  const doc = createDocument();
  let parts = $state.raw<readonly Part[]>([]);
  let asking = $state.raw<Address>();
  let frame = 0;
  let rested = 0;

  function read(): void {
    const begun = performance.now();
    if (writing && begun < rested) return later();
    const more = doc.read(BUDGET);
    const took = performance.now() - begun;
    rested = took > BUDGET ? performance.now() + took * REST : 0;
    parts = doc.parts;
    if (more) later();
  }
  function later(): void {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      read();
    });
  }

  $effect.pre(() => {
    doc.set(text, !writing);
    untrack(read);
  });
  $effect(() => () => cancelAnimationFrame(frame));
;
async () => {


 { svelteHTML.createElement("div", {  "class":`prose`,});writing;
      for(let part of __sveltets_2_ensureArray(parts)){let i = 1;part.id;
     { svelteHTML.createElement("div", {  "class":`part`,});i < parts.length - 1;
       { const $$_skcolB2C = __sveltets_2_ensureComponent(Blocks); new $$_skcolB2C({ target: __sveltets_2_any(), props: {      "blocks":part.blocks,"first":part.id * PART,"onlink":(to) => (asking = to),}});}
     }
  }
 }
if(asking){ { const $$_nepOksA0C = __sveltets_2_ensureComponent(AskOpen); new $$_nepOksA0C({ target: __sveltets_2_any(), props: {    "to":asking,"onclose":() => (asking = undefined),}});}}


};
return { props: {} as any as $$ComponentProps, exports: {}, bindings: __sveltets_$$bindings(''), slots: {}, events: {} }}
/** Model text as Markdown. The text is untrusted: it becomes typed nodes, never markup. */
const Markdown__SvelteComponent_ = __sveltets_2_fn_component($$render());
/*Ωignore_startΩ*/type Markdown__SvelteComponent_ = ReturnType<typeof Markdown__SvelteComponent_>;
/*Ωignore_endΩ*/export default Markdown__SvelteComponent_;