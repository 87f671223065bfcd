import type { Task } from 'omakase'

/** How control left a frame: by itself, by an error, or because a cancellation unwound it. */
export type Way = 'done' | 'threw' | 'cut'

/** One activation of a generator of the program. */
export class Frame {
  /** How it was left, where it was. */
  way: Way | undefined
  callee: Frame | undefined

  readonly caller: Frame | undefined
  /** No cancellation from outside may reach it. */
  readonly masked: boolean

  constructor(caller: Frame | undefined, masked: boolean) {
    this.caller = caller
    this.masked = masked
  }

  get ended(): boolean {
    return this.way !== undefined
  }

  get cut(): boolean {
    return this.way === 'cut'
  }
}

export interface TaskRecord {
  readonly name: string
  readonly own: ScopeRecord
  handle: Task<unknown> | undefined
  started: boolean
  ended: boolean
}

interface Resource {
  readonly name: string
}

export class ScopeRecord {
  readonly name: string
  readonly children: TaskRecord[] = []
  /** The scopes that were entered in this one. */
  readonly inner: ScopeRecord[] = []
  /** What is still to be released, in the order of registration. */
  readonly resources: Resource[] = []
  acquired = 0
  releasing: Resource | undefined
  body: Frame | undefined

  constructor(name: string, outer?: ScopeRecord) {
    this.name = name
    outer?.inner.push(this)
  }
}

class Thrown extends Error {
  readonly droppable: boolean

  constructor(id: number, droppable: boolean) {
    super(`error ${id}`)
    this.droppable = droppable
  }
}

/** All that the rules speak of, as the program sees it; what breaks a rule becomes a violation. */
export class Ledger {
  readonly violations: string[] = []
  private readonly errors = new Set<Thrown>()
  private readonly seen = new Set<unknown>()
  /** Errors on their way through a `finally` that would replace them. */
  private readonly replaceable = new Map<unknown, number>()
  private readonly frames = new Set<Frame>()
  private readonly tasks: TaskRecord[] = []
  private names = 0

  violation(text: string): void {
    this.violations.push(text)
  }

  name(what: string): string {
    return `${what} ${++this.names}`
  }

  // Frames

  enter(caller: Frame | undefined, masked: boolean): Frame {
    const frame = new Frame(caller, masked)
    if (caller !== undefined) caller.callee = frame
    this.frames.add(frame)
    return frame
  }

  /** A statement outside `finally`. */
  statement(frame: Frame): void {
    if (frame.ended || frame.cut) this.violation('R17: a statement ran in a frame that had ended')
    if (frame.callee?.cut) this.violation('R17: a statement ran after the call before it was unwound')
  }

  catching(frame: Frame): void {
    if (frame.callee?.cut) this.violation('R17: a catch ran after the call before it was unwound')
  }

  leave(frame: Frame, way: Way): void {
    if (frame.callee !== undefined && !frame.callee.ended) {
      this.violation('§1.2: a frame was left before the one that it called')
    }
    if (way === 'cut' && frame.masked) this.violation('R18, R22: a frame was cut that was masked or shielded')
    frame.way = way
    this.frames.delete(frame)
  }

  // Errors

  error(droppable: boolean): Error {
    const error = new Thrown(this.errors.size, droppable)
    this.errors.add(error)
    return error
  }

  /** The program has seen an error: it caught it, or it stands in an exit that it asked for. */
  see(error: unknown): void {
    for (const leaf of leaves(error)) this.seen.add(leaf)
  }

  onItsWay(error: unknown, change: 1 | -1): void {
    for (const leaf of leaves(error)) this.replaceable.set(leaf, (this.replaceable.get(leaf) ?? 0) + change)
  }

  // Tasks and scopes

  task(name: string, parent: ScopeRecord | undefined): TaskRecord {
    const own = new ScopeRecord(name)
    const record: TaskRecord = { name, own, handle: undefined, started: false, ended: false }
    this.tasks.push(record)
    parent?.children.push(record)
    return record
  }

