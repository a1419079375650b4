import{G as e,W as t}from"./core-start.js";import{W as n}from"./core-python.js";function r({code:n,stdout:r,stderr:i},a,o){if(n===0)return;let s=`${r}\n${i}`.trim().split(`
`).slice(-20).join(`
`);throw new t(e(`verification-failed`,`${a} failed (exit ${n}):\n${s}`,o))}const i=`
import importlib, json, re, sys
from importlib.metadata import distributions
# Python before 3.10 does not normalize a name with a dot (PEP 503 has the rule).
normal = lambda name: re.sub("[-_.]+", "-", name).lower()
found = [each for each in distributions() if normal(each.metadata["Name"] or "") == normal(sys.argv[1])]
if not found:
    print(sys.argv[1], "is not installed", file=sys.stderr)
    sys.exit(77)
`,a=`${i}
import importlib.util, os
same = lambda path: os.path.normcase(os.path.realpath(str(path)))
own = {same(found[0].locate_file(each)) for each in found[0].files or []}
def check(name):
    try:
        spec = importlib.util.find_spec(name)
    except ValueError:
        return
    if spec is None: return
    folders = [same(each) + os.sep for each in spec.submodule_search_locations or []]
    isNamespace = spec.origin in (None, "namespace") and any(each.startswith(tuple(folders)) for each in own)
    if isNamespace or spec.origin and same(spec.origin) in own: return
    sys.exit("{} is loaded from {}, which is not in the wheel of {}".format(name, spec.origin or folders, sys.argv[1]))
modules = {}
for name in sys.argv[2:]:
    check(name)
    modules[name] = getattr(importlib.import_module(name), "__version__", None)
print(json.dumps({"version": found[0].version, "modules": modules}))
`,o=`${i}
for each in found[0].requires or []:
    marker = each.partition(";")[2]
    if re.search(r"\\bor\\b", marker) or not re.search(r"\\bextra *==", marker): print(each)
`;function s({name:e,imports:t}){return[`-I`,`-c`,a,e,...t]}function c({name:e}){return[`-I`,`-c`,o,e]}function l({name:e},t){return[`-I`,`-c`,`import sys; sys.path.insert(0, sys.argv.pop())\n${o}`,e,t]}function u({name:e,imports:t},n){return{text:`import site, sys\nsite.addsitedir(sys.argv.pop())\n${a}`,args:[e,...t,n]}}function d({name:r,version:i,imports:a},o){let s=JSON.parse(o),c=a[0]===void 0?null:s.modules[a[0]]??null;for(let a of[s.version,c])if(a!==null&&n(a)!==i)throw new t(e(`installed-version-differs`,`After installing ${r}==${i}, the package reports version ${a}.`,`Set the same version in every place that the plan lists, or read it from a single one.`));return s.version}export{l as a,u as i,d as n,r as o,c as r,s as t};