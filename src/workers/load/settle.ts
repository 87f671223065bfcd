import { fileURLToPath, pathToFileURL } from 'node:url'
import { AS_NODE } from './bundle.js'
import { esbuild } from './esbuild.js'
import { type Need, packageOf, placeholder } from './need.js'

/** Code that can be run on this machine; or the packages that are missing here, as they are installed. */
export type Settled =
  | { readonly code: string; readonly missing?: undefined }
  | { readonly missing: readonly string[] }

/** Puts the addresses that the packages of this machine have in the place of what stands for them. */
export async function settle(code: string, needs: readonly Need[], cwd: string): Promise<Settled> {
  const { found, missing } = await lookFor(needs, cwd)
  if (missing.length > 0) return { missing }
  let settled = code
  for (const [need, address] of found)
    settled = settled.replaceAll(JSON.stringify(placeholder(need)), () => JSON.stringify(address))
  return { code: settled }
}

/** Which packages are not here. */
export async function missingOf(needs: readonly Need[], cwd: string): Promise<readonly string[]> {
  return (await lookFor(needs, cwd)).missing
}

interface Found {
  readonly found: ReadonlyMap<Need, string>
  readonly missing: readonly string[]
}

async function lookFor(needs: readonly Need[], cwd: string): Promise<Found> {
  const found = new Map<Need, string>()
  const missing = new Set<string>()
  const others: Need[] = []
  for (const need of needs) {
    const { specifier } = need
    if (packageOf(specifier) !== 'omakase') others.push(need)
    else found.set(need, addressOf(need, fileURLToPath(import.meta.resolve(specifier))))
  }
  if (others.length > 0) {
    for (const [need, file] of await resolveAll(others, cwd)) {
      if (file !== undefined) found.set(need, addressOf(need, file))
      // As if it had been asked for here: whoever can do without has thought of that.
      else if (need.isOptional) found.set(need, need.specifier)
      else missing.add(packageOf(need.specifier))
    }
  }
  return { found, missing: [...missing] }
}

function addressOf({ by }: Need, file: string): string {
  return by === 'require' ? file : pathToFileURL(file).href
}

/** As esbuild finds packages where it bundles: Node itself tells only of `require` from elsewhere. */
async function resolveAll(needs: readonly Need[], cwd: string): Promise<Map<Need, string | undefined>> {
  const all = new Map<Need, string | undefined>()
  await esbuild().build({
    stdin: { contents: '', resolveDir: cwd },
    absWorkingDir: cwd,
    bundle: true,
    write: false,
    logLevel: 'silent',
    ...AS_NODE,
    plugins: [
      {
        name: 'omakase',
        setup(build) {
          build.onStart(async () => {
            for (const need of needs) {
              const kind = need.by === 'require' ? 'require-call' : 'import-statement'
              const { path, errors } = await build.resolve(need.specifier, { kind, resolveDir: cwd })
              all.set(need, errors.length === 0 ? path : undefined)
            }
          })
        },
      },
    ],
  })
  return all
}
