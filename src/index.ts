import './debug/attach.js'

export * from './core/index.js'
export * from './sync/index.js'
