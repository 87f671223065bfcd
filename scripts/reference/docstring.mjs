/** The docstring of a declaration in its parts; `undefined` where it has none. */
export function docOf(node) {
  const comment = node.jsDoc?.at(-1)
  if (comment === undefined) return undefined
  const text = node.getSourceFile().text.slice(comment.pos, comment.end)
  const lines = /\/\*\*((?:(?!\/\*\*)[\s\S])*)\*\//
    .exec(text)[1]
    .split('\n')
    .map(line => line.replace(/^\s*\* ?/, ''))
  const [meaning, ...tags] = `\n${lines.join('\n').trim()}`.split(/\n(?=@\w)/)
  const tagged = name =>
    tags.filter(tag => tag.startsWith(`@${name}`)).map(tag => tag.slice(name.length + 1).trim())
  return {
    text: meaning.trim(),
    params: tagged('param').map(tag => /^(\S+)\s+(.*)$/.exec(joined(tag)).slice(1)),
    returns: tagged('returns').map(joined),
    throws: tagged('throws').map(joined),
    examples: tagged('example'),
    sources: tagged('see').map(joined),
    isInternal: tags.some(tag => tag.startsWith('@internal')),
  }
}

/** A tag of several lines, in which all but the first are indented. */
function joined(tag) {
  return tag.replaceAll(/\s*\n\s*/g, ' ')
}
