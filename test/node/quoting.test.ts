import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { forEach, run } from 'omakase'
import { subprocess } from 'omakase/node'

const argv = fileURLToPath(new URL('./support/argv.js', import.meta.url))
const LISTS = 10_000
const BATCH = 250

const PIECES = [
  ...` \t\n\r'"\`$\\!*?[]{}()<>|&;~#%^=,:@-+./`,
  '',
  '--',
  '-n',
  '$(id)',
  '`id`',
  `$\{HOME}`,
  '$HOME',
  '%PATH%',
  '&&',
  '||',
  '>/dev/null',
  '\\\\',
  "'\\''",
  '""',
  'a',
  'Z',
  '0',
  'é',
  'ß',
  '\u0301',
  '中',
  '\u{1f363}',
  '\ufeff',
  '\u2028',
  '\u0001',
  '\u001b[31m',
  '\u007f',
  'x'.repeat(500),
]

/** Numbers from 0 to 1 that are the same each time. */
function seeded(seed: number): () => number {
  return () => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
}

function list(random: () => number): string[] {
  const upTo = (n: number) => Math.floor(random() * n)
  return Array.from({ length: upTo(6) }, () =>
    Array.from({ length: upTo(8) }, () => PIECES[upTo(PIECES.length)]!).join(''),
  )
}

test('10,000 lists of arguments arrive as they were given', async () => {
  const random = seeded(20)
  const batches = Array.from({ length: LISTS / BATCH }, () =>
    Array.from({ length: BATCH }, () => list(random)),
  )
  let compared = 0
  await run(() =>
    forEach(
      batches,
      function* (lists) {
        const { stdout } = yield* subprocess(process.execPath, [argv, ...lists.flat()])
        const got: string[] = JSON.parse(stdout)
        for (const each of lists) {
          assert.deepEqual(got.splice(0, each.length), each)
          compared++
        }
        assert.deepEqual(got, [])
      },
      { concurrency: 2 },
    ),
  )
  assert.equal(compared, LISTS)
})
