// A reporter for node:test: a dot a test, then what failed, in full and with what its file printed, then the totals.
import { resolve } from 'node:path'

const TOTALS = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/
const WIDTH = 100

export default async function* reporter(source) {
  const failures = []
  const totals = []
  const printed = new Map()
  let dots = 0
  for await (const { type, data } of source) {
    const file = data?.file && resolve(data.file)
    if (type === 'test:stdout' || type === 'test:stderr')
      printed.set(file, (printed.get(file) ?? '') + data.message)
    else if (type === 'test:diagnostic' && TOTALS.test(data.message)) totals.push(`# ${data.message}\n`)
    else if (type === 'test:fail' && data.details.error.failureType !== 'subtestsFailed') failures.push(data)
    if (type === 'test:pass' || type === 'test:fail')
      yield (type === 'test:pass' ? '.' : 'X') + (++dots % WIDTH === 0 ? '\n' : '')
  }
  yield '\n'
  for (const { name, file, line, details } of failures) {
    const error = details.error.cause ?? details.error
    yield `\n✖ ${name}\n  ${file ?? ''}:${line ?? ''}\n${indent(error?.stack ?? String(error))}\n`
    const output = file && printed.get(resolve(file))
    if (output === undefined) continue
    yield `\n  what the file printed:\n${indent(output)}\n`
    printed.delete(resolve(file))
  }
  yield '\n'
  yield* totals
}

function indent(text) {
  return text.replace(/^(?=.)/gm, '  ')
}
