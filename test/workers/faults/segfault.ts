/** What an ELF header calls the processor. */
const MACHINES: Record<string, number> = { x64: 62, arm64: 183, riscv64: 243 }

const HEADER = 64
const PROGRAM = 56
const DYNAMIC = 192

/**
 * A shared library whose initialiser is a place in memory that holds data: to load it is to jump there, which is a
 * real segmentation fault, without a compiler and without anything in the process having raised a signal.
 */
export function deadlyLibrary(): Buffer {
  const file = Buffer.alloc(512)
  const words = (at: number, ...values: number[]) => {
    for (const [nth, value] of values.entries()) file.writeBigUInt64LE(BigInt(value), at + 8 * nth)
  }
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  file.writeUInt16LE(3, 16)
  file.writeUInt16LE(MACHINES[process.arch]!, 18)
  file.writeUInt32LE(1, 20)
  words(32, HEADER)
  file.writeUInt16LE(HEADER, 52)
  file.writeUInt16LE(PROGRAM, 54)
  file.writeUInt16LE(2, 56)
  const segment = (nth: number, type: number, at: number, size: number, align: number) => {
    const to = HEADER + PROGRAM * nth
    file.writeUInt32LE(type, to)
    // Read and write, not execute.
    file.writeUInt32LE(6, to + 4)
    words(to + 8, at, at, at, size, size, align)
  }
  segment(0, 1, 0, file.length, 0x1000)
  // Hash, strings, symbols, their sizes, the initialiser, the end.
  const dynamic = [4, 320, 5, 352, 6, 360, 10, 8, 11, 24, 12, 400, 0, 0]
  segment(1, 2, DYNAMIC, dynamic.length * 8, 8)
  words(DYNAMIC, ...dynamic)
  file.writeUInt32LE(1, 320)
  file.writeUInt32LE(1, 324)
  return file
}

export const canSegfault = process.platform === 'linux' && process.arch in MACHINES
