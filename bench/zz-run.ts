import { parts } from './zz-index.ts';
for (const p of process.argv.slice(2)) { const t=performance.now(); for (const f of await (parts as any)[p]()) console.log(f.name, f.value, f.unit, f.bound??'', f.holds??''); console.log(p, ((performance.now()-t)/1000).toFixed(1),'s'); }
process.exit();
