import { serve } from '../../workers/entry/serve.js'
import { encode } from '../output/encode.js'

serve(encode)
