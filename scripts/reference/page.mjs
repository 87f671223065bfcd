const KINDS = { value: 'Functions and classes', error: 'Errors', type: 'Types' }

/** The page of an entry. */
export function pageOf(entry, items) {
  const sorted = [...items].sort((a, b) => (a.name < b.name ? -1 : 1))
  const groups = Object.entries(KINDS)
    .map(([kind, title]) => [title, sorted.filter(item => item.kind === kind)])
    .filter(([, some]) => some.length > 0)
  const anchors = anchorsOf(groups.flatMap(([title, some]) => [title, ...some.map(({ name }) => name)]))
  const summaries = groups.flatMap(([title, some]) => [
    `**${title}**`,
    some.map(({ name, docs }) => `- [\`${name}\`](#${anchors.get(name)}): ${summaryOf(docs)}`).join('\n'),
  ])
  const sections = groups.flatMap(([title, some]) => [`## ${title}`, ...some.flatMap(sectionOf)])
  return `${[`# ${entry}`, introductionOf(entry), ...summaries, ...sections].join('\n\n')}\n`
}

function introductionOf(entry) {
  return `What \`${entry}\` exports: made of the docstrings, by \`npm run reference\`. Each example is run, in a coroutine unless it
awaits; its imports from omakase are left out. Where a comment gives a value, that is what comes out.`
}

/** Two headings that differ only in case are told apart by a number, as the sites do that show such pages. */
function anchorsOf(headings) {
  const seen = new Map()
  return new Map(
    headings.map(heading => {
      const anchor = heading.toLowerCase().replaceAll(' ', '-')
      const before = seen.get(anchor) ?? 0
      seen.set(anchor, before + 1)
      return [heading, before === 0 ? anchor : `${anchor}-${before}`]
    }),
  )
}

function summaryOf([doc]) {
  const [sentence = ''] = doc?.text.split(/(?<=[.:;])\s/) ?? []
  return sentence.replace(/[.:;]$/, '').replaceAll('\n', ' ')
}

function sectionOf({ name, signatures, docs, members, helpers }) {
  return [
    `### ${name}`,
    fence('typescript', shortened(signatures).join('\n')),
    ...docs.flatMap(paragraphsOf),
    ...members.map(memberOf),
    ...(helpers.length > 0 ? ['where', fence('typescript', helpers.join('\n'))] : []),
  ]
}

/** Overloads that only go on as the first ones do are left out. */
function shortened(signatures) {
  if (signatures.length <= 6) return signatures
  return [...signatures.slice(0, 4), `// … and so on, ${signatures.length} in all`]
}

function memberOf({ signature, docs }) {
  const [first, ...others] = docs.flatMap(paragraphsOf)
  const head = first === undefined ? inline(signature) : `${inline(signature)}  \n${first}`
  return `- ${[head, ...others].join('\n\n').replaceAll(/\n(?=.)/g, '\n  ')}`
}

function paragraphsOf({ text, params, returns, throws, examples, sources }) {
  const parameters = params.map(([name, what]) => `- \`${name}\`: ${what}`)
  return [
    text,
    parameters.join('\n'),
    ...returns.map(what => `Gives ${what}`),
    ...throws.map(what => `Throws ${what.replaceAll(/(?<![`\w])(\w+Error|BadUsage)(?!`)/g, '`$1`')}`),
    ...examples.map(code => fence('ts', code)),
    ...sources.map(what => `After ${what}.`),
  ].filter(part => part !== '')
}

function inline(code) {
  return code.includes('`') ? `\`\` ${code} \`\`` : `\`${code}\``
}

function fence(language, text) {
  return `\`\`\`${language}\n${text}\n\`\`\``
}
