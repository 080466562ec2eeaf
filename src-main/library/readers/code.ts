/** Source code and configuration: text that is shown and quoted as it stands. */

/** By extension, or by the whole name for files that have none. */
const CODE = new Set(
  `ada asm astro awk bash bat bib c cc cfg clj cljs cmake cmd conf cpp cs css cxx dart diff dockerfile elm env erl ex exs
  f90 fish fs gd glsl go gradle graphql groovy h hcl hpp hrl hs ini ipynb java jl js json json5 jsonc jsonl jsx
  kt kts less lisp lock lua m makefile mjs cjs ml mli mm mts cts nim nix pas patch php pl pm plist properties proto ps1
  psm1 py pyi r rb rkt rs s sass scala scm scss sh sol sql svelte svg swift tcl tf toml ts tsx v vb vhdl vim vue
  wat xml xsd xsl yaml yml zig zsh`.split(/\s+/),
);

export const isCode = (extension: string): boolean => CODE.has(extension);
