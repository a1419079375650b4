import { expect, test } from '@jest/globals'
import { MemoryBytes } from '@slipway/artifacts/binary/bytes'
import { readBinary } from '@slipway/artifacts/binary/read'
import { forwarderDll } from '@slipway/toolchain/executor/forwarder-dll'

test('a DLL of forwarders is one for Windows on x86_64, with its exports in the order that the loader searches', () => {
  const names = ['_Py_Dealloc', 'PyList_New', 'PyLong_Type', 'Py_Is']
  const dll = forwarderDll('python3.dll', new Map(names.map((each) => [each, `python312.${each}`])))
  const [slice] = readBinary(new MemoryBytes(dll))?.slices ?? []
  expect(slice).toMatchObject({
    machine: 'win_amd64',
    needed: [],
    exports: ['PyList_New', 'PyLong_Type', 'Py_Is', '_Py_Dealloc'],
  })
  // An export whose address is among the exports is a forwarder, the text there.
  expect(dll.toString('latin1')).toContain('python312.PyLong_Type\0')
  expect(dll.length % 0x200).toBe(0)
})
