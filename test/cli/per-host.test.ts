import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { omakase, sorted } from './support/command.js'
import { folder } from './support/folder.js'
import { assertEachOnce } from './support/journal.js'

/** Servers that tell how many requests they had at once, at most; `answer` is given the number of the request. */
async function servers(
  t: TestContext,
  count: number,
  answer: (nth: number, url: string) => [number, number | Promise<void>],
) {
  const peaks: number[] = []
  const urls: string[] = []
  for (let i = 0; i < count; i++) {
    let running = 0
    let nth = 0
    peaks.push(0)
    const server = createServer((request, response) => {
      peaks[i] = Math.max(peaks[i]!, ++running)
      const [status, after] = answer(++nth, request.url!)
      const respond = () => {
        running--
        response.writeHead(status, status === 429 ? { 'retry-after': '0.02' } : {}).end('ok')
      }
      if (typeof after === 'number') setTimeout(respond, after)
      else after.then(respond)
    }).listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    t.after(() => {
      server.closeAllConnections()
      server.close()
    })
    urls.push(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  }
  return { peaks, urls }
}

const FETCH = `async url => {
  const response = await fetch(typeof url === 'string' ? url : url.url)
  await response.text()
  if (!response.ok) throw Object.assign(new Error('HTTP'), { status: response.status, headers: response.headers })
  return response.status
}`

describe('--per-host', { concurrency: 2 }, () => {
  test('runs so many of each host at once, and no more', async t => {
    const { peaks, urls } = await servers(t, 3, () => [200, 20])
    const input = Array.from({ length: 90 }, (_, i) => `${urls[i % 3]}${i}\n`).join('')
    const run = await omakase(t, ['map', '-e', FETCH, '--per-host', '2'], { cwd: folder(t), input })
    assert.equal(run.code, 0)
    assert.equal(run.lines.length, 90)
    assert.deepEqual(peaks, [2, 2, 2])
  })

  test('one slow host holds up none of the others', async t => {
    let served = 0
    let release = () => {}
    const isServed = new Promise<void>(resolve => {
      release = resolve
    })
    // The slow one gives its first answer when the other has given all of its own.
    const { urls } = await servers(t, 2, (_nth, url) => {
      if (url.startsWith('/slow')) return [200, isServed]
      if (++served === 100) release()
      return [200, 0]
    })
    const slow = Array.from({ length: 300 }, (_, i) => `${urls[0]}slow${i}\n`)
    const fast = Array.from({ length: 100 }, (_, i) => `${urls[1]}${i}\n`)
    const run = await omakase(t, ['map', '-e', FETCH, '--per-host', '3'], {
      cwd: folder(t),
      input: [...slow, ...fast].join(''),
    })
    assert.equal(run.code, 0)
    assert.equal(run.lines.length, 400)
  })

  test('keeps its promise with retries, Retry-After, --rate and --resume', async t => {
    const { peaks, urls } = await servers(t, 2, nth => [nth % 4 === 0 ? 429 : 200, 5])
    const cwd = folder(t, {
      'in.jsonl': Array.from({ length: 60 }, (_, i) => `{"url":"${urls[i % 2]}${i}"}\n`).join(''),
    })
    const args = [
      'map',
      '-e',
      FETCH,
      'in.jsonl',
      '--per-host',
      '2',
      '--retries',
      '9',
      '--rate',
      '400/s',
      '-o',
      'out',
    ]
    await omakase(t, [...args, '--max-failures', '1', '--retries', '1'], { cwd })
    const run = await omakase(t, [...args, '--resume', '--retry-failed'], { cwd })
    assert.equal(run.code, 0)
    assertEachOnce(join(cwd, 'out'), 60)
    assert.ok(
      peaks.every(peak => peak <= 2),
      String(peaks),
    )
  })

  test('works with workers, also where these die', async t => {
    const cwd = folder(t, {
      'fn.ts': `export default (url: string) => {
        if (url.endsWith('/13')) process.exit(3)
        const end = performance.now() + 2
        while (performance.now() < end);
        return 1
      }`,
    })
    const input = Array.from({ length: 100 }, (_, i) => `http://h${i % 3}/${i}\n`).join('')
    const run = await omakase(t, ['map', 'fn.ts', '--per-host', '4', '--on', 'processes', '--workers', '2'], {
      cwd,
      input,
    })
    assert.equal(run.lines.length, 100)
    assert.deepEqual(
      sorted(run.lines)
        .filter(line => line.error)
        .map(line => line.index),
      [13],
    )
  })

  for (const [name, text, expected] of [
    ['urls', 'http://a/\n\nnot a url\n', /line 3, "not a url", is no URL/],
    ['rows.csv', 'id,url\n1,http://a/\n2,localhost:80\n', /line 3, .*localhost:80/],
    ['a.jsonl', '{"url":"http://a/"}\n{"uri":"http://a/"}\n', /line 2, \{"uri"/],
  ] as const) {
    test(`an input of ${name} without a host ends the run with its line`, async t => {
      const run = await omakase(t, ['map', '-e', 'x => 1', '--per-host', '2', name], {
        cwd: folder(t, { [name]: text }),
      })
      assert.equal(run.code, 2)
      assert.match(run.stderr, expected)
    })
  }

  test('--per-host 0 is refused', async t => {
    const run = await omakase(t, ['map', '-e', 'x => 1', '--per-host', '0', '--args', 'x'], {
      cwd: folder(t),
    })
    assert.equal(run.code, 2)
    assert.match(run.stderr, /--per-host 0: write a whole number from 1 on/)
  })

  test('the progress and the plan know of items that wait for their host', async t => {
    const cwd = folder(t)
    const input = Array.from({ length: 200 }, (_, i) => `http://a/${i}\n`).join('')
    const run = await omakase(t, ['map', '-e', 'x => 1', '--per-host', '1', '--report', 'r.json'], {
      cwd,
      input,
    })
    assert.equal(run.lines.length, 200)
    assert.equal(JSON.parse(readFileSync(join(cwd, 'r.json'), 'utf8')).items.ok, 200)
  })
})
