import { join } from 'node:path'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { withVariables } from '@slipway/toolchain/environment'
import { type Maturin, provideMaturin, zigVersion } from '@slipway/toolchain/maturin'
import { bestPython, findPythons, isUsual, nameOfPython, type Python } from '@slipway/toolchain/python'
import { libraryVariables } from '@slipway/toolchain/python/libraries'
import { originOf } from '@slipway/toolchain/python/provide'
import { chosenPackages } from '../build/chosen-packages.ts'
import { planRelease } from '../plan/plan.ts'
import { MATURIN_VARIABLE, maturinOptions } from './maturin.ts'
import { providePythons } from './pythons.ts'
import type { ToolchainRequest } from './request.ts'
import { type ProvidedRust, provideRust } from './rust.ts'
import { provideSccache, type Sccache } from './sccache.ts'

/** The tools of a job, by the output names of setup-toolchains. */
export interface Toolchains {
  'rust-version': string
  /** Target triple of this machine. */
  host: string
  'python-version': string
  python: string
  /** JSON: a list of the Pythons for wheels, each with name (`3.14t`), version and path. */
  pythons: string
  /** Empty if maturin builds no package. */
  'maturin-version': string
  maturin: string
}

/** A tool of the job, for the report. */
export interface ProvidedTool {
  /** `Rust` */
  name: string
  version: string
  /** Where it came from: `rustup`, `tool cache`, a folder. */
  from: string
  why: string
  /** How long it took to find or install it; null if that is part of another tool's time. */
  milliseconds: number | null
}

/** What a job has after its tools are set up. */
export interface SetUp {
  outputs: Toolchains
  tools: ProvidedTool[]
  rust: ProvidedRust
  pythons: Python[]
  maturin: Maturin | null
  zig: string | null
  sccache: Sccache | null
  /** Variables for later steps. */
  variables: Record<string, string>
}

/** Returns a plan with only the packages that decide on tools. @throws ProblemError `package-not-planned`, `package-prebuilt` */
function withPackages(plan: Plan, names: readonly string[]): Plan {
  const all = plan.packages.filter((each) => each.prebuilt === undefined)
  return { ...plan, packages: names.length === 0 ? all : chosenPackages(plan, names) }
}

/** Measures how long an act takes. */
async function timed<T>({ clock }: Ports, act: () => Promise<T>): Promise<[result: T, milliseconds: number]> {
  const start = clock.now()
  const result = await act()
  return [result, clock.now() - start]
}

/**
 * Returns the Python that runs the tools, and ports for them: one that runs without further variables if there is one, because later
 * jobs use the tools again.
 * @param libraries variables with which the Pythons of this job run
 */
async function pythonOfTools(
  ports: Ports,
  libraries: Record<string, string>,
): Promise<{ python: Python; toolPorts: Ports }> {
  const isAble = (each: Python) => each.venv && isUsual(each)
  const isPlain = Object.keys(libraries).length === 0 || (await findPythons(ports)).some(isAble)
  const toolPorts = isPlain ? ports : withVariables(ports, libraries)
  return { python: bestPython(await findPythons(toolPorts)), toolPorts }
}

/** Finds or installs maturin, with zig if requested, if it builds a package. */
async function setUpMaturin(ports: Ports, dir: string, { packages }: Plan, request: ToolchainRequest) {
  const built = packages.find((each) => each.backend === 'maturin')
  if (!built) return { maturin: null, zig: null, tools: [] }
  const options = await maturinOptions(ports, join(dir, built.path), request.zig)
  const specifier = request.maturin ?? options.specifier
  const [maturin, milliseconds] = await timed(ports, () => provideMaturin(ports, { ...options, specifier }))
  // A URL may contain a login.
  const required = specifier === '' ? 'any' : specifier.startsWith('@') ? 'a URL' : `\`${specifier}\``
  const why = request.maturin ? `input \`maturin\`: ${request.maturin}` : `\`requires\` of ${built.name}: ${required}`
  const tools: ProvidedTool[] = [{ name: 'maturin', version: maturin.version, from: maturin.from, why, milliseconds }]
  const zig = options.zig ? await zigVersion(ports, maturin) : null
  if (zig !== null) {
    const at = maturin.from.includes('/') ? 'PATH' : maturin.from
    tools.push({ name: 'zig', version: zig, from: at, why: 'with maturin', milliseconds: null })
  }
  return { maturin, zig, tools }
}

