const e={init:{positionals:1,options:{"dry-run":{type:`boolean`},tag:{type:`string`},offline:{type:`boolean`},json:{type:`boolean`}},usage:`slipway init [DIR] [--dry-run] [--tag TAG] [--offline] [--json]

Shows what the project in DIR (default: current folder) releases, writes the workflow that releases it, and lists what is
left to do by hand: secrets, the environment, and the values for registries' forms. Writes slipway.toml only if the
project's own workflows release something that Slipway would not find. Shows what each of their steps becomes.

Writes .github/workflows/release.yml, or slipway.yml if the name is taken. Never changes an existing file.

  --dry-run   show the files, write nothing
  --tag TAG   tag to release (default: derived from the version)
  --offline   send no network requests
  --json      print the result as JSON

Exit code: 0 done or nothing to change, 1 refused, 2 wrong usage.
`},plan:{positionals:1,options:{tag:{type:`string`},offline:{type:`boolean`},verbose:{type:`boolean`},json:{type:`boolean`}},usage:`slipway plan [DIR] [--tag TAG] [--offline] [--verbose] [--json]

Shows what a release of the project in DIR (default: current folder) would do and what blocks it. Writes nothing.

  --tag TAG   tag to release (default: derived from the version)
  --offline   send no network requests
  --verbose   list every part, problem and open question singly
  --json      print the plan as JSON

Exit code: 0 nothing blocks the release, 1 the plan has errors, 2 wrong usage.
`},trust:{positionals:1,options:{tag:{type:`string`},offline:{type:`boolean`},json:{type:`boolean`}},usage:`slipway trust [DIR] [--tag TAG] [--offline] [--json]

Shows how the workflows of the project in DIR (default: current folder) log in to crates.io and PyPI, which logins will
fail or can be abused, and what to enter in the registries' forms. Writes nothing.

  --tag TAG   tag to release (default: derived from the version)
  --offline   send no network requests
  --json      print logins and problems as JSON

Exit code: 0 no login is known to fail, 1 a login will fail, 2 wrong usage.
`},bump:{positionals:2,options:{check:{type:`boolean`},dirty:{type:`boolean`},"allow-older":{type:`boolean`},only:{type:`string`}},usage:`slipway bump VERSION|major|minor|patch|rc [DIR] [--check] [--dirty] [--allow-older] [--only NAME]

Sets the version of the project in DIR (default: current folder) in manifests and their dependencies on each other,
Cargo.lock, source files, the compose file and the files named in slipway.toml. Turns the changelog's unreleased section
into the section of the version, with date and link. Keeps all other bytes and commits nothing.

From 1.2.3, \`patch\` is 1.2.4, \`minor\` 1.3.0, \`major\` 2.0.0 and \`rc\` 1.2.4-rc.1. From 1.2.4-rc.1, \`rc\` is 1.2.4-rc.2
and \`patch\` is 1.2.4. To start release candidates of a minor version, name the first one: 1.3.0-rc.1.

  --check        show the changes as a diff, write nothing
  --dirty        allow a working tree with uncommitted changes
  --allow-older  allow a version older than the current one
  --only NAME    set the version of one crate or package, if tags name them

Exit code: 0 done or nothing to change, 1 refused, or --check found changes, 2 wrong usage.
`},inspect:{positionals:1/0,options:{json:{type:`boolean`}},usage:`slipway inspect FILE... [--json]

Checks wheels, sdists and crates by the rules of PyPI, crates.io and installers: archives, names, tags, metadata, RECORD
and entry points. Sends and executes nothing.

  --json  print files and problems as JSON

Exit code: 0 no errors, 1 a file has errors, 2 wrong usage.
`},rehearse:{positionals:1,options:{json:{type:`string`},sandbox:{type:`string`},keep:{type:`boolean`},dirty:{type:`boolean`},engine:{type:`string`},require:{type:`string`,multiple:!0},workflow:{type:`string`}},usage:`slipway rehearse [DIR] [--json FILE] [--sandbox DIR] [--keep] [--dirty] [--engine NAME]
                [--require NAME]... [--workflow [FILE.yml]]

Releases the project in DIR (default: the example) into local services, installs everything back with the usual tools,
and releases it again, which must send nothing. Only downloads of tools and dependencies use the network.

  --json FILE     write the report to FILE
  --sandbox DIR   keep the services' state and the build in DIR, and continue from what DIR holds
  --keep          leave the services running and print their addresses
  --dirty         rehearse the working tree instead of the last commit
  --engine NAME   container engine: buildx, docker, buildah, auto (the first usable one; default) or none
  --require NAME  fail if NAME is not rehearsed (images, other-targets, prebuilt, gate, docs, trusted-publishing,
                  announce)
  --workflow [FILE.yml]
                  run the project's release workflow, or FILE.yml, twice on this machine with act. Lists the commands
                  it will run, and refuses steps that write elsewhere; see docs/rehearse-workflow.md

Exit code: 0 success, 1 failure, 2 wrong usage.
`},sandbox:{positionals:0,options:{dir:{type:`string`},json:{type:`string`}},usage:`slipway sandbox --dir DIR [--json FILE]

Runs local services with the rules of crates.io, PyPI, Test PyPI, GitHub releases, Docker Hub and GHCR until stopped
(Ctrl-C or SIGTERM). Prints their addresses and tokens, so that you can point your own tools at them.

  --dir DIR    folder for the state, created if missing
  --json FILE  write addresses and tokens to FILE once all services answer

While it runs, the \`control.url\` in DIR/sandbox.json takes commands: faults, lags, immutable tags, logins, workflow runs.
This makes PyPI answer the next upload with 503:

  CONTROL=$(jq -r .control.url DIR/sandbox.json)
  curl -d '{"service":"pypi","method":"POST","path":"/legacy/","times":1,"fault":{"kind":"status","status":503}}' $CONTROL/faults

docs/sandbox.md lists all commands.
`}};var t=class extends Error{usage;constructor(e,t=n){super(e),this.usage=t}};const n=`slipway: release Rust + Python projects from one version tag

  slipway init [DIR]        Write the release workflow, and list what is left to do
  slipway plan [DIR]        Show what a release would do and what blocks it
  slipway trust [DIR]       Show and check how workflows log in to crates.io and PyPI
  slipway bump VERSION      Set the version in every file that contains it
  slipway inspect FILE...   Check wheels, sdists and crates before they are published
  slipway rehearse [DIR]    Release into local services, then install and verify everything
  slipway sandbox --dir D   Run local crates.io, PyPI, Test PyPI, GitHub and image registries

Run slipway COMMAND --help for the options of a command.
`;export{t as n,e as r,n as t};