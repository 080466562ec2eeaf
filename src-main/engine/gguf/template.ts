/** Bounds what a chat template may ask of llama.cpp's Jinja, whose parser and interpreter recurse on the C stack. */
import { damaged } from './faults.ts';
import { LIMITS } from './limits.ts';

/**
 * Refuses templates that end the process by their form alone: measured with a stack of 8 MiB, 4,000 nested brackets or
 * 8,000 nested blocks overflow it, and so do sums of 8,000 terms; half as many do not. What a template *does* (a loop without end, a macro
 * that calls itself) no parser can tell: there the runner's patience and its count of crashes decide.
 * @throws `gguf-damaged`
 */
export function checkTemplate(template: string): void {
  if (template.length > LIMITS.template) throw damaged('its chat template is impossibly long');
  let depth = 0;
  let deepest = 0;
  for (const [tag] of template.matchAll(TAG)) {
    if (tag.startsWith('{#')) continue;
    const code = tag.replace(STRING, '0');
    if (code.length > LIMITS.templateTag) throw damaged('a part of its chat template is impossibly long');
    if (nesting(code) > LIMITS.templateDepth) throw damaged('its chat template is nested too deep');
    const word = /^\{%[-+]?\s*(\w+)/.exec(code)?.[1];
    if (word === undefined) continue;
    if (word.startsWith('end')) depth--;
    // An elif lies inside the if before it until both end.
    else if (OPENS.has(word)) deepest = Math.max(deepest, ++depth);
  }
  if (deepest > LIMITS.templateDepth) throw damaged('its chat template is nested too deep');
}

/** How deep brackets lie inside each other. */
function nesting(code: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of code)
    if ('([{'.includes(character)) deepest = Math.max(deepest, ++depth);
    else if (')]}'.includes(character)) depth--;
  return deepest;
}

const STRING = /'(?:\\[^]|[^'\\])*'|"(?:\\[^]|[^"\\])*"/g;
/** A tag to its end, or to the end of the text when it has none; a string in it may contain what looks like the end. */
const TAG =
  /\{#[^]*?(?:#\}|$)|\{[{%](?:'(?:\\[^]|[^'\\])*(?:'|$)|"(?:\\[^]|[^"\\])*(?:"|$)|(?!%\}|\}\})[^'"])*(?:%\}|\}\}|$)/g;
const OPENS = new Set(['if', 'for', 'macro', 'call', 'filter', 'generation']);
