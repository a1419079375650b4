/** The tools that copy into a wheel the libraries that it loads from the build machine. */
export const REPAIR_TOOLS = ['auditwheel', 'delocate', 'delvewheel'] as const
export type RepairTool = (typeof REPAIR_TOOLS)[number]

/** How a wheel gets these libraries: `auto` is by maturin itself, `none` not at all. */
export const REPAIRS = ['auto', ...REPAIR_TOOLS, 'none'] as const
export type Repair = (typeof REPAIRS)[number]

/** The system whose wheels each tool repairs, and on which it runs; as Node names it. */
const SYSTEMS = { auditwheel: 'linux', delocate: 'darwin', delvewheel: 'win32' } as const satisfies Record<
  RepairTool,
  NodeJS.Platform
>

/** Whether a way to repair is a tool beside maturin. */
export function isRepairTool(repair: Repair): repair is RepairTool {
  return repair !== 'auto' && repair !== 'none'
}

/** Whether a tool runs on a system and repairs its wheels. */
export function repairsOn(tool: RepairTool, system: NodeJS.Platform): boolean {
  return SYSTEMS[tool] === system
}
