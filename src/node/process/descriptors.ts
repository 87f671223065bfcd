import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'

/** Two for each of three pipes, two by which the system tells what became of the start, and one that the guard keeps. */
const FOR_ONE = 9

/**
 * Throws where fewer file descriptors are free than it takes to start a process. Node tells of that also by an event to
 * which execa does not come to listen: it would end this process.
 */
export function checkDescriptors(): void {
  const opened: number[] = []
  try {
    while (opened.length < FOR_ONE) opened.push(openSync(devNull, 'r'))
  } finally {
    for (const fd of opened) closeSync(fd)
  }
}
