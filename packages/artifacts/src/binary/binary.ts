/** The part of a native file for one processor; only a universal binary of macOS has several. */
export interface Slice {
  /** The processor, spelt as in the platform tags of its system: `x86_64`, `win_amd64`; `any` for .NET, null for others. */
  machine: string | null
  /** Libraries that the loader has to find, as the file spells them, and an ELF program's loader. */
  needed: string[]
  /** The newest version of glibc's symbols that it needs, `2.17`; null if it needs no version. */
  glibc: string | null
  /** The oldest macOS that it was built for, `11.0`; null if it does not say. */
  macos: string | null
  /** Functions and data of Python that others have to provide: `PyList_New`. Weak ones, which may be missing, are left out. */
  imports: string[]
  /** Those that it provides: `PyInit_demo`, `PyModExport_demo`. */
  exports: string[]
}

/** A native file: a program, a library or an extension module of Python. */
export interface Binary {
  format: 'ELF' | 'PE' | 'Mach-O'
  /** At least one. */
  slices: Slice[]
}

/** A named part of a native file: a section, with its place in the file. */
export interface Part {
  /** As the file spells it: `.rodata`, `__TEXT,__const`. */
  name: string
  at: number
  length: number
}

/** Whether a symbol is named as those of Python's C API, public or not, and the functions that initialize modules. */
export function isOfPython(symbol: string): boolean {
  return symbol.startsWith('Py') || symbol.startsWith('_Py')
}
