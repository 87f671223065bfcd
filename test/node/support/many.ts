/** How many subprocesses a parent that has many has. */
export const MANY = 40
