/** From the brace that opens to the one that closes. */
interface Block {
  readonly from: number
  readonly to: number
}

/** The `finally` blocks in the text of a function, by its braces; what stands in strings and comments does not count. */
export function finallyBlocks(source: string): Block[] {
  const blocks: Block[] = []
  const open: { from: number; isFinally: boolean }[] = []
  const tokens =
    /\/\/.*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|finally\s*\{|[{}]/g
  for (const { 0: token, index } of source.matchAll(tokens)) {
    const end = index + token.length
    if (token.endsWith('{') && !/^['"`/]/.test(token))
      open.push({ from: end, isFinally: token.startsWith('finally') })
    else if (token === '}') {
      const block = open.pop()
      if (block?.isFinally) blocks.push({ from: block.from, to: index })
    }
  }
  return blocks
}
