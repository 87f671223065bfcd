import type { Item } from '../map/input/source.js'
import { encode } from '../map/output/encode.js'
import { failedLine, okLine } from '../map/output/line.js'
import type { LineWriter } from '../map/output/writer.js'
import type { Outlet } from '../map/run/outlet.js'
import { type ErrorRecord, errorRecord } from '../workers/errors/record.js'

/** Results as lines; the outputs come as JSON from the workers. */
export class Lines implements Outlet {
  private readonly writer: LineWriter
  private readonly isRaw: boolean

  constructor(writer: LineWriter, isRaw: boolean) {
    this.writer = writer
    this.isRaw = isRaw
  }

  ok({ index, input }: Item, value: unknown, attempts: number): void {
    const json = value as string
    if (!this.isRaw) this.writer.write(okLine(index, encode(input, 'input'), json, attempts))
    else this.writer.write(`${json.startsWith('"') ? JSON.parse(json) : json}\n`)
  }

  failed({ index, input }: Item, error: unknown, attempts: number): void {
    if (this.isRaw) return
    const record = error instanceof Error ? errorRecord(error) : (error as ErrorRecord)
    this.writer.write(failedLine(index, encode(input, 'input'), record, attempts))
  }

  get isFull(): boolean {
    if (!this.writer.full) return false
    this.awaitRoom()
    return true
  }

  onRoom(notify: () => void): void {
    this.notify = notify
  }

  private notify: () => void = () => {}
  private isWaiting = false

  private awaitRoom(): void {
    if (this.isWaiting) return
    this.isWaiting = true
    this.writer.ready().then(() => {
      this.isWaiting = false
      this.notify()
    })
  }
}
