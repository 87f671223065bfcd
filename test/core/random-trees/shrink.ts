import type { Block, Program, Step } from './program.js'

/** Makes a program as small as it can be for `fails` to stay true. */
export async function shrink(
  program: Program,
  fails: (smaller: Program) => Promise<boolean>,
): Promise<Program> {
  for (const body of lessThan(program.body)) {
    const smaller = { ...program, body }
    if (await fails(smaller)) return shrink(smaller, fails)
  }
  for (const outside of without(program.outside)) {
    const smaller = { ...program, outside }
    if (await fails(smaller)) return shrink(smaller, fails)
  }
  return program
}

function without<T>(list: readonly T[]): T[][] {
  return list.map((_, i) => list.filter((_, j) => j !== i))
}

/** Each block with one step less, or with one step replaced by what stands in it, or by less of it. */
function* lessThan(block: Block): Generator<Block> {
  yield* without(block)
  for (const [i, step] of block.entries()) {
    for (const steps of lessOf(step)) yield [...block.slice(0, i), ...steps, ...block.slice(i + 1)]
  }
}

function* lessOf(step: Step): Generator<Block> {
  if ('body' in step) yield step.body
  for (const [name, value] of Object.entries(step)) {
    if (name === 'bodies') {
      for (const bodies of without(value as Block[])) yield [{ ...step, bodies } as Step]
      for (const [i, body] of (value as Block[]).entries()) {
        for (const less of lessThan(body))
          yield [{ ...step, bodies: (value as Block[]).with(i, less) } as Step]
      }
    } else if (Array.isArray(value) && name !== 'channels') {
      for (const less of lessThan(value as Block)) yield [{ ...step, [name]: less } as Step]
    }
  }
}
