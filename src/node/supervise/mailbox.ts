import { type Co, suspend } from '../../core/index.js'

/** What happens, in order, for one reader. It comes from anywhere, so that waiting for it is no deadlock. */
export class Mailbox<T> {
  private readonly items: T[] = []
  private take: ((item: T) => void) | null = null

  push(item: T): void {
    const { take } = this
    this.take = null
    if (take === null) this.items.push(item)
    else take(item)
  }

  next(): Co<T> {
    return suspend(resume => {
      if (this.items.length > 0) resume(this.items.shift()!)
      else this.take = resume
      return () => {
        this.take = null
      }
    })
  }
}
