import { serve } from '../entry/serve.js'

serve(JSON.stringify)
