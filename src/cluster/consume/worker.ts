import { encode } from '../../map/output/encode.js'
import { serve } from '../../workers/entry/serve.js'
import type { JobInput } from './job-item.js'

serve(encode, handler => (input, context) => {
  const { data, job } = input as JobInput
  const { attempt } = context as { readonly attempt: number }
  return handler(data, Object.assign(context as object, { job, attempt: job.attempts + attempt }))
})
