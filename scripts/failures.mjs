// A reporter for node:test that prints what failed, in full, and the totals; for use beside dots.
export default async function* failures(source) {
  const told = []
  const totals = {}
  for await (const { type, data } of source) {
    if (type === 'test:fail' && data.details.error.failureType !== 'subtestsFailed') {
      const error = data.details.error.cause ?? data.details.error
      told.push(
        `\n✖ ${data.name}\n  ${data.file ?? ''}:${data.line ?? ''}\n${indent(error?.stack ?? String(error))}\n`,
      )
    }
    if (type === 'test:diagnostic') {
      const [, key, value] = /^(tests|pass|fail|skipped|cancelled) (\d+)$/.exec(data.message) ?? []
      if (key !== undefined) totals[key] = Number(value)
    }
  }
  yield `\n${told.join('')}\n`
  for (const [key, value] of Object.entries(totals)) yield `# ${key} ${value}\n`
}

function indent(text) {
  return text.replace(/^/gm, '  ')
}
