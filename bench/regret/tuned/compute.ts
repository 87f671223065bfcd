import spin from '../../throughput/work/spin.js'

export default spin
