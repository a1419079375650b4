import{K as e,X as t,Z as n}from"./core.js";function r({code:e,stdout:r,stderr:i},a,o){if(e===0)return;let s=`${r}\n${i}`.trim().split(`
`).slice(-20).join(`
`);throw new t(n(`verification-failed`,`${a} failed (exit ${e}):\n${s}`,o))}function i({name:e,imports:t}){return[`-I`,`-c`,`
import importlib, json, sys
from importlib.metadata import PackageNotFoundError, version
try:
    installed = version(sys.argv[1])
except PackageNotFoundError:
    print(sys.argv[1], "is not installed", file=sys.stderr)
    sys.exit(77)
modules = {name: getattr(importlib.import_module(name), "__version__", None) for name in sys.argv[2:]}
print(json.dumps({"version": installed, "modules": modules}))
`,e,...t]}function a({name:r,version:i,imports:a},o){let s=JSON.parse(o),c=a[0]===void 0?null:s.modules[a[0]]??null;for(let a of[s.version,c])if(a!==null&&e(a)!==i)throw new t(n(`installed-version-differs`,`After installing ${r}==${i}, the package says it is ${a}.`,`Set the version in every place that the plan lists, or take it from one.`));return s.version}export{a as n,r,i as t};