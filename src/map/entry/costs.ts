import { endWithParent } from '../../workers/entry/watcher.js'
import { measureCosts } from '../plan/measure-costs.js'

endWithParent()
// Whoever it belongs to has more to do.
process.on('disconnect', () => process.exit())
process.send!(await measureCosts())
