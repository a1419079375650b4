import{D as e,O as t,w as n}from"./core.js";function r({code:n,stdout:r,stderr:i},a,o){if(n===0)return;let s=`${r}\n${i}`.trim().split(`
`).slice(-20).join(`
`);throw new e(t(`verification-failed`,`${a} failed (exit ${n}):\n${s}`,o))}function i({name:e,imports:t}){return[`-I`,`-c`,`
import importlib, json, sys
from importlib.metadata import PackageNotFoundError, version
try:
    installed = version(sys.argv[1])
except PackageNotFoundError:
    print(sys.argv[1], "is not installed", file=sys.stderr)
    sys.exit(77)
modules = {name: getattr(importlib.import_module(name), "__version__", None) for name in sys.argv[2:]}
print(json.dumps({"version": installed, "modules": modules}))
`,e,...t]}function a({name:r,version:i,imports:a},o){let s=JSON.parse(o),c=a[0]===void 0?null:s.modules[a[0]]??null;for(let a of[s.version,c])if(a!==null&&n(a)!==i)throw new e(t(`installed-version-differs`,`After installing ${r}==${i}, the package says it is ${a}.`,`Set the version in every place that the plan lists, or take it from one.`));return s.version}const o=new Set([126,127]);async function s(e,{packages:t,version:n},{what:o,image:s}){let l=[];for(let n of t){let t=await e.run(s,[`python3`,...i(n)]);t.code===77||c(t)||(r(t,`import ${n.imports.join(`, `)} in ${o}`,`Run the image by hand: does it hold the wheel of this release, and what the wheel needs?`),l.push({what:o,where:`${e.name}, ${n.name}`,version:a(n,t.stdout)}))}return l.length>0?l:[{what:o,where:`${e.name}, not run`,version:n}]}function c({code:e,stderr:t}){return o.has(e)||/executable file (`[^`]*` )?not found/.test(t)}async function l(e,t,n){r(await e.run(t,[`/bin/sh`,`-c`,n]),`The test command in the image (${n})`,`Nothing was pushed: mend the image first.`)}export{r as a,a as i,s as n,i as r,l as t};