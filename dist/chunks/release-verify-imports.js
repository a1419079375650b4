import{C as e,S as t}from"./core-start.js";import{R as n}from"./core.js";function r({code:n,stdout:r,stderr:i},a,o){if(n===0)return;let s=`${r}\n${i}`.trim().split(`
`).slice(-20).join(`
`);throw new t(e(`verification-failed`,`${a} failed (exit ${n}):\n${s}`,o))}function i({name:e,imports:t}){return[`-I`,`-c`,`
import importlib, json, re, sys
from importlib.metadata import distributions
# Python before 3.10 does not normalize a name with a dot (PEP 503 has the rule).
normal = lambda name: re.sub("[-_.]+", "-", name).lower()
found = [each.version for each in distributions() if normal(each.metadata["Name"] or "") == normal(sys.argv[1])]
installed = found[0] if found else None
if installed is None:
    print(sys.argv[1], "is not installed", file=sys.stderr)
    sys.exit(77)
modules = {name: getattr(importlib.import_module(name), "__version__", None) for name in sys.argv[2:]}
print(json.dumps({"version": installed, "modules": modules}))
`,e,...t]}function a({name:r,version:i,imports:a},o){let s=JSON.parse(o),c=a[0]===void 0?null:s.modules[a[0]]??null;for(let a of[s.version,c])if(a!==null&&n(a)!==i)throw new t(e(`installed-version-differs`,`After installing ${r}==${i}, the package reports version ${a}.`,`Set the same version in every place that the plan lists, or read it from a single one.`));return s.version}export{a as n,r,i as t};