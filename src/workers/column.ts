/** From so many on, numbers travel faster as one piece of memory than as a list. */
const MANY = 64

/** One number for each call or outcome of a message. */
export type Column = number[] | Float64Array

/** So many numbers that are yet to be written. */
export function column(length: number): Column {
  return length < MANY ? new Array<number>(length) : new Float64Array(length)
}

/** These, as they travel best. */
export function columnOf(numbers: number[]): Column {
  return numbers.length < MANY ? numbers : new Float64Array(numbers)
}