/**
 * Finds the tools of a job, and installs the missing ones. Nothing outside of Slipway's folders, the tool cache and rustup's
 * toolchains is changed.
 * @param options `packages`: names of those to build, empty for all that are published
 * @throws ProblemError when a tool is missing and cannot be installed
 */
export async function setUpToolchains(
  ports: Ports,
  dir: string,
  options: { tag?: string | undefined; packages: readonly string[]; request: ToolchainRequest; sccache: boolean },
): Promise<SetUp> {
  const { request } = options
  const plan = withPackages(await planRelease(ports, dir, { tag: options.tag }), options.packages)
  const [rust, rustTime] = await timed(ports, () => provideRust(ports, dir, plan, request))
  const needed = await providePythons(rust.ports, dir, plan, request.pythons)
  const libraries = libraryVariables(
    ports.env,
    needed.flatMap((each) => each.libraries ?? []),
  )
  const [{ python, toolPorts }, pythonTime] = await timed(ports, () => pythonOfTools(rust.ports, libraries))
  const { maturin, zig, tools } = await setUpMaturin(toolPorts, dir, plan, request)
  const [sccache, sccacheTime] = options.sccache ? await timed(ports, () => provideSccache(toolPorts)) : [null, 0]
  const isListed = needed.some((each) => each.python.path === python.path)
  const own = { python, from: originOf(ports.env, python), why: 'runs the tools', milliseconds: pythonTime }
  return {
    outputs: outputsOf(
      rust,
      python,
      needed.map((each) => each.python),
      maturin,
    ),
    tools: [
      { name: 'Rust', version: rust.rust.rustcVersion, from: rust.from, why: rust.why, milliseconds: rustTime },
      ...[...needed, ...(isListed ? [] : [own])].map(({ python, ...rest }) => ({
        name: python.implementation === 'pypy' ? 'PyPy' : python.freeThreaded ? 'Python, free-threaded' : 'Python',
        version: python.version,
        from: rest.from,
        why: rest.why,
        milliseconds: rest.milliseconds,
      })),
      ...tools,
      ...(sccache
        ? [
            {
              name: 'sccache',
              version: sccache.version,
              from: sccache.from,
              why: 'input `sccache`',
              milliseconds: sccacheTime,
            },
          ]
        : []),
    ],
    rust,
    pythons: needed.length > 0 ? needed.map((each) => each.python) : [python],
    maturin,
    zig,
    sccache,
    variables: { ...rust.variables, ...libraries, ...variablesOf(request), ...sccache?.variables },
  }
}

/** Returns the variables by which later steps use the maturin of the input. */
function variablesOf({ maturin }: ToolchainRequest): Record<string, string> {
  return maturin === undefined ? {} : { [MATURIN_VARIABLE]: maturin }
}

function outputsOf(
  { rust }: ProvidedRust,
  python: Python,
  needed: readonly Python[],
  maturin: Maturin | null,
): Toolchains {
  const pythons = (needed.length > 0 ? needed : [python]).map((each) => ({
    name: nameOfPython(each),
    version: each.version,
    path: each.path,
  }))
  return {
    'rust-version': rust.rustcVersion,
    host: rust.host,
    'python-version': python.version,
    python: python.path,
    pythons: JSON.stringify(pythons),
    'maturin-version': maturin?.version ?? '',
    maturin: maturin?.maturin ?? '',
  }
}
