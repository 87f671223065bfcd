import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { words } from '#src/map/exec/words.js'
import { random } from './support/hostile.js'

for (const [template, expected] of [
  ['gzip -k {}', ['gzip', '-k', '{}']],
  ['  a\tb\n c ', ['a', 'b', 'c']],
  [`a 'b  c' "d  e"`, ['a', 'b  c', 'd  e']],
  [`a'b'"c"d`, ['abcd']],
  [`a '' ""`, ['a', '', '']],
  ['a\\ b \\\\ \\\' \\"', ['a b', '\\', "'", '"']],
  ['"a\\"b\\\\c\\d"', ['a"b\\c\\d']],
  [`awk '{print $1}' {}`, ['awk', '{print $1}', '{}']],
  ["sed 's/a|b/c;d/'", ['sed', 's/a|b/c;d/']],
  ['grep "a$" x*', ['grep', 'a$', 'x*']],
  ['a "b\\$c" \\$d \\| \\;', ['a', 'b$c', '$d', '|', ';']],
  ['a \\\n b "c\\\nd"', ['a', 'b', 'cd']],
] as const) {
  test(`splits ${JSON.stringify(template)} as a shell does`, () => {
    assert.deepEqual(words(template), expected)
  })
}

for (const [template, expected] of [
  ["gzip '{}", /the quote ' at character 6 is never closed/],
  ['gzip "{}', /the quote " at character 6 is never closed/],
  ['gzip "a\\"', /never closed/],
  ['gzip a\\', /ends with a backslash/],
  ['a | b', /no shell for \|: add --shell/],
  ['a > b', /no shell for >/],
  ['a && b', /no shell for &/],
  ['a; b', /no shell for ;/],
  ['a $HOME', /no shell for \$H/],
  ['a "$$"', /no shell for \$\$/],
  ['a $?', /no shell for \$\?/],
  ['a "$(b)"', /no shell for \$\(/],
  ['a `b`', /no shell for `/],
] as const) {
  test(`refuses ${JSON.stringify(template)}`, () => {
    assert.throws(() => words(template), { name: 'BadUsage', message: expected })
  })
}

test('splits 2,000 random texts as a shell does', async () => {
  const below = random(3)
  const pieces = [...`'"\\ab `, `'`, '"', '\\', ' ', '{}', '\t', '$', '=', '*', 'é']
  const texts: string[] = []
  while (texts.length < 2000) {
    const text = Array.from({ length: 1 + below(14) }, () => pieces[below(pieces.length)]).join('')
    if (!/\$['"]/.test(text) && canSplit(text)) texts.push(text)
  }
  // Without a file name in sight, a star stands for itself.
  const script = texts.map(text => `printf '%s\\0' x ${text}\nprintf '\\1'\n`).join('')
  const { stdout } = spawnSync('/bin/sh', ['-f'], { input: script, encoding: 'utf8', maxBuffer: 2 ** 24 })
  const seen = stdout.split('\u0001').slice(0, -1)
  assert.equal(seen.length, texts.length)
  for (const [i, text] of texts.entries())
    assert.deepEqual(['x', ...words(text)], seen[i]!.split('\0').slice(0, -1), JSON.stringify(text))
})

function canSplit(text: string): boolean {
  try {
    words(text)
    return true
  } catch {
    return false
  }
}
