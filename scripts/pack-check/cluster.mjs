// What the cluster needs besides is asked for by name, and does what it should once it is there.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const MISSING = /^omakase: .*npm install bullmq@6 ioredis\n$/

/** Gives a few words on what was checked. */
export async function checkCluster(folder, run) {
  const main = join(folder, 'node_modules/omakase/dist/cli/main.js')
  for (const args of [
    ['worker', 'redis://127.0.0.1'],
    ['map', '-e', 'word => word', '--args', 'a', '--on', 'redis://127.0.0.1'],
  ]) {
    const { status, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: 'utf8' })
    if (status !== 2 || !MISSING.test(stderr))
      throw new Error(
        `without bullmq and ioredis, omakase ${args[0]} exits with ${status} and says ${stderr}`,
      )
  }
  run('npm', ['install', '--no-audit', '--no-fund', 'bullmq@6', 'ioredis'])
  if (spawnSync('redis-server', ['--version']).status !== 0)
    return 'its cluster was not tried: no redis-server here'

  const socket = join(folder, 'redis.sock')
  const url = `redis+unix://${socket}`
  const redis = spawn('redis-server', ['--port', '0', '--unixsocket', socket, '--save', ''], { cwd: folder })
  try {
    await says(redis, redis.stdout, /ready to accept connections/i)
    const worker = spawn(process.execPath, [main, 'worker', url, '--name', 'one'], { cwd: folder })
    const ended = once(worker, 'exit')
    try {
      await says(worker, worker.stderr, /one works for/)
      const args = [
        'map',
        '-e',
        '(word: string) => word.length',
        'words.txt',
        '--raw',
        '--ordered',
        '--on',
        url,
      ]
      const printed = run(process.execPath, [main, ...args], { timeout: 60_000 })
      if (printed !== '3\n5\n') throw new Error(`on a cluster the command printed ${JSON.stringify(printed)}`)
    } finally {
      worker.kill()
    }
    const [code] = await ended
    if (code !== 0) throw new Error(`a worker that was asked to end exits with ${code}`)
  } finally {
    redis.kill()
  }
  return 'so does its cluster, once bullmq and ioredis are there'
}

function says(child, stream, expected) {
  return new Promise((resolve, reject) => {
    let said = ''
    stream.setEncoding('utf8').on('data', text => {
      said += text
      if (expected.test(said)) resolve()
    })
    child.once('exit', () => reject(new Error(`it ended without ${expected}:\n${said}`)))
  })
}
