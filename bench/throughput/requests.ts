import { size } from '../harness/size.js'
import { requestsRow } from '../map/requests.js'

/** As the thousand of `map`, for long enough that the start is little. */
export const requests = requestsRow('many-requests', size(10_000), [100, 200, 400, 800, 1600], {
  ratio: 1.15,
  rounds: 3,
})
