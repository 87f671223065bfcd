/** A package that is not a part of the bundle: each machine has its own. */
export interface Need {
  /** As it is written after `import … from`, such as `sharp`. */
  readonly specifier: string
  readonly by: 'import' | 'require'
  /** Whoever asks for it can do without. */
  readonly isOptional?: boolean
}

/** What stands for its address in the code, until that comes to the machine. */
export function placeholder({ specifier, by }: Need): string {
  return `omakase-machine:${by}:${specifier}`
}

/** `@scope/name/sub.js` → `@scope/name` */
export function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}
