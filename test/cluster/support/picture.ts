import type { TestContext } from 'node:test'
import { omakase } from '../../cli/support/command.js'
import { folder } from '../../cli/support/folder.js'

/** What `omakase cluster --json` tells, as soon as it is as it should be. */
export async function picture(t: TestContext, url: string, isRight: (picture: any) => boolean): Promise<any> {
  for (;;) {
    const { stdout } = await omakase(t, ['cluster', url, '--json'], { cwd: folder(t) })
    const seen = JSON.parse(stdout)
    if (isRight(seen)) return seen
  }
}
