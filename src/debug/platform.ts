/** A module of Node; `undefined` where there is none, as in a browser. */
export function builtin<T>(name: string): T | undefined {
  return (
    globalThis as { process?: { getBuiltinModule?(name: string): T | undefined } }
  ).process?.getBuiltinModule?.(`node:${name}`)
}
