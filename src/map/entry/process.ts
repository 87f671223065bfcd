import { serve } from '../../workers/entry/serve.js'
import { cleanRecord } from '../load/stack.js'
import { encode } from '../output/encode.js'
import { errorRecord } from '../output/error.js'
import { resolveOurselves } from './ourselves.js'

resolveOurselves()
serve({
  encodeValue: encode,
  encodeError: (thrown, code) => cleanRecord(errorRecord(thrown), code),
})