  scopeEnded(scope: ScopeRecord): void {
    if (scope.body !== undefined && !scope.body.ended)
      this.violation(`R7: ${scope.name} ended before its body`)
    for (const child of scope.children) this.taskEnded(child, scope.name)
    for (const { name } of scope.resources)
      this.violation(`R31: ${scope.name} ended without releasing ${name}`)
    if (scope.releasing) this.violation(`R7: ${scope.name} ended while it released ${scope.releasing.name}`)
  }

  private taskEnded(task: TaskRecord, before: string): void {
    if (!task.started) this.violation(`R16: ${task.name} never took a step`)
    else if (!task.ended) this.violation(`R7: ${before} ended before ${task.name}`)
    else if (task.handle !== undefined && !isOver(task.handle)) {
      this.violation(`R7: ${before} ended before ${task.name} was over`)
    }
    const state = task.handle?.state
    if (state === 'ok' && task.own.body?.cut) this.violation(`R20: ${task.name} was cut, and is ok`)
    if (state === 'cancelled' && task.own.body !== undefined && !wasCut(task.own)) {
      this.violation(`R20: nothing of ${task.name} was cut, and it is cancelled`)
    }
    this.scopeEnded(task.own)
  }

  /** A scope has thrown, and no cancellation from outside was on its way. */
  scopeThrew(scope: ScopeRecord): void {
    if (scope.body?.way === 'done' && scope.children.length + scope.inner.length + scope.acquired === 0) {
      this.violation(`R7: ${scope.name} threw, and nothing in it was cut or has failed`)
    }
  }

  // Resources

  acquired(scope: ScopeRecord, name: string): Resource {
    const resource = { name }
    scope.resources.push(resource)
    scope.acquired++
    return resource
  }

  beginRelease(scope: ScopeRecord, resource: Resource): void {
    if (scope.releasing) this.violation(`R31: ${resource.name} is released during ${scope.releasing.name}`)
    const index = scope.resources.lastIndexOf(resource)
    if (index < 0) this.violation(`R31: ${resource.name} is released twice`)
    else if (index < scope.resources.length - 1)
      this.violation(`R31: ${resource.name} is not the last one in`)
    if (index >= 0) scope.resources.splice(index, 1)
    if (scope.body !== undefined && !scope.body.ended) {
      this.violation(`R31: ${resource.name} is released before the body of ${scope.name} has ended`)
    }
    for (const child of scope.children) this.taskEnded(child, `release of ${resource.name} in ${scope.name}:`)
    scope.releasing = resource
  }

  endRelease(scope: ScopeRecord): void {
    scope.releasing = undefined
  }

  // The end

  /** When the root has settled, with this as its error or reason. */
  close(outcome: unknown): void {
    if (this.frames.size > 0) this.violation(`§1.2: ${this.frames.size} frames were never finished`)
    for (const task of this.tasks) this.taskEnded(task, 'the root')
    const told = new Set(leaves(outcome))
    for (const error of this.errors) {
      const found = told.has(error) || this.seen.has(error) || (this.replaceable.get(error) ?? 0) > 0
      if (!found && !error.droppable) this.violation(`R9: ${error.message} is lost`)
    }
  }
}

export function isOver(task: Task<unknown>): boolean {
  return task.state === 'ok' || task.state === 'failed' || task.state === 'cancelled'
}

/** Whether a cancellation has unwound any frame in the scope. */
function wasCut(scope: ScopeRecord): boolean {
  return (
    scope.body?.cut === true ||
    scope.inner.some(wasCut) ||
    scope.children.some(({ handle, own }) => handle?.state === 'cancelled' || wasCut(own))
  )
}

function leaves(error: unknown): unknown[] {
  return error instanceof AggregateError ? error.errors.flatMap(leaves) : [error]
}
