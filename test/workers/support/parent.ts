import { codeFile, processWorker } from '#src/workers/internal.js'

// A parent that can be killed: starts two workers with the module in its argument, and says when each of them works.
const url = `data:text/javascript,${encodeURIComponent(process.argv[2]!)}`
const file = codeFile(`import * as module from ${JSON.stringify(url)}\nexport { module }`)
for (const index of [0, 1]) {
  const worker = processWorker(
    { entry: new URL('./entry.js', import.meta.url), code: file.url, concurrency: 1, encode: 'clone' },
    { outcomes() {}, exit() {}, output: chunk => process.stdout.write(chunk) },
  )
  worker.send([{ id: index, index, attempt: 1, input: index }])
}
process.stdout.write(`file ${file.url}\n`)
