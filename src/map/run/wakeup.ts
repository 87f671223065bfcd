import { type Co, suspend } from '../../core/index.js'

/** Lets one coroutine sleep until something has happened. What happens while it is awake is not forgotten. */
export class Wakeup {
  private resume: (() => void) | null = null
  private happened = false

  readonly notify = (): void => {
    const { resume } = this
    this.resume = null
    if (resume === null) this.happened = true
    else resume()
  }

  wait(): Co<void> {
    return suspend(resume => {
      if (this.happened) {
        this.happened = false
        resume()
        return
      }
      this.resume = resume
      return () => {
        this.resume = null
      }
    })
  }
}
