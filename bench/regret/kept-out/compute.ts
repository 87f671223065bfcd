import { spin } from '../spin.js'

export default spin
