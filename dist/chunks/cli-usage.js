var e=class extends Error{usage;constructor(e,n=t){super(e),this.usage=n}};const t=`slipway: releases Rust + Python projects from one version tag

  slipway plan [DIR]        what a release would do, and what stands in its way; writes nothing
  slipway trust [DIR]       how its workflows log in to registries, what fails, and what to fill into their forms
  slipway bump VERSION      sets the version everywhere that it stands
  slipway rehearse [DIR]    a whole release into local services, then installed back and verified
  slipway sandbox --dir D   local crates.io, PyPI, Test PyPI, GitHub and registries of images, until stopped

slipway COMMAND --help tells a command's options.
`,n={plan:{positionals:1,options:{tag:{type:`string`},offline:{type:`boolean`},json:{type:`boolean`}},usage:`slipway plan [DIR] [--tag TAG] [--offline] [--json]

What a release of the project in DIR (default: this folder) would do, and what stands in its way. Reads only.

  --tag TAG   the tag that is released (default: made from the version)
  --offline   ask nothing of any network
  --json      print the plan as JSON

Exit code: 0 nothing stands in the way, 1 the plan holds errors, 2 wrong usage.
`,load:()=>import(`./cli-plan.js`)},trust:{positionals:1,options:{tag:{type:`string`},offline:{type:`boolean`},json:{type:`boolean`}},usage:`slipway trust [DIR] [--tag TAG] [--offline] [--json]

How the workflows of the project in DIR (default: this folder) log in to crates.io and PyPI, which logins will fail or
could be used by others, and the values for the registries' forms. Reads only.

  --tag TAG   the tag that is released (default: made from the version)
  --offline   ask nothing of any network
  --json      print logins and problems as JSON

Exit code: 0 no login is known to fail, 1 one is, 2 wrong usage.
`,load:()=>import(`./cli-trust.js`)},bump:{positionals:2,options:{check:{type:`boolean`},dirty:{type:`boolean`},"allow-older":{type:`boolean`},only:{type:`string`}},usage:`slipway bump VERSION|major|minor|patch|rc [DIR] [--check] [--dirty] [--allow-older] [--only NAME]

Sets the version of the project in DIR (default: this folder) everywhere that the plan finds it: manifests and what they
require of each other, Cargo.lock, source files, the compose file, files that slipway.toml names. What the changelog calls
unreleased becomes the section of the version, with its date and link. All other bytes stay as they are. Commits nothing.

From 1.2.3, \`patch\` is 1.2.4, \`minor\` 1.3.0, \`major\` 2.0.0 and \`rc\` 1.2.4-rc.1. From 1.2.4-rc.1, \`rc\` is 1.2.4-rc.2,
and \`patch\` is 1.2.4, the release of its own number; for candidates of a minor release, name it: 1.3.0-rc.1.

  --check        only show what would change, as a diff
  --dirty        also where the working tree has changes that are not committed
  --allow-older  also to a version that is older than the current one
  --only NAME    where tags name one crate or package: set the version of that alone

Exit code: 0 done, or nothing to change; 1 refused, or, with --check, something would change; 2 wrong usage.
`,load:()=>import(`./cli-bump.js`)},rehearse:{positionals:1,options:{json:{type:`string`},sandbox:{type:`string`},keep:{type:`boolean`},dirty:{type:`boolean`},engine:{type:`string`},require:{type:`string`,multiple:!0},workflow:{type:`string`}},usage:`slipway rehearse [DIR] [--json FILE] [--sandbox DIR] [--keep] [--dirty] [--engine NAME]
                [--require NAME]... [--workflow [FILE.yml]]

Releases the project in DIR (default: the example) into local services, installs everything back with the ordinary
tools, and releases it a second time, which must send nothing. Nothing leaves this machine but downloads of tools and
dependencies.

  --json FILE     write the report there
  --sandbox DIR   keep services, their state and what was built in DIR, and go on from what is there
  --keep          leave the services running and say where
  --dirty         take the working tree, not the last commit
  --engine NAME   what builds and runs images: buildx, docker, buildah, auto (the first that can; the default), or none
  --require NAME  fail when NAME is not rehearsed (images, other-targets, gate, docs, trusted-publishing, announce)
  --workflow [FILE.yml]
                  run the project's release workflow, or FILE.yml, on this machine with act, twice. It lists the commands
                  that will run first, and refuses steps that would write elsewhere: docs/rehearse-workflow.md

Exit code: 0 all went well, 1 something failed, 2 wrong usage.
`,load:()=>import(`./cli-rehearse.js`)},sandbox:{positionals:0,options:{dir:{type:`string`},json:{type:`string`}},usage:`slipway sandbox --dir DIR [--json FILE]

Local services with the rules of crates.io, PyPI, Test PyPI, GitHub releases, Docker Hub and GHCR, with their state in
DIR, until stopped (Ctrl-C or SIGTERM). Prints their addresses and tokens, so that your own tools can be pointed at them.

  --dir DIR    where state is kept; made when missing
  --json FILE  write the addresses and tokens there once all services answer

While it runs, \`control.url\` of DIR/sandbox.json takes commands: faults, lags, immutable tags, logins, workflow runs.
The next upload to PyPI is answered with 503:

  CONTROL=$(jq -r .control.url DIR/sandbox.json)
  curl -d '{"service":"pypi","method":"POST","path":"/legacy/","times":1,"fault":{"kind":"status","status":503}}' $CONTROL/faults

docs/sandbox.md lists all commands.
`,load:()=>import(`./cli-sandbox.js`)}};export{t as n,e as r,n as t};