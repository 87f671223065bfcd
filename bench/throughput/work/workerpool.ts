import { worker } from 'workerpool'
import noOp from '../../map/work/no-op.js'

worker({ noOp })
