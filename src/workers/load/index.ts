export { type Bundle, bundle } from './bundle.js'
export type { FunctionSource } from './given.js'
export { loadProblem } from './load-problem.js'
