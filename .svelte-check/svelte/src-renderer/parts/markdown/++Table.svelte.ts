///<reference types="svelte" />
;
import type { Snippet } from 'svelte';
import { chat } from '../../messages/chat.en.ts';
import { ROWS } from './convert.ts';
import type { Inline, Table } from './nodes.ts';

;type $$ComponentProps =  { table: Table; inline: Snippet<[readonly Inline[]]> };function $$render() {

  
  
  
  

  let { table, inline }:/*Ωignore_startΩ*/$$ComponentProps/*Ωignore_endΩ*/ = $props();

  let most = $state(ROWS);
  const rows = $derived(table.rows.length > most ? table.rows.slice(0, most) : table.rows);
;
async () => {



 { svelteHTML.createElement("div", {       "class":`wide`,"tabindex":0,"role":`region`,"aria-label":chat.table,});
   { svelteHTML.createElement("table", {});
     { svelteHTML.createElement("thead", {});
       { svelteHTML.createElement("tr", { });   for(let cell of __sveltets_2_ensureArray(table.head)){let i = 1; { svelteHTML.createElement("th", {     "scope":`col`,"dir":`auto`,"class":table.align[i],});;__sveltets_2_ensureSnippet(inline(cell)); }} }
     }
     { svelteHTML.createElement("tbody", {});
        for(let row of __sveltets_2_ensureArray(rows)){
         { svelteHTML.createElement("tr", { });   for(let cell of __sveltets_2_ensureArray(row)){let i = 1; { svelteHTML.createElement("td", {   "dir":`auto`,"class":table.align[i],});;__sveltets_2_ensureSnippet(inline(cell)); }} }
      }
     }
   }
 }
if(table.rows.length > most){
   { svelteHTML.createElement("button", {      "class":`b low`,"type":`button`,"onclick":() => (most += ROWS * 5),});chat.moreRows(table.rows.length - most); }
}


};
return { props: {} as any as $$ComponentProps, exports: {}, bindings: __sveltets_$$bindings(''), slots: {}, events: {} }}
/** A table that scrolls inside itself; a very long one shows its first rows and a button for the rest. */
const Table__SvelteComponent_ = __sveltets_2_fn_component($$render());
/*Ωignore_startΩ*/type Table__SvelteComponent_ = ReturnType<typeof Table__SvelteComponent_>;
/*Ωignore_endΩ*/export default Table__SvelteComponent_;