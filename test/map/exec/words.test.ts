import assert from 'node:assert/strict'
import { test } from 'node:test'
import { words } from '#src/map/exec/words.js'

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
  ['a "$(b)"', /no shell for \$\(/],
  ['a `b`', /no shell for `/],
] as const) {
  test(`refuses ${JSON.stringify(template)}`, () => {
    assert.throws(() => words(template), { name: 'BadUsage', message: expected })
  })
}
