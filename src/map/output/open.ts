import { constants, type Stats } from 'node:fs'
import { access, open, realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BadUsage } from '../../workers/bad-usage.js'
import { deviceSink } from './device.js'
import type { Journal } from './journal.js'
import { lock } from './lock.js'
import { readJournal } from './read-journal.js'
import { descriptorSink, stdoutSink } from './sink.js'
import { LineWriter } from './writer.js'

/** Where the command's results go. */
export interface OutputFlags {
  /** `-o FILE`; standard output where it is not given. */
  readonly output?: string
  readonly resume?: boolean
  readonly retryFailed?: boolean
  readonly force?: boolean
  readonly raw?: boolean
  readonly ordered?: boolean
}

export interface Output {
  readonly writer: LineWriter
  /** What is done already; only with `--resume`. */
  readonly journal?: Journal
}

/**
 * Everything about the output that can be wrong before the run. Changes nothing.
 *
 * @throws {BadUsage}
 */
export async function checkOutput(flags: OutputFlags): Promise<void> {
  checkFlags(flags)
  if (flags.output !== undefined) await existing(flags.output, flags)
}

/**
 * Opens the output, and reads what it holds where the run goes on with it. Call it when nothing else can fail any more,
 * since `--force` empties the file here.
 *
 * @throws {BadUsage}
 */
export async function openOutput(flags: OutputFlags): Promise<Output> {
  checkFlags(flags)
  const { output } = flags
  if (output === undefined) return { writer: new LineWriter(stdoutSink()) }
  const there = await existing(output, flags)
  if (there && !there.isFile()) return { writer: new LineWriter(await deviceSink(output)) }
  const path = await realpath(output).catch(() => output)
  const release = await lock(path).catch(error => {
    throw error instanceof BadUsage ? error : new BadUsage(`${path} cannot be written: ${error.message}`)
  })
  try {
    if (!there || !flags.resume) return { writer: await fileWriter(path, flags.force ? 'w' : 'wx', release) }
    const journal = await readJournal(path, flags)
    return { writer: await fileWriter(path, 'a', release), journal }
  } catch (error) {
    await release()
    throw error
  }
}

function checkFlags({ output, resume, retryFailed, force, raw, ordered }: OutputFlags): void {
  if (output === '') throw new BadUsage('-o got no name: write that of a file, such as -o results.jsonl')
  const alone = [resume && '--resume', retryFailed && '--retry-failed', force && '--force'].find(Boolean)
  if (alone && output === undefined)
    throw new BadUsage(`${alone} is about a file of results: name it with -o FILE`)
  if (retryFailed && !resume) {
    throw new BadUsage('--retry-failed goes on with a file of results: write --resume --retry-failed')
  }
  if (resume && force)
    throw new BadUsage('--resume goes on with the file and --force begins anew: leave one out')
  if (resume && raw) {
    throw new BadUsage(
      '--resume reads from the file what is done, and --raw leaves that out: leave --raw out',
    )
  }
  if (retryFailed && ordered) {
    throw new BadUsage('--retry-failed puts the new lines at the end of the file: leave --ordered out')
  }
}

async function existing(path: string, { resume, force }: OutputFlags): Promise<Stats | undefined> {
  let found: Stats
  try {
    found = await stat(path)
    if (!found.isDirectory()) await access(path, resume ? constants.W_OK | constants.R_OK : constants.W_OK)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT') throw new BadUsage(`${path} cannot be written: ${message}`)
    await checkFolder(path)
    return
  }
  if (found.isDirectory())
    throw new BadUsage(
      `${path} is a folder: name a file in it, such as -o ${path.replace(/\/+$/, '')}/results.jsonl`,
    )
  if (resume && !found.isFile())
    throw new BadUsage(`${path} is no regular file: --resume has nothing to read there`)
  if (found.isFile() && !resume && !force) {
    throw new BadUsage(`${path} exists: write --resume to go on with it, or --force to begin anew`)
  }
  return found
}

/**
 * Whether the report can be written when the run has ended. Makes nothing.
 *
 * @throws {BadUsage}
 */
export async function checkReport(path: string): Promise<void> {
  try {
    if ((await stat(path)).isDirectory())
      throw new BadUsage(
        `${path} is a folder: name a file in it, such as --report ${join(path, 'report.json')}`,
      )
    await access(path, constants.W_OK)
  } catch (error) {
    if (error instanceof BadUsage) throw error
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT') throw new BadUsage(`${path} cannot be written: ${message}`)
    await checkFolder(path)
  }
}

async function checkFolder(path: string): Promise<void> {
  const folder = dirname(path)
  try {
    if (path.endsWith('/') || !(await stat(folder)).isDirectory()) throw new Error('not a folder')
    await access(folder, constants.W_OK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT')
      throw new BadUsage(`there is no folder ${folder} for ${path}: make it first, with mkdir -p ${folder}`)
    throw new BadUsage(`${path} cannot be made: ${(error as Error).message}`)
  }
}

async function fileWriter(path: string, flags: string, release: () => Promise<void>): Promise<LineWriter> {
  try {
    const file = await open(path, flags)
    return new LineWriter(descriptorSink(path, file.fd, () => file.close().finally(release)))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') {
      throw new BadUsage(`${path} exists by now: write --resume to go on with it, or --force to begin anew`)
    }
    throw new BadUsage(`${path} cannot be written: ${message}`)
  }
}
