// Types the tutorial in from its first line to its last, in a folder where the package is installed: node scripts/tutorial.mjs FOLDER
// Each program goes into a file, runs with `npx tsx`, and has to print what the page says. Wants the compiled tests.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { blocksOf } from '../build/test/docs/blocks.js'

const folder = resolve(process.argv[2])
let programs = 0
for (const page of readdirSync('docs/tutorial').sort()) {
  for (const { language, code, file, output, line } of blocksOf(
    readFileSync(join('docs/tutorial', page), 'utf8'),
  )) {
    if (language !== 'ts') continue
    writeFileSync(join(folder, file ?? 'try.ts'), code)
    if (file !== undefined) continue
    const printed = execFileSync('npx', ['--no-install', 'tsx', 'try.ts'], { cwd: folder, encoding: 'utf8' })
    if (printed !== (output ?? printed))
      throw new Error(`docs/tutorial/${page}:${line} printed\n${printed}instead of\n${output}`)
    programs++
    if (process.argv.includes('--show'))
      console.log(`--- docs/tutorial/${page}:${line}: npx tsx try.ts\n${printed}`)
  }
}
console.log(`tutorial: ${programs} programs, typed in as they stand, print what it says`)
