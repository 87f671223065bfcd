import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/**
 * Loaded by whoever bundles, as that takes 10 ms. At once: its process begins to start while the caller loads what else
 * it needs.
 */
export function esbuild(): typeof import('esbuild') {
  return require('esbuild') as typeof import('esbuild')
}
