import { type Co, start } from '../../core/index.js'
import { CoFrame } from '../../core/internal.js'
import {
  type ChildOptions,
  checkChildren,
  policyOf,
  type SuperviseOptions,
  type Supervisor,
} from './options.js'
import { SupervisorImpl } from './supervisor.js'

/**
 * Runs children, each of them again when it ends, and gives the supervisor when all are ready: they are started in
 * order, and stopped in reverse order. It is a child of the innermost scope: a cancellation stops it, and when its
 * children fail more often than `intensity` allows it stops them all and fails, as any task.
 *
 * @example
 * const supervisor = yield* supervise([
 *   { name: 'sleeper', run: () => subprocess('sleep', ['60']) },
 *   { name: 'worker', run: () => forever(), restart: 'transient' },
 * ], { strategy: 'restForOne' })
 * supervisor.status().map(child => child.state) // ['running', 'running']
 * yield* supervisor.stop()
 * @throws what the first start of a child throws, when those before it have been stopped.
 * @see the `supervisor` of Erlang's OTP
 */
export function supervise(children: readonly ChildOptions[], options: SuperviseOptions = {}): Co<Supervisor> {
  checkChildren(children)
  const supervisor = new SupervisorImpl(children, policyOf(options), options.onEvent)
  return start<Supervisor>(ready => new CoFrame(supervisor.run(() => ready(supervisor))), {
    name: options.name ?? 'supervisor',
  })
}
