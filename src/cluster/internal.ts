// Loaded by a command when it comes to use it; what is small, or all that it needs, it takes from where that stands.
export { type Consuming, consume } from './consume/consume.js'
export { connect, type Engine } from './engine/engine.js'
export { freeName } from './supervisor/name.js'
export { Supervisor } from './supervisor/supervisor.js'
export { Lookout, type Picture } from './view/look.js'
