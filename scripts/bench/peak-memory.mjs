// Loaded into a process by --import: writes its greatest resident size in bytes to PEAK_FILE as it ends.
import { readFileSync, writeFileSync } from 'node:fs'

function peak() {
  try {
    // The kernel's own count of this program. What getrusage tells begins with the size of the parent that forked it.
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
    if (kilobytes) return Number(kilobytes) * 1024
  } catch {}
  return process.resourceUsage().maxRSS * 1024
}

process.on('exit', () => writeFileSync(process.env.PEAK_FILE, String(peak())))
