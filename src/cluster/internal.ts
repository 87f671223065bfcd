export { prepareCluster } from './coordinator/prepare-cluster.js'
export { shown } from './engine/address.js'
export { connect } from './engine/engine.js'
export { Supervisor } from './supervisor/supervisor.js'
