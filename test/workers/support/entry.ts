import { serve } from '#src/workers/entry/serve.js'

serve(value => JSON.stringify(value) ?? 'null')
