export * from './core/index.js'
export * from './sync/index.js'
