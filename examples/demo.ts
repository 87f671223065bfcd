import { mkdirSync } from 'node:fs'
import { checkUrls } from './demo/check-urls.js'
import { root } from './demo/command.js'
import { hashFiles } from './demo/hash-files.js'

// npm run demo: the two examples, one after the other, through the real command; fails where a total is wrong.
process.chdir(root)
const folder = 'demo-results'
mkdirSync(folder, { recursive: true })

try {
  process.stdout.write('Check 1,000 URLs (examples/check-urls)\n\n')
  await checkUrls(folder)
  process.stdout.write('\nHash every file under node_modules (examples/hash-files)\n\n')
  await hashFiles(folder)
} catch (error) {
  process.stdout.write(`\nthe demo failed: ${(error as Error).message}\n`)
  process.exitCode = 1
}
