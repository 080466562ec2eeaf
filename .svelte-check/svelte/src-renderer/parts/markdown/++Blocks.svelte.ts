///<reference types="svelte" />
;
import Blocks from './Blocks.svelte';
import Code from './Code.svelte';
import TableView from './Table.svelte';
import type { Address, Block, Inline } from './nodes.ts';
import { literal } from './clean.ts';
import { chat } from '../../messages/chat.en.ts';

;type $$ComponentProps =  { blocks: readonly Block[]; first?: number; onlink: (to: Address) => void };function $$render() {
 const inline/*Ωignore_positionΩ*/ = (nodes: readonly Inline[])/*Ωignore_startΩ*/: ReturnType<import('svelte').Snippet>/*Ωignore_endΩ*/ => { async ()/*Ωignore_positionΩ*/ => {
    for(let node of __sveltets_2_ensureArray(nodes)){
    if(node.kind === 'text'){node.text;} else if (node.kind === 'code'){ { svelteHTML.createElement("code", {});node.text; }} else if (node.kind === 'em'){ { svelteHTML.createElement("em", {});;__sveltets_2_ensureSnippet(inline(node.children)); }} else if (node.kind === 'strong'){ { svelteHTML.createElement("strong", { });;__sveltets_2_ensureSnippet(inline(node.children)); }} else if (node.kind === 'strike'){ { svelteHTML.createElement("del", {});;__sveltets_2_ensureSnippet(inline(node.children)); }} else if (node.kind === 'break'){ { svelteHTML.createElement("br", { });}} else if (node.kind === 'image'){ { svelteHTML.createElement("span", { "class":`picture`,});chat.picture(node.alt);  { svelteHTML.createElement("bdi", {});node.address; } }} else if (node.kind === 'link'){ { svelteHTML.createElement("span", {           "class":`link`,"role":`link`,"tabindex":0,"onclick":() => onlink(node.to),"onkeydown":key(() => onlink(node.to)),}); { svelteHTML.createElement("bdi", {});;__sveltets_2_ensureSnippet(inline(node.children)); }if(!node.bare){ { svelteHTML.createElement("bdi", { "class":`host`,});literal(node.to.host); }} }}
  }
};return __sveltets_2_any(0)};
  
  
  
  
  
  

  let {
    blocks,
    first = 0,
    onlink,
  }:/*Ωignore_startΩ*/$$ComponentProps/*Ωignore_endΩ*/ = $props();

  const key = (onto: () => void) => (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    onto();
  };
;
async () => {




    for(let block of __sveltets_2_ensureArray(blocks)){let i = 1;first + i;
  if(block.kind === 'paragraph'){
    if(block.tight){ { svelteHTML.createElement("span", {   "class":`tight`,"dir":`auto`,});;__sveltets_2_ensureSnippet(inline(block.children)); }}else{ { svelteHTML.createElement("p", { "dir":`auto`,});
        ;__sveltets_2_ensureSnippet(inline(block.children));
       }}
  } else if (block.kind === 'heading'){
     { svelteHTML.createElement(`h${block.level}`, {   "dir":`auto`,});;__sveltets_2_ensureSnippet(inline(block.children)); }
  } else if (block.kind === 'code'){
     { const $$_edoC0C = __sveltets_2_ensureComponent(Code); new $$_edoC0C({ target: __sveltets_2_any(), props: {    "language":block.language,"text":block.text,}});}
  } else if (block.kind === 'list'){
    if(block.ordered){
       { svelteHTML.createElement("ol", { "start":block.start,});
          for(let item of __sveltets_2_ensureArray(block.items)){ { svelteHTML.createElement("li", { "dir":`auto`,}); { const $$_skcolB2C = __sveltets_2_ensureComponent(Blocks); new $$_skcolB2C({ target: __sveltets_2_any(), props: {   "blocks":item.children,onlink,}});} }}
       }
    }else{
       { svelteHTML.createElement("ul", {});
          for(let item of __sveltets_2_ensureArray(block.items)){ { svelteHTML.createElement("li", {  "dir":`auto`,});item.checked !== undefined;
            if(item.checked !== undefined){ { svelteHTML.createElement("span", {      "class":`box`,"role":`img`,"aria-label":item.checked ? chat.taskDone : chat.taskOpen,});item.checked ? '☑' : '☐'; }} { const $$_skcolB2C = __sveltets_2_ensureComponent(Blocks); new $$_skcolB2C({ target: __sveltets_2_any(), props: {   "blocks":item.children,onlink,}});}
           }}
       }
    }
  } else if (block.kind === 'quote'){
     { svelteHTML.createElement("blockquote", { "dir":`auto`,}); { const $$_skcolB1C = __sveltets_2_ensureComponent(Blocks); new $$_skcolB1C({ target: __sveltets_2_any(), props: {   "blocks":block.children,onlink,}});} }
  } else if (block.kind === 'table'){
     { const $$_weiVelbaT0C = __sveltets_2_ensureComponent(TableView); new $$_weiVelbaT0C({ target: __sveltets_2_any(), props: {   "table":block,inline,}});}
  }else{
     { svelteHTML.createElement("hr", {});}
  }
}


};
return { props: {} as any as $$ComponentProps, exports: {}, bindings: __sveltets_$$bindings(''), slots: {}, events: {} }}
/** Draws Markdown nodes: a closed set of tags, no markup from the text itself. */
const Blocks__SvelteComponent_ = __sveltets_2_fn_component($$render());
/*Ωignore_startΩ*/type Blocks__SvelteComponent_ = ReturnType<typeof Blocks__SvelteComponent_>;
/*Ωignore_endΩ*/export default Blocks__SvelteComponent_;