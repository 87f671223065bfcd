/** What code from the command line is called in stacks and messages. */
export const CODE_NAME = '[-e]'
