/** What BullMQ puts before its keys, and what the queue is called; with a key of trust, its fingerprint follows. */
export const PREFIX = 'omakase'

/** The keys of a run share one hash slot. */
export const recordOf = (run: string): string => `omakase:{${run}}`
/** As long as it is there, somebody wants the results of the run. */
export const leaseOf = (run: string): string => `omakase:{${run}}:lease`
export const resultsOf = (run: string): string => `omakase:{${run}}:results`
/** A channel: what the coordinator has to say to whoever works for the run. */
export const controlOf = (run: string): string => `omakase:{${run}}:control`

export const codeOf = (sha: string): string => `omakase:code:${sha}`
export const machinesOf = (queue: string): string => `omakase:machines:${queue}`
export const runsOf = (queue: string): string => `omakase:runs:${queue}`
/** Packages that runs need, by the queue of the machines that have them; also a channel that tells of new ones. */
export const needsOf = (queue: string): string => `omakase:needs:${queue}`
/** A channel: which machines should make ready for a run before they have anything of it. */
export const callsOf = (queue: string): string => `omakase:calls:${queue}`
/** The run that writes a file, so that the next one that goes on with it ends that run first. */
export const fileOf = (sha: string): string => `omakase:file:${sha}`
