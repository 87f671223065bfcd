import { encode } from '../../map/output/encode.js'
import { serve } from '../../workers/entry/serve.js'
import type { JobOf } from './context.js'
import type { JobInput } from './job-item.js'

serve(encode, handler => (input, context) => {
  const [data, id, name, attempts] = input as JobInput
  const job: JobOf = { id, name, attempts }
  const { attempt } = context as { readonly attempt: number }
  return handler(data, Object.assign(context as object, { job, attempt: attempts + attempt }))
})
